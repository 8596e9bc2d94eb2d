"""Relations between codes, counts and descriptions of a document."""

from __future__ import annotations

from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet
from facturae_es.codes import InvoiceClass, InvoiceIssuerType, Modality
from facturae_es.reader import Examined
from facturae_es.rules._common import SOURCE, invoices

__all__ = ["header"]

header: RuleSet[Examined] = RuleSet(SOURCE, "rules")

_CORRECTIVE = frozenset({InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE})


@header.rule(
    "FACTURAE-020",
    message="InvoicesCount says {stated}, but the file has {computed} invoices.",
)
def count_is_that_of_the_invoices(examined: Examined) -> Iterator[Breach]:
    """InvoicesCount = number of invoices in the file."""
    if examined.document is None:
        return
    stated = examined.document.file_header.batch.invoices_count
    computed = len(examined.document.invoices)
    if stated != computed:
        at = examined.place("file_header.batch.invoices_count")
        yield Breach(at, stated=stated, computed=computed)


@header.rule(
    "FACTURAE-021",
    message="Modality is {modality}, but the file has {count} invoices: I is for one, L for more.",
)
def modality_fits_the_count(examined: Examined) -> Iterator[Breach]:
    """Modality is I for one invoice and L for several."""
    if examined.document is None:
        return
    modality = examined.document.file_header.modality
    count = len(examined.document.invoices)
    if (modality is Modality.SINGLE) != (count == 1):
        yield Breach(examined.place("file_header.modality"), modality=modality, count=count)


@header.rule(
    "FACTURAE-022",
    message="InvoiceIssuerType is TE, so ThirdParty must say who issues: add it.",
)
def third_party_is_named(examined: Examined) -> Iterator[Breach]:
    """ThirdParty is present when InvoiceIssuerType is TE."""
    if examined.document is None:
        return
    file_header = examined.document.file_header
    if file_header.issuer_type is InvoiceIssuerType.THIRD_PARTY and not file_header.third_party:
        yield Breach(examined.place("file_header.issuer_type"))


@header.rule(
    "FACTURAE-023",
    message="InvoiceClass is {invoice_class}: {advice}.",
)
def corrective_data_goes_with_the_class(examined: Examined) -> Iterator[Breach]:
    """Corrective is present exactly when InvoiceClass is OR or CR."""
    for path, invoice in invoices(examined):
        wanted = invoice.header.invoice_class in _CORRECTIVE
        if wanted != (invoice.header.corrective is not None):
            yield Breach(
                examined.place(f"{path}.header.invoice_class"),
                invoice_class=invoice.header.invoice_class,
                advice="add Corrective" if wanted else "leave Corrective out, or use OR",
            )


@header.rule(
    "FACTURAE-024",
    message="ReasonDescription is {stated!r}, but the text of reason {code} is {wanted!r}.",
)
def reason_has_its_text(examined: Examined) -> Iterator[Breach]:
    """ReasonDescription is the fixed text of ReasonCode."""
    for path, invoice in invoices(examined):
        corrective = invoice.header.corrective
        if corrective and corrective.reason_description != corrective.reason.description:
            yield Breach(
                examined.place(f"{path}.header.corrective.reason_description"),
                stated=corrective.reason_description,
                code=corrective.reason,
                wanted=corrective.reason.description,
            )


@header.rule(
    "FACTURAE-025",
    message="CorrectionMethodDescription is {stated!r}, but the text of method {code} is "
    "{wanted!r}.",
)
def method_has_its_text(examined: Examined) -> Iterator[Breach]:
    """CorrectionMethodDescription is the fixed text of CorrectionMethod."""
    for path, invoice in invoices(examined):
        corrective = invoice.header.corrective
        if corrective and corrective.method_description != corrective.method.description:
            yield Breach(
                examined.place(f"{path}.header.corrective.method_description"),
                stated=corrective.method_description,
                code=corrective.method,
                wanted=corrective.method.description,
            )


@header.rule(
    "FACTURAE-026",
    message="The period ends on {ends_on}, before it starts on {starts_on}.",
)
def periods_end_after_they_start(examined: Examined) -> Iterator[Breach]:
    """The last day of a period is not before the first."""
    for path, invoice in invoices(examined):
        periods = [(f"{path}.issue_data.invoicing_period", invoice.issue_data.invoicing_period)]
        if invoice.header.corrective:
            periods.append(
                (f"{path}.header.corrective.tax_period", invoice.header.corrective.tax_period)
            )
        periods += [(f"{path}.lines[{i}].period", x.period) for i, x in enumerate(invoice.lines)]
        for at, period in periods:
            if period and period.ends_on < period.starts_on:
                yield Breach(
                    examined.place(f"{at}.ends_on"),
                    starts_on=period.starts_on,
                    ends_on=period.ends_on,
                )
