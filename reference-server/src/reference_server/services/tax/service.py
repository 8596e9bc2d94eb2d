"""Use cases of tax questions."""

from datetime import date
from decimal import Decimal
from typing import Any

from reference_server.services.tax.schemas import (
    Anomaly,
    Books,
    Choice,
    DocumentQuestion,
    FormAnswer,
    NifAnswer,
    Obligation,
    RateAnswer,
    Requirement,
    Term,
)
from tax_es import anomalies, calendar, cases, exchange, irpf, iva, obligations, wire
from tax_es.closing.by_number import close_form
from tax_es.ids import nif
from tax_es.rates import Rate

__all__ = [
    "audit",
    "check_nif",
    "close",
    "compare_options",
    "compute_case",
    "iva_rate",
    "regimes",
    "requirements",
    "terms",
    "withholding_rate",
]


def check_nif(text: str) -> NifAnswer:
    """Check a NIF."""
    checked = nif.check(text)
    return NifAnswer(
        valid=checked.valid,
        normalised=checked.normalised,
        kind=checked.kind.value if checked.kind else None,
        reason=checked.reason,
    )


def iva_rate(day: date, kind: str, territory: str) -> RateAnswer:
    """Return the rate of IVA, or of IGIC in the Canary Islands, on a day."""
    return _answer(iva.rate(day, kind, territory), day)


def withholding_rate(day: date, kind: str) -> RateAnswer:
    """Return the withholding rate of IRPF on a day."""
    return _answer(irpf.withholding_rate(day, kind), day)


def close(
    model: str, period: str, ledger: Books, allow_unverified: bool, chosen: list[str]
) -> FormAnswer:
    """Close a form from a ledger."""
    closed = close_form(
        model, ledger, calendar.Period.parse(period), tuple(chosen), allow_unverified
    )
    return FormAnswer.model_validate(wire.close_json(closed, trace=True))


def audit(ledger: Books) -> list[Anomaly]:
    """Look for what is wrong in the books."""
    found = anomalies.audit(ledger)
    return [
        Anomaly(
            check=each.check, entry=each.entry, message=each.message, is_certain=each.is_certain
        )
        for each in found
    ]


def compute_case(case: dict[str, Any]) -> dict[str, Any]:
    """Compute the outputs of a worked case."""
    return cases.compute(case)


def compare_options(question: dict[str, Any]) -> list[Choice]:
    """Compare legal options."""
    return [
        Choice(
            name=each.name,
            amount=each.amount,
            article=each.article,
            figures=dict(each.figures),
            marks=each.marks,
        )
        for each in cases.choices(question)
    ]


def terms(year: int, forms: list[str]) -> list[Term]:
    """Return the terms of a year."""
    return [
        Term(
            model=each.model,
            period=str(each.period),
            opens_on=each.opens_on,
            due_on=each.due_on,
            direct_debit_until=each.direct_debit_until,
            source=each.source,
        )
        for each in calendar.deadlines(year, forms)
    ]


def regimes(number: str, turnover: Decimal, postal_code: str, day: date) -> list[Obligation]:
    """Tell which regimes of invoicing oblige a company on a day."""
    company = obligations.Company(number, turnover, postal_code)
    return [
        Obligation(
            regime=each.regime.value,
            applies=each.applies,
            since=each.since,
            article=each.article,
            reason=each.reason,
            mark=each.mark,
        )
        for each in obligations.obligations(company, day)
    ]


def requirements(number: str, question: DocumentQuestion) -> list[Requirement]:
    """Tell what one document to one counterpart must be."""
    company = obligations.Company(number, question.turnover, question.postal_code)
    counterpart = exchange.Counterpart(question.counterpart, question.in_spain)
    return [
        Requirement(
            regime=each.regime.value,
            applies=each.applies,
            since=each.since,
            by=each.by,
            formats=each.formats,
            companion=each.companion,
            article=each.article,
            reason=each.reason,
            mark=each.mark,
        )
        for each in exchange.requirements(company, counterpart, question.document, question.on)
    ]


def _answer(rate: Rate, day: date) -> RateAnswer:
    return RateAnswer(
        tax=rate.tax.value,
        kind=rate.kind,
        percent=rate.percent,
        day=day,
        since=rate.since,
        source=rate.source,
    )
