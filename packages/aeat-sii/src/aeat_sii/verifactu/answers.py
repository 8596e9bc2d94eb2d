"""What the agency says about a submission (``RespuestaRegFactuSistemaFacturacion``).

An answer is a value with the agency's own codes and texts: a rejected record is not an exception.

Source: RespuestaSuministro.xsd of the tax agency, version 1.0.
"""

import re
from collections import defaultdict, deque
from datetime import date, datetime
from typing import Annotated, ClassVar

from aeat_sii._types import YES_NO
from aeat_sii.errors import WrongAnswerError
from aeat_sii.verifactu.codes import (
    LineState,
    OperationKind,
    PreviousRejection,
    StoredState,
    SubmissionState,
)
from aeat_sii.verifactu.records import SF, CancelledInvoiceId, Header, InvoiceId, Submission
from einvoice_core.lexical import Codec
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.timeline import load_timelines

__all__ = [
    "AGENCY_CODE",
    "FULL_BATCH",
    "INITIAL_WAIT_S",
    "SF_R",
    "Answer",
    "AnswerLine",
    "Duplicate",
    "Operation",
    "Presentation",
    "match",
]

SF_R = SF.replace("SuministroInformacion", "RespuestaSuministro")
"""Namespace of the answer."""

_FLOW = load_timelines("aeat_sii", "params/verifactu_flow.toml")

INITIAL_WAIT_S: int = tuple(_FLOW["initial_wait_s"])[-1].value
"""Seconds between submissions until the agency says another number."""


FULL_BATCH: int = tuple(_FLOW["full_batch"])[-1].value
"""Records that may be sent at once, without waiting."""


def _decode_code(text: str) -> str:
    stripped = text.strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", stripped, re.ASCII):
        raise ValueError(f"{stripped[:40]!r} is not a code of the agency")
    return str(int(stripped))


def _decode_wait(text: str) -> int:
    stripped = text.strip(" \t\r\n")
    if not re.fullmatch(r"[0-9]{0,4}", stripped, re.ASCII):
        raise ValueError(f"{stripped[:40]!r} is not a number of seconds of up to 4 digits")
    # The schema allows an empty element: the agency then says nothing new.
    return int(stripped) if stripped else INITIAL_WAIT_S


AGENCY_CODE: Codec[str] = Codec("agency code", _decode_code, str)
"""Text form of a code of the agency."""
_WAIT: Codec[int] = Codec("seconds", _decode_wait, str)


class Presentation(Record):
    """Who presented the submission and when (``DatosPresentacion``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF)

    presenter_nif: Annotated[str, Xml("NIFPresentador")]
    presented_at: Annotated[datetime, Xml("TimestampPresentacion")]


class Operation(Record):
    """What was asked for a record (``Operacion``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF)

    kind: Annotated[OperationKind, Xml("TipoOperacion")]
    is_correction: Annotated[bool | None, Xml("Subsanacion", YES_NO)] = None
    previous_rejection: Annotated[PreviousRejection | None, Xml("RechazoPrevio")] = None
    without_earlier_record: Annotated[bool | None, Xml("SinRegistroPrevio", YES_NO)] = None


class Duplicate(Record):
    """The record that the agency already holds (``RegistroDuplicado``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF)

    request_id: Annotated[str, Xml("IdPeticionRegistroDuplicado")]
    state: Annotated[StoredState, Xml("EstadoRegistroDuplicado")]
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None


class AnswerLine(Record):
    """What became of one record (``RespuestaLinea``)."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF_R)

    invoice: Annotated[InvoiceId, Xml("IDFactura")]
    operation: Annotated[Operation, Xml("Operacion")]
    external_reference: Annotated[str | None, Xml("RefExterna")] = None
    state: Annotated[LineState, Xml("EstadoRegistro")]
    code: Annotated[str | None, Xml("CodigoErrorRegistro", AGENCY_CODE)] = None
    text: Annotated[str | None, Xml("DescripcionErrorRegistro")] = None
    duplicate: Annotated[Duplicate | None, Xml("RegistroDuplicado")] = None

    @property
    def is_accepted(self) -> bool:
        """Whether the agency now holds this record, with errors or without."""
        return self.state is not LineState.INCORRECT

    @property
    def is_held(self) -> bool:
        """Whether the agency holds a record of this invoice, from now or from before.

        After a lost answer the same records are sent again, and this is the question.
        """
        return self.is_accepted or self.duplicate is not None


class Answer(Record):
    """What became of a submission, as the agency says it."""

    xml_type: ClassVar[XmlType | None] = XmlType("RespuestaRegFactuSistemaFacturacion", SF_R, SF_R)

    csv: Annotated[str | None, Xml("CSV")] = None
    """Verification code (código seguro de verificación); absent when all records are rejected. It
    cannot be asked for later."""
    presentation: Annotated[Presentation | None, Xml("DatosPresentacion")] = None
    header: Annotated[Header, Xml("Cabecera")]
    wait_s: Annotated[int, Xml("TiempoEsperaEnvio", _WAIT)]
    """Seconds to wait before the next submission."""
    state: Annotated[SubmissionState, Xml("EstadoEnvio")]
    lines: Annotated[tuple[AnswerLine, ...], Xml("RespuestaLinea")] = ()


_Key = tuple[str, str, date, OperationKind]


def match(submission: Submission, answer: Answer) -> tuple[AnswerLine, ...]:
    """Find the line of each record.

    Args:
        submission: What was sent.
        answer: What came back.

    Returns:
        One line per record, in the order of the submission.

    Raises:
        WrongAnswerError: The answer is of another taxpayer, lacks a record or has one too many.
    """
    if answer.header.issuer.nif.strip() != submission.header.issuer.nif.strip():
        raise WrongAnswerError(
            "the answer is for another taxpayer than the submission", delivery="unknown"
        )
    waiting: dict[_Key, deque[AnswerLine]] = defaultdict(deque)
    for line in answer.lines:
        waiting[_key(line.invoice, line.operation.kind)].append(line)
    found = []
    for sent in submission.records:
        record = sent.registration or sent.cancellation
        if record is None:
            continue
        kind = OperationKind.REGISTRATION if sent.registration else OperationKind.CANCELLATION
        key = _key(record.invoice, kind)
        if not waiting[key]:
            raise WrongAnswerError(
                f"the answer says nothing about invoice {record.invoice.number}",
                number=record.invoice.number,
                delivery="unknown",
            )
        found.append(waiting[key].popleft())
    left = next((line for lines in waiting.values() for line in lines), None)
    if left is not None:
        raise WrongAnswerError(
            f"the answer speaks of invoice {left.invoice.number[:60]}, which was not sent",
            delivery="unknown",
        )
    return tuple(found)


def _key(invoice: InvoiceId | CancelledInvoiceId, kind: OperationKind) -> _Key:
    return invoice.issuer_nif.strip(), invoice.number.strip(), invoice.issued_on, kind
