"""The nine messages: who sends them, what they hold, what they cancel."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["KINDS", "MessageKind", "Sender"]


class Sender(StrEnum):
    """Who sends a message."""

    RECIPIENT = "recipient"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message."""

    code: str
    sender: Sender
    law: str
    dates: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    cancels: str | None = None


_ANNEX = "Orden HAC/1028/2026"
_RECIPIENT, _ISSUER = Sender.RECIPIENT, Sender.ISSUER
_SHIPPED = ("ShipmentDate", "ReceptionDate")

KINDS: Mapping[str, MessageKind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            MessageKind("PAYMENT", _RECIPIENT, f"{_ANNEX}, art. 7.1", ("DueDate", *_SHIPPED),
                        ("CorrectedInvoice", "NegativeAmountInvoice")),
            MessageKind("CANCELPAYMENT", _RECIPIENT, f"{_ANNEX}, art. 8.5", cancels="PAYMENT"),
            MessageKind("REJECTION", _RECIPIENT, f"{_ANNEX}, art. 7.1"),
            MessageKind("CANCELREJECTION", _RECIPIENT, f"{_ANNEX}, art. 8.5", cancels="REJECTION"),
            MessageKind("SETTLEMENT", _ISSUER, f"{_ANNEX}, art. 7.2", ("DueDate", *_SHIPPED),
                        ("FinancingArrangement",)),
            MessageKind("CANCELSETTLEMENT", _ISSUER, f"{_ANNEX}, art. 8.5", cancels="SETTLEMENT"),
            MessageKind("DEFAULT", _ISSUER, f"{_ANNEX}, art. 7.2", _SHIPPED),
            MessageKind("CANCELDEFAULT", _ISSUER, f"{_ANNEX}, art. 8.5", cancels="DEFAULT"),
            MessageKind("CANCELINVOICE", _ISSUER, f"{_ANNEX}, arts. 3.5 and 5.5"),
        )
    }
)  # fmt: skip
"""Code → kind. Source: Orden HAC/1028/2026, annexes I and II."""
