"""The order of days, and what a class of invoice demands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from einvoice_core.findings import Breach, RuleSet, Severity
from facturae_es.codes import CorrectionMethod, InvoiceClass, InvoiceDocumentType, ReasonCode
from facturae_es.facets import Version
from facturae_es.model import Corrective, Invoice
from facturae_es.reader import Examined
from facturae_es.rules._common import SOURCE, invoices

__all__ = ["dates"]

dates: RuleSet[Examined] = RuleSet(SOURCE, "rules")

_INVOICING = "Real Decreto 1619/2012 (BOE-A-2012-14696), art. 6.1 and 15"
_SUMMARY = frozenset({InvoiceClass.SUMMARY, InvoiceClass.COPY_OF_SUMMARY})
_NAMES_THE_OLD = frozenset({CorrectionMethod.COMPLETE, CorrectionMethod.DIFFERENCES})
_Days = Callable[[Invoice], Iterator[tuple[str, date | None]]]


def _operation(invoice: Invoice) -> Iterator[tuple[str, date | None]]:
    yield "issue_data.operation_on", invoice.issue_data.operation_on


def _on_account(invoice: Invoice) -> Iterator[tuple[str, date | None]]:
    for i, payment in enumerate(invoice.totals.payments_on_account):
        yield f"totals.payments_on_account[{i}].paid_on", payment.paid_on


def _corrected(invoice: Invoice) -> Iterator[tuple[str, date | None]]:
    if invoice.header.corrective:
        yield "header.corrective.invoice_issued_on", invoice.header.corrective.invoice_issued_on


def _delivered(invoice: Invoice) -> Iterator[tuple[str, date | None]]:
    for i, line in enumerate(invoice.lines):
        for j, note in enumerate(line.delivery_notes):
            yield f"lines[{i}].delivery_notes[{j}].issued_on", note.issued_on


_BEFORE_ISSUE: dict[str, tuple[str, _Days]] = {
    "FACTURAE-031": ("OperationDate", _operation),
    "FACTURAE-032": ("PaymentOnAccountDate", _on_account),
    "FACTURAE-033": ("InvoiceIssueDate of the corrected invoice", _corrected),
    "FACTURAE-034": ("DeliveryNoteDate", _delivered),
}
"""Days that lie before the date of issue, or on it."""


@dates.family(
    _BEFORE_ISSUE,
    message="{what} is {day}, after the date of issue {issued}: one of the two is wrong.",
    severity=Severity.WARNING,
    source=_INVOICING,
)
def what_is_invoiced_has_happened(examined: Examined, days: tuple[str, _Days]) -> Iterator[Breach]:
    """Operation, payments on account, deliveries and the corrected invoice precede IssueDate."""
    what, found = days
    for path, invoice in invoices(examined):
        issued = invoice.issue_data.issued_on
        for at, day in found(invoice):
            if day is not None and day > issued:
                yield Breach(examined.place(f"{path}.{at}"), what=what, day=day, issued=issued)


@dates.rule(
    "FACTURAE-035",
    message="The instalment is due on {day}, before the date of issue {issued}: correct one of "
    "the two, or state it as a payment on account.",
    severity=Severity.WARNING,
)
def instalments_are_due_later(examined: Examined) -> Iterator[Breach]:
    """InstallmentDueDate is not before IssueDate."""
    for path, invoice in invoices(examined):
        issued = invoice.issue_data.issued_on
        for i, instalment in enumerate(invoice.payment_details):
            if instalment.due_on < issued:
                at = examined.place(f"{path}.payment_details[{i}].due_on")
                yield Breach(at, day=instalment.due_on, issued=issued)


@dates.rule(
    "FACTURAE-036",
    message="InvoiceClass is {invoice_class}, a summary, so InvoicingPeriod must say of which "
    "period: add it.",
)
def a_summary_has_its_period(examined: Examined) -> Iterator[Breach]:
    """InvoicingPeriod is present when InvoiceClass is OC or CC."""
    for path, invoice in invoices(examined):
        invoice_class = invoice.header.invoice_class
        if invoice_class in _SUMMARY and invoice.issue_data.invoicing_period is None:
            at = examined.place(f"{path}.header.invoice_class")
            yield Breach(at, invoice_class=invoice_class)


@dates.rule(
    "FACTURAE-037",
    message="InvoiceDocumentType AF is out of use: write FC, and say who issues in "
    "InvoiceIssuerType.",
    severity=Severity.WARNING,
)
def the_self_billed_type_is_out_of_use(examined: Examined) -> Iterator[Breach]:
    """InvoiceDocumentType is FC or FA; AF has had no use since Real Decreto 1789/2010."""
    for path, invoice in invoices(examined):
        if invoice.header.document_type is InvoiceDocumentType.SELF_BILLED:
            yield Breach(examined.place(f"{path}.header.document_type"))


def _correctives(examined: Examined) -> Iterator[tuple[str, Invoice, Corrective]]:
    for path, invoice in invoices(examined):
        if invoice.header.corrective is not None:
            yield f"{path}.header.corrective", invoice, invoice.header.corrective


@dates.rule(
    "FACTURAE-038",
    message="CorrectionMethod {method} corrects one invoice: give its InvoiceNumber.",
)
def the_corrected_invoice_is_named(examined: Examined) -> Iterator[Breach]:
    """InvoiceNumber of the corrected invoice is present when CorrectionMethod is 01 or 02."""
    for path, _, corrective in _correctives(examined):
        if corrective.method in _NAMES_THE_OLD and not corrective.invoice_number:
            yield Breach(examined.place(f"{path}.method"), method=corrective.method)


@dates.rule(
    "FACTURAE-039",
    message="CorrectionMethod {method} corrects one invoice: version 3.2.2 wants its "
    "InvoiceIssueDate.",
)
def the_corrected_invoice_is_dated(examined: Examined) -> Iterator[Breach]:
    """InvoiceIssueDate of the corrected invoice is present when CorrectionMethod is 01 or 02."""
    if examined.version is not Version.V3_2_2:
        return
    for path, _, corrective in _correctives(examined):
        if corrective.method in _NAMES_THE_OLD and corrective.invoice_issued_on is None:
            yield Breach(examined.place(f"{path}.method"), method=corrective.method)


@dates.rule(
    "FACTURAE-040",
    message="CorrectionMethod 03 is a discount for volume, but ReasonCode is {reason}: the reason "
    "of a discount is 83.",
    severity=Severity.WARNING,
)
def a_volume_discount_has_the_reason_of_discounts(examined: Examined) -> Iterator[Breach]:
    """ReasonCode is 83 when CorrectionMethod is 03."""
    for path, _, corrective in _correctives(examined):
        by_volume = corrective.method is CorrectionMethod.VOLUME_DISCOUNT
        if by_volume and corrective.reason is not ReasonCode.DISCOUNTS:
            yield Breach(examined.place(f"{path}.reason"), reason=corrective.reason)


@dates.rule(
    "FACTURAE-041",
    message="Corrective invoices have a series of their own: {advice}.",
    severity=Severity.WARNING,
    source=_INVOICING,
)
def corrective_invoices_have_their_series(examined: Examined) -> Iterator[Breach]:
    """A corrective invoice has a series, and not that of the invoice it corrects."""
    for path, invoice, corrective in _correctives(examined):
        series = invoice.header.series
        if not series:
            yield Breach(examined.place(f"{path}.method"), advice="give InvoiceSeriesCode")
        elif series == corrective.invoice_series:
            at = examined.place(path.removesuffix("corrective") + "series")
            yield Breach(at, advice=f"{series!r} is that of the corrected invoice")
