"""Writes down what comes in, octet by octet, for whoever has to find out what a sender does.

A dump begins with the type of the message and can be given to ``as4 inspect``. Writing it never
disturbs the exchange: when the disk is full, the dump ends and the message goes on.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from as4_peppol.intake import Incoming, Intake
from as4_peppol.profile import Profile

__all__ = ["RecordingIntake", "into", "nothing"]

logger = logging.getLogger(__name__)


def nothing() -> BinaryIO | None:
    """Dump nothing."""
    return None


def into(folder: Path) -> Callable[[], BinaryIO | None]:
    """Dump every request into a file of a folder, named by the instant; nobody removes them.

    Args:
        folder: Made where it is missing, for its owner alone: dumps hold what was sent.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def opened() -> BinaryIO | None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4().hex[:8]}.as4"
        return (folder / name).open("xb")

    return opened


class RecordingIntake(Intake):
    """Takes a message, and writes it to a file on the way.

    Args:
        header: Header ``Content-Type`` of the request.
        profile: Its limits apply.
        folder: Where large parts are kept.
        out: Where the dump goes; closed at the end.

    Raises:
        EbmsError: EBMS:0007 when the type is not that of a message; the dump then holds the type.
    """

    def __init__(self, header: str, profile: Profile, folder: Path | None, out: BinaryIO) -> None:
        self._out: BinaryIO | None = out
        self._record(f"Content-Type: {header}\r\n\r\n".encode("latin-1", "replace"))
        try:
            super().__init__(header, profile, folder)
        except BaseException:
            self._end()
            raise

    def feed(self, chunk: bytes) -> None:
        """Take the next piece; see :class:`~as4_peppol.intake.Intake`."""
        self._record(chunk)
        super().feed(chunk)

    def finish(self) -> Incoming:
        """Return the message when everything has come."""
        self._end()
        return super().finish()

    def close(self) -> None:
        """Give up what was taken; the dump holds what came."""
        self._end()
        super().close()

    def _record(self, octets: bytes) -> None:
        if self._out is None:
            return
        try:
            self._out.write(octets)
        except OSError:
            logger.exception("a dump could not be written")
            self._end()

    def _end(self) -> None:
        out, self._out = self._out, None
        if out is not None:
            try:
                out.close()
            except OSError:
                logger.exception("a dump could not be written")
