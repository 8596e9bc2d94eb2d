"""Answers requests as the public solution may: JSON over HTTP, its services are not published."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qs

from einvoice_core.testing.service import Answer, Call, text_answer
from ubl_peppol.spfe.sandbox.documents import Code, Message, Reason, Received, read
from ubl_peppol.spfe.sandbox.register import Entry, Register

__all__ = ["Service"]

_JSON = "application/json"
_INVOICES, _MESSAGES = "/v1/invoices", "/v1/messages"
_INVOICE, _DOCUMENT = "/v1/invoice", "/v1/document"
_METHODS = {
    _INVOICES: ("GET", "POST"),
    _MESSAGES: ("POST",),
    _INVOICE: ("GET",),
    _DOCUMENT: ("GET",),
}
_MAX_REQUEST = 6 * 1024 * 1024


@dataclass(slots=True)
class Service:
    """The public solution.

    Args:
        clock: Tells the time, with its zone.
        representatives: NIF of somebody → NIFs of those who may act for them.
    """

    clock: Callable[[], datetime]
    representatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    register: Register = field(init=False)
    max_request: int = field(default=_MAX_REQUEST, init=False)

    def __post_init__(self) -> None:
        self.register = Register(self.clock)

    def screen(self, call: Call) -> Answer | None:
        """Answer what is no request of the services."""
        methods = _METHODS.get(call.path)
        if methods is None:
            return text_answer(404, "Not found")
        return None if call.method in methods else text_answer(405, "Method not allowed")

    def failed(self, call: Call) -> Answer:
        """Say that the service failed."""
        del call
        return _refused(HTTPStatus.INTERNAL_SERVER_ERROR, Reason("SERVICIO", "Error interno"))

    def answer(self, call: Call) -> Answer:
        """Answer a request."""
        caller = call.holder.nif if call.holder else None
        if not caller:
            return _refused(HTTPStatus.FORBIDDEN, Reason("CERTIFICADO", "Falta el certificado"))
        if call.method == "POST":
            taken = self._invoice if call.path == _INVOICES else self._message
            return taken(call.body, caller)
        if call.path == _INVOICES:
            return self._list(call.query, caller)
        return self._one(call, caller)

    def _may_act(self, caller: str, party: str) -> bool:
        return caller == party or caller in self.representatives.get(party, ())

    def _invoice(self, content: bytes, caller: str) -> Answer:
        received, reasons = read(content)
        if isinstance(received, Message):
            reasons = [Reason("FORMATO", "Es un mensaje: remítalo al servicio de mensajes")]
        if not isinstance(received, Received) or reasons:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, *reasons)
        issuing = received.buyer if received.type_code in ("389", "471") else received.code.nif
        if not self._may_act(caller, issuing):
            return _not_allowed(caller, issuing)
        taken = self.register.admit(received, content)
        if isinstance(taken, Reason):
            return _refused(HTTPStatus.CONFLICT, taken)
        return _json(HTTPStatus.CREATED, _shown(taken))

    def _message(self, content: bytes, caller: str) -> Answer:
        message, reasons = read(content)
        if isinstance(message, Received):
            reasons = [Reason("FORMATO", "Es una factura: remítala al servicio de facturas")]
        if not isinstance(message, Message) or reasons:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, *reasons)
        if not self._may_act(caller, message.sender):
            return _not_allowed(caller, message.sender)
        taken = self.register.tell(message)
        if isinstance(taken, Reason):
            return _refused(HTTPStatus.CONFLICT, taken)
        return _json(HTTPStatus.CREATED, {"invoices": [_shown(entry) for entry in taken]})

    def _list(self, query: str, caller: str) -> Answer:
        asked = parse_qs(query)
        nif, role = asked.get("nif", [caller])[0], asked.get("role", ["recipient"])[0]
        if role not in ("issuer", "recipient"):
            return _refused(
                HTTPStatus.BAD_REQUEST, Reason("CONSULTA", "role es issuer o recipient")
            )
        if not self._may_act(caller, nif):
            return _not_allowed(caller, nif)
        return _json(
            HTTPStatus.OK,
            {"invoices": [_shown(entry) for entry in self.register.of_party(nif, role)]},
        )

    def _one(self, call: Call, caller: str) -> Answer:
        asked = parse_qs(call.query)
        nif, number, issued_on = (
            asked.get(name, [""])[0] for name in ("nif", "number", "issued_on")
        )
        entry = self.register.find(Code(nif, number, issued_on))
        if entry is None:
            return _refused(HTTPStatus.NOT_FOUND, Reason("DESCONOCIDA", "No hay tal factura"))
        if not any(self._may_act(caller, party) for party in (entry.code.nif, entry.buyer)):
            return _not_allowed(caller, entry.code.nif)
        if call.path == _DOCUMENT:
            return Answer(HTTPStatus.OK, entry.content, "application/xml")
        return _json(HTTPStatus.OK, _shown(entry))


def _shown(entry: Entry) -> dict[str, object]:
    return {
        "nif": entry.code.nif,
        "number": entry.code.number,
        "issued_on": entry.code.issued_on,
        "buyer": entry.buyer,
        "registered_at": entry.registered_at.isoformat(),
        **entry.states,
        "messages": [{"id": identifier, "code": kind} for identifier, kind in entry.messages],
    }


def _json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), _JSON)


def _refused(status: int, *reasons: Reason) -> Answer:
    shown = [
        {"code": reason.code, "text": reason.text, "article": reason.article} for reason in reasons
    ]
    return _json(status, {"reasons": shown})


def _not_allowed(caller: str, party: str) -> Answer:
    text = f"El certificado de {caller} no puede actuar por {party}"
    return _refused(HTTPStatus.FORBIDDEN, Reason("LEGITIMACION", text, "art. 11"))
