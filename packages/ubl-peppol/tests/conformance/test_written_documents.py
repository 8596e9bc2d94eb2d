"""What is written is valid UBL 2.1; official examples are read whole or with their losses."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import official
from ubl_peppol.model import Invoice
from ubl_peppol.testing import full_invoice, simple_line, small_invoice


@pytest.mark.parametrize("type_code", ["380", "381", "384"])
@pytest.mark.parametrize("make", [small_invoice, full_invoice])
def test_written_documents_satisfy_the_schema(make: Callable[..., Invoice], type_code: str) -> None:
    invoice = make(type_code=type_code)
    report = ubl_peppol.validate(ubl_peppol.ubl.write(invoice), xsd=official("ubl/2.1"))
    assert report.findings == ()
    assert "structure" in report.layers_run


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=4))
def test_made_up_documents_satisfy_the_schema(prices: list[Decimal]) -> None:
    lines = [simple_line(n, Decimal(3), price) for n, price in enumerate(prices, 1)]
    document = ubl_peppol.ubl.write(small_invoice(*lines))
    assert ubl_peppol.validate(document, xsd=official("ubl/2.1")).findings == ()


def test_the_schema_layer_finds_what_is_out_of_order() -> None:
    document = ubl_peppol.ubl.write(small_invoice())
    root = etree.fromstring(document)
    root.append(root[0])
    report = ubl_peppol.validate(etree.tostring(root), xsd=official("ubl/2.1"))
    assert [finding.rule for finding in report.findings if finding.rule == "XSD"]


def test_examples_come_back_equal_or_say_what_was_lost(examples: dict[str, bytes]) -> None:
    equal = refused = 0
    for name, data in examples.items():
        examined = ubl_peppol.ubl.examine(data)
        if examined.invoice is None:
            # The documents that are meant to be wrong.
            assert examined.findings, name
            refused += 1
            continue
        written = ubl_peppol.ubl.write(examined.invoice)
        again = ubl_peppol.ubl.examine(written)
        assert again.require() == examined.invoice, name
        assert again.losses == (), name
        equal += 1
    assert equal >= 20
    assert refused <= 5
