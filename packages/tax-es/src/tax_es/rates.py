"""What a percentage is: of which tax, from when to when, and which text says so."""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from enum import StrEnum

from einvoice_core.money import AmountError, round_to
from tax_es._checks import exact
from tax_es.parameters import Publication

__all__ = ["Rate", "Tax", "Territory"]

# Bases of any length are multiplied exactly; the default context keeps 28 digits.
_EXACT = Context(prec=4_000, traps=[InvalidOperation, Inexact, Overflow])


class Tax(StrEnum):
    """A tax whose rates are recorded here."""

    IVA = "IVA"
    SURCHARGE = "recargo de equivalencia"
    IGIC = "IGIC"
    IRPF = "IRPF"


class Territory(StrEnum):
    """Where the rules of the common territory, or the own tax of a place, apply."""

    PENINSULA = "peninsula"
    """Peninsula and Balearic Islands, without the foral territories."""
    CANARIAS = "canarias"
    CEUTA = "ceuta"
    MELILLA = "melilla"


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage that the law fixes for a kind of operation, and its days."""

    tax: Tax
    kind: str
    """Name in the table of parameters, such as ``general``."""
    percent: Decimal
    """21 for 21 %."""
    since: date
    until: date | None
    """Last day, included; ``None`` while no later text is recorded."""
    source: str
    """Norm, its reference in the official gazette, and article."""
    condition: str = ""
    """What must be met for the rate to apply: the name that the caller resolves."""
    mark: str = ""
    """Why the value is not confirmed in its source; empty when it is."""
    published: Publication | None = None
    """When the newest text that the source names was published."""

    def of(self, base: Decimal) -> Decimal:
        """Apply the rate to a base.

        Args:
            base: Amount, in euros; negative in a correction.

        Returns:
            The percentage of the base, rounded to the cent, halves away from zero.

        Raises:
            ArgumentError: The base is a float, or not a number at all.
            AmountError: The base is not finite, or has more digits than any amount.
        """
        base = exact(base, "an amount")
        if not base.is_finite():
            raise AmountError("an amount must be a finite number")
        try:
            hundredfold = _EXACT.multiply(base, self.percent)
        except Inexact as error:
            raise AmountError("the amount has more digits than can be computed") from error
        return round_to(hundredfold.scaleb(-2, _EXACT))

    def applies_on(self, day: date) -> bool:
        """Whether the day lies between the first and the last of the rate."""
        return self.since <= day and (self.until is None or day <= self.until)
