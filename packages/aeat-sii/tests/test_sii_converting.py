"""The entry of an issued invoice in the SII, made of its VERI*FACTU record."""

from decimal import Decimal
from typing import Any

import pytest

from aeat_sii import sii
from aeat_sii.sii.converting import CannotBookError, issued_of
from aeat_sii.sii.records import Titular
from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu.codes import Exemption, IdKind, Qualification, Regime, TaxKind
from aeat_sii.verifactu.records import BreakdownLine, OtherId, Person

TITULAR = Titular(name="X", nif=ISSUER)


def row(**changes: Any) -> BreakdownLine:
    return BreakdownLine(**{"regime": Regime.GENERAL, "taxable_base": Decimal("100.00")} | changes)


def test_an_entry_says_what_the_record_says() -> None:
    record = examples.registration("A/1")

    entry = issued_of(record)

    assert (entry.invoice.number, entry.invoice.issued_on) == ("A/1", record.invoice.issued_on)
    assert entry.content.total == record.total
    assert sii.validate(entry, TITULAR, now=NOW).fatal == ()


def test_each_treatment_has_its_place() -> None:
    rows = (
        row(qualification=Qualification.S1, rate_percent=Decimal(21), output_tax=Decimal(21)),
        row(qualification=Qualification.S2),
        row(exemption=Exemption.E1),
        row(exemption=Exemption.E1),
        row(exemption=Exemption.E6, regime=Regime.EXPORT),
        row(qualification=Qualification.N1),
        row(qualification=Qualification.N2),
    )
    content = issued_of(examples.registration(breakdown=rows)).content

    whole = content.breakdown.whole
    assert whole
    assert whole.subject
    assert whole.subject.taxed
    assert whole.subject.taxed.kind.value == "S3"
    assert [(line.output_tax) for line in whole.subject.taxed.lines] == [Decimal(21), None]
    assert [(each.cause, each.taxable_base) for each in whole.subject.exempt] == [
        ("E1", Decimal(200)),
        ("E6", Decimal(100)),
    ]
    assert whole.not_subject
    assert (whole.not_subject.by_law, whole.not_subject.by_place) == (Decimal(100), Decimal(100))
    assert [each.value for each in content.regimes] == ["01", "02"]


FOREIGN = Person(name="X", other_id=OtherId(kind=IdKind.VAT_NUMBER, id="FR1"))
SPANISH = Person(name="X", nif="89890002E")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recipients": (FOREIGN,)}, "foreign"),
        ({"recipients": (SPANISH, SPANISH)}, "2 recipients"),
        ({"breakdown": (row(tax=TaxKind.IGIC, qualification=Qualification.S1),)}, "of IVA"),
        ({"breakdown": (row(regime=Regime.EQUIVALENCE_SURCHARGE),)}, "regime 18"),
        ({"breakdown": (row(regime=None),)}, "not stated"),
        (
            {"breakdown": tuple(row(regime=Regime(f"0{n}")) for n in range(1, 5))},
            "three at most",
        ),
    ],
)
def test_what_the_record_does_not_know_is_not_guessed(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotBookError, match=reason) as caught:
        issued_of(examples.registration(**changes))

    assert caught.value.code == "aeat.record.sii"
