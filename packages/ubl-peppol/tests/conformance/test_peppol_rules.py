"""Peppol: each rule has an edge that both sides see, and mutants are judged alike.

The documents are our own and their neighbours. For every id at least three documents must fire it
on both sides, and at least three that differ from those in one place must leave it silent on both;
``census.toml`` says which cannot, and why. ``EINVOICE_WRITE_CENSUS=1`` rewrites the ids that fired.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import official
from ubl_peppol.testing.census import write_census
from ubl_peppol.testing.differential import Artefact, compare, compare_mutants
from ubl_peppol.testing.differential import judged as judge
from ubl_peppol.testing.evidence import record
from ubl_peppol.testing.examples import EDGES, read_chosen
from ubl_peppol.testing.neighbours import Neighbour, sides, wanderers
from ubl_peppol.testing.official import Official, Verdict
from ubl_peppol.testing.peppol import VALUES as BILLING_VALUES
from ubl_peppol.testing.responses import VALUES as RESPONSE_VALUES

DIRECTED = Path(__file__).with_name("directed")
Sheets = Callable[[str], Official]
TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"


@dataclass(frozen=True)
class Judged:
    """An official artefact with documents at the edges of its rules."""

    file: str
    """Name of the suite."""
    seeds: str
    """Folder of official documents whose mutants are judged."""
    values: Mapping[str, Sequence[str]]
    """What mutants say."""

    @property
    def artefact(self) -> Artefact:
        return EDGES[self.file][0]

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(self.artefact.rules.rules)

    def edges(self) -> dict[str, Neighbour]:
        return {neighbour.name: neighbour for neighbour in EDGES[self.file][1]()}


_BILLING, _RESPONSES = "peppol/billing/3.0.19", "peppol/responses"
JUDGED = (
    Judged("peppol-billing", _BILLING, BILLING_VALUES),
    Judged("peppol-selfbilling", _BILLING, BILLING_VALUES),
    Judged("peppol-t111", _RESPONSES, RESPONSE_VALUES),
    Judged("peppol-t71", _RESPONSES, RESPONSE_VALUES),
)
each_artefact = pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.artefact.name)


class Remembering:
    """The official side, that also keeps what fired on each document where it finished."""

    def __init__(self, sheet: Official, rules: frozenset[str]) -> None:
        self.fired: list[frozenset[str] | None] = []
        self._sheet, self._rules = sheet, rules

    def judge(self, xml: str) -> Verdict:
        verdict = self._sheet.judge(xml)
        self.fired.append(None if verdict.fired is None else verdict.fired & self._rules)
        return verdict


def judge_edges(
    judged: Judged, made: dict[str, Neighbour], sheet: Official, suite: str
) -> dict[str, frozenset[str]]:
    """Judge documents at the edges of rules; each rule needs three of either kind."""
    watched = Remembering(sheet, judged.rules)
    documents = ((name, neighbour.xml) for name, neighbour in made.items())
    outcome = compare(judged.artefact, suite, documents, watched)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    fired = {name: ids for name, ids in zip(made, watched.fired, strict=True) if ids is not None}
    firing, silent = sides(made, fired)
    census = ubl_peppol.census()[judged.artefact.name]
    expected = judged.rules - set(census.silent)
    counts = {rule: (len(firing[rule]), len(silent[rule])) for rule in expected}
    assert {rule: count for rule, count in counts.items() if min(count) < 3} == {}
    return fired


def few_edges(made: dict[str, Neighbour], fired: dict[str, frozenset[str]]) -> set[str]:
    """Choose for each rule three documents that fire it and three near misses beside them."""
    firing, _ = sides(made, fired)
    at_place: dict[str, list[str]] = defaultdict(list)
    for name in sorted(fired):
        at_place[made[name].place].append(name)
    chosen: set[str] = set()
    for rule, names in firing.items():
        near: set[str] = set()
        for number, name in enumerate(sorted(names)):
            if number >= 3 and len(near) >= 3:
                break
            place = made[name].place
            beside = [*at_place[place], *at_place[place.partition(":")[0]]]
            near |= {other for other in beside if rule not in fired[other]}
            chosen.add(name)
        chosen |= set(sorted(near)[:3])
    return chosen


@pytest.mark.long
@each_artefact
def test_every_rule_has_edges(judged: Judged, stylesheet: Sheets) -> None:
    name = judged.artefact.name
    made = judged.edges()
    fired = judge_edges(judged, made, stylesheet(judged.artefact.stylesheet), "directed")
    firing, _ = sides(made, fired)
    if os.environ.get("EINVOICE_WRITE_CENSUS"):
        write_census(name, firing)
    census = ubl_peppol.census()[name]
    assert census.total == len(judged.rules)
    assert set(firing) == set(census.fired), "rewrite the census"


@each_artefact
def test_three_edges_of_every_rule(judged: Judged, stylesheet: Sheets) -> None:
    """The same with three documents of either kind for each rule, chosen by our own verdict."""
    made = judged.edges()
    ours: dict[str, frozenset[str]] = {}
    for name, neighbour in made.items():
        report, unreadable = judge(judged.artefact, etree.fromstring(neighbour.xml.encode()))
        if not unreadable and not report.undecided:
            ours[name] = frozenset(finding.rule for finding in report.findings) & judged.rules
    shown = read_chosen(DIRECTED / f"{judged.file}.csv")
    names = few_edges(made, ours).union(*(pair for _, *pair in shown))
    few = {name: made[name] for name in sorted(names)}
    sheet = stylesheet(judged.artefact.stylesheet)
    fired = judge_edges(judged, few, sheet, "directed, three of each")
    seen = {rule for ids in fired.values() for rule in ids}
    census = ubl_peppol.census()[judged.artefact.name]
    assert seen == census.fired, "counted, but it no longer fires"
    # The examples that the reference shows of each rule.
    assert {rule for rule, _, _ in shown} == census.fired
    assert [rule for rule, fires, _ in shown if rule not in fired[fires]] == []
    assert [rule for rule, _, near in shown if rule in fired[near]] == []


def seeds(judged: Judged) -> dict[str, str]:
    """Return the official documents, those of the unit tests among them."""
    found: dict[str, str] = {}
    for path in sorted(official(judged.seeds).rglob("*.xml")):
        root = etree.parse(str(path)).getroot()
        for number, tree in enumerate([test[-1] for test in root.iter(TEST)] or [root]):
            name = etree.QName(tree).localname
            if name in ("Invoice", "CreditNote", "ApplicationResponse"):
                text = etree.tostring(tree, with_tail=False, encoding="unicode")
                found[f"{path.name}#{number}"] = text
    return found


@each_artefact
def test_official_documents_are_judged_alike(judged: Judged, stylesheet: Sheets) -> None:
    sheet = stylesheet(judged.artefact.stylesheet)
    outcome = compare(judged.artefact, "official documents", seeds(judged).items(), sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents >= 15


def run_mutants(judged: Judged, stylesheet: Sheets, count: int, suite: str) -> None:
    """Judge mutants by both sides, and see to it that they are worth judging."""
    parents = seeds(judged)
    mutants = (
        (name, name.partition(":")[2], xml)
        for name, xml in wanderers(parents, count, 4711, judged.values)
    )
    sheet = stylesheet(judged.artefact.stylesheet)
    outcome = compare_mutants(judged.artefact, suite, parents, mutants, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == count
    assert outcome.finished >= count * 0.6
    assert outcome.changed >= count * 0.3


@each_artefact
def test_mutants_are_judged_alike(judged: Judged, stylesheet: Sheets) -> None:
    run_mutants(judged, stylesheet, 300, "mutants of unit tests, some")


@pytest.mark.long
@each_artefact
def test_many_mutants_are_judged_alike(judged: Judged, stylesheet: Sheets) -> None:
    run_mutants(judged, stylesheet, 10_000, "mutants of unit tests")
