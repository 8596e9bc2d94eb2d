"""FACeB2B: invoices between companies, in both directions.

Whoever issues sends, asks and requests cancellations; whoever receives lists, downloads, confirms,
rejects, marks as paid and decides about cancellations. Requests are signed as for FACe.

No public WSDL of FACeB2B is known: operations and fields are our reading of programs that speak it.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from einvoice_core.http import Reply
from einvoice_core.signing.xmldsig import Signer
from facturae_es.face import _answers as answers
from facturae_es.face import _soap
from facturae_es.face._soap import Fields, Told
from facturae_es.face.environments import Environment
from facturae_es.face.errors import AnswerError
from facturae_es.face.operations import Operation, Request
from facturae_es.face.records import Attachment, File, Identity, Invoice, Party, Submission
from facturae_es.face.states import Status

__all__ = ["Downloaded", "FaceB2B"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An invoice that was received.

    Args:
        registry_code: Of the invoice.
        invoice: The document, as the issuer sent it.
        attachment: What the issuer put beside it.
        report: What FACeB2B says about the signature, as it came; empty for nothing.
    """

    registry_code: str
    invoice: File
    attachment: File | None = None
    report: str = ""


class FaceB2B:
    """The operations of FACeB2B.

    Args:
        environment: Its address and namespace.
    """

    def __init__(self, environment: Environment) -> None:
        self._url, self._namespace = environment.b2b, environment.b2b_namespace

    def protect(self, operation: Operation[T], signer: Signer, at: datetime) -> Request:
        """Sign the message."""
        return _soap.protected(operation, signer, at)

    def submit(self, submission: Submission) -> Operation[Invoice]:
        """Send an invoice with at most one attachment (``SendInvoice``).

        Raises:
            ValueError: There are more attachments than FACeB2B takes.
        """
        if len(submission.attachments) > 1:
            raise ValueError("FACeB2B takes one attachment: put the others into one file")
        document = Attachment(submission.name, submission.content, "text/xml")
        fields: list[tuple[str, str | Fields]] = [("invoiceFile", _file(document))]
        fields += [("attachmentFile", _file(each)) for each in submission.attachments]
        recover = partial(self._recover, submission.identity)
        return self._ask("SendInvoice", fields, _invoice, is_safe=False, recover=recover)

    def invoice(self, registry_code: str) -> Operation[Invoice]:
        """Ask for an invoice and its states (``GetInvoiceDetails``)."""
        return self._ask("GetInvoiceDetails", _about(registry_code), _invoice)

    def cancel(self, registry_code: str, reason: str, comment: str = "") -> Operation[str]:
        """Request the cancellation of an invoice that was sent.

        Args:
            registry_code: Of the invoice.
            reason: Code of the reason; :meth:`codes` tells them.
            comment: In words.
        """
        fields = _about(registry_code, ("reason", reason), ("comment", comment))
        return self._change("RequestInvoiceCancellation", fields, registry_code)

    def received(self, unit: str = "") -> Operation[tuple[Invoice, ...]]:
        """List the invoices that wait to be downloaded (``GetRegisteredInvoices``).

        Args:
            unit: Code of the receiving unit; empty for all.
        """
        fields: Fields = (("receivingUnit", unit),) if unit else ()
        return self._ask("GetRegisteredInvoices", fields, _listed)

    def cancellations(self) -> Operation[tuple[Invoice, ...]]:
        """List the requests for cancellation that wait for a decision."""
        return self._ask("GetInvoiceCancellations", (), _listed)

    def download(self, registry_code: str, *, validate: bool = True) -> Operation[Downloaded]:
        """Fetch an invoice that was received (``DownloadInvoice``).

        Args:
            registry_code: Of the invoice.
            validate: Whether FACeB2B shall report on the signature.
        """
        mode = "validate" if validate else ""
        fields = _about(registry_code, ("signatureValidationMode", mode))
        return self._ask("DownloadInvoice", fields, partial(_downloaded, registry_code))

    def confirm(self, registry_code: str) -> Operation[str]:
        """Say that an invoice has arrived (``ConfirmInvoiceDownload``)."""
        return self._change("ConfirmInvoiceDownload", _about(registry_code), registry_code)

    def reject(self, registry_code: str, reason: str, comment: str = "") -> Operation[str]:
        """Reject an invoice that was received (``RejectInvoice``)."""
        fields = _about(registry_code, ("reason", reason), ("comment", comment))
        return self._change("RejectInvoice", fields, registry_code)

    def mark_as_paid(self, registry_code: str) -> Operation[str]:
        """Say that an invoice was paid (``MarkInvoiceAsPaid``)."""
        return self._change("MarkInvoiceAsPaid", _about(registry_code), registry_code)

    def accept_cancellation(self, registry_code: str) -> Operation[str]:
        """Accept a request for cancellation (``AcceptInvoiceCancellation``)."""
        return self._change("AcceptInvoiceCancellation", _about(registry_code), registry_code)

    def refuse_cancellation(self, registry_code: str, comment: str) -> Operation[str]:
        """Refuse a request for cancellation (``RejectInvoiceCancellation``)."""
        fields = _about(registry_code, ("comment", comment))
        return self._change("RejectInvoiceCancellation", fields, registry_code)

    def validate_signature(self, registry_code: str, document: Attachment) -> Operation[str]:
        """Have the signature of an invoice judged (``ValidateInvoiceSignature``).

        Returns:
            The report, as it comes.
        """
        fields = _about(registry_code, ("invoiceFile", _file(document)))
        return self._ask("ValidateInvoiceSignature", fields, lambda told: told.text("report"))

    def codes(self, kind: str = "") -> Operation[tuple[Status, ...]]:
        """Ask for the codes of states and reasons (``GetCodes``).

        Args:
            kind: Which list; empty for all.
        """
        return self._ask("GetCodes", (("codeType", kind),), _codes)

    def _change(self, name: str, fields: Fields, registry_code: str) -> Operation[str]:
        """Make an operation that changes a state and answers with the registry code.

        After a lost answer it may be sent again: then the state does not allow it any more.
        """
        return self._ask(name, fields, partial(_same, registry_code), is_safe=False)

    def _recover(self, identity: Identity | None, registry_code: str) -> Operation[Invoice]:
        asked = self.invoice(registry_code)

        def read(reply: Reply) -> Invoice:
            return answers.require_that_of(identity, asked.read(reply))

        return Operation(asked.name, asked.method, asked.url, read, asked.body, asked.headers)

    def _ask(
        self,
        name: str,
        fields: Fields,
        read: Callable[[Told], T],
        *,
        is_safe: bool = True,
        recover: "Callable[[str], Operation[T]] | None" = None,
    ) -> Operation[T]:
        body = _soap.message(self._namespace, name, (("request", fields),))
        headers = _soap.headers(self._namespace, name)
        reading = _soap.reading(name, partial(_granted, read))
        if recover is not None:
            reading = answers.telling_duplicates(reading)
        return Operation(name, "POST", self._url, reading, body, headers, is_safe, recover)


def _about(registry_code: str, *more: tuple[str, "str | Fields"]) -> Fields:
    return [("registryNumber", registry_code), *(field for field in more if field[1])]


def _granted(read: Callable[[Told], T], told: Told) -> T:
    result = told.child("resultStatus")
    code = result.text("code")
    if code not in ("", "0"):
        number = int(code) if code in ("401", "403", "404", "409", "410", "500") else 400
        said = " ".join(filter(None, [result.text("message"), result.text("detail")]))
        answers.refuse(number, said, {"resultStatus": [code]})
    return read(told)


def _invoice(told: Told) -> Invoice:
    return _detail(told.child("invoiceDetail"))


def _detail(detail: Told) -> Invoice:
    code = detail.text("registryNumber")
    if not code:
        raise AnswerError("the answer names no registry number", delivery="unknown")
    return Invoice(
        registry_code=code,
        registered_at=answers.instant(detail.text("receptionDate")),
        processing=_status(detail.child("statusInfo")),
        cancellation=_status(detail.child("cancellationInfo")),
        number=detail.text("number"),
        series=detail.text("seriesCode"),
        amount=answers.amount(detail.text("totalAmount")),
        seller=_party(detail.child("seller")),
        buyer=_party(detail.child("buyer")),
    )


def _listed(told: Told) -> tuple[Invoice, ...]:
    for group in ("registeredInvoices", "invoiceCancellations"):
        if told.child(group):
            return tuple(map(_detail, told.child(group).children()))
    return ()


def _downloaded(registry_code: str, told: Told) -> Downloaded:
    document = told.child("invoiceFile")
    if not document:
        raise AnswerError("the answer holds no invoice", delivery="unknown")
    attachment = told.child("attachmentFile")
    return Downloaded(
        registry_code,
        _received(document),
        _received(attachment) if attachment else None,
        told.text("report"),
    )


def _received(told: Told) -> File:
    return File(told.text("name"), answers.octets(told.text("content")), told.text("mime"))


def _same(registry_code: str, told: Told) -> str:
    answered = told.text("invoiceDetail", "registryNumber") or told.text("registryNumber")
    if answered and answered != registry_code:
        raise AnswerError("the answer is about another invoice", delivery="unknown")
    return registry_code


def _codes(told: Told) -> tuple[Status, ...]:
    return tuple(
        Status(item.text("code"), item.text("name"), item.text("description"))
        for item in told.child("codes").children()
    )


def _status(told: Told) -> Status | None:
    code = told.text("code")
    return Status(code, told.text("name"), told.text("reason")) if code else None


def _party(told: Told) -> Party | None:
    return Party(told.text("taxIdentification"), told.text("name")) if told else None


def _file(file: Attachment) -> Fields:
    content = base64.b64encode(file.content).decode("ascii")
    return (("content", content), ("name", file.name), ("mime", file.media_type))
