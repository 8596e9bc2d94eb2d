"""What a rule asks for, in words: for people who read a report."""

from dataclasses import dataclass
from difflib import get_close_matches

from einvoice_core.findings import Severity
from ubl_peppol.census import census
from ubl_peppol.errors import UnknownRuleError
from ubl_peppol.profiles import PROFILES, rules_of
from ubl_peppol.rules._common import label
from ubl_peppol.rules.cii import en16931_cii

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule as a person wants to know it."""

    rule: str
    severity: Severity
    requirement: str
    """The requirement in one sentence."""
    message: str
    """What a finding says; braces stand for the values of the document."""
    terms: tuple[str, ...]
    """Business terms concerned, each with its name."""
    source: str
    """The text or artefact that states the rule."""
    profiles: tuple[str, ...]
    """The profiles in which it is judged."""
    silent: str = ""
    """Why it can never fire, where that is so."""


def explain(rule: str, profile: str = "") -> Explanation:
    """Explain a rule by its id.

    Args:
        rule: The id, such as ``BR-CO-10``; capitals do not matter.
        profile: The profile whose rule is meant, where several have one of that id.

    Raises:
        UnknownRuleError: No profile has such a rule; ``details["similar"]`` names some that exist.
        UnknownProfileError: There is no profile of that name.
    """
    wanted = rule.strip().upper()
    sets = {name: rules_of(name) for name in ([profile] if profile else PROFILES)}
    found = {name: rules[wanted] for name, rules in sets.items() if wanted in rules}
    if not found and wanted in en16931_cii.rules:
        found = {"en16931": en16931_cii.rules[wanted]}
    if not found:
        known = sorted({known for rules in sets.values() for known in rules})
        similar = get_close_matches(wanted, known, 5)
        hint = f": did you mean {', '.join(similar)}?" if similar else ""
        raise UnknownRuleError(f"there is no rule {rule[:80]!r}{hint}", rule=rule, similar=similar)
    first = next(iter(found.values()))
    silent = [entry.silent[wanted] for entry in census().values() if wanted in entry.silent]
    return Explanation(
        rule=wanted,
        severity=first.severity,
        requirement=first.requirement,
        message=first.message,
        terms=tuple(label(term) for term in first.terms),
        source=first.source,
        profiles=tuple(found),
        silent=silent[0] if silent else "",
    )
