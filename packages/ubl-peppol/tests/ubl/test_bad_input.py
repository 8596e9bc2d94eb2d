"""Whatever comes in, the answer is a finding with a place or a typed error."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ubl_peppol
from einvoice_core.errors import EInvoiceError
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits
from ubl_peppol.errors import InvoiceRefused, UnknownDocumentError, UnknownProfileError
from ubl_peppol.testing import full_invoice, small_invoice

DOCUMENT = ubl_peppol.ubl.write(full_invoice())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        DOCUMENT[: len(DOCUMENT) // 2],
        b'<!DOCTYPE Invoice [<!ENTITY a "b">]>' + DOCUMENT.partition(b"?>")[2],
        DOCUMENT.replace(b"UTF-8", b"UTF-16", 1),
    ],
    ids=["empty", "text", "truncated", "doctype", "encoding"],
)
def test_bytes_that_are_no_document_are_refused(data: bytes) -> None:
    with pytest.raises(XmlRefused) as caught:
        ubl_peppol.validate(data)
    assert caught.value.code.startswith("xml")


def test_a_document_of_another_kind_is_named() -> None:
    order = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
    with pytest.raises(UnknownDocumentError, match="Order"):
        ubl_peppol.validate(order)
    with pytest.raises(UnknownDocumentError):
        ubl_peppol.ubl.read(b"<Invoice/>")


def test_an_unknown_profile_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownProfileError, match="peppol-bis-3"):
        ubl_peppol.validate(DOCUMENT, profile="peppol-bis-4")


def test_a_document_above_the_limit_is_refused() -> None:
    with pytest.raises(XmlRefused):
        ubl_peppol.validate(DOCUMENT, limits=Limits(document=1_000))


def test_ten_thousand_errors_are_reported_with_their_places() -> None:
    document = ubl_peppol.ubl.write(small_invoice())
    head, line, tail = cut(document, b"<cac:InvoiceLine>", b"</cac:InvoiceLine>")
    broken = line.replace(b"<cbc:ID>1</cbc:ID>", b"", 1)
    report = ubl_peppol.validate(head + broken * 10_000 + tail)
    missing = [finding for finding in report.findings if finding.rule == "BR-21"]
    assert len(missing) == 10_000
    assert len({finding.path for finding in missing}) == 10_000


def cut(document: bytes, start: bytes, end: bytes) -> tuple[bytes, bytes, bytes]:
    begins = document.index(start)
    ends = document.index(end) + len(end)
    return document[:begins], document[begins:ends], document[ends:]


@pytest.mark.parametrize(
    ("old", "new", "term"),
    [
        (b"<cbc:Percent>21<", b"<cbc:Percent>1e3<", "BT-119"),
        (b"<cbc:IssueDate>2026-11-24<", b"<cbc:IssueDate>24/11/2026<", "BT-2"),
        (b"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", b"", "BT-5"),
    ],
)
def test_the_model_refuses_a_wrong_value_and_names_the_place(
    old: bytes, new: bytes, term: str
) -> None:
    assert old in DOCUMENT
    with pytest.raises(InvoiceRefused) as caught:
        ubl_peppol.ubl.read(DOCUMENT.replace(old, new))
    found = [finding for finding in caught.value.findings if term in finding.terms]
    assert found, caught.value.findings
    assert all(finding.path and finding.line and finding.message for finding in found)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"DocumentCurrencyCode>EUR<", b"DocumentCurrencyCode>EURO<", "BR-CL-04"),
        (b"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", b"", "BR-05"),
    ],
)
def test_a_wrong_value_is_a_finding(old: bytes, new: bytes, rule: str) -> None:
    assert old in DOCUMENT
    report = ubl_peppol.validate(DOCUMENT.replace(old, new))
    assert rule in {finding.rule for finding in report.findings}


def test_an_unreadable_amount_leaves_no_rule_unsaid() -> None:
    broken = DOCUMENT.replace(b"<cbc:Percent>21</cbc:Percent>", b"<cbc:Percent>x</cbc:Percent>")
    assert broken != DOCUMENT
    report = ubl_peppol.validate(broken)
    assert not report.ok
    assert any(finding.undecided and finding.path for finding in report.findings)


def test_the_structure_is_judged_without_schemas() -> None:
    report = ubl_peppol.validate(DOCUMENT)
    assert "structure" in report.layers_run


def test_a_folder_without_schemas_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EInvoiceError):
        ubl_peppol.validate(DOCUMENT, xsd=tmp_path)


@given(st.data())
def test_no_change_of_octets_escapes_as_another_error(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(DOCUMENT) - 1))
    octets = data.draw(st.binary(min_size=0, max_size=4))
    length = data.draw(st.integers(0, 30))
    broken = DOCUMENT[:position] + octets + DOCUMENT[position + length :]
    try:
        report = ubl_peppol.validate(broken, profile="peppol-bis-3")
        ubl_peppol.ubl.examine(broken)
    except EInvoiceError:
        return
    assert all(finding.rule and finding.message for finding in report.findings)
