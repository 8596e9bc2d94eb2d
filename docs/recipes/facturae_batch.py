"""Put several invoices into one file, mend a wrong total, and take the file apart."""

from datetime import date
from decimal import Decimal

import facturae_es as facturae
from facturae_es.codes import Modality
from facturae_es.model import Address

MADRID = Address(
    street="Calle de la Prueba, 5", post_code="28013", town="Madrid", province="Madrid",
    country="ESP",
)  # fmt: skip
IVA = facturae.Tax(rate_percent=Decimal(21))


def main() -> None:
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    buyer = facturae.company("A28015865", "Comercial Inventada, S.A.", MADRID)
    invoices = []
    for month in (1, 2, 3):
        line = facturae.Line(
            description=f"Mantenimiento, mes {month}", unit_price=Decimal(100 * month), taxes=(IVA,)
        )
        made = facturae.invoice(str(month), date(2026, month, 28), [line], series="M")
        paid = facturae.transfer(
            date(2026, month + 1, 15), made.totals.executable_amount, "ES7921000813610123456789"
        )
        invoices.append(made.model_copy(update={"payment_details": (paid,)}))

    document = facturae.batch(seller, buyer, invoices)
    header = document.file_header
    assert header.modality is Modality.BATCH
    assert header.batch.invoices_count == 3
    assert header.batch.total_invoices.total == Decimal("726.00")
    print(f"{header.batch.identifier}: {header.batch.total_invoices.total}")
    xml = facturae.write(document)
    assert facturae.validate(xml).findings == ()

    # A file from elsewhere whose sums do not add up: see what is wrong, and mend it.
    wrong = xml.replace(b"<TotalAmount>726.00<", b"<TotalAmount>725.00<")
    rules = [finding.rule for finding in facturae.validate(wrong).fatal]
    assert rules == ["FACTURAE-014", "FACTURAE-015", "FACTURAE-016"]
    fixed = facturae.fix_totals(facturae.read(wrong))
    for change in fixed.changes:
        print(f"{change.path}: {change.stated} -> {change.computed}")
    assert facturae.write(fixed.document) == xml

    # Where the receiver wants one invoice in each file: make one of each.
    for invoice in facturae.read(xml).invoices:
        alone = facturae.batch(seller, buyer, [invoice])
        assert alone.file_header.modality is Modality.SINGLE
        assert facturae.validate(facturae.write(alone)).findings == ()


if __name__ == "__main__":
    main()
