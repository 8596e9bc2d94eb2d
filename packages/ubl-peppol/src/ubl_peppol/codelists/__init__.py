"""Code lists of EN 16931 and of Peppol: by the rule that uses them, and by name and day.

The data is ``en16931.toml`` and ``peppol.toml``, written by a tool from the official artefacts, and
``peppol-lists.toml``, the lists of identifiers that OpenPeppol keeps. Each list says since when it
holds; an older release that is kept stands beside the newer one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from einvoice_core.errors import BadParameterError

__all__ = [
    "CodeList",
    "PeppolCode",
    "code_list",
    "list_names",
    "named_list",
    "peppol_codes",
    "vat_prefixes",
]


class CodeList:
    """The codes of a list.

    ``text`` keeps them as one line with blanks around each, because two of the published conditions
    look for a piece of that line rather than for a whole code.
    """

    __slots__ = ("codes", "name", "since", "text")

    def __init__(self, codes: str, name: str, since: date) -> None:
        words = codes.split()
        self.codes = frozenset(words)
        self.text = f" {' '.join(words)} "
        self.name = name
        """Such as ``UNTDID 5305``."""
        self.since = since
        """The day from which the list holds."""

    def __contains__(self, code: object) -> bool:
        return code in self.codes


@dataclass(frozen=True, slots=True)
class PeppolCode:
    """An entry of a list that OpenPeppol keeps."""

    value: str
    """The identifier; of a participant scheme its four digits (ICD)."""
    scheme: str
    """The scheme of the identifier; of a participant scheme its name, such as ``ES:VAT``."""
    state: str
    """``active``, ``deprecated`` or ``removed``."""
    removed_on: date | None = None


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(
        resources.files("ubl_peppol").joinpath(f"codelists/{name}").read_text("utf-8")
    )


@cache
def _lists() -> Mapping[str, CodeList]:
    found: dict[str, CodeList] = {}
    for name in ("en16931.toml", "peppol.toml"):
        for entry in _data(name)["list"]:
            codes = CodeList(entry["codes"], entry["name"], entry["since"])
            for rule in entry["rules"]:
                found[rule] = codes
    return MappingProxyType(found)


def code_list(rule: str) -> CodeList:
    """Return the list of a rule; one with two lists has ``-1`` and ``-2`` at its id."""
    return _lists()[rule]


def list_names() -> tuple[str, ...]:
    """Return the names of the lists, such as ``UNTDID 5305`` or ``VATEX``."""
    return tuple(sorted({codes.name for codes in _lists().values()}))


def named_list(name: str, on: date | None = None) -> CodeList:
    """Return the newest list of a name that holds on a day.

    Args:
        name: One of :func:`list_names`.
        on: A day; without it the newest of all.

    Raises:
        BadParameterError: There is no list of that name, or none that old.
    """
    found = [codes for codes in _lists().values() if codes.name == name]
    held = [codes for codes in found if on is None or codes.since <= on]
    if not held:
        why = f"known from {min(codes.since for codes in found)}" if found else "not known"
        raise BadParameterError(f"the list {name!r} is {why}", name=name)
    return max(held, key=lambda codes: codes.since)


@cache
def peppol_codes(kind: str) -> tuple[PeppolCode, ...]:
    """Return a list of OpenPeppol, release 9.7.

    Args:
        kind: ``participants``, ``processes``, ``transports`` or ``documents``.

    Raises:
        BadParameterError: There is no such list.
    """
    rows = _data("peppol-lists.toml").get(kind)
    if not isinstance(rows, list):
        raise BadParameterError(f"Peppol keeps no list {kind!r} here", kind=kind)
    return tuple(
        PeppolCode(
            value=row.get("iso6523") or row.get("profile_id") or row["value"],
            scheme=row.get("schemeid") or row.get("scheme", ""),
            state=row["state"],
            removed_on=row.get("removed"),
        )
        for row in rows
    )


@cache
def vat_prefixes() -> str:
    """Return the country codes before a VAT number (BR-CO-09), as the line that is searched."""
    return code_list("BR-CO-09").text
