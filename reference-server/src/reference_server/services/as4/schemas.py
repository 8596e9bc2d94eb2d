"""What the service of AS4 takes and answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from as4_peppol.peppol.mls import Reason, Status

__all__ = ["NewIssue", "NewSending", "NewStatus", "Received", "Sending", "Told"]


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


class NewIssue(BaseModel):
    """One thing that is wrong in a document that came in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: str = Field(default="NA", max_length=500)
    """Where, such as an XPath; ``NA`` without a place."""
    reason: Reason
    text: str = Field(max_length=1000)


class NewStatus(BaseModel):
    """What became of a document that came in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    text: str = Field(default="", max_length=1000)
    """Why; a rejection has one."""
    issues: tuple[NewIssue, ...] = Field(default=(), max_length=100)


class Told(BaseModel):
    """Whether the sender of a document was told what became of it."""

    model_config = ConfigDict(frozen=True)

    is_done: bool
    """Whether the document waits no more; when not, say it again later."""
    status_sent: bool
    """``False`` where the sender wants no status, or cannot be reached."""
    reason: str
