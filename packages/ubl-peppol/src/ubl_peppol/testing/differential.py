"""Our verdicts beside the official ones, document by document.

::

    with Official(sheet) as judge:
        outcome = compare(artefact, "mutants", documents, judge)
    assert not outcome.different
    print(outcome)

An artefact is an official set of rules with our implementation of it; a suite is a stream of
documents. Where the official run stops with a dynamic error the document is *undecided*: our
report must then hold an undecided finding at an element.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from lxml import etree

from einvoice_core.findings import Report, RuleSet
from ubl_peppol.reading import read
from ubl_peppol.testing.edits import Pair, apply
from ubl_peppol.testing.official import Verdict

__all__ = [
    "Artefact",
    "Explained",
    "Judge",
    "Outcome",
    "compare",
    "compare_mutants",
    "compare_pairs",
    "judged",
]


class Judge(Protocol):
    """Whatever gives an official verdict on the text of a document."""

    def judge(self, xml: str) -> Verdict:
        """Return the verdict."""


_READ = partial(read, fragments=True)


@dataclass(frozen=True)
class Artefact:
    """An official set of rules, and ours."""

    name: str
    """As the census names it."""
    stylesheet: str
    """Path below the folder of official files."""
    rules: RuleSet[Any]
    baseline: str = ""
    """Key of its unit tests in the facts, where they have been recorded."""
    read: Callable[[etree._Element], Any] = _READ
    """Makes of a document what the rules read."""


@dataclass(frozen=True)
class Explained:
    """A difference that is known, with its reason; a page of the documentation lists them."""

    rule: str
    reason: str
    applies: Callable[[etree._Element], bool]
    """Whether a document is one of those on which the two sides differ."""


@dataclass
class Outcome:
    """How two judges answered a suite of documents."""

    artefact: str
    suite: str
    finished: int = 0
    """The official run came to its end."""
    undecided: int = 0
    """It stopped with a dynamic error, and our report says at which element."""
    equal: int = 0
    """It finished, and the same ids fired."""
    explained: int = 0
    """It finished, and what differs is explained."""
    changed: int = 0
    """It finished, and other ids fired than on the document of which this one is a mutant."""
    different: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Documents with the ids that fired only officially, and only here."""
    fired: Counter[str] = field(default_factory=Counter)
    """Id → documents on which it fired on both sides."""
    silent: Counter[str] = field(default_factory=Counter)
    """Id → documents on which it was silent on both sides."""
    known: frozenset[str] = frozenset()
    """The ids of ours that were compared."""

    @property
    def documents(self) -> int:
        """How many documents were compared."""
        return (
            self.finished
            + self.undecided
            + sum(theirs == ["(stopped)"] for theirs, _ in self.different.values())
        )

    def __str__(self) -> str:
        return (
            f"{self.artefact} / {self.suite}: {self.finished} finished, {self.undecided} "
            f"undecided, {self.equal} equal, {self.explained} explained, "
            f"{len(self.different)} different"
            + (f", {self.changed} fire other rules than their parent" if self.changed else "")
        )

    def add(
        self,
        name: str,
        theirs: Verdict,
        report: Report,
        allowed: frozenset[str] = frozenset(),
        *,
        unreadable: bool = False,
    ) -> None:
        """Count one document.

        Args:
            name: Of the document.
            theirs: What the official side said.
            report: What we say.
            allowed: Ids whose difference on this document is explained.
            unreadable: Whether the reading met an element that it could not judge.
        """
        ours = frozenset(f.rule for f in report.findings if not f.undecided)
        if theirs.fired is None:
            placed = any(f.undecided and f.path for f in report.findings) or unreadable
            if placed:
                self.undecided += 1
            else:
                self.different[name] = (["(stopped)"], sorted(ours))
            return
        self.finished += 1
        fired = theirs.fired & self.known
        if fired == ours:
            self.equal += 1
        elif fired ^ ours <= allowed:
            self.explained += 1
        else:
            self.different[name] = (sorted(fired - ours), sorted(ours - fired))
        self.fired.update(fired & ours)
        self.silent.update(self.known - fired - ours)

    def evidence(self) -> Mapping[str, int]:
        """Return the counts for the published evidence."""
        return {
            "documents": self.documents,
            "finished": self.finished,
            "undecided": self.undecided,
            "equal": self.equal,
            "explained": self.explained,
            "different": len(self.different),
            "changed": self.changed,
        }


def judged(artefact: Artefact, root: etree._Element) -> tuple[Report, bool]:
    """Run our rules on a document; also whether the reading met what it could not judge."""
    reading = artefact.read(root)
    return artefact.rules.validate(reading), bool(getattr(reading, "unreadable", ()))


def compare(
    artefact: Artefact,
    suite: str,
    documents: Iterable[tuple[str, str]],
    official: Judge,
    explained: Iterable[Explained] = (),
) -> Outcome:
    """Judge each document by both sides.

    Args:
        artefact: The official rules and ours.
        suite: Name of the suite in the report.
        documents: Name and text of each.
        official: The official side.
        explained: Differences that are known.
    """
    outcome = Outcome(artefact.name, suite, known=frozenset(artefact.rules.rules))
    for name, xml in documents:
        root = etree.fromstring(xml.encode())
        report, unreadable = judged(artefact, root)
        allowed = frozenset(entry.rule for entry in explained if entry.applies(root))
        outcome.add(name, official.judge(xml), report, allowed, unreadable=unreadable)
    return outcome


def compare_mutants(
    artefact: Artefact,
    suite: str,
    parents: Mapping[str, str],
    mutants: Iterable[tuple[str, str, str]],
    official: Judge,
) -> Outcome:
    """Judge mutants by both sides, and count those on which other ids fire than on their parent.

    Args:
        artefact: The official rules and ours.
        suite: Name of the suite in the report.
        parents: Name and text of the documents that were changed.
        mutants: Name, name of the parent, and text of each.
        official: The official side.
    """
    outcome = Outcome(artefact.name, suite, known=frozenset(artefact.rules.rules))
    before: dict[str, frozenset[str] | None] = {}
    for name, parent, xml in mutants:
        if parent not in before:
            before[parent] = official.judge(parents[parent]).fired
        theirs = official.judge(xml)
        report, unreadable = judged(artefact, etree.fromstring(xml.encode()))
        outcome.add(name, theirs, report, unreadable=unreadable)
        outcome.changed += theirs.fired is not None and theirs.fired != before[parent]
    return outcome


def compare_pairs(
    artefact: Artefact,
    suite: str,
    bases: Mapping[str, str],
    pairs: Iterable[Pair],
    official: Judge,
) -> tuple[Outcome, frozenset[str]]:
    """Judge directed pairs by both sides.

    Args:
        artefact: The official rules and ours.
        suite: Name of the suite in the report.
        bases: Name and text of the documents that the pairs change.
        pairs: Each must fire its rule, and its near miss must not.
        official: The official side.

    Returns:
        The outcome, and the rules of which a pair did not do on both sides what it is made for.
    """
    outcome = Outcome(artefact.name, suite, known=frozenset(artefact.rules.rules))
    failed = set()
    for pair in pairs:
        for edits, meant in ((pair.fires, True), (pair.near, False)):
            xml = apply(bases[pair.base], edits)
            theirs = official.judge(xml)
            report, unreadable = judged(artefact, etree.fromstring(xml.encode()))
            outcome.add(f"{pair} {meant}", theirs, report, unreadable=unreadable)
            ours = any(f.rule == pair.rule and not f.undecided for f in report.findings)
            if theirs.fired is None or {pair.rule in theirs.fired, ours} != {meant}:
                failed.add(pair.rule)
    return outcome, frozenset(failed)
