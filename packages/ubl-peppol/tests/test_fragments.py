"""A part of a document alone: the rules judge it, and the structure says what it is."""

import pytest
from lxml import etree

import ubl_peppol
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.testing import small_invoice

DOCUMENT = etree.fromstring(ubl_peppol.ubl.write(small_invoice()))


def part(name: str, *, without: str = "") -> bytes:
    element = DOCUMENT.find(f".//{{*}}{name}")
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


def test_only_validation_takes_a_part() -> None:
    with pytest.raises(UnknownDocumentError):
        ubl_peppol.ubl.read(part("InvoiceLine"))
