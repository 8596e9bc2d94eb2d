"""Certificates: load a key with its certificate, say whose it is, and whether it is trusted."""

from einvoice_core.certificates.credential import (
    Credential,
    load_certificates,
    load_der_certificate,
    load_pem,
    load_pkcs12,
)
from einvoice_core.certificates.errors import (
    AmbiguousFileError,
    CertificateError,
    MissingKeyError,
    NotValidAtError,
    UnreadableFileError,
    UnsupportedKeyError,
    UntrustedError,
    WrongPasswordError,
)
from einvoice_core.certificates.holder import Holder, HolderKind, holder_of, issuer_name
from einvoice_core.certificates.trust import TrustStore

__all__ = [
    "AmbiguousFileError",
    "CertificateError",
    "Credential",
    "Holder",
    "HolderKind",
    "MissingKeyError",
    "NotValidAtError",
    "TrustStore",
    "UnreadableFileError",
    "UnsupportedKeyError",
    "UntrustedError",
    "WrongPasswordError",
    "holder_of",
    "issuer_name",
    "load_certificates",
    "load_der_certificate",
    "load_pem",
    "load_pkcs12",
]
