"""Takes a message from the wire, piece by piece: the envelope to memory, the parts to spools."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from as4_peppol.errors import EbmsError
from as4_peppol.mime import Data, Event, Part, Reader, content_type
from as4_peppol.profile import Profile
from as4_peppol.spool import Spool

__all__ = ["Incoming", "Intake", "RawPart", "take"]

_ENVELOPES = {"application/soap+xml", "text/xml"}


@dataclass(frozen=True, slots=True)
class RawPart:
    """A part as it stood on the wire.

    Args:
        content_id: Without its angle brackets.
        media: Its media type, with parameters.
        spool: Its octets.
    """

    content_id: str
    media: str
    spool: Spool = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that is complete and not yet judged.

    Args:
        envelope: Octets of the SOAP envelope.
        parts: The others, by their identifier.
    """

    envelope: bytes = field(repr=False)
    parts: Mapping[str, RawPart]

    def close(self) -> None:
        """Give up what is kept on disk."""
        for part in self.parts.values():
            part.spool.close()


class Intake:
    """Takes the octets of one message.

    Args:
        header: Header ``Content-Type`` of the request or reply.
        profile: Its limits apply.
        folder: Where large parts are kept.

    Raises:
        EbmsError: EBMS:0007 when the type is not that of a message.
    """

    def __init__(self, header: str, profile: Profile, folder: Path | None = None) -> None:
        kind = content_type(header)
        self._limits = profile.limits
        self._folder = folder
        self._size = 0
        self._envelope = bytearray()
        self._parts: dict[str, RawPart] = {}
        self._current: Spool | None = None
        self._root_seen = False
        self._reader: Reader | None = None
        if kind.media == "multipart/related":
            self._reader = Reader(kind.parameters.get("boundary", ""))
            self._start = kind.parameters.get("start", "").strip("<>")
        elif kind.media not in _ENVELOPES:
            raise EbmsError("EBMS:0007", f"messages are not of type {kind.media[:60]!r}")

    def feed(self, chunk: bytes) -> None:
        """Take the next piece.

        Raises:
            EbmsError: EBMS:0007 when the message is not built as it says, or too large.
        """
        self._size += len(chunk)
        if self._size > self._limits.message:
            raise EbmsError("EBMS:0007", f"the message has more than {self._limits.message} octets")
        if self._reader is None:
            self._to_envelope(chunk)
            return
        for event in self._reader.feed(chunk):
            self._take(event)

    def finish(self) -> Incoming:
        """Return the message when everything has come.

        Raises:
            EbmsError: EBMS:0007 when something is missing.
        """
        if self._reader is not None:
            self._reader.close()
        if not self._envelope:
            raise EbmsError("EBMS:0007", "the message holds no envelope")
        return Incoming(bytes(self._envelope), self._parts)

    def close(self) -> None:
        """Give up what was taken."""
        for part in self._parts.values():
            part.spool.close()

    def _take(self, event: Event) -> None:
        match event:
            case Part():
                self._begin(event.fields)
            case Data(octets):
                if self._current is None:
                    self._to_envelope(octets)
                else:
                    self._current.write(octets)
            case _:
                pass

    def _begin(self, fields: Mapping[str, str]) -> None:
        media = fields.get("content-type", "application/octet-stream")
        content_id = fields.get("content-id", "").strip().strip("<>")
        if not self._root_seen:
            # The root is the first part unless the header names another one.
            if self._start and content_id and content_id != self._start:
                raise EbmsError("EBMS:0007", "the envelope must be the first part of the message")
            if content_type(media).media not in _ENVELOPES:
                raise EbmsError("EBMS:0007", "the first part of the message is no SOAP envelope")
            self._root_seen = True
            return
        if not content_id:
            raise EbmsError("EBMS:0007", "a part has no Content-ID")
        if content_id in self._parts:
            raise EbmsError("EBMS:0007", f"two parts have the Content-ID {content_id[:80]!r}")
        self._current = Spool(self._folder)
        self._parts[content_id] = RawPart(content_id, media, self._current)

    def _to_envelope(self, octets: bytes) -> None:
        self._envelope += octets
        if len(self._envelope) > self._limits.envelope:
            raise EbmsError(
                "EBMS:0007", f"the envelope has more than {self._limits.envelope} octets"
            )


def take(
    header: str, chunks: Iterable[bytes], profile: Profile, folder: Path | None = None
) -> Incoming:
    """Take a whole message; the arguments are those of :class:`Intake`.

    Raises:
        EbmsError: EBMS:0007 when it is not built as it says.
    """
    intake = Intake(header, profile, folder)
    try:
        for chunk in chunks:
            intake.feed(chunk)
        return intake.finish()
    except BaseException:
        intake.close()
        raise
