"""What the service of FACe takes and answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FaceState", "NewSubmission"]


class NewSubmission(BaseModel):
    """An invoice to hand to FACe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)
    """Where FACe writes to."""


class FaceState(BaseModel):
    """Where an invoice stands with FACe."""

    model_config = ConfigDict(frozen=True)

    invoice_id: str
    state: str
    """``queued``, ``registered``, or ``refused`` with the reason in ``message``."""
    registry_code: str | None
    processing: str | None
    """Code of FACe: 1200 registered, 1300 in the accounting register, 2400, 2500 paid, 2600
    rejected, 3100 cancelled."""
    cancellation: str | None
    message: str | None
    changed_at: datetime
