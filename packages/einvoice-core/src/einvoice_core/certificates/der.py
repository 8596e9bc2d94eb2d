"""The few DER structures that X.509 libraries do not write or read for us."""

from collections.abc import Iterator

from cryptography import x509

from einvoice_core.certificates.errors import UnreadableFileError

__all__ = ["children", "issuer_serial"]

_SEQUENCE = 0x30
_INTEGER = 0x02
_DIRECTORY_NAME = 0xA4


def issuer_serial(certificate: x509.Certificate) -> bytes:
    """Write ``IssuerSerial`` of RFC 5035: the issuer as a general name, and the serial number."""
    name = _tlv(_SEQUENCE, _tlv(_DIRECTORY_NAME, certificate.issuer.public_bytes()))
    number = certificate.serial_number
    serial = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    return _tlv(_SEQUENCE, name + _tlv(_INTEGER, serial))


def children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in DER octets.

    Raises:
        UnreadableFileError: They are cut off, or the length is not the definite one of DER.
    """
    at = 0
    while at < len(data):
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
        yield tag, data[at : at + length]
        at += length


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
