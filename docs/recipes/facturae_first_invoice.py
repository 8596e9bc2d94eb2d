"""Make, compute, sign and verify a Facturae invoice for a public buyer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import facturae_es as facturae
from einvoice_core.certificates import TrustStore
from einvoice_core.testing.authority import ThrowawayAuthority
from facturae_es.codes import RoleType, UnitOfMeasure
from facturae_es.model import Address

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)


def main(folder: Path) -> None:
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    # A public buyer names three units: accounting office, managing body, processing unit.
    units = [
        facturae.centre("L01280790", role, MADRID)
        for role in (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
    ]
    buyer = facturae.company("P9900001J", "Ayuntamiento Inventado", MADRID, centres=units)

    iva = facturae.Tax(rate_percent=Decimal(21))
    lines = [
        facturae.Line(
            description="Consultoría",
            quantity=Decimal(12),
            unit=UnitOfMeasure.HOUR,
            unit_price=Decimal("55.00"),
            taxes=(iva,),
        ),
        facturae.Line(
            description="Manual impreso",
            quantity=Decimal(3),
            unit_price=Decimal("24.90"),
            discounts=(facturae.Adjustment(reason="Volumen", percent=Decimal(10)),),
            taxes=(facturae.Tax(rate_percent=Decimal(4)),),
        ),
    ]
    made = facturae.invoice(
        "17",
        date(2026, 3, 2),
        lines,
        series="A",
        discounts=[facturae.Adjustment(reason="Pronto pago", percent=Decimal(2))],
        file_reference="EXP-2026-001",
    )
    payable = made.totals.executable_amount
    paid = facturae.transfer(date(2026, 4, 1), payable, "ES79 2100 0813 6101 2345 6789")
    made = made.model_copy(update={"payment_details": (paid,)})
    document = facturae.batch(seller, buyer, [made])

    for tax in made.taxes_outputs:
        print(f"{tax.rate_percent:>5} % of {tax.taxable_base.total:>8}")
    print(f"total {made.totals.invoice_total}")
    assert made.totals.gross_amount == Decimal("727.23")
    assert made.totals.invoice_total == Decimal("851.16")

    xml = facturae.write(document, indent=True)
    report = facturae.validate(xml)
    assert report.ok, report.findings

    # Your own certificate: einvoice_core.certificates.load_pkcs12(Path("mine.p12").read_bytes(), …)
    authority = ThrowawayAuthority()
    credential = authority.issue(nif="12345678Z", name="Inventada Pérez")
    signed = facturae.sign(xml, credential, clock=lambda: datetime.now(UTC))
    target = folder / "invoice.xsig"
    target.write_bytes(signed)

    verified = facturae.verify(target.read_bytes(), trust=TrustStore((authority.root,)))
    print(f"signed by {verified.holder.name} as {verified.roles[0]}")
    assert verified.holder.nif == "12345678Z"
    assert facturae.read(signed).invoices == document.invoices


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        main(Path(directory))
