"""Send a Facturae invoice over Peppol, and make a Facturae file of an invoice that came in UBL."""

from datetime import date
from decimal import Decimal

import facturae_es
import ubl_peppol
from facturae_es.model import Address
from ubl_peppol.facturae import LossKind, to_en16931, to_facturae

PLACE = Address(
    street="Calle Mayor, 1", post_code="28013", town="Madrid", province="Madrid", country="ESP"
)


def main() -> None:
    # A professional invoices a company: VAT, and 15 % withheld for the income tax.
    document = facturae_es.build(
        facturae_es.person("12345678Z", "Ana", "Prueba", PLACE, second_surname="Ejemplo"),
        facturae_es.company("A58818501", "Compras de Ejemplo, S.A.", PLACE),
        number="2026-17",
        issued_on=date(2026, 3, 2),
        lines=[
            facturae_es.Line(
                description="Consultoría",
                quantity=Decimal(8),
                unit_price=Decimal("125.00"),
                taxes=(facturae_es.Tax(rate_percent=Decimal(21)),),
                withholdings=(facturae_es.Withholding(rate_percent=Decimal(15)),),
            )
        ],
    )

    # To Peppol: valid UBL, and the ledger says what did not pass as it was.
    there = to_en16931(document, profile="peppol-bis-3")
    xml = ubl_peppol.ubl.write(there.invoice)
    assert ubl_peppol.validate(xml, profile="peppol-bis-3").findings == ()
    for loss in there.losses:
        if loss.kind is LossKind.MOVED:
            print(f"{loss.path} stands in {loss.term}: {loss.value}")

    # And back: the withholding is an element again, and no amount changed.
    back = to_facturae(ubl_peppol.ubl.read(xml))
    totals = back.document.invoices[0].totals
    assert totals == document.invoices[0].totals
    assert facturae_es.validate(facturae_es.write(back.document)).ok
    print(f"{totals.invoice_total} EUR, of which {totals.total_taxes_withheld} are withheld")


if __name__ == "__main__":
    main()
