"""What the service of AS4 takes and answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["NewSending", "Received", "Sending"]


class NewSending(BaseModel):
    """An issued invoice to send to an access point."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    invoice_id: str
    receiver: str = Field(max_length=200)
    """Participant that gets it, such as ``9920:ESB12345674``."""
    url: str | None = Field(default=None, pattern=r"^https?://\S+$", max_length=500)
    """Address of its access point; without it and the certificate, both are looked up."""
    certificate: str | None = Field(default=None, max_length=10_000)
    """Certificate of its access point, as PEM text."""


class Sending(BaseModel):
    """Where a document stands that leaves over AS4."""

    model_config = ConfigDict(frozen=True)

    id: str
    message_id: str
    receiver: str
    state: str
    """``queued``, ``delivered`` with a receipt in the archive, or ``refused``."""
    reason: str | None
    changed_at: datetime


class Received(BaseModel):
    """A document that came in and waits."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    received_at: datetime
    sender: str
    size: int
