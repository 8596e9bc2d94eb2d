"""Who a certificate was issued to, in the forms that Spanish authorities use.

The taxpayer's NIF is looked for in this order: ``organizationIdentifier`` (``VATES-``),
``(R: NIF)`` in the common name, ``serialNumber`` without ``IDCES-``, and the issuers' own
attributes in the subject's alternative name. Whether the NIF is a plausible one is for ``tax_es``
to say.

Source: ETSI EN 319 412-1, 5.1.3 and 5.1.4; certificates of FNMT and Izenpe.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import NameOID

__all__ = ["Holder", "HolderKind", "holder_of", "issuer_name"]

_ALTERNATIVE_NIF = ("1.3.6.1.4.1.5734.1.4", "1.3.6.1.4.1.14777.0.4")
_ORGANIZATION_NIF = re.compile(r"VATES-([0-9A-Z]{9})")
_PERSON_NIF = re.compile(r"(?:IDCES-|TINES-)?([0-9A-Z]{9})")
_REPRESENTED = re.compile(r"\(R:\s*([0-9A-Z]{9})\)")

# ETSI EN 319 411-2, 5.3: qualified certificates of legal persons, without and with a device.
_SEAL_POLICIES = {"0.4.0.194112.1.1", "0.4.0.194112.1.3"}

# Names beyond RFC 4514, section 3, in the form that OpenSSL and the authorities' validators print.
_ATTRIBUTE_NAMES = {
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.SURNAME: "SN",
    NameOID.GIVEN_NAME: "GN",
    NameOID.TITLE: "title",
    NameOID.EMAIL_ADDRESS: "emailAddress",
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
}


class HolderKind(StrEnum):
    """What stands behind a certificate."""

    NATURAL_PERSON = "natural person"
    REPRESENTATIVE = "representative"
    SEAL = "seal"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a certificate speaks for.

    Args:
        nif: NIF of the taxpayer: of the organisation where there is one; ``None`` for a device.
        name: Common name.
        organization: Name of the organisation, where there is one.
        kind: What stands behind the certificate.
        representative_nif: NIF of the person who acts for the organisation.
    """

    nif: str | None
    name: str
    organization: str
    kind: HolderKind
    representative_nif: str | None = None


def holder_of(certificate: x509.Certificate) -> Holder:
    """Read the holder from the subject of a certificate."""
    subject = certificate.subject
    common_name = _first(subject, NameOID.COMMON_NAME)
    organization = _first(subject, NameOID.ORGANIZATION_NAME)
    person = _person_nif(subject, certificate)
    represented = _organization_nif(subject, common_name)
    is_person = bool(_first(subject, NameOID.GIVEN_NAME) or _first(subject, NameOID.SURNAME))
    if represented is None and person is None:
        return Holder(None, common_name, organization, HolderKind.DEVICE)
    if represented is None:
        return Holder(person, common_name, organization, HolderKind.NATURAL_PERSON)
    # Izenpe's seals carry the name and NIF of whoever asked for them, who represents nobody here.
    is_seal = not is_person or _SEAL_POLICIES & _policies(certificate)
    if is_seal and not _REPRESENTED.search(common_name):
        return Holder(represented, common_name, organization, HolderKind.SEAL)
    kind = HolderKind.REPRESENTATIVE
    return Holder(represented, common_name, organization, kind, person)


def issuer_name(certificate: x509.Certificate) -> str:
    """Write the issuer's name as ``X509IssuerName`` holds it: RFC 4514, most specific first."""
    return certificate.issuer.rfc4514_string(_ATTRIBUTE_NAMES)


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    for attribute in name.get_attributes_for_oid(oid):
        return _text(attribute.value)
    return ""


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _organization_nif(subject: x509.Name, common_name: str) -> str | None:
    stated = _ORGANIZATION_NIF.fullmatch(_first(subject, NameOID.ORGANIZATION_IDENTIFIER))
    found = stated or _REPRESENTED.search(common_name)
    return found[1] if found else None


def _person_nif(subject: x509.Name, certificate: x509.Certificate) -> str | None:
    stated = _PERSON_NIF.fullmatch(_first(subject, NameOID.SERIAL_NUMBER))
    if stated:
        return stated[1]
    for name in _alternative_names(certificate):
        for oid in _ALTERNATIVE_NIF:
            found = _PERSON_NIF.fullmatch(_first(name, x509.ObjectIdentifier(oid)))
            if found:
                return found[1]
    return None


def _policies(certificate: x509.Certificate) -> set[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return set()
    return {policy.policy_identifier.dotted_string for policy in extension.value}


def _alternative_names(certificate: x509.Certificate) -> list[x509.Name]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return []
    return extension.value.get_values_for_type(x509.DirectoryName)
