"""Algorithms of XML signatures by their identifiers.

Source: W3C XML Signature Syntax and Processing 1.1, RFC 6931, W3C Canonical XML 1.0 and 1.1,
Exclusive XML Canonicalization 1.0.
"""

from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from einvoice_core.xml.canonical import C14n

__all__ = ["C14n", "DigestAlgorithm", "SignatureAlgorithm"]

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class DigestAlgorithm(StrEnum):
    """How octets are digested (``ds:DigestMethod``)."""

    SHA1 = _DSIG + "sha1"
    SHA224 = _MORE + "sha224"
    SHA256 = _ENC + "sha256"
    SHA384 = _MORE + "sha384"
    SHA512 = _ENC + "sha512"

    @property
    def hash_name(self) -> str:
        """Name of the hash as :mod:`hashlib` writes it."""
        return self.name.lower()

    def new_hash(self) -> hashes.HashAlgorithm:
        """Make the hash object that cryptography takes."""
        return _HASHES[self.hash_name]()


class SignatureAlgorithm(StrEnum):
    """How ``ds:SignedInfo`` is signed (``ds:SignatureMethod``)."""

    RSA_SHA1 = _DSIG + "rsa-sha1"
    RSA_SHA256 = _MORE + "rsa-sha256"
    RSA_SHA384 = _MORE + "rsa-sha384"
    RSA_SHA512 = _MORE + "rsa-sha512"
    ECDSA_SHA256 = _MORE + "ecdsa-sha256"
    ECDSA_SHA384 = _MORE + "ecdsa-sha384"
    ECDSA_SHA512 = _MORE + "ecdsa-sha512"

    @property
    def key_type(self) -> str:
        """``RSA`` or ``ECDSA``."""
        return self.name.split("_")[0]

    @property
    def hash_name(self) -> str:
        """Name of the hash as :mod:`hashlib` writes it."""
        return self.name.split("_")[1].lower()

    def new_hash(self) -> hashes.HashAlgorithm:
        """Make the hash object that cryptography takes."""
        return _HASHES[self.hash_name]()
