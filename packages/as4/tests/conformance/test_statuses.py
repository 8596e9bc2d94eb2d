"""Our checks of a status, and our reading of responses, beside the official rules in Saxon."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from as4_peppol.peppol import mls, responses
from as4_peppol.peppol.responses import Kind, ResponseError
from einvoice_core.testing.judges import official
from ubl_peppol.testing.official import Official

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_TEXTS = (
    *("", " ", "\u00a0", "AP", "RE", "AB", "BV", "BW FD", " SV ", "NA"),
    *("0242", "000001-AbC", "12345", "urn:peppol:edec:mls"),
    *("Z", "10:00:00Z", "10:00:00", "10:00:00+01:00", "2026-01-01Z"),
)


@pytest.fixture(scope="module")
def judge() -> Iterator[Official]:
    with Official(official("peppol/responses/mls-1.0.1/peppol-mls-1.0.1.xslt")) as made:
        yield made


def mutated(document: bytes, dice: random.Random) -> bytes:
    """Change one to three places: drop, empty, repeat, rewrite, or put a comment into the text."""
    root = etree.fromstring(document)
    for _ in range(dice.randint(1, 3)):
        element = dice.choice([e for e in root.iter("*") if e is not root] or [root])
        parent = element.getparent()
        kind = dice.randrange(6)
        if kind == 0 and parent is not None:
            parent.remove(element)
        elif kind == 1 and parent is not None and len(element):
            copy = etree.fromstring(etree.tostring(element))
            parent.insert(parent.index(element), copy)
        elif kind == 2 and element.attrib:
            name = dice.choice(list(element.attrib))
            element.set(name, dice.choice(_TEXTS))
        elif kind == 3 and element.attrib:
            element.attrib.clear()
        elif not len(element):
            element.text = dice.choice(_TEXTS)
            if kind == 5:
                element.append(etree.Comment("x"))
                element[0].tail = dice.choice(_TEXTS)
    return etree.tostring(root, encoding="UTF-8")


def differing(judge: Official, count: int) -> tuple[int, list[str]]:
    """Compare verdicts on mutants; return how many were judged, and what differs."""
    dice = random.Random(20261125)  # noqa: S311 - not for secrets
    samples = [p.read_bytes() for p in sorted((official("as4/mls") / "good").glob("*.xml"))]
    judged, found = 0, []
    for _ in range(count):
        document = mutated(dice.choice(samples), dice)
        theirs = judge.judge(document.decode()).fired
        if theirs is None:
            continue  # where something that stands once stands twice, the official rules give up
        judged += 1
        ours = {finding.rule for finding in mls.check(document)}
        if ours != theirs:
            found.append(f"{sorted(ours ^ theirs)} {document.decode()}")
    return judged, found


def test_the_checks_of_a_status_find_what_the_official_ones_find(judge: Official) -> None:
    judged, found = differing(judge, 1_000)
    assert judged > 900
    assert found == [], found[0]


@pytest.mark.long
def test_the_checks_of_a_status_on_many_more(judge: Official) -> None:
    judged, found = differing(judge, 20_000)
    assert judged > 18_000
    assert found == [], found[0]


def samples_of_responses() -> list[Path]:
    folder = official("peppol/responses/poacc-upgrade-3")
    parts = ("examples/Invoice_reponse_use_cases", "snippets/mlr")
    return [path for part in parts for path in sorted((folder / part).glob("*.xml"))]


def test_every_sample_of_a_response_is_read() -> None:
    found = [responses.read(path.read_bytes()) for path in samples_of_responses()]
    assert len(found) >= 16
    codes = {each.code for each in found if each.kind is Kind.INVOICE_RESPONSE}
    assert codes >= {"AB", "IP", "UQ", "CA", "RE", "AP", "PD"} - {"AB"}
    (partial,) = [
        responses.read(path.read_bytes())
        for path in samples_of_responses()
        if "uc006c" in path.name
    ]
    assert [(c.list_id, c.code) for c in partial.clarifications] == [
        ("OPStatusReason", "DEL"),
        ("OPStatusAction", "CNP"),
    ]
    assert (partial.document_id, partial.document_type_code) == ("inv021", "380")
    assert partial.sender.value == "0196:6963495890"
    rejected = [each for each in found if each.kind is Kind.MESSAGE_LEVEL and each.lines]
    assert all(line.clarifications for each in rejected for line in each.lines)
    assert rejected


@pytest.mark.parametrize(
    ("name", "kind"), [("T111", Kind.INVOICE_RESPONSE), ("T71", Kind.MESSAGE_LEVEL)]
)
def test_what_the_official_rules_accept_is_read(name: str, kind: Kind) -> None:
    judge = Official(official(f"peppol/responses/2026.5/xslt/PEPPOLBIS-{name}.xslt"))
    accepted = 0
    refused: list[bytes] = []
    dice = random.Random(7)  # noqa: S311 - not for secrets
    samples = [
        path.read_bytes()
        for path in samples_of_responses()
        if responses.read(path.read_bytes()).kind is kind
    ]
    for _ in range(300):
        document = mutated(dice.choice(samples), dice)
        try:
            responses.read(document)
        except ResponseError as error:
            # The transactions have one DocumentResponse; their rules let several pass.
            if "AS4-RSP-003" not in {finding.rule for finding in error.findings}:
                refused.append(document)
        else:
            accepted += 1
    path = official("ubl") / "2.1/maindoc/UBL-ApplicationResponse-2.1.xsd"
    valid = etree.XMLSchema(etree.parse(path)).validate
    try:
        wrong = [
            document
            for document in refused
            if valid(etree.fromstring(document))
            and judge.judge(document.decode()).fired == frozenset()
        ]
    finally:
        judge.close()
    assert min(accepted, len(refused)) > 20
    assert wrong == [], wrong[0].decode()
