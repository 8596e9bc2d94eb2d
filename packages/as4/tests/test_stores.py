import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from as4_peppol import Inbound, make_receipt
from as4_peppol.errors import StoreError
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import Kept, MemoryStore, SqliteStore, Store
from as4_peppol.stores.sql import INLINE_BYTES
from as4_peppol.testing import NOW, Pair

SMALL, LARGE = b"<x/>", bytes(range(256)) * 1100


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "box")


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
    with pytest.raises(StoreError, match="another one"):
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


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    with store._write() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_full_disk_gives_no_receipt(tmp_path: Path, come: Deliver) -> None:
    def full(name: str) -> None:
        if name == "accept.rows":
            raise sqlite3.OperationalError("database or disk is full")

    store = SqliteStore(tmp_path, checkpoint=full)
    with pytest.raises(StoreError):
        store.accept(come(LARGE), b"r", NOW)
    assert store.pending() == []
    assert not list(tmp_path.glob("*.payload"))


POINTS = ("accept.files", "accept.rows", "accept.committed")
VICTIM = """
import os, signal, sys
from pathlib import Path
from as4_peppol.stores import SqliteStore
from as4_peppol import LocalIdentity, anyone, take, unpack
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing import NOW
from einvoice_core.certificates import load_pkcs12

folder, point, kind = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def reach(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)
store = SqliteStore(folder / "box", checkpoint=reach)
identity = LocalIdentity(load_pkcs12((folder / "key.p12").read_bytes(), "x"))
incoming = take(kind, [(folder / "body").read_bytes()], PEPPOL)
store.accept(unpack(incoming, PEPPOL, [identity], trusted=anyone), b"receipt", NOW)
"""


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_a_kill_loses_nothing_that_was_acknowledged(
    pair: Pair, tmp_path: Path, point: str, content: bytes
) -> None:
    sent = pair.pack(content)
    (tmp_path / "key.p12").write_bytes(pair.receiver.credential.to_pkcs12(b"x"))
    (tmp_path / "body").write_bytes(sent.body())
    command = [sys.executable, "-c", VICTIM, str(tmp_path), point, sent.content_type]
    done = subprocess.run(command, env={**os.environ}, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()

    store = SqliteStore(tmp_path / "box")
    waiting = store.pending()
    assert len(waiting) == (1 if point == "accept.committed" else 0)
    left = store.sweep()
    assert left == (1 if content == LARGE and point != "accept.committed" else 0)
    inbound = pair.unpack(sent.content_type, sent.body())
    receipt = make_receipt(inbound, PEPPOL, pair.receiver, NOW)
    kept = store.accept(inbound, receipt, NOW)
    # The sender repeats what was not acknowledged: either it is new, or it gets its first receipt.
    assert kept.is_new is (point != "accept.committed")
    assert kept.receipt == (b"receipt" if point == "accept.committed" else receipt)
    assert b"".join(store.chunks(sent.message_id, 0)) == content
    sent.close()
    inbound.close()
