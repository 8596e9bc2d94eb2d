"""The public solution as a program sees it, and the one that is played on this machine.

The agency has not published its services. :class:`Solution` is what a program needs of them, in the
terms of the Orden; :class:`LocalSolution` fills it for the sandbox, and the official service can
fill it later.

Source: Orden HAC/1028/2026, arts. 3 to 10.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlencode

from einvoice_core import http
from einvoice_core.certificates import Credential
from einvoice_core.http import BaseTransport, Trust
from ubl_peppol.errors import UblError
from ubl_peppol.spfe.unique import UniqueCode

__all__ = [
    "DuplicateInvoiceError",
    "LocalSolution",
    "Refusal",
    "RefusedBySolutionError",
    "Registered",
    "Solution",
    "SolutionError",
]

_LARGEST = 8 * 1024 * 1024
_DEADLINE_S = 120.0


class SolutionError(UblError):
    """The public solution gave no usable answer; whether it took the document is not known."""

    code = "ubl.spfe.solution"


class RefusedBySolutionError(UblError):
    """The public solution did not take a document or an enquiry; carries its reasons."""

    code = "ubl.spfe.refused"

    def __init__(self, reasons: tuple["Refusal", ...], status: int) -> None:
        text = "; ".join(reason.text for reason in reasons) or f"status {status}"
        super().__init__(text, status=status, reasons=[reason.code for reason in reasons])
        self.reasons = reasons


class DuplicateInvoiceError(RefusedBySolutionError):
    """There is an invoice or copy with that unique code already (Orden art. 5.5)."""

    code = "ubl.spfe.duplicate"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason of a refusal, in the service's words."""

    code: str
    text: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """An invoice as the public solution holds it.

    Attributes:
        unique_code: NIF of the issuer, number and date of issue.
        buyer: NIF of the recipient.
        registration: ``original``, ``copy``, ``copy cancelled`` or ``cancelled``.
        recipient: ``accepted``, ``corrected``, ``rejected`` or ``paid``.
        issuer: ``none``, ``collected`` or ``defaulted``.
        messages: Identifier and code of the messages about it.
    """

    unique_code: UniqueCode
    buyer: str
    registration: str
    recipient: str
    issuer: str
    messages: tuple[tuple[str, str], ...]


class Solution(Protocol):
    """What a program asks of the public solution."""

    def register(self, document: bytes) -> Registered:
        """Send an original or a faithful copy.

        Raises:
            DuplicateInvoiceError: One with the same unique code is there.
            RefusedBySolutionError: It is not taken; mend it and send it again.
            SolutionError: No usable answer came: ask for the invoice before sending again.
        """

    def report(self, message: bytes) -> tuple[Registered, ...]:
        """Send a status message; returns the invoices that it is about.

        Raises:
            RefusedBySolutionError: It does not fit the state, or the sender may not tell it.
            SolutionError: As above.
        """

    def invoice(self, unique_code: UniqueCode) -> Registered | None:
        """Ask for an invoice; nothing when it is not there.

        Raises:
            RefusedBySolutionError: It is of others.
            SolutionError: As above.
        """

    def invoices(self, nif: str, *, received: bool = True) -> tuple[Registered, ...]:
        """List the invoices that somebody received, or issued.

        Raises:
            RefusedBySolutionError: The caller may not act for them.
            SolutionError: As above.
        """

    def download(self, unique_code: UniqueCode) -> bytes:
        """Fetch a document as it was sent.

        Raises:
            RefusedBySolutionError: It is not there, or of others.
            SolutionError: As above.
        """


class LocalSolution:
    """The public solution of :mod:`ubl_peppol.spfe.sandbox`.

    Args:
        url: Scheme, host and port.
        credential: Certificate that is shown; its NIF is who acts.
        trust: Authorities of the service's certificate.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for each piece of an answer.
    """

    def __init__(
        self,
        url: str,
        credential: Credential | None = None,
        *,
        trust: Trust | None = None,
        transport: BaseTransport | None = None,
        timeout_s: float = 30,
    ) -> None:
        self._url = url.rstrip("/")
        self._http = http.client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def register(self, document: bytes) -> Registered:
        """Send an original or a faithful copy; see :meth:`Solution.register`."""
        return _registered(_object(self._ask("POST", "/v1/invoices", document)))

    def report(self, message: bytes) -> tuple[Registered, ...]:
        """Send a status message; see :meth:`Solution.report`."""
        return _many(self._ask("POST", "/v1/messages", message))

    def invoice(self, unique_code: UniqueCode) -> Registered | None:
        """Ask for an invoice; see :meth:`Solution.invoice`."""
        try:
            return _registered(_object(self._ask("GET", f"/v1/invoice?{_query(unique_code)}")))
        except RefusedBySolutionError as error:
            if error.details.get("status") == 404:
                return None
            raise

    def invoices(self, nif: str, *, received: bool = True) -> tuple[Registered, ...]:
        """List invoices; see :meth:`Solution.invoices`."""
        asked = urlencode({"nif": nif, "role": "recipient" if received else "issuer"})
        return _many(self._ask("GET", f"/v1/invoices?{asked}"))

    def download(self, unique_code: UniqueCode) -> bytes:
        """Fetch a document; see :meth:`Solution.download`."""
        return self._ask("GET", f"/v1/document?{_query(unique_code)}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"content-type": "application/xml"} if body is not None else {}
        try:
            request = self._http.build_request(
                method, self._url + path, content=body, headers=headers
            )
            reply = http.send(self._http, request, max_bytes=_LARGEST, deadline_s=_DEADLINE_S)
        except http.TransportError as error:
            raise SolutionError(f"no answer of the public solution: {error.message}") from error
        status, content = reply.status, reply.body
        if status < 300:
            return content
        reasons = _reasons(content)
        if status == 409 and any(reason.code == "DUPLICADO" for reason in reasons):
            raise DuplicateInvoiceError(reasons, status)
        if status < 500 and reasons:
            raise RefusedBySolutionError(reasons, status)
        raise SolutionError(f"the public solution answered {status}", status=status)


def _query(code: UniqueCode) -> str:
    values = {"nif": code.nif, "number": code.number, "issued_on": code.issued_on.isoformat()}
    return urlencode(values)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise SolutionError("the public solution answered something else than JSON") from error
    if not isinstance(found, dict):
        raise SolutionError("the public solution answered something else than an object")
    return found


def _many(content: bytes) -> tuple[Registered, ...]:
    rows = _object(content).get("invoices")
    if not isinstance(rows, list):
        raise SolutionError("the public solution answered without a list of invoices")
    return tuple(_registered(row) for row in rows)


def _registered(row: Mapping[str, Any]) -> Registered:
    try:
        return Registered(
            UniqueCode(row["nif"], row["number"], date.fromisoformat(row["issued_on"])),
            row["buyer"],
            row["registration"],
            row["recipient"],
            row["issuer"],
            tuple((each["id"], each["code"]) for each in row["messages"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SolutionError(f"an invoice in the answer cannot be read: {error}") from error


def _reasons(content: bytes) -> tuple[Refusal, ...]:
    try:
        rows = json.loads(content)["reasons"]
        return tuple(Refusal(row["code"], row["text"], row.get("article", "")) for row in rows)
    except (KeyError, TypeError, ValueError):
        return ()
