"""Simple types of the SII schemas that the other services do not have."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from aeat_sii._types import Text
from aeat_sii.clock import told_in_spain
from aeat_sii.sii.codes import MEMBER_STATES, ContrastState
from einvoice_core.lexical import Codec

__all__ = [
    "AEAT_TIME",
    "Days",
    "InvoiceNumber",
    "MemberState",
    "PageNumber",
    "PeriodCode",
    "ReportedContrast",
    "SiiNif",
    "Year",
]

_NIF = re.compile(r"[a-zA-Z][0-9]{7}[a-zA-Z]|[0-9]{8}[a-zA-Z]|[a-zA-Z][0-9]{8}", re.ASCII)


def _nif(value: str) -> str:
    if not _NIF.fullmatch(value):
        raise ValueError(f"{value[:20]!r} has not the form of a NIF: nine letters and digits")
    return value


def _member_state(value: str) -> str:
    if value not in MEMBER_STATES:
        raise ValueError(f"{value!r} is not a member state of the schema: use one such as 'PT'")
    return value


def _decode_time(text: str) -> datetime:
    stripped = text.strip(" \t\r\n")
    try:
        return told_in_spain(datetime.strptime(stripped, "%d-%m-%Y %H:%M:%S"))  # noqa: DTZ007 - the agency's own time, given its zone at once
    except ValueError:
        raise ValueError(f"{stripped[:40]!r} is no instant such as 31-12-2026 09:30:00") from None


def _encode_time(value: datetime) -> str:
    return f"{value:%d-%m-%Y %H:%M:%S}"


AEAT_TIME: Codec[datetime] = Codec("instant of the agency", _decode_time, _encode_time)
"""``31-12-2026 09:30:00``: the agency's own time, without a zone."""

SiiNif = Annotated[str, AfterValidator(_nif)]
"""NIF in one of the three forms of the schema; its control character is a rule."""

Year = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
PeriodCode = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2]|0A|[1-4]T)$")]
"""``01`` to ``12``, ``1T`` to ``4T``, or ``0A`` for the whole year."""

InvoiceNumber = Annotated[Text, Field(min_length=1, max_length=60)]

MemberState = Annotated[str, AfterValidator(_member_state)]

PageNumber = Annotated[str, Field(pattern=r"^[0-9]+([.][0-9]+)?(E[0-9]{1,2})?$")]
"""A number that an authority gave with a page, kept as its text (``double``)."""


def _reported(value: ContrastState) -> ContrastState:
    if value in (ContrastState.NOT_APPLICABLE, ContrastState.IN_PROGRESS):
        raise ValueError("what other parties declared is asked for with states 3, 4 and 5 only")
    return value


ReportedContrast = Annotated[ContrastState, AfterValidator(_reported)]
"""State of the contrast of an invoice that the other party declared."""

Days = Annotated[str, Field(pattern=r"^[0-9]{1,3}$")]
