"""The receiver's own work behind the receipt: hand a document over, and tell corner 2 of it.

A message waits in the store until its document was handed over. What became of it goes back as a
message level status where that is due, at most one for each document: its identifiers follow from
those of the document, so that a repetition after a crash is the same message and is delivered once.

Source: Peppol MLS, rules of release 1.0.1; Peppol Business Message Envelope 2.0.2 (its scopes
``MLS_TO`` and ``MLS_TYPE``).
"""

import logging
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from as4_peppol.errors import As4Error
from as4_peppol.message.reading import read_envelope
from as4_peppol.peppol import mls, sbdh
from as4_peppol.peppol.identifiers import PARTICIPANT_SCHEME, ParticipantId
from as4_peppol.peppol.locator import LookupFailedError
from as4_peppol.peppol.mls import Issue, MessageStatus, Status
from as4_peppol.peppol.sbdh import BusinessDocument
from as4_peppol.peppol.sending import Dispatch, PeppolSender
from as4_peppol.sender import SendResult
from as4_peppol.stores.base import Store, StoredMessage

__all__ = ["Decision", "Settled", "StatusDesk", "seat_participant"]

logger = logging.getLogger(__name__)

_SEAT = re.compile(r"P[A-Z]{2}([0-9]{6})")
_NAMES = uuid.UUID("6f2a3f6e-5c53-5b4e-9a3f-0a4b1e0d7c11")
_IDLE_S = 60.0


def seat_participant(seat: str) -> ParticipantId:
    """Return the participant that a service provider is (scheme 0242), from its seat.

    Raises:
        ValueError: It is no seat such as ``PES000001``.
    """
    found = _SEAT.fullmatch(seat)
    if found is None:
        raise ValueError(f"{seat[:40]!r} is no seat such as PES000001")
    return ParticipantId(PARTICIPANT_SCHEME, f"0242:{found[1]}")


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a document.

    Args:
        status: Accepted by corner 4, forwarded to it, or rejected.
        text: Why, for a reader; a rejection has one.
        issues: In detail; a rejection has a failure among them.
    """

    status: Status
    text: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done about a message.

    Args:
        message_id: Of the message that had come.
        is_done: Whether it waits no more.
        decision: What became of its document; ``None`` when that is not known yet.
        sent: The status on its way back; ``None`` when none was due or it could not be sent.
        reason: Why the message still waits, or why a status that was due could not be sent.
    """

    message_id: str
    is_done: bool
    decision: Decision | None
    sent: SendResult | None = None
    reason: str = ""


class StatusDesk:
    """Hands over what came in and sends the statuses that are due.

    Args:
        store: Where the receiver keeps messages.
        sender: Sends as this access point.
        hand_over: Gives a document to corner 4 and says what became of it; it may see a document
            twice, after a crash. An error in it leaves the message where it is.
        seat: Of this access point, such as ``PES000001``; the status speaks for it.
        country: Of this access point, two letters.
        clock: The present, with a time zone.
    """

    def __init__(
        self,
        store: Store,
        sender: PeppolSender,
        hand_over: Callable[[BusinessDocument], Decision],
        *,
        seat: str,
        country: str = "ES",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._sender, self._hand_over = store, sender, hand_over
        self._own, self._country, self._clock = seat_participant(seat), country, clock
        self._decided: dict[str, Decision] = {}
        self._turn = threading.Lock()
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self, message_id: str = "") -> None:
        """Say that something came in; fits ``Receiver(notify=...)``."""
        del message_id
        self._woken.set()

    def start(self) -> None:
        """Work in a thread, whenever something came in and once a minute."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._work, name="as4-statuses", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread when the message in its hands is settled."""
        self._ended.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def run_due(self, limit: int = 100) -> tuple[Settled, ...]:
        """Settle the messages that wait, the oldest first."""
        with self._turn:
            return tuple(self._settle(message) for message in self._store.pending(limit))

    def _work(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            try:
                self.run_due()
            except Exception:
                logger.exception("messages could not be settled")
            self._woken.wait(_IDLE_S)

    def _settle(self, message: StoredMessage) -> Settled:
        name = message.message_id
        try:
            document = sbdh.read(b"".join(self._store.chunks(name, 0)))
            decision = self._decided.get(name) or self._hand_over(document)
        except As4Error as error:
            return Settled(name, False, None, reason=error.message)
        except Exception:
            logger.exception("the document of %s was not handed over", name)
            return Settled(name, False, None, reason="the document was not handed over")
        if not mls.is_due(document.document_type, decision.status, document.mls_type):
            return self._done(Settled(name, True, decision))
        try:
            sent = self._tell(message, document, decision)
        except LookupFailedError as error:
            return self._later(Settled(name, False, decision, None, error.message))
        except (As4Error, ValueError) as error:
            # Whoever cannot be found or trusted gets no status; the document is handed over.
            logger.warning("the status of %s cannot be sent: %s", name, error)
            return self._done(Settled(name, True, decision, None, str(error)))
        if sent.retry:
            return self._later(
                Settled(name, False, decision, sent, f"the status is {sent.outcome}")
            )
        return self._done(Settled(name, True, decision, sent))

    def _done(self, settled: Settled) -> Settled:
        self._decided.pop(settled.message_id, None)
        self._store.done(settled.message_id)
        return settled

    def _later(self, settled: Settled) -> Settled:
        assert settled.decision is not None  # noqa: S101 - for the type checker
        self._decided[settled.message_id] = settled.decision
        return settled

    def _tell(
        self, message: StoredMessage, document: BusinessDocument, decision: Decision
    ) -> SendResult:
        back = document.mls_to or _sender_of(message)
        # Which document, not which message: at most one status answers a document.
        name = str(uuid.uuid5(_NAMES, f"{document.sender} {document.instance_id}"))
        status = MessageStatus(
            name,
            self._clock(),
            self._own,
            back,
            decision.status,
            document.instance_id,
            decision.text,
            decision.issues,
        )
        dispatch = Dispatch(
            self._own,
            back,
            mls.DOCUMENT_TYPE,
            mls.PROCESS,
            self._country,
            message_id=f"{name}@mls",
        )
        return self._sender.send(mls.write(status), dispatch)


def _sender_of(message: StoredMessage) -> ParticipantId:
    """Who sent a message: the seat in its header, which the receiver compared with the signer."""
    user = read_envelope(message.envelope).user
    assert user is not None  # noqa: S101 - only user messages are kept
    return seat_participant(user.parties.sender.ids[0].value)
