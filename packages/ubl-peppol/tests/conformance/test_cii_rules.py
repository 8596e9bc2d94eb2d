"""What fires on CII fires in the official stylesheet, and the other way about.

An id counts as implemented when it fired on both sides in this run; ``EINVOICE_WRITE_CENSUS=1``
rewrites those ids in ``census.toml``.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import official
from ubl_peppol import cii
from ubl_peppol.losses import LossKind
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.syntax_cii import ROOT
from ubl_peppol.testing import full_invoice, small_invoice
from ubl_peppol.testing.artefacts import EN16931_CII
from ubl_peppol.testing.census import write_census
from ubl_peppol.testing.cii_bases import cii_bases, cii_outside_pairs
from ubl_peppol.testing.cii_mutants import cii_mutants
from ubl_peppol.testing.differential import (
    Outcome,
    compare,
    compare_mutants,
    compare_pairs,
    judged,
)
from ubl_peppol.testing.edits import Edit, Pair, apply, read_suite
from ubl_peppol.testing.evidence import record
from ubl_peppol.testing.official import Official, Verdict

Sheets = Callable[[str], Official]
SOURCE = "en16931/cii/schematron/preprocessed/EN16931-CII-validation-preprocessed.sch"
DIRECTED = Path(__file__).with_name("directed")
SEED = 77


def as_text(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode", with_tail=False)


def documents_in(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield every CII document of official folders, those inside test files too."""
    for folder in folders:
        for path in sorted(official(folder).rglob("*.xml")):
            root = etree.parse(str(path)).getroot()
            for number, document in enumerate(root.iter(ROOT)):
                yield f"{path.name}#{number}", as_text(document)


@pytest.fixture(scope="module")
def parents() -> dict[str, bytes]:
    """Return the documents of which mutants are made: official examples and our own."""
    found = {
        name: xml.encode()
        for name, xml in documents_in("en16931/cii/examples")
        if len(xml) < 60_000
    }
    found["full"] = cii.write(full_invoice())
    found["small"] = cii.write(small_invoice())
    return found


@pytest.fixture(scope="module")
def sheet(stylesheet: Sheets) -> Official:
    return stylesheet(EN16931_CII.stylesheet)


def judge(suite: str, documents: Iterator[tuple[str, str]], sheet: Official) -> Outcome:
    outcome = compare(EN16931_CII, suite, documents, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    return outcome


def test_the_ids_and_their_severities_are_those_of_the_official_file() -> None:
    root = etree.parse(str(official(SOURCE))).getroot()
    flags = {
        str(entry.get("id")): entry.get("flag")
        for entry in root.iter("{http://purl.oclc.org/dsdl/schematron}assert")
    }
    assert {rule.id: rule.severity.value for rule in en16931_cii.rules.values()} == flags
    assert len(flags) == ubl_peppol.census()[EN16931_CII.name].total == 806


def test_examples_fire_what_the_official_artefact_fires(sheet: Official) -> None:
    outcome = judge("examples", documents_in("en16931/cii/examples"), sheet)
    assert outcome.equal == outcome.documents == 15


def test_unit_tests_fire_what_the_official_artefact_fires(sheet: Official) -> None:
    folders = ("en16931/test/cii", "peppol/billing/3.0.19/unit-CII-PEPPOL")
    outcome = judge("unit tests", documents_in(*folders), sheet)
    assert outcome.equal == outcome.finished
    assert outcome.documents > 130


def run_mutants(parents: Mapping[str, bytes], sheet: Official, count: int, suite: str) -> None:
    """Judge mutants by both sides, and see to it that they are worth judging."""
    sources = {name: xml.decode() for name, xml in parents.items()}
    mutants = (
        (name, parent, as_text(root)) for name, parent, root in cii_mutants(parents, count, SEED)
    )
    outcome = compare_mutants(EN16931_CII, suite, sources, mutants, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == count
    assert outcome.finished >= count * 0.6
    assert outcome.changed >= count * 0.3


def test_mutants_fire_what_the_official_artefact_fires(
    parents: dict[str, bytes], sheet: Official
) -> None:
    run_mutants(parents, sheet, 400, "mutants, some")


@pytest.mark.long
def test_five_thousand_mutants_fire_what_the_official_artefact_fires(
    parents: dict[str, bytes], sheet: Official
) -> None:
    run_mutants(parents, sheet, 5_000, "mutants")


def all_pairs() -> list[Pair]:
    """Return the directed pairs: searched, made by hand, and made of the table of places."""
    return [*read_suite(DIRECTED, "en16931-cii"), *cii_outside_pairs()]


def run_pairs(pairs: Iterable[Pair], sheet: Official, suite: str) -> Outcome:
    """Judge pairs by both sides; each must fire, and its near miss must not."""
    outcome, failed = compare_pairs(EN16931_CII, suite, cii_bases(), pairs, sheet)
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.undecided == 0
    assert failed == set()
    return outcome


@pytest.mark.long
def test_every_rule_has_three_documents_that_fire_it_and_three_near_misses(
    sheet: Official,
) -> None:
    pairs = all_pairs()
    run_pairs(pairs, sheet, "directed pairs")
    counts = Counter(pair.rule for pair in pairs)
    silent = ubl_peppol.census()[EN16931_CII.name].silent
    assert {rule for rule in en16931_cii.rules if counts[rule] < 3} == set(silent)


def test_an_implemented_rule_has_fired_on_both_sides(sheet: Official) -> None:
    # One pair of each rule here; all of them in the long run.
    first = {pair.rule: pair for pair in reversed(all_pairs())}
    fired = set(run_pairs(first.values(), sheet, "directed, one of each").fired)
    if os.environ.get("EINVOICE_WRITE_CENSUS"):
        write_census(EN16931_CII.name, fired)
        ubl_peppol.census.cache_clear()
    entry = ubl_peppol.census()[EN16931_CII.name]
    print(entry)
    assert entry.fired <= fired, "counted as implemented, but it no longer fires on both sides"
    assert fired == entry.fired, "fires on both sides and is not counted: rewrite the census"
    assert set(en16931_cii.rules) == fired | set(entry.silent)


_SUMMATION = (
    "/*/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
    "/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
)
STOPS = {
    "CII-SR-477": "LineTotalAmount",
    "CII-SR-478": "ChargeTotalAmount",
    "CII-SR-479": "AllowanceTotalAmount",
    "CII-SR-480": "TaxBasisTotalAmount",
    "CII-SR-481": "RoundingAmount",
    "CII-SR-482": "GrandTotalAmount",
    "CII-SR-484": "TotalPrepaidAmount",
    "CII-SR-487": "DuePayableAmount",
}


@pytest.mark.parametrize("rule", STOPS)
def test_what_would_fire_an_unreachable_rule_stops_the_official_run(
    rule: str, sheet: Official
) -> None:
    """Two amounts where another rule takes one: no official verdict, and ours says where."""
    assert rule in ubl_peppol.census()[EN16931_CII.name].silent
    document = apply(cii_bases()["full 380"], (Edit("double", f"{_SUMMATION}/ram:{STOPS[rule]}"),))
    assert sheet.judge(document).fired is None
    report, _ = judged(EN16931_CII, etree.fromstring(document))
    assert any(
        finding.undecided and finding.path.endswith(f"ram:{STOPS[rule]}[2]")
        for finding in report.findings
    )


def canonical(document: bytes) -> str:
    """Return a document for comparison: what says nothing is taken away."""
    root = etree.fromstring(document)
    for name in list(root.attrib):
        if str(name).startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
            del root.attrib[name]
    for element in reversed(list(root.iter(etree.Element))):
        parent = element.getparent()
        if parent is not None and not len(element) and not (element.text or "").strip():
            parent.remove(element)
    return etree.canonicalize(root, strip_text=True, rewrite_prefixes=True)


def test_examples_come_back_equal_or_say_what_was_lost() -> None:
    equal = named = 0
    refused = []
    for name, xml in documents_in("en16931/cii/examples"):
        examined = cii.examine(xml.encode())
        if examined.invoice is None:
            assert all(finding.path for finding in examined.findings), name
            refused.append(name)
            continue
        written = cii.write(examined.invoice)
        again = cii.examine(written)
        assert again.require() == examined.invoice, name
        assert again.losses == (), name
        if canonical(xml.encode()) == canonical(written):
            # A hint for processors on the root is named as well, and is all that was dropped.
            rest = [loss for loss in examined.losses if "schemaLocation" not in loss.path]
            assert {loss.kind for loss in rest} <= {LossKind.MOVED}, name
            equal += 1
        else:
            assert examined.losses, name
            named += 1
    # Two payment means with different codes do not fit the norm.
    assert refused == ["CII_example5.xml#0"]
    assert equal >= 8
    assert equal + named == 14


def test_the_judge_is_no_parrot(sheet: Official) -> None:
    """The comparison can fail: a rule taken away is missed."""
    document = apply(cii_bases()["S 380"], (Edit("drop", "/*/rsm:ExchangedDocument/ram:ID"),))
    verdict = sheet.judge(document)
    assert verdict.fired is not None
    assert "BR-02" in verdict.fired
    outcome = Outcome(EN16931_CII.name, "none", known=frozenset(en16931_cii.rules))
    report, _ = judged(EN16931_CII, etree.fromstring(cii_bases()["S 380"].encode()))
    outcome.add("wrong", Verdict(verdict.fired), report)
    assert outcome.different["wrong"][0]
