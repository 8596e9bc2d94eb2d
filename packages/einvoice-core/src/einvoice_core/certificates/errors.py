"""What can be wrong with a certificate or the file that holds it.

CertificateError                certificate
├── UnreadableFileError         certificate.unreadable
├── WrongPasswordError          certificate.password
├── MissingKeyError             certificate.no_key
├── AmbiguousFileError          certificate.ambiguous
├── UnsupportedKeyError         certificate.unsupported_key
├── NotValidAtError             certificate.not_valid
└── UntrustedError              certificate.untrusted
"""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from einvoice_core.errors import EInvoiceError

__all__ = [
    "DAMAGED",
    "AmbiguousFileError",
    "CertificateError",
    "MissingKeyError",
    "NotValidAtError",
    "UnreadableFileError",
    "UnsupportedKeyError",
    "UntrustedError",
    "WrongPasswordError",
]


DAMAGED = (
    ValueError,
    TypeError,
    # Of older versions, for names whose text has a tag that they do not know.
    KeyError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises for a damaged certificate, list or response: some when it is loaded,
others when a part of it is looked at for the first time."""


class CertificateError(EInvoiceError):
    """A certificate cannot be used."""

    code = "certificate"


class UnreadableFileError(CertificateError):
    """The bytes are not a certificate file of the kind asked for, or use a cipher of the past."""

    code = "certificate.unreadable"


class WrongPasswordError(CertificateError):
    """The password does not open the file, or the file needs one."""

    code = "certificate.password"


class MissingKeyError(CertificateError):
    """The file holds no private key, or no certificate for it."""

    code = "certificate.no_key"


class AmbiguousFileError(CertificateError):
    """The file holds more than one private key."""

    code = "certificate.ambiguous"


class UnsupportedKeyError(CertificateError):
    """The key cannot be used with the algorithm, or is too short."""

    code = "certificate.unsupported_key"


class NotValidAtError(CertificateError):
    """The certificate has expired or is not valid yet at the instant that counts."""

    code = "certificate.not_valid"


class UntrustedError(CertificateError):
    """No chain leads from the certificate to a root that is trusted."""

    code = "certificate.untrusted"
