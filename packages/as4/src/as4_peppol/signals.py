"""Receipts and errors: made for a message that came in, and read when they come back.

Source: OASIS ebMS 3.0 core, sections 5.2.3 and 6; OASIS AS4 profile 1.0, section 5.1.8.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from xml.sax.saxutils import escape

from cryptography import x509

from as4_peppol._names import EB, XML
from as4_peppol.ebms import Severity, standard
from as4_peppol.errors import EbmsError, ReceiptRefusedError
from as4_peppol.intake import Incoming
from as4_peppol.message.receipts import information, read_information
from as4_peppol.message.records import ErrorRow, MessageInfo, Receipt, SignalMessage
from as4_peppol.packing import Outbound, envelope_of, new_id
from as4_peppol.profile import Profile
from as4_peppol.profiles.peppol import common_name
from as4_peppol.security.checking import SignerCheck
from as4_peppol.security.keys import Identity
from as4_peppol.unpacking import Inbound, unpack
from einvoice_core.records import RawXml
from einvoice_core.xml.binding import write

__all__ = ["SIGNAL_TYPE", "Answer", "Reported", "check_answer", "make_error", "make_receipt"]

SIGNAL_TYPE = "application/soap+xml; charset=UTF-8"
"""Header ``Content-Type`` of an answer."""


@dataclass(frozen=True, slots=True)
class Reported:
    """An error that the other side reported.

    Args:
        code: Such as ``EBMS:0004``.
        severity: ``failure`` or ``warning``.
        name: Short description.
        detail: What the other side says.
    """

    code: str
    severity: Severity
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a message.

    Args:
        receipt: The receipt, where it is one that proves what was sent.
        errors: What the other side reported instead, or beside it.
        signer: Certificate of its signature.
        envelope: The answer as it came: the evidence.
    """

    receipt: SignalMessage | None
    errors: tuple[Reported, ...]
    signer: x509.Certificate | None
    envelope: bytes = field(repr=False)


def make_receipt(
    inbound: Inbound,
    profile: Profile,
    identity: Identity | None,
    now: datetime,
    *,
    message_id: str | None = None,
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> bytes:
    """Write the receipt of a message, signed where the profile signs.

    Args:
        inbound: The message; a copy of each of its signed references goes into the receipt.
        profile: Says how to sign.
        identity: Who signs; without one the receipt is not signed.
        now: The present, with a time zone.
        message_id: Of the receipt; by default a new one.
        ids: Makes the identifiers inside the envelope.
    """
    content = RawXml(information(inbound.references))
    signal = SignalMessage(
        info=MessageInfo(
            sent_at=now,
            message_id=message_id or new_id(),
            ref_to_message_id=inbound.message_id,
        ),
        receipt=Receipt(content=(content,)),
    )
    return envelope_of(_text(signal), profile, identity, ids=ids)


def make_error(
    error: EbmsError,
    profile: Profile,
    identity: Identity | None,
    now: datetime,
    *,
    message_id: str | None = None,
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> bytes:
    """Write an error signal; the arguments are those of :func:`make_receipt`."""
    row = standard(error.ebms)
    description = (
        f'<eb:Description xmlns:eb="{EB}" xmlns:xml="{XML}" xml:lang="en">'
        f"{escape(row.name)}</eb:Description>"
    )
    signal = SignalMessage(
        info=MessageInfo(
            sent_at=now,
            message_id=message_id or new_id(),
            ref_to_message_id=error.message_id,
        ),
        errors=(
            ErrorRow(
                category=row.category,
                ref_to_message=error.message_id,
                code=row.code,
                origin="ebMS",
                severity=row.severity,
                name=row.name,
                description=RawXml(description),
                detail=error.detail,
            ),
        ),
    )
    return envelope_of(_text(signal), profile, identity, ids=ids)


def check_answer(
    sent: Outbound,
    answer: Incoming,
    profile: Profile,
    *,
    trusted: SignerCheck,
    known: Sequence[x509.Certificate] = (),
    receiver: x509.Certificate | None = None,
) -> Answer:
    """Judge what came back for a message.

    Args:
        sent: The message.
        answer: What came back.
        profile: The same as for sending.
        trusted: Decides about the signer of the answer.
        known: Certificates that a key identifier or serial number may mean.
        receiver: Certificate of whom the message was sent to: the receipt has to come from the
            holder of its common name. A renewed certificate will do, another party will not.

    Returns:
        The receipt, which proves that what was sent has arrived as it was, or the errors.

    Raises:
        ReceiptRefusedError: It is neither, or proves something else.
    """
    try:
        inbound = unpack(answer, _for_answers(profile), trusted=trusted, known=known)
    except EbmsError as error:
        raise ReceiptRefusedError(f"the answer is not acceptable: {error.message}") from error
    errors = tuple(_reported(row) for s in inbound.signals for row in s.errors)
    receipts = [s for s in inbound.signals if s.receipt is not None]
    if errors and not receipts:
        _require_reference(sent, inbound.signals)
        return Answer(None, errors, inbound.signer, inbound.envelope)
    if len(receipts) != 1:
        raise ReceiptRefusedError(f"the answer holds {len(receipts)} receipts, not one")
    (signal,) = receipts
    if profile.signed and inbound.signer is None:
        raise ReceiptRefusedError("the receipt is not signed: it proves nothing")
    if receiver is not None and inbound.signer is not None and inbound.signer != receiver:
        ours, theirs = common_name(receiver), common_name(inbound.signer)
        if not ours or ours != theirs:
            raise ReceiptRefusedError("the receipt is signed by another party than the receiver")
    if signal.info.ref_to_message_id != sent.message_id:
        raise ReceiptRefusedError("the receipt is for another message")
    content = signal.receipt.content if signal.receipt is not None else ()
    stated = read_information(content)
    if profile.signed and (stated is None or set(stated) != set(sent.digests)):
        raise ReceiptRefusedError("the receipt does not repeat what was signed")
    return Answer(signal, errors, inbound.signer, inbound.envelope)


def _for_answers(profile: Profile) -> Profile:
    """Errors may come unsigned: whoever cannot read a message may not know how to sign for it."""
    return replace(profile, signed=False, encrypted=False, payloads=(0, 0), checks=())


def _require_reference(sent: Outbound, signals: Sequence[SignalMessage]) -> None:
    named = {s.info.ref_to_message_id for s in signals}
    named |= {row.ref_to_message for s in signals for row in s.errors}
    if named - {None, "", sent.message_id}:
        raise ReceiptRefusedError("the error is about another message")


def _reported(row: ErrorRow) -> Reported:
    severity: Severity = "warning" if row.severity.lower() == "warning" else "failure"
    name = row.name or standard(row.code).name
    return Reported(row.code, severity, name, row.detail or "")


def _text(signal: SignalMessage) -> str:
    return write(signal, prefixes={"eb": EB}, declaration=False).decode("utf-8")
