"""Multipart messages, piece by piece: nothing larger than a header is ever held.

Source: RFC 2045, 2046 (5.1) and 2387; OASIS SOAP Messages with Attachments.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from as4_peppol.errors import EbmsError

__all__ = [
    "MAX_HEADER_BYTES",
    "MAX_PARTS",
    "ContentType",
    "Data",
    "End",
    "Event",
    "Part",
    "Reader",
    "content_type",
    "part_header",
]

MAX_PARTS = 128
"""Parts of one message, the envelope included."""

MAX_HEADER_BYTES = 32 * 1024
"""Octets of the header of one part, and of what stands before the first."""

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - a pattern, not a secret
_MEDIA = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*(?:;|\Z)")
_PARAMETER = re.compile(
    rf'\s*({_TOKEN})\s*=\s*(?:({_TOKEN}[^\s;]*)|"((?:[^"\\]|\\.)*)")\s*(?:;|\Z)'
)
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_FIELD_NAME = re.compile(rf"{_TOKEN}\Z")
_ENCODINGS = {"", "binary", "8bit", "7bit", "base64"}


def _bad(detail: str) -> EbmsError:
    return EbmsError("EBMS:0007", detail)


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type with its parameters.

    Args:
        media: Type and subtype in lower case.
        parameters: By lower-case name.
    """

    media: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def content_type(text: str) -> ContentType:
    """Read a header ``Content-Type``.

    Raises:
        EbmsError: EBMS:0007 when it cannot be read.
    """
    found = _MEDIA.match(text)
    if found is None:
        raise _bad("a Content-Type cannot be read")
    parameters: dict[str, str] = {}
    position = found.end()
    while text[position:].strip():
        part = _PARAMETER.match(text, position)
        if part is None:
            raise _bad("the parameters of a Content-Type cannot be read")
        value = part[2] if part[2] is not None else re.sub(r"\\(.)", r"\1", part[3])
        if parameters.setdefault(part[1].lower(), value) != value:
            raise _bad(f"a Content-Type says {part[1]!r} twice")
        position = part.end()
    return ContentType(f"{found[1]}/{found[2]}".lower(), MappingProxyType(parameters))


def part_header(boundary: str, fields: Iterable[tuple[str, str]], *, first: bool) -> bytes:
    """Write what stands before the octets of a part."""
    lines = [f"{'' if first else chr(13) + chr(10)}--{boundary}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


@dataclass(frozen=True, slots=True)
class Part:
    """A part begins; its fields by lower-case name."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Data:
    """Octets of the part that began last."""

    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class End:
    """The part that began last is complete."""


Event = Part | Data | End


class Reader:
    """Takes a multipart body in pieces of any size and says what stands in it.

    Args:
        boundary: As the message's header names it.

    Raises:
        EbmsError: EBMS:0007 when the boundary is not one.
    """

    def __init__(self, boundary: str) -> None:
        if not _BOUNDARY.fullmatch(boundary):
            raise _bad("the boundary of the message is missing or malformed")
        self._delimiter = b"\r\n--" + boundary.encode("ascii")
        # The first delimiter may stand at the very beginning.
        self._buffer = bytearray(b"\r\n")
        self._state = "preamble"
        self._parts = 0
        self._decoder: _Base64 | None = None

    @property
    def complete(self) -> bool:
        """Whether the closing delimiter has come."""
        return self._state == "epilogue"

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take the next piece and yield what became known.

        Raises:
            EbmsError: EBMS:0007 when the message is not built as MIME demands.
        """
        if self._state == "epilogue":
            return
        self._buffer += chunk
        while True:
            step = {
                "preamble": self._preamble,
                "delimiter": self._after_delimiter,
                "header": self._header,
                "body": self._body,
            }[self._state]
            events, again = step()
            yield from events
            if not again or self._state == "epilogue":
                return

    def close(self) -> None:
        """Say that no more comes.

        Raises:
            EbmsError: EBMS:0007 when the message is not complete.
        """
        if not self.complete:
            raise _bad("the message ends before its last boundary")

    def _preamble(self) -> tuple[list[Event], bool]:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise _bad("the message does not begin with its boundary")
            return [], False
        del self._buffer[: at + len(self._delimiter)]
        self._state = "delimiter"
        return [], True

    def _after_delimiter(self) -> tuple[list[Event], bool]:
        """What follows a delimiter: ``--`` for the last one, then white space and a line break."""
        end = self._buffer.find(b"\r\n")
        closing = self._buffer[:2] == b"--"
        if closing:
            self._state = "epilogue"
            self._buffer.clear()
            return [], False
        if end < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise _bad("a boundary is not followed by a line break")
            return [], False
        if self._buffer[:end].strip(b" \t"):
            raise _bad("a boundary is followed by other text in its line")
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise _bad(f"the message has more than {MAX_PARTS} parts")
        # The line break stays: a header without fields is an empty line right after it.
        del self._buffer[:end]
        self._state = "header"
        return [], True

    def _header(self) -> tuple[list[Event], bool]:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise _bad("the header of a part is too long")
            return [], False
        fields = _fields(bytes(self._buffer[2:end]) if end else b"")
        encoding = fields.get("content-transfer-encoding", "").lower()
        if encoding not in _ENCODINGS:
            raise _bad(f"the transfer encoding {encoding[:20]!r} is not read")
        self._decoder = _Base64() if encoding == "base64" else None
        # An empty body ends at once: its delimiter begins with the line break of the empty line.
        del self._buffer[: end + 2]
        self._skip = 2
        self._state = "body"
        return [Part(MappingProxyType(fields))], True

    _skip = 0

    def _body(self) -> tuple[list[Event], bool]:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            ready = len(self._buffer) - len(self._delimiter)
            if ready <= self._skip:
                return [], False
            events = self._data(bytes(self._buffer[self._skip : ready]))
            del self._buffer[:ready]
            self._skip = 0
            return events, False
        events = self._data(bytes(self._buffer[self._skip : at])) if at > self._skip else []
        if self._decoder is not None:
            self._decoder.close()
        del self._buffer[: at + len(self._delimiter)]
        self._skip = 0
        self._state = "delimiter"
        return [*events, End()], True

    def _data(self, octets: bytes) -> list[Event]:
        if self._decoder is not None:
            octets = self._decoder.feed(octets)
        return [Data(octets)] if octets else []


class _Base64:
    """Decodes Base64 in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, octets: bytes) -> bytes:
        text = self._rest + octets.translate(None, b" \t\r\n")
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        try:
            return base64.b64decode(text[:whole], validate=True)
        except binascii.Error as error:
            raise _bad("a part is not the Base64 that its header announces") from error

    def close(self) -> None:
        if self._rest:
            raise _bad("the Base64 of a part ends early")


def _fields(header: bytes) -> dict[str, str]:
    try:
        text = header.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad("the header of a part is not text") from error
    fields: dict[str, str] = {}
    # A line that begins with white space goes on with the field above.
    for line in re.sub(r"\r\n[ \t]+", " ", text).split("\r\n"):
        if not line:
            continue
        name, colon, value = line.partition(":")
        if not colon or not _FIELD_NAME.match(name.strip()):
            raise _bad("the header of a part has a line that is no field")
        if fields.setdefault(name.strip().lower(), value.strip()) != value.strip():
            raise _bad(f"the header of a part says {name.strip()[:40]!r} twice")
    return fields
