"""Where the text leaves several readings: ours is the default, and each can be changed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

__all__ = ["DEFAULT", "Readings"]


@dataclass(frozen=True, slots=True)
class Readings:
    """How unclear places of the Orden HAC/1028/2026 are read.

    Attributes:
        reductions: Sign of BT-179 for ``RETE`` and ``MINO``. The text does not say it; the norm of
            2026 adds BT-179 in BR-CO-16, so ours is negative. With ``"positive"`` they are taken
            off instead.
        surcharge_in_vat_total: Whether a row of category N for the equivalence surcharge counts in
            BT-110 like every other row (BR-CO-14).
        legal_id_scheme: Scheme of BT-30. The norm asks for one and the text names none: ours is
            none.
        tax_tolerance: How far a tax may lie from base times rate, in the currency.
        amounts: How often ``RECT:IMPORTES`` may occur: the text says five and lists three codes.
        rejection_days: Counted days for a rejection; the text states a term for payments only, and
            ours is the same one, as a recommendation.
    """

    reductions: Literal["negative", "positive"] = "negative"
    surcharge_in_vat_total: bool = True
    legal_id_scheme: str = ""
    tax_tolerance: Decimal = Decimal(1)
    amounts: int = 5
    rejection_days: int = 4


DEFAULT = Readings()
"""The readings that are used when none are given."""
