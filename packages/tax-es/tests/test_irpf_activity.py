"""Yields of activities and withholding of employees."""

from datetime import date
from decimal import Decimal

import pytest

from einvoice_core.errors import NotInForceError
from tax_es import cases
from tax_es.errors import ArgumentError, CaseError, UnknownKindError, UnverifiedParameter
from tax_es.irpf import direct, modules
from tax_es.irpf.employee import MARK, Employee, regularised, withholding
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


def rate_of(**fields: object) -> Decimal:
    employee = Employee(**({"pay": D(30000), "social_security": D(1905)} | fields))  # type: ignore[arg-type]
    return withholding(DAY, employee, allow_unverified=True)["quota"]


def test_circumstances_of_an_employee_by_hand() -> None:
    """Base 26,095 by default: 4,225.50 + 5,895 at 30 %, less 5,550 at 19 %."""
    assert rate_of() == D("4939.50")
    assert rate_of(mobility=True) == D("4939.50") - 600
    assert rate_of(unemployed=True) == D("4939.50") - 360
    assert rate_of(pensioner=True) == D("4939.50") - 180
    # 3,500 less base and 3,000 more minimum; with 65 percent 7,750 and 12,000.
    assert rate_of(family=Family(disability=33)) == D("4939.50") - 1050 - 570
    severe = rate_of(family=Family(disability=65))
    # Base 18,345: 2,365.50 + 5,895 at 24 %; minimum 17,550: 2,365.50 + 5,100 at 24 %.
    assert severe == D("3780.30") - D("3589.50")
    assert rate_of(family=Family(disability=33), pensioner=True) == D("4939.50") - 180 - 570
    # Alimony apart: 6,000 at 19 % and 20,095 (2,365.50 + 7,645 at 24 %); minimum 7,530.
    assert rate_of(alimony_children=D(6000)) == 1140 + D("4200.30") - D("1430.70")
    assert rate_of(alimony_children=D(90000)) == D("4939.50")
    three = Family(descendants=(Relative(9, 2),) * 3)
    # 600 less base; half of 9,100 more minimum: 10,100 at 19 %.
    assert rate_of(family=three) == D("4225.50") + D("1588.50") - 1919


def test_limits_of_the_rate() -> None:
    def rate(**fields: object) -> Decimal:
        employee = Employee(**({"pay": D(30000), "social_security": D(1905)} | fields))  # type: ignore[arg-type]
        return withholding(DAY, employee, allow_unverified=True)["rate"]

    assert rate() == D("16.46")
    assert rate(housing_loan=True) == D("14.46")
    assert rate(pay=D("33007.20"), housing_loan=True) == rate(pay=D("33007.20"))
    assert rate(pay=D(5000), artist=True) == 2
    assert rate(pay=D(5000), special_relation=True) == 15
    assert rate(pay=D(5000), special_relation=True, ceuta_melilla=True) == 6
    assert rate(pay=D(5000), artist=True, ceuta_melilla=True) == D("0.8")
    assert rate(pay=D(5000), special_relation=True, family=Family(disability=40)) == 0


def test_a_rise_is_regularised_over_the_rest_of_the_year() -> None:
    before, after = Employee(D(30000), D(1905)), Employee(D(36000), D(2286))
    found = regularised(
        DAY, before, after, paid=D(15000), withheld=D(2469), rate_before=D("16.46"),
        allow_unverified=True,
    )  # fmt: skip
    # Base 31,714: 4,225.50 + 11,514 at 30 % less 1,054.50 is 6,625.20; 21,000 are left to pay.
    assert found["quota"] == D("6625.20")
    assert found["left_to_withhold"] == D("4156.20")
    assert found["rate"] == D("19.79")
    assert found["withheld"] == D("4155.90")
    assert found.marks == (MARK,)


def test_limits_of_a_regularisation() -> None:
    before = Employee(D(30000), D(1905))
    born = Employee(D(30000), D(1905), family=Family(descendants=(Relative(0, 2),)))

    def rate(old: Employee, new: Employee, paid: str, withheld: str, rate: str) -> Decimal:
        return regularised(
            DAY, old, new, paid=D(paid), withheld=D(withheld), rate_before=D(rate),
            allow_unverified=True,
        )["rate"]  # fmt: skip

    # Half of 5,200 more minimum: 494 less quota.
    assert rate(before, born, "15000", "2469", "16.46") == D("13.17")
    # Who was withheld too much pays nothing more and gets nothing back.
    assert rate(before, born, "25000", "4900", "16.46") == 0
    # A smaller difference raises no rate, whatever was withheld too little.
    assert rate(before, born, "20000", "0", "16.46") == D("16.46")
    # A growth of 100 euros takes at most 100 euros more in the year.
    more = Employee(D(30100), D(1905))
    grown = rate(before, more, "29000", "100", "1")
    assert grown == D("27.27")  # 300 + 100 - 100, of 1,100
    # Never above 47 percent, nor 19 in Ceuta and Melilla.
    rich = Employee(D(300000))
    assert rate(Employee(D(290000)), rich, "295000", "100000", "40") == 47
    ceuta = Employee(D(300000), ceuta_melilla=True)
    assert rate(Employee(D(290000)), ceuta, "295000", "100000", "40") == 19
    with pytest.raises(ArgumentError):
        rate(before, before, "30000", "0", "1")
    with pytest.raises(UnverifiedParameter):
        regularised(DAY, before, born, paid=D(1), withheld=D(1), rate_before=D(1))


def test_employees_as_cases() -> None:
    told = {"year": 2025, "pay": "30000", "social_security": "1905", "allow_unverified": True}
    assert cases.compute(told)["rate"] == "16.46"
    again = told | {"descendants": [{"age": 0, "shared": 2}], "paid": "15000", "withheld": "2469",
                    "rate_before": "16.46",
                    "before": {"pay": "30000", "social_security": "1905"}}  # fmt: skip
    assert cases.compute(again)["rate"] == "13.17"
    with pytest.raises(CaseError):
        cases.compute(told | {"paid": "15000"})
