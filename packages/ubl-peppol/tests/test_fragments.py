"""A part of a document alone: the rules judge it, and the structure says what it is."""

import pytest
from lxml import etree

import ubl_peppol
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.syntax import CBC
from ubl_peppol.testing import small_invoice

DOCUMENT = etree.fromstring(ubl_peppol.ubl.write(small_invoice()))
IN_CII = etree.fromstring(ubl_peppol.cii.write(small_invoice()))


def part(name: str, *, without: str = "", document: etree._Element = DOCUMENT) -> bytes:
    element = document.find(f".//{{*}}{name}")
    assert element is not None
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    if without:
        child = copied.find(f"{{*}}{without}")
        assert child is not None
        copied.remove(child)
    return etree.tostring(copied)


@pytest.mark.parametrize("name", ["InvoiceLine", "AccountingSupplierParty"])
def test_a_sound_part_is_only_said_to_be_no_document(name: str) -> None:
    report = ubl_peppol.validate(part(name))
    assert [finding.rule for finding in report.findings] == ["UBL-PEPPOL-111"]
    assert {"structure", "en16931"} <= {layer.partition("+")[0] for layer in report.layers_run}
    assert name in report.findings[0].message


def test_a_rule_on_a_part_fires_at_its_place() -> None:
    report = ubl_peppol.validate(part("InvoiceLine", without="ID"), profile="auto")
    fired = {finding.rule: finding.path for finding in report.findings}
    assert "InvoiceLine" in fired["BR-21"]


def test_a_basic_element_is_judged_alone() -> None:
    report = ubl_peppol.validate(b'<cbc:Amount xmlns:cbc="%s">1.234</cbc:Amount>' % CBC.encode())
    fired = {finding.rule for finding in report.findings}
    assert {"UBL-PEPPOL-111", "UBL-DT-01", "BR-CL-03"} <= fired


def test_a_part_of_cii_is_judged() -> None:
    line = part("IncludedSupplyChainTradeLineItem", document=IN_CII)
    fired = {finding.rule: finding for finding in ubl_peppol.validate(line).findings}
    # The rule is asked of lines, and the breakdown of the document is not there.
    assert {"UBL-PEPPOL-111", "BR-CO-18"} <= fired.keys()
    assert "CrossIndustryInvoice" in fired["UBL-PEPPOL-111"].message
    whole = part("SupplyChainTradeTransaction", document=IN_CII)
    rules = {finding.rule for finding in ubl_peppol.validate(whole).findings}
    assert "UBL-PEPPOL-111" in rules
    assert "BR-CO-18" not in rules


def test_only_validation_takes_a_part() -> None:
    with pytest.raises(UnknownDocumentError):
        ubl_peppol.ubl.read(part("InvoiceLine"))
