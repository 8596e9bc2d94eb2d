"""Documents that are hard: no invoice, thousands of mistakes, two currencies, large attachments."""

import copy
import subprocess
import sys
import textwrap
from base64 import b64encode

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.findings import MAX_FINDINGS
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.testing import full_invoice, small_invoice

GOOD = ubl_peppol.ubl.write(small_invoice())
SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"


@pytest.mark.parametrize("name", ["Order", "DespatchAdvice", "Catalogue", "Reminder", "Statement"])
@pytest.mark.parametrize("profile", ["auto", "en16931", "peppol-bis-3"])
def test_ubl_that_is_no_invoice_is_refused_by_name(name: str, profile: str) -> None:
    xml = f'<{name} xmlns="{SPACE}{name}-2"/>'.encode()
    with pytest.raises(UnknownDocumentError, match=name):
        ubl_peppol.validate(xml, profile)


def _without_units(count: int) -> bytes:
    """Return a document with many lines that say no unit."""
    root = etree.fromstring(GOOD)
    line = next(node for node in root.iter() if str(node.tag).endswith("}InvoiceLine"))
    for quantity in line.iter("{*}InvoicedQuantity"):
        del quantity.attrib["unitCode"]
    for _ in range(count - 1):
        line.addnext(copy.deepcopy(line))
    return etree.tostring(root)


def test_ten_thousand_mistakes_are_all_reported() -> None:
    wrong = _without_units(10_000)
    report = ubl_peppol.validate(wrong, "peppol-bis-3")
    rules = [finding.rule for finding in report.findings]
    assert rules.count("BR-23") == 10_000
    assert len({finding.path for finding in report.findings if finding.rule == "BR-23"}) == 10_000
    assert not report.ok


def test_more_mistakes_than_a_report_holds_are_cut_and_said() -> None:
    root = etree.fromstring(GOOD)
    note = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}Note"
    for _ in range(MAX_FINDINGS + 1_000):
        etree.SubElement(root, note)
    report = ubl_peppol.validate(etree.tostring(root), "peppol-bis-3")
    assert len(report.findings) <= MAX_FINDINGS
    assert report.truncated
    assert not report.ok


def test_two_currencies_are_found_where_they_stand() -> None:
    full = ubl_peppol.ubl.write(full_invoice())
    mixed = full.replace(b'<cbc:PriceAmount currencyID="EUR"', b'<cbc:PriceAmount currencyID="USD"')
    found = [
        finding
        for finding in ubl_peppol.validate(mixed, "peppol-bis-3").findings
        if finding.rule == "PEPPOL-EN16931-R051"
    ]
    assert [finding.path.rpartition("/")[2] for finding in found] == ["cbc:PriceAmount"]
    assert "USD" in found[0].message
    assert ubl_peppol.validate(full, "peppol-bis-3").ok


def test_a_large_attachment_is_judged() -> None:
    data = b64encode(bytes(12 * 1024 * 1024))
    large = ubl_peppol.ubl.write(full_invoice()).replace(b"aG9yYTtpbXBvcnRlCg==", data)
    report = ubl_peppol.validate(large, "peppol-bis-3")
    assert report.ok, report.findings[:3]


@pytest.mark.long
def test_a_hundred_megabytes_take_three_times_their_size_at_most() -> None:
    program = """
        import resource
        from base64 import b64encode
        import ubl_peppol
        from ubl_peppol.testing import full_invoice
        xml = ubl_peppol.ubl.write(full_invoice())
        ubl_peppol.validate(xml, "peppol-bis-3")
        data = b64encode(bytes(75 * 1024 * 1024))
        large = xml.replace(b"aG9yYTtpbXBvcnRlCg==", data)
        del data
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = ubl_peppol.validate(large, "peppol-bis-3")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(report.ok, idle, peak, len(large) // 1024)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    ok, _idle, peak, size = done.stdout.split()
    assert ok == "True"
    # The bytes of the caller count once; what is made of them may be twice as much.
    assert int(peak) <= 3 * int(size) + 120_000, done.stdout
