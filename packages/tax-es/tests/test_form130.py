"""Forms 130 and 131: carries of the year, limits, reductions, the ledger."""

from datetime import date
from decimal import Decimal

import pytest
from books import D, books, purchase, sale
from hypothesis import given
from hypothesis import strategies as st

from tax_es.calendar import Period
from tax_es.closing.form130 import (
    Figures,
    Modules,
    Options,
    close_130,
    close_131,
    close_from_ledger,
    figures_of,
)
from tax_es.errors import FormError, TerritoryError, UnverifiedParameter
from tax_es.ledger import Asset, Expense

Q1, Q2 = Period(2025, "1T"), Period(2025, "2T")


@pytest.mark.parametrize(
    ("before", "reduction"),
    [("9000", "100"), ("9000.01", "75"), ("10000", "75"), ("11000", "50"), ("12000", "25"),
     ("12000.01", "0"), ("-500", "100"), (None, "0")],
)  # fmt: skip
def test_the_reduction_of_low_yields(before: str | None, reduction: str) -> None:
    options = Options(yield_before=None if before is None else D(before))
    assert close_130(Q1, Figures(D(10000)), options)["13"] == D(reduction)


def test_a_negative_quarter_is_subtracted_later_in_the_year() -> None:
    first = close_130(Q1, Figures(D(1000), D(0)), Options(yield_before=D(8000), method="normal"))
    assert (first["14"], first["19"]) == (100, 100)
    low = close_130(Q1, Figures(D(100)), Options(yield_before=D(8000), method="normal"))
    assert (low["12"], low["14"], low["19"]) == (20, -80, -80)
    second = close_130(
        Q2, Figures(D(2000)), Options(yield_before=D(8000), method="normal", earlier=[low.boxes])
    )
    assert (second["05"], second["07"], second["14"], second["15"]) == (20, 380, 280, 80)
    third = close_130(
        Period(2025, "3T"), Figures(D(9000)),
        Options(yield_before=D(8000), method="normal", earlier=[low.boxes, second.boxes]),
    )  # fmt: skip
    assert third["15"] == 0


def test_the_home_has_limits() -> None:
    big = close_130(Q1, Figures(D(100000)), Options(housing_loan=True, method="normal"))
    assert big["16"] == D("660.14")
    small = close_130(
        Q1, Figures(D(100), withheld=D(19)), Options(housing_loan=True, method="normal")
    )
    assert (small["14"], small["16"]) == (1, 1)
    none = close_130(Q1, Figures(D(0), D(50)), Options(housing_loan=True))
    assert none["16"] == 0


def test_ceuta_and_melilla_pay_forty_percent_of_it() -> None:
    found = close_130(Q1, Figures(D(1000), farming_income=D(1000)),
                      Options(ceuta_melilla=True, method="normal"))  # fmt: skip
    assert (found["04"], found["09"]) == (D("80.00"), D("8.00"))


def test_the_cap_of_expenses_hard_to_justify() -> None:
    found = close_130(Period(2025, "4T"), Figures(D(100000)))
    assert found["02"] == 2000
    assert found.step("hard_to_justify").value == 2000


def test_a_ledger_gives_the_figures_of_the_year_to_date() -> None:
    ledger = books(
        sale("1", "1000", withheld=D(150)),
        sale("2", "500", on="2025-05-01"),
        sale("3", "9999", on="2024-12-31"),
        sale("4", "700", investment_good=True),
        purchase("5", "100"),
        purchase("6", "200", deductible_percent=D(50)),
        purchase("7", "5000", investment_good=True),
        purchase("8", "80", expense=D(30)),
        expenses=(Expense(id="9", paid_on=date(2025, 3, 1), amount=D(300)),),
        assets=(Asset(id="10", in_use_since=date(2024, 1, 1), cost=D(5000), yearly=D(365)),),
    )
    first = figures_of(ledger, Q1)
    assert (first.income, first.withheld) == (1000, 150)
    assert first.expenses == 100 + 221 + 30 + 300 + 90
    second = close_from_ledger(ledger, Q2, Options(method="normal"))
    assert second["01"] == 1500
    assert second.step("01").entries == ("1", "2")
    assert second.explain("04")[0].startswith("01: ingresos computables")


def test_a_table_that_was_not_read_is_not_used_unseen() -> None:
    ledger = books(assets=(Asset(id="1", in_use_since=date(2025, 1, 1), cost=D(3650), group=5),))
    with pytest.raises(UnverifiedParameter):
        close_from_ledger(ledger, Q1)
    found = close_from_ledger(ledger, Q1, Options(allow_unverified=True, method="normal"))
    assert found["02"] == D("234.00")


def test_refusals() -> None:
    with pytest.raises(FormError):
        close_130(Period(2025, "01"), Figures())
    with pytest.raises(FormError):
        close_130(Q1, Figures(withheld=D(-1)))
    with pytest.raises(FormError):
        close_131(Q1, sales=D(-1))
    with pytest.raises(FormError):
        figures_of(books(sale("1", "1", currency="USD")), Q1)
    with pytest.raises(TerritoryError):
        close_from_ledger(books(territory="navarra"), Q1)


def test_form_131() -> None:
    activities = [Modules(D(10000)), Modules(D(20000), 1), Modules(D(30000), 5)]
    found = close_131(Q1, activities, withheld=D(100), options=Options(yield_before=D(9500)))
    assert (found["01"], found["02"]) == (60000, 200 + 600 + 1200)
    assert (found["09"], found["10"], found["15"]) == (75, 1825, 1825)
    home = close_131(Q1, activities, options=Options(housing_loan=True))
    assert home["12"] == 300
    farm = close_131(Q1, sales=D(1000), farming_income=D(2000))
    assert (farm["04"], farm["06"], farm["15"]) == (20, 40, 60)
    south = close_131(Q1, [Modules(D(10000))], options=Options(ceuta_melilla=True))
    assert south["02"] == 80


money = st.decimals(0, 100_000, places=2)


@given(st.lists(st.tuples(money, money), min_size=4, max_size=4))
def test_a_year_pays_what_its_last_quarter_owes(rows: list[tuple[Decimal, Decimal]]) -> None:
    """Without losses the payments add up to 20 % of the yield of the year."""
    income = expenses = Decimal(0)
    earlier = []
    for code, (earned, spent) in zip(("1T", "2T", "3T", "4T"), rows, strict=True):
        income, expenses = income + max(earned, spent), expenses + min(earned, spent)
        options = Options(method="normal", earlier=tuple(earlier))
        earlier.append(close_130(Period(2025, code), Figures(income, expenses), options).boxes)
    paid = sum(each["19"] for each in earlier)
    assert abs(paid - (income - expenses) / 5) <= Decimal("0.02")
