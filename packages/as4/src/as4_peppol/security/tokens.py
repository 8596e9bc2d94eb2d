"""References to certificates: a token in the header, a key identifier, or issuer and serial number.

Source: OASIS WS-Security X.509 token profile 1.1.1.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from enum import StrEnum
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from as4_peppol._names import BASE64, DS, SUBJECT_KEY_ID, THUMBPRINT, WSSE, WSU, X509_V3
from as4_peppol._text import octets_of
from as4_peppol.errors import EbmsError, PackError

__all__ = ["TokenReference", "binary_token", "find_certificate", "reference_to"]


class TokenReference(StrEnum):
    """How a message names the certificate of a key."""

    BINARY = "BinarySecurityToken"
    KEY_IDENTIFIER = "KeyIdentifier"
    ISSUER_SERIAL = "IssuerSerial"


def binary_token(certificate: x509.Certificate, token_id: str) -> str:
    """Write ``wsse:BinarySecurityToken``."""
    data = b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
    return (
        f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509_V3}"'
        f' wsu:Id="{token_id}">{data}</wsse:BinarySecurityToken>'
    )


def reference_to(certificate: x509.Certificate, kind: TokenReference, token_id: str) -> str:
    """Write ``wsse:SecurityTokenReference``.

    Raises:
        PackError: The certificate has no key identifier to name it by.
    """
    if kind is TokenReference.BINARY:
        inner = f'<wsse:Reference URI="#{token_id}" ValueType="{X509_V3}"/>'
    elif kind is TokenReference.KEY_IDENTIFIER:
        identifier = _key_identifier(certificate)
        if identifier is None:
            raise PackError("the certificate has no subject key identifier: name it otherwise")
        text = b64encode(identifier).decode("ascii")
        inner = (
            f'<wsse:KeyIdentifier EncodingType="{BASE64}" ValueType="{SUBJECT_KEY_ID}">'
            f"{text}</wsse:KeyIdentifier>"
        )
    else:
        inner = (
            "<ds:X509Data><ds:X509IssuerSerial>"
            f"<ds:X509IssuerName>{escape(certificate.issuer.rfc4514_string())}</ds:X509IssuerName>"
            f"<ds:X509SerialNumber>{certificate.serial_number}</ds:X509SerialNumber>"
            "</ds:X509IssuerSerial></ds:X509Data>"
        )
    return f"<wsse:SecurityTokenReference>{inner}</wsse:SecurityTokenReference>"


def find_certificate(
    key_info: etree._Element | None,
    security: etree._Element,
    known: Iterable[x509.Certificate],
) -> x509.Certificate | None:
    """Return the certificate that ``ds:KeyInfo`` names.

    Args:
        key_info: The element, or ``None``.
        security: The header whose tokens it may refer to.
        known: Certificates that a key identifier or serial number may mean.

    Returns:
        The certificate; ``None`` when it is named in a way that leads to none of them.

    Raises:
        EbmsError: EBMS:0101 when a token cannot be read.
    """
    reference = None
    if key_info is not None:
        reference = key_info.find(f"{{{WSSE}}}SecurityTokenReference")
    if reference is None:
        return None
    direct = reference.find(f"{{{WSSE}}}Reference")
    if direct is not None:
        return _token(security, direct.get("URI", ""))
    identifier = reference.find(f"{{{WSSE}}}KeyIdentifier")
    if identifier is not None:
        return _identified(identifier, known)
    path = f"{{{DS}}}X509Data/{{{DS}}}X509IssuerSerial/{{{DS}}}"
    issuer = reference.findtext(f"{path}X509IssuerName", "")
    serial = reference.findtext(f"{path}X509SerialNumber", "").strip()
    matching = [c for c in known if str(c.serial_number) == serial and _same_name(c.issuer, issuer)]
    return matching[0] if matching else None


def _token(security: etree._Element, uri: str) -> x509.Certificate | None:
    tokens = [
        token
        for token in security.findall(f"{{{WSSE}}}BinarySecurityToken")
        if f"#{token.get(f'{{{WSU}}}Id')}" == uri
    ]
    if len(tokens) != 1:
        return None
    (token,) = tokens
    if token.get("ValueType", X509_V3) != X509_V3 or token.get("EncodingType", BASE64) != BASE64:
        raise EbmsError("EBMS:0101", "a security token is not an X.509 certificate in Base64")
    return _load(token.text)


def _load(text: str | None) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets_of(text))
    except ValueError as error:
        raise EbmsError("EBMS:0101", "a security token cannot be read") from error


def _identified(
    identifier: etree._Element, known: Iterable[x509.Certificate]
) -> x509.Certificate | None:
    kind = identifier.get("ValueType", "")
    try:
        value = octets_of(identifier.text)
    except ValueError as error:
        raise EbmsError("EBMS:0101", "a key identifier cannot be read") from error
    if kind == X509_V3:
        return _load(identifier.text)
    if kind == SUBJECT_KEY_ID:
        return next((c for c in known if _key_identifier(c) == value), None)
    if kind == THUMBPRINT:
        return next((c for c in known if _thumbprint(c) == value), None)
    return None


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        return None
    return found.value.digest


def _thumbprint(certificate: x509.Certificate) -> bytes:
    # The identifier is defined with SHA-1; it only finds a certificate and proves nothing.
    der = certificate.public_bytes(Encoding.DER)
    return hashlib.sha1(der, usedforsecurity=False).digest()


def _same_name(name: x509.Name, text: str) -> bool:
    """Compare without order, white space and case: programs write names in both directions."""
    ours = sorted(_pair(rdn.rfc4514_string()) for rdn in name.rdns)
    try:
        parsed = x509.Name.from_rfc4514_string(text.strip(), _ALIASES)
    except ValueError:
        return False
    return ours == sorted(_pair(rdn.rfc4514_string()) for rdn in parsed.rdns)


def _pair(text: str) -> str:
    return "".join(text.split()).casefold()


_ALIASES = {
    "E": NameOID.EMAIL_ADDRESS,
    "EMAILADDRESS": NameOID.EMAIL_ADDRESS,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
}
