"""What the service of the tax agency answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

__all__ = ["ChainAudit", "DeliveryResult", "RecordState"]


class RecordState(BaseModel):
    """Where the record of an invoice stands."""

    model_config = ConfigDict(frozen=True)

    invoice_id: str
    position: int
    number: str
    fingerprint: str
    state: str
    """``pending``, or what the agency answered."""
    csv: str | None
    code: str | None
    message: str | None
    answered_at: datetime | None


class DeliveryResult(BaseModel):
    """What became of the deliveries that were due."""

    tried: int
    due: int
    dead: int
    done: int


class ChainAudit(BaseModel):
    """Whether each record of the chain carries the fingerprint of the one before."""

    length: int
    intact: bool
    first_break: int | None
    """Position of the first record that does not fit."""
    plan: list[str] = []
    """What to do about it, in this order."""
