from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from facturae_es.codes import TaxType
from facturae_es.errors import TotalsError
from facturae_es.model import Disbursement, PaymentOnAccount, Subsidy
from facturae_es.totals import Adjustment, Line, Rounding, Settlement, Tax, Withholding, compute

D = Decimal
IVA_21 = Tax(rate_percent=D(21))
IVA_10 = Tax(rate_percent=D(10))


def lines(*prices: str, tax: Tax = IVA_21) -> list[Line]:
    return [Line(description="x", unit_price=D(price), taxes=(tax,)) for price in prices]


# Computed by hand: 7.93 + 5.63 + 1.16 = 14.72, and 21 % of 70.06 is 14.7126.
@pytest.mark.parametrize(
    ("rounding", "expected"), [(Rounding.PER_LINE, "84.78"), (Rounding.PER_INVOICE, "84.77")]
)
def test_the_two_ways_of_rounding_differ(rounding: Rounding, expected: str) -> None:
    computed = compute(lines("37.76", "26.80", "5.50"), rounding=rounding)
    assert computed.totals.invoice_total == D(expected)


def test_discounts_and_charges_of_a_line() -> None:
    line = Line(
        description="x",
        quantity=D(3),
        unit_price=D("10.00"),
        discounts=(Adjustment(reason="d", percent=D(10)), Adjustment(reason="e", amount=D(1))),
        charges=(Adjustment(reason="c", amount=D("2.50")),),
        taxes=(IVA_21,),
    )
    (computed,) = compute([line]).lines
    assert computed.total_cost == D("30.00")
    assert [discount.amount for discount in computed.discounts] == [D("3.00"), D("1.00")]
    assert computed.gross_amount == D("28.50")
    assert computed.taxes_outputs[0].taxable_base.total == D("28.50")


def test_a_general_discount_is_spread_over_the_bases() -> None:
    # 10 % of 150.00 is 15.00: 10.00 on the base of 100.00 and 5.00 on that of 50.00.
    computed = compute(
        lines("100") + lines("50", tax=IVA_10), discounts=[Adjustment(reason="d", percent=D(10))]
    )
    assert [tax.taxable_base.total for tax in computed.taxes_outputs] == [D(90), D(45)]
    assert [t.tax_amount.total for t in computed.taxes_outputs if t.tax_amount] == [
        D("18.90"),
        D("4.50"),
    ]
    assert computed.totals.gross_amount_before_taxes == D(135)
    assert computed.totals.invoice_total == D("158.40")


def test_surcharge_and_withholding() -> None:
    # 21 % and 5.2 % of 200.00 are 42.00 and 10.40; 15 % is 30.00.
    line = Line(
        description="x",
        unit_price=D(200),
        taxes=(Tax(rate_percent=D(21), surcharge_percent=D("5.2")),),
        withholdings=(Withholding(rate_percent=D(15)),),
    )
    computed = compute([line])
    assert computed.totals.total_tax_outputs == D("52.40")
    assert computed.totals.total_taxes_withheld == D(30)
    assert computed.totals.invoice_total == D("222.40")


def test_rates_are_kept_apart() -> None:
    with_surcharge = Tax(rate_percent=D(21), surcharge_percent=D("5.2"))
    igic = Tax(rate_percent=D(21), tax_type=TaxType.IGIC)
    computed = compute(
        lines("1") + lines("2", tax=with_surcharge) + lines("4", tax=igic) + lines("8")
    )
    assert [tax.taxable_base.total for tax in computed.taxes_outputs] == [D(9), D(2), D(4)]


def test_what_stands_between_total_and_payment() -> None:
    settlement = Settlement(
        subsidies=(Subsidy(description="s", amount=D(20)),),
        payments_on_account=(PaymentOnAccount(paid_on="2026-01-01", amount=D(30)),),
        disbursements=(Disbursement(amount=D(5)),),
        financial_expenses=D(1),
    )
    totals = compute(lines("100"), settlement=settlement).totals
    assert totals.invoice_total == D(121)
    assert totals.outstanding_amount == D(71)
    assert totals.executable_amount == D(77)


def test_without_lines_there_are_no_totals() -> None:
    with pytest.raises(TotalsError):
        compute([])


def test_a_general_discount_needs_a_base() -> None:
    with pytest.raises(TotalsError):
        compute(lines("5", "-5"), discounts=[Adjustment(reason="d", amount=D(1))])


@pytest.mark.parametrize("given_", [{}, {"percent": D(1), "amount": D(1)}, {"percent": 0.5}])
def test_an_adjustment_is_a_percentage_or_an_amount(given_: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Adjustment(reason="d", **given_)


prices = st.decimals("-1000", "1000", places=4)
rates = st.sampled_from([D(0), D(4), D(10), D(21)])
a_line = st.builds(
    lambda price, quantity, rate: Line(
        description="x", unit_price=price, quantity=quantity, taxes=(Tax(rate_percent=rate),)
    ),
    prices,
    st.decimals("0.001", "50", places=3),
    rates,
)


@given(
    st.lists(a_line, min_size=1, max_size=8),
    st.sampled_from(Rounding),
    st.decimals("0", "50", places=2),
)
def test_the_bases_add_up_to_the_amount_before_taxes(
    given_lines: list[Line], rounding: Rounding, percent: Decimal
) -> None:
    computed = compute(
        given_lines, discounts=[Adjustment(reason="d", percent=percent)], rounding=rounding
    )
    bases = sum(tax.taxable_base.total for tax in computed.taxes_outputs)
    assert bases == computed.totals.gross_amount_before_taxes


@given(st.permutations(lines("1.01", "2.02") + lines("3.03", tax=IVA_10)))
def test_the_order_of_lines_does_not_matter(given_lines: list[Line]) -> None:
    computed = compute(given_lines, discounts=[Adjustment(reason="d", percent=D(7))])
    assert (
        computed.totals
        == compute(
            lines("1.01", "2.02") + lines("3.03", tax=IVA_10),
            discounts=[Adjustment(reason="d", percent=D(7))],
        ).totals
    )
