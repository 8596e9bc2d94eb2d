"""The invoices that the sandbox holds, and how their states may change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from facturae_es.face.sandbox.documents import Document

__all__ = ["ASSIGNMENT", "CANCELLATION", "PROCESSING", "Held", "Register", "StateError", "Step"]

PROCESSING = {
    "1200": ("Registrada", "La factura ha sido registrada en el registro electrónico"),
    "1300": ("Registrada en RCF", "La factura ha sido registrada en RCF"),
    "2400": ("Contabilizada la obligación reconocida", "Contabilizada la obligación reconocida"),
    "2500": ("Pagada", "Factura pagada"),
    "2600": ("Rechazada", "La Unidad rechaza la factura"),
    "3100": ("Anulada", "La Unidad aprueba la propuesta de anulación"),
}
CANCELLATION = {
    "4100": ("No solicitada", "Solicitud de anulación no solicitada"),
    "4200": ("Solicitada", "Solicitud de anulación solicitada"),
    "4300": ("Aceptada", "Solicitud de anulación aceptada"),
    "4400": ("Rechazada", "Solicitud de anulación rechazada"),
}
ASSIGNMENT = {
    "6100": ("Pendiente", "Pendiente"),
    "6200": ("Aceptada", "Aceptada"),
    "6300": ("Rechazada", "Rechazada"),
    "6400": ("No Procesable", "No Procesable"),
}
_NEXT = {"1200": "1300", "1300": "2400", "2400": "2500"}
_FINAL = {"2500", "2600", "3100"}


class StateError(Exception):
    """The state of the invoice does not allow this; the text says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was reached."""

    code: str
    at: datetime
    comment: str = ""


@dataclass(slots=True)
class Held:
    """An invoice in the register.

    Args:
        code: Its registry code.
        document: What was read of it.
        content: The octets.
        name: Of the file.
        caller: NIF of whoever delivered it.
        email: Of the delivery.
        attachments: Name and content of each.
        steps: States of processing, the present one at the end.
        cancellation: State of the cancellation.
        cancellation_id: Of the request.
        cancellation_reason: Of the request.
        is_confirmed: Whether the receiver said that it arrived (FACeB2B).
    """

    code: str
    document: Document
    content: bytes = field(repr=False)
    name: str
    caller: str
    email: str
    attachments: tuple[tuple[str, bytes], ...]
    steps: list[Step]
    cancellation: Step
    cancellation_id: str = ""
    cancellation_reason: str = ""
    is_confirmed: bool = False

    @property
    def registered_at(self) -> datetime:
        """When it came."""
        return self.steps[0].at

    @property
    def state(self) -> Step:
        """The present state of processing."""
        return self.steps[-1]


class Register:
    """Holds invoices by registry code.

    Args:
        clock: Tells the time, with its zone.
        step_s: Seconds after which an invoice moves on by itself, as time passes on the clock; by
            default it moves only when it is told to.
    """

    def __init__(self, clock: Callable[[], datetime], step_s: int | None = None) -> None:
        self._clock, self._step_s = clock, step_s
        self._held: dict[str, Held] = {}
        self._keys: dict[tuple[str, str, str], str] = {}

    def __len__(self) -> int:
        """Count the invoices."""
        return len(self._held)

    def same_as(self, document: Document) -> Held | None:
        """Return the invoice with the same issuer, series and number."""
        code = self._keys.get(document.key)
        return self._held[code] if code else None

    def add(
        self,
        document: Document,
        content: bytes,
        name: str,
        caller: str,
        email: str = "",
        attachments: tuple[tuple[str, bytes], ...] = (),
    ) -> Held:
        """Register an invoice."""
        now = self._clock()
        code = f"REGAGE{now:%y}e{len(self._held) + 1:011}"
        first, no_request = Step("1200", now), Step("4100", now)
        held = Held(code, document, content, name, caller, email, attachments, [first], no_request)
        self._held[code] = held
        self._keys[document.key] = code
        return held

    def find(self, code: str) -> Held | None:
        """Return an invoice; what should have happened to it until now has happened."""
        held = self._held.get(code)
        if held is not None and self._step_s is not None:
            step = timedelta(seconds=self._step_s)
            while held.state.code in _NEXT and held.state.at + step <= self._clock():
                held.steps.append(Step(_NEXT[held.state.code], held.state.at + step))
        return held

    def all(self) -> tuple[Held, ...]:
        """Return all invoices in the order in which they came."""
        return tuple(held for code in self._held if (held := self.find(code)))

    def advance(self, code: str) -> Held:
        """Move an invoice to the next state of processing.

        Raises:
            StateError: There is none.
        """
        held = self._require(code)
        if held.state.code not in _NEXT:
            raise StateError(f"nothing follows the state {held.state.code}")
        held.steps.append(Step(_NEXT[held.state.code], self._clock()))
        return held

    def pay(self, code: str) -> Held:
        """Say that an invoice was paid.

        Raises:
            StateError: It was paid, rejected or cancelled before.
        """
        return self._finish(code, "2500", "")

    def reject(self, code: str, comment: str) -> Held:
        """Reject an invoice, as the unit does.

        Raises:
            StateError: It was paid, rejected or cancelled before.
        """
        return self._finish(code, "2600", comment)

    def request_cancellation(self, code: str, reason: str) -> Held:
        """Take a request for cancellation.

        Raises:
            StateError: There is one already, or the invoice is rejected or cancelled.
        """
        held = self._require(code)
        if held.state.code in ("2600", "3100"):
            raise StateError(f"the invoice is in the final state {held.state.code}")
        if held.cancellation.code == "4200":
            raise StateError("a request for cancellation waits already")
        held.cancellation = Step("4200", self._clock())
        held.cancellation_reason = reason
        held.cancellation_id = f"{abs(hash((code, held.cancellation.at))) % 16**13:013x}"
        return held

    def decide_cancellation(self, code: str, *, accept: bool, comment: str = "") -> Held:
        """Decide about a request for cancellation, as the unit does.

        Raises:
            StateError: There is none.
        """
        held = self._require(code)
        if held.cancellation.code != "4200":
            raise StateError("no request for cancellation waits")
        held.cancellation = Step("4300" if accept else "4400", self._clock(), comment)
        if accept:
            held.steps.append(Step("3100", self._clock(), comment))
        return held

    def confirm(self, code: str) -> Held:
        """Note that the receiver has an invoice (FACeB2B).

        Raises:
            StateError: It was confirmed before.
        """
        held = self._require(code)
        if held.is_confirmed:
            raise StateError("the download was confirmed before")
        held.is_confirmed = True
        if held.state.code == "1200":
            held.steps.append(Step("1300", self._clock()))
        return held

    def forget(self) -> None:
        """Forget all invoices."""
        self._held.clear()
        self._keys.clear()

    def _finish(self, code: str, state: str, comment: str) -> Held:
        held = self._require(code)
        if held.state.code in _FINAL:
            raise StateError(f"the invoice is in the final state {held.state.code}")
        held.steps.append(Step(state, self._clock(), comment))
        return held

    def _require(self, code: str) -> Held:
        held = self.find(code)
        if held is None:
            raise StateError(f"there is no invoice {code}")
        return held
