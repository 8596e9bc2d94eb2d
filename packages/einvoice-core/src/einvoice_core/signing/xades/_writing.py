"""Writes the qualifying properties of a signature and signs them with the document."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice_core.certificates import NotValidAtError, issuer_name
from einvoice_core.certificates.der import issuer_serial
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.errors import CannotSignError, MalformedSignature
from einvoice_core.signing.timestamp import TimestampClient
from einvoice_core.signing.xades._unsigned import place_for_countersignature
from einvoice_core.signing.xades.profile import (
    CertificateForm,
    DataFormat,
    Profile,
    SignaturePolicy,
)
from einvoice_core.signing.xmldsig import ENVELOPED, Reference, Signer
from einvoice_core.signing.xmldsig import sign as sign_xml
from einvoice_core.signing.xmldsig._references import digest
from einvoice_core.signing.xmldsig._signing import chain_of, key_info_text, lines_of
from einvoice_core.signing.xmldsig._templates import Part
from einvoice_core.xml.canonical import canonicalize
from einvoice_core.xml.parsing import parse

XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
COUNTERSIGNED = "http://uri.etsi.org/01903#CountersignedSignature"


def sign(
    xml: bytes,
    credential: Signer,
    profile: Profile,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
    role: str | None = None,
    timestamps: TimestampClient | None = None,
) -> bytes:
    """Sign a document as a profile says; the signature stands inside the document.

    Args:
        xml: The document; its bytes are kept, and the signature is put between them.
        credential: Key, certificate and chain.
        profile: What the signature must contain.
        clock: Says the signing time, with a time zone.
        ids: Gives one text that makes the identifiers of this signature unique.
        role: In which role the signer signs; by default the profile's.
        timestamps: Who proves when the signature existed (XAdES-T); by default nobody does.

    Raises:
        XmlRefused: The document cannot be read.
        CannotSignError: It is signed already, or the role is not one of the profile's.
        NotValidAtError: The certificate is not valid at the signing time.
        UnsupportedKeyError: The key cannot be used.
        TimestampError: The timestamp authority refuses, or answers something else.
    """
    name = ids()
    reference = Reference("", (ENVELOPED,), profile.digest, id=f"Reference-{name}")
    return _write(xml, credential, profile, reference, clock(), name, role, timestamps)


def countersign(
    xml: bytes,
    credential: Signer,
    profile: Profile,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
    role: str | None = None,
) -> bytes:
    """Sign the signature of a document, which goes on holding (``CounterSignature``).

    Args:
        xml: The signed document. It is written again, which keeps its canonical form.
        credential: Key, certificate and chain of who confirms the signature.
        profile: Algorithms and forms; its policy is named, its place and data format are not.
        clock: Says the signing time, with a time zone.
        ids: Gives one text that makes the identifiers of this signature unique.
        role: In which role the signer signs; by default the profile's.

    Raises:
        XmlRefused: The document cannot be read.
        CannotSignError: It has no signature with qualifying properties, or several.
        NotValidAtError: The certificate is not valid at the signing time.
        UnsupportedKeyError: The key cannot be used.
    """
    root, name = parse(xml), ids()
    try:
        place, value_id = place_for_countersignature(root, f"Countersigned-{name}")
    except MalformedSignature as error:
        raise CannotSignError(error.message) from error
    prepared = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    reference = Reference(f"#{value_id}", (), profile.digest, COUNTERSIGNED, f"Reference-{name}")
    inner = replace(profile, path=place, data_format=None)
    return _write(prepared, credential, inner, reference, clock(), name, role, None)


def _write(
    xml: bytes,
    credential: Signer,
    profile: Profile,
    reference: Reference,
    now: datetime,
    name: str,
    role: str | None,
    timestamps: TimestampClient | None,
) -> bytes:
    _require_valid(credential.certificate, now)
    signature_id = f"Signature-{name}"
    properties_id, key_info_id = f"{signature_id}-SignedProperties", f"{signature_id}-KeyInfo"
    properties = (
        f"<xades:SignedProperties Id={quoteattr(properties_id)}><xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{now.isoformat(timespec='seconds')}</xades:SigningTime>"
        f"{_signing_certificate(credential, profile)}"
        f"{_policy(profile.policy)}"
        f"{_role(profile, role)}"
        "</xades:SignedSignatureProperties>"
        f"{_data_format(profile.data_format, reference.id)}"
        "</xades:SignedProperties>"
    )
    start = (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}"'
        f" Target={quoteattr(f'#{signature_id}')}>{properties}"
    )
    end = "</xades:QualifyingProperties></ds:Object>"
    references = [
        reference,
        Reference(
            f"#{properties_id}", (profile.canonical_form,), profile.digest, SIGNED_PROPERTIES
        ),
    ]
    if profile.sign_key_info:
        references.append(Reference(f"#{key_info_id}", (profile.canonical_form,), profile.digest))
    carried = (credential.certificate, *(chain_of(credential) if profile.key_info_chain else ()))
    key_info = key_info_text(carried, info_id=key_info_id, key_value=profile.key_value)
    return sign_xml(
        xml,
        credential,
        references=references,
        hash_name=profile.hash_name,
        canonical_form=profile.canonical_form,
        key_info=key_info,
        objects=start + end,
        parts={
            properties_id: Part(properties, (("xades", XADES),)),
            key_info_id: Part(key_info),
        },
        complete=None
        if timestamps is None
        else lambda value: start + timestamp_text(value, timestamps, profile) + end,
        signature_id=signature_id,
        path=profile.path,
    )


def timestamp_text(value: etree._Element, client: TimestampClient, profile: Profile) -> str:
    """Have a signature value timestamped and write the unsigned properties that say so."""
    form = profile.canonical_form
    token = client.stamp(canonicalize(value, form), profile.digest)
    return (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>"
        f'<ds:CanonicalizationMethod Algorithm="{form}"/><xades:EncapsulatedTimeStamp>'
        f"{lines_of(token.octets)}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
        "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )


def _require_valid(certificate: x509.Certificate, now: datetime) -> None:
    if now.tzinfo is None:
        raise CannotSignError("the signing time has no time zone: let the clock give one")
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= now <= last:
        raise NotValidAtError(
            f"the certificate is valid from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC: "
            "sign with one that is valid now",
            first=first,
            last=last,
        )


def _digest(algorithm: DigestAlgorithm, value: str) -> str:
    return (
        f'<ds:DigestMethod Algorithm="{algorithm}"></ds:DigestMethod>'
        f"<ds:DigestValue>{value}</ds:DigestValue>"
    )


def _signing_certificate(credential: Signer, profile: Profile) -> str:
    named = (credential.certificate, *(chain_of(credential) if profile.certificate_chain else ()))
    form = profile.certificate_form
    certificates = "".join(
        _certificate(c, profile.certificate_digest, form, issuer_serial_too=profile.issuer_serial)
        for c in named
    )
    return f"<xades:{form}>{certificates}</xades:{form}>"


@lru_cache(maxsize=64)
def _certificate(
    certificate: x509.Certificate,
    algorithm: DigestAlgorithm,
    form: CertificateForm,
    *,
    issuer_serial_too: bool,
) -> str:
    octets = certificate.public_bytes(Encoding.DER)
    value = b64encode(digest(octets, algorithm)).decode("ascii")
    issuer = ""
    if issuer_serial_too and form is CertificateForm.V1:
        issuer = (
            f"<xades:IssuerSerial><ds:X509IssuerName>{escape(issuer_name(certificate))}"
            f"</ds:X509IssuerName><ds:X509SerialNumber>{certificate.serial_number}"
            "</ds:X509SerialNumber></xades:IssuerSerial>"
        )
    elif issuer_serial_too:
        der = b64encode(issuer_serial(certificate)).decode("ascii")
        issuer = f"<xades:IssuerSerialV2>{der}</xades:IssuerSerialV2>"
    return (
        f"<xades:Cert><xades:CertDigest>{_digest(algorithm, value)}"
        f"</xades:CertDigest>{issuer}</xades:Cert>"
    )


def _policy(policy: SignaturePolicy | None) -> str:
    if policy is None:
        return ""
    algorithm, value = next(iter(policy.digests.items()))
    description = _element("Description", policy.description)
    qualifiers = (
        "<xades:SigPolicyQualifiers><xades:SigPolicyQualifier>"
        f"{_element('SPURI', policy.uri)}"
        "</xades:SigPolicyQualifier></xades:SigPolicyQualifiers>"
        if policy.uri
        else ""
    )
    return (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
        f"{_element('Identifier', policy.identifier)}{description}</xades:SigPolicyId>"
        f"<xades:SigPolicyHash>{_digest(algorithm, value)}</xades:SigPolicyHash>"
        f"{qualifiers}</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    )


def _role(profile: Profile, role: str | None) -> str:
    claimed = profile.default_role if role is None else role
    if claimed and profile.roles and claimed not in profile.roles:
        raise CannotSignError(
            f"{profile.name} does not know the role {claimed!r}: use one of "
            + ", ".join(profile.roles)
        )
    if not claimed:
        return ""
    return (
        f"<xades:SignerRole><xades:ClaimedRoles>{_element('ClaimedRole', claimed)}"
        "</xades:ClaimedRoles></xades:SignerRole>"
    )


def _data_format(form: DataFormat | None, reference_id: str) -> str:
    if form is None:
        return ""
    identifier = ""
    if form.identifier:
        qualifier = f" Qualifier={quoteattr(form.qualifier)}" if form.qualifier else ""
        identifier = (
            f"<xades:ObjectIdentifier><xades:Identifier{qualifier}>{escape(form.identifier)}"
            "</xades:Identifier></xades:ObjectIdentifier>"
        )
    return (
        "<xades:SignedDataObjectProperties>"
        f"<xades:DataObjectFormat ObjectReference={quoteattr(f'#{reference_id}')}>"
        f"{_element('Description', form.description)}{identifier}"
        f"{_element('MimeType', form.mime_type)}{_element('Encoding', form.encoding)}"
        "</xades:DataObjectFormat></xades:SignedDataObjectProperties>"
    )


def _element(name: str, text: str) -> str:
    return f"<xades:{name}>{escape(text)}</xades:{name}>" if text else ""
