"""The reference of the rules of each official artefact: a section for every id.

``tools/tables.py`` writes them with the other generated pages.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from einvoice_core.findings import Rule
from ubl_peppol.census import census
from ubl_peppol.messages import catalogue
from ubl_peppol.rules._common import label
from ubl_peppol.testing.differential import Artefact
from ubl_peppol.testing.examples import EDGES, PAIRS, examples

TITLES = {
    "en16931-ubl": "EN 16931 for UBL",
    "en16931-cii": "EN 16931 for CII",
    "peppol-billing": "Peppol BIS Billing",
    "peppol-selfbilling": "Peppol BIS Self-Billing",
    "peppol-t111": "Peppol Invoice Response",
    "peppol-t71": "Peppol Message Level Response",
}
INTRO = (
    "Each id with its severity, the business terms that it reads, what a finding says (braces stand"
    " for the values of the document) in English and Spanish, and two documents that the official"
    " artefact and the rule here have both judged: one on which it fires, and one near it on which"
    " it does not. `{where}` makes the documents, named before the colon; behind it stands what is"
    " changed in them."
)


def artefact_pages(directed: Path) -> Mapping[str, str]:
    """Return the page of each artefact by its name.

    Args:
        directed: Folder of the directed suites, from which the examples are taken.
    """
    shown = examples(directed)
    suites = {name: suite[0] for name, suite in {**PAIRS, **EDGES}.items()}
    return {
        name: "\n\n".join([f"# {TITLES[name]}", *_page(name, artefact, shown[name])]) + "\n"
        for name, artefact in suites.items()
    }


def _page(name: str, artefact: Artefact, shown: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    entry = census()[artefact.name]
    where = f"ubl_peppol.testing.{_module(name)}"
    yield f"{entry.total} ids, of which {entry.implemented} have fired on both sides."
    yield INTRO.format(where=where)
    for rule in artefact.rules.rules.values():
        yield f"## {rule.id}"
        yield _text(rule.requirement)
        yield "\n".join(_facts(rule, entry.silent, shown))


def _module(name: str) -> str:
    if name in PAIRS:
        return "cii_bases" if name.endswith("cii") else "bases"
    return "responses" if name in ("peppol-t111", "peppol-t71") else "peppol"


def _facts(
    rule: Rule[object], silent: Mapping[str, str], shown: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    yield f"- Severity: {rule.severity.value}"
    if rule.terms:
        yield f"- Terms: {_text(', '.join(label(term) for term in rule.terms))}"
    yield f"- Says: {_text(rule.message)}"
    if spanish := catalogue().get(rule.message):
        yield f"- En español: {_text(spanish)}"
    if rule.id in silent:
        yield f"- Never fires: {_text(silent[rule.id])}"
    elif rule.id in shown:
        fires, near = shown[rule.id]
        yield f"- Fires: {_code(fires)}"
        yield f"- Does not fire: {_code(near)}"
    yield f"- Source: {_text(rule.source)}"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _text(text: str) -> str:
    """Write plain words as Markdown."""
    words = " ".join(text.split()).replace("``", "`")
    for sign in ("<", "*", "_", "["):
        words = words.replace(sign, f"\\{sign}")
    return words
