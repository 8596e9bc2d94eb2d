"""Fixes: certain changes only, as RFC 5261 operations that a second reader applies alike."""

import io
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import ubl_peppol
from einvoice_core.xml.parsing import parse
from ubl_peppol.errors import PatchError
from ubl_peppol.fixes import Patch, Remove, Replace, fix
from ubl_peppol.fixes.forms import as_date
from ubl_peppol.testing import full_invoice
from ubl_peppol.testing.responses import INVOICE_RESPONSE

FULL = ubl_peppol.ubl.write(full_invoice())
ISSUERS = ("InvoicedQuantity", "PriceAmount", "TaxAmount", "TaxableAmount", "Percent", "Amount",
           "PayableAmount", "PrepaidAmount", "PayableRoundingAmount")  # fmt: skip


def changed(*changes: tuple[str, str]) -> bytes:
    xml = FULL
    for old, new in changes:
        assert old.encode() in xml, old
        xml = xml.replace(old.encode(), new.encode(), 1)
    return xml


def second_reader(xml: bytes, patch: bytes) -> ElementTree.Element:
    """Apply a patch by another library and another reading of RFC 5261."""
    root = ElementTree.fromstring(xml)  # noqa: S314 - our own document
    spaces: dict[str, str] = {}
    for _, (prefix, uri) in ElementTree.iterparse(  # noqa: S314 - made just above
        io.BytesIO(patch), events=["start-ns"]
    ):
        spaces[prefix] = uri
    for entry in ElementTree.fromstring(patch):  # noqa: S314 - made just above
        selector = entry.get("sel", "")
        path, _, leaf = selector.rpartition("/")
        remove = entry.tag.endswith("}remove")
        path = selector if remove else path
        steps = path.split("/")[2:]
        nodes = [root]
        for step in steps:
            name, _, place = step.partition("[")
            prefix, _, local = name.rpartition(":")
            tag = f"{{{spaces[prefix]}}}{local}"
            parents, nodes = nodes, [child for node in nodes for child in node if child.tag == tag]
            if place:
                nodes = [nodes[int(place.rstrip("]")) - 1]]
            assert len(nodes) == 1, selector
        if remove:
            parents[0].remove(nodes[0])
        elif leaf == "text()":
            nodes[0].text = entry.text
        else:
            nodes[0].set(leaf.removeprefix("@"), entry.text or "")
    return root


def same(first: bytes, second: bytes) -> bool:
    forms = [
        ElementTree.canonicalize(data.decode(), strip_text=True, rewrite_prefixes=True)
        for data in (first, second)
    ]
    return forms[0] == forms[1]


MISTAKES = {
    "a date as it is written in Spain": (">2026-11-24<", ">24/11/2026<"),
    "a date with a time zone": (">2026-12-24<", ">2026-12-24Z<"),
    "a date without hyphens": (">2026-12-24<", ">20261224<"),
    "a country in small letters": ("<cbc:IdentificationCode>ES", "<cbc:IdentificationCode>es"),
    "a currency in small letters": ('currencyID="EUR">10.00', 'currencyID="eur">10.00'),
    "a scheme by its name": ('schemeID="9920">ESB', 'schemeID="ES:VAT">ESB'),
    "white space in a number": ("8412345000010", "8412345 000010"),
    "a sum of totals": (">100.00</cbc:TaxExclusiveAmount", ">100.01</cbc:TaxExclusiveAmount"),
    "a sum of charges": (">5.00</cbc:ChargeTotalAmount", ">6.00</cbc:ChargeTotalAmount"),
    "zeros that say nothing": (">5.00</cbc:ChargeTotalAmount", ">5.0000</cbc:ChargeTotalAmount"),
    "an element that is empty": ("<cbc:AccountingCost>4217<", "<cbc:AccountingCost><"),
    "an indicator as a digit": (">true</cbc:ChargeIndicator", "> 1 </cbc:ChargeIndicator"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_certain_mistake_heals(mistake: str) -> None:
    wrong = changed(MISTAKES[mistake])
    result = fix(wrong, "peppol-bis-3")
    assert not result.before.ok
    assert result.after.ok, result.after.findings
    assert result.patch.operations
    if "empty" not in mistake:
        assert ubl_peppol.ubl.read(result.xml) == ubl_peppol.ubl.read(FULL)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_second_reader_applies_the_patch_alike(mistake: str) -> None:
    wrong = changed(MISTAKES[mistake])
    result = fix(wrong, "peppol-bis-3")
    patch = result.patch.to_xml()
    theirs = ElementTree.tostring(second_reader(wrong, patch))
    assert same(theirs, result.xml)
    assert Patch.from_xml(patch) == result.patch


@pytest.mark.parametrize(
    "mistake",
    [
        (">05/06/2026<", ">2026-11-24<"),
        ("<cbc:Percent>22<", "<cbc:Percent>21<"),
        ('unitCode="C62">11<', 'unitCode="C62">10<'),
        (">22.00</cbc:TaxAmount", ">21.00</cbc:TaxAmount"),
        (">101.06</cbc:PayableAmount", ">101.05</cbc:PayableAmount"),
        ('unitCode="XX"', 'unitCode="C62"'),
    ],
)
def test_what_is_not_certain_stays(mistake: tuple[str, str]) -> None:
    new, old = mistake
    result = fix(changed((old, new)), "peppol-bis-3")
    assert result.patch.operations == ()
    assert result.xml == changed((old, new))
    assert result.after == result.before
    assert not result.after.ok


@given(st.integers(0, 40), st.decimals("-5", "5", places=2))
def test_no_amount_of_the_issuer_is_ever_touched(place: int, change: Decimal) -> None:
    root = etree.fromstring(FULL)
    amounts = [node for node in root.iter() if "currencyID" in node.attrib]
    node = amounts[place % len(amounts)]
    node.text = str(Decimal(node.text or "0") + change)
    result = fix(etree.tostring(root), "peppol-bis-3")
    for operation in result.patch.operations:
        name = re.sub(r"(\[\d+\])?/text\(\)$", "", operation.path).rpartition(":")[2]
        assert name not in ISSUERS, operation


def test_all_at_once_and_the_places_still_fit() -> None:
    everything = changed(
        *(pair for name, pair in MISTAKES.items() if name not in
          ("a date without hyphens", "zeros that say nothing")),
        ("<cbc:SalesOrderID>SO-1<", "<cbc:SalesOrderID><"),
        ("<cbc:Line>Nave 3<", "<cbc:Line> <"),
    )  # fmt: skip
    result = fix(everything, "peppol-bis-3")
    assert result.after.ok, result.after.findings
    theirs = ElementTree.tostring(second_reader(everything, result.patch.to_xml()))
    assert same(theirs, result.xml)


def test_a_response_heals_too() -> None:
    day = "<cbc:IssueDate>2026-11-24"
    wrong = INVOICE_RESPONSE.replace(day, "<cbc:IssueDate>24.11.2026").encode()
    result = fix(wrong, "auto")
    assert len(result.patch.operations) == 1
    assert result.after.ok


def test_a_signed_document_is_not_touched() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></Invoice>'
    with pytest.raises(PatchError, match="signed"):
        fix(changed(("</Invoice>", signature)))


@pytest.mark.parametrize(
    "operation",
    [
        Remove("/Invoice"),
        Remove("/Invoice/cbc:Nope"),
        Remove("/CreditNote/cbc:ID"),
        Remove("/Invoice/cac:TaxTotal"),
        Remove("//cbc:ID"),
        Replace("/Invoice/cbc:ID", "x"),
        Replace("/Invoice/cbc:ID/@nope", "x"),
        Replace("/Invoice/cac:InvoiceLine/text()", "x"),
        Remove("/Invoice/cac:TaxTotal[3]"),
    ],
)
def test_an_operation_that_does_not_fit_is_refused(operation: Replace | Remove) -> None:
    with pytest.raises(PatchError):
        Patch((operation,)).apply(parse(FULL))


@pytest.mark.parametrize(
    "data", [b"<a/>", b'<diff xmlns="urn:einvoice-es:xml-patch"><add/></diff>']
)
def test_a_patch_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(PatchError):
        Patch.from_xml(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-1-2", "2026-01-02"),
        ("2026-01-02T10:00:00+01:00", "2026-01-02"),
        ("13.01.2026", "2026-01-13"),
        ("01/13/2026", "2026-01-13"),
        ("05/05/2026", "2026-05-05"),
        ("05/06/2026", None),
        ("2026-02-30", None),
        ("30/02/2026", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_a_date_means_one_day_or_none(text: str, expected: str | None) -> None:
    assert as_date(text) == expected
