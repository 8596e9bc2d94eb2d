"""Every change of what is signed is refused, for a reason that fits; others change nothing."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

import facturae_es
from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.xades import Verified
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.tampering import HARMFUL, HARMLESS, Attacker, Tampering, tamper
from einvoice_core.xml.canonical import canonicalize
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse
from facturae_es.model import Facturae

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
AUTHORITY = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
TRUST = TrustStore((AUTHORITY.root,))
OTHER = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
SIGNERS = {
    kind: AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key(kind))
    for kind in ("rsa", "ec")
}


def sign(xml: bytes, credential: Credential) -> bytes:
    return facturae_es.sign(xml, credential, clock=lambda: NOW, ids=lambda: "1")


def attacker_of(signer: Credential) -> Attacker:
    other = OTHER.issue("12345678Z", "Inventada Pérez")
    twin = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=signer.key)
    return Attacker(other, twin.certificate, sign)


def essence(verified: Verified) -> tuple[object, ...]:
    """All that somebody relies on who verified a document."""
    return (
        verified.document,
        [reference.octets for reference in verified.references],
        verified.certificate,
        verified.chain,
        verified.signed_at,
        verified.policy,
        verified.roles,
    )


@pytest.fixture(scope="module", params=["rsa", "ec"])
def signer(request: pytest.FixtureRequest) -> Credential:
    return SIGNERS[request.param]


@pytest.fixture(scope="module")
def signed(signer: Credential, rich: Facturae) -> bytes:
    return sign(facturae_es.write(rich, indent=True), signer)


def check_refused(change: Tampering) -> None:
    with pytest.raises((SignatureRefused, XmlRefused)) as caught:
        facturae_es.verify(change.document, trust=TRUST)
    if isinstance(caught.value, SignatureRefused):
        failed = {check.name: check.reason for check in caught.value.report.failed}
        assert change.checks & set(failed), f"{change.kind}: {failed}"


def refuse_all(signed: bytes, signer: Credential, count: int, seed: int) -> None:
    kinds: Counter[str] = Counter()
    for change in tamper(signed, attacker_of(signer), HARMFUL, count=count, seed=seed):
        check_refused(change)
        kinds[change.kind] += 1
    print(f"{sum(kinds.values())} changed documents of {len(kinds)} kinds refused")


def test_what_is_signed_cannot_be_changed(signed: bytes, signer: Credential) -> None:
    refuse_all(signed, signer, len(HARMFUL) * 2, seed=1)


@pytest.mark.long
def test_what_is_signed_cannot_be_changed_in_a_thousand_ways(
    signed: bytes, signer: Credential
) -> None:
    refuse_all(signed, signer, 1_000, seed=2)


@pytest.mark.parametrize("seed", range(3))
def test_other_changes_do_not_change_what_is_returned(
    signed: bytes, signer: Credential, seed: int
) -> None:
    expected = essence(facturae_es.verify(signed, trust=TRUST))
    changes = tamper(signed, attacker_of(signer), HARMLESS, count=len(HARMLESS), seed=seed)
    for change in changes:
        assert change.document != signed or "same signature" in change.kind
        assert essence(facturae_es.verify(change.document, trust=TRUST)) == expected, change.kind


def flip_bits(signed: bytes, count: int, seed: int) -> None:
    """Whatever bit is flipped: the document is refused, or what it says is the same."""
    expected = essence(facturae_es.verify(signed, trust=TRUST))
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        at = rng.randrange(len(signed))
        octet = signed[at] ^ (1 << rng.randrange(8))
        changed = signed[:at] + bytes([octet]) + signed[at + 1 :]
        try:
            verified = facturae_es.verify(changed, trust=TRUST)
        except (SignatureRefused, XmlRefused) as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            outcomes["nothing signed"] += 1
            assert essence(verified) == expected
            assert looked_at(changed) == looked_at(signed)
    print(dict(outcomes))


def looked_at(data: bytes) -> bytes:
    """The canonical document without the attributes of the signature value and its spaces."""
    root = parse(data)
    for value in root.iter("{*}SignatureValue"):
        value.attrib.clear()
        value.text = "".join((value.text or "").split())
    return canonicalize(root.getroottree())


def test_a_flipped_bit_is_refused_or_changes_nothing(signed: bytes) -> None:
    flip_bits(signed, 200, seed=3)


@pytest.mark.long
def test_a_thousand_flipped_bits(signed: bytes) -> None:
    flip_bits(signed, 1_000, seed=4)
