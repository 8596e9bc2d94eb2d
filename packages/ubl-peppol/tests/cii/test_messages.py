"""What is said of CII and of the structure can be said in Spanish, with the same values."""

import re
from pathlib import Path

import pytest
from lxml import etree

from einvoice_core.findings import Report
from ubl_peppol import structure
from ubl_peppol.messages import catalogue, translate
from ubl_peppol.reading import read
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.testing.cii_bases import cii_bases, cii_outside_pairs
from ubl_peppol.testing.edits import apply, read_suite
from ubl_peppol.testing.structural import structural_mutants

DIRECTED = Path(__file__).parents[1] / "conformance" / "directed"
PAIRS = [*read_suite(DIRECTED, "en16931-cii"), *cii_outside_pairs()]
FIRST = {pair.rule: pair for pair in reversed(PAIRS)}
ENGLISH = re.compile(r"\b(the|is|must|keep|add|take|write)\b")


def in_spanish(report: Report) -> None:
    spanish = translate(report, "es")
    for before, after in zip(report.findings, spanish.findings, strict=True):
        assert (before.rule, before.path, before.line) == (after.rule, after.path, after.line)
        assert after.message != before.message
        assert not ENGLISH.search(after.message), after.message


def test_every_template_has_its_spanish_one() -> None:
    assert {rule.message for rule in en16931_cii.rules.values()} <= set(catalogue())


@pytest.mark.parametrize("rule", [rule for rule in FIRST if not rule.startswith("CII-SR")])
def test_the_findings_of_a_rule_are_said_in_spanish(rule: str) -> None:
    pair = FIRST[rule]
    document = apply(cii_bases()[pair.base], pair.fires)
    in_spanish(en16931_cii.validate(read(etree.fromstring(document.encode()))))


def test_what_is_said_of_the_structure_is_said_in_spanish() -> None:
    documents = {name: xml.encode() for name, xml in cii_bases().items()}
    seen = set()
    for _, document in structural_mutants(documents, 400, 1):
        report = structure.validate(etree.fromstring(document))
        in_spanish(report)
        seen.update(finding.rule for finding in report.findings)
    assert len(seen) >= 8
