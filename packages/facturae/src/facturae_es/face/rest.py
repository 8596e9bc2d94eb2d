"""FACe over REST: what may be asked, and what the answers mean.

::

    api = Rest(staging())
    with Client(api, credential) as client:
        invoice = client.call(api.submit(Submission("17.xsig", signed, "ana@example.org")))
        invoice = client.call(api.invoice(invoice.registry_code))

Source: FACe, manual API for suppliers 2.0.0 (19-11-2025), section 3.
"""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode

from einvoice_core.http import Reply
from einvoice_core.signing.xmldsig import Signer
from facturae_es.face import _answers as answers
from facturae_es.face._json import Json, decode, items_of, object_of, text_of
from facturae_es.face.environments import Environment
from facturae_es.face.errors import AnswerError
from facturae_es.face.operations import Operation, Request
from facturae_es.face.records import (
    Cancellation,
    Catalogue,
    Centre,
    File,
    FileLink,
    Identity,
    Invoice,
    Notification,
    Page,
    Party,
    Relation,
    Submission,
)
from facturae_es.face.states import Status
from facturae_es.face.token import bearer_token

__all__ = ["Rest"]

T = TypeVar("T")

_JSON = {"content-type": "application/json", "accept": "application/json"}
_LIFETIME_S = 300


class Rest:
    """The operations of the REST service for suppliers.

    Args:
        environment: Its addresses.
    """

    def __init__(self, environment: Environment) -> None:
        self._base = environment.rest.rstrip("/")

    def protect(self, operation: Operation[T], signer: Signer, at: datetime) -> Request:
        """Add the token of the certificate."""
        headers = dict(operation.headers)
        headers["authorization"] = f"Bearer {bearer_token(signer, at, _LIFETIME_S)}"
        return Request(operation.method, operation.url, headers, operation.body)

    def submit(self, submission: Submission) -> Operation[Invoice]:
        """Send an invoice to the administration that it names (``POST /invoices``)."""
        body: dict[str, Json] = {
            "filename": submission.name,
            "content": _base64(submission.content),
            "email": submission.email,
            "attachments": [
                {"filename": each.name, "content": _base64(each.content)}
                for each in submission.attachments
            ],
        }
        return Operation(
            "submit",
            "POST",
            f"{self._base}/invoices",
            answers.telling_duplicates(_reading(201, _invoice)),
            json.dumps(body).encode("utf-8"),
            _JSON,
            is_safe=False,
            recover=partial(self._recover, submission.identity),
        )

    def invoice(self, registry_code: str) -> Operation[Invoice]:
        """Ask for an invoice and its states (``GET /invoices/{registryCode}``)."""
        return self._get("invoice", f"/invoices/{_part(registry_code)}", _invoice)

    def states(self) -> Operation[Catalogue]:
        """Ask which states there are (``GET /invoices-status-list``)."""
        return self._get("states", "/invoices-status-list", _catalogue)

    def cancel(self, registry_code: str, reason: str) -> Operation[Cancellation]:
        """Request the cancellation of an invoice; the administration decides."""
        return Operation(
            "cancel",
            "POST",
            f"{self._base}/invoices/{_part(registry_code)}/cancellation-requests",
            _reading(200, partial(_cancellation, registry_code)),
            json.dumps({"comment": reason}).encode("utf-8"),
            _JSON,
            is_safe=False,
        )

    def relations(
        self,
        *,
        page: int = 1,
        limit: int = 1000,
        accounting_office: str = "",
        managing_body: str = "",
        processing_unit: str = "",
        text: str = "",
    ) -> Operation[Page]:
        """Ask which units take invoices (``GET /relations``).

        Args:
            page: From 1.
            limit: Relations of one page.
            accounting_office: DIR3 code.
            managing_body: DIR3 code.
            processing_unit: DIR3 code.
            text: To look for in names.
        """
        wanted = {
            "page": str(page),
            "limit": str(limit),
            "oc": accounting_office,
            "og": managing_body,
            "ut": processing_unit,
            "fulltext": text,
        }
        query = urlencode({name: value for name, value in wanted.items() if value})
        return self._get("relations", f"/relations?{query}", _page)

    def assigned(self, *, page: int = 1, limit: int = 1000) -> Operation[tuple[Invoice, ...]]:
        """List the invoices whose credit was assigned to the caller (``cesionario``)."""
        query = urlencode(
            {"page": page, "limit": limit, "orderBy": "registryCode", "order": "DESC"}
        )
        path = f"/factoring-assignement/invoices?{query}"
        return self._get("assigned", path, lambda content: tuple(map(_invoice, _items(content))))

    def assigned_file(self, registry_code: str, identifier: str) -> Operation[File]:
        """Fetch the Facturae of an invoice whose credit was assigned to the caller."""
        path = (
            f"/factoring-assignement/invoices/{_part(registry_code)}/facturae/{_part(identifier)}"
        )
        return self._get("assigned_file", path, _file)

    def notifications(self) -> Operation[tuple[Notification, ...]]:
        """Ask what FACe tells the caller (``GET /notifications``)."""
        return self._get("notifications", "/notifications?site=private", _notifications)

    def news(self) -> Operation[tuple[Notification, ...]]:
        """Ask for the news of the portal (``GET /news``)."""
        return self._get("news", "/news?site=private", _notifications)

    def _get(self, name: str, path: str, read: Callable[[Json], T]) -> Operation[T]:
        headers = {"accept": "application/json"}
        return Operation(name, "GET", self._base + path, _reading(200, read), headers=headers)

    def _recover(self, identity: Identity | None, registry_code: str) -> Operation[Invoice]:
        asked = self.invoice(registry_code)

        def read(reply: Reply) -> Invoice:
            return answers.require_that_of(identity, asked.read(reply))

        return Operation(asked.name, asked.method, asked.url, read, headers=asked.headers)


def _reading(status: int, read: Callable[[Json], T]) -> Callable[[Reply], T]:
    def reading(reply: Reply) -> T:
        if reply.status not in (status, 200, 201):
            answers.refuse(reply.status, *_said(reply), headers=reply.headers)
        return read(decode(reply))

    return reading


def _said(reply: Reply) -> tuple[str, dict[str, list[str]]]:
    """Return the message of a refusal and its reasons by field; a page for people has neither."""
    try:
        content = object_of(decode(reply))
    except AnswerError:
        return "", {}
    reasons = {
        name: [str(each) for each in value]
        for name, value in content.items()
        if isinstance(value, list)
    }
    return text_of(content, "message"), reasons


def _invoice(content: Json) -> Invoice:
    told = object_of(content)
    code = text_of(told, "registryCode")
    if not code:
        raise AnswerError("the answer names no registry code", delivery="unknown")
    history = tuple(_status_of(each) for each in items_of(told, "statusHistory"))
    return Invoice(
        registry_code=code,
        registered_at=answers.instant(text_of(told, "registryDate")),
        processing=_processing(told, history),
        cancellation=_cancellation_status(told),
        assignment=_named(text_of(told, "factoringAssignmentStatus"), answers.ASSIGNMENT),
        history=history,
        number=text_of(told, "number"),
        series=text_of(told, "serial"),
        amount=answers.amount(text_of(told, "amount")),
        currency=text_of(told, "currency"),
        issued_at=answers.instant(text_of(told, "expeditionDate")),
        seller=_party(told.get("seller")),
        buyer=_party(told.get("buyer")),
        relation=_relation(told),
        files=tuple(_links(told)),
    )


def _processing(told: dict[str, Json], history: tuple[Status, ...]) -> Status | None:
    """The manual gives ``status`` as a text, without saying whether it is a code or a name."""
    comment = text_of(told, "statusComment")
    status = _named(text_of(told, "status"), answers.PROCESSING)
    if status is None:
        return history[-1] if history else None
    if not status.code:
        known = [each for each in history if each.name == status.name]
        status = known[-1] if known else status
    return Status(status.code, status.name, comment)


def _cancellation_status(told: dict[str, Json]) -> Status | None:
    name = text_of(told, "cancellationRequestStatus")
    code = text_of(told, "cancellationRequestStatusCode")
    if not (name or code):
        return None
    if code:
        return Status(code, name, text_of(told, "cancellationRequestComment"))
    return _named(name, answers.CANCELLATION)


def _named(text: str, names: dict[str, str]) -> Status | None:
    if not text:
        return None
    if text in names:
        return Status(text, names[text])
    code = next((code for code, name in names.items() if name == text), "")
    return Status(code or (text if text.isdecimal() else ""), text)


def _status_of(content: Json) -> Status:
    told = object_of(content)
    return Status(text_of(told, "code"), text_of(told, "name"), text_of(told, "comment"))


def _party(content: Json) -> Party | None:
    if not isinstance(content, dict) or not text_of(content, "identifier"):
        return None
    return Party(text_of(content, "identifier"), text_of(content, "fullName"))


def _centre(content: Json) -> Centre | None:
    if not isinstance(content, dict) or not text_of(content, "code"):
        return None
    return Centre(text_of(content, "code"), text_of(content, "name"))


def _relation(told: dict[str, Json]) -> Relation | None:
    office, body, unit = (_centre(told.get(name)) for name in ("oc", "og", "ut"))
    if not (office and body and unit):
        return None
    active = told.get("active", True) is not False
    return Relation(office, body, unit, _centre(told.get("administration")), active)


def _links(told: dict[str, Json]) -> Iterator[FileLink]:
    single = [told.get("facturae"), told.get("europeanInvoice")]
    for each in [*single, *items_of(told, "attachments")]:
        if isinstance(each, dict) and text_of(each, "uuid"):
            yield FileLink(text_of(each, "uuid"), text_of(each, "filename"), text_of(each, "mime"))


def _catalogue(content: Json) -> Catalogue:
    told = object_of(content)
    names = ("eInvoiceStatus", "cancellationRequestStatus", "factoringAssignmentStatus")
    lists = [tuple(map(_status_of, items_of(told, name))) for name in names]
    return Catalogue(lists[0], lists[1], lists[2])


def _cancellation(registry_code: str, content: Json) -> Cancellation:
    told = object_of(content)
    code = text_of(told, "registryCode").strip()
    if code and code != registry_code:
        raise AnswerError("the answer is about another invoice", delivery="unknown")
    return Cancellation(
        registry_code,
        text_of(told, "uuid"),
        text_of(told, "requestComment"),
        answers.instant(text_of(told, "requestedAt")),
        told.get("processed") is True,
    )


def _page(content: Json) -> Page:
    told = object_of(content)
    found = [_relation(object_of(each)) for each in items_of(told, "items")]
    number, total = (answers.count(text_of(told, name)) for name in ("page", "total"))
    return Page(tuple(each for each in found if each), number, total)


def _items(content: Json) -> list[Json]:
    return items_of(object_of(content), "items")


def _notifications(content: Json) -> tuple[Notification, ...]:
    told = [object_of(each) for each in _items(content)]
    return tuple(
        Notification(
            text_of(each, "id"),
            text_of(each, "title"),
            text_of(each, "description"),
            text_of(each, "notificationLevel"),
        )
        for each in told
    )


def _file(content: Json) -> File:
    told = object_of(content)
    octets = answers.octets(text_of(told, "content"))
    return File(text_of(told, "filename"), octets, text_of(told, "mime").strip())


def _part(text: str) -> str:
    return quote(text, safe="")


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
