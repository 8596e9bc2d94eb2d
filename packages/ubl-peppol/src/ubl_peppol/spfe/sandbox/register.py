"""The register of the sandbox: invoices by their unique code, and the state of each.

The steps are a table: what it does not name is refused. Source: Orden HAC/1028/2026, arts. 3.5,
5.5, 5.6, 7 and 8.5; RD 238/2026, art. 12.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ubl_peppol.spfe.sandbox.documents import Code, Message, Reason, Received

__all__ = ["Entry", "Register"]

# Event: who may tell it, the thread of states that it moves, and from which state to which.
_EVENTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "PAYMENT": ("buyer", "recipient", {"accepted": "paid", "corrected": "paid"}),
    "CANCELPAYMENT": ("buyer", "recipient", {"paid": "accepted"}),
    "REJECTION": ("buyer", "recipient", {"accepted": "rejected"}),
    "CANCELREJECTION": ("buyer", "recipient", {"rejected": "accepted"}),
    "SETTLEMENT": ("seller", "issuer", {"none": "collected"}),
    "CANCELSETTLEMENT": ("seller", "issuer", {"collected": "none"}),
    "DEFAULT": ("seller", "issuer", {"none": "defaulted"}),
    "CANCELDEFAULT": ("seller", "issuer", {"defaulted": "none"}),
    "CANCELINVOICE": (
        "seller",
        "registration",
        {"original": "cancelled", "copy": "copy cancelled"},
    ),
}
_ADMITTED = {
    ("", False): "original",
    ("", True): "copy",
    ("copy cancelled", False): "original",
}


@dataclass(slots=True)
class Entry:
    """An invoice that was taken.

    Args:
        code: Its unique code.
        buyer: NIF.
        content: Octets as they came.
        registered_at: When it was taken.
        states: ``registration``, ``recipient`` and ``issuer``.
        messages: Identifier and kind of each message, in order.
    """

    code: Code
    buyer: str
    content: bytes = field(repr=False)
    registered_at: datetime
    states: dict[str, str]
    messages: list[tuple[str, str]] = field(default_factory=list)


class Register:
    """All that the sandbox knows; safe for threads.

    Args:
        clock: Tells the time, with its zone.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: dict[Code, Entry] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def all(self) -> list[Entry]:
        """Return every entry by its code."""
        with self._lock:
            return [self._entries[code] for code in sorted(self._entries)]

    def find(self, code: Code) -> Entry | None:
        """Return an entry, or nothing."""
        with self._lock:
            return self._entries.get(code)

    def forget(self) -> None:
        """Start again with nothing."""
        with self._lock:
            self._entries.clear()
            self._told.clear()

    def admit(self, received: Received, content: bytes) -> Entry | Reason:
        """Take an invoice or a copy, or say why not."""
        with self._lock:
            held = self._entries.get(received.code)
            before = held.states["registration"] if held else ""
            after = _ADMITTED.get((before, received.is_copy))
            if after is None:
                return _occupied(before, is_copy=received.is_copy)
            paid = received.paid_on and received.paid_on == received.operation_on
            states = {
                "registration": after,
                "recipient": "paid" if paid else "accepted",
                "issuer": "none",
            }
            entry = Entry(received.code, received.buyer, content, self._clock(), states)
            self._entries[received.code] = entry
            for number, issued_on in received.corrects:
                corrected = self._entries.get(Code(received.code.nif, number, issued_on))
                if corrected and corrected.states["recipient"] == "accepted":
                    corrected.states["recipient"] = "corrected"
            return entry

    def tell(self, message: Message) -> list[Entry] | Reason:
        """Follow a message, or say why not; a message about several invoices is taken whole."""
        with self._lock:
            event = _EVENTS.get(message.kind)
            if event is None:
                return Reason(
                    "MENSAJE", f"{message.kind!r} no es un mensaje del anexo II", "anexo II"
                )
            if (message.sender, message.identifier) in self._told:
                return Reason("DUPLICADO", f"El mensaje {message.identifier} ya se recibió")
            steps = []
            for code in message.about:
                step = self._step(message, event, code)
                if isinstance(step, Reason):
                    return step
                steps.append(step)
            for entry, after in steps:
                entry.states[event[1]] = after
                entry.messages.append((message.identifier, message.kind))
            self._told[message.sender, message.identifier] = message.kind
            return [entry for entry, _ in steps]

    def _step(
        self, message: Message, event: tuple[str, str, dict[str, str]], code: Code
    ) -> tuple[Entry, str] | Reason:
        who, thread, moves = event
        entry = self._entries.get(code)
        if entry is None or entry.states["registration"] not in ("original", "copy"):
            return Reason("DESCONOCIDA", f"La factura {code.number} no está registrada", "art. 8")
        allowed = entry.buyer if who == "buyer" else code.nif
        if message.sender != allowed:
            text = f"{message.kind} lo comunica el {'destinatario' if who == 'buyer' else 'emisor'}"
            return Reason("LEGITIMACION", text, "RD 238/2026, art. 12")
        state = entry.states[thread]
        after = moves.get(state)
        if after is None:
            return Reason("ESTADO", f"{message.kind} no cabe en el estado {state!r}", "arts. 7 y 8")
        return entry, after

    def of_party(self, nif: str, role: str) -> Iterator[Entry]:
        """Yield the invoices that somebody issued or received."""
        for entry in self.all():
            if nif == (entry.code.nif if role == "issuer" else entry.buyer):
                yield entry


def _occupied(before: str, *, is_copy: bool) -> Reason:
    if before == "copy" and not is_copy:
        text = "Hay una copia fiel con ese código: dela de baja antes de remitir el original"
        return Reason("COPIA", text, "art. 5.5")
    if before in ("original", "copy"):
        return Reason("DUPLICADO", "Ya hay una factura o copia con ese código único", "art. 5.5")
    return Reason("BAJA", "La factura con ese código se dio de baja", "arts. 3.5 y 5.5")
