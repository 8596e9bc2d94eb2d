"""What fires here fires in the official stylesheets, and the other way about.

The ids compared are those of our rules. An id counts as implemented when it fired on both sides in
this run; ``census.toml`` holds those ids, and ``EINVOICE_WRITE_CENSUS=1`` rewrites it.
"""

import json
import os
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import facts, official
from ubl_peppol.rules import en16931, peppol
from ubl_peppol.testing import directed, random_mutants
from ubl_peppol.testing.differential import Artefact, Outcome, compare, judged
from ubl_peppol.testing.official import Official, Verdict

TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"
MUTANTS = 300
SEED = 20260
Sheets = Callable[[str], Official]

ARTEFACTS = (
    Artefact(
        "EN16931-UBL-1.3.16",
        "en16931/ubl/xslt/EN16931-UBL-validation.xslt",
        en16931,
        baseline="en16931-1.3.16",
    ),
    Artefact(
        "PEPPOL-UBL-3.0.21",
        "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt",
        peppol,
        baseline="peppol-2026.5",
    ),
)
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
    assert outcome.different == {}
    assert outcome.equal == {"en16931-1.3.16": 1131, "peppol-2026.5": 543}[artefact.baseline]


@each_artefact
def test_examples_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Sheets
) -> None:
    documents = [(name, as_text(etree.fromstring(data))) for name, data in examples.items()]
    outcome = compare(artefact, "examples", documents, stylesheet(artefact.stylesheet))
    print(outcome)
    assert outcome.different == {}
    assert outcome.equal == len(examples) > 20


@each_artefact
def test_mutants_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Sheets
) -> None:
    mutants = ((name, as_text(root)) for name, root in random_mutants(examples, MUTANTS, SEED))
    outcome = compare(artefact, "mutants", mutants, stylesheet(artefact.stylesheet))
    print(outcome)
    assert outcome.different == {}
    assert outcome.documents == MUTANTS
    assert outcome.finished > MUTANTS * 0.6


@each_artefact
def test_an_implemented_rule_has_fired_on_both_sides(
    artefact: Artefact, stylesheet: Sheets
) -> None:
    made = compare(artefact, "directed", directed().items(), stylesheet(artefact.stylesheet))
    print(made)
    assert made.different == {}
    fired = set(of_unit_tests(artefact).fired) | set(made.fired)
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
