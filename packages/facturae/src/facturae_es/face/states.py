"""The states of an invoice in FACe: its processing, its cancellation, its credit assignment.

Source: FACe, manual SOAP for suppliers 2.0.0 (section 5.3) and manual API for suppliers 2.0.0
(section 3.1.1.4).
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AssignmentState", "CancellationState", "ProcessingState", "Status"]


class ProcessingState(StrEnum):
    """How far the administration has come (``estado de tramitación``)."""

    REGISTERED = "1200"
    """``Registrada``: in the electronic register."""
    IN_ACCOUNTING_REGISTER = "1300"
    """``Registrada en RCF``: in the accounting register of invoices."""
    OBLIGATION_RECOGNISED = "2400"
    """``Contabilizada la obligación de pago``."""
    PAID = "2500"
    """``Pagada``."""
    REJECTED = "2600"
    """``Rechazada``: by the unit, or by FACe itself."""
    CANCELLED = "3100"
    """``Anulada``: the unit accepted the request for cancellation."""

    @property
    def is_final(self) -> bool:
        """Whether nothing is expected to follow."""
        return self in (self.PAID, self.REJECTED, self.CANCELLED)


class CancellationState(StrEnum):
    """How far a request for cancellation has come (``estado de anulación``)."""

    NOT_REQUESTED = "4100"
    REQUESTED = "4200"
    ACCEPTED = "4300"
    REFUSED = "4400"


class AssignmentState(StrEnum):
    """How far the assignment of the credit has come (``cesión de crédito``)."""

    PENDING = "6100"
    ACCEPTED = "6200"
    REFUSED = "6300"
    NOT_PROCESSABLE = "6400"


@dataclass(frozen=True, slots=True)
class Status:
    """A state as the service wrote it; new codes of the service are kept.

    Args:
        code: Four digits.
        name: In the words of the service.
        comment: Of whoever set the state, such as the reason of a rejection.
    """

    code: str
    name: str = ""
    comment: str = ""

    @property
    def processing(self) -> ProcessingState | None:
        """The state of processing; ``None`` for a code that is none of these."""
        return ProcessingState(self.code) if self.code in set(ProcessingState) else None

    @property
    def cancellation(self) -> CancellationState | None:
        """The state of the cancellation; ``None`` for a code that is none of these."""
        return CancellationState(self.code) if self.code in set(CancellationState) else None

    @property
    def assignment(self) -> AssignmentState | None:
        """The state of the assignment; ``None`` for a code that is none of these."""
        return AssignmentState(self.code) if self.code in set(AssignmentState) else None
