"""Yields of activities and withholding of employees."""

from datetime import date
from decimal import Decimal

import pytest

from einvoice_core.errors import NotInForceError
from tax_es.errors import ArgumentError, UnknownKindError, UnverifiedParameter
from tax_es.irpf import direct, modules
from tax_es.irpf.employee import MARK, Employee, withholding
from tax_es.irpf.minimums import Family, Relative

D = Decimal
DAY = date(2025, 6, 1)
BAR = {1: D("3.66"), 2: D(1), 3: D(35), 4: D(8), 5: D(10), 7: D(1)}


@pytest.mark.parametrize(
    ("day", "deducted"),
    [
        (date(2022, 12, 31), "500.00"),
        (date(2023, 1, 1), "700.00"),
        (date(2023, 12, 31), "700.00"),
        (date(2024, 1, 1), "500.00"),
    ],
)
def test_expenses_hard_to_justify_changed_for_a_year(day: date, deducted: str) -> None:
    found = direct.net_yield(day, {"sales": D(15000)}, {"purchases": D(5000)})
    assert found["hard_to_justify"] == D(deducted)
    assert found["net_yield"] == D(10000) - D(deducted)


def test_nothing_is_hard_to_justify_in_a_loss_or_in_normal_estimation() -> None:
    loss = direct.net_yield(DAY, {"sales": D(100)}, {"purchases": D(500)})
    assert (loss["hard_to_justify"], loss["net_yield"]) == (0, -400)
    normal = direct.net_yield(DAY, {"sales": D(900)}, {"purchases": D(500)}, "normal")
    assert normal["net_yield"] == 400
    chosen = direct.net_yield(
        DAY, {"sales": D(900)}, {"purchases": D(500)}, renounces_hard_to_justify=True
    )
    assert chosen["net_yield"] == 400


def test_bad_input_of_a_yield() -> None:
    with pytest.raises(ArgumentError):
        direct.net_yield(DAY, {"sales": 1.5}, {})  # type: ignore[dict-item]
    with pytest.raises(ArgumentError):
        direct.net_yield(DAY, {}, {}, "modules")
    with pytest.raises(NotInForceError):
        direct.net_yield(date(2014, 1, 1), {"sales": D(1)}, {})


def test_expenses_that_the_law_limits() -> None:
    assert direct.deductible(DAY, "health_insurance", D(1800), times=3) == 1500
    assert direct.deductible(DAY, "health_insurance", D(400), times=3) == 400
    assert direct.deductible(DAY, "meals_spain", D(600), times=20) == D("533.40")
    assert direct.deductible(DAY, "home_supplies", D(1000), share=D(20)) == D("60.00")
    assert direct.deductible(DAY, "customer_attention", D(900), turnover=D(50000)) == 500
    for missing in ("home_supplies", "customer_attention"):
        with pytest.raises(ArgumentError):
            direct.deductible(DAY, missing, D(100))
    with pytest.raises(UnknownKindError):
        direct.deductible(DAY, "yacht", D(100))


def test_depreciation() -> None:
    with pytest.raises(UnverifiedParameter):
        direct.depreciation(DAY, 5, D(1000))
    amount = direct.depreciation(DAY, 5, D(1000), allow_unverified=True)
    assert amount == 260
    assert direct.depreciation(DAY, 5, D(1000), already=D(900), allow_unverified=True) == 100
    assert direct.depreciation(DAY, 5, D(1000), days_in_use=73, allow_unverified=True) == 52
    assert direct.depreciation(DAY, 2, D(1000), scheme="objective") == 400
    for percent in (D(27), D(5)):
        with pytest.raises(ArgumentError):
            direct.depreciation(DAY, 5, D(1000), percent, allow_unverified=True)
    with pytest.raises(UnknownKindError):
        direct.depreciation(DAY, 99, D(1000))


def test_who_may_use_simplified_estimation() -> None:
    assert direct.may_use_simplified(DAY, D(600000))
    assert not direct.may_use_simplified(DAY, D("600000.01"))


def test_modules_without_excess_and_with_an_index_of_small_size() -> None:
    plain = modules.net_yield(DAY, "673.1", {2: D(1), 3: D(10)})
    assert plain["net_modules"] == plain["net_previous"] == D("18750.96")
    assert plain["employment_reduction"] == 0
    small = modules.net_yield(DAY, "673.1", BAR, indices=("small_size",))
    whole = modules.net_yield(DAY, "673.1", BAR)
    assert small["net_modules"] < whole["net_modules"]
    with pytest.raises(UnverifiedParameter):
        modules.net_yield(DAY, "673.1", BAR, indices=("season_60_days",))


def test_the_incentive_counts_each_bracket_of_staff() -> None:
    found = modules.net_yield(DAY, "673.1", {1: D(9)})
    assert found["coef_brackets"] == D("0.10") + D("0.30") + D("0.40") + D("0.75") + D("0.30")
    grown = modules.net_yield(DAY, "673.1", {1: D(9)}, staff_before=D(8))
    assert (grown["coef_increase"], grown["coef_brackets"]) == (D("0.40"), D("1.55"))
    fewer = modules.net_yield(DAY, "673.1", {1: D(2)}, staff_before=D(8))
    assert (fewer["coef_increase"], fewer["coef_brackets"]) == (0, D("0.25"))


def test_headings_of_activities() -> None:
    assert modules.activity("modules_iva.toml", "672.3", DAY).key == "672.1, 2 y 3"
    with pytest.raises(UnknownKindError) as several:
        modules.activity("modules_iva.toml", "722", DAY)
    assert several.value.details["known"] == ("722 #1", "722 #2")
    waste = modules.activity("modules_iva.toml", "722", DAY, quarterly=D(1))
    assert waste.name == "Transporte de residuos por carretera"
    with pytest.raises(UnknownKindError):
        modules.activity("modules_iva.toml", "999.9", DAY)
    with pytest.raises(NotInForceError):
        modules.activity("modules_iva.toml", "673.1", date(2024, 1, 1))
    with pytest.raises(UnverifiedParameter):
        modules.activity("modules_iva.toml", "commission_1", DAY)


def test_bad_units() -> None:
    for units, error in (
        ({99: D(1)}, UnknownKindError),
        ({1: D(-1)}, ArgumentError),
        ({1: 1.5}, ArgumentError),
    ):
        with pytest.raises(error):
            modules.net_yield(DAY, "673.1", units)  # type: ignore[arg-type]


def test_an_activity_whose_threshold_was_not_read_is_refused() -> None:
    with pytest.raises(ArgumentError, match="threshold"):
        modules.net_yield(DAY, "721.2", {2: D(1)})


def test_units_of_staff_are_cut() -> None:
    assert modules.units_of_staff(3, [D(600), D(600)], D(1800)) == D("3.66")


def test_withholding_of_employees_is_provisional() -> None:
    employee = Employee(D(30000), D(1905))
    with pytest.raises(UnverifiedParameter):
        withholding(DAY, employee)
    found = withholding(DAY, employee, allow_unverified=True)
    # By hand: 30000 - 1905 - 2000 = 26095; 4225.50 + 5895 * 30 % less 5550 * 19 %.
    assert found["quota"] == D("4225.50") + D("1768.50") - D("1054.50")
    assert found["rate"] == D("16.46")
    assert found.marks == (MARK,)


@pytest.mark.parametrize(
    ("employee", "rate"),
    [
        (Employee(D(15876)), "0.00"),
        (Employee(D(15876), short_contract=True), "2.00"),
        (Employee(D(15876), special_relation=True), "15.00"),
        (Employee(D(18694), situation=1, family=Family(descendants=(Relative(9),) * 2)), "0.00"),
        (Employee(D(0)), "0.00"),
    ],
)
def test_little_pay(employee: Employee, rate: str) -> None:
    assert withholding(DAY, employee, allow_unverified=True)["rate"] == D(rate)


def test_the_quota_of_modest_pay_has_a_ceiling() -> None:
    found = withholding(DAY, Employee(D(16000), D(1016)), allow_unverified=True)
    assert found["quota"] <= (D(16000) - D(15876)) * D("0.43")
    ceuta = withholding(DAY, Employee(D(40000), ceuta_melilla=True), allow_unverified=True)
    full = withholding(DAY, Employee(D(40000)), allow_unverified=True)
    assert abs(ceuta["rate"] - full["rate"] * D("0.4")) <= D("0.01")


def test_what_withholding_refuses() -> None:
    for employee in (Employee(D(-1)), Employee(D(1), situation=4)):
        with pytest.raises(ArgumentError):
            withholding(DAY, employee, allow_unverified=True)
    with pytest.raises(NotInForceError):
        withholding(date(2023, 6, 1), Employee(D(30000)), allow_unverified=True)
