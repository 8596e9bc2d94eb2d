"""What the service of the tax agency answers."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from aeat_sii.census import Outcome
from facturae_es.model import Party

__all__ = [
    "BookedInvoice",
    "BookedState",
    "CensusAnswer",
    "ChainAudit",
    "CodeAdvice",
    "DeliveryResult",
    "HeldInvoice",
    "HeldPage",
    "OutboxEntry",
    "OutboxStep",
    "Party",
    "PlaceInQuery",
    "RecomputedFingerprint",
    "RecordState",
]


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


class HeldInvoice(BaseModel):
    """A record that the agency holds."""

    model_config = ConfigDict(frozen=True)

    number: str
    issued_on: date
    state: str
    """``Correcto``, ``AceptadoConErrores`` or ``Anulado``."""
    code: str | None
    message: str | None
    fingerprint: str | None
    changed_at: datetime


class PlaceInQuery(BaseModel):
    """The last invoice of a page: the next one begins after it."""

    model_config = ConfigDict(frozen=True)

    number: str
    issued_on: date


class HeldPage(BaseModel):
    """One page of what the agency holds; up to 10,000 records."""

    items: list[HeldInvoice]
    next_after: PlaceInQuery | None
    """Ask on with ``after_number`` and ``after_issued_on``; ``null`` at the end."""


class CensusAnswer(BaseModel):
    """What the agency's census says of a NIF and a name."""

    model_config = ConfigDict(frozen=True)

    nif: str
    name: str
    """As the census has it; of a person, as it was asked."""
    outcome: Outcome
    said: str
    """The agency's own word: also that the NIF was ended (``BAJA``) or revoked (``REVOCADO``)."""


class RecomputedFingerprint(BaseModel):
    """A record or event of a document: what it states, and what its texts give."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """``alta``, ``anulacion`` or ``evento``."""
    stated: str
    computed: str
    line: int | None


class CodeAdvice(BaseModel):
    """What follows from a code of the agency."""

    model_config = ConfigDict(frozen=True)

    code: str
    consequence: str
    """``refuses_submission``, ``rejects_record`` or ``admits``."""
    step: str
    note: str | None


class BookedState(BaseModel):
    """What the SII says of the entry of an invoice."""

    model_config = ConfigDict(frozen=True)

    invoice_id: str
    state: str
    code: str | None
    message: str | None
    csv: str | None
    held: str | None
    """State of the entry that the agency holds already, where it refuses this one for that."""


class BookedInvoice(BaseModel):
    """An issued invoice that the SII holds."""

    model_config = ConfigDict(frozen=True)

    number: str
    issued_on: date
    state: str | None
    contrast: str | None
    """How it compares with what the customer sent."""
    total: str | None
    """In euros, as the agency writes it."""


class OutboxEntry(BaseModel):
    """An entry that is to be sent to the SII, with what is known of it there."""

    model_config = ConfigDict(frozen=True)

    position: int
    book: str
    number: str | None
    state: str
    """``pending``, ``in_flight``, ``accepted``, ``accepted_with_errors``, ``rejected``,
    ``other_held`` or ``withdrawn``."""
    attempts: int
    csv: str | None
    code: str | None
    message: str | None


class OutboxStep(BaseModel):
    """What one submission to the SII came to."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    wait_s: int
    """Seconds until another one makes sense."""
    settled: int
    reason: str
    """Of a stop or of a missing answer."""
