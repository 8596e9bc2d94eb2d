"""How keys are transported and parts encrypted.

Source: W3C XML Encryption 1.1, sections 5.2.4, 5.5.2; RFC 8017 for OAEP.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from as4_peppol._names import DS, XENC, XENC_11
from einvoice_core.signing.algorithms import DigestAlgorithm

__all__ = [
    "AES_128_GCM",
    "AES_256_GCM",
    "KEY_BYTES",
    "OAEP_LEGACY",
    "OAEP_SHA256",
    "KeyTransport",
    "key_transport",
]

AES_128_GCM = f"{XENC_11}aes128-gcm"
AES_256_GCM = f"{XENC_11}aes256-gcm"
KEY_BYTES = {AES_128_GCM: 16, AES_256_GCM: 32}
"""Octets of the key of each way to encrypt a part."""

_OAEP_11 = f"{XENC_11}rsa-oaep"
_OAEP_MGF1P = f"{XENC}rsa-oaep-mgf1p"
_MGF = {
    f"{XENC_11}mgf1sha1": DigestAlgorithm.SHA1,
    f"{XENC_11}mgf1sha224": DigestAlgorithm.SHA224,
    f"{XENC_11}mgf1sha256": DigestAlgorithm.SHA256,
    f"{XENC_11}mgf1sha384": DigestAlgorithm.SHA384,
    f"{XENC_11}mgf1sha512": DigestAlgorithm.SHA512,
}


@dataclass(frozen=True, slots=True)
class KeyTransport:
    """RSA-OAEP with its two hashes.

    Args:
        algorithm: Identifier of the method.
        digest: Hash of the label.
        mask: Hash of the mask generation function.
    """

    algorithm: str
    digest: DigestAlgorithm
    mask: DigestAlgorithm

    def padding(self) -> padding.OAEP:
        """Make the padding that cryptography takes."""
        mask: hashes.HashAlgorithm = self.mask.new_hash()
        return padding.OAEP(padding.MGF1(mask), self.digest.new_hash(), None)

    def text(self) -> str:
        """Write ``xenc:EncryptionMethod``."""
        mask = ""
        if self.algorithm == _OAEP_11:
            named = next(name for name, digest in _MGF.items() if digest is self.mask)
            mask = f'<xenc11:MGF xmlns:xenc11="{XENC_11}" Algorithm="{named}"/>'
        return (
            f'<xenc:EncryptionMethod Algorithm="{self.algorithm}">'
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{self.digest}"/>{mask}'
            "</xenc:EncryptionMethod>"
        )


OAEP_SHA256 = KeyTransport(_OAEP_11, DigestAlgorithm.SHA256, DigestAlgorithm.SHA256)
"""What eDelivery AS4 1.15 and Peppol demand."""

OAEP_LEGACY = frozenset(
    {
        KeyTransport(_OAEP_MGF1P, DigestAlgorithm.SHA256, DigestAlgorithm.SHA1),
        KeyTransport(_OAEP_MGF1P, DigestAlgorithm.SHA1, DigestAlgorithm.SHA1),
        KeyTransport(_OAEP_11, DigestAlgorithm.SHA256, DigestAlgorithm.SHA1),
    }
)
"""What older programs still send."""


def key_transport(method: etree._Element | None) -> KeyTransport | None:
    """Read ``xenc:EncryptionMethod``; ``None`` when it is not RSA-OAEP with known hashes."""
    if method is None:
        return None
    algorithm = method.get("Algorithm", "")
    if algorithm not in {_OAEP_11, _OAEP_MGF1P}:
        return None
    parameters = method.find(f"{{{XENC}}}OAEPparams")
    if parameters is not None and (parameters.text or "").strip():
        return None
    named = method.find(f"{{{DS}}}DigestMethod")
    mask = method.find(f"{{{XENC_11}}}MGF")
    try:
        digest = (
            DigestAlgorithm.SHA1 if named is None else DigestAlgorithm(named.get("Algorithm", ""))
        )
    except ValueError:
        return None
    generator = DigestAlgorithm.SHA1 if mask is None else _MGF.get(mask.get("Algorithm", ""))
    if algorithm == _OAEP_MGF1P:
        # Its name fixes the mask; an element that says otherwise is ignored by its definition.
        generator = DigestAlgorithm.SHA1
    return None if generator is None else KeyTransport(algorithm, digest, generator)
