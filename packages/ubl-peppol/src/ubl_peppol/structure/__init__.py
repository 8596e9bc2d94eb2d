"""Structure without schema files: order, occurrence, types and attributes, from tables of ours.

::

    report = structure.validate(root)

The tables hold the grammar of UBL 2.1 (invoice, credit note, application response), of UBL 2.5
(invoice, application response) and of the UN/CEFACT Cross Industry Invoice D16B; the verdict is
that of the official schemas.
"""

from ubl_peppol.structure.checking import STRUCTURE_RULES, validate
from ubl_peppol.structure.grammar import Grammar, grammar_of, ubl25

__all__ = ["STRUCTURE_RULES", "Grammar", "grammar_of", "ubl25", "validate"]
