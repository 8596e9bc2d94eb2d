"""Prorrata, investment goods, simplified regime."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.errors import NotInForceError
from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.iva import cash, margin, prorata, simplified
from tax_es.iva.prorata import InputTax

D = Decimal
DAY = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("right", "other", "percent"),
    [("25000", "20000", 56), ("1", "999999", 1), ("0", "5", 0), ("5", "0", 100), ("0", "0", 100),
     ("50", "50", 50)],
)  # fmt: skip
def test_the_percentage_is_rounded_up(right: str, other: str, percent: int) -> None:
    assert prorata.general_percent(D(right), D(other)) == percent


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_percentage_never_takes_away(right: int, other: int) -> None:
    percent = prorata.general_percent(D(right), D(other))
    assert 0 <= percent <= 100
    assert percent * (right + other) >= right * 100
    assert percent == 0 or (percent - 1) * (right + other) < right * 100 or right + other == 0


def test_the_special_prorrata_becomes_compulsory_at_ten_percent() -> None:
    exactly = prorata.special(DAY, D(55), D(45), InputTax(D(500), D(500)))
    assert (exactly["general_total"], exactly["total"]) == (550, 500)
    assert exactly["special_is_compulsory"] == 1
    below = prorata.special(DAY, D(54), D(46), InputTax(D(500), D(500)))
    assert below["special_is_compulsory"] == 0


def test_bad_input_of_a_prorrata() -> None:
    for amounts in ((D(-1), D(1)), (1.5, D(1))):
        with pytest.raises(ArgumentError):
            prorata.general_percent(*amounts)  # type: ignore[arg-type]
    with pytest.raises(NotInForceError):
        prorata.special(date(2014, 12, 31), D(1), D(1), InputTax())


@pytest.mark.parametrize(
    ("initial", "current", "due", "amount"),
    [("50", "60", 0, "0"), ("50", "61", 1, "92.40"), ("60", "49", 1, "-92.40")],
)
def test_ten_points_are_not_enough(initial: str, current: str, due: int, amount: str) -> None:
    found = prorata.regularise(DAY, D(4200), D(initial), D(current))
    assert (found["regularise"], found["amount"]) == (due, D(amount))


def test_a_sale_settles_the_years_left() -> None:
    taxed = prorata.regularise_sale(DAY, D(4200), D(50), 3, taxed=True)
    assert taxed["amount"] == 1260
    capped = prorata.regularise_sale(DAY, D(4200), D(50), 3, taxed=True, tax_of_sale=D(1000))
    assert capped["amount"] == 1000
    exempt = prorata.regularise_sale(DAY, D(4200), D(50), 3, taxed=False)
    assert exempt["amount"] == -1260
    with pytest.raises(ArgumentError):
        prorata.regularise_sale(DAY, D(4200), D(50), 6, taxed=False)
    with pytest.raises(ArgumentError):
        prorata.regularise(DAY, D(4200), D(50), D(70), years=7)


def test_the_minimum_of_the_simplified_regime() -> None:
    found = simplified.year(DAY, "673.1", {1: D(1)}, D(99999))
    assert found["derived"] == found["minimum"] == D("197.70")
    abroad = simplified.year(DAY, "673.1", {1: D(1)}, D(99999), refunded_abroad=D(10))
    assert abroad["minimum"] == D("207.70")


def test_the_simplified_regime_refuses_what_it_does_not_know() -> None:
    with pytest.raises(UnknownKindError):
        simplified.payment_on_account(DAY, "722", {1: D(1)})
    waste = simplified.payment_on_account(DAY, "722", {1: D(1)}, D(1))
    assert waste["quarterly"] == D("19.49")
    with pytest.raises(NotInForceError):
        simplified.year(date(2024, 12, 31), "673.1", {}, D(0))


def test_the_tax_is_inside_the_margin() -> None:
    found = margin.of_operation(DAY, D("1000"), D("758"))
    assert (found["margin"], found["tax"], found["taxable_base"]) == (242, 42, 200)
    assert margin.of_operation(DAY, D(100), D(200))["tax"] == 0
    before = margin.of_operation(date(2012, 8, 31), D(118), D(0))
    assert before["tax"] == 18
    with pytest.raises(ArgumentError):
        margin.of_operation(DAY, D(-1), D(0))


def test_the_global_margin_carries_what_is_negative() -> None:
    first = margin.global_margin(DAY, [D(100)], [D(300)])
    assert (first["tax"], first["carried"]) == (0, 200)
    second = margin.global_margin(DAY, [D(500), D(63)], [D(0)], carried=first["carried"])
    assert (second["margin"], second["tax"], second["carried"]) == (363, 63, 0)
    stock = margin.global_margin(DAY, [D(0)], [D(121)], stock_change=D(242))
    assert stock["tax"] == 21
    with pytest.raises(ArgumentError):
        margin.global_margin(DAY, [], [], carried=D(-1))


@given(st.decimals(0, 10**6, places=2), st.sampled_from(["general", "reduced", "super_reduced"]))
def test_base_and_tax_are_the_whole_margin(price: Decimal, kind: str) -> None:
    found = margin.of_operation(DAY, price, D(0), kind)
    assert found["taxable_base"] + found["tax"] == price
    assert abs(found["taxable_base"] * found["percent"] / 100 - found["tax"]) <= D("0.01")


def test_cash_accounting_accrues_at_payment_or_at_the_end_of_the_next_year() -> None:
    supplied = date(2024, 3, 1)
    assert cash.accrued_on(supplied, date(2024, 7, 1)) == date(2024, 7, 1)
    assert cash.accrued_on(supplied, date(2026, 7, 1)) == date(2025, 12, 31)
    assert cash.accrued_on(supplied, None) == date(2025, 12, 31)
    assert cash.may_use(DAY, D(2000000), D(100000))
    assert not cash.may_use(DAY, D("2000000.01"))
    assert not cash.may_use(DAY, D(1), D("100000.01"))
