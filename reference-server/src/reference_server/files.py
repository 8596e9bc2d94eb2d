"""Files on the local disk: written under another name, synchronised, renamed; never half there.

A file is named by the digest of its content, so writing it twice is writing it once.
"""

import hashlib
import os
import uuid
from pathlib import Path

from reference_server.checkpoints import reach
from reference_server.errors import ServerError

__all__ = ["DamagedFileError", "FullDiskError", "path_of", "read", "write"]


class FullDiskError(ServerError):
    """The disk took no more."""

    code = "server.full_disk"
    status = 507


class DamagedFileError(ServerError):
    """The content of a file is not what was stored."""

    code = "server.damaged_file"


def path_of(folder: Path, sha256: str) -> Path:
    """Return where the content with a digest lies."""
    return folder / sha256[:2] / sha256


def write(folder: Path, content: bytes) -> str:
    """Store bytes durably.

    Returns:
        Their SHA-256, by which :func:`read` finds them.

    Raises:
        FullDiskError: They could not be written; nothing is left behind.
    """
    digest = hashlib.sha256(content).hexdigest()
    final = path_of(folder, digest)
    if final.exists():
        return digest
    passing = final.with_name(f".{digest}.{uuid.uuid4().hex}")
    reach("file.before-write")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with passing.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        reach("file.before-rename")
        passing.replace(final)
        _synchronise(final.parent)
    except OSError as error:
        passing.unlink(missing_ok=True)
        raise FullDiskError(f"the file could not be stored: {error.strerror}") from error
    reach("file.after-rename")
    return digest


def read(folder: Path, sha256: str) -> bytes:
    """Return stored bytes, checked against their digest.

    Raises:
        DamagedFileError: They are gone or were changed.
    """
    try:
        content = path_of(folder, sha256).read_bytes()
    except OSError as error:
        raise DamagedFileError(f"the file {sha256} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFileError(f"the file {sha256} was changed on the disk")
    return content


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
