"""The Commission's service that knows which VAT numbers were issued (VIES).

Three outcomes: valid, invalid, unavailable. What the service answered is kept as evidence, with the
consultation number when the question named who asks: Spanish rules want it to exempt a supply.

Needs the extra ``http``.

Source:
    Regulation (EU) 904/2010, art. 31; LIVA, Ley 37/1992 (BOE-A-1992-28740), art. 25.Uno.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from einvoice_core import http
from tax_es.errors import IdentifierError
from tax_es.ids import vat

__all__ = ["ADDRESS", "Answer", "Client", "Outcome", "build", "read"]

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
_MAX_BYTES = 1 << 20
_INVALID = frozenset({"INVALID_INPUT", "INVALID"})


class Outcome(StrEnum):
    """What is known about a number after asking."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    """The service or the Member State did not answer: nothing is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said about a number, and the evidence for it.

    Attributes:
        outcome: Valid, invalid, or unavailable.
        number: The number asked about, with the letters of its country.
        asked_at: When it was asked.
        consultation: Number of the consultation, when the question named who asks.
        name: Name of the holder, where the Member State gives it.
        address: Address of the holder, where the Member State gives it.
        reason: Code or text of why there is no answer; empty otherwise.
        evidence: The reply, as it came.
    """

    outcome: Outcome
    number: str
    asked_at: datetime
    consultation: str = ""
    name: str = ""
    address: str = ""
    reason: str = ""
    evidence: bytes = b""


def build(number: str, asked_by: str = "") -> bytes:
    """Make the question about a number.

    Args:
        number: With the letters of its country.
        asked_by: VAT number of who asks; the answer then has a consultation number.

    Raises:
        IdentifierError: One of the numbers cannot be one; the service need not be asked.
    """
    question = dict(zip(("countryCode", "vatNumber"), _split(number), strict=True))
    if asked_by:
        country, rest = _split(asked_by)
        question |= {"requesterMemberStateCode": country, "requesterNumber": rest}
    return json.dumps(question).encode()


def read(reply: bytes, number: str, asked_at: datetime) -> Answer:
    """Read what the service answered; an answer that says nothing is *unavailable*."""
    try:
        told = json.loads(reply)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return _unavailable(number, asked_at, "the answer is not an object of JSON", reply)
    fault = _fault(told)
    if fault in _INVALID:
        return Answer(Outcome.INVALID, number, asked_at, reason=fault, evidence=reply)
    if fault:
        return _unavailable(number, asked_at, fault, reply)
    valid = told.get("valid")
    if not isinstance(valid, bool):
        return _unavailable(number, asked_at, "the answer does not say whether it is valid", reply)
    return Answer(
        Outcome.VALID if valid else Outcome.INVALID,
        number,
        asked_at,
        consultation=_text(told.get("requestIdentifier")),
        name=_text(told.get("name")),
        address=_text(told.get("address")),
        evidence=reply,
    )


class Client:
    """Asks the service.

    Args:
        asked_by: VAT number of who asks, for a consultation number.
        transport: Takes the place of the network, as in tests.
        clock: Says when the question is asked.
        address: Where the service is.
    """

    def __init__(
        self,
        asked_by: str = "",
        *,
        transport: http.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        address: str = ADDRESS,
    ) -> None:
        self._asked_by = asked_by
        self._http = http.client(transport=transport)
        self._clock = clock
        self._address = address

    def ask(self, number: str) -> Answer:
        """Ask whether a number was issued.

        Args:
            number: With the letters of its country.

        Returns:
            The answer; *unavailable* when there was none, whatever the cause.

        Raises:
            IdentifierError: The number cannot be one.
        """
        body = build(number, self._asked_by)
        asked_at = self._clock()
        number = vat.check(number).normalised
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        request = self._http.build_request("POST", self._address, content=body, headers=headers)
        try:
            reply = http.send(self._http, request, max_bytes=_MAX_BYTES)
        except http.TransportError as error:
            return _unavailable(number, asked_at, error.code, b"")
        answer = read(reply.body, number, asked_at)
        if reply.status >= 500 and answer.outcome is not Outcome.UNAVAILABLE:
            return _unavailable(number, asked_at, f"status {reply.status}", reply.body)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _split(number: str) -> tuple[str, str]:
    verdict = vat.check(number)
    if not verdict.valid:
        raise IdentifierError(f"not a VAT number: {verdict.reason}", check=verdict)
    return verdict.country, verdict.normalised[2:]


def _fault(told: dict[str, object]) -> str:
    errors = told.get("errorWrappers")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return _text(errors[0].get("error")) or "error without a code"
    said = _text(told.get("userError"))
    return "" if said in {"", "VALID", "INVALID"} else said


def _text(value: object) -> str:
    """Return a text; the service writes three hyphens for what a Member State does not give."""
    return value if isinstance(value, str) and value.strip("-") else ""


def _unavailable(number: str, asked_at: datetime, reason: str, evidence: bytes) -> Answer:
    return Answer(Outcome.UNAVAILABLE, number, asked_at, reason=reason, evidence=evidence)
