"""Tables of dated percentages: read once, asked by kind and day, or by percentage and day."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from einvoice_core.errors import BadParameterError
from tax_es._checks import exact, require_day
from tax_es._territories import refuse_foral
from tax_es.errors import (
    ArgumentError,
    NoSuchRateError,
    TerritoryError,
    UnknownKindError,
)
from tax_es.parameters import Parameter, Series, load
from tax_es.rates import Rate, Tax, Territory

__all__ = ["RateTable", "require_percent", "require_territory"]


class RateTable:
    """The rates of one file of ``params``, each kind a series.

    Args:
        tax: The tax of every rate in the file.
        file: Name inside ``params``, such as ``iva.toml``.
    """

    def __init__(self, tax: Tax, file: str) -> None:
        self.tax = tax
        self._series = {
            kind: _percentages(tax, values).renamed(f"{tax} {kind}")
            for kind, values in load(file).items()
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the kinds, in the order of the file."""
        return tuple(self._series)

    def __iter__(self) -> Iterator[Rate]:
        return (
            _rate(self.tax, kind, entry)
            for kind, values in self._series.items()
            for entry in values
        )

    def on(
        self,
        kind: str,
        day: date,
        *,
        conditions: Mapping[str, bool] | None = None,
        allow_unverified: bool = False,
        known_on: date | None = None,
    ) -> Rate:
        """Return the rate of a kind on a day.

        Raises:
            UnknownKindError: The table has no such kind.
            NotInForceError: No rate is recorded for that day, or its condition was not met.
            ConditionError: The rate depends on a condition that ``conditions`` leaves out.
            UnverifiedParameter: The rate carries a mark and marks are not allowed.
            ArgumentError: The day is not a date.
        """
        require_day(day)
        values = self._series.get(str(kind))
        if values is None:
            known = ", ".join(self.kinds)
            raise UnknownKindError(
                f"{self.tax} has no kind {kind!r}: use one of {known}", known=self.kinds
            )
        entry = values.on(
            day, known_on=known_on, conditions=conditions, allow_unverified=allow_unverified
        )
        return _rate(self.tax, kind, entry)

    def rates_on(self, day: date) -> tuple[Rate, ...]:
        """Return every rate recorded for a day, with its condition or mark if it has one."""
        require_day(day)
        return tuple(rate for rate in self if rate.applies_on(day))

    def with_percent(self, percent: Decimal, day: date) -> tuple[Rate, ...]:
        """Return the rates of a day that have a percentage, in the order of the file."""
        percent = require_percent(percent)
        return tuple(rate for rate in self.rates_on(day) if rate.percent == percent)

    def latest(self, percent: Decimal, day: date) -> Rate:
        """Return the rate that had a percentage on a day or, if none had, last before it.

        Raises:
            NoSuchRateError: No rate had that percentage by then.
        """
        if current := self.with_percent(percent, day):
            return current[0]
        earlier = [r for r in self if r.percent == percent and r.until and r.until < day]
        if not earlier:
            raise NoSuchRateError(
                f"no rate of {self.tax} recorded up to {day} had {percent} %", percent=percent
            )
        return max(earlier, key=lambda rate: rate.until or rate.since)

    def kind_of(self, percent: Decimal, day: date) -> str:
        """Return the first kind that has a percentage on a day.

        Raises:
            NoSuchRateError: None has; ``details`` name the kind that had it before, if any.
        """
        if current := self.with_percent(percent, day):
            return current[0].kind
        before = self.latest(percent, day)
        raise NoSuchRateError(
            f"{self.tax} has no rate of {percent} % on {day}; "
            f"it was that of {before.kind} until {before.until}",
            percent=percent,
            kind=before.kind,
            until=before.until,
        )


def require_percent(percent: object) -> Decimal:
    """Return a percentage as a Decimal.

    Raises:
        ArgumentError: It is not exact, or not finite.
    """
    value = exact(percent, "a percentage")
    if not value.is_finite():
        raise ArgumentError("a percentage is a finite number")
    return value


def require_territory(name: str) -> Territory:
    """Return the territory of a name.

    Raises:
        TerritoryError: It is foral, or unknown.
    """
    try:
        return Territory(name)
    except ValueError:
        pass
    plain = refuse_foral(name)
    if plain in tuple(Territory):
        return Territory(plain)
    known = tuple(Territory)
    raise TerritoryError(f"{name!r} is no territory: use one of {', '.join(known)}", known=known)


def _percentages(tax: Tax, values: Series[Decimal]) -> Series[Decimal]:
    for entry in values:
        if not isinstance(entry.value, Decimal):
            raise BadParameterError(f"{tax}: {entry.name} of {entry.since} is not a percentage")
    return values


def _rate(tax: Tax, kind: str, entry: Parameter[Decimal]) -> Rate:
    return Rate(
        tax,
        kind,
        entry.value,
        entry.since,
        entry.until,
        entry.source,
        condition=entry.condition,
        mark=entry.mark,
        published=entry.published,
    )
