from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import facturae_es
from aeat_sii.facturae import CannotRegisterError, number_of, registration
from aeat_sii.verifactu import chain
from aeat_sii.verifactu.codes import Exemption, IdKind, InvoiceKind, Qualification
from aeat_sii.verifactu.records import InvoicingSystem, RegistrationRecord
from aeat_sii.verifactu.rules import validate
from facturae_es.codes import (
    CorrectionMethod,
    ReasonCode,
    ResidenceType,
    SpecialTaxableEventCode,
    TaxType,
)
from facturae_es.model import Address, Facturae, OverseasAddress, Party, Period, SpecialTaxableEvent

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = date(2026, 11, 24)
MADRID = Address(
    street="Calle Mayor 1", post_code="28013", town="Madrid", province="Madrid", country="ESP"
)
ABROAD = OverseasAddress(
    street="Rue 1", post_code_and_town="75001 Paris", province="Paris", country="FRA"
)
SELLER = facturae_es.company("A58818501", "Talleres, S.L.", MADRID)
BUYER = facturae_es.company("B12345674", "Cliente, S.A.", MADRID)
SYSTEM = InvoicingSystem(
    producer_name="Talleres, S.L.",
    producer_nif="A58818501",
    name="program",
    id="PR",
    version="1",
    installation="1",
    only_verifactu=True,
    can_serve_several=False,
    serves_several=False,
)


def line(
    rate: str = "21",
    tax_type: TaxType = TaxType.IVA,
    surcharge: str | None = None,
    event: SpecialTaxableEventCode | None = None,
    withheld: str | None = None,
) -> facturae_es.Line:
    return facturae_es.Line(
        description="Revisión",
        unit_price=Decimal(100),
        taxes=(
            facturae_es.Tax(
                tax_type=tax_type,
                rate_percent=Decimal(rate),
                surcharge_percent=Decimal(surcharge) if surcharge else None,
            ),
        ),
        withholdings=(facturae_es.Withholding(rate_percent=Decimal(withheld)),) if withheld else (),
        special_taxable_event=SpecialTaxableEvent(code=event, reason="por ley") if event else None,
    )


def record(*lines: facturae_es.Line, buyer: Party = BUYER, **more: object) -> RegistrationRecord:
    document = facturae_es.build(SELLER, buyer, "7", DAY, lines, series="F", **more)
    return of(document)


def of(document: Facturae) -> RegistrationRecord:
    return registration(document, document.invoices[0], SYSTEM, MOMENT)


def test_the_record_says_what_the_invoice_says() -> None:
    made = record(line(), line("10"))
    assert made.invoice.number == "F/7"
    assert made.kind is InvoiceKind.F1
    assert [(b.rate_percent, b.taxable_base, b.output_tax) for b in made.breakdown] == [
        (Decimal(21), Decimal(100), Decimal(21)),
        (Decimal(10), Decimal(100), Decimal(10)),
    ]
    assert (made.total_tax, made.total) == (Decimal(31), Decimal(231))
    assert made.recipients[0].nif == "B12345674"


def test_what_changes_the_payment_does_not_change_the_record() -> None:
    assert record(line(withheld="15")).total == Decimal(121)


def test_a_surcharge_stands_beside_its_tax_and_in_the_totals() -> None:
    made = record(line(surcharge="5.2"))
    assert made.breakdown[0].equivalence_surcharge == Decimal("5.20")
    assert (made.total_tax, made.total) == (Decimal("26.20"), Decimal("126.20"))


@pytest.mark.parametrize(
    ("event", "exemption", "qualification"),
    [
        (SpecialTaxableEventCode.EXEMPT, Exemption.E1, None),
        (SpecialTaxableEventCode.NOT_SUBJECT, None, Qualification.N1),
        (None, None, Qualification.S1),
    ],
)
def test_no_tax_has_its_reason(
    event: SpecialTaxableEventCode | None,
    exemption: Exemption | None,
    qualification: Qualification | None,
) -> None:
    (row,) = record(line("0", event=event)).breakdown
    assert (row.exemption, row.qualification) == (exemption, qualification)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (ReasonCode.DISCOUNTS, InvoiceKind.R1),
        (ReasonCode.UNPAID_TAX_IN_INSOLVENCY, InvoiceKind.R2),
        (ReasonCode.ISSUE_DATE, InvoiceKind.R4),
    ],
)
def test_a_correction_names_its_kind_and_what_it_corrects(
    reason: ReasonCode, kind: InvoiceKind
) -> None:
    corrective = facturae_es.correction(
        reason,
        CorrectionMethod.DIFFERENCES,
        Period(starts_on=DAY, ends_on=DAY),
        number="6",
        series="F",
        issued_on=DAY,
    )
    made = record(line(), corrective=corrective)
    assert made.kind is kind
    assert [rectified.number for rectified in made.rectified] == ["F/6"]


def test_a_correction_by_substitution_is_refused() -> None:
    corrective = facturae_es.correction(
        ReasonCode.ISSUE_DATE, CorrectionMethod.COMPLETE, Period(starts_on=DAY, ends_on=DAY)
    )
    with pytest.raises(CannotRegisterError, match="method 02"):
        record(line(), corrective=corrective)


def test_buyers_abroad_are_named_by_their_vat_number_or_refused() -> None:
    member = facturae_es.company(
        "FR12345678901", "Client", ABROAD, residence=ResidenceType.EUROPEAN_UNION
    )
    other = record(line(), buyer=member).recipients[0].other_id
    assert other is not None
    assert (other.kind, other.id) == (IdKind.VAT_NUMBER, "FR12345678901")
    far = facturae_es.company("X1", "Client", ABROAD, residence=ResidenceType.ELSEWHERE)
    with pytest.raises(CannotRegisterError, match="document"):
        record(line(), buyer=far)


@pytest.mark.parametrize("tax_type", [TaxType.OTHER, TaxType.IE])
def test_a_tax_without_a_place_is_refused(tax_type: TaxType) -> None:
    with pytest.raises(CannotRegisterError, match="no place"):
        record(line(tax_type=tax_type))


def test_another_currency_is_refused() -> None:
    document = facturae_es.build(SELLER, BUYER, "7", DAY, [line()])
    invoice = document.invoices[0]
    dollars = invoice.issue_data.model_copy(update={"currency": "USD"})
    invoice = invoice.model_copy(update={"issue_data": dollars})
    with pytest.raises(CannotRegisterError, match="USD"):
        registration(document, invoice, SYSTEM, MOMENT)


def test_a_number_without_series_stands_alone() -> None:
    document = facturae_es.build(SELLER, BUYER, "7", DAY, [line()])
    assert number_of(document.invoices[0]) == "7"


def test_the_record_keeps_the_rules_of_the_agency() -> None:
    for made in (record(line()), record(line(surcharge="5.2")), record(line("4"), line("10"))):
        linked = chain.link(made, None)
        assert validate(linked, now=MOMENT).findings == ()
