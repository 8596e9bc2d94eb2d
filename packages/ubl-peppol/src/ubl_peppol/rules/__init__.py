"""The official rules as functions over the reading, in sets that can be joined.

``en16931`` are the rules of the norm; ``peppol_bis3`` adds those of Peppol BIS Billing 3.
"""

from einvoice_core.findings import RuleSet
from ubl_peppol.reading import Reading
from ubl_peppol.rules.arithmetic import arithmetic
from ubl_peppol.rules.decimals import decimals
from ubl_peppol.rules.integrity import integrity
from ubl_peppol.rules.lists import lists
from ubl_peppol.rules.peppol import peppol
from ubl_peppol.rules.syntax import syntax
from ubl_peppol.rules.vat import vat

__all__ = [
    "arithmetic",
    "decimals",
    "en16931",
    "integrity",
    "lists",
    "peppol",
    "peppol_bis3",
    "syntax",
    "vat",
]

en16931: RuleSet[Reading] = integrity | arithmetic | vat | decimals | lists | syntax
en16931.name = "en16931"

peppol_bis3: RuleSet[Reading] = en16931 | peppol
