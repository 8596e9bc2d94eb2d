"""From EN 16931 to Facturae, and both ways: what is declared lossless comes back as it was."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facturae_es as facturae
import ubl_peppol
from facturae_es.codes import (
    CorrectionMethod,
    ReasonCode,
    RoleType,
    SpecialTaxableEventCode,
    TaxType,
    UnitOfMeasure,
)
from facturae_es.model import (
    Address,
    ContactDetails,
    Facturae,
    Party,
    Period,
    SpecialTaxableEvent,
)
from ubl_peppol.errors import ConversionError
from ubl_peppol.facturae import LossKind, to_en16931, to_facturae
from ubl_peppol.facturae.sentences import tell
from ubl_peppol.model import Invoice, VatBreakdown
from ubl_peppol.testing import simple_line, small_invoice

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)
IBAN = "ES9121000418450200051332"
FIRST = date(2026, 1, 1)

amounts = st.decimals(min_value=Decimal(1), max_value=Decimal(9_999), places=2)
percents = st.sampled_from([Decimal(5), Decimal(10), Decimal("12.5")])
words = st.text("abcdefghñóü ABC", min_size=1, max_size=20).map(str.strip).filter(bool)
days = st.integers(0, 400).map(lambda count: FIRST + timedelta(days=count))


def company(nif: str, name: str, contact: ContactDetails | None, public: bool) -> Party:
    roles = (RoleType.PAYER, RoleType.RECEIVER, RoleType.FISCAL)
    centres = [facturae.centre("L01280796", role, MADRID) for role in roles] if public else []
    return facturae.company(nif, name, MADRID, contact=contact, centres=centres)


@st.composite
def lines(draw: st.DrawFn, withholding: Decimal | None, *, alike: bool) -> facturae.Line:
    """A line with one of the ways of being taxed."""
    kind = "S" if alike else draw(st.sampled_from(["S", "S", "E", "O"]))
    event = None
    tax = facturae.Tax(rate_percent=Decimal(0))
    if kind == "S":
        rate = Decimal(21) if alike else draw(st.sampled_from([Decimal(21), Decimal(10)]))
        surcharge = {21: Decimal("5.20"), 10: Decimal("1.40")}[int(rate)] if alike else None
        tax = facturae.Tax(rate_percent=rate, surcharge_percent=surcharge)
    elif kind == "E":
        event = SpecialTaxableEvent(code=SpecialTaxableEventCode.EXEMPT, reason="Artículo 20 LIVA")
    else:
        tax = facturae.Tax(rate_percent=Decimal(10))
    discounts = draw(
        st.lists(
            st.one_of(
                st.builds(facturae.Adjustment, reason=words, percent=percents),
                st.builds(facturae.Adjustment, reason=words, amount=st.just(Decimal("0.01"))),
            ),
            max_size=2,
        )
    )
    period = draw(st.none() | days.map(lambda day: Period(starts_on=day, ends_on=day)))
    return facturae.Line(
        description=draw(words),
        quantity=draw(st.integers(1, 40).map(Decimal)),
        unit=draw(st.sampled_from([UnitOfMeasure.UNIT, UnitOfMeasure.HOUR, UnitOfMeasure.LITRE])),
        unit_price=draw(amounts),
        discounts=tuple(discounts),
        taxes=(tax,),
        withholdings=(facturae.Withholding(rate_percent=withholding),) if withholding else (),
        article_code=draw(st.none() | st.just("A-1")),
        period=period,
        special_taxable_event=event,
        additional_information=draw(st.none() | words),
    )


@st.composite
def documents(draw: st.DrawFn) -> Facturae:
    """Files of the declared lossless subset."""
    withholding = draw(st.sampled_from([None, Decimal(15), Decimal(7)]))
    alike = draw(st.booleans())
    contact = draw(
        st.none()
        | st.builds(
            ContactDetails,
            telephone=st.just("910000000"),
            email=st.just("a@example.com"),
            contact_persons=words,
        )
    )
    issued_on = draw(days)
    sold = draw(st.lists(lines(withholding, alike=alike), min_size=1, max_size=4))
    corrective = None
    if draw(st.booleans()):
        corrective = facturae.correction(
            draw(st.sampled_from(ReasonCode)),
            draw(st.sampled_from(CorrectionMethod)),
            Period(starts_on=FIRST, ends_on=FIRST + timedelta(days=30)),
            number="9",
            issued_on=FIRST,
            explanation=draw(st.none() | words),
        )
    made = facturae.invoice(
        "17",
        issued_on,
        sold,
        series=draw(st.none() | st.just("A-")),
        charges=[facturae.Adjustment(reason="Portes", amount=Decimal("3.00"))] if alike else [],
        corrective=corrective,
        operation_on=draw(st.none() | days),
        file_reference=draw(st.none() | st.just("EXP-1")),
        receiver_contract=draw(st.none() | st.just("C-1")),
        receiver_transaction=draw(st.none() | st.just("P-1")),
        note=draw(st.none() | words),
    )
    due = made.totals.executable_amount
    if draw(st.booleans()):
        half = (due / 2).quantize(Decimal("0.01"))
        made = made.model_copy(
            update={
                "payment_details": (
                    facturae.transfer(issued_on + timedelta(days=30), half, IBAN),
                    facturae.transfer(issued_on + timedelta(days=60), due - half, IBAN),
                )
            }
        )
    elif draw(st.booleans()):
        only = facturae.transfer(issued_on + timedelta(days=30), due, IBAN)
        made = made.model_copy(update={"payment_details": (only,)})
    seller = company("B12345674", "Ejemplos Inventados, S.L.", contact, public=False)
    buyer = company("A58818501", "Comprador Inventado, S.A.", contact, draw(st.booleans()))
    return facturae.batch(seller, buyer, [made])


@given(documents())
def test_a_file_of_the_lossless_subset_comes_back_as_it_was(document: Facturae) -> None:
    converted = to_en16931(document, profile="en16931")
    series = document.invoices[0].header.series
    back = to_facturae(converted.invoice, series=series).document
    assert back == document
    assert (
        facturae.validate(facturae.write(back)).ok == facturae.validate(facturae.write(document)).ok
    )


@given(documents())
def test_totals_never_change(document: Facturae) -> None:
    converted = to_en16931(document, profile="en16931").invoice
    totals = document.invoices[0].totals
    assert converted.totals.with_vat == totals.invoice_total + totals.total_taxes_withheld
    back = to_facturae(converted, series=document.invoices[0].header.series).document
    assert back.invoices[0].totals == totals


@given(st.lists(st.tuples(amounts, st.integers(1, 50)), min_size=1, max_size=5))
def test_an_invoice_of_the_norm_comes_back_as_it_was(rows: list[tuple[Decimal, int]]) -> None:
    made = [simple_line(n, Decimal(count), price) for n, (price, count) in enumerate(rows, 1)]
    invoice = small_invoice(*made)
    there = to_facturae(invoice)
    assert facturae.validate(facturae.write(there.document)).ok
    back = to_en16931(there.document).invoice
    assert back.totals == invoice.totals
    assert back.vat_breakdown == invoice.vat_breakdown
    assert [line.net_amount for line in back.lines] == [line.net_amount for line in invoice.lines]


def test_a_credit_note_needs_to_say_what_it_corrects() -> None:
    credit = small_invoice().model_copy(update={"type_code": "381"})
    with pytest.raises(ConversionError, match="corrects another"):
        to_facturae(credit)
    corrective = facturae.correction(
        ReasonCode.OPERATION_DETAIL,
        CorrectionMethod.DIFFERENCES,
        Period(starts_on=FIRST, ends_on=FIRST),
        number="1",
        issued_on=FIRST,
    )
    made = to_facturae(credit, corrective=corrective).document
    assert made.invoices[0].totals.invoice_total == -credit.totals.with_vat
    assert facturae.validate(facturae.write(made)).ok


def test_a_category_that_facturae_lacks_is_refused() -> None:
    invoice = small_invoice()
    line = invoice.lines[0]
    vat = line.vat.model_copy(update={"category": "B"})
    split = invoice.model_copy(update={"lines": (line.model_copy(update={"vat": vat}),)})
    with pytest.raises(ConversionError, match="category 'B'"):
        to_facturae(split)


def test_reverse_charge_passes_as_a_legal_text() -> None:
    line = simple_line(1, Decimal(1), Decimal(100))
    vat = line.vat.model_copy(update={"category": "AE", "rate": Decimal(0)})
    plain = small_invoice(line)
    invoice = plain.model_copy(
        update={
            "lines": (line.model_copy(update={"vat": vat}),),
            "vat_breakdown": (
                VatBreakdown(
                    taxable_base=Decimal("100.00"),
                    tax=Decimal("0.00"),
                    category="AE",
                    rate=Decimal(0),
                    exemption_reason="Inversión del sujeto pasivo",
                ),
            ),
            "totals": plain.totals.model_copy(
                update={"vat": Decimal(0), "with_vat": Decimal(100), "due": Decimal(100)}
            ),
        }
    )
    made = to_facturae(invoice).document
    assert made.invoices[0].legal_literals == ("Inversión del sujeto pasivo",)
    assert to_en16931(made).invoice.lines[0].vat.category == "AE"


@pytest.mark.parametrize("version", ["3.2", "3.2.1", "3.2.2"])
def test_each_version_is_made_and_says_what_it_lacks(version: str) -> None:
    invoice = small_invoice().model_copy(update={"contract": "C-1"})
    made = to_facturae(invoice, version=version)
    assert made.document.file_header.schema_version == version
    assert facturae.validate(facturae.write(made.document)).ok
    lost = [loss for loss in made.losses if loss.value == "C-1"]
    assert bool(lost) == (version != "3.2.2")


def test_every_term_is_in_the_file_or_in_the_ledger() -> None:
    invoice = small_invoice()
    losses = to_facturae(with_rare_terms(invoice)).losses
    dropped = {loss.path for loss in losses if loss.kind is LossKind.DROPPED}
    assert {"BT-11", "BT-15", "BT-19", "BT-133", "BT-159"} <= dropped


def with_rare_terms(invoice: Invoice) -> Invoice:
    line = invoice.lines[0]
    item = line.item.model_copy(update={"origin_country": "ES"})
    further = {"item": item, "accounting_reference": "6000"}
    return invoice.model_copy(
        update={
            "project": "P",
            "receiving_advice": "R",
            "accounting_reference": "430",
            "lines": (line.model_copy(update=further), *invoice.lines[1:]),
        }
    )


def test_a_long_number_asks_for_its_series() -> None:
    invoice = small_invoice().model_copy(update={"number": "SERIE-LARGUISIMA-2026-0001"})
    with pytest.raises(ConversionError, match="series"):
        to_facturae(invoice)
    header = to_facturae(invoice, series="SERIE-LARGUISIMA-").document.invoices[0].header
    assert (header.series, header.number) == ("SERIE-LARGUISIMA-", "2026-0001")


@pytest.mark.parametrize(
    "text",
    [
        "Retención IRPF quince % sobre 100 EUR: 15 EUR",
        "Rectificación: por error; Rectificación íntegra; periodo 2026-01-01 a 2026-01-31",
        "Importe total a pagar: mucho",
        "Rectificación: Clase de factura; Rectificación íntegra; periodo 2026-13-01 a 2026-01-31",
    ],
)
def test_a_sentence_in_another_form_stays_a_text(text: str) -> None:
    assert tell([text]).texts == [text]


def test_a_second_tax_and_a_surcharge_come_back() -> None:
    line = facturae.Line(
        description="Mercancía",
        unit_price=Decimal(100),
        taxes=(
            facturae.Tax(rate_percent=Decimal(21), surcharge_percent=Decimal("5.20")),
            facturae.Tax(rate_percent=Decimal(3), tax_type=TaxType.IE),
        ),
    )
    seller = company("B12345674", "Ejemplos Inventados, S.L.", None, public=False)
    buyer = company("A58818501", "Comprador Inventado, S.A.", None, public=False)
    document = facturae.build(seller, buyer, "1", FIRST, [line])
    converted = to_en16931(document)
    assert converted.invoice.totals.due == Decimal("129.20")
    assert ubl_peppol.validate(ubl_peppol.ubl.write(converted.invoice)).findings == ()
    assert to_facturae(converted.invoice).document == document
