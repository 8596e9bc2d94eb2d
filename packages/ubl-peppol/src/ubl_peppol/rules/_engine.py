"""The rule set of a reading: which rules have anything to say, and on which lines they must run.

A rule may name what must be in the document for it to say anything (``on``); the others always run.
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
_Plan = tuple[list[tuple[int, Rule[Reading]]], dict[str, list[tuple[int, Rule[Reading]]]]]


class Rules(RuleSet[Reading]):
    """Rules on a reading, with what each needs to be there."""

    def __init__(self, source: str, name: str = "rules") -> None:
        super().__init__(source, name)
        self._on: dict[str, str] = {}
        self._terms: dict[str, tuple[str, ...]] = {}
        self._requirements: dict[str, str] = {}
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
            alike: Whether the rule says nothing of a line if it says nothing of one that is alike.
        """
        self._on[rule_id] = on
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
            alike: Whether the rule says nothing of a line if it says nothing of one that is alike.
            requirement: States the requirement of a row; by default the docstring does.
        """
        if requirement is not None:
            self._requirements.update({rule: requirement(row) for rule, row in rows.items()})
        self._on.update({rule_id: on(row) for rule_id, row in rows.items()})
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
                self._apart |= each._apart
            else:
                self._apart.update(each.rules)

    def validate(self, document: Reading, limit: int = MAX_FINDINGS) -> Report:
        """Run the rules that have anything to say; the findings are in the order of the rules."""
        sample = document.sample
        always, by_key = self._plan or self._compile()
        found: list[tuple[int, Finding]] = []
        fragment = document.is_fragment
        chosen = [*always]
        for key in by_key.keys() & sample.remember("keys", _keys):
            chosen.extend(by_key[key])
        for order, rule in chosen:
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
        found.sort(key=lambda entry: entry[0])
        findings = tuple(finding for _, finding in found[:limit])
        return Report(findings, (self.name,), truncated=len(found) > limit)

    def _compile(self) -> _Plan:
        always: list[tuple[int, Rule[Reading]]] = []
        by_key: dict[str, list[tuple[int, Rule[Reading]]]] = {}
        for order, rule in enumerate(self._rules.values()):
            key = self._on.get(rule.id, "")
            (by_key.setdefault(key, []) if key else always).append((order, rule))
        self._plan = (always, by_key)
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
_CATEGORY_GROUPS = (("tax-category", "category"), ("BG-30", "BT-151"))


def _has_many_decimals(amount: etree._Element) -> bool:
    return len(string_of(amount).partition(".")[2]) > 2


def _keys(reading: Reading) -> set[str]:
    """Return what the document holds.

    VAT categories that it names are there as ``vat S``, schemes of identifiers as ``scheme 0088``,
    terms that a group has twice as ``many BT-12``, and ``decimals`` when an amount has more than
    two of them or any term occurs twice.
    """
    keys = {*reading.keys}
    keys.update(f"many {term}" for term in reading.repeated)
    twice = any(term.startswith("BT-") for term in reading.repeated)
    if twice or any(_has_many_decimals(element) for element in reading.amounts):
        keys.add("decimals")
    codes: set[str] = set()
    for group_id, term in _CATEGORY_GROUPS:
        for group in reading.groups(group_id):
            values = group.values(term)
            codes.update(value.collapsed for value in values)
            if len(values) > 1:
                codes.update(_VAT_CODES)
    keys.update(f"vat {code}" for code in codes)
    for value in reading.values("identifier"):
        keys.add(f"scheme {value.part('schemeID')}")
    return keys
