"""Which countries were in the European Union on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["is_member", "prefixes"]


@cache
def _members() -> dict[str, dict[str, Any]]:
    text = resources.files("facturae_es").joinpath("data/eu.toml").read_text(encoding="utf-8")
    members: dict[str, dict[str, Any]] = tomllib.loads(text)["members"]
    return members


def is_member(country: str, day: date) -> bool:
    """Tell whether a country (ISO 3166-1 alpha-3) was a member on a day."""
    member = _members().get(country)
    if member is None or day < member["since"]:
        return False
    until = member.get("until")
    return until is None or day <= until


def prefixes() -> frozenset[str]:
    """Return the prefixes of VAT numbers of members, present and past, and of Northern Ireland."""
    return frozenset(member["prefix"] for member in _members().values()) | {"XI", "GR"}
