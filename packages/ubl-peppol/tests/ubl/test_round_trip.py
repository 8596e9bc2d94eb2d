"""What the model holds is what UBL says, both ways."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ubl_peppol
from ubl_peppol.calculation import Exemption, compute, line_net_amount, recompute
from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.model import DocumentAllowance, DocumentCharge, Invoice, Line
from ubl_peppol.testing import full_invoice, simple_line, small_invoice

amounts = st.decimals(
    min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2, allow_nan=False
)
quantities = st.decimals(
    min_value=Decimal("0.001"), max_value=Decimal(10_000), places=3, allow_nan=False
)
rates = st.sampled_from([Decimal(21), Decimal(10), Decimal(4), Decimal("5.5")])
texts = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], max_codepoint=0x10FFFF),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() == text and "\ufffe" not in text and "\uffff" not in text)


@st.composite
def lines(draw: st.DrawFn, number: int = 1) -> Line:
    kind = draw(st.sampled_from(["S", "S", "S", "Z", "E"]))
    line = simple_line(
        number,
        draw(quantities),
        draw(amounts),
        category=kind,
        rate=draw(rates) if kind == "S" else Decimal(0),
    )
    return line.model_copy(
        update={"note": draw(st.none() | texts), "accounting_reference": draw(st.none() | texts)}
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    count = draw(st.integers(1, 5))
    items = tuple(draw(lines(number)) for number in range(1, count + 1))
    standard = [line.vat.rate for line in items if line.vat.category == "S"]
    allowances: tuple[DocumentAllowance, ...] = ()
    charges: tuple[DocumentCharge, ...] = ()
    if standard and draw(st.booleans()):
        allowances = (
            DocumentAllowance(
                amount=draw(amounts), vat_category="S", vat_rate=standard[0], reason="Rappel"
            ),
        )
        charges = (
            DocumentCharge(
                amount=draw(amounts), vat_category="S", vat_rate=standard[-1], reason="Portes"
            ),
        )
    computed = compute(
        items,
        allowances,
        charges,
        exemptions={"E": Exemption(code="VATEX-EU-132")},
        paid=draw(st.none() | amounts),
    )
    return small_invoice(*items).model_copy(
        update={
            "allowances": allowances,
            "charges": charges,
            "totals": computed.totals,
            "vat_breakdown": computed.vat_breakdown,
        }
    )


@given(invoices())
def test_an_invoice_is_read_as_it_was_written(invoice: Invoice) -> None:
    assert ubl_peppol.ubl.read(ubl_peppol.ubl.write(invoice)) == invoice


@given(invoices())
def test_what_is_computed_breaks_no_rule(invoice: Invoice) -> None:
    report = ubl_peppol.validate(ubl_peppol.ubl.write(invoice), profile="en16931")
    assert report.findings == ()


@given(invoices(), st.sampled_from(["0.01", "-0.01", "1"]))
def test_a_total_that_is_off_is_found_and_mended(invoice: Invoice, change: str) -> None:
    right = invoice.totals.without_vat
    wrong = invoice.model_copy(
        update={
            "totals": invoice.totals.model_copy(update={"without_vat": right + Decimal(change)})
        }
    )
    report = ubl_peppol.validate(ubl_peppol.ubl.write(wrong))
    assert "BR-CO-13" in {finding.rule for finding in report.findings}
    assert recompute(wrong) == invoice


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_every_term_survives(type_code: str) -> None:
    invoice = full_invoice(type_code)
    document = ubl_peppol.ubl.write(invoice)
    examined = ubl_peppol.ubl.examine(document)
    assert examined.losses == ()
    assert examined.require() == invoice
    assert ubl_peppol.validate(document, profile="peppol-bis-3").findings == ()


def test_a_term_without_a_place_is_refused_and_named() -> None:
    credit = small_invoice(type_code="381").model_copy(update={"due_on": date(2026, 12, 24)})
    with pytest.raises(NotExpressibleError) as caught:
        ubl_peppol.ubl.write(credit)
    assert caught.value.details["term"] == "BT-9"


@given(quantities, amounts, amounts)
def test_a_line_is_quantity_times_price(quantity: Decimal, price: Decimal, base: Decimal) -> None:
    exact = quantity * price
    net = line_net_amount(quantity, price)
    assert abs(net - exact) <= Decimal("0.005")
    assert net.as_tuple().exponent == -2
    per_base = line_net_amount(quantity, price, base_quantity=base)
    assert abs(per_base - exact / base) <= Decimal("0.0051")


@given(st.lists(amounts, min_size=1, max_size=8))
def test_totals_add_up(prices: Sequence[Decimal]) -> None:
    items = [simple_line(n, Decimal(1), price) for n, price in enumerate(prices, 1)]
    totals = compute(items).totals
    assert totals.lines == sum(prices)
    assert totals.with_vat == totals.without_vat + (totals.vat or 0)
