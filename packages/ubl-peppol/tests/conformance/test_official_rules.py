"""What fires here fires in the official stylesheets, and the other way about.

The ids compared are those of our rules. An id counts as implemented when it fired on both sides in
this run; ``census.toml`` holds those ids, and ``EINVOICE_WRITE_CENSUS=1`` rewrites it.
"""

import json
import os
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.findings import RuleSet
from einvoice_core.testing.judges import facts, official
from ubl_peppol.reading import Reading, read
from ubl_peppol.rules import en16931, peppol
from ubl_peppol.testing import directed, random_mutants

TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"
MUTANTS = 300
SEED = 20260


@dataclass(frozen=True)
class Artefact:
    """An official set of rules, and ours."""

    name: str
    baseline: str
    stylesheet: str
    rules: RuleSet[Reading]


ARTEFACTS = (
    Artefact(
        "EN16931-UBL-1.3.16",
        "en16931-1.3.16",
        "en16931/ubl/xslt/EN16931-UBL-validation.xslt",
        en16931,
    ),
    Artefact(
        "PEPPOL-UBL-3.0.21",
        "peppol-2026.5",
        "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt",
        peppol,
    ),
)
each_artefact = pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)


@dataclass
class Tally:
    """How two judges answered a suite of documents."""

    equal: int = 0
    stopped: int = 0
    """The official run ended with a dynamic error, and we say where."""
    different: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Documents with the ids that fired only officially, and only here."""
    fired: set[str] = field(default_factory=set)

    def add(
        self,
        name: str,
        theirs: frozenset[str] | None,
        root: etree._Element,
        rules: RuleSet[Reading],
    ) -> None:
        ours, undecided = judged(root, rules)
        if theirs is None:
            if undecided:
                self.stopped += 1
            else:
                self.different[name] = (["(stopped)"], sorted(ours))
            return
        theirs &= frozenset(rules.rules)
        if theirs == ours:
            self.equal += 1
            self.fired |= ours
        else:
            self.different[name] = (sorted(theirs - ours), sorted(ours - theirs))


def judged(root: etree._Element, rules: RuleSet[Reading]) -> tuple[frozenset[str], bool]:
    """Return the ids that fire here, and whether anything was left undecided."""
    reading = read(root)
    report = rules.validate(reading)
    fired = {finding.rule for finding in report.findings if not finding.undecided}
    undecided = any(finding.undecided for finding in report.findings)
    return frozenset(fired), undecided or bool(reading.unreadable)


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


@pytest.fixture(scope="session")
def run_beside(
    saxon: Callable[[str, Mapping[str, str]], Mapping[str, frozenset[str] | None]],
) -> Callable[[Artefact, Mapping[str, str]], Tally]:
    """Return what judges documents by both sides."""

    def run(artefact: Artefact, documents: Mapping[str, str]) -> Tally:
        tally = Tally()
        for name, theirs in saxon(artefact.stylesheet, documents).items():
            tally.add(name, theirs, etree.fromstring(documents[name].encode()), artefact.rules)
        return tally

    return run


def as_text(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode", with_tail=False)


@each_artefact
def test_unit_tests_fire_what_the_official_artefact_fires(artefact: Artefact) -> None:
    tally = Tally()
    for name, theirs, root in unit_tests(artefact.baseline):
        tally.add(name, theirs, root, artefact.rules)
    assert tally.different == {}
    assert tally.equal == {"en16931-1.3.16": 1131, "peppol-2026.5": 543}[artefact.baseline]


@each_artefact
def test_examples_fire_what_the_official_artefact_fires(
    artefact: Artefact,
    examples: dict[str, bytes],
    run_beside: Callable[[Artefact, Mapping[str, str]], Tally],
) -> None:
    documents = {name: as_text(etree.fromstring(data)) for name, data in examples.items()}
    tally = run_beside(artefact, documents)
    assert tally.different == {}
    assert tally.equal == len(examples) > 20


@each_artefact
def test_mutants_fire_what_the_official_artefact_fires(
    artefact: Artefact,
    examples: dict[str, bytes],
    run_beside: Callable[[Artefact, Mapping[str, str]], Tally],
) -> None:
    mutants = random_mutants(examples, MUTANTS, SEED)
    tally = run_beside(artefact, {name: as_text(root) for name, root in mutants})
    assert tally.different == {}
    assert tally.equal + tally.stopped == MUTANTS
    assert tally.equal > MUTANTS * 0.6


@each_artefact
def test_an_implemented_rule_has_fired_on_both_sides(
    artefact: Artefact, run_beside: Callable[[Artefact, Mapping[str, str]], Tally]
) -> None:
    tally = Tally()
    for name, theirs, root in unit_tests(artefact.baseline):
        tally.add(name, theirs, root, artefact.rules)
    made = run_beside(artefact, directed())
    assert made.different == {}
    fired = tally.fired | made.fired
    if os.environ.get("EINVOICE_WRITE_CENSUS"):
        write_census(artefact.name, fired)
    stated = census_file()[artefact.name]["fired"].split()
    assert set(stated) <= fired, "counted as implemented, but it no longer fires on both sides"
    assert fired <= set(stated), "fires on both sides and is not counted: rewrite the census"
    silent = ubl_peppol.census()[artefact.name].silent
    assert set(artefact.rules.rules) <= fired | set(silent), "a rule that no document makes fire"


CENSUS = Path(ubl_peppol.__file__).with_name("census.toml")


def census_file() -> dict[str, dict[str, str]]:
    return tomllib.loads(CENSUS.read_text(encoding="utf-8"))


def write_census(artefact: str, fired: set[str]) -> None:
    """Put the ids of one artefact into the file, by family."""
    families = defaultdict(list)
    for rule in sorted(fired):
        families[rule.rpartition("-")[0]].append(rule)
    listing = "\n".join(" ".join(ids) for ids in families.values())
    begun, found, rest = CENSUS.read_text(encoding="utf-8").partition(f'["{artefact}"]\n')
    head, _, after = rest.partition('fired = """\n')
    _, _, tail = after.partition('"""')
    CENSUS.write_text(f'{begun}{found}{head}fired = """\n{listing}\n"""{tail}', encoding="utf-8")
