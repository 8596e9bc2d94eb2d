"""Octets of any size: in memory while they are few, in a file of the system when they are many."""

import hashlib
import io
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
        self._folder = folder
        self._memory = memory
        # In memory there is nothing to give up: who forgets to close a small message loses nothing.
        self._file: BinaryIO = io.BytesIO()
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
        if self.size <= self._memory < self.size + len(data):
            self._file = self._on_disk(self.read())
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def _on_disk(self, begun: bytes) -> BinaryIO:
        # It lives as long as the spool, which closes it.
        file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
        file.write(begun)
        return file

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
        return self._file

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
