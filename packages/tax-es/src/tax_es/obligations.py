"""Which regimes of invoicing oblige a company on a day, with the article and the time that is left.

Source:
    ``params/obligations.toml``: dates move, and are data.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from tax_es._checks import exact, require_day
from tax_es.calendar import NATIONAL, WorkingDays, sii_deadline
from tax_es.errors import ArgumentError, ConditionError
from tax_es.ids import nif, postal
from tax_es.parameters import Parameter, series

__all__ = ["Company", "Obligation", "Regime", "hours_left", "obligations"]

_FILE = "obligations.toml"
_MADRID: tzinfo = ZoneInfo("Europe/Madrid")


class Regime(StrEnum):
    """A regime of invoicing."""

    SII = "sii"
    VERIFACTU = "verifactu"
    TICKETBAI = "ticketbai"
    B2B = "b2b"
    FACE = "face"
    SPFE = "spfe"
    """The public solution of invoices between businesses: faithful copies and statuses."""
    PEPPOL = "peppol"
    """Obliges nobody in Spain; private platforms may use its messages between them."""


@dataclass(frozen=True, slots=True)
class Company:
    """What decides the regimes of a company.

    Attributes:
        nif: Tells companies from natural persons.
        turnover_before: Of the calendar year before, in euros; ``None`` while unknown.
        postal_code: Of the tax address; it decides the territory.
        vat_group: Whether it is in a VAT group.
        monthly_refund: Whether it is in the register of monthly refund (REDEME).
        sells_to_administration: Whether it invoices public administrations.
        pass_through: Whether its income is taxed as that of its members (a civil partnership).
    """

    nif: str
    turnover_before: Decimal | None = None
    postal_code: str = "28001"
    vat_group: bool = False
    monthly_refund: bool = False
    sells_to_administration: bool = False
    pass_through: bool = False


@dataclass(frozen=True, slots=True)
class Obligation:
    """A regime and whether it obliges.

    Attributes:
        regime: The regime.
        applies: Whether it obliges on the day.
        since: Day from which it obliges the company; ``None`` when no day is recorded.
        article: Norm and article.
        reason: Why it does or does not.
        mark: Why the day is not certain; empty when it is.
    """

    regime: Regime
    applies: bool
    since: date | None
    article: str
    reason: str
    mark: str = ""


def obligations(company: Company, day: date) -> tuple[Obligation, ...]:
    """Tell which regimes oblige a company on a day.

    What one document to one counterpart must be is told by :func:`tax_es.exchange.requirements`.

    Args:
        company: What decides.
        day: The day.

    Returns:
        One obligation for each regime, with its article; days that are not certain are marked.

    Raises:
        ConditionError: The turnover decides and is not given.
        ArgumentError: The NIF or the postal code is wrong.
    """
    require_day(day)
    verdict, place = nif.check(company.nif), postal.check(company.postal_code)
    if not verdict.valid or not place.valid:
        raise ArgumentError(verdict.reason or place.reason)
    if company.turnover_before is None:
        raise ConditionError(
            "the turnover of the year before decides: give turnover_before",
            condition="turnover_before",
        )
    turnover = exact(company.turnover_before, "a turnover")
    sii = _sii(company, turnover, day)
    foral = place.kind.removeprefix("foral_") if place.kind.startswith("foral_") else ""
    return (
        sii,
        _verifactu(verdict.is_entity, sii.applies, foral, day),
        _ticketbai(foral, day),
        _b2b(turnover, day),
        _face(company, verdict.is_entity, day),
    )


def _first(name: str) -> Parameter[object]:
    return next(iter(series(_FILE, name)))


def _sii(company: Company, turnover: Decimal, day: date) -> Obligation:
    row = _first("sii")
    limit = series("thresholds.toml", "large_company").on(day).value
    reasons = [
        text
        for applies, text in (
            (turnover > limit, f"turnover above {limit}"),
            (company.vat_group, "VAT group"),
            (company.monthly_refund, "monthly refund"),
        )
        if applies
    ]
    applies = bool(reasons) and day >= row.since
    reason = ", ".join(reasons) or f"turnover of at most {limit}, no group, no monthly refund"
    return Obligation(Regime.SII, applies, row.since if reasons else None, row.source, reason)


def _verifactu(is_entity: bool, in_sii: bool, foral: str, day: date) -> Obligation:
    row = _first("verifactu.company" if is_entity else "verifactu.person")
    if in_sii:
        reason = "who keeps the books through the SII is left out"
        return Obligation(Regime.VERIFACTU, False, None, row.source, reason)
    if foral:
        reason = "foral territories have their own systems"
        return Obligation(Regime.VERIFACTU, False, None, row.source, reason)
    who = "payer of the corporate tax" if is_entity else "natural person"
    return Obligation(Regime.VERIFACTU, day >= row.since, row.since, row.source, who, row.mark)


def _ticketbai(foral: str, day: date) -> Obligation:
    if foral not in ("alava", "bizkaia", "gipuzkoa"):
        reason = "the tax address lies outside Álava, Bizkaia and Gipuzkoa"
        return Obligation(Regime.TICKETBAI, False, None, "Normas forales", reason)
    row = _first(f"ticketbai.{foral}")
    return Obligation(Regime.TICKETBAI, day >= row.since, row.since, row.source,
                      f"tax address in {foral}", row.mark)  # fmt: skip


def _b2b(turnover: Decimal, day: date) -> Obligation:
    large, everybody = _first("b2b.large"), _first("b2b.everybody")
    is_large = turnover > Decimal(str(large.value))
    row = large if is_large else everybody
    reason = f"turnover {'above' if is_large else 'of at most'} {large.value}"
    return Obligation(Regime.B2B, day >= row.since, row.since, row.source, reason)


def _face(company: Company, is_entity: bool, day: date) -> Obligation:
    row = _first("face")
    if not company.sells_to_administration:
        return Obligation(Regime.FACE, False, None, row.source, "none to public administrations")
    if not is_entity:
        reason = "a natural person may choose between paper and FACe"
        return Obligation(Regime.FACE, False, None, row.source, reason)
    reason = "an entity that invoices public administrations"
    return Obligation(Regime.FACE, day >= row.since, row.since, row.source, reason)


def hours_left(
    event_on: date, now: datetime, *, days: WorkingDays = NATIONAL, working_days: int = 4
) -> int:
    """Return the whole hours that are left of a term of working days.

    Args:
        event_on: Day of the event, such as the issue of an invoice.
        now: An instant with its time zone.
        days: The calendar.
        working_days: 4 for the SII and for the statuses of invoices between businesses.

    Returns:
        Hours to the end of the last day in Madrid; negative when the term is over.

    Raises:
        CalendarError: The year has no holidays recorded.
        ArgumentError: The instant has no time zone.
    """
    if now.tzinfo is None:
        raise ArgumentError("an instant needs its time zone")
    last = (
        sii_deadline(event_on, days=days) if working_days == 4 else days.add(event_on, working_days)
    )
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=_MADRID)
    return int((end - now).total_seconds() // 3600)
