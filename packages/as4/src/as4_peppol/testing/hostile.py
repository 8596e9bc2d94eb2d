"""What harm can be sent to an access point: one row for each kind, for receivers of any make.

Give each message of :data:`ATTACKS` to the receiver of a :class:`~as4_peppol.testing.Pair` and see
that it answers with an error and delivers nothing::

    for attack in ATTACKS:
        content_type, body = attack.make(pair)

Attacks that need a profile of their own (smaller limits, signed only) say so.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from as4_peppol import Limits, LocalIdentity, Outbound, Payload, Profile, pack
from as4_peppol._names import GZIP
from as4_peppol.message.records import Property
from as4_peppol.profiles import EDELIVERY_1_15, PEPPOL
from as4_peppol.security.encryption import UNREADABLE
from as4_peppol.testing.pair import Pair
from as4_peppol.testing.pki import PeppolPki

__all__ = ["ATTACKS", "SIGNED_ONLY", "SMALL", "Attack", "Wire"]

_DOCUMENT = b"<Invoice>" + b"<Line>uno</Line>" * 50 + b"</Invoice>"
SIGNED_ONLY = replace(EDELIVERY_1_15, encrypted=False, compressed=False)
"""Signed only: so a test can change what was signed, and leave the rest as it was."""
SMALL = replace(PEPPOL, limits=Limits(envelope=20_000, message=2_000_000, payload=1_000_000))

Wire = tuple[str, bytes]
"""Header ``Content-Type`` of a request, and its body."""


def _wire(sent: Outbound) -> Wire:
    return sent.content_type, sent.body()


def _signed_by(pair: Pair, identity: LocalIdentity) -> Wire:
    message = pair.message()
    return _wire(pack(message, [Payload(_DOCUMENT)], PEPPOL, identity, pair.receiver.certificate))


def _changed(old: bytes, new: bytes, profile: Profile = PEPPOL) -> Callable[[Pair], Wire]:
    def make(pair: Pair) -> Wire:
        kind, body = _wire(pair.pack(_DOCUMENT, profile=profile))
        return kind, re.sub(old, lambda found: found.expand(new), body, count=1, flags=re.S)

    return make


def _soap(text: str) -> Callable[[Pair], Wire]:
    return lambda pair: ("application/soap+xml", text.encode())


def _header(body: bytes) -> bytes:
    start, end = b"<eb:Messaging ", b"</eb:Messaging>"
    return body[body.index(start) : body.index(end) + len(end)]


def _wrapped(pair: Pair) -> Wire:
    """The signed header moves aside; another one stands in its place, without its identifier."""
    kind, body = _wire(pair.pack(_DOCUMENT, profile=SIGNED_ONLY))
    header = _header(body)
    other = re.sub(rb' wsu:Id="[^"]*"', b"", header.replace(b"9915:test", b"9915:evil"), count=1)
    return kind, body.replace(header, other + b"<x:w xmlns:x='urn:x'>" + header + b"</x:w>")


def _two_of_one_id(pair: Pair) -> Wire:
    """The signed header and a false one have the same identifier."""
    kind, body = _wire(pair.pack(_DOCUMENT, profile=SIGNED_ONLY))
    header = _header(body)
    false = header.replace(b"9915:test", b"9915:evil")
    return kind, body.replace(header, false + b"<x:w xmlns:x='urn:x'>" + header + b"</x:w>")


def _valid(pair: Pair, begins: int, ends: int) -> Wire:
    """From and until so many days from now."""
    issued = pair.pki.access_point(
        "PES000001",
        valid_from=pair.now + timedelta(begins),
        valid_until=pair.now + timedelta(ends),
    )
    return _signed_by(pair, LocalIdentity(issued))


def _foreign(pair: Pair) -> Wire:
    """The names are those of the network's authorities; the keys are not."""
    pki = PeppolPki("SANDBOX", clock=lambda: pair.now)
    return _signed_by(pair, LocalIdentity(pki.access_point("PES000001")))


def _cut(pair: Pair) -> Wire:
    kind, body = _wire(pair.pack(_DOCUMENT))
    return kind, body[: len(body) * 3 // 4]


def _without_part(pair: Pair) -> Wire:
    """The header names a part that did not come."""
    kind, body = _wire(pair.pack(_DOCUMENT))
    start = body.index(b"</S12:Envelope>") + len(b"</S12:Envelope>")
    return kind, body[:start] + body[body.rindex(b"\r\n--=_") :]


def _damaged(pair: Pair) -> Wire:
    """What was compressed ends before its end; it was signed so."""
    info = (Property(name="CompressionType", value=GZIP),)
    payload = Payload(gzip.compress(_DOCUMENT)[:-9], "application/octet-stream", properties=info)
    plain = replace(PEPPOL, compressed=False)
    return _wire(pack(pair.message(), [payload], plain, pair.sender, pair.receiver.certificate))


def _unread(pair: Pair) -> Wire:
    """One octet of the ciphertext differs."""
    kind, body = _wire(pair.pack(_DOCUMENT))
    data = bytearray(body)
    data[body.rindex(b"\r\n--=_") - 20] ^= 1
    return kind, bytes(data)


def _for_another(pair: Pair) -> Wire:
    mine = pair.sender.certificate
    return _wire(pack(pair.message(), [Payload(_DOCUMENT)], PEPPOL, pair.sender, mine))


@dataclass(frozen=True)
class Attack:
    """One kind of harm.

    Args:
        name: What it is.
        make: Makes the message: its header ``Content-Type`` and its body.
        code: The ebMS error that answers it.
        text: What its detail says, in part; always the same.
        profile: What the receiver demands.
    """

    name: str
    make: Callable[[Pair], Wire]
    code: str
    text: str
    profile: Profile = PEPPOL


_UNTRUSTED = "the certificate of the signature is not trusted"
ATTACKS = (
    Attack(
        "an external entity",
        _soap('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        "EBMS:0009",
        "DOCTYPE",
    ),
    Attack(
        "entities of entities",
        _soap('<!DOCTYPE a [<!ENTITY x "yy"><!ENTITY z "&x;&x;">]><a>&z;</a>'),
        "EBMS:0009",
        "DOCTYPE",
    ),
    Attack(
        "an envelope without end", _soap("<a>" * 300), "EBMS:0009", "the envelope cannot be read"
    ),
    Attack(
        "a wrapped header",
        _wrapped,
        "EBMS:0103",
        "the signature does not cover eb:Messaging",
        SIGNED_ONLY,
    ),
    Attack(
        "one identifier twice", _two_of_one_id, "EBMS:0101", "the signature is refused", SIGNED_ONLY
    ),
    Attack(
        "a changed receiver",
        _changed(rb"9915:test", rb"9915:evil"),
        "EBMS:0101",
        "the signature is refused: integrity",
    ),
    Attack(
        "a payload with another digest",
        _changed(rb"<Line>uno</Line>", rb"<Line>dos</Line>", SIGNED_ONLY),
        "EBMS:0101",
        "the signature is refused: integrity",
        SIGNED_ONLY,
    ),
    Attack(
        "no signature",
        _changed(rb"<ds:Signature .*?</ds:Signature>", b""),
        "EBMS:0103",
        "the message is not signed",
    ),
    Attack(
        "no encryption",
        lambda pair: _wire(pair.pack(_DOCUMENT, profile=replace(PEPPOL, encrypted=False))),
        "EBMS:0103",
        "a part is not encrypted",
    ),
    Attack("a changed ciphertext", _unread, "EBMS:0102", UNREADABLE),
    Attack("a key for somebody else", _for_another, "EBMS:0102", UNREADABLE),
    Attack(
        "a changed key",
        _changed(rb"<xenc:CipherValue>....", rb"<xenc:CipherValue>AAAA"),
        "EBMS:0102",
        UNREADABLE,
    ),
    Attack("an expired certificate", lambda p: _valid(p, -9, -1), "EBMS:0101", _UNTRUSTED),
    Attack("a certificate of tomorrow", lambda p: _valid(p, 1, 9), "EBMS:0101", _UNTRUSTED),
    Attack("a foreign certificate", _foreign, "EBMS:0101", _UNTRUSTED),
    Attack(
        "a publisher's certificate",
        lambda p: _signed_by(p, LocalIdentity(p.pki.metadata_publisher("PES000001"))),
        "EBMS:0101",
        _UNTRUSTED,
    ),
    Attack(
        "another access point than the header says",
        lambda p: _signed_by(p, LocalIdentity(p.pki.access_point("PES000007"))),
        "EBMS:0101",
        "another party",
    ),
    Attack("a bomb of gzip", lambda p: _wire(p.pack(bytes(90_000_000))), "EBMS:0303", "", SMALL),
    Attack(
        "a message too large",
        lambda p: (_wire(p.pack(_DOCUMENT))[0], _wire(p.pack(_DOCUMENT))[1] + bytes(3_000_000)),
        "EBMS:0007",
        "",
        SMALL,
    ),
    Attack("an envelope too large", _soap("<a>" + "x" * 30_000), "EBMS:0007", "envelope", SMALL),
    Attack("a part that is missing", _without_part, "EBMS:0007", ""),
    Attack("damaged gzip", _damaged, "EBMS:0303", ""),
    Attack("a message cut off", _cut, "EBMS:0007", ""),
    Attack(
        "a multipart without boundary",
        lambda p: ("multipart/related", b"--x"),
        "EBMS:0007",
        "",
    ),
    Attack("no message at all", lambda p: ("text/html", b"<html>"), "EBMS:0007", ""),
)
