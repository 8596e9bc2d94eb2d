"""Cases of the withholding from pay."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tax_es.cases.income import family_of
from tax_es.cases.reading import Case
from tax_es.errors import CaseError
from tax_es.irpf.employee import Employee, regularised, withholding
from tax_es.trace import Result

__all__ = ["pay", "pay_result"]

_FLAGS = (
    "pensioner", "unemployed", "mobility", "housing_loan", "short_contract", "artist",
    "special_relation", "ceuta_melilla",
)  # fmt: skip


def pay(case: Case) -> Mapping[str, object]:
    """Withholding rate of an employee, or the regularised one when ``before`` is there."""
    return pay_result(case).values


def pay_result(case: Case) -> Result:
    """Return the withholding of an employee, with its trace.

    Raises:
        CaseError: The case lacks a field, or has one that nothing reads.
        TaxError: The engine refuses it.
    """
    allow = case.flag("allow_unverified")
    now = _employee(case)
    if not case.has("before"):
        return withholding(_day(case), now, allow_unverified=allow)
    part = case.part("before")
    before = _employee(part)
    part.done()
    return regularised(
        _day(case), before, now,
        paid=case.amount("paid", default=None),
        withheld=case.amount("withheld", default=None),
        rate_before=case.amount("rate_before", default=None),
        allow_unverified=allow,
    )  # fmt: skip


def _day(case: Case) -> date:
    if not case.has("on"):
        return date(case.year(), 1, 1)
    try:
        return date.fromisoformat(case.text("on"))
    except ValueError as error:
        raise CaseError(f"on is no day: {error}", field="on") from error


def _employee(case: Case) -> Employee:
    return Employee(
        case.amount("pay", "annual_pay", default=None),
        case.amount("social_security"),
        case.whole("situation", default=3),
        family_of(case),
        case.amount("irregular_reduction"),
        case.amount("alimony_spouse"),
        case.amount("alimony_children", default=Decimal(0)),
        **{name: case.flag(name) for name in _FLAGS},
    )
