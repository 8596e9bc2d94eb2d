"""How data without a term of EN 16931:2017 are worded, so that what is written can be read back."""

from decimal import Decimal

__all__ = ["disbursement", "on_tax", "surcharge", "to_pay", "withheld"]


def withheld(kind: str, rate: Decimal, base: Decimal, amount: Decimal, currency: str) -> str:
    """Word a withholding (retención)."""
    return f"Retención {kind} {rate} % sobre {base} {currency}: {amount} {currency}"


def disbursement(number: str, amount: Decimal, currency: str) -> str:
    """Word an expense paid for the buyer (suplido), with the number of its invoice or nothing."""
    return f"Suplido {number}".rstrip() + f": {amount} {currency}"


def to_pay(amount: Decimal, currency: str) -> str:
    """Word what is really to be paid."""
    return f"Importe total a pagar: {amount} {currency}"


def on_tax(kind: str, rate: Decimal) -> str:
    """Name a tax with its rate."""
    return f"{kind} al {rate} %"


def surcharge(kind: str, rate: Decimal) -> str:
    """Name the equivalence surcharge (recargo de equivalencia) on what bears a tax of some rate."""
    return f"Recargo de equivalencia sobre {on_tax(kind, rate)}"
