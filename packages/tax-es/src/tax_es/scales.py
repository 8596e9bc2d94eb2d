"""Progressive scales: the quota that the text prints for a limit, and a percentage above it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.parameters import Parameter
from tax_es.trace import Used, used

__all__ = ["Scale"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A progressive scale.

    Attributes:
        limits: Amounts above which each percentage applies, in euros, from 0 up.
        percents: Percentage above each limit.
        quotas: Quota that the text prints for each limit, in euros. It may differ by a cent from
            what the percentages give, and it is the one that counts.
        parameter: Where the scale comes from.
    """

    limits: tuple[Decimal, ...]
    percents: tuple[Decimal, ...]
    quotas: tuple[Decimal, ...]
    parameter: Used

    @classmethod
    def read(cls, entry: Parameter[Sequence[Sequence[Any]]]) -> "Scale":
        """Make a scale of a row of ``params``."""
        limits, percents, quotas = zip(*entry.value, strict=True)
        return cls(limits, percents, quotas, used(entry))

    def quota(self, base: Decimal) -> Decimal:
        """Apply the scale to a base.

        Args:
            base: In euros; of a negative base nothing is due.

        Returns:
            The quota of the highest limit that the base reaches, plus the percentage of the rest,
            rounded to the cent.

        Raises:
            ArgumentError: The base is a float.
        """
        base = exact(base, "a base")
        if base <= 0:
            return Decimal("0.00")
        index = bisect_right(self.limits, base) - 1
        rest = base - self.limits[index]
        return round_to(self.quotas[index] + rest * self.percents[index] / 100)

    def marginal_percent(self, base: Decimal) -> Decimal:
        """Return the percentage that one more euro would bear."""
        return self.percents[max(bisect_right(self.limits, exact(base, "a base")) - 1, 0)]
