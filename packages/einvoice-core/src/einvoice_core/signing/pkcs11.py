"""Signers in a device: a smart card, a token, a hardware security module.

It needs ``einvoice-core[pkcs11]`` and the PKCS #11 library of the device's maker::

    with open_device("/usr/lib/opensc-pkcs11.so", pin) as signer:
        signed = facturae_es.sign(xml, signer)

The key does not leave the device; it gets digests.

Source: OASIS PKCS #11 Cryptographic Token Interface 2.40 (``CKM_RSA_PKCS``, ``CKM_ECDSA``);
RFC 8017, section 9.2, for what RSA signs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.constants import Attribute, ObjectClass, TokenFlag
from pkcs11.exceptions import (
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
)
from pkcs11.mechanisms import Mechanism

from einvoice_core.certificates import (
    AmbiguousFileError,
    MissingKeyError,
    UnreadableFileError,
    UnsupportedKeyError,
    WrongPasswordError,
    load_der_certificate,
)
from einvoice_core.certificates.credential import ordered_chain
from einvoice_core.signing.algorithms import SignatureAlgorithm
from einvoice_core.signing.errors import DeviceError
from einvoice_core.signing.remote import RemoteSigner

__all__ = ["open_device"]

# DigestInfo before the digest (RFC 8017, section 9.2, note 1).
_DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


@contextmanager
def open_device(
    library: str | Path, pin: str, *, label: str = "", key: str = ""
) -> Iterator[RemoteSigner]:
    """Open a device and yield a signer that works until the block ends.

    Args:
        library: The PKCS #11 library of the device's maker.
        pin: Of the user.
        label: Of the token; by default the only one that is there.
        key: Label of the key's certificate; by default the only key that has one.

    Raises:
        DeviceError: The library or the token is not there, or does not work.
        WrongPasswordError: The PIN is not right, or locked.
        MissingKeyError: There is no key with a certificate, or none with that label.
        AmbiguousFileError: There are several: name one.
        UnsupportedKeyError: While signing: the key is neither RSA nor elliptic curve, or too short.
    """
    with _open_session(library, pin, label) as session:
        try:
            certificate, chain, private = _find(session, key)
        except PKCS11Error as error:
            raise _failed(error) from error
        elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)

        def sign_digest(digest: bytes, algorithm: SignatureAlgorithm) -> bytes:
            try:
                if elliptic:
                    return _sign_with_ecdsa(private, certificate, digest)
                data = _DIGEST_INFO[algorithm.hash_name] + digest
                return bytes(private.sign(data, mechanism=Mechanism.RSA_PKCS))
            except KeyError:
                raise UnsupportedKeyError(f"devices do not sign with {algorithm.name}") from None
            except PKCS11Error as error:
                raise _failed(error) from error

        yield RemoteSigner(certificate, sign_digest, chain)


@contextmanager
def _open_session(library: str | Path, pin: str, label: str) -> Iterator[Any]:
    try:
        module = pkcs11.lib(str(library))
        usable = [
            token
            for token in module.get_tokens()
            if token.flags & TokenFlag.TOKEN_INITIALIZED and label in ("", token.label)
        ]
        if not usable:
            raise NoSuchToken
        if len(usable) > 1:
            names = ", ".join(sorted(str(token.label) for token in usable))
            raise AmbiguousFileError(f"there are several tokens: name one of {names}")
        session = usable[0].open(user_pin=pin)
    except (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired) as error:
        name = type(error).__name__
        raise WrongPasswordError(f"the PIN does not open the token: {name}") from error
    except NoSuchToken as error:
        name = f" {label!r}" if label else ""
        raise DeviceError(f"the token{name} is not there: put it in, or name another") from error
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise _failed(error) from error
    with session:
        yield session


def _find(
    session: Any,  # noqa: ANN401 - the library gives it no name to import
    label: str,
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...], Any]:
    """Find a private key with its certificate, and the authorities that lie beside it."""
    keys = {
        bytes(key[Attribute.ID]): key
        for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
    }
    mine: list[tuple[x509.Certificate, Any]] = []
    others: list[x509.Certificate] = []
    for entry in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            certificate = load_der_certificate(bytes(entry[Attribute.VALUE]))
        except UnreadableFileError:
            # Devices carry certificates of other kinds too.
            continue
        private = keys.get(bytes(entry[Attribute.ID]))
        if private is not None and label in ("", str(entry[Attribute.LABEL])):
            mine.append((certificate, private))
        else:
            others.append(certificate)
    if not mine:
        name = f" labelled {label!r}" if label else ""
        raise MissingKeyError(f"the device holds no key with a certificate{name}")
    if len(mine) > 1:
        raise AmbiguousFileError("the device holds several keys: name one by its label")
    certificate, private = mine[0]
    return certificate, ordered_chain(certificate, others), private


def _sign_with_ecdsa(
    private: Any,  # noqa: ANN401 - the library gives it no name to import
    certificate: x509.Certificate,
    digest: bytes,
) -> bytes:
    key = certificate.public_key()
    size = (key.curve.key_size + 7) // 8 if isinstance(key, ec.EllipticCurvePublicKey) else 0
    # Of a digest that is longer than the order of the curve the leftmost bits are signed.
    return bytes(private.sign(digest[:size], mechanism=Mechanism.ECDSA))


def _failed(error: Exception) -> DeviceError:
    return DeviceError(f"the device does not do it: {type(error).__name__} {error}".rstrip())
