"""Chains of certificates, from a signer up to a root that the caller trusts.

Source: RFC 5280, section 6.1, without policies and name constraints; a critical extension that is
not understood here refuses the chain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtensionOID

from einvoice_core.certificates.credential import load_certificates
from einvoice_core.certificates.errors import DAMAGED, UntrustedError

__all__ = ["MAX_CHAIN", "TrustStore"]

MAX_CHAIN = 8
"""Certificates between a signer and its root, at most."""

_MAX_STEPS = 64
"""Issuers that are tried for one certificate: strangers may send many that issue each other."""

_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.CERTIFICATE_POLICIES,
}


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The roots that the caller trusts, and intermediate certificates that may be needed.

    Args:
        roots: Trusted as they are.
        intermediates: Not trusted by themselves; they help to build a chain.
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = field(default=())

    @classmethod
    def from_pem(cls, *files: bytes) -> "TrustStore":
        """Trust every certificate in PEM texts.

        Raises:
            UnreadableFileError: A certificate cannot be read.
        """
        return cls(tuple(c for data in files for c in load_certificates(data)))

    def path_to_root(
        self,
        certificate: x509.Certificate,
        at: datetime,
        extra: Iterable[x509.Certificate] = (),
    ) -> tuple[x509.Certificate, ...]:
        """Return the certificates from the given one up to a trusted root, both included.

        Args:
            certificate: The signer's.
            at: The instant at which each of them must be valid.
            extra: Further certificates that came with the signature.

        Raises:
            UntrustedError: No such chain exists; the text says what the nearest attempt lacked.
        """
        helpers = (*self.intermediates, *extra)
        reasons: list[str] = []
        steps = iter(range(_MAX_STEPS))
        path = self._climb((certificate,), at, helpers, reasons, steps)
        if path is None:
            raise UntrustedError(reasons[-1] if reasons else "no trusted root issued it")
        return path

    def _climb(
        self,
        path: tuple[x509.Certificate, ...],
        at: datetime,
        helpers: tuple[x509.Certificate, ...],
        reasons: list[str],
        steps: Iterator[int],
    ) -> tuple[x509.Certificate, ...] | None:
        current = path[-1]
        fault = _fault(current, at, below=len(path) - 2)
        if fault:
            reasons.append(fault)
            return None
        if current in self.roots:
            return path
        if len(path) > MAX_CHAIN:
            reasons.append(f"the chain has more than {MAX_CHAIN} certificates")
            return None
        for issuer in _issuers(current, (*self.roots, *helpers)):
            if issuer not in path:
                if next(steps, None) is None:
                    reasons.append("the certificates that came along form too many chains")
                    return None
                found = self._climb((*path, issuer), at, helpers, reasons, steps)
                if found:
                    return found
        if not reasons:
            reasons.append(
                f"no trusted root or known authority issued {current.subject.rfc4514_string()!r}"
            )
        return None


def _issuers(
    certificate: x509.Certificate, candidates: Iterable[x509.Certificate]
) -> Iterator[x509.Certificate]:
    for candidate in candidates:
        if candidate.subject != certificate.issuer:
            continue
        try:
            certificate.verify_directly_issued_by(candidate)
        except (InvalidSignature, *DAMAGED):
            continue
        yield candidate


def _fault(certificate: x509.Certificate, at: datetime, below: int) -> str:
    name = certificate.subject.rfc4514_string()
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return f"{name!r} is not valid at {at.isoformat()}"
    try:
        extensions = certificate.extensions
    except DAMAGED:
        return f"{name!r} has extensions that cannot be read"
    for extension in extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            return f"{name!r} has a critical extension that is not understood: {extension.oid}"
    if below < 0:
        return ""
    return _authority_fault(name, extensions, below)


def _authority_fault(name: str, extensions: x509.Extensions, below: int) -> str:
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return f"{name!r} is not a certification authority"
    if not constraints.ca:
        return f"{name!r} is not a certification authority"
    if constraints.path_length is not None and constraints.path_length < below:
        return f"{name!r} allows fewer authorities below it"
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    return "" if usage.key_cert_sign else f"{name!r} may not sign certificates"
