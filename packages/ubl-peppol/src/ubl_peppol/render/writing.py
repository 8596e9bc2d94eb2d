"""How numbers, amounts and days are written in each language (Babel)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from ubl_peppol.render.words import Language

__all__ = ["Writing", "iban"]


@dataclass(frozen=True, slots=True)
class Writing:
    """The manner of writing of a language, for amounts of one currency."""

    language: Language
    currency: str

    def number(self, value: Decimal, places: int = 0) -> str:
        """Write a number with its decimals, and with ``places`` of them at least."""
        from babel import numbers

        shown = max(places, -int(value.normalize().as_tuple().exponent))
        return str(numbers.parse_pattern(_pattern(shown)).apply(value, _locale(self.language)))

    def money(self, value: Decimal) -> str:
        """Write an amount with the sign of its currency."""
        from babel import numbers

        return str(numbers.format_currency(value, self.currency, locale=_locale(self.language)))

    def day(self, value: date) -> str:
        """Write a date in words."""
        from babel import dates

        return str(dates.format_date(value, format="long", locale=_locale(self.language)))


@cache
def _pattern(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places > 0 else "")


@cache
def _locale(language: Language) -> Any:  # noqa: ANN401 - of a library imported late
    from babel import Locale

    return Locale.parse(language.value)


def iban(value: str) -> str:
    """Write an account number in groups of four."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))
