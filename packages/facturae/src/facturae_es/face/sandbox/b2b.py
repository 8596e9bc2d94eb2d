"""FACeB2B: the issuer sends and asks, the receiver downloads and decides.

No public description is known; the shape of its messages is that of programs that speak it.
"""

import base64
from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from einvoice_core.testing.service import Answer, Call
from facturae_es.face.sandbox._messages import (
    Content,
    answered,
    file_octets,
    local_name,
    opened,
    refused,
    text_at,
)
from facturae_es.face.sandbox.desk import Desk, RefusedError
from facturae_es.face.sandbox.register import CANCELLATION, PROCESSING, Held, StateError

__all__ = ["B2B", "answer"]

B2B = "https://webservice.faceb2b.gob.es"

_DONE: Content = (("code", "0"), ("detail", ""), ("message", "Correcto"))
_REASONS = {"R001": "Los datos de la factura son incorrectos", "R002": "La factura no se debe"}

_Handler = Callable[[Desk, str, etree._Element], Content]


def answer(desk: Desk, call: Call) -> Answer:
    """Answer a request."""
    name = ""
    try:
        caller, message = opened(desk, call)
        name = local_name(message)
        handler = _HANDLERS.get(name)
        if handler is None or etree.QName(message).namespace != B2B:
            raise RefusedError(404, f"No encontrado: {name}")
        asked = next(message.iterchildren("*"), message)
        content = (("resultStatus", _DONE), *handler(desk, caller, asked))
        return answered(B2B, name, content)
    except RefusedError as error:
        if error.status == 401:
            return refused(error)
        words = [error.said, *(text for texts in error.reasons.values() for text in texts)]
        return answered(B2B, name, _failed(error.status, ". ".join(words)))
    except StateError as error:
        return answered(B2B, name, _failed(409, str(error)))


def _failed(status: int, said: str) -> Content:
    return (("resultStatus", (("code", str(status)), ("detail", ""), ("message", said))),)


def _send(desk: Desk, caller: str, asked: etree._Element) -> Content:
    content = file_octets(text_at(asked, "invoiceFile", "content"))
    name = text_at(asked, "invoiceFile", "name")
    beside = text_at(asked, "attachmentFile", "content")
    attached = ((text_at(asked, "attachmentFile", "name"), file_octets(beside)),) if beside else ()
    held = desk.take(caller, content, name, "", attached, public=False)
    return (("invoiceDetail", _detail(held)),)


def _details(desk: Desk, caller: str, asked: etree._Element) -> Content:
    return (("invoiceDetail", _detail(desk.show(caller, _code(asked)))),)


def _request_cancellation(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = _issued(desk, caller, asked)
    reason = text_at(asked, "reason")
    if reason not in _REASONS:
        raise RefusedError(400, f"El motivo {reason!r} no existe")
    desk.register.request_cancellation(held.code, _REASONS[reason])
    return (("invoiceDetail", _detail(held)),)


def _registered(desk: Desk, caller: str, asked: etree._Element) -> Content:
    unit = text_at(asked, "receivingUnit")
    waiting = [
        held
        for held in _received_by(desk, caller)
        if not held.is_confirmed
        and held.state.code == "1200"
        and unit in ("", *held.document.centres.values())
    ]
    return (("registeredInvoices", [("invoiceDetail", _detail(held)) for held in waiting]),)


def _cancellations(desk: Desk, caller: str, asked: etree._Element) -> Content:
    waiting = [held for held in _received_by(desk, caller) if held.cancellation.code == "4200"]
    return (("invoiceCancellations", [("invoiceDetail", _detail(held)) for held in waiting]),)


def _download(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = _receiver(desk, caller, asked)
    told: list[tuple[str, Content | str]] = [
        ("invoiceFile", _file(held.name, held.content, "text/xml"))
    ]
    told += [
        ("attachmentFile", _file(name, content, "application/pdf"))
        for name, content in held.attachments
    ]
    if text_at(asked, "signatureValidationMode") == "validate":
        signer = held.document.signer
        told.append(("report", f"La firma de {signer[1]} ({signer[0]}) es válida"))
    return told


def _confirm(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = desk.register.confirm(_receiver(desk, caller, asked).code)
    return (("invoiceDetail", _detail(held)),)


def _reject(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = _receiver(desk, caller, asked)
    reason = text_at(asked, "reason")
    if reason not in _REASONS:
        raise RefusedError(400, f"El motivo {reason!r} no existe")
    why = ". ".join(filter(None, [_REASONS[reason], text_at(asked, "comment")]))
    return (("invoiceDetail", _detail(desk.register.reject(held.code, why))),)


def _paid(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = desk.register.pay(_receiver(desk, caller, asked).code)
    return (("invoiceDetail", _detail(held)),)


def _accept(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = _receiver(desk, caller, asked)
    desk.register.decide_cancellation(held.code, accept=True)
    return (("invoiceDetail", _detail(held)),)


def _refuse(desk: Desk, caller: str, asked: etree._Element) -> Content:
    held = _receiver(desk, caller, asked)
    comment = text_at(asked, "comment")
    desk.register.decide_cancellation(held.code, accept=False, comment=comment)
    return (("invoiceDetail", _detail(held)),)


def _validate(desk: Desk, caller: str, asked: etree._Element) -> Content:
    content = file_octets(text_at(asked, "invoiceFile", "content"))
    document, reasons = desk.judge.judge(content, desk.clock())
    good = document is not None
    return (("report", "La firma es válida" if good else ". ".join(reasons)),)


def _codes(desk: Desk, caller: str, asked: etree._Element) -> Content:
    lists: dict[str, Mapping[str, tuple[str, str]]] = {
        "status": PROCESSING,
        "cancellation": CANCELLATION,
        "reason": {code: (text, text) for code, text in _REASONS.items()},
    }
    kind = text_at(asked, "codeType")
    if kind not in ("", *lists):
        raise RefusedError(400, f"La lista {kind!r} no existe")
    rows = [
        ("code", (("code", code), ("name", name), ("description", text)))
        for wanted, table in lists.items()
        if kind in ("", wanted)
        for code, (name, text) in table.items()
    ]
    return (("codes", rows),)


def _code(asked: etree._Element) -> str:
    return text_at(asked, "registryNumber")


def _receiver(desk: Desk, caller: str, asked: etree._Element) -> Held:
    held = desk.show(caller, _code(asked))
    if caller != held.document.buyer[0].removeprefix("ES"):
        raise RefusedError(403, "Forbidden")
    return held


def _issued(desk: Desk, caller: str, asked: etree._Element) -> Held:
    held = desk.show(caller, _code(asked))
    if caller not in (held.caller, held.document.seller[0]):
        raise RefusedError(403, "Forbidden")
    return held


def _received_by(desk: Desk, caller: str) -> Iterable[Held]:
    return (held for held in desk.register.all() if held.document.buyer[0] == caller)


def _detail(held: Held) -> Content:
    document, state, asked = held.document, held.state, held.cancellation
    status = (("code", state.code), ("name", PROCESSING[state.code][0]), ("reason", state.comment))
    cancellation = (
        ("code", asked.code),
        ("name", CANCELLATION[asked.code][0]),
        ("reason", held.cancellation_reason),
    )
    return (
        ("registryNumber", held.code),
        ("receptionDate", held.registered_at.isoformat()),
        ("number", document.number),
        ("seriesCode", document.series),
        ("totalAmount", document.amount),
        ("seller", _party(document.seller)),
        ("buyer", _party(document.buyer)),
        ("statusInfo", status),
        ("cancellationInfo", cancellation),
    )


def _party(party: tuple[str, str]) -> Content:
    return (("taxIdentification", party[0]), ("name", party[1]))


def _file(name: str, content: bytes, media_type: str) -> Content:
    encoded = base64.b64encode(content).decode("ascii")
    return (("content", encoded), ("name", name), ("mime", media_type))


_HANDLERS: Mapping[str, _Handler] = {
    "SendInvoice": _send,
    "GetInvoiceDetails": _details,
    "RequestInvoiceCancellation": _request_cancellation,
    "GetRegisteredInvoices": _registered,
    "GetInvoiceCancellations": _cancellations,
    "DownloadInvoice": _download,
    "ConfirmInvoiceDownload": _confirm,
    "RejectInvoice": _reject,
    "MarkInvoiceAsPaid": _paid,
    "AcceptInvoiceCancellation": _accept,
    "RejectInvoiceCancellation": _refuse,
    "ValidateInvoiceSignature": _validate,
    "GetCodes": _codes,
}
