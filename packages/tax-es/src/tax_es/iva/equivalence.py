"""Equivalence surcharge (recargo de equivalencia): what a supplier adds for certain retailers.

Source:
    Ley 37/1992 (BOE-A-1992-28740), arts. 156 and 161.
"""

from datetime import date
from decimal import Decimal
from functools import cache

from einvoice_core.errors import NotInForceError
from tax_es._params import RateTable, require_percent
from tax_es.iva import rates
from tax_es.rates import Rate, Tax

__all__ = ["surcharge"]


@cache
def _table() -> RateTable:
    return RateTable(Tax.SURCHARGE, "surcharge.toml")


def surcharge(day: date, iva: str | Decimal = "general", *, allow_unverified: bool = False) -> Rate:
    """Return the surcharge that goes with a rate of IVA on a day.

    Args:
        day: Day of accrual (devengo).
        iva: Kind of IVA (``general``, ``reduced``, ``super_reduced``), ``tobacco``, or the
            percentage of IVA in force that day, temporary ones included.
        allow_unverified: Whether a surcharge that carries a mark may be returned.

    Returns:
        The surcharge, whose percentage applies to the same taxable base.

    Raises:
        NotInForceError: No surcharge is recorded for that kind or percentage and day.
        NoSuchRateError: No IVA rate has that percentage on that day.
        UnknownKindError: There is no surcharge of that kind.
        UnverifiedParameter: The surcharge carries a mark.
        ArgumentError: The percentage is not exact, or the day is not a date.
    """
    table = _table()
    if not isinstance(iva, str):
        percent = require_percent(iva)
        temporary = f"iva_{percent.normalize():f}"
        in_force = {rate.kind for rate in table.rates_on(day)}
        iva = temporary if temporary in in_force else rates.kind_of(percent, day)
        if iva not in table.kinds:
            raise NotInForceError(f"no surcharge is recorded for {percent} % on {day}")
    return table.on(iva, day, allow_unverified=allow_unverified)
