import pickle
from collections.abc import Iterator

import pytest

from einvoice_core.errors import BadParameterError, EInvoiceError
from einvoice_core.findings import (
    Breach,
    Finding,
    Location,
    Report,
    RuleSet,
    Severity,
    Undecided,
)
from einvoice_core.soap.fault import Fault, FaultReceived
from einvoice_core.xml.errors import DocumentRefused, XmlSyntax


def adder() -> RuleSet[list[int]]:
    rules: RuleSet[list[int]] = RuleSet(source="the example", name="adder")

    @rules.rule("X-01", terms=["BT-1"], message="The sum is {found}; make it 10.")
    def sum_is_ten(numbers: list[int]) -> Iterator[Breach]:
        """The numbers add up to ten."""
        if any(number > 99 for number in numbers):
            raise Undecided(Location("/n[1]", 3), "a number above 99 cannot be judged")
        if sum(numbers) != 10:
            yield Breach(Location("/n", 2), found=sum(numbers))

    @rules.family(
        {"X-02": 5, "X-03": 7}, message="{number} is there twice.", severity=Severity.WARNING
    )
    def not_twice(numbers: list[int], number: int) -> Iterator[Breach]:
        """A number occurs once."""
        if numbers.count(number) > 1:
            yield Breach(number=number)

    return rules


def test_a_document_that_keeps_the_rules_has_no_findings() -> None:
    report = adder().validate([3, 7])
    assert report.findings == ()
    assert report.ok
    assert report.layers_run == ("adder",)


def test_a_breach_becomes_a_finding_with_its_place_and_values() -> None:
    (finding,) = adder().validate([1]).findings
    assert finding.rule == "X-01"
    assert finding.message == "The sum is 1; make it 10."
    assert (finding.path, finding.line) == ("/n", 2)
    assert finding.terms == ("BT-1",)
    assert finding.source == "the example"


def test_a_family_has_one_rule_for_each_row() -> None:
    report = adder().validate([5, 5, 7, 7])
    assert [finding.rule for finding in report.warnings] == ["X-02", "X-03"]
    assert adder().rules["X-02"].requirement == "A number occurs once."


def test_an_undecided_rule_says_so_and_the_others_go_on() -> None:
    report = adder().validate([100, 5, 5])
    assert [(f.rule, f.undecided) for f in report.findings] == [("X-01", True), ("X-02", False)]
    assert not report.ok
    assert report.fatal == ()


def test_findings_are_bounded() -> None:
    rules: RuleSet[int] = RuleSet(source="")

    @rules.rule("N-01", message="again")
    def endless(count: int) -> Iterator[Breach]:
        """Nothing is ever right."""
        for _ in range(count):
            yield Breach()

    report = rules.validate(1_000, limit=10)
    assert len(report.findings) == 10
    assert report.truncated
    assert not report.ok


def test_an_id_is_unique_in_a_set_and_in_a_union() -> None:
    rules = adder()
    with pytest.raises(BadParameterError):
        rules.rule("X-01", message="")(lambda numbers: ())
    with pytest.raises(BadParameterError):
        rules | adder()
    with pytest.raises(BadParameterError):
        rules.without("X-99")
    assert list(rules.without("X-01").rules) == ["X-02", "X-03"]


def test_reports_of_two_layers_are_joined() -> None:
    structure = Report((), ("structure",), {"xsd": "no folder was given"})
    joined = structure + adder().validate([1])
    assert joined.layers_run == ("structure", "adder")
    assert joined.layers_skipped == {"xsd": "no folder was given"}
    assert not joined.ok


def test_a_report_travels_to_another_process() -> None:
    report = adder().validate([7, 7, 5, 5]) + Report(layers_skipped={"other": "why"})
    copy = pickle.loads(pickle.dumps(report))  # noqa: S301 - our own
    assert copy == report


@pytest.mark.parametrize(
    "error",
    [
        BadParameterError("wrong", wait_s=3),
        XmlSyntax("wrong", line=3),
        DocumentRefused("wrong", [Finding("R", Severity.FATAL, "m")], count=1),
        FaultReceived(Fault("Client", "no")),
    ],
    ids=lambda error: error.code,
)
def test_an_error_travels_to_another_process(error: EInvoiceError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
    with pytest.raises(TypeError):
        copy.details["more"] = 1
