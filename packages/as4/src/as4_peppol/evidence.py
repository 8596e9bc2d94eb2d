"""Keeps what proves a delivery: the request as it was signed, the receipt, and when it happened.

Each message has a folder of its own: ``request.xml``, ``answer.xml`` where anything was answered,
and ``result.json`` with the outcome, the errors and every attempt. A folder appears under its name
when all of it is on the disk; a later result of the same message stands beside the earlier one.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from as4_peppol.errors import StoreError
from as4_peppol.sender import SendResult

__all__ = ["Archive"]


class Archive:
    """A folder with the evidence of messages that were sent.

    Args:
        folder: Is made when it is not there.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)

    def keep(self, result: SendResult) -> Path:
        """Keep a result durably and return its folder.

        Raises:
            StoreError: It could not be written.
        """
        files = {
            "request.xml": result.request,
            "result.json": json.dumps(_described(result), indent=1).encode("utf-8"),
        }
        if result.answer is not None:
            files["answer.xml"] = result.answer.envelope
        partial: Path | None = None
        try:
            partial = Path(tempfile.mkdtemp(dir=self._folder, prefix=".partial-"))
            for name, data in files.items():
                _write(partial / name, data)
            final = self._free(result.message_id)
            partial.rename(final)
            _sync(self._folder)
        except OSError as error:
            if partial is not None:
                shutil.rmtree(partial, ignore_errors=True)
            raise StoreError(f"the evidence was not kept: {error.strerror}") from error
        return final

    def of(self, message_id: str) -> tuple[Path, ...]:
        """Return the folders of a message, the earliest first."""
        stem = _name(message_id)
        return tuple(sorted(self._folder.glob(f"{stem}-*")))

    def _free(self, message_id: str) -> Path:
        count = len(self.of(message_id))
        return self._folder / f"{_name(message_id)}-{count + 1:04}"


def _name(message_id: str) -> str:
    # Identifiers are chosen by whoever sends; a digest is a name on every system.
    return hashlib.sha256(message_id.encode("utf-8")).hexdigest()[:32]


def _described(result: SendResult) -> dict[str, Any]:
    signer = None if result.answer is None else result.answer.signer
    return {
        "message_id": result.message_id,
        "outcome": result.outcome.value,
        "retry": result.retry,
        "receipt_signed_by": None if signer is None else signer.subject.rfc4514_string(),
        "errors": [
            {"code": e.code, "severity": e.severity, "name": e.name, "detail": e.detail}
            for e in result.errors
        ],
        "attempts": [
            {
                "started_at": a.started_at.isoformat(),
                "seconds": a.seconds,
                "outcome": a.outcome.value,
                "detail": a.detail,
            }
            for a in result.attempts
        ],
    }


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
