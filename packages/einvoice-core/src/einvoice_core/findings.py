"""Findings, the rules that make them and the report that holds them.

A *rule* looks at a document and yields a :class:`Breach` for each place where the document is
wrong; the :class:`RuleSet` that owns the rule turns breaches into findings. A rule that meets a
value it cannot judge raises :class:`Undecided`: the rule ends with a finding that says so, and the
other rules go on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar, runtime_checkable

from einvoice_core.errors import BadParameterError

__all__ = [
    "MAX_FINDINGS",
    "Breach",
    "Finding",
    "HasLocation",
    "Location",
    "Report",
    "Rule",
    "RuleFunction",
    "RuleSet",
    "Severity",
    "Undecided",
]

MAX_FINDINGS = 100_000
"""A report holds no more findings than this; a longer one is cut and says so."""

D = TypeVar("D")
P = TypeVar("P")
RuleFunction = Callable[[D], "Iterable[Breach]"]


class Severity(StrEnum):
    """How bad a finding is, in the words of the Schematron artefacts."""

    FATAL = "fatal"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a document: XPath of the node and line of the source, where known."""

    path: str = ""
    line: int | None = None


@runtime_checkable
class HasLocation(Protocol):
    """Anything that knows its place, and computes it only when asked."""

    @property
    def location(self) -> Location:
        """Where this stands in the document."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a document, where it is, and what to change."""

    rule: str
    severity: Severity
    message: str
    path: str = ""
    line: int | None = None
    terms: tuple[str, ...] = ()
    source: str = ""
    undecided: bool = False
    """The rule could not be evaluated at this place; it is neither passed nor failed."""


def _place(at: "Location | HasLocation | None") -> Location:
    if at is None:
        return Location()
    return at if isinstance(at, Location) else at.location


class Breach:
    """A place where a rule does not hold, with the values that its message shows.

    Args:
        at: The place, or something that knows it.
        values: What the placeholders of the rule's message stand for.
    """

    __slots__ = ("at", "values")

    def __init__(self, at: Location | HasLocation | None = None, **values: object) -> None:
        self.at = at
        self.values = values


class Undecided(Exception):  # noqa: N818 - a verdict, not an error: it never leaves `validate`
    """The value at a place lets no verdict be reached; raised inside a rule.

    Args:
        at: The place of the value.
        reason: What is wrong with it, and what would make it readable.
    """

    def __init__(self, at: Location | HasLocation | None, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule(Generic[D]):
    """A rule with its identity; ``check`` states the condition and nothing else."""

    id: str
    severity: Severity
    message: str
    terms: tuple[str, ...]
    source: str
    requirement: str
    check: RuleFunction[D]

    def apply(self, document: D) -> Iterable[Finding]:
        """Yield a finding for each breach; an undecided rule yields one that says so."""
        try:
            for breach in self.check(document):
                yield self._finding(breach.at, self.message.format_map(breach.values))
        except Undecided as verdict:
            yield self._finding(verdict.at, verdict.reason, undecided=True)

    def _finding(
        self, at: Location | HasLocation | None, message: str, *, undecided: bool = False
    ) -> Finding:
        place = _place(at)
        return Finding(
            rule=self.id,
            severity=self.severity,
            message=message,
            path=place.path,
            line=place.line,
            terms=self.terms,
            source=self.source,
            undecided=undecided,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The findings about one document, with the layers that ran and those that did not.

    A layer that could not run stands in ``layers_skipped`` with the reason: skipped is not passed.
    """

    findings: tuple[Finding, ...] = ()
    layers_run: tuple[str, ...] = ()
    layers_skipped: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    truncated: bool = False
    """There were more findings than the limit; the rest was not kept."""

    @property
    def fatal(self) -> tuple[Finding, ...]:
        """The findings that make the document unacceptable."""
        return tuple(f for f in self.findings if f.severity is Severity.FATAL and not f.undecided)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that a receiver may tolerate."""
        return tuple(f for f in self.findings if f.severity is Severity.WARNING and not f.undecided)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """The rules that could not be evaluated."""
        return tuple(f for f in self.findings if f.undecided)

    @property
    def ok(self) -> bool:
        """Whether nothing fatal was found, every rule was decided and nothing was cut.

        It speaks of ``layers_run`` only.
        """
        return not (self.truncated or self.fatal or self.undecided)

    def __reduce__(self) -> tuple[object, ...]:
        """Let a report travel to another process: read-only mappings do not."""
        values = (self.findings, self.layers_run, dict(self.layers_skipped), self.truncated)
        return Report, values

    def __add__(self, other: "Report") -> "Report":
        """Join the reports of two layers on the same document."""
        return Report(
            findings=self.findings + other.findings,
            layers_run=self.layers_run + other.layers_run,
            layers_skipped=MappingProxyType({**self.layers_skipped, **other.layers_skipped}),
            truncated=self.truncated or other.truncated,
        )


class RuleSet(Generic[D]):
    """Rules with unique ids that judge the same kind of document.

    Args:
        source: The text or artefact that states the rules; a rule may name another.
        name: Name of the layer in a report.
    """

    def __init__(self, source: str, name: str = "rules") -> None:
        self.source = source
        self.name = name
        self._rules: dict[str, Rule[D]] = {}

    @property
    def rules(self) -> Mapping[str, Rule[D]]:
        """The rules by their id, in the order in which they run."""
        return MappingProxyType(self._rules)

    def rule(
        self,
        rule_id: str,
        *,
        message: str,
        terms: Iterable[str] = (),
        severity: Severity = Severity.FATAL,
        source: str = "",
    ) -> Callable[[RuleFunction[D]], RuleFunction[D]]:
        """Register a function as a rule; its docstring states the requirement.

        Args:
            rule_id: Official id in full, or one with the prefix of the package.
            message: Template that shows the values of a breach and says what to change.
            terms: Business terms concerned.
            severity: That of the source.
            source: Where it differs from the source of the set.
        """

        def register(check: RuleFunction[D]) -> RuleFunction[D]:
            self._add(rule_id, check, message, tuple(terms), severity, source)
            return check

        return register

    def family(
        self,
        rows: Mapping[str, P],
        *,
        message: str,
        terms: Iterable[str] = (),
        severity: Severity = Severity.FATAL,
        source: str = "",
    ) -> Callable[
        [Callable[[D, P], Iterable[Breach]]],
        Callable[[D, P], Iterable[Breach]],
    ]:
        """Register one function as many rules that differ only in a parameter.

        Args:
            rows: Official id in full → the parameter of that rule.
            message: As in :meth:`rule`.
            terms: As in :meth:`rule`.
            severity: As in :meth:`rule`.
            source: As in :meth:`rule`.
        """

        def register(
            check: Callable[[D, P], Iterable[Breach]],
        ) -> Callable[[D, P], Iterable[Breach]]:
            for rule_id, parameter in rows.items():

                def bound(document: D, parameter: P = parameter) -> Iterable[Breach]:
                    return check(document, parameter)

                bound.__doc__ = check.__doc__
                self._add(rule_id, bound, message, tuple(terms), severity, source)
            return check

        return register

    def _add(
        self,
        rule_id: str,
        check: RuleFunction[D],
        message: str,
        terms: tuple[str, ...],
        severity: Severity,
        source: str,
    ) -> None:
        if rule_id in self._rules:
            raise BadParameterError(f"rule {rule_id} is already in this set", rule=rule_id)
        requirement = (check.__doc__ or "").strip().split("\n\n", 1)[0]
        self._rules[rule_id] = Rule(
            rule_id, severity, message, terms, source or self.source, requirement, check
        )

    def __or__(self, other: "RuleSet[D]") -> "RuleSet[D]":
        """Build a set with the rules of both; an id may stand in one of them only."""
        joined: RuleSet[D] = RuleSet(self.source, f"{self.name}+{other.name}")
        joined._rules = dict(self._rules)
        for rule in other._rules.values():
            if rule.id in joined._rules:
                raise BadParameterError(f"rule {rule.id} is in both sets", rule=rule.id)
            joined._rules[rule.id] = rule
        return joined

    def without(self, *rule_ids: str) -> "RuleSet[D]":
        """Build a set that lacks some rules; naming one that is not there is an error."""
        missing = [rule_id for rule_id in rule_ids if rule_id not in self._rules]
        if missing:
            raise BadParameterError(f"no rule {missing[0]} in this set", rule=missing[0])
        rest: RuleSet[D] = RuleSet(self.source, self.name)
        rest._rules = {k: v for k, v in self._rules.items() if k not in rule_ids}
        return rest

    def validate(self, document: D, limit: int = MAX_FINDINGS) -> Report:
        """Run every rule on a document.

        Args:
            document: What the rules judge; it is not changed.
            limit: Findings to keep at most.

        Returns:
            The findings in the order of the rules.
        """
        findings: list[Finding] = []
        for rule in self._rules.values():
            for finding in rule.apply(document):
                if len(findings) >= limit:
                    return Report(tuple(findings), (self.name,), truncated=True)
                findings.append(finding)
        return Report(tuple(findings), (self.name,))
