"""Signatures with their parts dropped, doubled, moved and renamed: refused, or the same as before.

``test_tampering.py`` makes every attack that has a name; this makes those that have none.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

import facturae_es
from einvoice_core.certificates import TrustStore
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.xades import Verified
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.timestamper import OpensslTimestamper
from einvoice_core.xml.errors import XmlRefused
from facturae_es.model import Facturae

AUTHORITY = ThrowawayAuthority(keys="ec")
TRUST = TrustStore((AUTHORITY.root,))
TEXTS = (
    "", " ", "x", "é", "AAAA", "0", "-1", "9" * 400, "#", "#x", "#xpointer(/)", "://", "urn:x",
    "2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
)  # fmt: skip
XML = "{http://www.w3.org/XML/1998/namespace}"
SHAKES = ("drop", "double", "graft", "rename", "text", "attribute", "bare", "letter")
ATTRIBUTES = ("Id", "URI", "Algorithm", "Type", "Target", f"{XML}id", f"{XML}base")


@pytest.fixture(scope="module", params=["plain", "with a timestamp"])
def signed(
    request: pytest.FixtureRequest, simple: Facturae, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    xml, credential = facturae_es.write(simple), AUTHORITY.issue("12345678Z", "Inventada Pérez")
    if request.param == "plain":
        return facturae_es.sign(xml, credential)
    folder: Path = tmp_path_factory.mktemp("tsa")
    stamper = OpensslTimestamper(folder, AUTHORITY.issue_timestamper())
    return facturae_es.sign(xml, credential, timestamps=stamper)


def shake(document: bytes, rng: random.Random) -> bytes:
    """Change something in the signature, whatever it is."""
    root = etree.fromstring(document)
    signature = root[-1]
    for _ in range(rng.choice([1, 1, 2, 3])):
        elements = list(signature.iter("*"))
        element = rng.choice(elements)
        ids = [each.get("Id", "") for each in elements]
        parent = element.getparent()
        match rng.choice(SHAKES):
            case "drop" if element is not signature and parent is not None:
                parent.remove(element)
            case "double":
                element.addnext(copy.deepcopy(element))
            case "graft":
                element.append(copy.deepcopy(rng.choice(elements)))
            case "rename":
                element.tag = rng.choice([*(each.tag for each in elements), "{urn:example}Other"])
            case "text":
                element.text = rng.choice(TEXTS)
            case "attribute":
                element.set(rng.choice(ATTRIBUTES), rng.choice([*TEXTS, *ids]))
            case "bare":
                element.attrib.clear()
            case "letter" if element.text:
                at = rng.randrange(len(element.text))
                element.text = element.text[:at] + rng.choice("AZ09+/= ") + element.text[at + 1 :]
    return etree.tostring(root)


def essence(verified: Verified) -> tuple[object, ...]:
    octets = [reference.octets for reference in verified.references]
    who = (verified.certificate, verified.chain, verified.roles)
    return (verified.document, octets, *who, verified.signed_at, verified.policy)


def judge(signed: bytes, count: int, seed: int) -> None:
    expected = essence(facturae_es.verify(signed, trust=TRUST))
    rng = random.Random(seed)  # noqa: S311 - repeatable test data
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        shaken = shake(signed, rng)
        try:
            report = facturae_es.check_signature(shaken, trust=TRUST)
            verified = facturae_es.verify(shaken, trust=TRUST)
        except SignatureRefused:
            outcomes["refused"] += 1
            assert not report.ok
        except XmlRefused:
            outcomes["not XML"] += 1
        else:
            outcomes["the same"] += 1
            assert report.ok
            assert essence(verified) == expected
    print(dict(outcomes))
    assert outcomes["refused"] > count / 2


def test_a_shaken_signature_is_refused_or_says_the_same(signed: bytes) -> None:
    judge(signed, 150, seed=1)


@pytest.mark.long
def test_thousands_of_shaken_signatures(signed: bytes) -> None:
    judge(signed, 3_000, seed=2)
