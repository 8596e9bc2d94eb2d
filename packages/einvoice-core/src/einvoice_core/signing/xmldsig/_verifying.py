"""Verifies a signature and says what it covers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from einvoice_core.certificates import load_der_certificate
from einvoice_core.certificates.errors import DAMAGED, UnreadableFileError
from einvoice_core.signing.algorithms import C14n, SignatureAlgorithm
from einvoice_core.signing.errors import ForbiddenAlgorithm, MalformedSignature, SignatureRefused
from einvoice_core.signing.report import Checklist, CheckName, SignatureReport
from einvoice_core.signing.xmldsig._references import (
    ALLOWED,
    DSIG,
    Allowed,
    Dereferencer,
    Ids,
    Resolver,
    SignedReference,
    algorithm_of,
    canonical_form,
    octets_of,
    only,
)
from einvoice_core.xml.canonical import CanonicalError, canonicalize
from einvoice_core.xml.parsing import parse

_MAX_CERTIFICATES = 16
_USUAL_CERTIFICATE = 8 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """What a signature that holds says, and what it covers.

    Args:
        root: The document.
        signature: The element ``ds:Signature``.
        references: What was signed; rely on their elements and octets, not on the document.
        certificate: Of the key that made the signature.
        algorithm: Of the signature value.
        report: The checks, with those that did not run.
    """

    root: etree._Element
    signature: etree._Element
    references: tuple[SignedReference, ...]
    certificate: x509.Certificate
    algorithm: SignatureAlgorithm
    report: SignatureReport = field(repr=False)

    @property
    def elements(self) -> tuple[etree._Element, ...]:
        """The elements that are signed, each with all that it contains."""
        return tuple(r.element for r in self.references if r.element is not None)


@dataclass(frozen=True, slots=True)
class Method:
    """How ``ds:SignedInfo`` was signed."""

    algorithm: SignatureAlgorithm
    form: C14n
    prefixes: tuple[str, ...]


def signatures_of(root: etree._Element) -> list[etree._Element]:
    """Return the signatures of a document, but for those that stand inside another one."""
    found = root.iter(f"{{{DSIG}}}Signature")
    return [s for s in found if next(s.iterancestors(f"{{{DSIG}}}Signature"), None) is None]


def verify(
    document: "bytes | etree._Element",
    *,
    certificate: x509.Certificate | None = None,
    signature: etree._Element | None = None,
    resolve: Resolver | None = None,
    allowed: Allowed = ALLOWED,
) -> Verified:
    """Verify the signature of a document; whether its certificate is trusted is another question.

    Args:
        document: The bytes, or the root that :func:`~einvoice_core.xml.parsing.parse` returned.
        certificate: Whose key must have signed; by default one that the signature carries.
        signature: Which signature; by default the only one.
        resolve: Gives what references outside the document point at.
        allowed: What the signature may ask for.

    Raises:
        XmlRefused: The bytes cannot be read.
        SignatureRefused: A check failed.
    """
    root = parse(document) if isinstance(document, bytes) else document
    checks = Checklist()
    found = signature
    if found is None:
        found = checks.run(CheckName.STRUCTURE, lambda: the_signature(root))
    result = None
    if found is not None:
        offered = [certificate] if certificate is not None else None
        result = inspect(checks, root, found, offered, resolve, allowed)
    for name in _ELSEWHERE:
        checks.skip(name, "XML signatures do not say this")
    report = SignatureReport(checks.checks, result[1] if result else None)
    if found is None or result is None or not report.ok:
        raise SignatureRefused(report)
    references, used, method = result
    return Verified(root, found, references, used, method.algorithm, report)


_ELSEWHERE = [
    name
    for name in CheckName
    if name
    not in {
        CheckName.STRUCTURE,
        CheckName.DUPLICATE_IDS,
        CheckName.ALGORITHMS,
        CheckName.INTEGRITY,
    }
]


def the_signature(root: etree._Element) -> etree._Element:
    """Return the only signature of a document.

    Raises:
        MalformedSignature: There is none, or more than one.
    """
    found = signatures_of(root)
    if len(found) != 1:
        raise MalformedSignature(f"the document has {len(found)} signatures; one was expected")
    return found[0]


def inspect(
    checks: Checklist,
    root: etree._Element,
    signature: etree._Element,
    certificates: Sequence[x509.Certificate] | None,
    resolve: Resolver | None,
    allowed: Allowed,
    known: Ids | None = None,
) -> tuple[tuple[SignedReference, ...], x509.Certificate, Method] | None:
    """Check structure, identifiers, algorithms and integrity.

    Returns:
        What is signed, with which certificate and how; ``None`` when a check failed.
    """
    ids = known or Ids(root)
    checks.run(CheckName.DUPLICATE_IDS, lambda: _unique(ids))
    info = checks.run(CheckName.STRUCTURE, lambda: _structure(signature))
    if info is None:
        return None
    method = checks.run(CheckName.ALGORITHMS, lambda: method_of(info, allowed))
    if method is None:
        return None

    def integrity() -> tuple[tuple[SignedReference, ...], x509.Certificate]:
        offered = certificates if certificates is not None else certificates_of(signature)
        used = _signer(signature, info, offered, method, allowed)
        reader = Dereferencer(root, ids.find, allowed, resolve, signature)
        return tuple(reader.all(info)), used

    result = checks.run(CheckName.INTEGRITY, integrity)
    return None if result is None else (*result, method)


def certificates_of(signature: etree._Element) -> list[x509.Certificate]:
    """Read the certificates that a signature carries in ``ds:KeyInfo``.

    Raises:
        MalformedSignature: One cannot be read, or there are too many.
    """
    path = f"{{{DSIG}}}KeyInfo/{{{DSIG}}}X509Data/{{{DSIG}}}X509Certificate"
    found = signature.findall(path)
    if len(found) > _MAX_CERTIFICATES:
        raise MalformedSignature(f"the signature carries {len(found)} certificates")
    return [_certificate(octets_of(element)) for element in found]


def _certificate(der: bytes) -> x509.Certificate:
    return _known_certificate(der) if len(der) <= _USUAL_CERTIFICATE else _read_certificate(der)


def _read_certificate(der: bytes) -> x509.Certificate:
    """Read a stranger's certificate with all its parts, which are otherwise read when asked for."""
    try:
        certificate = load_der_certificate(der)
        _ = certificate.extensions
    except (UnreadableFileError, *DAMAGED) as error:
        raise MalformedSignature("a certificate of the signature cannot be read") from error
    return certificate


# The same signers and authorities come again and again.
_known_certificate = lru_cache(maxsize=128)(_read_certificate)


def method_of(info: etree._Element, allowed: Allowed) -> Method:
    """Read how ``SignedInfo`` was signed.

    Raises:
        ForbiddenAlgorithm: In a way that is not known or not allowed.
    """
    form, prefixes = canonical_form(only(info, "CanonicalizationMethod"))
    if form not in allowed.canonical_forms:
        raise ForbiddenAlgorithm(f"the canonical form {form.value!r} is not allowed")
    named = algorithm_of(only(info, "SignatureMethod"))
    try:
        algorithm = SignatureAlgorithm(named)
    except ValueError:
        raise ForbiddenAlgorithm(f"the signature algorithm {named!r} is not known") from None
    if algorithm not in allowed.signatures:
        raise ForbiddenAlgorithm(f"signatures with {algorithm.name} are not allowed")
    return Method(algorithm, form, prefixes)


def _unique(ids: Ids) -> None:
    if ids.repeated:
        raise MalformedSignature(f"several elements have the identifier {ids.repeated[0]!r}")


def _structure(signature: etree._Element) -> etree._Element:
    info = only(signature, "SignedInfo")
    only(signature, "SignatureValue")
    if len(signature.findall(f"{{{DSIG}}}KeyInfo")) > 1:
        raise MalformedSignature("Signature has several elements KeyInfo")
    return info


def _signer(
    signature: etree._Element,
    info: etree._Element,
    certificates: Sequence[x509.Certificate],
    method: Method,
    allowed: Allowed,
) -> x509.Certificate:
    """Return the certificate whose key made the signature value."""
    if not certificates:
        raise MalformedSignature("the signature carries no certificate: give the signer's")
    value = octets_of(only(signature, "SignatureValue"))
    try:
        signed = canonicalize(info, method.form, inclusive_prefixes=method.prefixes)
    except CanonicalError as error:
        raise MalformedSignature(error.message) from error
    reasons: list[MalformedSignature] = []
    for certificate in certificates:
        try:
            verify_value(certificate, value, signed, method.algorithm, allowed)
        except MalformedSignature as error:
            reasons.append(error)
        else:
            return certificate
    raise reasons[0]


def verify_value(
    certificate: x509.Certificate,
    value: bytes,
    signed: bytes,
    algorithm: SignatureAlgorithm,
    allowed: Allowed,
) -> None:
    """Verify a signature value with the key of a certificate.

    Raises:
        MalformedSignature: It does not hold, or the key does not fit the algorithm.
    """
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ForbiddenAlgorithm("the key of the certificate cannot be read") from error
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.key_type == "RSA":
            _require_good_rsa(key, allowed.rsa_bits)
            key.verify(value, signed, padding.PKCS1v15(), algorithm.new_hash())
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.key_type == "ECDSA":
            if key.curve.key_size < allowed.ec_bits:
                raise ForbiddenAlgorithm(f"keys on the curve {key.curve.name} are not allowed")
            size = (key.curve.key_size + 7) // 8
            if len(value) != 2 * size:
                raise MalformedSignature(f"an ECDSA value of {len(value)} bytes does not fit")
            r, s = (int.from_bytes(part, "big") for part in (value[:size], value[size:]))
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(algorithm.new_hash()))
        else:
            raise ForbiddenAlgorithm(f"{algorithm.name} does not fit the key of the certificate")
    except InvalidSignature as error:
        raise MalformedSignature(
            "the signature value does not hold: SignedInfo or the certificate was changed"
        ) from error


def _require_good_rsa(key: rsa.RSAPublicKey, bits: int) -> None:
    if key.key_size < bits:
        raise ForbiddenAlgorithm(f"RSA keys of {key.key_size} bits are not allowed")
    exponent = key.public_numbers().e
    if exponent < 3 or exponent % 2 == 0:
        raise ForbiddenAlgorithm(f"RSA keys with the exponent {exponent} are not allowed")
