"""Correct an invoice: the whole of it again, or only the difference."""

from datetime import date
from decimal import Decimal

import facturae_es as facturae
from facturae_es.codes import CorrectionMethod, InvoiceClass, ReasonCode
from facturae_es.model import Address, Period

MADRID = Address(
    street="Calle de la Prueba, 5", post_code="28013", town="Madrid", province="Madrid",
    country="ESP",
)  # fmt: skip
IVA = facturae.Tax(rate_percent=Decimal(21))


def line(hours: int) -> facturae.Line:
    return facturae.Line(
        description="Consultoría", quantity=hours, unit_price=Decimal("60.00"), taxes=(IVA,)
    )


def main() -> None:
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    buyer = facturae.company("A28015865", "Comercial Inventada, S.A.", MADRID)
    original = facturae.build(seller, buyer, "17", date(2026, 3, 2), [line(10)], series="A")
    assert original.invoices[0].totals.invoice_total == Decimal("726.00")

    # Eight hours were worked, not ten. By differences: two hours less, in a series of its own.
    first_quarter = Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    by_difference = facturae.correction(
        ReasonCode.OPERATION_DETAIL,
        CorrectionMethod.DIFFERENCES,
        first_quarter,
        number="17",
        series="A",
        issued_on=date(2026, 3, 2),
        explanation="Se facturaron dos horas de más.",
    )
    document = facturae.build(
        seller, buyer, "1", date(2026, 4, 7), [line(-2)], series="R", corrective=by_difference
    )
    (invoice,) = document.invoices
    assert invoice.header.invoice_class is InvoiceClass.CORRECTIVE
    assert invoice.totals.invoice_total == Decimal("-145.20")
    print(f"{by_difference.method_description}: {invoice.totals.invoice_total}")
    assert facturae.validate(facturae.write(document)).findings == ()

    # In full: the right invoice as a whole takes the place of the wrong one.
    in_full = by_difference.model_copy(
        update={
            "method": CorrectionMethod.COMPLETE,
            "method_description": CorrectionMethod.COMPLETE.description,
        }
    )
    document = facturae.build(
        seller, buyer, "2", date(2026, 4, 7), [line(8)], series="R", corrective=in_full
    )
    assert document.invoices[0].totals.invoice_total == Decimal("580.80")
    assert facturae.validate(facturae.write(document)).findings == ()

    # What is forgotten is found: the corrected invoice must be named.
    unnamed = in_full.model_copy(update={"invoice_number": None})
    wrong = facturae.build(
        seller, buyer, "3", date(2026, 4, 7), [line(8)], series="R", corrective=unnamed
    )
    (finding,) = facturae.validate_record(wrong).findings
    print(f"{finding.rule}: {finding.message}")
    assert finding.rule == "FACTURAE-038"


if __name__ == "__main__":
    main()
