"""Currencies, texts that a tax demands, attachments, and invoices that stand twice in a file."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet, Severity
from facturae_es.codes import AttachmentEncoding, TaxType
from facturae_es.model import Attachment, CurrencyAmount
from facturae_es.reader import Examined
from facturae_es.rules._common import SOURCE, invoices, lines, numbered

__all__ = ["LARGEST_ATTACHMENTS", "contents"]

contents: RuleSet[Examined] = RuleSet(SOURCE, "rules")

_EURO = "EUR"
_TAX_CODE = re.compile(r"\s*[0-9]{2}\b", re.ASCII)
_OTHER_TAX = re.compile(r"\b05\s*=\s*\S", re.ASCII)

LARGEST_ATTACHMENTS = 8 * 1024 * 1024
"""Characters of all attachments of a file that entry points usually take; no norm fixes it."""


@contents.rule(
    "FACTURAE-028",
    message="The invoice is in {currency}, so ExchangeRateDetails must give the rate to the euro "
    "and its day.",
)
def another_currency_has_its_rate(examined: Examined) -> Iterator[Breach]:
    """ExchangeRateDetails is present when InvoiceCurrencyCode is not EUR."""
    for path, invoice in invoices(examined):
        issue = invoice.issue_data
        if issue.currency != _EURO and issue.exchange_rate is None:
            yield Breach(examined.place(f"{path}.issue_data.currency"), currency=issue.currency)


@contents.rule(
    "FACTURAE-029",
    message="The amounts are in {currency}, so EquivalentInEuros must be given here.",
)
def another_currency_has_its_equivalents(examined: Examined) -> Iterator[Breach]:
    """EquivalentInEuros is present in bases, taxes and sums of the file in another currency."""
    document = examined.document
    if document is None:
        return
    batch = document.file_header.batch
    amounts: list[tuple[str, str, CurrencyAmount | None]] = [
        ("file_header.batch.total_invoices", batch.currency, batch.total_invoices),
        ("file_header.batch.total_outstanding", batch.currency, batch.total_outstanding),
        ("file_header.batch.total_executable", batch.currency, batch.total_executable),
    ]
    for path, invoice in invoices(examined):
        for at, tax in numbered(f"{path}.taxes_outputs", invoice.taxes_outputs):
            currency = invoice.issue_data.currency
            amounts.append((f"{at}.taxable_base", currency, tax.taxable_base))
            amounts.append((f"{at}.tax_amount", currency, tax.tax_amount))
    for at, currency, amount in amounts:
        if amount is not None and currency != _EURO and amount.in_euros is None:
            yield Breach(examined.place(f"{at}.total"), currency=currency)


@contents.rule(
    "FACTURAE-059",
    message="AttachmentData is not base64: {reason}.",
    severity=Severity.WARNING,
)
def attachments_are_base64(examined: Examined) -> Iterator[Breach]:
    """AttachmentData is base64 when AttachmentEncoding says so, or says nothing."""
    for path, attachment in _attachments(examined):
        if attachment.encoding not in (AttachmentEncoding.BASE64, None):
            continue
        try:
            binascii.a2b_base64("".join(attachment.data.split()).encode(), strict_mode=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            yield Breach(examined.place(f"{path}.data"), reason=str(error)[:80])


@contents.rule(
    "FACTURAE-060",
    message="The attachments take {stated} characters, more than the {limit} that entry points "
    "usually take: send them apart, or smaller.",
    severity=Severity.WARNING,
    source="Practice of entry points; no norm fixes the size",
)
def attachments_are_of_a_usual_size(examined: Examined) -> Iterator[Breach]:
    """All attachments of a file together take at most 8 MiB."""
    found = list(_attachments(examined))
    size = sum(len(attachment.data) for _, attachment in found)
    if size > LARGEST_ATTACHMENTS:
        path, _ = max(found, key=lambda each: len(each[1].data))
        yield Breach(examined.place(f"{path}.data"), stated=size, limit=LARGEST_ATTACHMENTS)


def _attachments(examined: Examined) -> Iterator[tuple[str, Attachment]]:
    for path, invoice in invoices(examined):
        if invoice.additional_data is not None:
            inside = f"{path}.additional_data.attachments"
            yield from numbered(inside, invoice.additional_data.attachments)


@contents.rule(
    "FACTURAE-061",
    message="The tax of the line is 05, another one: name it in AdditionalLineItemInformation as "
    "'05 = name of the tax'.",
    severity=Severity.WARNING,
)
def another_tax_is_named(examined: Examined) -> Iterator[Breach]:
    """AdditionalLineItemInformation names the tax whose TaxTypeCode is 05."""
    for path, line in lines(examined):
        kinds = {tax.tax_type for tax in line.taxes_outputs}
        kinds |= {tax.tax_type for tax in line.taxes_withheld}
        named = _OTHER_TAX.search(line.additional_information or "")
        if TaxType.OTHER in kinds and not named:
            yield Breach(examined.place(f"{path}.additional_information"))


@contents.rule(
    "FACTURAE-062",
    message="SpecialTaxableEventReason begins with the code of the tax it speaks of, such as "
    "'01 …'; here it begins with {start!r}.",
    severity=Severity.WARNING,
)
def a_special_event_says_of_which_tax(examined: Examined) -> Iterator[Breach]:
    """SpecialTaxableEventReason begins with a TaxTypeCode."""
    for path, line in lines(examined):
        event = line.special_taxable_event
        if event is not None and not _TAX_CODE.match(event.reason):
            at = examined.place(f"{path}.special_taxable_event.reason")
            yield Breach(at, start=event.reason[:20])


@contents.rule(
    "FACTURAE-063",
    message="Invoice {number!r} of series {series!r} stands twice in the file: number it anew or "
    "leave it out.",
)
def invoices_stand_once(examined: Examined) -> Iterator[Breach]:
    """InvoiceSeriesCode and InvoiceNumber together occur once in a file."""
    seen: set[tuple[str | None, str]] = set()
    for path, invoice in invoices(examined):
        key = (invoice.header.series, invoice.header.number)
        if key in seen:
            yield Breach(
                examined.place(f"{path}.header.number"), series=key[0] or "", number=key[1]
            )
        seen.add(key)


@contents.rule(
    "FACTURAE-064",
    message="The file adds up amounts in {stated}, but this invoice is in {currency}: send it in "
    "another file.",
)
def a_file_has_one_currency(examined: Examined) -> Iterator[Breach]:
    """InvoiceCurrencyCode of the file is that of its invoices."""
    if examined.document is None:
        return
    stated = examined.document.file_header.batch.currency
    for path, invoice in invoices(examined):
        currency = invoice.issue_data.currency
        if currency != stated:
            yield Breach(
                examined.place(f"{path}.issue_data.currency"), stated=stated, currency=currency
            )
