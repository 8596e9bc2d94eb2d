"""Electronic invoices of EN 16931: semantic model, UBL 2.1 and the official rules.

::

    report = ubl_peppol.validate(xml, profile="peppol-bis-3")
    invoice = ubl_peppol.ubl.read(xml)
"""

from ubl_peppol import cii, model, structure, ubl
from ubl_peppol.batch import validate_many
from ubl_peppol.census import Census, census
from ubl_peppol.explaining import Explanation, explain
from ubl_peppol.profiles import PROFILES, Profile, compose, rules_of
from ubl_peppol.validation import validate

__all__ = [
    "PROFILES",
    "Census",
    "Explanation",
    "Profile",
    "census",
    "cii",
    "compose",
    "explain",
    "model",
    "rules_of",
    "structure",
    "ubl",
    "validate",
    "validate_many",
]
