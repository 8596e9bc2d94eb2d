"""Algorithms of XML signatures by their identifiers.

Source: W3C XML Signature Syntax and Processing 1.1, RFC 6931, W3C Canonical XML 1.0 and 1.1,
Exclusive XML Canonicalization 1.0.
"""

from enum import StrEnum

from cryptography.hazmat.primitives import hashes

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


class C14n(StrEnum):
    """How a node is turned into octets (``ds:CanonicalizationMethod``)."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
    INCLUSIVE_11_WITH_COMMENTS = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"

    @property
    def exclusive(self) -> bool:
        """Whether only the namespaces in use are rendered."""
        return self in {C14n.EXCLUSIVE, C14n.EXCLUSIVE_WITH_COMMENTS}

    @property
    def with_comments(self) -> bool:
        """Whether comments are rendered."""
        return self.value.endswith("WithComments")

    @property
    def version_11(self) -> bool:
        """Whether this is Canonical XML 1.1."""
        return self in {C14n.INCLUSIVE_11, C14n.INCLUSIVE_11_WITH_COMMENTS}
