"""FACe's CIUS in both syntaxes: our checks, each with a document that passes and one that fails."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ubl_peppol
from einvoice_core.errors import BadParameterError
from einvoice_core.findings import Severity
from einvoice_core.xml.parsing import parse
from ubl_peppol.cli import main
from ubl_peppol.messages import catalogue, translate
from ubl_peppol.model import Invoice
from ubl_peppol.profiles import face_profile
from ubl_peppol.rules.face import DEFAULT, SPECIFICATION, Dir3Mapping, face
from ubl_peppol.testing import small_invoice

NAME = "cius-es-face-1.0.0"
GOOD = DEFAULT.write("L01280796", "L01280797", "L01280798")
WRITERS = [ubl_peppol.ubl.write, ubl_peppol.cii.write]
CODES = st.from_regex(r"[A-Z][0-9]{8}|[A-Z]{2}[0-9]{7}", fullmatch=True)


def invoice(reference: str | None = GOOD, **more: object) -> Invoice:
    source = small_invoice()
    process = source.process.model_copy(update={"specification": SPECIFICATION})
    return source.model_copy(update={"process": process, "buyer_reference": reference, **more})


def fired(xml: bytes, profile: str = NAME) -> list[str]:
    return [finding.rule for finding in ubl_peppol.validate(xml, profile).findings]


@pytest.mark.parametrize("write", WRITERS)
def test_a_good_invoice_has_no_finding_and_is_recognised(write: object) -> None:
    xml = write(invoice())  # type: ignore[operator]  # one of two functions
    for profile in (NAME, "auto"):
        report = ubl_peppol.validate(xml, profile)
        assert report.findings == ()
        assert report.layers_run == ("structure", "en16931", "cius-es-face")
        assert not report.layers_skipped


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        (small_invoice().model_copy(update={"buyer_reference": GOOD}), ["ES-FACE-01"]),
        (invoice(None), ["ES-FACE-02"] * 3),
        (invoice("PED-7"), ["ES-FACE-02"] * 3),
        (invoice("03|L01280796|02|L01280797"), ["ES-FACE-02"]),
        (invoice("03|L01280796|02|L01280797|01|L0128079"), ["ES-FACE-03"]),
        (invoice("03|L01280796|02|L01280797|01|l01280796"), ["ES-FACE-03"]),
        (invoice(f"{GOOD}|01|L01280796"), ["ES-FACE-04"]),
        (invoice(receiving_advice="A" * 251), ["ES-FACE-05"]),
    ],
)
def test_each_check_fails_where_it_should(write: object, wrong: Invoice, rules: list[str]) -> None:
    report = ubl_peppol.validate(write(wrong), NAME)  # type: ignore[operator]  # as above
    assert [finding.rule for finding in report.findings] == rules
    assert all(finding.path for finding in report.findings)
    for before, after in zip(report.findings, translate(report, "es").findings, strict=True):
        assert before.message != after.message


def test_what_stands_at_the_limit_passes() -> None:
    assert fired(ubl_peppol.ubl.write(invoice(receiving_advice="A" * 250))) == []
    assert fired(ubl_peppol.ubl.write(invoice(f"{GOOD}|04|L01280799"))) == []


def test_only_the_identifier_is_fatal() -> None:
    fatal = [rule.id for rule in face.rules.values() if rule.severity is Severity.FATAL]
    assert fatal == ["ES-FACE-01"]
    assert {rule.message for rule in face.rules.values()} <= set(catalogue())


def test_the_place_of_the_units_is_configuration() -> None:
    mine = Dir3Mapping(roles=("01", "02", "03"), separator=";")
    reference = mine.write("L01280796", "L01280797", "L01280798")
    assert reference == "01;L01280796;02;L01280797;03;L01280798"
    xml = ubl_peppol.ubl.write(invoice(reference))
    assert fired(xml) == ["ES-FACE-02"] * 3
    assert ubl_peppol.validate(xml, face_profile(mine)).findings == ()


@pytest.mark.parametrize(
    "wrong",
    [{"roles": ("01", "02")}, {"roles": ("01",) * 3}, {"separator": ""}, {"separator": "A"}],
)
def test_a_mapping_that_could_not_be_read_back_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadParameterError):
        Dir3Mapping(**wrong)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(BadParameterError):
        DEFAULT.write("PED-7", "L01280797", "L01280798")


@given(st.permutations(["01", "02", "03"]), st.sampled_from("|;,/-"), CODES, CODES, CODES)
def test_what_is_written_is_read(
    roles: list[str], separator: str, office: str, body: str, unit: str
) -> None:
    mapping = Dir3Mapping(tuple(roles), separator)
    assert dict(mapping.read(mapping.write(office, body, unit))) == {
        "01": office,
        "02": body,
        "03": unit,
    }


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    for role, _ in DEFAULT.read(text):
        assert len(role) == 2


def test_the_command_knows_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    for content, code in ((invoice(), 0), (small_invoice(), 1)):
        file.write_bytes(ubl_peppol.cii.write(content))
        done = CliRunner().invoke(main, ["validate", str(file), "-p", NAME])
        assert done.exit_code == code
        assert ("ES-FACE-01" in done.output) is bool(code)


@pytest.mark.parametrize("write", WRITERS)
def test_the_sandbox_of_face_takes_what_the_profile_takes(write: object) -> None:
    pytest.importorskip("facturae_es", reason="the sandbox of FACe is in the extra [facturae]")
    from facturae_es.face.sandbox.norm import norm_of

    read = norm_of(parse(write(invoice())))  # type: ignore[operator]  # one of two functions
    assert read is not None
    assert read.reasons == ()
    assert read.centres == {"01": "L01280796", "02": "L01280797", "03": "L01280798"}
    other = norm_of(parse(write(small_invoice())))  # type: ignore[operator]  # as above
    assert other is not None
    assert other.reasons
