"""The rule set of a reading: which rules have anything to say, and on which lines they must run.

A rule may name what must be in the document for it to say anything (``on``), or what the document
must lack (``wants``); the others always run. What a document holds and lacks is found out once; the
rules that follow from it are remembered, because few documents differ in that.
A rule runs on the sample, where one line stands for all that are alike, and on the whole document
only when it found something in a line that stands for others, or when it says that it can tell
such lines apart (``alike=False``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from lxml import etree

from einvoice_core.findings import (
    MAX_FINDINGS,
    Breach,
    Finding,
    Report,
    Rule,
    RuleFunction,
    RuleSet,
    Severity,
    Undecided,
)
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import string_of
from ubl_peppol.rules._terms import TERMS
from ubl_peppol.syntax import LINES

__all__ = ["Rules"]

P = TypeVar("P")
_TERM = re.compile(r"B[TG]-[0-9]+(?:-[0-9])?")
_Ordered = list[tuple[int, Rule[Reading]]]
_Plan = tuple[_Ordered, dict[str, _Ordered], dict[tuple[frozenset[str], bool], _Ordered]]
Wanted = tuple[str, Iterable[str]]
"""A kind of group, and the terms and groups that each of them must have."""
_Required = tuple[set[str], set[str]]
"""Terms and groups that are wanted."""
_INCOMPLETE = "incomplete"
_REMEMBERED = 300
"""Choices of rules that a set remembers."""


class Rules(RuleSet[Reading]):
    """Rules on a reading, with what each needs to be there."""

    def __init__(self, source: str, name: str = "rules") -> None:
        super().__init__(source, name)
        self._on: dict[str, str] = {}
        self._terms: dict[str, tuple[str, ...]] = {}
        self._requirements: dict[str, str] = {}
        self._wanted: dict[str, _Required] = {}
        self._apart: set[str] = set()
        self._plan: _Plan | None = None

    def rule(
        self,
        rule_id: str,
        *,
        message: str,
        terms: Iterable[str] = (),
        severity: Severity = Severity.FATAL,
        source: str = "",
        on: str = "",
        wants: Wanted | None = None,
        alike: bool = True,
    ) -> Callable[[RuleFunction[Reading]], RuleFunction[Reading]]:
        """Register a function as a rule.

        Args:
            rule_id: As in :class:`RuleSet`, like the following.
            message: Template of the message.
            terms: Business terms concerned.
            severity: That of the source.
            source: Where it differs from the source of the set.
            on: Group or term without which the rule says nothing.
            wants: Kind of group, and what each of them must have; where all have it, nothing is
                empty and none of it occurs twice, the rule says nothing.
            alike: Whether the rule says nothing of a line if it says nothing of one that is alike.
        """
        self._on[rule_id] = on if wants is None else self._want(wants)
        if not alike:
            self._apart.add(rule_id)
        return super().rule(rule_id, message=message, terms=terms, severity=severity, source=source)

    def family(
        self,
        rows: Mapping[str, P],
        *,
        message: str,
        terms: Iterable[str] = (),
        severity: Severity = Severity.FATAL,
        source: str = "",
        on: Callable[[P], str] = lambda _: "",
        wants: Callable[[P], Wanted] | None = None,
        alike: bool = True,
        requirement: Callable[[P], str] | None = None,
    ) -> Callable[
        [Callable[[Reading, P], Iterable[Breach]]], Callable[[Reading, P], Iterable[Breach]]
    ]:
        """Register one function as many rules.

        Args:
            rows: As in :class:`RuleSet`, like the following.
            message: Template of the message.
            terms: Business terms concerned; by default those that the row names.
            severity: That of the source.
            source: Where it differs from the source of the set.
            on: Tells what a row needs to be in the document for it to say anything.
            wants: Tells instead what a row needs to be missing, as in :meth:`rule`.
            alike: Whether the rule says nothing of a line if it says nothing of one that is alike.
            requirement: States the requirement of a row; by default the docstring does.
        """
        if requirement is not None:
            self._requirements.update({rule: requirement(row) for rule, row in rows.items()})
        for rule_id, row in rows.items():
            self._on[rule_id] = on(row) if wants is None else self._want(wants(row))
        if not terms:
            self._terms.update({rule_id: _terms_of(row) for rule_id, row in rows.items()})
        if not alike:
            self._apart.update(rows)
        return super().family(rows, message=message, terms=terms, severity=severity, source=source)

    def __or__(self, other: RuleSet[Reading]) -> "Rules":
        """Build a set with the rules of both."""
        joined = Rules(self.source, f"{self.name}+{other.name}")
        joined._rules = dict((super().__or__(other))._rules)
        joined._take(self, other)
        return joined

    def without(self, *rule_ids: str) -> "Rules":
        """Build a set that lacks some rules."""
        rest = Rules(self.source, self.name)
        rest._rules = dict(super().without(*rule_ids)._rules)
        rest._take(self)
        return rest

    def _take(self, *sets: RuleSet[Reading]) -> None:
        for each in sets:
            if isinstance(each, Rules):
                self._on.update(each._on)
                for group_id, wanted in each._wanted.items():
                    self._want((group_id, wanted[0] | wanted[1]))
                self._apart |= each._apart
            else:
                self._apart.update(each.rules)

    def validate(self, document: Reading, limit: int = MAX_FINDINGS) -> Report:
        """Run the rules that have anything to say; the findings are in the order of the rules."""
        sample = document.sample
        found: list[tuple[int, Finding]] = []
        fragment = document.is_fragment
        for order, rule in self._chosen(sample):
            whole = rule.id in self._apart
            try:
                breaches = [*rule.check(document if whole else sample)]
            except Undecided as verdict:
                breaches = [Breach(verdict.at)]
            if fragment and any(breach.at is sample.document for breach in breaches):
                continue  # it speaks of a document, and this is none
            if breaches:
                whole = whole or (
                    document is not sample and any(_for_others(breach) for breach in breaches)
                )
                judged = rule.apply(document if whole else sample)
                for finding in judged:
                    found.append((order, finding))
                    if len(found) > limit:
                        break
        findings = tuple(finding for _, finding in found[:limit])
        return Report(findings, (self.name,), truncated=len(found) > limit)

    def _want(self, wanted: Wanted) -> str:
        group_id, terms = wanted
        here = self._wanted.setdefault(group_id, (set(), set()))
        for term in terms:
            here[term.startswith("BG-")].add(term)
        return _INCOMPLETE

    def _chosen(self, sample: Reading) -> _Ordered:
        """Return the rules that have anything to say of a document, in their order."""
        always, by_key, plans = self._plan or self._compile()
        held = sample.remember("keys", _keys)
        incomplete = _is_incomplete(sample, self._wanted)
        chosen = plans.get((held, incomplete))
        if chosen is None:
            keys = by_key.keys() & held
            if incomplete and _INCOMPLETE in by_key:
                keys.add(_INCOMPLETE)
            rules = [*always, *(entry for key in keys for entry in by_key[key])]
            chosen = sorted(rules, key=lambda entry: entry[0])
            if len(plans) >= _REMEMBERED:
                plans.clear()
            plans[held, incomplete] = chosen
        return chosen

    def _compile(self) -> _Plan:
        always: _Ordered = []
        by_key: dict[str, _Ordered] = {}
        for order, rule in enumerate(self._rules.values()):
            key = self._on.get(rule.id, "")
            (by_key.setdefault(key, []) if key else always).append((order, rule))
        self._plan = (always, by_key, {})
        return self._plan

    def _add(
        self,
        rule_id: str,
        check: RuleFunction[Reading],
        message: str,
        terms: tuple[str, ...],
        severity: Severity,
        source: str,
    ) -> None:
        terms = terms or self._terms.get(rule_id, ())
        super()._add(rule_id, check, message, terms, severity, source)
        if rule_id in self._requirements:
            stated = self._requirements[rule_id]
            self._rules[rule_id] = replace(self._rules[rule_id], requirement=stated)
        self._plan = None


def _terms_of(row: object) -> tuple[str, ...]:
    """Return the business terms and groups that a row of a family names."""
    fields = row if isinstance(row, tuple) else (row,)
    found: dict[str, None] = {}
    for field in fields:
        if isinstance(field, str):
            found.update(
                dict.fromkeys((field,) if _TERM.fullmatch(field) else TERMS.get(field, ()))
            )
    return tuple(found)


def _for_others(breach: Breach) -> bool:
    """Whether a breach may stand in a line that stands for others."""
    kind = getattr(breach.at, "kind", None)
    if kind is not None:
        return bool(kind.count > 1)
    element: etree._Element | None = getattr(breach.at, "element", None)
    return element is None or any(True for _ in element.iterancestors(*LINES))


_VAT_CODES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B")
_CATEGORY_GROUPS = (
    ("vat", "tax-category", "category"),
    ("vat", "BG-30", "BT-151"),
    ("charged", "either-category", "category"),
)


def _is_incomplete(reading: Reading, wanted: Mapping[str, _Required]) -> bool:
    """Whether a group lacks what it should have, or might: something is empty or there twice."""
    if reading.empty:
        return True
    repeated = reading.repeated
    for group_id, (terms, inner) in wanted.items():
        groups = reading.groups(group_id)
        if groups and not repeated.isdisjoint(terms):
            return True
        for group in groups:
            if not group.has(terms, inner):
                return True
    return False


def _keys(reading: Reading) -> frozenset[str]:
    """Return what the document holds.

    VAT categories that it names are there as ``vat S``, those of allowances and charges also as
    ``charged S``, schemes of identifiers as ``scheme 0088``,
    terms that a group has twice as ``many BT-12``, and ``decimals`` when an amount has more than
    two of them or any term occurs twice; ``nested`` when elements stand in an amount.
    """
    keys = {*reading.keys}
    keys.update([f"many {term}" for term in reading.repeated])
    twice = any(term.startswith("BT-") for term in reading.repeated)
    if twice:
        keys.add("decimals")
    for amount in reading.amounts:
        text = amount.text or ""
        if len(amount):
            keys.add("nested")
            text = string_of(amount)
        if "." in text[:-3]:  # two decimals and the point are the last three letters
            keys.add("decimals")
    for use, group_id, term in _CATEGORY_GROUPS:
        for group in reading.groups(group_id):
            values = group.values(term)
            keys.update([f"{use} {value.collapsed}" for value in values])
            if len(values) > 1:
                keys.update([f"{use} {code}" for code in _VAT_CODES])
    for value in reading.values("identifier"):
        keys.add(f"scheme {value.part('schemeID')}")
    return frozenset(keys)
