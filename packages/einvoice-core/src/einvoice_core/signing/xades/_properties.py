"""Reads the qualifying properties of a signature; nothing here is trusted yet."""

import hmac
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.signing.xades.profile import SignaturePolicy
from einvoice_core.signing.xmldsig._references import (
    DSIG,
    digest,
    digest_algorithm,
    octets_of,
    only,
    text_of,
)

# xs:dateTime of our era; the years leave room for sums of instants.
_INSTANT = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)

# Signatures of 2007 use 1.2.2; what is read here has the same names in it.
_TYPES = {
    "http://uri.etsi.org/01903/v1.3.2#": "http://uri.etsi.org/01903#SignedProperties",
    "http://uri.etsi.org/01903/v1.2.2#": "http://uri.etsi.org/01903/v1.2.2#SignedProperties",
}


@dataclass(frozen=True, slots=True)
class Properties:
    """The signed properties of one signature.

    Args:
        element: ``SignedProperties``.
        reference_type: What a reference to it says in ``Type``.
    """

    element: etree._Element
    namespace: str
    reference_type: str

    def find(self, path: str) -> etree._Element | None:
        """Find an element by the local names from ``SignedSignatureProperties`` down."""
        steps = "/".join(f"{{{self.namespace}}}{step}" for step in path.split("/"))
        return self.element.find(f"{{{self.namespace}}}SignedSignatureProperties/{steps}")

    def find_all(self, path: str) -> list[etree._Element]:
        """Find elements by the local names from ``SignedSignatureProperties`` down."""
        steps = "/".join(f"{{{self.namespace}}}{step}" for step in path.split("/"))
        return self.element.findall(f"{{{self.namespace}}}SignedSignatureProperties/{steps}")


def properties_of(signature: etree._Element) -> Properties:
    """Find the signed properties inside a signature.

    Raises:
        MalformedSignature: They are missing, repeated, or belong to another signature.
    """
    found = [
        (child, namespace)
        for namespace in _TYPES
        for child in signature.findall(f"{{{DSIG}}}Object/{{{namespace}}}QualifyingProperties")
    ]
    if len(found) != 1:
        raise MalformedSignature(f"the signature has {len(found)} QualifyingProperties")
    qualifying, namespace = found[0]
    if qualifying.get("Target") != f"#{signature.get('Id', '')}":
        raise MalformedSignature("QualifyingProperties belong to another signature")
    signed = only(qualifying, "SignedProperties", namespace)
    return Properties(signed, namespace, _TYPES[namespace])


def signing_time(properties: Properties) -> datetime:
    """Read when the signer says that the signature was made.

    Raises:
        MalformedSignature: It is missing, not an instant, or has no time zone.
    """
    text = _text(properties.find("SigningTime"))
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise MalformedSignature(f"the signing time {text!r} is not an instant") from None
    if instant.tzinfo is None:
        raise MalformedSignature(f"the signing time {text!r} has no time zone")
    return instant


def roles(properties: Properties) -> tuple[str, ...]:
    """Read the roles that the signer claims.

    Raises:
        MalformedSignature: One holds more than a text.
    """
    return tuple(
        _text(role)
        for form in ("SignerRole", "SignerRoleV2")
        for role in properties.find_all(f"{form}/ClaimedRoles/ClaimedRole")
    )


def policy_identifier(properties: Properties) -> str:
    """Read which policy the signature names; empty for none.

    Raises:
        MalformedSignature: Its identifier holds more than a text.
    """
    path = "SignaturePolicyIdentifier/SignaturePolicyId/SigPolicyId/Identifier"
    return _text(properties.find(path))


def require_policy(properties: Properties, policies: Sequence[SignaturePolicy]) -> None:
    """Require that the signature names one of some policies with its right digest.

    Raises:
        MalformedSignature: It names none, another one, or one with another digest.
    """
    named = policy_identifier(properties)
    policy = next((p for p in policies if named in (p.identifier, *p.other_identifiers)), None)
    if policy is None:
        raise MalformedSignature(
            f"the signature names the policy {named!r}, not {policies[0].identifier!r}"
        )
    path = "SignaturePolicyIdentifier/SignaturePolicyId/SigPolicyHash"
    stated = properties.find(path)
    if stated is None:
        raise MalformedSignature("the signature names the policy without its digest")
    method = digest_algorithm(only(stated, "DigestMethod"))
    value = octets_of(only(stated, "DigestValue"))
    if method not in policy.digests:
        raise MalformedSignature(f"the {method.name} digest of the policy is not known")
    if not hmac.compare_digest(value, b64decode(policy.digests[method])):
        raise MalformedSignature("the digest of the policy is not that of the published document")


def bound_certificate(
    properties: Properties, offered: Sequence[x509.Certificate]
) -> x509.Certificate:
    """Return the certificate that the signed properties name.

    Its digest may be SHA-1: to put another certificate in its place takes a second preimage.

    Raises:
        MalformedSignature: None is named, or the one that is named did not come along.
    """
    certificate = properties.find("SigningCertificateV2/Cert")
    if certificate is None:
        certificate = properties.find("SigningCertificate/Cert")
    if certificate is None:
        raise MalformedSignature("the signed properties do not name the signing certificate")
    stated = only(certificate, "CertDigest", properties.namespace)
    method = digest_algorithm(only(stated, "DigestMethod"))
    value = octets_of(only(stated, "DigestValue"))
    for candidate in offered:
        if hmac.compare_digest(digest(candidate.public_bytes(Encoding.DER), method), value):
            _require_serial(certificate, candidate)
            return candidate
    raise MalformedSignature(
        "the certificate in KeyInfo is not the one that the signed properties name"
    )


def _require_serial(named: etree._Element, certificate: x509.Certificate) -> None:
    serial = named.find(f".//{{{DSIG}}}X509SerialNumber")
    if serial is not None and _text(serial) != str(certificate.serial_number):
        raise MalformedSignature("the signed properties give another serial number")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else text_of(element).strip()
