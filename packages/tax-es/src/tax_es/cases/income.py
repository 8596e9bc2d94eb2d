"""Cases of IRPF and of social security."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es import social_security
from tax_es.calendar import Period
from tax_es.cases.reading import Case
from tax_es.closing.form130 import Figures, Modules, Options, close_130, close_131
from tax_es.errors import CaseError
from tax_es.irpf import direct, modules, quota
from tax_es.irpf.direct import Method
from tax_es.irpf.household import Person, alone, jointly
from tax_es.irpf.minimums import Family, Relative
from tax_es.parameters import series
from tax_es.trace import Result

__all__ = [
    "contributions",
    "direct_estimation",
    "family_of",
    "form_130",
    "form_131",
    "household",
    "household_quota",
    "objective_estimation",
    "quotas",
]

_UNDATED_YEAR = 2025
"""Year of forms whose case names none: the last one whose parameters are all confirmed."""


def _year_end(case: Case, default: int | None = None) -> date:
    return quota.accrual(case.year(default=default))


def _accrual(case: Case) -> date:
    day = _year_end(case)
    if case.has("death_on"):
        try:
            day = date.fromisoformat(case.text("death_on"))
        except ValueError as error:
            raise CaseError(f"death_on is no day: {error}", field="death_on") from error
    return day


def quotas(case: Case) -> Mapping[str, object]:
    """Gross quota of a year."""
    found = quota.gross_quota(
        _accrual(case),
        case.text("territory"),
        case.amount("general_base", default=None),
        case.amount("savings_base"),
        case.amount("minimum", "minimum_state"),
        case.optional("minimum_autonomous"),
        allow_unverified=case.flag("allow_unverified"),
    )
    return found.result.values


def household(case: Case) -> Mapping[str, object]:
    """Gross quota of a year from the circumstances of one person, or of a joint return."""
    return household_quota(case).values


def household_quota(case: Case) -> Result:
    """Return the gross quota of a person or of a joint return, with its trace.

    Raises:
        CaseError: The case lacks a field, or has one that nothing reads.
        TaxError: The engine refuses it.
    """
    day, territory = _accrual(case), case.text("territory")
    allow, together = case.flag("allow_unverified"), case.flag("joint")
    persons = [_person(each) for each in case.parts("persons")]
    whole = None
    if case.has("family"):
        part = case.part("family")
        whole = family_of(part)
        part.done()
    if together:
        found = jointly(day, territory, persons, family=whole, allow_unverified=allow)
    elif len(persons) != 1 or whole:
        raise CaseError("one person files alone; two of them, or a family, file with joint: true")
    else:
        found = alone(day, territory, persons[0], allow_unverified=allow)
    return found


def _person(case: Case) -> Person:
    found = Person(
        case.amount("general_base", default=None), case.amount("savings_base"), family_of(case)
    )
    case.done()
    return found


def family_of(case: Case) -> Family:
    """Return who gives right to a minimum: age, disability and relatives of a case."""
    spouse = None
    if case.has("spouse"):
        part = case.part("spouse")
        spouse = _relative(part)
    return Family(
        case.whole("age", default=40, most=130),
        case.whole("disability", default=0, most=100),
        case.flag("assistance"),
        tuple(_relative(each) for each in case.parts("descendants")),
        tuple(_relative(each) for each in case.parts("ascendants")),
        spouse,
    )


def _relative(case: Case) -> Relative:
    found = Relative(
        case.whole("age", "base", most=130),
        case.whole("shared", default=1),
        case.whole("disability", default=0, most=100),
        case.flag("assistance"),
    )
    case.done()
    return found


def direct_estimation(case: Case) -> Mapping[str, object]:
    """Net yield of an activity by direct estimation."""
    refused: dict[str, Decimal] = {}
    added: dict[str, Decimal] = {}
    for name, value in case.amounts("adjustments").items():
        # An adjustment takes out of the expenses unless its name says that it adds to them.
        (added if name.endswith("_additional") else refused)[name] = value
    case.amounts("excluded")
    found = direct.net_yield(
        _year_end(case),
        case.amounts("income"),
        {**case.amounts("expenses_registered", "expenses"), **added},
        case.text("method", default=Method.SIMPLIFIED),
        not_deductible=refused,
        renounces_hard_to_justify=case.flag("renounces_hard_to_justify"),
    )
    return found.values


def objective_estimation(case: Case) -> Mapping[str, object]:
    """Net yield of an activity by modules."""
    day = _year_end(case)
    units = case.numbered("units")
    if case.has("hours"):
        hours = case.part("hours")
        staff = modules.units_of_staff(
            hours.whole("all_year_employees", default=0),
            [hours.amount("hours_each")] * hours.whole("new_employees", default=0, most=1_000),
            hours.amount("convention", default=Decimal(1800)),
        )
        hours.done()
        units.setdefault(1, staff)
    indices = case.listed("indices")
    found = modules.net_yield(
        day,
        case.text("iae"),
        units,
        staff_before=case.optional("previous_year_employees_units"),
        investment=case.amount("investment_incentive"),
        indices=[str(index) for index in indices],
        special_index=case.amount("special_index", default=Decimal(1)),
        extraordinary_expenses=case.amount("extraordinary_expenses"),
        general_reduction_percent=case.optional("general_reduction_pct"),
        other_income=case.amount("other_income"),
        allow_unverified=case.flag("allow_unverified"),
    )
    return found.values


def contributions(case: Case) -> Mapping[str, object]:
    """Monthly contribution of a self-employed person."""
    day = date(case.year(), 1, 1)
    income = case.amount("net_monthly", default=None)
    found = social_security.contribution(day, income, case.optional("base"))
    bracket = social_security.bracket(day, income)
    table = {"reduced": "reducida", "general": "general"}[bracket.table]
    return {**found.values, "table": table, "bracket": bracket.number}


def _earlier(case: Case, paid: str, home: str, result: str) -> list[dict[str, Decimal]]:
    """Return the boxes of earlier quarters that a case gives as lists."""
    columns = {
        paid: case.listed("prior_positive_07", "prior_07"),
        home: case.listed("prior_16"),
        result: case.listed("prior_negative_19", "prior_19"),
    }
    rows = max(map(len, columns.values()))
    found: list[dict[str, Decimal]] = []
    for row in range(rows):
        boxes = {paid: Decimal(0)}
        for box, values in columns.items():
            if row < len(values):
                value = Case({"value": values[row]}).amount("value")
                boxes[box] = -abs(value) if box == result else value
        found.append(boxes)
    return found


def _options(case: Case, earlier: list[dict[str, Decimal]], method: str) -> Options:
    return Options(
        earlier=earlier,
        method=method,
        yield_before=case.optional("previous_year_net"),
        housing_loan=case.flag("loan"),
        ceuta_melilla=case.flag("ceuta_melilla"),
        filed=case.amount("complementary", "filed"),
    )


def form_130(case: Case) -> Mapping[str, object]:
    """Form 130 of a quarter."""
    period = _quarter(case)
    income, expenses = case.amount("income_ytd"), case.amount("expenses_ytd")
    method = case.text("method", default=Method.SIMPLIFIED)
    justified = Decimal(0)
    if method == Method.SIMPLIFIED:
        row = series("irpf_activity.toml", "hard_to_justify").on(period.last_day)
        percent = case.amount("hard_to_justify_pct", default=row.value)
        difference = max(Decimal(0), income - expenses)
        justified = min(round_to(difference * percent / 100), row.details["cap"])
    figures = Figures(
        income,
        expenses + justified,
        case.amount(
            "withholdings_ytd", "withholding_ytd", "withheld_ytd", "withholdings", "withheld"
        ),
        case.amount("agricultural_income", "agrarian_income", "farming_income"),
        case.amount("agricultural_withholdings", "agrarian_withholdings", "farming_withheld"),
    )
    earlier = _earlier(case, "07", "16", "19")
    closed = close_130(period, figures, _options(case, earlier, Method.NORMAL))
    return {**closed.boxes, "hard_to_justify": justified}


def form_131(case: Case) -> Mapping[str, object]:
    """Form 131 of a quarter."""
    period = _quarter(case)
    activities = []
    for each in case.parts("activities"):
        activities.append(
            Modules(each.amount("net_yield", "base"), each.whole("employees", default=0))
        )
        each.done()
    closed = close_131(
        period,
        activities,
        sales=case.amount("sales"),
        farming_income=case.amount("agricultural_income", "agrarian_income", "farming_income"),
        withheld=case.amount("withholdings"),
        options=_options(case, _earlier(case, "10", "12", "15"), Method.NORMAL),
    )
    return closed.boxes


def _quarter(case: Case) -> Period:
    text = case.text("period")
    year = case.year(default=_UNDATED_YEAR)
    return Period.parse(text if "-" in text else f"{year}-{text}")
