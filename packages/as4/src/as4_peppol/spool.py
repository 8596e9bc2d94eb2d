"""Octets of any size: in memory while they are few, in a file of the system when they are many."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from einvoice_core.signing.algorithms import DigestAlgorithm

__all__ = ["CHUNK_BYTES", "MEMORY_BYTES", "Spool"]

CHUNK_BYTES = 256 * 1024
"""Octets that are handled at a time."""

MEMORY_BYTES = 1024 * 1024
"""A spool that grows beyond this goes to disk."""


class Spool:
    """Octets that are written once, digested on the way, and read as often as wanted.

    Args:
        folder: Where its file would lie; by default the system's folder for temporary files. The
            file has no name there, so nothing stays when the program dies.
        memory: Octets to hold in memory at most.
    """

    def __init__(self, folder: Path | None = None, memory: int = MEMORY_BYTES) -> None:
        where = None if folder is None else str(folder)
        self._file = tempfile.SpooledTemporaryFile(max_size=memory, dir=where)  # noqa: SIM115
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    @classmethod
    def of(cls, chunks: Iterable[bytes], folder: Path | None = None) -> "Spool":
        """Fill a spool."""
        made = cls(folder)
        try:
            for chunk in chunks:
                made.write(chunk)
        except BaseException:
            made.close()
            raise
        return made

    def write(self, data: bytes) -> None:
        """Add octets at the end; not while somebody reads."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def read(self) -> bytes:
        """Return all octets at once: for what is known to be small."""
        self._file.seek(0)
        return self._file.read()

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the octets from ``start`` to ``end`` piece by piece; readers may alternate."""
        position, last = start, self.size if end is None else end
        while position < last:
            self._file.seek(position)
            data = self._file.read(min(CHUNK_BYTES, last - position))
            if not data:
                return
            position += len(data)
            yield data

    def open(self) -> BinaryIO:
        """Return the octets as a file positioned at their start; closing the spool closes it."""
        self._file.seek(0)
        return cast("BinaryIO", self._file)

    def digest(self, algorithm: DigestAlgorithm) -> bytes:
        """Digest all octets; with SHA-256 that was done while they were written."""
        if algorithm is DigestAlgorithm.SHA256:
            return self._hash.digest()
        other = hashlib.new(algorithm.hash_name)
        for chunk in self.chunks():
            other.update(chunk)
        return other.digest()

    def close(self) -> None:
        """Give the octets up."""
        self.closed = True
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
