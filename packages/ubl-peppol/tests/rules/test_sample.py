"""Judging one line of each kind gives the findings of judging every line, to the letter."""

import random
from decimal import Decimal

import pytest
from lxml import etree

from einvoice_core.findings import Finding, RuleSet
from ubl_peppol import ubl
from ubl_peppol.reading import Reading, read
from ubl_peppol.reading.values import unchanged
from ubl_peppol.rules import en16931
from ubl_peppol.rules.peppol import common
from ubl_peppol.testing import full_invoice, simple_line, small_invoice
from ubl_peppol.testing.edits import Edit, apply, edits_of

LINES = 24


def long_documents() -> dict[str, str]:
    """Return documents with lines that are alike: simple ones, and full ones."""
    simple = tuple(simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, LINES + 1))
    full = full_invoice()
    many = full.model_copy(update={"lines": full.lines * LINES})
    return {
        "simple": ubl.write(small_invoice(*simple)).decode(),
        "credit": ubl.write(small_invoice(*simple, type_code="381")).decode(),
        "full": ubl.write(many).decode(),
    }


DOCUMENTS = long_documents()
PLACES = {
    name: [edit for edit in edits_of(xml) if "Line[" in edit.path]
    for name, xml in DOCUMENTS.items()
}


def changed(name: str, seed: int) -> etree._Element:
    """Return a document with one to four changes in its lines, some of them in several lines."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    edits: list[Edit] = []
    for _ in range(rng.choice([1, 2, 4])):
        edit = rng.choice(PLACES[name])
        head, _, tail = edit.path.partition("Line[")
        own, _, rest = tail.partition("]")
        others = map(str, rng.sample(range(1, LINES), rng.choice([0, 0, 3])))
        edits.extend(
            Edit(edit.verb, f"{head}Line[{number}]{rest}", edit.value)
            for number in sorted({own, *others})
        )
    # What stands last is changed first, so that a dropped line moves no other.
    edits.sort(key=lambda edit: (edit.verb in ("drop", "double"), edit.path))
    root = etree.fromstring(DOCUMENTS[name].encode())
    for edit in edits:
        try:
            root = etree.fromstring(apply(etree.tostring(root, encoding="unicode"), (edit,)))
        except ValueError:
            continue  # an earlier change took the place away
    return root


def by_every_line(rules: RuleSet[Reading], root: etree._Element) -> list[Finding]:
    """Return the findings of a plain rule set, which knows of no sample."""
    plain: RuleSet[Reading] = RuleSet(rules.source, rules.name)
    return list((plain | rules).validate(read(root)).findings)


def test_lines_that_are_alike_are_judged_once() -> None:
    reading = read(etree.fromstring(DOCUMENTS["full"].encode()))
    assert len(reading.sample.groups("BG-25")) == 1
    assert len(reading.groups("BG-25")) == LINES
    kinds = [line.kind for line in reading.sample.groups("BG-25")]
    assert [kind.count for kind in kinds if kind is not None] == [LINES]


def test_the_sum_over_a_sample_is_that_of_all_lines() -> None:
    reading = read(etree.fromstring(DOCUMENTS["simple"].encode()))
    of_all = reading.sum(reading.groups("BG-25"), "BT-131")
    assert reading.sample.sum(reading.sample.groups("BG-25"), "BT-131") == of_all
    assert of_all == sum(Decimal(n) * Decimal("7.25") for n in range(1, LINES + 1))


@pytest.mark.parametrize("rules", [en16931, common], ids=lambda rules: rules.name)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_findings_are_those_of_every_line(rules: RuleSet[Reading], name: str) -> None:
    fired: set[str] = set()
    for seed in range(40):
        root = changed(name, seed)
        sampled = list(rules.validate(read(root)).findings)
        assert sampled == by_every_line(rules, root), seed
        fired |= {finding.rule for finding in sampled}
    assert len(fired) > 2


@pytest.mark.long
@pytest.mark.parametrize("rules", [en16931, common], ids=lambda rules: rules.name)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_findings_are_those_of_every_line_in_a_thousand_documents(
    rules: RuleSet[Reading], name: str
) -> None:
    for seed in range(1_000, 2_000):
        root = changed(name, seed)
        assert list(rules.validate(read(root)).findings) == by_every_line(rules, root), seed


def test_ten_thousand_errors_are_all_reported_with_their_places() -> None:
    root = etree.fromstring(DOCUMENTS["simple"].encode())
    line = root.find("{*}InvoiceLine")
    assert line is not None
    quantity = line.find("{*}InvoicedQuantity")
    assert quantity is not None
    del quantity.attrib["unitCode"]
    pattern = etree.tostring(line)
    for wrong in root.findall("{*}InvoiceLine"):
        root.remove(wrong)
    root.extend([etree.fromstring(pattern) for _ in range(10_000)])
    with unchanged():
        found = [f for f in en16931.validate(read(root)).findings if f.rule == "BR-23"]
    assert len(found) == 10_000
    assert found[-1].path == "/Invoice/cac:InvoiceLine[10000]"
