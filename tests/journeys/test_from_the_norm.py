"""An invoice of EN 16931 reaches the books: VERI*FACTU, SII and TicketBAI from one model."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import facturae_es
import ubl_peppol
from aeat_sii import sii, ticketbai
from aeat_sii.facturae import registration
from aeat_sii.testing import examples
from aeat_sii.verifactu.records import RegistrationRecord
from facturae_es.model import Address, Facturae
from ubl_peppol import spfe, ubl25
from ubl_peppol.facturae import to_en16931, to_facturae

DEVICE = ticketbai.Device(
    licence="TBAI-TEST", developer_nif="B12345674", name="Programa", version="1.0"
)
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PLACE = Address(
    street="Calle Mayor, 1", post_code="28013", town="Madrid", province="Madrid", country="ESP"
)
amounts = st.decimals(min_value=Decimal(1), max_value=Decimal(9_999), places=2)
rates = st.sampled_from([Decimal(21), Decimal(10), Decimal(4)])


def document(rows: list[tuple[Decimal, Decimal]]) -> Facturae:
    lines = [
        facturae_es.Line(
            description="Mercancía",
            unit_price=price,
            taxes=(facturae_es.Tax(rate_percent=rate),),
        )
        for price, rate in rows
    ]
    return facturae_es.build(
        facturae_es.company("B12345674", "Ejemplos Inventados, S.L.", PLACE),
        facturae_es.company("A58818501", "Comprador Inventado, S.A.", PLACE),
        "2026-1",
        date(2026, 11, 24),
        lines,
    )


def registered(made: Facturae) -> RegistrationRecord:
    return registration(made, made.invoices[0], examples.system(), NOW)


@pytest.mark.parametrize("syntax", ["ubl", "cii", "spfe"])
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(st.tuples(amounts, rates), min_size=1, max_size=4))
def test_the_record_is_that_of_the_original(
    syntax: str, rows: list[tuple[Decimal, Decimal]]
) -> None:
    source = document(rows)
    invoice = to_en16931(source).invoice
    if syntax == "spfe":
        copy = spfe.faithful_copy(invoice).invoice
        received = ubl25.to_2017(ubl25.read(ubl25.write(copy))).invoice
    else:
        writer = ubl_peppol.ubl if syntax == "ubl" else ubl_peppol.cii
        received = ubl_peppol.read_any(writer.write(invoice))
    record = registered(to_facturae(received).document)
    assert record == registered(source)
    file = ticketbai.make(record, DEVICE)
    assert ticketbai.read(ticketbai.write(file)).invoice.contents.total == record.total
    entry = sii.issued_of(record)
    assert entry.content.total == record.total
