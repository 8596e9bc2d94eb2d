"""Electronic invoices of EN 16931: semantic model, UBL 2.1 and the official rules.

::

    report = ubl_peppol.validate(xml, profile="peppol-bis-3")
    invoice = ubl_peppol.ubl.read(xml)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ubl_peppol.batch import validate_many
from ubl_peppol.census import Census, census
from ubl_peppol.explaining import Explanation, explain
from ubl_peppol.profiles import PROFILES, Profile, compose, rules_of
from ubl_peppol.validation import validate

if TYPE_CHECKING:
    from ubl_peppol import cii, model, structure, ubl
    from ubl_peppol.documents import examine_any, read_any

__all__ = [
    "PROFILES",
    "Census",
    "Explanation",
    "Profile",
    "census",
    "cii",
    "compose",
    "examine_any",
    "explain",
    "model",
    "read_any",
    "rules_of",
    "structure",
    "ubl",
    "validate",
    "validate_many",
]


def __getattr__(name: str) -> object:
    """Import what is asked for: judging a document needs neither model nor readers."""
    if name in ("cii", "model", "structure", "ubl"):
        return import_module(f"{__name__}.{name}")
    if name in ("examine_any", "read_any"):
        return getattr(import_module(f"{__name__}.documents"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
