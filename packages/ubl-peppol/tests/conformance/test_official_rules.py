"""What fires here fires in the official stylesheets, and the other way about.

The ids compared are those of our rules. An id counts as implemented when it fired on both sides in
this run; ``census.toml`` holds those ids, and ``EINVOICE_WRITE_CENSUS=1`` rewrites it.
"""

import json
import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import facts, official
from ubl_peppol.rules import en16931
from ubl_peppol.testing import directed, random_mutants
from ubl_peppol.testing.artefacts import EN16931_UBL, PEPPOL_BILLING
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.census import CENSUS, write_census
from ubl_peppol.testing.differential import (
    Artefact,
    Outcome,
    compare,
    compare_mutants,
    compare_pairs,
    judged,
)
from ubl_peppol.testing.edits import Edit, Pair, apply, read_suite
from ubl_peppol.testing.evidence import record
from ubl_peppol.testing.official import Official, Verdict
from ubl_peppol.testing.outside import outside_pairs

TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"
DIRECTED = Path(__file__).with_name("directed")
MUTANTS = 600
SEED = 20260
Sheets = Callable[[str], Official]

ARTEFACTS = (EN16931_UBL, PEPPOL_BILLING)
each_artefact = pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)


def unit_tests(baseline: str) -> Iterator[tuple[str, frozenset[str], etree._Element]]:
    """Yield each official unit test with what the official artefact fires on it."""
    rows = json.loads((facts() / "rules-baseline.json").read_text(encoding="utf-8"))[baseline]
    documents: dict[str, list[etree._Element]] = {}
    for row in rows:
        path = row["file"]
        if path not in documents:
            tree = etree.parse(str(official(path)))
            documents[path] = [test[-1] for test in tree.getroot().iter(TEST)]
        # Cut off: a rule must not look above the document.
        root = etree.fromstring(etree.tostring(documents[path][row["n"] - 1], with_tail=False))
        yield f"{path}#{row['n']}", frozenset(row["fired"]), root


def as_text(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode", with_tail=False)


def of_unit_tests(artefact: Artefact) -> Outcome:
    """Compare the unit tests with what the official run was recorded to say of them."""
    outcome = Outcome(artefact.name, "unit tests", known=frozenset(artefact.rules.rules))
    for name, fired, root in unit_tests(artefact.baseline):
        report, unreadable = judged(artefact, root)
        outcome.add(name, Verdict(fired), report, unreadable=unreadable)
    return outcome


@each_artefact
def test_unit_tests_fire_what_the_official_artefact_fires(artefact: Artefact) -> None:
    outcome = of_unit_tests(artefact)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.equal == {"en16931-1.3.16": 1131, "peppol-2026.5": 543}[artefact.baseline]


@each_artefact
def test_examples_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Sheets
) -> None:
    documents = [(name, as_text(etree.fromstring(data))) for name, data in examples.items()]
    outcome = compare(artefact, "examples", documents, stylesheet(artefact.stylesheet))
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.equal == len(examples) > 20


def run_mutants(
    artefact: Artefact, examples: dict[str, bytes], sheet: Official, count: int, suite: str
) -> Outcome:
    """Judge mutants by both sides, and see to it that they are worth judging."""
    parents = {name: as_text(etree.fromstring(data)) for name, data in examples.items()}
    mutants = (
        (name, name.partition(":")[2], as_text(root))
        for name, root in random_mutants(examples, count, SEED)
    )
    outcome = compare_mutants(artefact, suite, parents, mutants, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == count
    assert outcome.finished >= count * 0.6
    assert outcome.changed >= count * 0.3
    return outcome


@each_artefact
def test_mutants_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Sheets
) -> None:
    run_mutants(artefact, examples, stylesheet(artefact.stylesheet), MUTANTS, "mutants, some")


@pytest.mark.long
@each_artefact
def test_twenty_thousand_mutants_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Sheets
) -> None:
    run_mutants(artefact, examples, stylesheet(artefact.stylesheet), 20_000, "mutants")


def all_pairs() -> list[Pair]:
    """Return the directed pairs: searched, made by hand, and made of the table of paths."""
    return [*read_suite(DIRECTED, "en16931-ubl"), *outside_pairs()]


def run_pairs(pairs: Iterable[Pair], stylesheet: Sheets, suite: str) -> Outcome:
    """Judge pairs by both sides; each must fire, and its near miss must not."""
    sheet = stylesheet(EN16931_UBL.stylesheet)
    outcome, failed = compare_pairs(EN16931_UBL, suite, bases(), pairs, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.undecided == 0
    assert failed == set()
    return outcome


# The rules of Peppol have a file of their own for this and the next.
@pytest.mark.long
def test_every_rule_has_three_documents_that_fire_it_and_three_near_misses(
    stylesheet: Sheets,
) -> None:
    pairs = all_pairs()
    run_pairs(pairs, stylesheet, "directed pairs")
    counts = Counter(pair.rule for pair in pairs)
    silent = ubl_peppol.census()[EN16931_UBL.name].silent
    assert {rule for rule in en16931.rules if counts[rule] < 3} == set(silent)


def test_an_implemented_rule_has_fired_on_both_sides(stylesheet: Sheets) -> None:
    name = EN16931_UBL.name
    made = compare(EN16931_UBL, "directed", directed().items(), stylesheet(EN16931_UBL.stylesheet))
    print(made)
    assert made.different == {}
    # One pair of each rule here; all of them in the long run.
    first = {pair.rule: pair for pair in reversed(all_pairs())}
    outcome = run_pairs(first.values(), stylesheet, "directed, one of each")
    fired = set(of_unit_tests(EN16931_UBL).fired) | set(made.fired) | set(outcome.fired)
    if os.environ.get("EINVOICE_WRITE_CENSUS"):
        write_census(name, fired)
    stated = census_file()[name]["fired"].split()
    assert set(stated) <= fired, "counted as implemented, but it no longer fires on both sides"
    assert fired <= set(stated), "fires on both sides and is not counted: rewrite the census"
    silent = ubl_peppol.census()[name].silent
    assert set(en16931.rules) <= fired | set(silent), "a rule that no document makes fire"


_PARTY = "cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
STOPS = {
    "UBL-SR-09": f"/*/cac:AccountingSupplierParty/{_PARTY}",
    "UBL-SR-15": f"/*/cac:AccountingCustomerParty/{_PARTY}",
    "UBL-SR-22": "/*/cac:TaxRepresentativeParty/cac:PartyName/cbc:Name",
    "UBL-SR-27": "/*/cac:PaymentMeans/cbc:PaymentMeansCode",
}


@pytest.mark.parametrize("rule", STOPS)
def test_what_would_fire_an_unreachable_rule_stops_the_official_run(
    rule: str, stylesheet: Sheets
) -> None:
    """Two elements where another rule takes one: no official verdict, and ours says where."""
    artefact = EN16931_UBL
    assert rule in ubl_peppol.census()[artefact.name].silent
    document = apply(bases()["full 380"], (Edit("double", STOPS[rule]),))
    verdict = stylesheet(artefact.stylesheet).judge(document)
    assert verdict.fired is None
    assert "more than one item" in verdict.stopped
    report, _ = judged(artefact, etree.fromstring(document))
    steps = STOPS[rule].rsplit("/", 2)[1:]
    places = [finding.path for finding in report.findings if finding.undecided]
    assert any(path.endswith(f"{steps[0]}/{steps[1]}[2]") for path in places), places


def census_file() -> dict[str, dict[str, str]]:
    return tomllib.loads(CENSUS.read_text(encoding="utf-8"))
