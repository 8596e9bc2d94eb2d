"""Code lists of EN 16931 and of Peppol, by the rule that uses them.

The data is ``en16931.toml`` and ``peppol.toml``, written by a tool from the official artefacts.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["CodeList", "code_list", "vat_prefixes"]


class CodeList:
    """The codes that a rule accepts.

    ``text`` keeps them as one line with blanks around each, because two of the published conditions
    look for a piece of that line rather than for a whole code.
    """

    __slots__ = ("codes", "text")

    def __init__(self, codes: str) -> None:
        words = codes.split()
        self.codes = frozenset(words)
        self.text = f" {' '.join(words)} "

    def __contains__(self, code: object) -> bool:
        return code in self.codes


@cache
def _lists() -> Mapping[str, CodeList]:
    found: dict[str, CodeList] = {}
    for name in ("en16931.toml", "peppol.toml"):
        text = resources.files("ubl_peppol").joinpath(f"codelists/{name}").read_text("utf-8")
        for entry in tomllib.loads(text)["list"]:
            codes = CodeList(entry["codes"])
            for rule in entry["rules"]:
                found[rule] = codes
    return MappingProxyType(found)


def code_list(rule: str) -> CodeList:
    """Return the list of a rule; one with two lists has ``-1`` and ``-2`` at its id."""
    return _lists()[rule]


@cache
def vat_prefixes() -> str:
    """Return the country codes before a VAT number (BR-CO-09), as the line that is searched."""
    return code_list("BR-CO-09").text
