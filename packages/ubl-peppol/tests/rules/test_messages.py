"""Every message of a rule of EN 16931 can be said in Spanish, with the same values."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.findings import Finding, Report, RuleSet, Severity
from ubl_peppol.messages import catalogue, translate
from ubl_peppol.reading import read
from ubl_peppol.rules import en16931, peppol
from ubl_peppol.rules.responses import invoice_response, message_response
from ubl_peppol.rules.selfbilling import selfbilling
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.edits import apply, read_suite
from ubl_peppol.testing.peppol import edges

FIELD = re.compile(r"\{([a-z_]+)(?:![rs])?\}")
DIRECTED = Path(__file__).parents[1] / "conformance" / "directed"
FIRST = {pair.rule: pair for pair in reversed(read_suite(DIRECTED, "en16931-ubl"))}


@pytest.mark.parametrize(
    "rules",
    [en16931, peppol, selfbilling, invoice_response, message_response],
    ids=lambda rules: rules.name,
)
def test_every_template_has_its_spanish_one(rules: RuleSet[object]) -> None:
    assert {rule.message for rule in rules.rules.values()} <= set(catalogue())


def test_the_findings_of_peppol_are_said_in_spanish() -> None:
    checked = 0
    for edge in islice(edges(), 0, None, 23):
        report = peppol.validate(read(etree.fromstring(edge.xml.encode())))
        for before, after in zip(report.findings, translate(report, "es").findings, strict=True):
            if not before.undecided:
                assert after.message != before.message
                assert not re.search(r"\b(the|is|must|keep|add)\b", after.message), after.message
                checked += 1
    assert checked > 500


@pytest.mark.parametrize("english", catalogue())
def test_a_translation_shows_the_same_values(english: str) -> None:
    spanish = catalogue()[english]
    assert sorted(FIELD.findall(english)) == sorted(FIELD.findall(spanish))
    assert spanish != english


@pytest.mark.parametrize("rule", FIRST)
def test_the_findings_of_a_rule_are_said_in_spanish(rule: str) -> None:
    pair = FIRST[rule]
    document = apply(bases()[pair.base], pair.fires)
    report = en16931.validate(read(etree.fromstring(document.encode())))
    spanish = translate(report, "es")
    for before, after in zip(report.findings, spanish.findings, strict=True):
        assert (before.rule, before.path, before.line) == (after.rule, after.path, after.line)
        assert after.message != before.message
        for number in re.findall(r"[0-9]+\.[0-9]+", before.message):
            assert number in after.message
        assert not re.search(r"\b(the|is|must|keep|add)\b", after.message), after.message


def reasons() -> Iterator[str]:
    """Yield what the code says where no verdict can be reached, with ``x`` for the values."""
    for folder in ("reading", "rules"):
        for path in sorted(Path(ubl_peppol.__file__).with_name(folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "Undecided":
                    yield from _written(node.args[1])


def _written(reason: ast.expr) -> Iterator[str]:
    if isinstance(reason, ast.Constant):
        yield str(reason.value)
    elif isinstance(reason, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "x" for part in reason.values
        )


REASONS = sorted(set(reasons()))


@pytest.mark.parametrize(
    "reason", [*REASONS, "x is a part of a document: put it into an Invoice or CreditNote."]
)
def test_why_there_is_no_verdict_is_said_in_spanish(reason: str) -> None:
    finding = Finding(rule="X-1", severity=Severity.FATAL, message=reason, undecided=True)
    (said,) = translate(Report((finding,)), "es").findings
    assert said.message != reason
    assert not re.search(r"\b(the|is|there|keep|here)\b", said.message)


def test_the_reasons_are_found() -> None:
    assert len(REASONS) > 25


def test_a_message_without_translation_stays() -> None:
    finding = Finding(rule="X-1", severity=Severity.FATAL, message="Something else entirely.")
    assert translate(Report((finding,)), "es").findings == (finding,)
    assert translate(Report((finding,)), "en").findings == (finding,)
