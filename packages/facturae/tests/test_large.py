"""Documents as large as they come: bounded memory, and an answer."""

from __future__ import annotations

import base64
import resource
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import facturae_es
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.xml.errors import XmlTooLarge
from einvoice_core.xml.parsing import Limits
from facturae_es.codes import AttachmentEncoding, AttachmentFormat
from facturae_es.model import AdditionalData, Attachment, Facturae, Party
from facturae_es.totals import Line, Tax

Change = Callable[[Facturae, str, object], Facturae]
MIB = 1024 * 1024
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


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


@pytest.mark.long
def test_an_attachment_of_50_megabytes_is_signed_and_verified(
    simple: Facturae, change: Change
) -> None:
    document = with_attachments(simple, 50 * MIB, change)
    signed = facturae_es.sign(facturae_es.write(document), credential(), clock=lambda: NOW)
    verified = facturae_es.verify(signed)
    assert facturae_es.read(verified.document) == document
    read = facturae_es.read(signed)
    assert facturae_es.write(read) == signed


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


def credential() -> Credential:
    authority = ThrowawayAuthority(clock=lambda: NOW)
    return authority.issue(nif="12345678Z", name="Inventada Pérez")


def steps(run: Callable[[], object]) -> int:
    """Count the calls of functions, of Python and of C, which no other program disturbs."""
    count = 0

    def see(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def test_ten_times_the_lines_take_ten_times_the_steps(seller: Party, buyer: Party) -> None:
    signer = credential()

    def whole(count: int) -> Callable[[], object]:
        def run() -> None:
            document = facturae_es.build(seller, buyer, "1", date(2026, 3, 2), lines(count))
            xml = facturae_es.write(document)
            assert facturae_es.validate(xml).ok
            signed = facturae_es.sign(xml, signer, clock=lambda: NOW)
            facturae_es.verify(signed)
            assert len(facturae_es.read(signed).invoices[0].lines) == count

        return run

    whole(1)()
    few, many = steps(whole(100)), steps(whole(1_000))
    assert few > 100 * 20
    assert many < 10 * few


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
