"""Questions that compare legal options: every one with its amount and its article."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from tax_es import options
from tax_es.calendar import Period
from tax_es.cases.income import person_of
from tax_es.cases.reading import Case
from tax_es.closing import form303
from tax_es.errors import CaseError
from tax_es.irpf import quota
from tax_es.ledger import read_json
from tax_es.options import Option

__all__ = ["QUESTIONS", "choices"]


def choices(told: object, *, allow_unverified: bool = False) -> tuple[Option, ...]:
    """Compare the options of a question.

    Args:
        told: An object of JSON whose ``compare`` is a name of :data:`QUESTIONS`, with what the
            question needs.
        allow_unverified: Whether parameters that carry a mark may be used.

    Returns:
        The options, the best first.

    Raises:
        CaseError: The question is unknown, lacks a field, or has one that nothing reads.
        TaxError: The engine refuses it.
    """
    if not isinstance(told, Mapping):
        raise CaseError("a question is an object of JSON")
    case = Case(told)
    name = case.text("compare")
    if name not in QUESTIONS:
        raise CaseError(f"{name!r} is no comparison: use one of {', '.join(QUESTIONS)}")
    found = QUESTIONS[name](case, allow_unverified or case.flag("allow_unverified"))
    case.done()
    return found


def _estimation(case: Case, allow: bool) -> tuple[Option, ...]:
    return options.compare_estimation(
        _end(case), case.amounts("income"), case.amounts("expenses"),
        provisions=case.amount("provisions"), modules_yield=case.optional("modules_yield"),
    )  # fmt: skip


def _filing(case: Case, allow: bool) -> tuple[Option, ...]:
    persons = [person_of(part) for part in case.parts("persons")]
    return options.compare_filing(
        _end(case), case.text("territory"), persons, allow_unverified=allow
    )


def _refund(case: Case, allow: bool) -> tuple[Option, ...]:
    # The reader of ledgers names what is wrong in it.
    ledger = read_json(json.dumps(case.raw("ledger", default={})))
    chosen = form303.Options(to_compensate=case.amount("to_compensate"))
    return options.compare_refund(ledger, Period.parse(case.text("period")), chosen)


def _bases(case: Case, allow: bool) -> tuple[Option, ...]:
    month = case.whole("month", default=1, most=12)
    if not month:
        raise CaseError("month is a number from 1 to 12", field="month")
    return options.compare_bases(
        date(case.year(), month, 1), case.amount("net_monthly", default=None)
    )


def _pension(case: Case, allow: bool) -> tuple[Option, ...]:
    amounts = [Case({"each": value}).amount("each") for value in case.listed("contributions")]
    minimum = case.optional("minimum")
    return options.compare_pension(
        _end(case), case.text("territory"), case.amount("general_base", default=None), amounts,
        self_employed=case.flag("self_employed"), net_yields=case.optional("net_yields"),
        allow_unverified=allow, **({} if minimum is None else {"minimum": minimum}),
    )  # fmt: skip


def _end(case: Case) -> date:
    return quota.accrual(case.year())


QUESTIONS: Mapping[str, Callable[[Case, bool], tuple[Option, ...]]] = MappingProxyType({
    "estimation": _estimation,
    "filing": _filing,
    "refund": _refund,
    "bases": _bases,
    "pension": _pension,
})  # fmt: skip
"""The comparisons by name: direct and objective estimation, filing alone or jointly, compensation
or refund, base of contributions, pension plan."""
