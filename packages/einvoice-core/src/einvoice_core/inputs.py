"""The documents that a caller names: files, folders, patterns, zip archives, standard input.

Nothing is read before it is asked for, and nothing is unpacked on disk: a :class:`Source` knows
where its document lies and can travel to another process. What cannot be used is a source too: it
raises when it is read, so that one bad file does not stop the others.

InputError                      input
├── NotFoundError               input.not_found
├── UnreadableError             input.unreadable
├── TooLargeError               input.too_large
└── UnsafeArchiveError          input.unsafe_archive
"""

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from einvoice_core.errors import EInvoiceError

__all__ = [
    "LIMITS",
    "STDIN",
    "SUFFIXES",
    "InputError",
    "InputLimits",
    "NotFoundError",
    "Source",
    "TooLargeError",
    "UnreadableError",
    "UnsafeArchiveError",
    "expand",
]

STDIN = "-"
"""Stands for standard input among the names."""

SUFFIXES = (".xml", ".xsig")
_ZIP_SUFFIX = ".zip"
_ZIP_MAGIC = b"PK\x03\x04"
_EMPTY_ZIP_MAGIC = b"PK\x05\x06"
_PIECE = 1024 * 1024
_ENCRYPTED = 0x1


class InputError(EInvoiceError):
    """A document that was named cannot be had."""

    code = "input"


class NotFoundError(InputError):
    """Nothing is there under that name, or nothing that looks like a document."""

    code = "input.not_found"


class UnreadableError(InputError):
    """The file may not be read, or the archive is damaged or encrypted."""

    code = "input.unreadable"


class TooLargeError(InputError):
    """A document or an archive is larger than the limit."""

    code = "input.too_large"


class UnsafeArchiveError(InputError):
    """An archive holds a name that leads out of it, or unpacks to far more than it should."""

    code = "input.unsafe_archive"


@dataclass(frozen=True, slots=True)
class InputLimits:
    """How much is read.

    Args:
        document: Bytes of one document.
        members: Documents in one archive.
        archive: Bytes of all documents of one archive, unpacked.
        ratio: How many times larger than its packed form a member of more than a megabyte may be.
            A real invoice stays below 100; what deflate can reach is 1,032.
    """

    document: int = 256 * 1024 * 1024
    members: int = 100_000
    archive: int = 8 * 1024 * 1024 * 1024
    ratio: int = 500


LIMITS = InputLimits()


@dataclass(frozen=True, slots=True)
class Source:
    """One document, not read yet.

    Args:
        name: To show: the path as given or found, ``archive.zip!/member``, or ``-``.
        path: The file that holds it; ``None`` for what came through standard input.
        member: Name inside the archive.
        data: The bytes, for what came through standard input.
        problem: Why it cannot be read.
        limits: How much is read.
    """

    name: str
    path: Path | None = None
    member: str | None = None
    data: bytes | None = field(default=None, repr=False)
    problem: InputError | None = None
    limits: InputLimits = LIMITS

    @property
    def stem(self) -> str:
        """A file name without folders and suffix, for what is made of the document."""
        inner = PurePosixPath(self.member.replace("\\", "/")).name if self.member else ""
        return Path(inner or (self.path.name if self.path else "stdin")).stem or "document"

    def read(self) -> bytes:
        """Read the document.

        Raises:
            InputError: It cannot be read, or is larger than the limit.
        """
        if self.problem is not None:
            raise self.problem
        if self.data is not None:
            return self.data
        if self.path is None:
            raise UnreadableError(f"{self.name} has no content", file=self.name)
        try:
            if self.member is None:
                with self.path.open("rb") as file:
                    return _read_all(file, self.limits.document, self.name)
            with zipfile.ZipFile(self.path) as archive:
                return _read_member(archive, archive.getinfo(self.member), self.limits, self.name)
        except KeyError as error:
            raise NotFoundError(f"{self.name} is no longer there", file=self.name) from error
        except OSError as error:
            raise _system_error(self.name, error) from error
        except (zipfile.BadZipFile, ValueError) as error:
            raise UnreadableError(f"{self.name}: {error}", file=self.name) from error


def expand(
    names: Iterable[str | os.PathLike[str]],
    *,
    stdin: BinaryIO | None = None,
    suffixes: Sequence[str] = SUFFIXES,
    limits: InputLimits = LIMITS,
) -> Iterator[Source]:
    """Find the documents behind names, in the order of the names and sorted within a folder.

    Args:
        names: Files, folders (with all below them), patterns with ``*``, ``?``, ``[…]`` or ``**``,
            zip archives, and ``-`` for standard input, which may be an archive too.
        stdin: Where ``-`` reads from.
        suffixes: What counts as a document in folders and archives, in lower case; a file that is
            named itself is always read.
        limits: How much is read.
    """
    search = _Search(stdin, tuple(suffixes), limits)
    for name in names:
        yield from search.named(os.fspath(name))


@dataclass(frozen=True, slots=True)
class _Search:
    stdin: BinaryIO | None
    suffixes: tuple[str, ...]
    limits: InputLimits

    def named(self, name: str) -> Iterator[Source]:
        if name == STDIN:
            yield from self.standard_input()
            return
        path = Path(name)
        try:
            if path.is_dir():
                yield from self.folder(path, name)
            elif path.exists():
                yield from self.file(path)
            elif any(sign in name for sign in "*?["):
                yield from self.pattern(name)
            else:
                yield _failed(name, NotFoundError(f"{name} does not exist", file=name))
        except OSError as error:
            yield _failed(name, _system_error(name, error))
        except ValueError as error:
            yield _failed(name, NotFoundError(f"{name!r} is no name of a file: {error}"))

    def standard_input(self) -> Iterator[Source]:
        if self.stdin is None:
            yield _failed(STDIN, UnreadableError("standard input is not open", file=STDIN))
            return
        try:
            data = _read_all(self.stdin, self.limits.document, STDIN)
        except InputError as error:
            yield _failed(STDIN, error)
            return
        yield from self.content(data, STDIN)

    def content(self, data: bytes, name: str) -> Iterator[Source]:
        if data[:4] in (_ZIP_MAGIC, _EMPTY_ZIP_MAGIC):
            yield from self.archive(io.BytesIO(data), name, None)
        else:
            yield Source(name, data=data, limits=self.limits)

    def folder(self, path: Path, name: str) -> Iterator[Source]:
        found = False
        for file in _walk(path):
            if self.counts(file.name) or file.suffix.lower() == _ZIP_SUFFIX:
                found = True
                yield from self.file(file)
        if not found:
            kinds = ", ".join(self.suffixes)
            yield _failed(name, NotFoundError(f"no document ({kinds}) lies below {name}"))

    def pattern(self, name: str) -> Iterator[Source]:
        import glob

        found = False
        for match in sorted(glob.iglob(name, recursive=True)):
            path = Path(match)
            if path.is_file():
                found = True
                yield from self.file(path)
        if not found:
            yield _failed(name, NotFoundError(f"nothing matches {name}", file=name))

    def file(self, path: Path) -> Iterator[Source]:
        shown = str(path)
        try:
            if not path.is_file():
                # A pipe or a device gives its bytes once.
                with path.open("rb") as file:
                    data = _read_all(file, self.limits.document, shown)
                yield from self.content(data, shown)
                return
            with path.open("rb") as file:
                packed = file.read(4) in (_ZIP_MAGIC, _EMPTY_ZIP_MAGIC)
        except OSError as error:
            yield _failed(shown, _system_error(shown, error))
            return
        except InputError as error:
            yield _failed(shown, error)
            return
        if packed:
            yield from self.archive(path, shown, path)
        else:
            yield Source(shown, path, limits=self.limits)

    def archive(self, file: Path | IO[bytes], name: str, path: Path | None) -> Iterator[Source]:
        try:
            with zipfile.ZipFile(file) as archive:
                yield from self.members(archive, name, path)
        except OSError as error:
            yield _failed(name, _system_error(name, error))
        except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
            problem = UnreadableError(f"{name} is a damaged archive: {error}", file=name)
            yield _failed(name, problem)

    def members(self, archive: zipfile.ZipFile, name: str, path: Path | None) -> Iterator[Source]:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        chosen = [entry for entry in entries if self.counts(entry.filename)]
        if len(chosen) > self.limits.members:
            text = f"{name} holds {len(chosen)} documents; the limit is {self.limits.members}"
            yield _failed(name, TooLargeError(text, file=name))
            return
        if sum(entry.file_size for entry in chosen) > self.limits.archive:
            text = f"{name} unpacks to more than {self.limits.archive} bytes"
            yield _failed(name, UnsafeArchiveError(text, file=name))
            return
        if not chosen:
            kinds = ", ".join(self.suffixes)
            yield _failed(name, NotFoundError(f"no document ({kinds}) is in {name}"))
        seen: set[str] = set()
        for entry in chosen:
            shown = f"{name}!/{entry.filename}"
            problem = _suspicion(entry, self.limits, shown)
            if entry.filename in seen:
                problem = UnsafeArchiveError(f"{shown} stands twice in its archive", file=shown)
            seen.add(entry.filename)
            data = None
            if problem is None and path is None:
                try:
                    data = _read_member(archive, entry, self.limits, shown)
                except InputError as error:
                    problem = error
            yield Source(shown, path, entry.filename, data, problem, self.limits)

    def counts(self, name: str) -> bool:
        return name.lower().endswith(self.suffixes)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in a stable order; links to folders are not followed."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders.sort()
        for file in sorted(files):
            yield Path(place, file)


def _raise(error: OSError) -> None:
    raise error


def _suspicion(entry: zipfile.ZipInfo, limits: InputLimits, name: str) -> InputError | None:
    """Say what is wrong with a member before a byte of it is unpacked."""
    inner = PurePosixPath(entry.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in (inner.parts or ("",))[0]:
        return UnsafeArchiveError(f"{name} leads out of its archive", file=name)
    if entry.flag_bits & _ENCRYPTED:
        return UnreadableError(f"{name} is encrypted: unpack it first", file=name)
    if entry.file_size > limits.document:
        return TooLargeError(f"{name} has more than {limits.document} bytes", file=name)
    if entry.file_size > _PIECE and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        text = f"{name} unpacks to {entry.file_size} bytes from {entry.compress_size}"
        return UnsafeArchiveError(text, file=name)
    return None


def _read_member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: InputLimits, name: str
) -> bytes:
    problem = _suspicion(entry, limits, name)
    if problem is not None:
        raise problem
    try:
        with archive.open(entry) as file:
            return _read_all(file, limits.document, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise UnreadableError(f"{name} cannot be unpacked: {error}", file=name) from error


def _read_all(file: IO[bytes], limit: int, name: str) -> bytes:
    """Read to the end, however long that says it is, but never beyond the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        part = file.read(_PIECE)
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > limit:
            raise TooLargeError(f"{name} has more than {limit} bytes", file=name)
        parts.append(part)


def _failed(name: str, problem: InputError) -> Source:
    return Source(name, problem=problem)


def _system_error(name: str, error: OSError) -> InputError:
    kind = NotFoundError if isinstance(error, FileNotFoundError) else UnreadableError
    return kind(f"{name}: {error.strerror or error}", file=name)
