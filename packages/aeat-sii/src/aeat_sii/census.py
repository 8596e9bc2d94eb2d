"""The agency's census: whether a NIF belongs to a name (service VNifV2).

::

    with census.Client(credential, environment=PRODUCTION) as client:
        found = client.check("12345678Z", "ANA PRUEBAS DEMO")
        if found.outcome is census.Outcome.NOT_IDENTIFIED: ...

The service only tells; asking changes nothing, so a question whose answer was lost may be asked
again. Nothing is asked again on its own.

Source: the service VNifV2 of the tax agency ("calidad de datos identificativos"). Its WSDL is not
at hand: the form of the messages is the one that public programs send and read.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from lxml import etree
from pydantic import Field

from aeat_sii._types import Text
from aeat_sii.conversation import Request, content_of
from aeat_sii.environments import CertificateKind, Environment
from aeat_sii.errors import (
    BatchError,
    ProtocolError,
    SubmissionRefusedError,
    WrongAnswerError,
)
from aeat_sii.exchange import (
    TIMEOUT_S,
    AsyncConnected,
    AsyncExchange,
    Connected,
    Exchange,
    kind_of,
)
from einvoice_core import http
from einvoice_core.certificates import Credential
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.soap import envelope
from einvoice_core.xml.binding import write

__all__ = [
    "MAX_PEOPLE",
    "AsyncClient",
    "Checked",
    "Client",
    "Outcome",
    "Question",
    "Result",
    "build",
    "read_answer",
]

MAX_PEOPLE = 10_000
"""Questions that go in one message."""

_BASE = (
    "http://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "burt/jdit/ws/"
)
_NS = f"{_BASE}VNifV2Ent.xsd"
_NOBODY = "Codigo[-1]"
_LOG = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What an answer means for who asked."""

    IDENTIFIED = "identified"
    """The NIF belongs to that name; ``result`` may add that it is no longer in use."""
    NOT_IDENTIFIED = "not_identified"
    """There is no such NIF, or it belongs to another name."""
    UNDECIDED = "undecided"
    """The agency did not look, or said what is not known here: ask again later."""


class Result(StrEnum):
    """What the agency says (``Resultado``)."""

    IDENTIFIED = "IDENTIFICADO"
    DEREGISTERED = "IDENTIFICADO-BAJA"
    """Identified, but out of the census."""
    REVOKED = "IDENTIFICADO-REVOCADO"
    """Identified, but the NIF is revoked."""
    SIMILAR = "NO IDENTIFICADO-SIMILAR"
    """The NIF exists and its name is similar; of persons only."""
    NOT_IDENTIFIED = "NO IDENTIFICADO"
    NOT_PROCESSED = "NO PROCESADO"


_OUTCOMES = {
    Result.IDENTIFIED: Outcome.IDENTIFIED,
    Result.DEREGISTERED: Outcome.IDENTIFIED,
    Result.REVOKED: Outcome.IDENTIFIED,
    Result.SIMILAR: Outcome.NOT_IDENTIFIED,
    Result.NOT_IDENTIFIED: Outcome.NOT_IDENTIFIED,
}


class Question(Record):
    """A NIF and the name that it should belong to (``Contribuyente``).

    For a person, surnames and name; for a company, its name.
    """

    xml_type: ClassVar[XmlType | None] = XmlType("Contribuyente", _NS, _NS)

    nif: Annotated[Text, Xml("Nif"), Field(min_length=1, max_length=20)]
    name: Annotated[Text, Xml("Nombre"), Field(max_length=200)] = ""


class _Message(Record):
    xml_type: ClassVar[XmlType | None] = XmlType("VNifV2Ent", _NS, _NS)

    people: Annotated[tuple[Question, ...], Xml("Contribuyente")]


@dataclass(frozen=True, slots=True)
class Checked:
    """The agency's answer to one question.

    Args:
        question: What was asked.
        outcome: What that means.
        said: The result as the agency wrote it.
        nif: As the census has it.
        name: As the census has it; of a person, as it was asked.
    """

    question: Question
    outcome: Outcome
    said: str
    nif: str
    name: str

    @property
    def result(self) -> Result | None:
        """The result, if it is one of those that are known."""
        text = " ".join(self.said.upper().replace("-", " - ").split()).replace(" - ", "-")
        return next((each for each in Result if each.value == text), None)

    @property
    def is_active(self) -> bool:
        """Whether the NIF belongs to that name and is in use."""
        return self.result is Result.IDENTIFIED


def build(questions: Sequence[Question]) -> bytes:
    """Write the SOAP envelope of some questions.

    Raises:
        BatchError: There are none, or more than :data:`MAX_PEOPLE`.
    """
    if not 1 <= len(questions) <= MAX_PEOPLE:
        raise BatchError(
            f"{len(questions)} questions: a message carries 1 to {MAX_PEOPLE}", count=len(questions)
        )
    message = _Message.model_construct(people=tuple(questions))
    return envelope.wrap(write(message, prefixes={"vnif": _NS}, declaration=False))


def read_answer(reply: http.Reply, questions: Sequence[Question]) -> tuple[Checked, ...]:
    """Read the answer to some questions.

    Args:
        reply: What came back.
        questions: What was asked.

    Returns:
        One for each question, in their order.

    Raises:
        WrongAnswerError: The answer is for other questions.
        AeatError: There is no answer; as :func:`aeat_sii.verifactu.read_answer`.
    """
    try:
        message = content_of(reply)
    except SubmissionRefusedError as error:
        if not str(error.details.get("agency_text", "")).startswith(_NOBODY):
            raise
        # Public programs report this fault where nobody of a message was identified.
        said = Result.NOT_IDENTIFIED.value
        return tuple(_checked(each, said, each.nif, each.name) for each in questions)
    if etree.QName(message).localname != "VNifV2Sal":
        raise ProtocolError(
            f"the answer is {etree.QName(message).localname!r}, not of the census", delivery="none"
        )
    rows = [_row(each) for each in message.iterchildren("{*}Contribuyente")]
    if len(rows) != len(questions):
        raise WrongAnswerError(
            f"the answer has {len(rows)} rows for {len(questions)} questions", delivery="none"
        )
    for asked, (nif, _, _) in zip(questions, rows, strict=True):
        if _bare(nif) != _bare(asked.nif):
            raise WrongAnswerError(f"the answer is about {nif[:20]!r}", delivery="none")
    return tuple(
        _checked(asked, said, nif, name)
        for asked, (nif, name, said) in zip(questions, rows, strict=True)
    )


def _row(element: etree._Element) -> tuple[str, str, str]:
    nif, name, said = (
        (element.findtext(f"{{*}}{field}") or "").strip()
        for field in ("Nif", "Nombre", "Resultado")
    )
    if not nif or not said:
        raise ProtocolError("a row of the answer lacks its NIF or its result", delivery="none")
    return nif, name, said


def _checked(question: Question, said: str, nif: str, name: str) -> Checked:
    found = Checked(question, Outcome.UNDECIDED, said, nif, name)
    outcome = _OUTCOMES.get(found.result) if found.result else None
    return Checked(question, outcome or Outcome.UNDECIDED, said, nif, name)


def _bare(nif: str) -> str:
    return nif.strip().upper().lstrip("0")


class _Conversation:
    """The questions in messages, without I/O."""

    def __init__(self, environment: Environment, kind: CertificateKind) -> None:
        self.url = environment.census(kind)

    def requests(
        self, questions: Sequence[Question]
    ) -> Iterator[tuple[Request, Sequence[Question]]]:
        """Yield the messages, each with what it asks."""
        for start in range(0, len(questions), MAX_PEOPLE):
            part = questions[start : start + MAX_PEOPLE]
            yield Request(self.url, build(part)), part


class Client(Connected):
    """Asks the census over HTTPS with a client certificate; use it in ``with``, or close it.

    Args:
        credential: Certificate and key of anybody; it decides nothing about the answer.
        environment: Where the service is: production or a sandbox; the agency has none for trials.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.

    Raises:
        UnknownServiceError: The environment has no such service.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        environment: Environment,
        trust: bytes | None = None,
        transport: http.BaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self._conversation = _Conversation(environment, kind_of(credential))
        self._exchange = Exchange(credential, trust=trust, transport=transport, timeout_s=timeout_s)

    def check(self, nif: str, name: str = "") -> Checked:
        """Ask whether a NIF belongs to a name; raises as :meth:`check_all`."""
        (found,) = self.check_all([Question(nif=nif, name=name)])
        return found

    def check_all(self, questions: Sequence[Question]) -> tuple[Checked, ...]:
        """Ask about many, in as many messages as that takes.

        Returns:
            One for each question, in their order.

        Raises:
            TransportError: No answer.
            CertificateError: The service does not take the certificate, or we do not take its.
            ProtocolError: What came back is no answer, or one to other questions.
        """
        found: list[Checked] = []
        for request, asked in self._conversation.requests(questions):
            found += read_answer(self._exchange.send(request), asked)
        return _logged(found)


class AsyncClient(AsyncConnected):
    """Asks as :class:`Client` does, in an event loop; use it in ``async with``.

    Args:
        credential: Certificate and key of anybody; it decides nothing about the answer.
        environment: Where the service is: production or a sandbox; the agency has none for trials.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.

    Raises:
        UnknownServiceError: The environment has no such service.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        environment: Environment,
        trust: bytes | None = None,
        transport: http.AsyncBaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self._conversation = _Conversation(environment, kind_of(credential))
        self._exchange = AsyncExchange(
            credential, trust=trust, transport=transport, timeout_s=timeout_s
        )

    async def check(self, nif: str, name: str = "") -> Checked:
        """Ask whether a NIF belongs to a name; as :meth:`Client.check`."""
        (found,) = await self.check_all([Question(nif=nif, name=name)])
        return found

    async def check_all(self, questions: Sequence[Question]) -> tuple[Checked, ...]:
        """Ask about many; as :meth:`Client.check_all`."""
        found: list[Checked] = []
        for request, asked in self._conversation.requests(questions):
            found += read_answer(await self._exchange.send(request), asked)
        return _logged(found)


def _logged(found: list[Checked]) -> tuple[Checked, ...]:
    _LOG.info("census: %d questions answered", len(found))
    return tuple(found)
