import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from as4_peppol import Inbound
from as4_peppol.errors import StoreError
from as4_peppol.stores import IdentifierTakenError, Kept, MemoryStore, SqliteStore, Store
from as4_peppol.stores.pool import Pool
from as4_peppol.stores.postgresql import PostgresqlStore
from as4_peppol.stores.sql import INLINE_BYTES, SqlStore
from as4_peppol.testing import NOW, Pair

SMALL, LARGE = b"<x/>", bytes(range(256)) * 1100


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with database(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with database(request, tmp_path, request.param) as made:
        yield made


def database(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> SqlStore:
    if kind == "sqlite":
        return SqliteStore(tmp_path / "box")
    return PostgresqlStore(request.getfixturevalue("postgresql"), tmp_path / "box")


Deliver = Callable[..., Inbound]


@pytest.fixture
def come(pair: Pair) -> Iterator[Deliver]:
    """Let a message come in; the same header gives a repetition."""
    opened: list[Any] = []

    def make(content: bytes = SMALL, **options: Any) -> Inbound:
        sent = pair.pack(content, **options)
        inbound = pair.unpack(sent.content_type, sent.body())
        opened.extend((sent, inbound))
        return inbound

    yield make
    for each in opened:
        each.close()


def receipt_of(store: Store, message: Inbound) -> bytes:
    found = store.find(message)
    assert found is not None
    return found.receipt


@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_a_message_is_kept_until_it_is_done(store: Store, come: Deliver, content: bytes) -> None:
    assert (len(LARGE) > INLINE_BYTES) is True
    inbound = come(content)
    kept = store.accept(inbound, b"receipt", NOW)
    assert (kept.is_new, kept.receipt) == (True, b"receipt")
    (waiting,) = store.pending()
    assert waiting.message_id == inbound.message_id
    assert waiting.received_at == NOW
    assert waiting.envelope == inbound.envelope
    assert [p.size for p in waiting.payloads] == [len(content)]
    assert b"".join(store.chunks(inbound.message_id, 0)) == content
    store.done(inbound.message_id)
    assert store.pending() == []
    assert receipt_of(store, inbound) == b"receipt"
    with pytest.raises(StoreError):
        list(store.chunks(inbound.message_id, 0))


def test_a_repetition_gets_the_first_receipt(store: Store, pair: Pair, come: Deliver) -> None:
    header = pair.message()
    first, again = come(message=header), come(message=header)
    store.accept(first, b"one", NOW)
    kept = store.accept(again, b"two", NOW)
    assert kept == Kept(False, b"one", fits=False)  # built anew, so it signed something else
    assert store.find(first) == Kept(False, b"one")
    assert receipt_of(store, again) == b"one"
    assert len(store.pending()) == 1


def test_other_content_under_the_same_identifier(store: Store, pair: Pair, come: Deliver) -> None:
    header = pair.message()
    store.accept(come(message=header), b"one", NOW)
    with pytest.raises(IdentifierTakenError, match="another one"):
        store.accept(come(b"<other/>", message=header), b"two", NOW)


def test_a_message_at_once_from_many_is_kept_once(store: Store, come: Deliver) -> None:
    inbound = come(LARGE)
    with ThreadPoolExecutor(8) as callers:
        receipts = [f"receipt {n}".encode() for n in range(16)]
        kept = list(callers.map(lambda r: store.accept(inbound, r, NOW), receipts))
    assert sum(each.is_new for each in kept) == 1
    assert len({each.receipt for each in kept}) == 1
    assert len(store.pending()) == 1


def test_what_nobody_waits_for_is_only_remembered(store: Store, come: Deliver) -> None:
    inbound = come()
    store.accept(inbound, b"r", NOW, deliver=False)
    assert store.pending() == []
    assert receipt_of(store, inbound) == b"r"


def test_what_is_done_is_forgotten_in_time(store: Store, come: Deliver) -> None:
    first, second = come(), come()
    store.accept(first, b"1", NOW)
    store.accept(second, b"2", NOW)
    store.done(first.message_id)
    assert store.forget(NOW) == 0
    assert store.forget(NOW + timedelta(seconds=1)) == 1
    assert store.find(first) is None
    assert receipt_of(store, second) == b"2"


def test_every_commit_is_on_the_disk(tmp_path: Path, postgresql: str) -> None:
    with SqliteStore(tmp_path) as first, first._transaction(writes=True) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with PostgresqlStore(postgresql, tmp_path) as one, one._transaction(writes=True) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def full(name: str) -> None:
    if name == "accept.rows":
        raise sqlite3.OperationalError("database or disk is full")


def test_a_full_disk_gives_no_receipt(tmp_path: Path, come: Deliver) -> None:
    with SqliteStore(tmp_path, checkpoint=full) as store:
        with pytest.raises(StoreError):
            store.accept(come(LARGE), b"r", NOW)
        assert store.pending() == []
        assert not list(tmp_path.glob("*.payload"))


def test_a_commit_whose_answer_is_lost_keeps_its_payloads(
    durable: SqlStore, come: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has the message, and the program does not know it: the sender comes again."""
    inbound, commit = come(LARGE), durable._pool.transaction

    @contextmanager
    def lossy(*, writes: bool) -> Iterator[Any]:
        with commit(writes=writes) as connection:
            yield connection
        if writes:
            raise OSError("the connection is gone")

    with monkeypatch.context() as patch:
        patch.setattr(durable._pool, "transaction", lossy)
        with pytest.raises(StoreError):
            durable.accept(inbound, b"r", NOW)
    assert durable.accept(inbound, b"again", NOW) == Kept(False, b"r")
    assert b"".join(durable.chunks(inbound.message_id, 0)) == LARGE
    assert durable.sweep() == 0


def test_a_connection_that_died_is_replaced(tmp_path: Path, postgresql: str, come: Deliver) -> None:
    with PostgresqlStore(postgresql, tmp_path) as store, PostgresqlStore(postgresql, tmp_path) as b:
        with b._transaction(writes=True) as connection:
            # What a server that restarts does to everybody else.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        assert store.accept(come(), b"r", NOW).is_new


def test_a_database_that_is_not_there(tmp_path: Path, come: Deliver) -> None:
    with SqliteStore(tmp_path / "box") as store:
        store.close()
        for file in (tmp_path / "box").iterdir():
            file.unlink()
        (tmp_path / "box" / "messages.sqlite").mkdir()
        with pytest.raises(StoreError, match="did not answer"):
            store.accept(come(), b"r", NOW)


def test_a_fork_leaves_the_connections_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(":memory:", isolation_level=None))
        return opened[-1]

    pool = Pool(connect, ("BEGIN", "BEGIN IMMEDIATE"), (sqlite3.Error,))
    for _ in range(2):
        with pool.transaction(writes=True):
            pass
    assert len(opened) == 1
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        with pool.transaction(writes=True):
            pass
    assert len(opened) == 2
    opened[0].execute("SELECT 1")  # still the parent's
    pool.close()
    opened[0].close()
