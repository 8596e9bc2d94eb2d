"""The REST service for suppliers.

Source: FACe, manual API for suppliers 2.0.0, sections 2.3 and 3.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from einvoice_core.certificates import load_der_certificate
from einvoice_core.certificates.errors import CertificateError
from einvoice_core.testing.service import Answer, Call
from facturae_es.face.sandbox.desk import Desk, RefusedError
from facturae_es.face.sandbox.directory import Unit, UnitRelation
from facturae_es.face.sandbox.register import (
    ASSIGNMENT,
    CANCELLATION,
    PROCESSING,
    Held,
    StateError,
)

__all__ = ["answer", "refusal"]

_JSON = "application/json"
_SKEW_S = 60
_LONGEST_S = 24 * 3600
_INVOICE = re.compile(r"/v1/invoices/([^/]+)")
_CANCEL = re.compile(r"/v1/invoices/([^/]+)/cancellation-requests")
_MAX_PAGE = 1000
_AMOUNT = "the digits of the amount"


def refusal(status: int, said: str, reasons: dict[str, list[str]] | None = None) -> Answer:
    """Make an answer that refuses, in the shape of the manual."""
    return _json(status, {**(reasons or {}), "code": str(status), "message": said})


def answer(desk: Desk, call: Call) -> Answer:
    """Answer a request."""
    try:
        caller = _caller(desk, call)
        return _route(desk, caller, call)
    except RefusedError as refused:
        return refusal(refused.status, refused.said, refused.reasons)
    except StateError as error:
        return refusal(409, str(error))


def _route(desk: Desk, caller: str, call: Call) -> Answer:
    key = (call.method, call.path)
    fixed: dict[tuple[str, str], Callable[[], Answer]] = {
        ("POST", "/v1/invoices"): lambda: _submit(desk, caller, call),
        ("GET", "/v1/invoices-status-list"): _states,
        ("GET", "/v1/relations"): lambda: _relations(desk, call),
        ("GET", "/v1/notifications"): _notifications,
        ("GET", "/v1/news"): _notifications,
        ("GET", "/v1/factoring-assignement/invoices"): lambda: _json(
            200, {"items": [], "count": 0, "total": 0, "limit": _MAX_PAGE, "page": 1}
        ),
    }
    if key in fixed:
        return fixed[key]()
    found = _INVOICE.fullmatch(call.path)
    if found and call.method == "GET":
        return _shown(200, desk, desk.show(caller, unquote(found[1])))
    found = _CANCEL.fullmatch(call.path)
    if found and call.method == "POST":
        return _cancel(desk, caller, unquote(found[1]), call)
    return refusal(404, "Not Found")


def _submit(desk: Desk, caller: str, call: Call) -> Answer:
    body = _body(call)
    missing = [name for name in ("filename", "content", "email") if not body.get(name)]
    if missing:
        reasons = {name: ["This value should not be blank."] for name in missing}
        return refusal(400, "Bad Request", reasons)
    attachments = body.get("attachments") or []
    held = desk.take(
        caller,
        _octets(body["content"], "content"),
        str(body["filename"]),
        str(body["email"]),
        tuple((str(a["filename"]), _octets(a["content"], "attachments")) for a in attachments),
    )
    return _shown(201, desk, held)


def _shown(status: int, desk: Desk, held: Held) -> Answer:
    """Answer with an invoice; its amount is a number with the digits of the document."""
    body = json.dumps(_invoice(desk, held)).replace(f'"{_AMOUNT}"', held.document.amount, 1)
    return Answer(status, body.encode("utf-8"), _JSON)


def _cancel(desk: Desk, caller: str, code: str, call: Call) -> Answer:
    comment = _body(call).get("comment")
    if not isinstance(comment, str) or not comment.strip():
        return refusal(400, "Bad Request", {"comment": ["This value should not be blank."]})
    held = desk.show(caller, code)
    desk.register.request_cancellation(code, comment)
    told = {
        "registryCode": held.code,
        "registryDate": held.registered_at.isoformat(),
        "uuid": held.cancellation_id,
        "requestComment": comment,
        "processed": False,
        "requestedAt": held.cancellation.at.isoformat(),
    }
    return _json(200, told)


def _invoice(desk: Desk, held: Held) -> dict[str, Any]:
    document = held.document
    relation = desk.relation_of(document)
    file = {"uuid": hashlib.sha256(held.content).hexdigest()[:13], "filename": held.name}
    return {
        **(_units(relation) if relation else {}),
        "repository": False,
        "hasRcfFace": True,
        "status": held.state.code,
        "statusComment": held.state.comment,
        "statusHistory": [
            {"code": step.code, "name": PROCESSING[step.code][0], "comment": step.comment}
            for step in held.steps
        ],
        "cancellationRequestStatus": CANCELLATION[held.cancellation.code][0],
        "cancellationRequestStatusCode": held.cancellation.code,
        "cancellationRequestComment": held.cancellation.comment,
        "serial": document.series,
        "number": document.number,
        "serialNumber": document.series + document.number,
        "amount": _AMOUNT,
        "currency": document.currency,
        "expeditionDate": f"{document.issued_on}T00:00:00.000Z",
        "email": held.email,
        "registryCode": held.code,
        "registryDate": held.registered_at.isoformat(),
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "signer": _party(document.signer),
        "facturae": {**file, "mime": "text/xml", "hash": "", "isDeleted": False},
        "attachments": [
            {"uuid": f"{n:013}", "filename": name, "mime": "application/pdf"}
            for n, (name, _) in enumerate(held.attachments)
        ],
    }


def _party(party: tuple[str, str]) -> dict[str, str]:
    return {"identifier": party[0], "fullName": party[1]}


def _units(relation: UnitRelation) -> dict[str, dict[str, str]]:
    return {"oc": _unit(relation.office), "og": _unit(relation.body), "ut": _unit(relation.unit)}


def _unit(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name, "alias": unit.name}


def _states() -> Answer:
    lists = {
        "eInvoiceStatus": PROCESSING,
        "cancellationRequestStatus": CANCELLATION,
        "factoringAssignmentStatus": ASSIGNMENT,
    }
    told = {
        name: [{"code": c, "name": n, "description": d} for c, (n, d) in table.items()]
        for name, table in lists.items()
    }
    return _json(200, told)


def _relations(desk: Desk, call: Call) -> Answer:
    query = {name: values[-1] for name, values in parse_qs(call.query).items()}
    try:
        page, limit = int(query.get("page", "1")), int(query.get("limit", "1000"))
    except ValueError:
        return refusal(400, "Bad Request", {"page": ["This value should be a number."]})
    if page < 1 or not 1 <= limit <= _MAX_PAGE:
        return refusal(400, "Bad Request", {"limit": ["This value is out of range."]})
    wanted = [query.get(name, "") for name in ("oc", "og", "ut")]
    found = [
        each
        for each in desk.relations
        if all(not code or code == is_ for code, is_ in zip(wanted, each.codes, strict=True))
    ]
    shown = found[(page - 1) * limit : page * limit]
    items = [
        {**_units(each), "active": True, "administration": _unit(each.administration)}
        for each in shown
    ]
    total = len(found)
    return _json(
        200, {"items": items, "count": len(items), "total": total, "limit": limit, "page": page}
    )


def _notifications() -> Answer:
    item = {
        "id": 1,
        "title": "Ensayo",
        "description": "Esto no es FACe: es un ensayo en esta máquina.",
        "notificationLevel": "info",
        "active": True,
    }
    return _json(200, {"items": [item]})


def _caller(desk: Desk, call: Call) -> str:
    """Verify the token and return who is calling."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    parts = token.split(".")
    if kind.lower() != "bearer" or len(parts) != 3:
        raise RefusedError(401, "Unauthorized")
    try:
        header, payload = (json.loads(_unpadded(part)) for part in parts[:2])
        pem = header["x5c"][0]
        certificate = load_der_certificate(base64.b64decode(pem, validate=True))
        _verify(certificate, f"{parts[0]}.{parts[1]}".encode(), _unpadded(parts[2]))
        user = hashlib.sha1(pem.encode()).hexdigest()  # noqa: S324 - how FACe names its users
        now = desk.clock().timestamp()
        issued, ends = int(payload["iat"]), int(payload["exp"])
        holds = header["alg"] == "RS256" and payload["username"] == user
    except (ValueError, KeyError, IndexError, TypeError, CertificateError) as error:
        raise RefusedError(401, "Unauthorized") from error
    timely = issued - _SKEW_S <= now <= ends and ends - issued <= _LONGEST_S
    if not (holds and timely):
        raise RefusedError(401, "Unauthorized")
    return desk.caller(certificate)


def _verify(certificate: x509.Certificate, signed: bytes, value: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the key is not RSA")
    try:
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise ValueError("the signature does not hold") from error


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _body(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "Bad Request", errors=["Invalid JSON."]) from error
    if not isinstance(content, dict):
        raise RefusedError(400, "Bad Request", errors=["Invalid JSON."])
    return content


def _octets(text: object, name: str) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise RefusedError(400, "Bad Request", **{name: ["It is not Base64."]}) from error


def _json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content).encode("utf-8"), _JSON)
