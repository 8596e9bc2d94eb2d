"""From an invoice to the record that the tax agency accepts, with its QR, without a network."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from aeat_sii import clock, sandbox, verifactu
from aeat_sii.environments import TEST, local

ISSUER = "89890001K"

SYSTEM = verifactu.InvoicingSystem(
    producer_name="PROGRAMAS DE PRUEBA SL",
    producer_nif="B12345674",
    name="My invoices",
    id="01",
    version="1.0",
    installation="1",
    only_verifactu=True,
    can_serve_several=False,
    serves_several=False,
)


def draft(number: str, base: Decimal, recorded_at: datetime) -> verifactu.RegistrationRecord:
    """Make the record of an invoice at 21 %, without its place in the chain."""
    tax = (base * 21 / 100).quantize(Decimal("0.01"))
    return verifactu.RegistrationRecord(
        invoice=verifactu.InvoiceId(issuer_nif=ISSUER, number=number, issued_on=recorded_at.date()),
        issuer_name="ANA PRUEBAS DEMO",
        kind=verifactu.InvoiceKind.F1,
        description="Web design",
        recipients=(verifactu.Person(name="CLIENTE DE PRUEBA SL", nif="B12345674"),),
        breakdown=(
            verifactu.BreakdownLine(
                regime=verifactu.Regime.GENERAL,
                qualification=verifactu.Qualification.S1,
                rate_percent=Decimal(21),
                taxable_base=base,
                output_tax=tax,
            ),
        ),
        total_tax=tax,
        total=base + tax,
        system=SYSTEM,
        recorded_at=recorded_at,
    )


def main() -> None:
    now = clock.now()  # in the time of the agency, whatever this machine says

    # Each record carries the fingerprint of the one before it; the first one says that it is first.
    first = verifactu.link(draft("2026/0001", Decimal("100.00"), now), None)
    second = verifactu.link(draft("2026/0002", Decimal("59.90"), now), first)
    assert second.chaining.previous is not None
    assert second.chaining.previous.fingerprint == first.fingerprint

    # The agency's rules, before the agency sees the record.
    for record in (first, second):
        report = verifactu.validate(record, now=now)
        assert report.ok, report.findings

    # A line that forgets its rate would be rejected with the agency's code 1208.
    line = first.breakdown[0].model_copy(update={"rate_percent": None})
    wrong = verifactu.link(first.model_copy(update={"breakdown": (line,)}), None)
    codes = [finding.rule for finding in verifactu.validate(wrong, now=now).findings]
    assert codes == ["1208"]

    # The QR that goes on the invoice, and what a reader of it finds.
    address = verifactu.qr.url_of(first, environment=TEST)
    Path("qr.svg").write_text(verifactu.qr.svg(address), encoding="utf-8")
    assert verifactu.qr.parse(address).number == "2026/0001"
    print(verifactu.qr.LEGEND_ABOVE, address, verifactu.qr.LEGEND_BELOW)

    # The sandbox asks for a certificate and recomputes the fingerprints from the XML it receives.
    with sandbox.serve() as agency:
        credential = agency.authority.issue(ISSUER, "ANA PRUEBAS DEMO")
        with verifactu.Client(
            credential, environment=local(agency.url), trust=agency.authority.pem
        ) as client:
            answer = client.submit([first, second])

    assert answer.state is verifactu.SubmissionState.CORRECT
    assert answer.csv is not None
    for sent in answer.lines:
        print(sent.invoice.number, sent.state.value)
    print("CSV", answer.csv, "- wait", answer.wait_s, "s before the next submission")


if __name__ == "__main__":
    main()
