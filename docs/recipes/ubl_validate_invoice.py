"""Judge a UBL invoice, read what is wrong with it and where, and correct its totals."""

from decimal import Decimal

import ubl_peppol
from ubl_peppol.calculation import recompute
from ubl_peppol.testing import simple_line, small_invoice


def main() -> None:
    # Your own file: Path("invoice.xml").read_bytes()
    lines = [simple_line(n, Decimal(n), Decimal("19.95")) for n in (1, 2, 3)]
    document = ubl_peppol.ubl.write(small_invoice(*lines))
    assert ubl_peppol.validate(document, profile="peppol-bis-3").ok

    # One cent too much in the total without VAT.
    broken = document.replace(b">119.70</cbc:TaxExclusive", b">119.71</cbc:TaxExclusive")
    report = ubl_peppol.validate(broken, profile="peppol-bis-3")
    for finding in report.findings:
        print(f"{finding.rule:<10} line {finding.line}: {finding.message}")
        print(f"{'':<10} at {finding.path}")
    assert {finding.rule for finding in report.fatal} >= {"BR-CO-13", "BR-CO-15"}

    # What was judged, and what was not, stands in the report.
    print("ran:", ", ".join(report.layers_run))
    for layer, reason in report.layers_skipped.items():
        print(f"not run: {layer}: {reason}")

    mended = ubl_peppol.ubl.write(recompute(ubl_peppol.ubl.read(broken)))
    assert ubl_peppol.validate(mended, profile="peppol-bis-3").ok
    assert mended == document


if __name__ == "__main__":
    main()
