from __future__ import annotations

import pytest

import facturae_es
from einvoice_core.errors import EInvoiceError
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import Limits
from facturae_es.errors import NotFacturaeError, UnsupportedVersionError
from facturae_es.model import Facturae
from facturae_es.versions import NAMESPACES, Version


@pytest.fixture(scope="module")
def xml(simple: Facturae) -> bytes:
    return facturae_es.write(simple)


def test_reading_what_was_written_gives_the_same_record(simple: Facturae, xml: bytes) -> None:
    assert facturae_es.read(xml) == simple


def test_a_rich_document_survives_writing(rich: Facturae) -> None:
    assert facturae_es.read(facturae_es.write(rich)) == rich


def in_version(xml: bytes, version: str) -> bytes:
    old = f"http://www.facturae.es/Facturae/2007/v{version}/Facturae".encode()
    named = xml.replace(NAMESPACES[Version.V3_2_2].encode(), old)
    return named.replace(b">3.2.2<", f">{version}<".encode())


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_older_versions_are_read_as_3_2(version: str, simple: Facturae, xml: bytes) -> None:
    old = in_version(xml, version)
    document = facturae_es.read(old)
    assert document.file_header.schema_version == "3.2"
    assert document.invoices == simple.invoices
    (finding,) = facturae_es.validate(old).findings
    assert (finding.rule, finding.path) == (
        "FACTURAE-S10",
        "/fe:Facturae/FileHeader/SchemaVersion",
    )
    assert version in finding.message


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_an_older_assignment_of_credit_is_refused(version: str, xml: bytes) -> None:
    old = in_version(xml, version)
    assigned = old.replace(b"</FileHeader>", b"<FactoringAssignmentData/></FileHeader>")
    with pytest.raises(UnsupportedVersionError, match=version) as caught:
        facturae_es.read(assigned)
    assert caught.value.code == "facturae.unsupported_version"
    assert caught.value.details["version"] == version


def test_what_3_0_names_or_orders_otherwise_is_put_in_place(rich: Facturae) -> None:
    from_3_2 = facturae_es.convert(rich, "3.2").document
    text = facturae_es.write(from_3_2).decode()
    namespace = "http://www.facturae.es/Facturae/2007/v3.0/Facturae"
    text = text.replace(NAMESPACES[Version.V3_2], namespace).replace(">3.2<", ">3.0<")
    order = "<PurchaseOrderReference>7</PurchaseOrderReference>"
    paid = "<TotalPaymentsOnAccount>10.00</TotalPaymentsOnAccount>"
    for old, new in (
        (paid, ""),
        ("<TotalOutstandingAmount>", f"{paid}<TotalOutstandingAmount>"),
        ("<LanguageName>es</LanguageName>", ""),
        ("<ItemDescription>", f"{order}<ItemDescription>"),
        ("<AdditionalData>", "<AdditionalData><RelayedInvoice>A/1</RelayedInvoice>"),
    ):
        head, _, invoice = text.partition("<Invoices>")
        text = f"{head}<Invoices>{invoice.replace(old, new)}"
    examined = facturae_es.examine(text.encode())
    assert [finding.rule for finding in examined.report.findings] == ["FACTURAE-S10"]
    assert examined.document is not None
    (invoice_read,) = examined.document.invoices
    assert invoice_read.totals == from_3_2.invoices[0].totals
    assert invoice_read.additional_data is not None
    assert invoice_read.additional_data.related_invoice == "A/1"
    assert [(loss.element, loss.value, loss.became) for loss in examined.losses] == [
        ("PurchaseOrderReference", "7", ""),
        ("PurchaseOrderReference", "7", ""),
        ("LanguageName", "", "es"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"<Facturae/>",
        b"<a/>",
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
        b'<f:Other xmlns:f="http://www.facturae.es/Facturae/2009/v3.2/Facturae"/>',
    ],
)
def test_another_root_is_refused(data: bytes) -> None:
    with pytest.raises(NotFacturaeError) as caught:
        facturae_es.read(data)
    assert caught.value.code == "facturae.not_facturae"


BROKEN = {
    "nothing": (b"", "xml.empty"),
    "not XML": (b"%PDF-1.7", "xml.syntax"),
    "cut off": (b"<fe:Facturae xmlns:fe='x'><FileHeader>", "xml.syntax"),
    "a DOCTYPE": (b"<!DOCTYPE a><a/>", "xml.doctype"),
    "an entity": (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml.doctype"),
    "nested too deeply": (b"<a>" * 300 + b"</a>" * 300, "xml.too_deep"),
    "a wrong encoding": (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "xml.encoding"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>', "xml.encoding"),
    "UTF-16 that is none": (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "xml.encoding"),
    "a mark that contradicts": (
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "xml.encoding",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_xml_is_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(EInvoiceError) as caught:
        facturae_es.read(data)
    assert caught.value.code == code


def test_a_document_over_the_limit_is_refused(xml: bytes) -> None:
    with pytest.raises(EInvoiceError) as caught:
        facturae_es.read(xml, limits=Limits(document=100))
    assert caught.value.code == "xml.too_large"


def test_bom_crlf_and_another_encoding_are_read(simple: Facturae, xml: bytes) -> None:
    text = xml.decode()
    latin = text.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    for data in (b"\xef\xbb\xbf" + xml, text.replace("\n", "\r\n").encode(), latin):
        assert facturae_es.read(data) == simple


WRONG_VALUES = {
    ("TotalGrossAmount", "300.00"): ["NaN", "INF", "1e400", "12,50", "", "0x10", "1_000.00"],
    ("Quantity", "2"): ["NaN", "1e400", "12,50", "", "two", "1" * 500],
    ("IssueDate", "2026-03-02"): ["2026-02-30", "02-03-2026", "", "2026-3-2", "20260302"],
    ("InvoicesCount", "1"): ["1.0", "", "9223372036854775808", "1" * 500],
    ("TaxTypeCode", "01"): ["1", "99", "", " 01"],
}


@pytest.mark.parametrize(
    ("element", "right", "wrong"),
    [(name, right, wrong) for (name, right), all_ in WRONG_VALUES.items() for wrong in all_],
)
def test_a_wrong_value_is_a_finding_with_its_place(
    element: str, right: str, wrong: str, simple: Facturae
) -> None:
    xml = facturae_es.write(simple, indent=True)
    bad = xml.replace(f"<{element}>{right}<".encode(), f"<{element}>{wrong}<".encode(), 1)
    assert bad != xml
    examined = facturae_es.examine(bad)
    assert examined.document is None
    (finding,) = examined.report.fatal
    assert finding.rule == "XML-006"
    assert finding.path.endswith(f"/{element}")
    lines = bad.decode().split("\n")
    assert finding.line is not None
    assert f"<{element}>" in lines[finding.line - 1]
    with pytest.raises(DocumentRefused) as caught:
        facturae_es.read(bad)
    assert caught.value.findings == (finding,)


def test_the_lexical_form_of_values_is_kept(simple: Facturae) -> None:
    xml = facturae_es.write(simple)
    forms = {
        "<TaxRate>21.00<": "<TaxRate>21.0<",
        "<Quantity>2<": "<Quantity>+2.0E0<",
        "<IssueDate>2026-03-02<": "<IssueDate>2026-03-02+01:00<",
        "<InvoicesCount>1<": "<InvoicesCount>01<",
        "<TotalGrossAmount>300.00<": "<TotalGrossAmount>0300<",
    }
    text = xml.decode()
    for usual, other in forms.items():
        assert usual in text
        text = text.replace(usual, other)
    document = facturae_es.read(text.encode())
    assert facturae_es.examine(text.encode()).report.ok
    written = facturae_es.write(document).decode()
    for other in forms.values():
        assert other in written
    assert document == simple


def test_the_version_of_the_header_must_be_that_of_the_namespace(xml: bytes) -> None:
    other = xml.replace(b">3.2.2<", b">3.2.1<")
    with pytest.raises(DocumentRefused) as caught:
        facturae_es.read(other)
    assert [finding.rule for finding in caught.value.findings] == ["FACTURAE-S08"]
    assert [f.rule for f in facturae_es.examine(other).report.fatal] == ["FACTURAE-S08"]


def test_an_empty_version_is_that_of_the_schema(simple: Facturae, xml: bytes) -> None:
    empty = xml.replace(b"<SchemaVersion>3.2.2<", b"<SchemaVersion><")
    assert facturae_es.read(empty) == simple


def test_comments_and_instructions_are_not_data(simple: Facturae, xml: bytes) -> None:
    noisy = xml.replace(b"<Parties>", b"<!-- x --><?y z?><Parties>")
    assert facturae_es.read(noisy) == simple


def test_cdata_is_text(simple: Facturae, xml: bytes) -> None:
    wrapped = xml.replace(b">Madrid<", b"><![CDATA[Madrid]]><")
    assert facturae_es.read(wrapped) == simple


def test_unknown_elements_are_findings(xml: bytes) -> None:
    strange = xml.replace(b"<Parties>", b"<Extra/><Parties>")
    (finding,) = facturae_es.examine(strange).report.fatal
    assert finding.rule == "XML-002"
