"""Processes that die while they receive: nothing that was acknowledged is lost, or comes twice."""

import base64
import itertools
import json
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from as4_peppol import Outbound, Receiver, Reply, check_answer, take
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import SqliteStore
from as4_peppol.stores.postgresql import PostgresqlStore
from as4_peppol.stores.sql import INLINE_BYTES, SqlStore
from as4_peppol.testing import NOW, Pair

VICTIM = Path(__file__).parent / "victim.py"
KINDS = ("sqlite", "postgresql")
POINTS = ("accept.files", "accept.rows", "accept.committed", "answered")
CONTENTS = {"small": b"<x/>", "large": bytes(range(256)) * (INLINE_BYTES // 256 + 1)}


@dataclass
class Scene:
    """One message, and what was left of whoever received it."""

    name: str
    folder: Path
    address: str
    sent: Outbound
    body: bytes
    status: int = 0
    receipts: list[bytes] = field(default_factory=list)

    def store(self) -> SqlStore:
        if self.address:
            return PostgresqlStore(self.address, self.folder)
        return SqliteStore(self.folder)

    def again(self, pair: Pair, store: SqlStore) -> Reply:
        """Let the sender repeat what it sent, octet by octet."""
        receiver = Receiver(PEPPOL, [pair.receiver], store, trusted=pair.trusted, clock=lambda: NOW)
        return receiver.receive(self.sent.content_type, [self.body])


@pytest.fixture(scope="module")
def scenes(
    pair: Pair, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[str, Scene]]:
    folder = tmp_path_factory.mktemp("kills")
    key = folder / "key.p12"
    key.write_bytes(pair.receiver.credential.to_pkcs12(b"x"))
    database = request.getfixturevalue("new_database")()
    made: dict[str, Scene] = {}
    tasks: list[dict[str, Any]] = []
    for kind, point, size in itertools.product(KINDS, POINTS, CONTENTS):
        name = f"{kind} {point} {size}"
        sent = pair.pack(CONTENTS[size])
        address = database if kind == "postgresql" else ""
        box = folder / (kind if address else name)
        scene = Scene(name, box, address, sent, sent.body())
        file = folder / f"{name}.body"
        file.write_bytes(scene.body)
        made[name] = scene
        tasks.append(
            {
                "name": name,
                "point": point,
                "passes": 0,
                "folder": str(box),
                "address": address,
                "key": str(key),
                "messages": [{"type": sent.content_type, "body": str(file)}],
            }
        )
    for line in run(folder, tasks):
        if "status" in line:
            made[line["task"]].status = line["status"]
        else:
            made[line["task"]].receipts.append(base64.b64decode(line["body"]))
    yield made
    for scene in made.values():
        scene.sent.close()


def run(folder: Path, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    file = folder / "tasks.json"
    file.write_text(json.dumps(tasks))
    command = [sys.executable, str(VICTIM), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("size", CONTENTS)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_between_message_and_receipt(
    pair: Pair, scenes: dict[str, Scene], kind: str, point: str, size: str
) -> None:
    scene = scenes[f"{kind} {point} {size}"]
    assert scene.status == -signal.SIGKILL
    assert scene.receipts == []
    is_kept = point in {"accept.committed", "answered"}
    with scene.store() as store:
        waiting = {m.message_id: m for m in store.pending(1_000)}
        assert (scene.sent.message_id in waiting) is is_kept
        first = scene.again(pair, store)
        again = scene.again(pair, store)
        assert first.verdict.error is None
        assert first.verdict.duplicate is is_kept
        assert again.verdict.duplicate
        assert again.body == first.body
        if is_kept:
            assert first.body == waiting[scene.sent.message_id].receipt
        proof = take(first.content_type, [first.body], PEPPOL)
        assert check_answer(scene.sent, proof, PEPPOL, trusted=pair.trusted).receipt is not None
        ids = [m.message_id for m in store.pending(1_000)]
        assert ids.count(scene.sent.message_id) == 1
        assert b"".join(store.chunks(scene.sent.message_id, 0)) == CONTENTS[size]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kill_left_is_swept(scenes: dict[str, Scene], kind: str) -> None:
    for name, scene in scenes.items():
        if name.startswith(kind):
            with scene.store() as store:
                store.sweep()
                assert store.sweep() == 0
                for message in store.pending(1_000):
                    size = message.payloads[0].size
                    assert len(b"".join(store.chunks(message.message_id, 0))) == size


@pytest.mark.parametrize(
    "count", [pytest.param(8, id="some"), pytest.param(400, id="many", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_receipt_that_left_stands_for_a_message(
    pair: Pair, tmp_path: Path, request: pytest.FixtureRequest, kind: str, count: int
) -> None:
    """Processes receive, and die somewhere in between; what they had answered holds."""
    (tmp_path / "key.p12").write_bytes(pair.receiver.credential.to_pkcs12(b"x"))
    address = str(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    messages, sents = [], []
    for number in range(count):
        sent = pair.pack(CONTENTS["large" if number % 5 == 0 else "small"])
        file = tmp_path / f"{number}.body"
        file.write_bytes(sent.body())
        sents.append(sent)
        messages.append({"type": sent.content_type, "body": str(file)})
    common = {"folder": str(tmp_path / "box"), "address": address, "key": str(tmp_path / "key.p12")}
    tasks = [
        {
            **common,
            "name": str(n),
            "point": POINTS[n % 4],
            "passes": n % 3,
            "messages": messages[max(0, n - 2) : n + 4],
        }
        for n in range(count)
    ]
    # The last process lives: it repeats everything that the others may have received.
    tasks.append({**common, "name": "last", "point": "", "passes": 0, "messages": messages})
    answers: dict[str, set[bytes]] = defaultdict(set)
    died = 0
    for line in run(tmp_path, tasks):
        if "body" in line:
            assert line["error"] is None
            answers[line["message"]].add(base64.b64decode(line["body"]))
        else:
            died += line["status"] == -signal.SIGKILL
    assert died > count // 2
    scene = Scene("last", tmp_path / "box", address, sents[0], b"")
    with scene.store() as store:
        kept = {m.message_id: {m.receipt} for m in store.pending(10_000)}
    assert kept == answers
    assert sorted(kept) == sorted(sent.message_id for sent in sents)
    for sent in sents:
        sent.close()
