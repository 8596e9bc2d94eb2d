"""What the sandbox holds: the records of each taxpayer, and whether their systems have begun."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock

from lxml import etree

__all__ = ["Key", "Register", "State", "Stored"]


class State(StrEnum):
    """How a record is held, in the words of the service."""

    CORRECT = "Correcta"
    WITH_ERRORS = "AceptadaConErrores"
    CANCELLED = "Anulada"


@dataclass(frozen=True, slots=True)
class Key:
    """Identifies an invoice: issuer, number and day as they stand in the XML."""

    issuer: str
    number: str
    issued_on: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that the sandbox holds.

    Args:
        key: The invoice.
        state: How it is held.
        request_id: Number of the submission that brought it.
        csv: Verification code of that submission.
        fingerprint: As stated by the record.
        code: Code of the error with which it was accepted, if any.
        presenter: NIF of who sent it.
        stored_at: When it came.
        registration: The registration as it came; a cancellation keeps that of its invoice.
        representative: NIF of the representative in the header, if any.
    """

    key: Key
    state: State
    request_id: str
    csv: str
    fingerprint: str
    code: str = ""
    presenter: str = ""
    stored_at: datetime | None = None
    registration: etree._Element | None = field(default=None, repr=False, compare=False)
    representative: str = ""


class Register:
    """The records of every taxpayer; may be looked at from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[Key, Stored] = {}
        self._systems: set[tuple[str, ...]] = set()

    def find(self, key: Key) -> Stored | None:
        """Return what is held of an invoice."""
        with self._lock:
            return self._records.get(key)

    def store(self, record: Stored) -> None:
        """Hold a record in place of what was held of its invoice."""
        with self._lock:
            self._records[record.key] = record

    def begin(self, *system: str) -> bool:
        """Note that a system has sent a record for a taxpayer; tell whether it had before."""
        with self._lock:
            known = system in self._systems
            self._systems.add(system)
            return known

    def of(self, issuer: str) -> tuple[Stored, ...]:
        """Return the records of a taxpayer, in the order in which their invoices came."""
        with self._lock:
            return tuple(r for r in self._records.values() if r.key.issuer == issuer)

    def __iter__(self) -> Iterator[Stored]:
        with self._lock:
            return iter(tuple(self._records.values()))

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._records.clear()
            self._systems.clear()
