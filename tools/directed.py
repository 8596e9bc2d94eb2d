"""Search the directed suites of EN 16931: pairs of documents, one fires a rule and one does not.

Every plain edit of the base documents is judged by our rules; for each id up to three edits on
which it fires are kept, from different bases where possible, each with another edit at the same
place on which it is silent. Rules for which one plain edit is not enough have their pairs by hand,
in a file beside; those on what must not be there need no search, their pairs are made of a table.
The official side judges the pairs in the conformance run::

    python tools/directed.py ubl
    python tools/directed.py cii

For the rules of Peppol the documents are made at test time; one of either kind is chosen here for
the reference of the rules::

    python tools/directed.py peppol
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ubl_peppol.reading.table import outside_rows
from ubl_peppol.rules.cii._places import rows
from ubl_peppol.testing.artefacts import EN16931_CII, EN16931_UBL
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.cii_bases import cii_bases
from ubl_peppol.testing.differential import Artefact, judged
from ubl_peppol.testing.edits import TEXTS, Edit, Pair, apply, edits_of, read_pairs, write_pairs
from ubl_peppol.testing.examples import EDGES, choose, write_chosen

FOLDER = Path("packages/ubl-peppol/tests/conformance/directed")
WANTED = 3
HEAD = """\
# Directed suite of {artefact}: rule, base document, edits that make it fire, edits that do not.
# Written by tools/directed.py; what it cannot find stands in {name}-by-hand.csv.
"""
CII_TEXTS = (
    "", "  ", "XX", "1.234", "-7.00", "0", "999999.00", "20160101", "21991231", "20161301", "S",
    "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "vat", "30", "58", "130", "50", "916", "380",
    "EUR", "IT", "true", "false", "12345678901234",
)  # fmt: skip


@dataclass(frozen=True)
class Suite:
    """The search for the pairs of an artefact."""

    artefact: Artefact
    name: str
    """Of its file."""
    bases: Callable[[], Mapping[str, str]]
    texts: tuple[str, ...]
    """What an element is made to say."""
    made: frozenset[str]
    """Rules whose pairs are made of a table."""

    def fired(self, xml: str) -> frozenset[str] | None:
        """Return the ids that fire, or nothing where the official run may stop."""
        report, unreadable = judged(self.artefact, etree.fromstring(xml.encode()))
        if unreadable or report.undecided:
            return None
        return frozenset(finding.rule for finding in report.findings)

    def search(self, by_hand: tuple[Pair, ...]) -> dict[str, list[Pair]]:
        """Return the pairs by rule, where those by hand are too few."""
        pairs: dict[str, list[Pair]] = defaultdict(list)
        for pair in by_hand:
            pairs[pair.rule].append(pair)
        for name, xml in self.bases().items():
            before = self.fired(xml) or frozenset()
            places: dict[str, list[Edit]] = defaultdict(list)
            for edit in edits_of(xml, self.texts):
                places[edit.path.partition("/@")[0]].append(edit)
            for edits in places.values():
                verdicts = {edit: self.fired(apply(xml, (edit,))) for edit in edits}
                known = {edit: ids for edit, ids in verdicts.items() if ids is not None}
                for edit, ids in known.items():
                    for rule in sorted(ids - before - self.made):
                        mine = pairs[rule]
                        if len(mine) >= WANTED or sum(pair.base == name for pair in mine) >= 2:
                            continue
                        near: list[tuple[Edit, ...]] = [
                            (other,) for other, found in known.items() if rule not in found
                        ]
                        used = {pair.near for pair in mine}
                        fresh = [other for other in near if other not in used] or near or [()]
                        mine.append(Pair(rule, name, (edit,), fresh[len(mine) % len(fresh)]))
            print(f"{name}: {len(pairs)} rules", file=sys.stderr)
        return pairs

    def write(self) -> None:
        """Search and write; say what was not found."""
        by_hand = read_pairs(FOLDER / f"{self.name}-by-hand.csv")
        pairs = self.search(by_hand)
        found = {
            rule: [pair for pair in mine if pair not in by_hand] for rule, mine in pairs.items()
        }
        head = HEAD.format(artefact=self.artefact.name, name=self.name)
        write_pairs(FOLDER / f"{self.name}.csv", found, head)
        few = {rule: len(mine) for rule, mine in pairs.items() if len(mine) < WANTED}
        none = sorted(set(self.artefact.rules.rules) - set(pairs) - self.made)
        print(f"{len(pairs)} rules; fewer than {WANTED}: {few}; none: {none}")


SUITES = {
    "ubl": lambda: Suite(
        EN16931_UBL,
        "en16931-ubl",
        bases,
        TEXTS,
        frozenset(row.rule for row in outside_rows()),
    ),
    "cii": lambda: Suite(
        EN16931_CII,
        "en16931-cii",
        cii_bases,
        CII_TEXTS,
        frozenset(row.id for row in rows() if row.kind == "absent"),
    ),
}


def main() -> None:
    """Search and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("suite", choices=[*SUITES, "peppol"])
    wanted = parser.parse_args().suite
    if wanted in SUITES:
        SUITES[wanted]().write()
        return
    for name, (artefact, edges) in EDGES.items():
        chosen = choose(artefact, edges())
        write_chosen(FOLDER / f"{name}.csv", artefact, chosen)
        none = sorted(set(artefact.rules.rules) - {rule for rule, _, _ in chosen})
        print(f"{name}: {len(chosen)} rules; none: {none}")


if __name__ == "__main__":
    main()
