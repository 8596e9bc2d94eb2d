"""Whether an operation is possible, given what is held of the invoice.

The matrix of annex 6 of the validations (v1.2.2) for VERI*FACTU systems. An empty code means that
the operation is possible.
"""

from aeat_sii.sandbox.register import State, Stored

__all__ = ["cancellation", "registration"]


def registration(correction: str, rejection: str, held: Stored | None) -> str:
    """Return the code for which a registration is rejected, or the empty text.

    Args:
        correction: Text of ``Subsanacion``.
        rejection: Text of ``RechazoPrevio``.
        held: What is held of the invoice.
    """
    amends = correction == "S" and rejection != "X"
    if amends:
        return "" if held else "3002"
    return "3000" if held else ""


def cancellation(without_record: str, held: Stored | None) -> str:
    """Return the code for which a cancellation is rejected, or the empty text.

    Args:
        without_record: Text of ``SinRegistroPrevio``.
        held: What is held of the invoice.
    """
    if without_record == "S":
        if held is None:
            return ""
        return "3001" if held.state is State.CANCELLED else "3000"
    return "" if held else "3002"
