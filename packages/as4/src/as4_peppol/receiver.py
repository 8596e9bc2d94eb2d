"""Receives messages: octets and a header in, a decision and a reply out; no web framework.

A receipt leaves only after the message was judged and is kept durably. Whatever goes wrong, the
sender gets an error of the standard and never a trace of this program.

Source: OASIS AS4 profile 1.0; eDelivery AS4 1.15, sections 2.2.3 and 2.2.5.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography import x509

from as4_peppol.dumps import RecordingIntake
from as4_peppol.errors import EbmsError, StoreError
from as4_peppol.intake import Incoming, Intake
from as4_peppol.message.records import UserMessage
from as4_peppol.profile import Profile
from as4_peppol.security.checking import SignerCheck
from as4_peppol.security.keys import Identity
from as4_peppol.signals import SIGNAL_TYPE, make_error, make_receipt
from as4_peppol.stores.base import IdentifierTakenError, Store
from as4_peppol.unpacking import Inbound, unpack

__all__ = ["NOT_SERVICED", "Observer", "Receiver", "Reply", "Verdict"]

logger = logging.getLogger(__name__)

NOT_SERVICED = "PEPPOL:NOT_SERVICED"
"""What a Peppol access point says of a participant that it does not serve."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a request, for metrics and dumps.

    Args:
        message_id: Where it could be read.
        error: Code of the error that was answered, ``None`` for a receipt.
        detail: Its text.
        duplicate: Whether the message had come before.
        received_at: When it was judged.
    """

    message_id: str | None
    error: str | None
    detail: str
    duplicate: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back.

    Args:
        status: Of HTTP: 200 for receipts and for ebMS errors.
        content_type: Of the body.
        body: The signal.
        verdict: The same for programs.
    """

    status: int
    content_type: str
    body: bytes = field(repr=False)
    verdict: Verdict


Observer = Callable[[Verdict], None]


def _now() -> datetime:
    return datetime.now(UTC)


class Receiver:
    """An access point's inbound side; safe to use from several threads.

    Args:
        profile: What is demanded of messages.
        identities: Whose certificates may be meant; the first one signs the answers.
        store: Keeps messages.
        trusted: Decides about signers.
        known: Certificates that a key identifier or serial number may mean.
        serves: Says whether the receiver of a message is one of ours; by default all are.
        notify: Called when a new message was kept; it may look into the store, or wake whoever
            does. An error in it is logged, and the message waits in the store.
        observer: Told about every request.
        dump: Opens a file for what a request brings, octet by octet; ``None`` for no dump of it.
        folder: Where large parts are kept while they are judged.
        clock: The present, with a time zone.
    """

    def __init__(
        self,
        profile: Profile,
        identities: Sequence[Identity],
        store: Store,
        *,
        trusted: SignerCheck,
        known: Sequence[x509.Certificate] = (),
        serves: Callable[[UserMessage], bool] = lambda message: True,
        notify: Callable[[str], None] = lambda message_id: None,
        observer: Observer = lambda verdict: None,
        dump: Callable[[], BinaryIO | None] = lambda: None,
        folder: Path | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.profile = profile
        self._identities = tuple(identities)
        self._store = store
        self._trusted = trusted
        self._known = tuple(known)
        self._serves = serves
        self._notify = notify
        self._observer = observer
        self._dump = dump
        self._folder = folder
        self._clock = clock

    def intake(self, content_type: str) -> Intake:
        """Begin to take a message.

        Raises:
            EbmsError: The header is not that of a message; answer with :meth:`refuse`.
        """
        try:
            out = self._dump()
        except Exception:
            logger.exception("a dump could not be opened")
            out = None
        if out is not None:
            return RecordingIntake(content_type, self.profile, self._folder, out)
        return Intake(content_type, self.profile, self._folder)

    def receive(self, content_type: str, chunks: Iterable[bytes]) -> Reply:
        """Take a whole message and answer it."""
        intake: Intake | None = None
        try:
            intake = self.intake(content_type)
            for chunk in chunks:
                intake.feed(chunk)
            incoming = intake.finish()
        except EbmsError as error:
            if intake is not None:
                intake.close()
            return self.refuse(error)
        return self.answer(incoming)

    def answer(self, incoming: Incoming) -> Reply:
        """Judge a message that is complete, keep it, and answer."""
        try:
            inbound = unpack(
                incoming,
                self.profile,
                self._identities,
                trusted=self._trusted,
                known=self._known,
                folder=self._folder,
            )
        except EbmsError as error:
            return self.refuse(error)
        except Exception:
            logger.exception("a message could not be judged")
            return self.refuse(EbmsError("EBMS:0004", "the message could not be processed"))
        try:
            return self._keep(inbound)
        except EbmsError as error:
            return self.refuse(error)
        except IdentifierTakenError:
            # No failure to keep it, which might pass: the same message will never do.
            text = "the identifier of the message belongs to another one"
            return self.refuse(EbmsError("EBMS:0003", text, inbound.message_id))
        except StoreError as error:
            logger.error("%s was not kept: %s", inbound.message_id, error.message)
            refused = EbmsError("EBMS:0202", "the message was not kept", inbound.message_id)
            return self.refuse(refused)
        except Exception:
            logger.exception("%s could not be processed", inbound.message_id)
            text = "the message could not be processed"
            return self.refuse(EbmsError("EBMS:0004", text, inbound.message_id))
        finally:
            inbound.close()

    def refuse(self, error: EbmsError) -> Reply:
        """Answer with an error signal."""
        now = self._clock()
        try:
            body = make_error(error, self.profile, self._signer, now)
        except Exception:
            # An error that cannot be signed is still an error: it goes out unsigned.
            logger.exception("an error signal could not be signed")
            body = make_error(error, self.profile, None, now)
        verdict = Verdict(error.message_id, error.ebms, error.detail, False, now)
        return self._reply(body, verdict)

    @property
    def _signer(self) -> Identity | None:
        return self._identities[0] if self._identities and self.profile.signed else None

    def _keep(self, inbound: Inbound) -> Reply:
        user = inbound.user
        if user is None:
            raise EbmsError(
                "EBMS:0010", "signals are answers: none is taken on its own", inbound.message_id
            )
        is_test = user.is_test
        if not is_test and not self._serves(user):
            raise EbmsError("EBMS:0004", NOT_SERVICED, inbound.message_id)
        now = self._clock()
        kept = self._store.find(inbound)
        made: bytes | None = None
        if kept is None or not kept.fits:
            made = make_receipt(inbound, self.profile, self._signer, now)
        if kept is None:
            assert made is not None  # noqa: S101 - for the type checker
            kept = self._store.accept(inbound, made, now, deliver=not is_test)
        receipt = kept.receipt if kept.fits or made is None else made
        duplicate = not kept.is_new
        if not duplicate and not is_test:
            try:
                self._notify(inbound.message_id)
            except Exception:
                logger.exception("the consumer of %s could not be told", inbound.message_id)
        return self._reply(receipt, Verdict(inbound.message_id, None, "", duplicate, now))

    def _reply(self, body: bytes, verdict: Verdict) -> Reply:
        try:
            self._observer(verdict)
        except Exception:
            logger.exception("the observer of the receiver failed")
        return Reply(200, SIGNAL_TYPE, body, verdict)
