"""How many of the official rules are implemented, by artefact.

An id counts when, in the conformance run, it has fired on the official side and on ours, and never
on one side only. The ids that did are data (``census.toml``), rewritten by that run.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["Census", "census"]


@dataclass(frozen=True, slots=True)
class Census:
    """The rules of one official artefact."""

    artefact: str
    total: int
    """Ids that the artefact has."""
    fired: frozenset[str]
    """Ids that have fired on both sides."""
    silent: Mapping[str, str]
    """Ids of the artefact that cannot fire, with the reason."""

    @property
    def implemented(self) -> int:
        """How many ids count as implemented."""
        return len(self.fired)

    def __str__(self) -> str:
        return f"{self.artefact}: {self.implemented} of {self.total} rules"


@cache
def census() -> Mapping[str, Census]:
    """Return the census of each artefact by its name."""
    text = resources.files("ubl_peppol").joinpath("census.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Census(
                name,
                entry["total"],
                frozenset(entry["fired"].split()),
                MappingProxyType(entry.get("silent", {})),
            )
            for name, entry in tomllib.loads(text).items()
        }
    )
