"""An invoice of the 2026 edition in that of 2017: valid UBL 2.1 and CII, nothing lost unsaid."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ubl_peppol
from einvoice_core.records import Record
from ubl_peppol import spfe, ubl25
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import LossKind
from ubl_peppol.spfe import LineInput, SpfeParty
from ubl_peppol.spfe.building import Collected, Withheld
from ubl_peppol.testing import simple_line, small_invoice
from ubl_peppol.testing.changing import changed
from ubl_peppol.ubl25 import model

SELLER = SpfeParty("12345678Z", "Ana Prueba", "Plaza 7", "Sevilla", "41001", "Sevilla")
BUYER = SpfeParty("A76543214", "Compras SA", "Avenida 25", "Barcelona", "08001", "Barcelona")


def built(**further: Any) -> model.Invoice:
    return spfe.build(
        number="P-27/014",
        issued_on=date(2027, 11, 3),
        seller=SELLER,
        buyer=BUYER,
        lines=[LineInput("Asesoramiento", Decimal(8), Decimal("125.00"), unit="HUR")],
        account="ES9121000418450200051332",
        **further,
    )


def test_a_withholding_and_a_disbursement_are_worded_and_the_total_stays() -> None:
    invoice = built(
        withholdings=[Withheld(Decimal(15))],
        collected=[Collected(Decimal("50.00"), "Tasa", code="SUPL")],
    )
    older = ubl25.to_2017(invoice)
    assert invoice.totals.due == Decimal("1110.00")
    assert older.invoice.totals.due == older.invoice.totals.with_vat == Decimal("1210.00")
    texts = [note.text for note in older.invoice.notes]
    assert "Retención IRPF 15 % sobre 1000.00 EUR: 150.00 EUR" in texts
    assert "Importe total a pagar: 1110.00 EUR" in texts


@pytest.mark.parametrize("profile", ["en16931", "peppol-bis-3"])
def test_it_is_valid_in_both_syntaxes(profile: str) -> None:
    older = ubl25.to_2017(built(withholdings=[Withheld(Decimal(15))]), profile=profile)
    electronic = ubl_peppol.model.Identifier(value="ES12345678Z", scheme_id="9920")
    named = older.invoice.model_copy(
        update={
            "seller": older.invoice.seller.model_copy(update={"electronic_address": electronic}),
            "buyer": older.invoice.buyer.model_copy(update={"electronic_address": electronic}),
            "buyer_reference": "1",
        }
    )
    assert ubl_peppol.validate(ubl_peppol.ubl.write(named), profile=profile).findings == ()
    assert ubl_peppol.validate(ubl_peppol.cii.write(named), profile="en16931").findings == ()


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9_999), places=2)


@given(st.lists(st.tuples(amounts, st.integers(1, 50)), min_size=1, max_size=4))
def test_a_faithful_copy_goes_back_to_what_it_was_made_of(rows: list[tuple[Decimal, int]]) -> None:
    lines = [simple_line(n, Decimal(count), price) for n, (price, count) in enumerate(rows, 1)]
    source = small_invoice(*lines)
    copied = spfe.faithful_copy(source)
    back = ubl25.to_2017(copied.invoice, profile="peppol-bis-3").invoice
    lost = {loss.path for loss in copied.losses if loss.kind is LossKind.DROPPED}
    assert back.totals == source.totals
    assert back.vat_breakdown == source.vat_breakdown
    assert [each.net_amount for each in back.lines] == [each.net_amount for each in source.lines]
    assert back.seller.name == source.seller.name
    assert back.seller.electronic_address is None
    assert "/seller/electronic_address" in lost


def name_of(kind: type[Record], name: str) -> str:
    del kind
    return name


def test_no_datum_is_lost_in_silence() -> None:
    invoice = built(
        withholdings=[Withheld(Decimal(15))],
        collected=[Collected(Decimal("50.00"), "Tasa", code="SUPL")],
        third_party=("B12345674", "Gestoría"),
    )
    before = ubl25.to_2017(invoice)
    silent = set()
    for path, other in changed(invoice, name_of):
        try:
            after = ubl25.to_2017(other)
        except ConversionError:
            continue
        if after == before:
            silent.add(path)
    assert silent == {
        # What the profile or the syntax fixes, and sums of what is worded.
        "specification",
        "business_process",
        "withholding/amount",
        "withholding/withholdings/category",
        "withholding/withholdings/tax_scheme",
        "tax_totals/breakdown/tax_scheme",
        "lines/item/tax_scheme",
        "third_party_charges/amount",
        "third_party_charges/description",
    }


def test_a_line_without_a_price_is_refused() -> None:
    invoice = built()
    line = invoice.lines[0].model_copy(update={"price": None})
    with pytest.raises(ConversionError, match="BT-146"):
        ubl25.to_2017(invoice.model_copy(update={"lines": (line,)}))
