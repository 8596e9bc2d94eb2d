from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

import facturae_es
from facturae_es.codes import TaxType
from facturae_es.model import CurrencyAmount, Facturae, OutputTax, WithheldTax
from facturae_es.recompute import inputs_of, recompute
from facturae_es.totals import Adjustment, Line, Rounding, Tax, compute

D = Decimal
Change = Callable[[Facturae, str, object], Facturae]


def amount(text: str) -> CurrencyAmount:
    return CurrencyAmount(total=D(text))


def test_a_computed_invoice_is_computed_the_same_again(rich: Facturae) -> None:
    (invoice,) = rich.invoices
    again = recompute(invoice)
    assert again.totals == invoice.totals
    assert again.lines == invoice.lines
    assert again.taxes_outputs == invoice.taxes_outputs
    assert inputs_of(invoice).unplaced == ()


def test_a_withholding_of_the_invoice_is_given_to_its_lines(
    simple: Facturae, change: Change
) -> None:
    withheld = WithheldTax(
        tax_type=TaxType.IRPF,
        rate_percent=D(15),
        taxable_base=amount("300.00"),
        tax_amount=amount("45.00"),
    )
    document = change(simple, "invoices[0].taxes_withheld", (withheld,))
    again = recompute(document.invoices[0])
    assert again.taxes_withheld == (withheld,)
    assert again.totals.total_taxes_withheld == D(45)


def test_a_surcharge_of_the_invoice_is_given_to_its_lines(simple: Facturae, change: Change) -> None:
    tax = OutputTax(
        tax_type=TaxType.IVA,
        rate_percent=D("21.00"),
        taxable_base=amount("300.00"),
        tax_amount=amount("63.00"),
        surcharge_percent=D("5.20"),
        surcharge_amount=amount("15.60"),
    )
    document = change(simple, "invoices[0].taxes_outputs", (tax,))
    assert recompute(document.invoices[0]).taxes_outputs == (tax,)


def test_a_tax_with_another_base_is_not_placed(simple: Facturae, change: Change) -> None:
    withheld = WithheldTax(tax_type=TaxType.IRPF, rate_percent=D(15), taxable_base=amount("123.00"))
    document = change(simple, "invoices[0].taxes_withheld", (withheld,))
    inputs = inputs_of(document.invoices[0])
    assert inputs.unplaced == (withheld,)
    assert recompute(document.invoices[0]).taxes_withheld == ()


def test_a_discount_that_is_not_its_percentage_stays_an_amount(
    rich: Facturae, change: Change
) -> None:
    document = change(rich, "invoices[0].lines[0].discounts[0].amount", D("9.99"))
    (discount,) = inputs_of(document.invoices[0]).lines[0].discounts
    assert discount == Adjustment(reason="Volumen", amount=D("9.99"))


@given(
    st.lists(
        st.builds(
            lambda price, rate, off: Line(
                description="x",
                unit_price=price,
                discounts=(Adjustment(reason="d", percent=off),),
                taxes=(Tax(rate_percent=rate),),
            ),
            st.decimals("0.01", "1000", places=2),
            st.sampled_from([D(0), D(10), D(21)]),
            st.decimals("0", "50", places=1),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(Rounding),
)
def test_computing_again_changes_nothing(lines: list[Line], rounding: Rounding) -> None:
    first = compute(lines, rounding=rounding)
    made = facturae_es.invoice("1", date(2026, 1, 1), lines, rounding=rounding)
    assert made.totals == first.totals
    assert recompute(made, rounding).totals == first.totals


def test_amounts_longer_than_usual_arithmetic_stay_exact(simple: Facturae, change: Change) -> None:
    invoice = change(simple, "invoices[0].lines[0].unit_price", Decimal("9" * 40)).invoices[0]
    totals = recompute(invoice).totals
    assert totals.gross_amount == 2 * (10**40 - 1)
    assert totals.invoice_total == D("241" + "9" * 37 + "7.58")
