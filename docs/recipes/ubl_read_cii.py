"""Read an invoice that came as CII, judge it, and write it as UBL."""

from decimal import Decimal

import ubl_peppol
from ubl_peppol import cii, ubl
from ubl_peppol.testing import simple_line, small_invoice


def main() -> None:
    # Your own file: Path("factur-x.xml").read_bytes()
    lines = [simple_line(n, Decimal(n), Decimal("19.95")) for n in (1, 2, 3)]
    received = cii.write(small_invoice(*lines))

    # Structure and rules of EN 16931, without schema files and without the official stylesheet.
    report = ubl_peppol.validate(received)
    print("ran:", ", ".join(report.layers_run))
    assert report.ok

    # The same model for both syntaxes; what it has no term for is listed, never dropped unseen.
    examined = cii.examine(received)
    for loss in examined.losses:
        print(f"{loss.kind.value}: {loss.path} {loss.value!r}: {loss.reason}")
    invoice = examined.require()

    as_ubl = ubl.write(invoice)
    assert ubl_peppol.validate(as_ubl).ok
    assert cii.write(ubl.read(as_ubl)) == received
    print(f"invoice {invoice.number}, {invoice.totals.due} {invoice.currency}: CII is now UBL")

    # A wrong document says what, where, and what to change, in the words of CII.
    broken = received.replace(b">119.70</ram:TaxBasisTotal", b">119.71</ram:TaxBasisTotal")
    for finding in ubl_peppol.validate(broken).findings:
        print(f"{finding.rule} line {finding.line}: {finding.message}")
        print(f"    at {finding.path}")
    assert not ubl_peppol.validate(broken).ok


if __name__ == "__main__":
    main()
