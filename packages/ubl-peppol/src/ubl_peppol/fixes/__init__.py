"""Findings that heal: changes that are certain, as operations of an XML patch (RFC 5261).

::

    result = fix(xml, profile="peppol-bis-3")
    print(result.patch.to_xml().decode())
    assert result.after.ok

Only what follows from the document itself is changed: sums, the form of dates, the case and the
white space of codes, names of identifier schemes, elements that are empty. An amount that the law
makes the issuer's (lines, taxable bases, rates, taxes, the amount due) is never touched.
"""

from ubl_peppol.fixes.mending import FixResult, fix, proposals
from ubl_peppol.fixes.patch import Patch, Remove, Replace

__all__ = ["FixResult", "Patch", "Remove", "Replace", "fix", "proposals"]
