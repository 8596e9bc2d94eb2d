"""Mend what is certain in a UBL invoice, read what was changed, and explain what is left."""

import ubl_peppol
from ubl_peppol.fixes import fix
from ubl_peppol.testing import small_invoice


def main() -> None:
    """Mend a document with three certain mistakes and one that only its issuer can mend."""
    wrong = (
        ubl_peppol.ubl.write(small_invoice())
        .replace(b"<cbc:IdentificationCode>ES", b"<cbc:IdentificationCode>es")
        .replace(b">2026-11-24<", b">24/11/2026<")
        .replace(b'schemeID="9920"', b'schemeID="ES:VAT"')
        .replace(b"<cbc:BuyerReference>", b"<cbc:AccountingCost>")
        .replace(b"</cbc:BuyerReference>", b"</cbc:AccountingCost>")
    )
    result = fix(wrong, profile="peppol-bis-3")
    for operation in result.patch.operations:
        print(operation)
    left = [finding.rule for finding in result.after.fatal]
    print("left:", ", ".join(left))
    print(ubl_peppol.explain("PEPPOL-EN16931-R003").requirement)
    assert len(result.patch.operations) >= 3
    assert "PEPPOL-EN16931-R003" in left


if __name__ == "__main__":
    main()
