"""The few DER structures that X.509 libraries do not write or read for us."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509

from einvoice_core.certificates.errors import UnreadableFileError

__all__ = [
    "BOOLEAN",
    "GENERALIZED_TIME",
    "INTEGER",
    "OBJECT_IDENTIFIER",
    "OCTET_STRING",
    "SEQUENCE",
    "SET",
    "Element",
    "children",
    "elements",
    "integer",
    "issuer_serial",
    "object_identifier",
    "octet_string",
    "only_element",
    "sequence",
    "tlv",
]

BOOLEAN = 0x01
INTEGER = 0x02
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31
_DIRECTORY_NAME = 0xA4
_MAX_INTEGER_BYTES = 64


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """Write ``IssuerSerial`` of RFC 5035: the issuer as a general name, and the serial number."""
    name = tlv(SEQUENCE, tlv(_DIRECTORY_NAME, certificate.issuer.public_bytes()))
    number = certificate.serial_number
    return tlv(SEQUENCE, name + integer(number))


@dataclass(frozen=True, slots=True)
class Element:
    """One element of DER octets.

    Args:
        tag: Class, form and number in one octet.
        content: Without tag and length.
        raw: With both, as it stood.
    """

    tag: int
    content: bytes = field(repr=False)
    raw: bytes = field(repr=False)

    @property
    def children(self) -> "tuple[Element, ...]":
        """The elements inside.

        Raises:
            UnreadableFileError: The content is no sequence of elements.
        """
        return tuple(elements(self.content))

    def expect(self, tag: int) -> "Element":
        """Return this element if it has a tag.

        Raises:
            UnreadableFileError: It has another one.
        """
        if self.tag != tag:
            raise UnreadableFileError(f"an element has the tag {self.tag:#x}, not {tag:#x}")
        return self

    def integer(self) -> int:
        """Read an integer of up to 64 octets.

        Raises:
            UnreadableFileError: It is none, or longer.
        """
        content = self.expect(INTEGER).content
        if not 0 < len(content) <= _MAX_INTEGER_BYTES:
            raise UnreadableFileError(f"an integer has {len(content)} octets")
        return int.from_bytes(content, "big", signed=True)

    def object_identifier(self) -> str:
        """Read an object identifier with its dots.

        Raises:
            UnreadableFileError: It is none.
        """
        content = self.expect(OBJECT_IDENTIFIER).content
        if not content or content[-1] & 0x80 or len(content) > _MAX_INTEGER_BYTES:
            raise UnreadableFileError("an object identifier cannot be read")
        arcs: list[int] = []
        value = 0
        for octet in content:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))

    def time(self) -> datetime:
        """Read a generalized time in UTC, with fractions of a second where it has them.

        Raises:
            UnreadableFileError: It is none, or in another zone.
        """
        text = self.expect(GENERALIZED_TIME).content.decode("ascii", "replace")
        whole, _, fraction = text.removesuffix("Z").partition(".")
        try:
            if not text.endswith("Z") or not (fraction or "0").isascii():
                raise ValueError(text)
            instant = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            return instant.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
        except ValueError as error:
            raise UnreadableFileError(f"{text!r} is no time in UTC") from error


def children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in DER octets.

    Raises:
        UnreadableFileError: They are cut off, or the length is not the definite one of DER.
    """
    return ((element.tag, element.content) for element in elements(data))


def only_element(data: bytes) -> Element:
    """Read octets that are one element and nothing else.

    Raises:
        UnreadableFileError: They are something else.
    """
    found = tuple(elements(data))
    if len(found) != 1:
        raise UnreadableFileError(f"there are {len(found)} elements; one was expected")
    return found[0]


def elements(data: bytes) -> Iterator[Element]:
    """Yield each element in DER octets.

    Raises:
        UnreadableFileError: They are cut off, or the length is not the definite one of DER.
    """
    at = 0
    while at < len(data):
        start = at
        try:
            tag, length, at = data[at], data[at + 1], at + 2
            if length == 0x80:
                raise UnreadableFileError("a length is not definite: the file is BER, not DER")
            if length > 0x80:
                size = length & 0x7F
                length, at = int.from_bytes(data[at : at + size], "big"), at + size
        except IndexError:
            raise UnreadableFileError("the octets end inside an element") from None
        if at + length > len(data):
            raise UnreadableFileError("the octets end inside an element")
        yield Element(tag, data[at : at + length], data[start : at + length])
        at += length


def sequence(*parts: bytes) -> bytes:
    """Write a sequence."""
    return tlv(SEQUENCE, b"".join(parts))


def integer(number: int) -> bytes:
    """Write an integer."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return tlv(INTEGER, number.to_bytes(size, "big", signed=True))


def octet_string(data: bytes) -> bytes:
    """Write octets."""
    return tlv(OCTET_STRING, data)


def object_identifier(dotted: str) -> bytes:
    """Write an object identifier, given with its dots."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return tlv(OBJECT_IDENTIFIER, bytes(content))


def tlv(tag: int, content: bytes) -> bytes:
    """Write an element from its tag and its content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
