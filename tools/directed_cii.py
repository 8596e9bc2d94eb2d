"""Search the directed suite of the CII rules: pairs of documents, one fires and one does not.

As ``tools/directed.py`` does for UBL; the rules on what must not be there need no search, their
pairs are made of the table::

    python tools/directed_cii.py
"""

import sys
from collections import defaultdict
from pathlib import Path

from lxml import etree

from ubl_peppol.reading import read
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.rules.cii._places import rows
from ubl_peppol.testing.cii_bases import cii_bases
from ubl_peppol.testing.edits import Edit, Pair, apply, edits_of, write_pairs

TARGET = Path("packages/ubl-peppol/tests/conformance/directed/en16931-cii.csv")
WANTED = 3
HEAD = """\
# Directed suite of EN16931-CII: rule, base document, edits that make it fire, edits that do not.
# Written by tools/directed_cii.py.
"""
TEXTS = (
    "", "  ", "XX", "1.234", "-7.00", "0", "999999.00", "20160101", "21991231", "20161301", "S",
    "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "vat", "30", "58", "130", "50", "916", "380",
    "EUR", "IT", "true", "false", "12345678901234",
)  # fmt: skip
BY_HAND: tuple[tuple[str, tuple[str, ...], tuple[Edit, ...], tuple[Edit, ...]], ...] = ()


def fired(xml: str) -> frozenset[str] | None:
    """Return the ids that fire, or nothing where the official run may stop."""
    reading = read(etree.fromstring(xml.encode()))
    report = en16931_cii.validate(reading)
    if reading.unreadable or report.undecided:
        return None
    return frozenset(finding.rule for finding in report.findings)


def search() -> dict[str, list[Pair]]:
    """Return the pairs by rule."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for rule, names, fires, near_miss in BY_HAND:
        pairs[rule].extend(Pair(rule, name, fires, near_miss) for name in names)
    for name, xml in cii_bases().items():
        before = fired(xml) or frozenset()
        places: dict[str, list[Edit]] = defaultdict(list)
        for edit in edits_of(xml, TEXTS):
            places[edit.path.partition("/@")[0]].append(edit)
        for edits in places.values():
            judged = {edit: fired(apply(xml, (edit,))) for edit in edits}
            known = {edit: ids for edit, ids in judged.items() if ids is not None}
            for edit, ids in known.items():
                for rule in sorted(ids - before):
                    mine = pairs[rule]
                    if len(mine) >= WANTED or sum(pair.base == name for pair in mine) >= 2:
                        continue
                    near = [(other,) for other, found in known.items() if rule not in found]
                    used = {pair.near for pair in mine}
                    fresh = [other for other in near if other not in used] or near or [()]
                    mine.append(Pair(rule, name, (edit,), fresh[len(mine) % len(fresh)]))
        print(f"{name}: {len(pairs)} rules", file=sys.stderr)
    return pairs


def main() -> None:
    """Search and write."""
    made = {row.id for row in rows() if row.kind == "absent"}
    pairs = {rule: found for rule, found in search().items() if rule not in made}
    write_pairs(TARGET, pairs, HEAD)
    few = {rule: len(found) for rule, found in pairs.items() if len(found) < WANTED}
    missing = [rule for rule in en16931_cii.rules if rule not in pairs and rule not in made]
    print(f"{len(pairs)} rules; fewer than {WANTED}: {few}; none: {missing}")


if __name__ == "__main__":
    main()
