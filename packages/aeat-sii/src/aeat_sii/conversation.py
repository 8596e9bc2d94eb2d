"""What every conversation with the tax agency shares, without any I/O.

A conversation turns records into a :class:`Request`, and a reply into an answer; two thin
drivers, one synchronous and one asynchronous, carry them. :class:`Pace` keeps the waiting time.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from lxml import etree

from aeat_sii.errors import (
    CertificateError,
    ProtocolError,
    ServiceFaultError,
    SubmissionRefusedError,
    ThrottledError,
)
from einvoice_core.http import Reply
from einvoice_core.soap import envelope
from einvoice_core.soap.fault import EnvelopeRefused, Fault, FaultReceived
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import Limits

__all__ = ["MAX_ANSWER", "Pace", "Request", "content_of"]

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer that are read; a thousand lines take some 2 MB."""

_AGENCY_CODE = re.compile(r"Codigo\[([0-9]{1,6})\]\.?\s*(.*)", re.DOTALL | re.ASCII)

# Faults that blame the caller by their side, while the list of codes says that the service failed.
_TECHNICAL = frozenset({"3500", "3501", "4108", "4110", "4111", "4128", "4134", "4139"})


_HEADERS = MappingProxyType({"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})


@dataclass(frozen=True, slots=True)
class Request:
    """A message that is ready to be sent with POST.

    Args:
        url: Where to.
        body: SOAP envelope.
        headers: Of HTTP.
    """

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: _HEADERS)


@dataclass(slots=True)
class Pace:
    """How long a taxpayer has to wait between submissions (``TiempoEsperaEnvio``).

    Args:
        wait_s: Seconds, as the last answer said.
        full_batch: Records that may go at once although the time has not passed.
        sent_at: Instant of the last submission.
    """

    wait_s: int
    full_batch: int
    sent_at: datetime | None = None

    def remaining(self, now: datetime, records: int) -> int:
        """Return the whole seconds to wait before a submission of that many records.

        A clock that went back does not make the waiting longer than it was asked.
        """
        if self.sent_at is None or records >= self.full_batch:
            return 0
        # In universal time: on the night when the clocks change, local hours come twice.
        sent = self.sent_at.astimezone(UTC)
        left = sent + timedelta(seconds=self.wait_s) - now.astimezone(UTC)
        seconds = -(-left // timedelta(seconds=1))
        return max(0, min(seconds, self.wait_s))

    def require_open(self, now: datetime, records: int) -> None:
        """Refuse a submission that comes too early.

        Raises:
            ThrottledError: ``details["wait_s"]`` says how long to wait.
        """
        wait_s = self.remaining(now, records)
        if wait_s:
            raise ThrottledError(
                f"the service asks for {self.wait_s} s between submissions: wait {wait_s} s, or "
                f"until {self.full_batch} records are waiting",
                wait_s=wait_s,
                delivery="none",
            )


def content_of(
    reply: Reply, *, max_bytes: int = MAX_ANSWER, technical: Collection[str] = _TECHNICAL
) -> etree._Element:
    """Return the message inside a reply.

    Args:
        reply: As it came.
        max_bytes: Size that is read.
        technical: Codes that mean a failure of the service although the fault blames the caller.

    Raises:
        SubmissionRefusedError: A SOAP fault that blames the submission; ``agency_code`` says why.
        ServiceFaultError: A SOAP fault or a status of HTTP that blames the service.
        CertificateError: The service does not take the certificate.
        ProtocolError: Anything that is not an answer of the service.
    """
    try:
        message = envelope.unwrap(reply.body, limits=Limits(document=max_bytes, depth=64))
    except FaultReceived as error:
        raise _refusal(error.fault, technical) from error
    except (EnvelopeRefused, XmlRefused) as error:
        raise _not_soap(reply, error) from error
    if reply.status != 200:
        raise _not_soap(reply, None)
    return message


def _not_soap(reply: Reply, error: Exception | None) -> Exception:
    status = reply.status
    if status in (401, 403):
        return CertificateError(
            f"the service does not take the certificate (HTTP {status})",
            status=status,
            delivery="none",
        )
    if status >= 500 or status == 429:
        return ServiceFaultError(
            f"the service failed (HTTP {status}): send again later",
            status=status,
            delivery="unknown",
        )
    reason = str(error) if error else "the message inside cannot be trusted"
    return ProtocolError(
        f"the reply (HTTP {status}) is not an answer of the service: {reason}",
        status=status,
        delivery="unknown",
    )


def _refusal(fault: Fault, technical: Collection[str]) -> Exception:
    match = _AGENCY_CODE.search(fault.text)
    code, said = (match[1], match[2].strip()) if match else ("", fault.text.strip())
    details = {"agency_code": code, "agency_text": said, "delivery": "none"}
    if not fault.blames_caller or code in technical:
        return ServiceFaultError(
            f"the service failed on its side ({code or 'no code'}): send again later", **details
        )
    return SubmissionRefusedError(
        f"the agency refused the whole submission ({code or 'no code'}): {said[:300]}", **details
    )
