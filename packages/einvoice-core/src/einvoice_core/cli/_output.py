"""Where results go: standard output, or a file that is there whole or not at all.

OutputError                     output
"""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from einvoice_core.errors import EInvoiceError

__all__ = ["OutputError", "opened", "write_file"]


class OutputError(EInvoiceError):
    """A file cannot be written."""

    code = "output"


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Open a text file in UTF-8 for writing; ``None`` is standard output.

    Raises:
        OutputError: The file cannot be written; nothing is left under its name.
    """
    if path is None:
        yield from _standard_output()
        return
    with _replaced(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def write_file(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, and give it its own when it is complete.

    Raises:
        OutputError: It cannot be written; what stood under the name is still there.
    """
    with _replaced(path) as temporary:
        temporary.write_bytes(data)


def _standard_output() -> Iterator[TextIO]:
    # A name of a file may hold octets that are no text: they are shown escaped.
    out = io.TextIOWrapper(
        sys.stdout.buffer,
        "utf-8",
        errors="backslashreplace",
        newline="\n",
        line_buffering=sys.stdout.isatty(),
    )
    try:
        yield out
        out.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with suppress(OSError, ValueError):
            os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        raise
    finally:
        with suppress(BrokenPipeError):
            out.detach()


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    temporary = None
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            # A device or a pipe is written to: a file in its place would take it from everybody.
            yield path
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
        temporary = None
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{path} cannot be written: {reason}", file=str(path)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
