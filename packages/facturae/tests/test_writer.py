from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

import facturae_es
from einvoice_core.xml.errors import WriteRefused
from facturae_es.codes import TaxType
from facturae_es.errors import UnsupportedVersionError, VersionLossError
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.versions import NAMESPACES, convert

Change = Callable[[Facturae, str, object], Facturae]


@pytest.mark.parametrize("version", list(Version))
def test_a_document_is_written_in_each_version(version: Version, simple: Facturae) -> None:
    xml = facturae_es.write(simple, version)
    assert NAMESPACES[version].encode() in xml
    examined = facturae_es.examine(xml)
    assert examined.version is version
    assert examined.report.ok
    assert examined.document is not None
    assert examined.document.invoices == simple.invoices


def test_amounts_have_two_decimals_at_least(simple: Facturae) -> None:
    xml = facturae_es.write(simple)
    assert b"<UnitPriceWithoutTax>150.00<" in xml
    assert b"<UnitPriceWithoutTax>150.000000<" in facturae_es.write(simple, "3.2")


def test_a_text_that_xml_cannot_carry_is_refused(simple: Facturae, change: Change) -> None:
    with pytest.raises(WriteRefused):
        facturae_es.write(change(simple, "invoices[0].header.number", "a\x01"))


def test_markup_in_a_text_is_escaped(simple: Facturae, change: Change) -> None:
    text = "<b>&amp;]]>\r\n\t\"'"
    document = change(simple, "invoices[0].lines[0].description", text)
    assert facturae_es.read(facturae_es.write(document)) == document


def test_an_unknown_version_is_refused(simple: Facturae, change: Change) -> None:
    with pytest.raises(UnsupportedVersionError):
        facturae_es.write(change(simple, "file_header.schema_version", "4.0"))


def test_what_a_version_cannot_carry_stops_the_writing(rich: Facturae) -> None:
    with pytest.raises(VersionLossError) as caught:
        facturae_es.write(rich, "3.2.1")
    lost = {loss.element for loss in caught.value.losses}
    assert lost == {"InvoiceDescription", "InvoiceIssueDate", "PaymentInKind"}


def test_a_conversion_lists_its_losses(rich: Facturae, change: Change) -> None:
    precise = change(rich, "invoices[0].lines[0].unit_price", Decimal("1.1234567"))
    young = change(precise, "invoices[0].lines[1].taxes_outputs[0].tax_type", TaxType.IPS)
    signed = young.model_copy(update={"signature": "<ds:Signature xmlns:ds='urn:x'/>"})
    conversion = convert(signed, "3.2")
    losses = {loss.path: loss for loss in conversion.losses}
    assert losses["invoices[0].lines[0].unit_price"].became == "1.123457"
    assert losses["invoices[0].lines[1].taxes_outputs[0].tax_type"].became == "05"
    assert losses["invoices[0].issue_data.description"].became == ""
    assert losses["signature"].element == "Signature"
    assert facturae_es.examine(facturae_es.write(conversion.document)).report.ok


def test_a_negative_rate_has_no_place_in_3_2(rich: Facturae, change: Change) -> None:
    negative = change(rich, "invoices[0].lines[0].discounts[0].rate_percent", Decimal("-1.00"))
    (loss,) = [x for x in convert(negative, "3.2").losses if x.element == "DiscountRate"]
    assert loss.value == "-1.00"


def test_upwards_nothing_is_lost(simple: Facturae) -> None:
    old = facturae_es.read(facturae_es.write(simple, "3.2"))
    conversion = convert(old, "3.2.2")
    assert conversion.losses == ()
    assert conversion.document == simple
