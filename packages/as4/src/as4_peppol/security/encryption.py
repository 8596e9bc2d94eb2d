"""Encryption of the parts of a message: AES-GCM with a key of its own, wrapped for the receiver.

A part is written as initialisation vector, ciphertext and tag. It is decrypted to a spool; nobody
gets the octets before the tag is right.

Source: W3C XML Encryption 1.1; OASIS SOAP with Attachments profile 1.1, section 5.5.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509 import Certificate

from as4_peppol.errors import EbmsError, PackError
from as4_peppol.security.algorithms import KEY_BYTES, KeyTransport
from as4_peppol.spool import Spool

__all__ = ["OVERHEAD_BYTES", "UNREADABLE", "SealedKey", "decrypt", "encrypt", "new_key", "seal"]

_VECTOR_BYTES = 12
_TAG_BYTES = 16
OVERHEAD_BYTES = _VECTOR_BYTES + _TAG_BYTES
"""By so many octets a part grows."""

UNREADABLE = "the message cannot be decrypted"
"""The one text for every failure to decrypt: a reason would help whoever probes the key."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key for one message.

    Args:
        key: The key itself.
        wrapped: The same, encrypted for the receiver.
    """

    key: bytes
    wrapped: bytes

    def __repr__(self) -> str:
        return "SealedKey(...)"


def new_key(algorithm: str) -> bytes:
    """Make a key at random."""
    return os.urandom(KEY_BYTES[algorithm])


def seal(key: bytes, receiver: Certificate, transport: KeyTransport) -> SealedKey:
    """Encrypt a key for the holder of a certificate.

    Raises:
        PackError: The certificate has no RSA key.
    """
    public = receiver.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise PackError("the receiver's certificate has no RSA key: nothing can be encrypted to it")
    return SealedKey(key, public.encrypt(key, transport.padding()))


def encrypt(spool: Spool, key: bytes) -> Iterator[bytes]:
    """Yield a part in its encrypted form, piece by piece."""
    vector = os.urandom(_VECTOR_BYTES)
    engine = Cipher(algorithms.AES(key), modes.GCM(vector)).encryptor()
    yield vector
    for chunk in spool.chunks():
        yield engine.update(chunk)
    yield engine.finalize() + engine.tag


def decrypt(sealed: Spool, key: bytes, folder: Path | None = None) -> Spool:
    """Decrypt a part; the octets are given out only when its tag is right.

    Raises:
        EbmsError: EBMS:0102 when the part is not what was encrypted with that key.
    """
    if sealed.size < OVERHEAD_BYTES:
        raise EbmsError("EBMS:0102", UNREADABLE)
    end = sealed.size - _TAG_BYTES
    vector = b"".join(sealed.chunks(0, _VECTOR_BYTES))
    tag = b"".join(sealed.chunks(end))
    engine = Cipher(algorithms.AES(key), modes.GCM(vector, tag)).decryptor()
    opened = Spool(folder)
    try:
        for chunk in sealed.chunks(_VECTOR_BYTES, end):
            opened.write(engine.update(chunk))
        opened.write(engine.finalize())
    except InvalidTag as error:
        opened.close()
        raise EbmsError("EBMS:0102", UNREADABLE) from error
    except BaseException:
        opened.close()
        raise
    return opened
