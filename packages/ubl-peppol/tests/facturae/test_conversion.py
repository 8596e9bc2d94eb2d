"""From Facturae to EN 16931: amounts stay, and what does not pass is in the ledger."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facturae_es as facturae
import ubl_peppol
from facturae_es.model import Address, Facturae
from ubl_peppol.errors import ConversionError, UnknownProfileError
from ubl_peppol.facturae import LossKind, to_en16931

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)
SELLER = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
BUYER = facturae.company("A58818501", "Comprador Inventado, S.A.", MADRID)


def document(*lines: facturae.Line) -> Facturae:
    made = facturae.invoice("17", date(2026, 3, 2), list(lines), series="A")
    return facturae.batch(SELLER, BUYER, [made])


def line(price: Decimal, quantity: Decimal, *taxes: facturae.Tax) -> facturae.Line:
    return facturae.Line(
        description="Consultoría", quantity=quantity, unit_price=price, taxes=taxes
    )


IVA = facturae.Tax(rate_percent=Decimal(21))
prices = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9_999), places=2)
rates = st.sampled_from([Decimal(21), Decimal(10), Decimal(4)])


@given(st.lists(st.tuples(prices, st.integers(1, 50), rates), min_size=1, max_size=6))
def test_totals_never_change(rows: Sequence[tuple[Decimal, int, Decimal]]) -> None:
    source = document(
        *(
            line(price, Decimal(count), facturae.Tax(rate_percent=rate))
            for price, count, rate in rows
        )
    )
    converted = to_en16931(source).invoice
    totals = source.invoices[0].totals
    assert converted.totals.with_vat == totals.invoice_total
    assert converted.totals.without_vat == totals.gross_amount_before_taxes
    report = ubl_peppol.validate(ubl_peppol.ubl.write(converted), profile="peppol-bis-3")
    assert report.findings == ()


def test_withholding_becomes_a_note_and_stands_in_the_ledger() -> None:
    irpf = facturae.Withholding(rate_percent=Decimal(15))
    made = facturae.Line(
        description="Consultoría",
        quantity=Decimal(1),
        unit_price=Decimal(1000),
        taxes=(IVA,),
        withholdings=(irpf,),
    )
    converted = to_en16931(document(made))
    assert converted.invoice.totals.due == Decimal("1210.00")
    moved = [loss for loss in converted.losses if loss.kind is LossKind.MOVED]
    assert any("150.00" in loss.value for loss in moved)
    texts = " ".join(note.text for note in converted.invoice.notes)
    assert "150.00" in texts


def test_a_surcharge_is_a_charge_without_tax() -> None:
    surcharged = facturae.Tax(rate_percent=Decimal(21), surcharge_percent=Decimal("5.2"))
    converted = to_en16931(document(line(Decimal(10), Decimal(1), surcharged)))
    charge = converted.invoice.charges[0]
    assert (charge.amount, charge.vat_category) == (Decimal("0.52"), "E")
    assert converted.invoice.totals.with_vat == Decimal("12.62")
    assert any(loss.term == "BG-21" for loss in converted.losses)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(UnknownProfileError):
        to_en16931(document(line(Decimal(10), Decimal(1), IVA)), profile="peppol")


def test_a_batch_wants_a_position() -> None:
    invoices = [
        facturae.invoice(number, date(2026, 3, 2), [line(Decimal(10), Decimal(1), IVA)])
        for number in ("1", "2")
    ]
    source = facturae.batch(SELLER, BUYER, invoices)
    with pytest.raises(ConversionError, match="position"):
        to_en16931(source)
    assert to_en16931(source, position=1).invoice.number == "2"


def test_every_loss_says_where_and_why() -> None:
    converted = to_en16931(document(line(Decimal(10), Decimal(1), IVA)))
    assert converted.losses
    assert all(loss.path and loss.reason for loss in converted.losses)
