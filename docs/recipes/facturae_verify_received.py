"""Judge a Facturae invoice that was received, and read what was signed."""

import facturae_es as facturae
from einvoice_core.certificates import TrustStore
from einvoice_core.findings import Severity
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.testing.authority import ThrowawayAuthority
from facturae_es.model import Address

MADRID = Address(
    street="Calle de la Prueba, 5", post_code="28013", town="Madrid", province="Madrid",
    country="ESP",
)  # fmt: skip


def received(authority: ThrowawayAuthority) -> bytes:
    """Make what a supplier would send; a real one comes from a file or a message."""
    from datetime import date

    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    buyer = facturae.company("A28015865", "Comercial Inventada, S.A.", MADRID)
    iva = facturae.Tax(rate_percent=21)
    line = facturae.Line(description="Consultoría", quantity=10, unit_price="60", taxes=(iva,))
    document = facturae.build(seller, buyer, "17", date(2026, 3, 2), [line], series="A")
    credential = authority.issue(nif="12345678Z", name="Inventada Pérez")
    return facturae.sign(facturae.write(document), credential)


def main() -> None:
    authority = ThrowawayAuthority()
    # Whom you trust is your decision: the roots of the Spanish trusted list, in PEM files.
    trust = TrustStore((authority.root,))
    xsig = received(authority)

    # 1. Structure and rules: a report, never an exception for a wrong amount.
    report = facturae.validate(xsig)
    assert report.ok
    print(f"layers that ran: {', '.join(report.layers_run)}")

    # 2. The signature: what is read from now on is what was signed, not what came in.
    verified = facturae.verify(xsig, trust=trust)
    print(f"signed by {verified.holder.name} as {verified.roles[0]}")
    document = facturae.read(verified.document)
    total = document.invoices[0].totals.invoice_total
    print(f"to pay: {total}")
    assert str(total) == "726.00"

    # 3. Somebody raises the total on the way.
    forged = xsig.replace(b"<InvoiceTotal>726.00<", b"<InvoiceTotal>926.00<")
    broken = [f for f in facturae.validate(forged).findings if f.severity is Severity.FATAL]
    for finding in broken:
        print(f"line {finding.line}: {finding.rule}: {finding.message}")
    assert broken[0].rule == "FACTURAE-009"
    assert broken[0].path == "/fe:Facturae/Invoices/Invoice/InvoiceTotals/InvoiceTotal"
    try:
        facturae.verify(forged, trust=trust)
    except SignatureRefused as refused:
        print(f"refused: {refused.message}")
    else:
        raise AssertionError("a changed document must not verify")

    # 4. Why FACe would refuse it, in findings with place and remedy.
    for finding in facturae.check_signature(forged, trust=trust).fatal:
        print(f"{finding.rule}: {finding.message}")


if __name__ == "__main__":
    main()
