"""The Spanish name of every element, for findings and for people who know the paper form.

Source: the meaning that the official schemas give each element; one short name of ours for each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from types import MappingProxyType

from einvoice_core.findings import Finding, Report

__all__ = ["name_of", "named", "names", "with_name"]

_STEP = re.compile(r"(?:[\w.-]+:)?([\w.-]+)(?:\[[0-9]+\])?$")
_INSIDE_AMOUNTS = frozenset({"TotalAmount", "EquivalentInEuros"})
"""Parts of an amount; the amount around them says which one it is."""


@cache
def names() -> Mapping[str, str]:
    """Return the Spanish name of each element, by its official name."""
    text = resources.files("facturae_es").joinpath("data/names.txt").read_text(encoding="utf-8")
    pairs = (line.split(": ", 1) for line in text.splitlines() if line and line[0] != "#")
    return MappingProxyType(dict(pairs))


def name_of(path: str) -> str:
    """Return the Spanish name of the element that a path leads to.

    Args:
        path: XPath of a finding; where its last element has no name, the one around it counts.

    Returns:
        The name, or an empty text when no element of the path is one of the format.
    """
    known = names()
    for step in reversed(path.split("/")):
        match = _STEP.match(step)
        if match and match[1] in known and match[1] not in _INSIDE_AMOUNTS:
            return known[match[1]]
    return ""


def with_name(finding: Finding) -> Finding:
    """Return a finding that begins with the Spanish name of its element."""
    name = name_of(finding.path)
    if not name:
        return finding
    return replace(finding, message=f"{name}: {finding.message}", terms=(name,))


def named(report: Report) -> Report:
    """Return a report whose findings begin with the Spanish name of their element."""
    return replace(report, findings=tuple(map(with_name, report.findings)))
