"""What one document between two parties must be: regimes, formats, last day, article.

The days, formats and articles are those of ``params/obligations.toml``, which
:func:`tax_es.obligations.obligations` reads too; here a counterpart and a document narrow them::

    company = Company("B12345674", Decimal(9_000_000))
    requirements(company, Counterpart(), DocumentKind.INVOICE, date(2027, 10, 6))
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from tax_es.calendar import NATIONAL, WorkingDays
from tax_es.errors import CalendarError
from tax_es.ids import nif, postal
from tax_es.obligations import Company, Obligation, Regime, obligations
from tax_es.parameters import Parameter, series

__all__ = ["Counterpart", "CounterpartKind", "DocumentKind", "Requirement", "requirements"]

_FILE = "obligations.toml"
_STATUS_DAYS = 4


class CounterpartKind(StrEnum):
    """Who is on the other side."""

    BUSINESS = "business"
    ADMINISTRATION = "administration"
    CONSUMER = "consumer"


class DocumentKind(StrEnum):
    """What is sent."""

    INVOICE = "invoice"
    SIMPLIFIED = "simplified"
    QUALIFIED_SIMPLIFIED = "qualified_simplified"
    """A simplified invoice with the recipient's data (Real Decreto 1619/2012, art. 7.2)."""
    STATUS = "status"
    """What the recipient of an invoice reports of it; the company asked for is the recipient."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The other side of a document.

    Attributes:
        kind: Business, administration or consumer.
        in_spain: Whether it has its seat, an establishment or its residence in Spain.
    """

    kind: CounterpartKind = CounterpartKind.BUSINESS
    in_spain: bool = True


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a regime asks of a document.

    Attributes:
        regime: ``b2b``, ``spfe``, ``face`` or ``peppol``.
        applies: Whether it obliges on the day.
        since: Day from which it obliges; ``None`` when it never does for this document.
        by: Last day to send it; ``None`` when it does not apply or no day is recorded.
        formats: Formats that it takes on that day, the one without agreement first; empty when
            the regime does not concern the document. Where ``applies`` is false they are possible.
        companion: Format of a readable copy that goes with it; empty when none does.
        article: Norm and article.
        reason: Why it does or does not.
        mark: What is not certain; empty when nothing is.
    """

    regime: Regime
    applies: bool
    since: date | None
    by: date | None
    formats: tuple[str, ...]
    article: str
    reason: str
    companion: str = ""
    mark: str = ""


def requirements(
    company: Company,
    counterpart: Counterpart,
    document: DocumentKind,
    day: date,
    *,
    days: WorkingDays = NATIONAL,
) -> tuple[Requirement, ...]:
    """Tell which regimes and formats apply to a document, by when, with the article.

    Args:
        company: Who sends the document.
        counterpart: Who gets it.
        document: What it is.
        day: Of issue; of a status, the day of what it reports.
        days: The calendar, for the four days of a status.

    Returns:
        One requirement each for invoices between businesses, the public solution, FACe and Peppol.

    Raises:
        ConditionError: The turnover decides and is not given.
        ArgumentError: The NIF, the postal code or the day is wrong.
        NotInForceError: The day lies before the first limit of turnover that is recorded.
    """
    regimes = {each.regime: each for each in obligations(company, day)}
    b2b = _b2b(company, regimes[Regime.B2B], counterpart, document, day, days)
    return (
        b2b,
        _spfe(b2b, document, day),
        _face(company, counterpart, document, day),
        _peppol(b2b, document, day),
    )


def _row(name: str) -> Parameter[Any]:
    return next(iter(series(_FILE, name)))


def _formats(regime: str, day: date) -> tuple[str, ...]:
    for row in series(_FILE, f"formats.{regime}"):
        if row.applies_on(day):
            return tuple(row.value)
    return ()


def _outside(counterpart: Counterpart, document: DocumentKind) -> str:
    """Say why a document is none between businesses; nothing when it is one."""
    if counterpart.kind is not CounterpartKind.BUSINESS:
        return f"the counterpart is no business but an {counterpart.kind}".replace(
            "an consumer", "a consumer"
        )
    if not counterpart.in_spain:
        return "the counterpart has no establishment in Spain"
    if document is DocumentKind.SIMPLIFIED:
        return "simplified invoices are left out, save those with the data of the recipient"
    return ""


def _b2b(
    company: Company,
    own: Obligation,
    counterpart: Counterpart,
    document: DocumentKind,
    day: date,
    days: WorkingDays,
) -> Requirement:
    if reason := _outside(counterpart, document):
        article = "Real Decreto 238/2026 (BOE-A-2026-7295), arts. 3 and 4"
        return Requirement(Regime.B2B, False, None, None, (), article, reason)
    since, article, reason, mark = own.since, own.article, own.reason, ""
    is_large = own.since == _row("b2b.large").since
    if document is DocumentKind.STATUS:
        small = _row("b2b.status_small")
        article = _row("b2b.status").source
        mark = "that the recipient's own turnover decides its first day is our reading"
        person = not nif.check(company.nif).is_entity
        if not is_large and (person or company.pass_through):
            since, mark, article = small.since, "", f"{article}; {small.source}"
            reason += ", natural person or pass-through entity: voluntary before"
    if postal.check(company.postal_code).kind.startswith("foral_"):
        mark = "; ".join(
            each for each in (mark, "foral territories: by an agreement that was not found") if each
        )
    found = Requirement(
        Regime.B2B,
        applies=since is not None and day >= since,
        since=since,
        by=None,
        # No text names a format of the statuses between the parties.
        formats=() if document is DocumentKind.STATUS else _formats("b2b", day),
        article=article,
        reason=reason,
        mark=mark,
    )
    if not found.applies:
        return found
    companion = _row("b2b.companion")
    if document is DocumentKind.STATUS:
        return _by_status(found, day, days)
    if is_large and companion.applies_on(day):
        return replace(
            found,
            by=day,
            companion=str(companion.value),
            article=f"{article}; {companion.source}",
        )
    return replace(found, by=day)


def _by_status(found: Requirement, day: date, days: WorkingDays) -> Requirement:
    try:
        return replace(found, by=days.add(day, _STATUS_DAYS))
    except CalendarError as unknown:
        marks = (found.mark, f"no last day: {unknown}")
        return replace(found, mark="; ".join(each for each in marks if each))


def _spfe(b2b: Requirement, document: DocumentKind, day: date) -> Requirement:
    is_status = document is DocumentKind.STATUS
    row = _row("spfe.status" if is_status else "spfe.copy")
    if b2b.since is None:
        return replace(b2b, regime=Regime.SPFE)
    reason = (
        "the recipient reports rejection and payment to the public solution"
        if is_status
        else "what is not issued through the public solution is copied to it at the same time"
    )
    mark = b2b.mark
    if is_status and b2b.applies:
        marks = (mark, "the four days are stated for a payment; for a rejection they are advice")
        mark = "; ".join(each for each in marks if each)
    return replace(
        b2b,
        regime=Regime.SPFE,
        formats=_formats("spfe_status" if is_status else "spfe", day),
        article=row.source,
        reason=f"{reason}; {b2b.reason}",
        companion="",
        mark=mark,
    )


def _face(
    company: Company, counterpart: Counterpart, document: DocumentKind, day: date
) -> Requirement:
    row = _row("face")
    concerned = (
        counterpart.kind is CounterpartKind.ADMINISTRATION
        and counterpart.in_spain
        and document is not DocumentKind.STATUS
    )
    if not concerned:
        reason = "no invoice to a Spanish administration"
        return Requirement(Regime.FACE, False, None, None, (), row.source, reason)
    is_entity = nif.check(company.nif).is_entity
    return Requirement(
        Regime.FACE,
        applies=is_entity and day >= row.since,
        since=row.since if is_entity else None,
        by=None,
        formats=_formats("face", day),
        article=row.source,
        reason="an entity that invoices an administration"
        if is_entity
        else "a natural person may choose",
        mark="the list of obliged entities and the exemption of small amounts are not recorded",
    )


def _peppol(b2b: Requirement, document: DocumentKind, day: date) -> Requirement:
    row = _row("formats.peppol")
    reason = "obliges nobody in Spain; private platforms may exchange its messages between them"
    concerned = b2b.since is not None and document is not DocumentKind.STATUS
    formats = _formats("peppol", day) if concerned else ()
    return Requirement(Regime.PEPPOL, False, None, None, formats, row.source, reason)
