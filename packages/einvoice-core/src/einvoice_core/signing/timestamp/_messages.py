"""Requests, answers and tokens as octets."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cryptography import x509

from einvoice_core.certificates import der, load_der_certificate
from einvoice_core.certificates.errors import UnreadableFileError
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.timestamp.errors import NotGrantedError, TimestampUnreadable

__all__ = [
    "DIGESTS",
    "REPLY_TYPE",
    "REQUEST_TYPE",
    "TimestampClient",
    "Token",
    "read_response",
    "read_token",
    "request",
]

REQUEST_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"

DIGESTS = {
    "1.3.14.3.2.26": DigestAlgorithm.SHA1,
    "2.16.840.1.101.3.4.2.4": DigestAlgorithm.SHA224,
    "2.16.840.1.101.3.4.2.1": DigestAlgorithm.SHA256,
    "2.16.840.1.101.3.4.2.2": DigestAlgorithm.SHA384,
    "2.16.840.1.101.3.4.2.3": DigestAlgorithm.SHA512,
}
_DIGEST_IDS = {algorithm: dotted for dotted, algorithm in DIGESTS.items()}
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_MAX_BYTES = 1024 * 1024
_MAX_CERTIFICATES = 16
_TRUE = b"\xff"

# RFC 3161, section 2.4.2.
_GRANTED = {0, 1}
_STATUS = {2: "rejection", 3: "waiting", 4: "revocation warning", 5: "revocation notification"}
_FAILURES = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A timestamp as an authority issued it; nothing of it is checked yet.

    Args:
        octets: The token in DER (``ContentInfo``), as it goes into a signature.
        generated_at: When the authority says that the data existed (``genTime``).
        digest: Algorithm of the imprint.
        imprint: Digest of the data.
        policy: Identifier of the authority's policy.
        serial: Of the token.
        nonce: That of the request.
        certificates: That came with it.
        signer: Everything about the signature, for the checks.
    """

    octets: bytes = field(repr=False)
    generated_at: datetime
    digest: DigestAlgorithm
    imprint: bytes = field(repr=False)
    policy: str
    serial: int
    nonce: int | None
    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    signer: "SignerInfo" = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """The signature of a token.

    Args:
        content: What is signed: ``TSTInfo``.
        identifier: Of the certificate: issuer and serial number, or key identifier.
        digest: Identifier of the digest.
        attributes: The signed ones, by identifier; each has one value.
        attributes_octets: Exactly what the signature value is about.
        algorithm: Identifier of the signature.
        value: Of the signature.
    """

    content: bytes
    identifier: der.Element
    digest: str
    attributes: dict[str, der.Element]
    attributes_octets: bytes
    algorithm: str
    value: bytes


class TimestampClient(Protocol):
    """Whoever gets timestamps; a caller may bring their own."""

    def stamp(self, data: bytes, digest: DigestAlgorithm = DigestAlgorithm.SHA256) -> Token:
        """Have octets timestamped.

        Args:
            data: The octets; only their digest leaves the house.
            digest: Algorithm of the digest.

        Raises:
            TimestampError: The authority refuses, or answers something else.
            TransportError: No answer came.
        """


def request(
    data: bytes,
    *,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    nonce: int | None = None,
    policy: str = "",
    certificates: bool = True,
) -> bytes:
    """Write a request (``TimeStampReq``).

    Args:
        data: The octets to timestamp; the request holds their digest.
        digest: Algorithm of the digest; SHA-1 is not offered.
        nonce: A number that the token must repeat; take 64 random bits.
        policy: Identifier of the policy asked for; by default the authority chooses.
        certificates: Whether the token shall hold the certificate of the authority.

    Raises:
        ValueError: The digest is SHA-1, or the nonce negative.
    """
    if digest is DigestAlgorithm.SHA1:
        raise ValueError("SHA-1 is read, never asked for: take SHA256 or better")
    if nonce is not None and nonce < 0:
        raise ValueError("the nonce is negative")
    algorithm = der.sequence(der.object_identifier(_DIGEST_IDS[digest]), b"\x05\x00")
    imprint = hashlib.new(digest.hash_name, data).digest()
    return der.sequence(
        der.integer(1),
        der.sequence(algorithm, der.octet_string(imprint)),
        der.object_identifier(policy) if policy else b"",
        der.integer(nonce) if nonce is not None else b"",
        der.tlv(der.BOOLEAN, _TRUE) if certificates else b"",
    )


def read_response(response: bytes, query: bytes | None = None) -> Token:
    """Read the token in an answer (``TimeStampResp``).

    Args:
        response: As it came.
        query: The request; then imprint, nonce and policy of the token must be those.

    Raises:
        NotGrantedError: The authority refuses.
        TimestampUnreadable: It is no such answer, or the answer to another request.
    """
    try:
        _limit(response)
        status, *rest = der.only_element(response).expect(der.SEQUENCE).children
        _require_granted(status)
        if len(rest) != 1:
            raise TimestampUnreadable("the answer says yes and holds no token")
        token = read_token(rest[0].raw)
        if query is not None:
            _require_answer(token, query)
    except (UnreadableFileError, ValueError) as error:
        raise TimestampUnreadable(f"the answer cannot be read: {error}") from error
    return token


def read_token(octets: bytes) -> Token:
    """Read a token (``ContentInfo`` with ``SignedData``), as it stands in a signature.

    Raises:
        TimestampUnreadable: It is none, or not in DER.
    """
    try:
        _limit(octets)
        return _token(octets)
    except (UnreadableFileError, ValueError, StopIteration, KeyError) as error:
        raise TimestampUnreadable(f"the timestamp cannot be read: {error}") from error


def _token(octets: bytes) -> Token:
    kind, wrapped = der.only_element(octets).expect(der.SEQUENCE).children
    if kind.object_identifier() != _SIGNED_DATA:
        raise ValueError("it is no signed data")
    _, _, encapsulated, *rest = der.only_element(wrapped.content).expect(der.SEQUENCE).children
    content_kind, content_wrapped = encapsulated.children
    if content_kind.object_identifier() != _TST_INFO:
        raise ValueError("the signed data is no timestamp")
    content = der.only_element(content_wrapped.content).expect(der.OCTET_STRING).content
    certificates = [each for part in rest if part.tag == 0xA0 for each in part.children]
    if len(certificates) > _MAX_CERTIFICATES:
        raise ValueError(f"it holds {len(certificates)} certificates")
    signers = rest[-1].expect(der.SET).children
    if len(signers) != 1:
        raise ValueError(f"it has {len(signers)} signatures")
    version, policy, imprint, serial, time, *optional = (
        der.only_element(content).expect(der.SEQUENCE).children
    )
    if version.integer() != 1:
        raise ValueError(f"its version is {version.integer()}")
    algorithm, value = imprint.children
    dotted = algorithm.children[0].object_identifier()
    if dotted not in DIGESTS:
        raise ValueError(f"the digest {dotted} is not known")
    nonces = [part.integer() for part in optional if part.tag == der.INTEGER]
    return Token(
        octets=octets,
        generated_at=time.time(),
        digest=DIGESTS[dotted],
        imprint=value.expect(der.OCTET_STRING).content,
        policy=policy.object_identifier(),
        serial=serial.integer(),
        nonce=nonces[0] if nonces else None,
        certificates=tuple(
            load_der_certificate(each.raw) for each in certificates if each.tag == der.SEQUENCE
        ),
        signer=_signer(signers[0], content),
    )


def _signer(element: der.Element, content: bytes) -> SignerInfo:
    _, identifier, digest, *rest = element.expect(der.SEQUENCE).children
    signed = rest[0].expect(0xA0)
    algorithm, value = rest[1], rest[2]
    attributes: dict[str, der.Element] = {}
    for attribute in signed.children:
        name, values = attribute.children
        dotted = name.object_identifier()
        if dotted in attributes:
            raise ValueError(f"the attribute {dotted} stands twice")
        (attributes[dotted],) = values.expect(der.SET).children
    return SignerInfo(
        content,
        identifier,
        digest.children[0].object_identifier(),
        attributes,
        # The signature is about the set with its own tag, not the one it has here.
        der.tlv(der.SET, signed.content),
        algorithm.children[0].object_identifier(),
        value.expect(der.OCTET_STRING).content,
    )


def _require_granted(status: der.Element) -> None:
    number, *rest = status.expect(der.SEQUENCE).children
    code = number.integer()
    if code in _GRANTED:
        return
    texts = [
        line.content.decode("utf-8", "replace")
        for part in rest
        if part.tag == der.SEQUENCE
        for line in part.children
    ]
    failure = next((_failure(part.content) for part in rest if part.tag == 0x03), "")
    name = _STATUS.get(code, str(code))
    said = "; ".join(filter(None, [failure, *texts]))[:300]
    raise NotGrantedError(
        f"the timestamp authority answers with {name}: {said}", status=name, failure=failure
    )


def _failure(bits: bytes) -> str:
    octets = bits[1:]
    found = [n for n in range(8 * len(octets)) if octets[n // 8] & 0x80 >> n % 8]
    return ", ".join(_FAILURES.get(number, str(number)) for number in found)


def _require_answer(token: Token, query: bytes) -> None:
    _, imprint, *rest = der.only_element(query).expect(der.SEQUENCE).children
    algorithm, value = imprint.children
    digest = DIGESTS.get(algorithm.children[0].object_identifier())
    if (digest, value.content) != (token.digest, token.imprint):
        raise TimestampUnreadable("the timestamp is about other data than the request")
    nonce = next((part.integer() for part in rest if part.tag == der.INTEGER), None)
    if nonce != token.nonce:
        raise TimestampUnreadable("the timestamp does not repeat the nonce of the request")
    tag = der.OBJECT_IDENTIFIER
    policy = next((part.object_identifier() for part in rest if part.tag == tag), None)
    if policy not in (None, token.policy):
        raise TimestampUnreadable(f"the timestamp has the policy {token.policy}, not {policy}")


def _limit(data: bytes) -> None:
    if len(data) > _MAX_BYTES:
        raise TimestampUnreadable("the timestamp is larger than 1 MB")
