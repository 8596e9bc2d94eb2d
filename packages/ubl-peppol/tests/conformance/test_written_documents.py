"""What is written is valid UBL 2.1; official examples are read whole or with their losses."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import official
from ubl_peppol import structure
from ubl_peppol.model import Invoice
from ubl_peppol.syntax import CREDIT_NOTE, INVOICE
from ubl_peppol.syntax_cii import ROOT as CII_ROOT
from ubl_peppol.testing import full_invoice, simple_line, small_invoice

KINDS = (f"{{{INVOICE}}}Invoice", f"{{{CREDIT_NOTE}}}CreditNote", CII_ROOT)
TEST = "{http://difi.no/xsd/vefa/validator/1.0}test"


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


def canonical(document: bytes) -> str:
    """Return a document in the form in which it is compared."""
    text = etree.tostring(etree.fromstring(document), encoding="unicode")
    return ElementTree.canonicalize(text, strip_text=True, rewrite_prefixes=True)


def test_examples_come_back_as_they_were_or_say_what_was_lost(examples: dict[str, bytes]) -> None:
    whole, with_losses, refused = [], [], []
    for name, data in examples.items():
        examined = ubl_peppol.ubl.examine(data)
        if examined.invoice is None:
            # The documents that are meant to be wrong.
            assert examined.findings, name
            refused.append(name)
            continue
        written = ubl_peppol.ubl.write(examined.invoice)
        again = ubl_peppol.ubl.examine(written)
        assert again.require() == examined.invoice, name
        assert again.losses == (), name
        if canonical(written) == canonical(data):
            whole.append(name)
        else:
            # One example is not in the order of the schema, which the layer on structure finds.
            disordered = structure.validate(etree.fromstring(data)).findings
            assert examined.losses or disordered, f"{name} changes and does not say so"
            with_losses.append(name)
    assert len(whole) >= 15
    assert len(whole) + len(with_losses) >= 28
    assert len(refused) <= 2


def invoices() -> Iterator[tuple[str, bytes]]:
    """Yield every official invoice, also those inside of unit tests and in CII."""
    for folder in ("en16931", "peppol"):
        for path in sorted(official(folder).rglob("*.xml")):
            root = etree.parse(str(path)).getroot()
            inside = [test[-1] for test in root.iter(TEST) if len(test)]
            for number, tree in enumerate(inside or [root]):
                if str(tree.tag) in (
                    f"{{{INVOICE}}}Invoice",
                    f"{{{CREDIT_NOTE}}}CreditNote",
                    CII_ROOT,
                ):
                    yield f"{path.name}#{number}", etree.tostring(tree, with_tail=False)


def says(document: bytes) -> str:
    """Return a document for comparison: elements that say nothing are taken away."""
    root = etree.fromstring(document)
    etree.strip_tags(root, etree.Comment)
    for element in reversed(list(root.iter(etree.Element))):
        parent = element.getparent()
        if parent is not None and not len(element) and not (element.text or "").strip():
            parent.remove(element)
    return canonical(etree.tostring(root))


def test_no_official_invoice_loses_anything_unsaid() -> None:
    """What is inside the model comes back; what is not is named; what is neither is refused."""
    whole = named = refused = 0
    for name, document in invoices():
        examined = ubl_peppol.examine_any(document)
        if examined.invoice is None:
            assert examined.findings, name
            assert all(finding.path for finding in examined.findings), name
            refused += 1
            continue
        syntax = ubl_peppol.cii if b"CrossIndustryInvoice" in document else ubl_peppol.ubl
        written = syntax.write(examined.invoice)
        assert ubl_peppol.read_any(written) == examined.invoice, name
        if says(written) == says(document):
            whole += 1
        else:
            disordered = structure.validate(etree.fromstring(document)).findings
            assert examined.losses or disordered, f"{name} changes and does not say so"
            named += 1
    assert whole >= 45
    assert whole + named >= 175
    # Most unit tests are snippets, without what every invoice must have.
    assert whole + named + refused > 1_800
