import json
from datetime import timedelta
from pathlib import Path

import pytest

from as4_peppol import Outcome, SendResult, check_answer, make_receipt, take
from as4_peppol.errors import StoreError
from as4_peppol.evidence import Archive
from as4_peppol.profiles import PEPPOL
from as4_peppol.sender import Attempt
from as4_peppol.signals import SIGNAL_TYPE
from as4_peppol.testing import NOW, Pair


@pytest.fixture
def result(pair: Pair) -> SendResult:
    sent = pair.pack(b"<x/>", message=pair.message())
    inbound = pair.unpack(sent.content_type, sent.body())
    receipt = make_receipt(inbound, PEPPOL, pair.receiver, NOW)
    answer = check_answer(sent, take(SIGNAL_TYPE, [receipt], PEPPOL), PEPPOL, trusted=pair.trusted)
    attempts = (
        Attempt(NOW, 0.5, Outcome.UNKNOWN, "cut off"),
        Attempt(NOW + timedelta(seconds=10), 0.25, Outcome.DELIVERED),
    )
    return SendResult(
        Outcome.DELIVERED, sent.message_id, sent.envelope, answer, (), attempts, retry=False
    )


def test_request_receipt_and_times_are_kept(tmp_path: Path, result: SendResult) -> None:
    archive = Archive(tmp_path / "evidence")
    folder = archive.keep(result)
    assert (folder / "request.xml").read_bytes() == result.request
    assert result.answer is not None
    assert (folder / "answer.xml").read_bytes() == result.answer.envelope
    stated = json.loads((folder / "result.json").read_text())
    assert (stated["outcome"], stated["message_id"]) == ("delivered", result.message_id)
    assert [a["outcome"] for a in stated["attempts"]] == ["unknown", "delivered"]
    assert stated["attempts"][0]["started_at"] == NOW.isoformat()
    assert "PES000002" in stated["receipt_signed_by"]


def test_a_later_result_stands_beside_the_earlier_one(tmp_path: Path, result: SendResult) -> None:
    archive = Archive(tmp_path)
    folders = [archive.keep(result) for _ in range(2)]
    assert archive.of(result.message_id) == tuple(folders)
    assert archive.of("another@message") == ()


def test_nothing_half_written_has_a_name(
    tmp_path: Path, result: SendResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    archive = Archive(tmp_path)
    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space"):
            archive.keep(result)
    assert list(tmp_path.iterdir()) == []
