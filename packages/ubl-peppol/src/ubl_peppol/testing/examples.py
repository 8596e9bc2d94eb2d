"""For each rule of an official artefact a document on which it fires, and one on which it does not.

They are chosen from the directed suites, which both sides have judged, and stand in the reference
of the rules in words: the document of ours, and what is changed in it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from lxml import etree

from ubl_peppol.testing.artefacts import (
    EN16931_CII,
    EN16931_UBL,
    INVOICE_RESPONSE,
    MESSAGE_RESPONSE,
    PEPPOL_BILLING,
    PEPPOL_SELFBILLING,
)
from ubl_peppol.testing.cii_bases import cii_outside_pairs
from ubl_peppol.testing.differential import Artefact, judged
from ubl_peppol.testing.edits import Edit, Pair, read_suite
from ubl_peppol.testing.neighbours import Neighbour, sides
from ubl_peppol.testing.outside import outside_pairs
from ubl_peppol.testing.peppol import edges, selfbilling_edges
from ubl_peppol.testing.responses import invoice_response_edges, message_response_edges

__all__ = ["EDGES", "PAIRS", "choose", "examples", "read_chosen", "write_chosen"]

PAIRS: Mapping[str, tuple[Artefact, Callable[[], Iterable[Pair]]]] = MappingProxyType(
    {
        "en16931-ubl": (EN16931_UBL, outside_pairs),
        "en16931-cii": (EN16931_CII, cii_outside_pairs),
    }
)
"""Suites of pairs by the name of their file, with the pairs that are made of a table."""

EDGES: Mapping[str, tuple[Artefact, Callable[[], Iterator[Neighbour]]]] = MappingProxyType(
    {
        "peppol-billing": (PEPPOL_BILLING, edges),
        "peppol-selfbilling": (PEPPOL_SELFBILLING, selfbilling_edges),
        "peppol-t111": (INVOICE_RESPONSE, invoice_response_edges),
        "peppol-t71": (MESSAGE_RESPONSE, message_response_edges),
    }
)
"""Suites of documents at the edges of rules by the name of the file of those that were chosen."""

_Chosen = tuple[str, str, str]
"""A rule, the name of a document on which it fires, and that of its near miss."""


def choose(artefact: Artefact, documents: Iterable[Neighbour]) -> list[_Chosen]:
    """Choose for each rule the document on which it fires most alone, and its nearest near miss."""
    made = {document.name: document for document in documents}
    fired: dict[str, frozenset[str]] = {}
    for name, document in made.items():
        report, unreadable = judged(artefact, etree.fromstring(document.xml.encode()))
        if not unreadable and not report.undecided:
            fired[name] = frozenset(finding.rule for finding in report.findings)
    firing, silent = sides(made, fired)
    chosen = []
    for rule in sorted(firing):
        best = min(firing[rule], key=lambda name: (len(fired[name]), name))
        near = {name: _distance(made[best], made[name]) for name in silent[rule]}
        nearest = min(near, key=lambda name: (near[name], len(fired[name]), name))
        chosen.append((rule, best, nearest))
    return chosen


def _distance(one: Neighbour, other: Neighbour) -> tuple[bool, bool, bool]:
    """Tell how far two documents are: another origin, another place, another kind of change."""
    origins = (one.place.partition(":")[0], other.place.partition(":")[0])
    verbs = (one.change.partition(" ")[0], other.change.partition(" ")[0])
    return origins[0] != origins[1], one.place != other.place, verbs[0] != verbs[1]


def write_chosen(path: Path, artefact: Artefact, chosen: Iterable[_Chosen]) -> None:
    """Write the documents that were chosen."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(
            f"# Examples of {artefact.name}: rule, document on which it fires, and one on which it"
            " does not.\n# Written by tools/directed.py.\n"
        )
        csv.writer(file, lineterminator="\n").writerows(chosen)


def read_chosen(path: Path) -> tuple[_Chosen, ...]:
    """Read the documents that were chosen."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return tuple((rule, fires, near) for rule, fires, near in rows)


def examples(folder: Path) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return what fires a rule and what does not, in words: file of the suite → id → both.

    Args:
        folder: Where the directed suites lie.
    """
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for name, (_, made) in PAIRS.items():
        found[name] = {}
        for pair in [*read_suite(folder, name), *made()]:
            words = (_words(pair.base, pair.fires), _words(pair.base, pair.near))
            found[name].setdefault(pair.rule, words)
    for name in EDGES:
        found[name] = {
            rule: (fires, near) for rule, fires, near in read_chosen(folder / f"{name}.csv")
        }
    return found


def _words(base: str, edits: tuple[Edit, ...]) -> str:
    return f"{base}: {' ; '.join(map(str, edits)) or 'itself'}"
