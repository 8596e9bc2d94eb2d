"""The structure layer says what is expected, where, and what to change."""

import pytest
from lxml import etree

import ubl_peppol
from ubl_peppol import structure
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.structure import STRUCTURE_RULES
from ubl_peppol.testing import full_invoice, small_invoice

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


@pytest.fixture
def root() -> etree._Element:
    return etree.fromstring(ubl_peppol.ubl.write(small_invoice()))


def child(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path)
    assert found is not None
    return found


def found(root: etree._Element) -> list[tuple[str, str]]:
    return [(entry.rule, entry.path) for entry in structure.validate(root).findings]


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_what_is_written_has_the_right_structure(type_code: str) -> None:
    root = etree.fromstring(ubl_peppol.ubl.write(full_invoice(type_code)))
    report = structure.validate(root)
    assert report.findings == ()
    assert report.layers_run == ("structure",)


def test_an_unknown_element_is_named_with_what_was_expected(root: etree._Element) -> None:
    child(root, f"{CBC}IssueDate").tag = f"{CBC}IssueDay"
    first, *_ = structure.validate(root).findings
    assert (first.rule, first.path) == ("UBL-PEPPOL-101", "/Invoice/cbc:IssueDay")
    assert "cbc:IssueDate" in first.message


def test_a_missing_element_is_named_before_its_follower(root: etree._Element) -> None:
    root.remove(child(root, f"{CBC}IssueDate"))
    (finding,) = structure.validate(root).findings
    assert finding.rule == "UBL-PEPPOL-102"
    assert finding.path == "/Invoice/cbc:InvoiceTypeCode"
    assert "cbc:IssueDate is missing" in finding.message


def test_an_element_that_ends_too_soon_lacks_its_last_children(root: etree._Element) -> None:
    for line in root.findall(f"{CAC}InvoiceLine"):
        root.remove(line)
    assert found(root) == [("UBL-PEPPOL-102", "/Invoice")]


def test_a_doubled_element_is_one_too_many(root: etree._Element) -> None:
    element = child(root, f"{CBC}ID")
    element.addnext(etree.fromstring(etree.tostring(element)))
    assert found(root) == [("UBL-PEPPOL-103", "/Invoice/cbc:ID[2]")]


def test_an_element_out_of_order_is_sent_to_its_place(root: etree._Element) -> None:
    element = child(root, f"{CBC}ID")
    root.append(element)
    rules = [rule for rule, _ in found(root)]
    assert rules == ["UBL-PEPPOL-102", "UBL-PEPPOL-104"]


@pytest.mark.parametrize("text", ["12,50", "1e3", "NaN", "", "0x1", "1" * 10 + " 1"])
def test_a_text_that_is_no_amount_is_refused(root: etree._Element, text: str) -> None:
    child(root, f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount").text = text
    assert found(root) == [("UBL-PEPPOL-105", "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount")]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-02-28", True),
        ("2026-02-29", False),
        ("2024-02-29", True),
        ("1900-02-29", False),
        ("0000-01-01", False),
        ("12026-01-01", True),
        ("2026-01-01+14:00", True),
        ("2026-01-01+14:01", False),
        (" 2026-01-01 ", True),
        ("20260101", False),
        ("٢٠٢٦-01-01", False),
    ],
)
def test_a_date_is_one_of_the_calendar(root: etree._Element, text: str, fits: bool) -> None:
    child(root, f"{CBC}IssueDate").text = text
    assert (found(root) == []) is fits


def test_attributes_are_those_of_the_type(root: etree._Element) -> None:
    amount = child(root, f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount")
    del amount.attrib["currencyID"]
    amount.set("currency", "EUR")
    assert [rule for rule, _ in found(root)] == ["UBL-PEPPOL-106", "UBL-PEPPOL-107"]


def test_text_beside_elements_is_reported_once(root: etree._Element) -> None:
    root.text = "hola"
    child(root, f"{CBC}ID").tail = "adiós"
    assert found(root) == [("UBL-PEPPOL-109", "/Invoice")]


def test_nothing_in_the_document_may_change_its_grammar(root: etree._Element) -> None:
    child(root, f"{CBC}ID").set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
    assert found(root) == [("UBL-PEPPOL-110", "/Invoice/cbc:ID")]


def test_a_comment_inside_a_value_changes_nothing(root: etree._Element) -> None:
    amount = child(root, f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount")
    comment = etree.Comment("aquí")
    comment.tail = amount.text
    amount.text = None
    amount.append(comment)
    assert found(root) == []


def test_ten_thousand_errors_are_bounded() -> None:
    root = etree.fromstring(ubl_peppol.ubl.write(small_invoice()))
    for _ in range(10_000):
        etree.SubElement(root, "{urn:x}y")
    report = structure.validate(root, limit=100)
    assert len(report.findings) == 100
    assert report.truncated


def test_a_root_without_grammar_is_refused() -> None:
    with pytest.raises(UnknownDocumentError):
        structure.validate(etree.fromstring("<a/>"))


def test_the_layer_runs_in_validate() -> None:
    document = ubl_peppol.ubl.write(small_invoice()).replace(b"<cbc:ID>", b"<cbc:Id>", 1)
    document = document.replace(b"</cbc:ID>", b"</cbc:Id>", 1)
    report = ubl_peppol.validate(document)
    assert "structure" in report.layers_run
    assert {"UBL-PEPPOL-101", "BR-02"} <= {finding.rule for finding in report.findings}


def test_each_rule_of_the_layer_says_what_it_demands() -> None:
    assert list(STRUCTURE_RULES) == sorted(STRUCTURE_RULES)
    assert all(text.endswith(".") for text in STRUCTURE_RULES.values())
