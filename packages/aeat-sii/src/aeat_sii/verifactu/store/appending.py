"""Puts records at the end of chains, on a connection and in a transaction of the caller.

An application saves an invoice and its record in one commit: either both are there or none. The row
of the chain is locked by the transaction that appends, so two issuers cannot fork it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from lxml import etree

from aeat_sii.errors import ChainError, ClockWentBackError
from aeat_sii.verifactu.chain import AnyRecord, link
from aeat_sii.verifactu.records import SF, CancellationRecord, ChainLink, RegistrationRecord
from aeat_sii.verifactu.store._sql import Connection, is_sqlite, run
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse

__all__ = [
    "Entry",
    "Head",
    "Key",
    "StoredRecord",
    "append",
    "entry_of",
    "head_of",
    "insert",
    "last_of",
    "record_in",
    "record_of",
    "row_of",
    "stamp",
    "walk",
]

R = TypeVar("R", RegistrationRecord, CancellationRecord)

_PREFIXES = {"sum1": SF}
_TOLERANCE = timedelta(seconds=60)
_HEAD = (
    "SELECT length, last_nif, last_number, last_issued_on, last_fingerprint, last_recorded_at"
    " FROM verifactu_chain WHERE tenant = ? AND chain = ?"
)
_HEAD_LOCKED = f"{_HEAD} FOR UPDATE"
_COLUMNS = "position, kind, number, issued_on, fingerprint, xml"


@dataclass(frozen=True, slots=True)
class Key:
    """Names a chain.

    Args:
        tenant: Whose; any text of the application, such as the identifier of a company.
        chain: Which of its chains: one for each invoicing system and installation.
    """

    tenant: str
    chain: str = "main"

    def __post_init__(self) -> None:
        if not (1 <= len(self.tenant) <= 100 and 1 <= len(self.chain) <= 100):
            raise ChainError("the names of a chain have 1 to 100 characters")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain.

    Args:
        length: Records in it.
        link: Names the last one; ``None`` for an empty chain.
        recorded_at: When the last one was made.
    """

    length: int
    link: ChainLink | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it stands in the store.

    Args:
        position: From 1 on, without gaps.
        kind: ``alta`` or ``anulacion``.
        number: Series and number of the invoice.
        issued_on: Its day.
        fingerprint: Of the record.
        xml: The text that was hashed and is sent.
    """

    position: int
    kind: str
    number: str
    issued_on: date
    fingerprint: str
    xml: str


def append(
    connection: Connection,
    key: Key,
    record: R,
    *,
    clock: Callable[[], datetime] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> R:
    """Put a record at the end of a chain, in the transaction of the caller.

    Args:
        connection: Of ``sqlite3`` or ``psycopg``, in a transaction that may write; the caller
            commits. On SQLite it has begun ``IMMEDIATE``.
        key: Which chain.
        record: Complete but for its place and fingerprint.
        clock: Stamps the record, so that concurrent issuers keep the order of time; without it the
            record keeps its own instant.
        sign: Signs the text of the record, for systems that do not send theirs.

    Returns:
        The record as it will be sent.

    Raises:
        ClockWentBackError: The instant is before that of the last record; with ``clock``, by more
            than a minute (less is made up for by repeating the last instant).
        ChainError: The chain is of another taxpayer.
    """
    head = head_of(connection, key, lock=True)
    made_at = stamp(head, record.recorded_at, clock)
    if made_at is not record.recorded_at:
        record = record.model_copy(update={"recorded_at": made_at})
    linked = link(record, head.link)
    xml = write(linked, prefixes=_PREFIXES, declaration=False)
    insert(connection, key, head, entry_of(linked, (sign(xml) if sign else xml).decode("utf-8")))
    return linked


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written behind the end of a chain.

    Args:
        kind: ``alta``, ``anulacion`` or ``evento``.
        nif: Of the issuer.
        number: Of the invoice; of an event, its kind.
        issued_on: Day of the invoice, or of the event.
        fingerprint: Of the record.
        recorded_at: When it was made.
        xml: The text that was hashed.
    """

    kind: str
    nif: str
    number: str
    issued_on: date
    fingerprint: str
    recorded_at: datetime
    xml: str


def entry_of(linked: AnyRecord, xml: str) -> Entry:
    """Make the entry of a linked record."""
    invoice = linked.invoice
    return Entry(
        "alta" if isinstance(linked, RegistrationRecord) else "anulacion",
        invoice.issuer_nif,
        invoice.number,
        invoice.issued_on,
        linked.fingerprint,
        linked.recorded_at,
        xml,
    )


def insert(connection: Connection, key: Key, head: Head, entry: Entry) -> int:
    """Write an entry behind the end of its chain, with the text that was hashed.

    Args:
        connection: In a transaction that has locked the chain.
        key: Which chain.
        head: Its end.
        entry: What to write.

    Returns:
        Its position.

    Raises:
        ChainError: Somebody else has put a record there, which the lock should keep away.
    """
    position = head.length + 1
    issued_on = entry.issued_on.isoformat()
    run(
        connection,
        f"INSERT INTO verifactu_record (tenant, chain, {_COLUMNS})"  # noqa: S608 - constants
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(key.tenant, key.chain, position, entry.kind, entry.number, issued_on),
            *(entry.fingerprint, entry.xml),
        ),
    )
    if entry.kind != "evento":
        run(
            connection,
            "INSERT INTO verifactu_delivery (tenant, chain, position, state, attempts)"
            " VALUES (?, ?, ?, 'pending', 0)",
            (key.tenant, key.chain, position),
        )
    changed = run(
        connection,
        "UPDATE verifactu_chain SET length = ?, last_nif = ?, last_number = ?, last_issued_on = ?,"
        " last_fingerprint = ?, last_recorded_at = ? WHERE tenant = ? AND chain = ? AND length = ?",
        (
            *(position, entry.nif, entry.number, issued_on, entry.fingerprint),
            *(entry.recorded_at.isoformat(), key.tenant, key.chain, head.length),
        ),
    )
    if changed.rowcount != 1:
        raise ChainError("another transaction has put a record there: begin anew")
    return position


def head_of(connection: Connection, key: Key, *, lock: bool = False) -> Head:
    """Return the end of a chain.

    Args:
        connection: Of the caller.
        key: Which chain.
        lock: Keep others from appending until the transaction ends.
    """
    where = (key.tenant, key.chain)
    if lock:
        run(
            connection,
            "INSERT INTO verifactu_chain VALUES (?, ?, 0, '', '', '', '', '')"
            " ON CONFLICT (tenant, chain) DO NOTHING",
            where,
        )
    found = run(connection, _HEAD_LOCKED if lock and not is_sqlite(connection) else _HEAD, where)
    row = found.fetchone()
    if row is None or row[0] == 0:
        return Head(0, None, None)
    # The values come from a record; checking them again would double the cost of a chain.
    named = ChainLink.model_construct(
        issuer_nif=row[1],
        number=row[2],
        issued_on=date.fromisoformat(row[3]),
        fingerprint=row[4],
    )
    return Head(row[0], named, datetime.fromisoformat(row[5]))


def walk(connection: Connection, key: Key, *, after: int = 0) -> Iterator[StoredRecord]:
    """Yield the records of a chain in its order.

    Args:
        connection: Of the caller.
        key: Which chain.
        after: Position to begin behind.
    """
    while True:
        rows = run(
            connection,
            f"SELECT {_COLUMNS} FROM verifactu_record WHERE tenant = ? AND chain = ?"  # noqa: S608 - constants
            " AND position > ? ORDER BY position LIMIT 1000",
            (key.tenant, key.chain, after),
        ).fetchall()
        for row in rows:
            yield row_of(row)
        if len(rows) < 1_000:
            return
        after = rows[-1][0]


def last_of(connection: Connection, key: Key, number: str, issued_on: date) -> StoredRecord | None:
    """Return the newest record of an invoice."""
    row = run(
        connection,
        f"SELECT {_COLUMNS} FROM verifactu_record WHERE tenant = ? AND chain = ?"  # noqa: S608 - constants
        " AND number = ? AND issued_on = ? ORDER BY position DESC LIMIT 1",
        (key.tenant, key.chain, number, issued_on.isoformat()),
    ).fetchone()
    return row_of(row) if row else None


def record_of(stored: StoredRecord) -> AnyRecord:
    """Read a stored record, text by text as it was hashed."""
    return record_in(stored.xml.encode("utf-8"))


def record_in(xml: bytes) -> AnyRecord:
    """Read a registration or a cancellation from its own document.

    Raises:
        XmlRefused: It cannot be read.
        DocumentRefused: It has not the structure of a record.
    """
    root = parse(xml)
    if etree.QName(root).localname == "RegistroAnulacion":
        return read(root, CancellationRecord).require()
    return read(root, RegistrationRecord).require()


def row_of(row: Any) -> StoredRecord:  # noqa: ANN401 - as the driver gives it
    """Make a stored record of a row with the columns of a record."""
    position, kind, number, issued_on, fingerprint, xml = row
    return StoredRecord(position, kind, number, date.fromisoformat(issued_on), fingerprint, xml)


def stamp(head: Head, stated: datetime, clock: Callable[[], datetime] | None) -> datetime:
    """Return the instant of a new entry; raises as :func:`append`.

    Args:
        head: End of the chain.
        stated: Its own instant.
        clock: Tells the instant instead.
    """
    instant = stated if clock is None else clock()
    last = head.recorded_at
    back = last.astimezone(UTC) - instant.astimezone(UTC) if last else timedelta(0)
    if back > (timedelta(0) if clock is None else _TOLERANCE):
        seconds = int(back.total_seconds())
        raise ClockWentBackError(
            f"the last record was made {seconds} s later than this one: set the clock, or wait",
            wait_s=seconds,
        )
    if clock is None:
        return stated
    return (last if last and back > timedelta(0) else instant).replace(microsecond=0)
