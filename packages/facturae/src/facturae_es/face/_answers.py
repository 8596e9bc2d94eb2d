"""What the ways to FACe share in reading answers: refusals, dates, amounts, octets."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeVar

from einvoice_core.http import Reply
from facturae_es.face.errors import (
    AnswerError,
    AuthenticationError,
    ConflictError,
    DuplicateError,
    FaceError,
    ForbiddenError,
    GoneError,
    RefusedError,
    ServiceError,
    UnknownInvoiceError,
)
from facturae_es.face.records import Identity, Invoice

__all__ = [
    "ASSIGNMENT",
    "CANCELLATION",
    "PROCESSING",
    "amount",
    "count",
    "instant",
    "octets",
    "refuse",
    "require_that_of",
    "telling_duplicates",
]

PROCESSING = {
    "1200": "Registrada",
    "1300": "Registrada en RCF",
    "2400": "Contabilizada la obligación reconocida",
    "2500": "Pagada",
    "2600": "Rechazada",
    "3100": "Anulada",
}
CANCELLATION = {
    "4100": "No solicitada",
    "4200": "Solicitada",
    "4300": "Aceptada",
    "4400": "Rechazada",
}
ASSIGNMENT = {"6100": "Pendiente", "6200": "Aceptada", "6300": "Rechazada", "6400": "No Procesable"}

T = TypeVar("T")

_KINDS: Mapping[int, type[FaceError]] = {
    400: RefusedError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: UnknownInvoiceError,
    409: ConflictError,
    410: GoneError,
    413: RefusedError,
    422: RefusedError,
}
_DUPLICATE = re.compile(r"duplicad|ya (?:ha sido|est[áa]|fue|existe)|already", re.IGNORECASE)
_REGISTRY_CODE = re.compile(r"\b(?:REGAGE\d{2}[a-z]\d{5,20}|\d{12,20}|O\d{8}_\d{2}_\d{5,12})\b")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?")
_SAID = 500


def refuse(
    status: int,
    said: str,
    reasons: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> NoReturn:
    """Raise the error that a status of the service stands for.

    Args:
        status: Of HTTP, or the code of the service, which has the same numbers.
        said: In the words of the service.
        reasons: By field.
        headers: Of the reply.
    """
    reasons = {name: tuple(each) for name, each in (reasons or {}).items() if each}
    words = "; ".join([said, *(text for each in reasons.values() for text in each)])[:_SAID]
    details: dict[str, object] = {"status": status, "reasons": reasons, "delivery": "none"}
    if status == 429 or status >= 500:
        details["delivery"] = "none" if status == 429 else "unknown"
        wait = (headers or {}).get("retry-after", "")
        if wait.isascii() and wait.isdecimal() and len(wait) < 6:
            details["wait_s"] = int(wait)
        raise ServiceError(f"FACe failed on its side ({status}): send again later", **details)
    kind = _KINDS.get(status)
    if kind is None:
        raise AnswerError(
            f"the reply ({status}) is no answer of the service", status=status, delivery="unknown"
        )
    raise kind(f"FACe answers {status}: {words or 'without a reason'}", **details)


def telling_duplicates(read: Callable[[Reply], T]) -> Callable[[Reply], T]:
    """Make a submission's reading tell a duplicate from other refusals.

    The manuals give no code for an invoice that is there already, so its words are looked for.
    """

    def reading(reply: Reply) -> T:
        try:
            return read(reply)
        except (RefusedError, ConflictError) as error:
            if not _DUPLICATE.search(error.message):
                raise
            found = _REGISTRY_CODE.search(error.message)
            details = {**error.details, "registry_code": found[0] if found else ""}
            raise DuplicateError(error.message, **details) from error

    return reading


def require_that_of(identity: Identity | None, invoice: Invoice) -> Invoice:
    """Return an invoice if it is the one that was sent.

    Raises:
        ConflictError: It is another one.
    """
    if not invoice.is_that_of(identity):
        raise ConflictError(
            "what FACe holds under that registry code is another invoice",
            registry_code=invoice.registry_code,
            delivery="none",
        )
    return invoice


def instant(text: str) -> datetime | None:
    """Read an instant; without a zone it is taken for UTC; what is none is left out."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def amount(text: str) -> Decimal | None:
    """Read an amount; what is none is left out.

    The services hand it on as a floating point number, so it is for people: the document counts.
    """
    if not _AMOUNT.fullmatch(text.strip()):
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def count(text: str) -> int:
    """Read a number of things; what is none is 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def octets(text: str) -> bytes:
    """Read octets in Base64.

    Raises:
        AnswerError: They are not.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise AnswerError("a file of the answer is no Base64", delivery="unknown") from error
