"""Documents as large as they come: bounded memory, and an answer."""

from __future__ import annotations

import base64
import resource
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

import facturae_es
from einvoice_core.xml.errors import XmlTooLarge
from einvoice_core.xml.parsing import Limits
from facturae_es.codes import AttachmentEncoding, AttachmentFormat
from facturae_es.model import AdditionalData, Attachment, Facturae, Party
from facturae_es.totals import Line, Tax

Change = Callable[[Facturae, str, object], Facturae]
MIB = 1024 * 1024


def with_attachments(document: Facturae, size: int, change: Change) -> Facturae:
    data = base64.b64encode(bytes(range(256)) * (size // 256)).decode()
    attachment = Attachment(
        file_format=AttachmentFormat.PDF, encoding=AttachmentEncoding.BASE64, data=data
    )
    additional = AdditionalData(attachments=(attachment,))
    return change(document, "invoices[0].additional_data", additional)


def test_an_attachment_of_50_megabytes_is_read_judged_and_written(
    simple: Facturae, change: Change
) -> None:
    document = with_attachments(simple, 50 * MIB, change)
    xml = facturae_es.write(document)
    assert len(xml) > 66 * MIB
    report = facturae_es.validate(xml)
    assert report.ok
    assert [finding.rule for finding in report.findings] == ["FACTURAE-060"]
    assert all(len(finding.message) < 500 for finding in report.findings)
    assert facturae_es.read(xml) == document


def test_a_text_beyond_the_limit_is_refused_with_a_code(simple: Facturae, change: Change) -> None:
    xml = facturae_es.write(with_attachments(simple, 2 * MIB, change))
    with pytest.raises(XmlTooLarge) as caught:
        facturae_es.validate(xml, limits=Limits(text=MIB))
    assert caught.value.code == "xml.too_large"


def lines(count: int) -> list[Line]:
    return [
        Line(
            description=f"Producto {n}",
            quantity=Decimal(n % 7 + 1),
            unit_price=Decimal("10.35"),
            taxes=(Tax(rate_percent=Decimal(21)),),
        )
        for n in range(count)
    ]


def test_many_lines_are_read_and_judged(seller: Party, buyer: Party) -> None:
    document = facturae_es.build(seller, buyer, "1", date(2026, 3, 2), lines(5_000))
    xml = facturae_es.write(document)
    assert facturae_es.validate(xml).findings == ()
    assert facturae_es.read(xml) == document


@pytest.mark.long
def test_a_hundred_thousand_lines_are_read_and_judged(seller: Party, buyer: Party) -> None:
    document = facturae_es.build(seller, buyer, "1", date(2026, 3, 2), lines(100_000))
    xml = facturae_es.write(document)
    report = facturae_es.validate(xml)
    assert report.findings == ()
    wrong = xml.replace(b"<TotalCost>10.35<", b"<TotalCost>99.99<")
    found = facturae_es.validate(wrong)
    assert len([f for f in found.findings if f.rule == "FACTURAE-001"]) == 14_286
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    assert peak < 3 * 1024 * MIB


def test_more_findings_than_a_report_holds_are_cut(seller: Party, buyer: Party) -> None:
    document = facturae_es.build(seller, buyer, "1", date(2026, 3, 2), lines(1))
    line = facturae_es.write(document).partition(b"<Items>")[2].partition(b"</Items>")[0]
    head, _, tail = facturae_es.write(document).partition(line)
    broken = line.replace(b"<Quantity>1<", b"<Quantity>x<")
    report = facturae_es.examine(head + broken * 100_001 + tail).report
    assert report.truncated
    assert not report.ok
    assert len(report.findings) <= 100_001
