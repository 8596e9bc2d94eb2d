"""Whatever comes in as CII, the answer is a finding with a place or a typed error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ubl_peppol
from einvoice_core.errors import EInvoiceError
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits
from ubl_peppol import cii
from ubl_peppol.errors import InvoiceRefused, UnknownDocumentError
from ubl_peppol.testing import full_invoice, small_invoice

DOCUMENT = cii.write(full_invoice())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        DOCUMENT[: len(DOCUMENT) // 2],
        b'<!DOCTYPE a [<!ENTITY a "b">]>' + DOCUMENT.partition(b"?>")[2],
        DOCUMENT.replace(b"UTF-8", b"UTF-16", 1),
    ],
    ids=["empty", "text", "truncated", "doctype", "encoding"],
)
def test_bytes_that_are_no_document_are_refused(data: bytes) -> None:
    for judge in (ubl_peppol.validate, cii.examine):
        with pytest.raises(XmlRefused):
            judge(data)


def test_another_syntax_or_version_is_named() -> None:
    with pytest.raises(UnknownDocumentError, match=r"ubl_peppol\.ubl"):
        cii.read(ubl_peppol.ubl.write(small_invoice()))
    with pytest.raises(UnknownDocumentError):
        cii.read(DOCUMENT.replace(b"CrossIndustryInvoice:100", b"CrossIndustryInvoice:200"))


def test_byte_order_mark_and_line_ends_change_nothing() -> None:
    marked = b"\xef\xbb\xbf" + DOCUMENT.replace(b"><ram:", b">\r\n<ram:")
    assert cii.read(marked) == full_invoice()


def test_a_document_above_the_limit_is_refused() -> None:
    with pytest.raises(XmlRefused):
        ubl_peppol.validate(DOCUMENT, limits=Limits(document=1_000))


@pytest.mark.parametrize(
    ("old", "new", "term"),
    [
        (b"Percent>21<", b"Percent>1e3<", "BT-96"),
        (b'format="102">20261124<', b'format="102">20260230<', "BT-2"),
        (b'format="102">20261124<', b'format="203">202611241200<', "BT-2"),
        (b'format="102">20261124<', b">20261124<", "BT-2"),
        (b">EUR</ram:InvoiceCurrencyCode>", b"/>", "BT-5"),
        (b"<ram:DuePayableAmount>", b"<ram:DuePayableAmount>NaN", "BT-115"),
    ],
)
def test_the_model_refuses_a_wrong_value_and_names_the_place(
    old: bytes, new: bytes, term: str
) -> None:
    assert old in DOCUMENT
    broken = DOCUMENT.replace(old, new)
    if term == "BT-5":
        head, _, tail = DOCUMENT.partition(b"<ram:InvoiceCurrencyCode>")
        broken = head + tail.partition(b"</ram:InvoiceCurrencyCode>")[2]
    with pytest.raises(InvoiceRefused) as caught:
        cii.read(broken)
    found = [finding for finding in caught.value.findings if term in finding.terms]
    assert found, caught.value.findings
    assert all(finding.path and finding.message for finding in found)


@pytest.mark.parametrize("text", ["NaN", "1e400", "12,50", "", "--1"])
def test_an_amount_that_is_none_is_a_finding_of_the_structure_and_leaves_no_rule_unsaid(
    text: str,
) -> None:
    old = b"<ram:LineTotalAmount>"
    head, _, tail = DOCUMENT.rpartition(old)
    broken = head + old + text.encode() + tail[tail.index(b"<") :]
    report = ubl_peppol.validate(broken)
    assert "UBL-PEPPOL-105" in {finding.rule for finding in report.findings}
    assert report.undecided
    assert all(finding.path for finding in report.findings)
    assert not report.ok


def test_ten_thousand_errors_are_reported_with_their_places() -> None:
    document = cii.write(small_invoice())
    start, end = (
        b"<ram:IncludedSupplyChainTradeLineItem>",
        b"</ram:IncludedSupplyChainTradeLineItem>",
    )
    head, _, rest = document.partition(start)
    line, _, tail = rest.partition(end)
    broken = start + line.replace(b"<ram:LineID>1</ram:LineID>", b"", 1) + end
    report = ubl_peppol.validate(head + broken * 10_000 + tail)
    missing = [finding for finding in report.findings if finding.rule == "BR-21"]
    assert len(missing) == 10_000
    assert len({finding.path for finding in missing}) == 10_000


def test_a_profile_for_ubl_says_what_it_did_not_judge() -> None:
    report = ubl_peppol.validate(DOCUMENT, profile="peppol-bis-3")
    assert "peppol" in report.layers_skipped


def test_auto_takes_the_specification_that_the_document_names() -> None:
    plain = DOCUMENT.replace(
        full_invoice().process.specification.encode(), b"urn:cen.eu:en16931:2017"
    )
    assert "peppol" not in ubl_peppol.validate(plain, profile="auto").layers_skipped
    assert "peppol" in ubl_peppol.validate(DOCUMENT, profile="auto").layers_skipped


@given(st.data())
def test_no_change_of_octets_escapes_as_another_error(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(DOCUMENT) - 1))
    octets = data.draw(st.binary(min_size=0, max_size=4))
    length = data.draw(st.integers(0, 30))
    broken = DOCUMENT[:position] + octets + DOCUMENT[position + length :]
    try:
        report = ubl_peppol.validate(broken)
        cii.examine(broken)
    except EInvoiceError:
        return
    assert all(finding.rule and finding.message for finding in report.findings)
