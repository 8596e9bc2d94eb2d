"""What the messages make of an invoice: one state for its recipient, one for its issuer.

Source: Orden HAC/1028/2026, arts. 3.5, 5.5, 7 and 8.5; RD 238/2026, art. 12. A step that the texts
do not give raises, and says so.
"""

from dataclasses import dataclass, replace

from ubl_peppol.errors import UblError
from ubl_peppol.spfe.messages.kinds import KINDS, Sender

__all__ = ["IllegalTransition", "Lifecycle"]


class IllegalTransition(UblError):  # noqa: N818 - named for what was asked
    """The texts give no such step from the state that the invoice is in."""

    code = "ubl.spfe.transition"


_REGISTRATION = {
    ("unknown", "original"): "original",
    ("unknown", "copy"): "copy",
    ("original", "CANCELINVOICE"): "cancelled",
    ("copy", "CANCELINVOICE"): "copy cancelled",
    ("copy cancelled", "original"): "original",
}
_RECIPIENT = {
    ("presumed accepted", "REJECTION"): "rejected",
    ("rejected", "CANCELREJECTION"): "presumed accepted",
    ("presumed accepted", "PAYMENT"): "paid",
    ("paid", "CANCELPAYMENT"): "presumed accepted",
    ("presumed accepted", "corrected"): "corrected",
    ("corrected", "PAYMENT"): "paid",
}
_ISSUER = {
    ("none", "SETTLEMENT"): "collected",
    ("collected", "CANCELSETTLEMENT"): "none",
    ("none", "DEFAULT"): "defaulted",
    ("defaulted", "CANCELDEFAULT"): "none",
}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one invoice; each event makes a new one.

    Attributes:
        registration: ``unknown``, ``original``, ``copy``, ``copy cancelled`` or ``cancelled``.
        recipient: ``presumed accepted``, ``rejected``, ``corrected`` or ``paid``.
        issuer: ``none``, ``collected`` or ``defaulted``; independent of the recipient's.
    """

    registration: str = "unknown"
    recipient: str = "presumed accepted"
    issuer: str = "none"

    def registered(self, *, is_copy: bool) -> "Lifecycle":
        """An original or a copy is admitted.

        Raises:
            IllegalTransition: One with the same unique code is there already, or was taken out.
        """
        event = "copy" if is_copy else "original"
        return replace(self, registration=_step(_REGISTRATION, self.registration, event))

    def corrected(self) -> "Lifecycle":
        """A later corrective invoice is admitted.

        Raises:
            IllegalTransition: The invoice is rejected or paid.
        """
        return replace(self, recipient=_step(_RECIPIENT, self.recipient, "corrected"))

    def told(self, code: str) -> "Lifecycle":
        """A message arrives.

        Args:
            code: One of the nine.

        Raises:
            IllegalTransition: The texts give no such step, or the invoice is not registered.
        """
        kind = KINDS.get(code)
        if kind is None:
            raise IllegalTransition(f"{code!r} is none of the nine messages", event=code)
        if self.registration not in ("original", "copy"):
            raise IllegalTransition(
                f"{code}: the invoice is {self.registration}", state=self.registration, event=code
            )
        if code == "CANCELINVOICE":
            return replace(self, registration=_step(_REGISTRATION, self.registration, code))
        if kind.sender is Sender.RECIPIENT:
            return replace(self, recipient=_step(_RECIPIENT, self.recipient, code))
        return replace(self, issuer=_step(_ISSUER, self.issuer, code))


def _step(table: dict[tuple[str, str], str], state: str, event: str) -> str:
    following = table.get((state, event))
    if following is None:
        raise IllegalTransition(
            f"the texts give no step from {state!r} by {event}", state=state, event=event
        )
    return following
