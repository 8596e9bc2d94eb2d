"""What the sandbox of SII holds: the records of each taxpayer in each book."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock

from aeat_sii.sandbox.sii.tree import Tree

__all__ = ["Attached", "Held", "Register", "State"]


class State(StrEnum):
    """How a record is held, in the words of the service."""

    CORRECT = "Correcta"
    WITH_ERRORS = "AceptadaConErrores"
    CANCELLED = "Anulada"


@dataclass(frozen=True, slots=True)
class Attached:
    """A collection, a payment or a building of an invoice.

    Args:
        data: As it came.
        presenter: NIF of who sent it.
        csv: Verification code of the submission.
        stored_at: When it came.
    """

    data: Tree
    presenter: str
    csv: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A record that the sandbox holds.

    Args:
        holder: NIF of the taxpayer whose book it is in.
        holder_name: Name of the taxpayer, as the header had it.
        book: Of the tables (``books.toml``).
        key: Texts that identify the record, in the order of the message.
        record: The record as it came, its wrapped data beside the rest.
        state: How it is held.
        presenter: NIF of who sent it.
        csv: Verification code of the submission.
        stored_at: When it came first.
        changed_at: When it came last.
        code: Code of the error with which it was accepted, if any.
        attached: Collections, payments and buildings, by the element that wraps them.
    """

    holder: str
    holder_name: str
    book: str
    key: tuple[str, ...]
    record: Tree
    state: State
    presenter: str
    csv: str
    stored_at: datetime
    changed_at: datetime
    code: str = ""
    attached: dict[str, tuple[Attached, ...]] = field(default_factory=dict, hash=False)

    @property
    def is_modified(self) -> bool:
        """Whether it has been changed since it first came."""
        return self.changed_at != self.stored_at


class Register:
    """The books of every taxpayer; may be looked at from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[tuple[str, str, tuple[str, ...]], Held] = {}

    def find(self, holder: str, book: str, key: tuple[str, ...]) -> Held | None:
        """Return what is held of a record."""
        with self._lock:
            return self._records.get((holder, book, key))

    def store(self, record: Held) -> None:
        """Hold a record in place of what was held of it."""
        with self._lock:
            self._records[record.holder, record.book, record.key] = record

    def of(self, holder: str, book: str | None = None) -> tuple[Held, ...]:
        """Return the records of a taxpayer, in the order in which they first came."""
        return tuple(r for r in self if r.holder == holder and book in (None, r.book))

    def __iter__(self) -> Iterator[Held]:
        with self._lock:
            return iter(tuple(self._records.values()))

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._records.clear()
