"""Peppol: each rule has an edge that both sides see, and mutants are judged alike.

The documents are our own and their neighbours. For every id at least three documents must fire it
on both sides, and at least three that differ from those in one place must leave it silent on both;
``census.toml`` says which cannot, and why. ``EINVOICE_WRITE_CENSUS=1`` rewrites the ids that fired.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.findings import Report
from einvoice_core.testing.judges import official
from ubl_peppol.reading import read
from ubl_peppol.rules import peppol
from ubl_peppol.rules.responses import invoice_response, message_response, read_response
from ubl_peppol.rules.selfbilling import selfbilling
from ubl_peppol.testing.census import write_census
from ubl_peppol.testing.differential import Outcome
from ubl_peppol.testing.neighbours import Neighbour, wanderers
from ubl_peppol.testing.official import Official
from ubl_peppol.testing.peppol import VALUES as BILLING_VALUES
from ubl_peppol.testing.peppol import edges, selfbilling_edges
from ubl_peppol.testing.responses import VALUES as RESPONSE_VALUES
from ubl_peppol.testing.responses import invoice_response_edges, message_response_edges

Sheets = Callable[[str], Official]
TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"


@dataclass(frozen=True)
class Artefact:
    """An official artefact, our rules, and documents at their edges."""

    name: str
    stylesheet: str
    rules: frozenset[str]
    judge: Callable[[etree._Element], tuple[Report, bool]]
    edges: Callable[[], Iterator[Neighbour]]
    seeds: str
    """Folder of official documents whose mutants are judged."""
    values: Mapping[str, Sequence[str]]
    """What mutants say."""


def _invoice(rules: object) -> Callable[[etree._Element], tuple[Report, bool]]:
    def judge(root: etree._Element) -> tuple[Report, bool]:
        reading = read(root)
        return rules.validate(reading), bool(reading.unreadable)  # type: ignore[attr-defined]

    return judge


def _response(rules: object) -> Callable[[etree._Element], tuple[Report, bool]]:
    return lambda root: (rules.validate(read_response(root)), False)  # type: ignore[attr-defined]


_SHEETS = "peppol/{}/2026.5/xslt/{}.xslt"
ARTEFACTS = (
    Artefact(
        "PEPPOL-UBL-3.0.21",
        _SHEETS.format("billing", "PEPPOL-EN16931-UBL"),
        frozenset(peppol.rules),
        _invoice(peppol),
        edges,
        "peppol/billing/3.0.19",
        BILLING_VALUES,
    ),
    Artefact(
        "PEPPOL-SB-2026.5",
        _SHEETS.format("billing", "PEPPOL-EN16931-UBL-SB"),
        frozenset(selfbilling.rules),
        _invoice(selfbilling),
        selfbilling_edges,
        "peppol/billing/3.0.19",
        BILLING_VALUES,
    ),
    Artefact(
        "T111",
        _SHEETS.format("responses", "PEPPOLBIS-T111"),
        frozenset(invoice_response.rules),
        _response(invoice_response),
        invoice_response_edges,
        "peppol/responses",
        RESPONSE_VALUES,
    ),
    Artefact(
        "T71",
        _SHEETS.format("responses", "PEPPOLBIS-T71"),
        frozenset(message_response.rules),
        _response(message_response),
        message_response_edges,
        "peppol/responses",
        RESPONSE_VALUES,
    ),
)
each_artefact = pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)


def compared(
    artefact: Artefact, suite: str, documents: Iterable[tuple[str, str]], sheet: Official
) -> tuple[Outcome, dict[str, frozenset[str]]]:
    """Judge documents by both sides; also what fired on each where both agree."""
    outcome = Outcome(artefact.name, suite, known=artefact.rules)
    fired: dict[str, frozenset[str]] = {}
    for name, xml in documents:
        report, unreadable = artefact.judge(etree.fromstring(xml.encode()))
        verdict = sheet.judge(xml)
        outcome.add(name, verdict, report, frozenset(), unreadable=unreadable)
        if verdict.fired is not None:
            fired[name] = verdict.fired & artefact.rules
    return outcome, fired


def around(
    made: dict[str, Neighbour], fired: dict[str, frozenset[str]]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Sort documents by rule: those on which it fires, and its near misses beside them."""
    firing: dict[str, set[str]] = defaultdict(set)
    silent: dict[str, set[str]] = defaultdict(set)
    at_place = defaultdict(set)
    for name in fired:
        at_place[made[name].place].add(name)
    for name, ids in fired.items():
        for rule in ids:
            firing[rule].add(name)
            place = made[name].place
            near = at_place[place] | at_place[place.partition(":")[0]]
            silent[rule] |= {other for other in near if rule not in fired[other]}
    return firing, silent


def judge_edges(
    artefact: Artefact, made: dict[str, Neighbour], sheet: Official
) -> dict[str, frozenset[str]]:
    """Judge documents at the edges of rules; each rule needs three of either kind."""
    documents = ((name, neighbour.xml) for name, neighbour in made.items())
    outcome, fired = compared(artefact, "directed", documents, sheet)
    print(outcome)
    assert outcome.different == {}
    firing, silent = around(made, fired)
    census = ubl_peppol.census()[artefact.name]
    expected = artefact.rules - set(census.silent)
    counts = {rule: (len(firing[rule]), len(silent[rule])) for rule in expected}
    assert {rule: count for rule, count in counts.items() if min(count) < 3} == {}
    return fired


def few_edges(made: dict[str, Neighbour], fired: dict[str, frozenset[str]]) -> set[str]:
    """Choose for each rule three documents that fire it and three near misses beside them."""
    firing, _ = around(made, fired)
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
def test_every_rule_has_edges(artefact: Artefact, stylesheet: Sheets) -> None:
    made = {neighbour.name: neighbour for neighbour in artefact.edges()}
    fired = judge_edges(artefact, made, stylesheet(artefact.stylesheet))
    firing, _ = around(made, fired)
    if os.environ.get("EINVOICE_WRITE_CENSUS"):
        write_census(artefact.name, firing)
    census = ubl_peppol.census()[artefact.name]
    assert census.total == len(artefact.rules)
    assert set(firing) == set(census.fired), "rewrite the census"


@each_artefact
def test_three_edges_of_every_rule(artefact: Artefact, stylesheet: Sheets) -> None:
    """The same with three documents of either kind for each rule, chosen by our own verdict."""
    made = {neighbour.name: neighbour for neighbour in artefact.edges()}
    ours: dict[str, frozenset[str]] = {}
    for name, neighbour in made.items():
        report, unreadable = artefact.judge(etree.fromstring(neighbour.xml.encode()))
        if not unreadable and not report.undecided:
            ours[name] = frozenset(finding.rule for finding in report.findings) & artefact.rules
    few = few_edges(made, ours)
    fired = judge_edges(
        artefact, {name: made[name] for name in sorted(few)}, stylesheet(artefact.stylesheet)
    )
    seen = {rule for ids in fired.values() for rule in ids}
    assert seen == ubl_peppol.census()[artefact.name].fired, "counted, but it no longer fires"


def seeds(artefact: Artefact) -> dict[str, bytes]:
    """Return the official documents, those of the unit tests among them."""
    found: dict[str, bytes] = {}
    for path in sorted(official(artefact.seeds).rglob("*.xml")):
        root = etree.parse(str(path)).getroot()
        for number, tree in enumerate([test[-1] for test in root.iter(TEST)] or [root]):
            name = etree.QName(tree).localname
            if name in ("Invoice", "CreditNote", "ApplicationResponse"):
                found[f"{path.name}#{number}"] = etree.tostring(tree, with_tail=False)
    return found


@each_artefact
def test_official_documents_are_judged_alike(artefact: Artefact, stylesheet: Sheets) -> None:
    documents = ((name, xml.decode()) for name, xml in seeds(artefact).items())
    outcome, _ = compared(artefact, "official", documents, stylesheet(artefact.stylesheet))
    print(outcome)
    assert outcome.different == {}
    assert outcome.documents >= 15


def _run_mutants(artefact: Artefact, stylesheet: Sheets, count: int) -> None:
    sheet = stylesheet(artefact.stylesheet)
    mutants = wanderers(seeds(artefact), count, 4711, artefact.values)
    outcome, _ = compared(artefact, "mutants", mutants, sheet)
    print(outcome)
    assert outcome.different == {}
    assert outcome.finished > count * 0.6


@each_artefact
def test_mutants_are_judged_alike(artefact: Artefact, stylesheet: Sheets) -> None:
    _run_mutants(artefact, stylesheet, 300)


@pytest.mark.long
@each_artefact
def test_many_mutants_are_judged_alike(artefact: Artefact, stylesheet: Sheets) -> None:
    _run_mutants(artefact, stylesheet, 10_000)
