"""Code lists of the public solution, and what is fixed."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["BUSINESS_PROCESS", "REGIMES", "SPECIFICATION", "codes"]

SPECIFICATION = "urn:cen.eu:en16931:2026#conformant#urn:aeat.es:spfe:1.0.0:extended"
"""BT-24. Source: Orden HAC/1028/2026, annex I."""
BUSINESS_PROCESS = "urn:aeat:names:specification:ubl:schema:profile:B2B"
"""BT-23. Source: as above."""
REGIMES = MappingProxyType({"IVA": "L3A", "IGIC": "L3B", "IPSI": "L3C"})
"""National tax (BT-ES-24) → the list of its regime keys."""


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    file = resources.files("ubl_peppol").joinpath("spfe/lists.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def codes(name: str) -> Mapping[str, str]:
    """Return a list: code → what it stands for, in Spanish.

    Raises:
        KeyError: There is no such list.
    """
    return _lists()[name]
