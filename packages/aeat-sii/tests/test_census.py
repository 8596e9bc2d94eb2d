"""The census: what the agency says about a NIF and a name, and what is no answer."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii import census, sandbox
from aeat_sii.census import Outcome, Question, Result
from aeat_sii.environments import PRODUCTION, TEST, local
from aeat_sii.errors import (
    AeatError,
    BatchError,
    ProtocolError,
    ServiceFaultError,
    SubmissionRefusedError,
    TransportError,
    UnknownServiceError,
    WrongAnswerError,
)
from aeat_sii.sandbox import Fault, Knowledge, Service
from aeat_sii.sandbox import census as double
from aeat_sii.testing.examples import ISSUER
from einvoice_core.certificates import Credential
from einvoice_core.http import Reply
from einvoice_core.testing.transport import Exchange, Scripted, cut_off, down, reply, slow

NAME = "ANA PRUEBAS DEMO"
PERSON = "12345678Z"
KNOWN = Knowledge(
    is_known=lambda nif: nif in (PERSON, "A58818501", "B00000000"),
    is_named=lambda nif, name: name in (NAME, "EMPRESA & CO <SL>"),
    is_alike=lambda nif, name: name == "ANA PRUEBA",
    ended_as=lambda nif: {"A58818501": "BAJA", "B00000000": "REVOCADO"}.get(nif, ""),
)


def asked(known: Knowledge = KNOWN) -> Exchange:
    return reply(lambda request: double.answer(request.content, known)[1])


def client(credential: Credential, *exchanges: Exchange | bytes) -> census.Client:
    return census.Client(credential, environment=PRODUCTION, transport=Scripted(exchanges))


def answer(*rows: tuple[str, str, str], scheme: str = "http") -> bytes:
    """Write an answer by hand."""
    space = (
        f"{scheme}://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones"
        "/es/aeat/burt/jdit/ws/VNifV2Sal.xsd"
    )
    people = "".join(
        f"<Contribuyente><Nif>{nif}</Nif><Nombre>{name}</Nombre><Resultado>{said}</Resultado>"
        "</Contribuyente>"
        for nif, name, said in rows
    )
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<VNifV2Sal xmlns="{space}">{people}</VNifV2Sal></e:Body></e:Envelope>'
    ).encode()


@pytest.mark.parametrize(
    ("nif", "name", "outcome", "result", "is_active"),
    [
        (PERSON, NAME, Outcome.IDENTIFIED, Result.IDENTIFIED, True),
        (PERSON, "ANA PRUEBA", Outcome.NOT_IDENTIFIED, Result.SIMILAR, False),
        (PERSON, "OTRA PERSONA", Outcome.NOT_IDENTIFIED, Result.NOT_IDENTIFIED, False),
        ("99999999R", NAME, Outcome.NOT_IDENTIFIED, Result.NOT_IDENTIFIED, False),
        ("A58818501", "EMPRESA & CO <SL>", Outcome.IDENTIFIED, Result.DEREGISTERED, False),
        ("B00000000", "EMPRESA & CO <SL>", Outcome.IDENTIFIED, Result.REVOKED, False),
    ],
)
def test_the_census_says_whether_a_nif_belongs_to_a_name(
    credential: Credential,
    nif: str,
    name: str,
    outcome: Outcome,
    result: Result,
    is_active: bool,
) -> None:
    with client(credential, asked()) as agency:
        found = agency.check(nif, name)

    assert (found.outcome, found.result, found.is_active) == (outcome, result, is_active)
    assert (found.nif, found.name, found.question.name) == (nif, name, name)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Identificado", Outcome.IDENTIFIED),
        (" no  identificado - similar ", Outcome.NOT_IDENTIFIED),
        ("NO PROCESADO", Outcome.UNDECIDED),
        ("ALGO NUEVO", Outcome.UNDECIDED),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_answer_is_read_as_it_comes(
    credential: Credential, said: str, outcome: Outcome, scheme: str
) -> None:
    with client(credential, answer((PERSON, NAME, said), scheme=scheme)) as agency:
        found = agency.check(f"0{PERSON.lower()}", "ana pruebas")

    assert (found.outcome, found.name) == (outcome, NAME)
    assert found.said == said.strip()


def test_many_are_asked_in_messages_of_ten_thousand(credential: Credential) -> None:
    questions = [Question(nif=f"{number:08}X", name=NAME) for number in range(10_001)]
    with client(credential, asked(Knowledge()), asked(Knowledge())) as agency:
        found = agency.check_all(questions)
        assert agency.check_all([]) == ()

    assert [each.question for each in found] == questions
    with pytest.raises(BatchError):
        census.build(questions)
    with pytest.raises(BatchError):
        census.build([])


def test_nobody_of_a_message_may_be_told_as_a_fault(credential: Credential) -> None:
    fault = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        b"<faultcode>e:Client</faultcode><faultstring>Codigo[-1].No identificado</faultstring>"
        b"</e:Fault></e:Body></e:Envelope>"
    )
    with client(credential, fault) as agency:
        assert agency.check(PERSON, NAME).outcome is Outcome.NOT_IDENTIFIED
    with (
        client(credential, fault.replace(b"[-1]", b"[4102]")) as agency,
        pytest.raises(SubmissionRefusedError),
    ):
        agency.check(PERSON, NAME)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (answer(), WrongAnswerError),
        (answer((PERSON, NAME, "IDENTIFICADO"), (PERSON, NAME, "IDENTIFICADO")), WrongAnswerError),
        (answer(("99999999R", NAME, "IDENTIFICADO")), WrongAnswerError),
        (answer((PERSON, NAME, "")), ProtocolError),
        (answer(("", NAME, "IDENTIFICADO")), ProtocolError),
        (answer((PERSON, NAME, "IDENTIFICADO")).replace(b"VNifV2Sal ", b"Other "), ProtocolError),
        (answer((PERSON, NAME, "IDENTIFICADO"))[:-40], ProtocolError),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + answer(), ProtocolError),
        (b"<html/>", ProtocolError),
        (b"", ProtocolError),
        (b"x" * (17 * 1024 * 1024), ProtocolError),
    ],
)
def test_what_is_no_answer_is_refused(
    credential: Credential, body: bytes, error: type[AeatError]
) -> None:
    body = body.replace(b"</VNifV2Sal", b"</Other") if b"<Other" in body else body
    with client(credential, body) as agency, pytest.raises(error):
        agency.check(PERSON, NAME)


@pytest.mark.parametrize("exchange", [down(), slow(), cut_off(answer(), 40)])
def test_a_service_that_does_not_answer_is_told(credential: Credential, exchange: Exchange) -> None:
    with client(credential, exchange) as agency, pytest.raises(TransportError):
        agency.check(PERSON, NAME)


@given(st.data())
def test_an_answer_with_any_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(answer((PERSON, NAME, "IDENTIFICADO")))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        (found,) = census.read_answer(Reply(200, bytes(body)), [Question(nif=PERSON, name=NAME)])
    except AeatError:
        return
    assert found.outcome in Outcome


def test_the_agency_has_no_census_for_trials(credential: Credential) -> None:
    with pytest.raises(UnknownServiceError):
        census.Client(credential, environment=TEST)


def test_the_sandbox_refuses_what_is_no_question() -> None:
    good = census.build([Question(nif=PERSON, name=NAME)])
    assert double.answer(good, KNOWN)[0] == 200
    for body in (
        b"",
        b"<a/>",
        good.replace(b"VNifV2Ent>", b"Other>").replace(b"VNifV2Ent ", b"Other "),
        good.replace(b"vnif:Nombre", b"vnif:Nombres"),
        good.replace(b"vnif:Contribuyente", b"vnif:Persona"),
    ):
        assert double.answer(body, KNOWN)[0] == 500


def test_the_census_over_https(clock: Callable[[], object]) -> None:
    service = Service(clock, known=KNOWN)  # type: ignore[arg-type] # a clock of datetimes
    plan = sandbox.scripted([Fault.UNAVAILABLE])
    with sandbox.serve(service=service, faults=plan, clock=clock) as agency:  # type: ignore[arg-type]
        holder = agency.authority.issue(ISSUER, NAME)
        where = {"environment": local(agency.url), "trust": agency.authority.pem}
        with census.Client(holder, **where) as asking:  # type: ignore[arg-type]
            with pytest.raises(ServiceFaultError):
                asking.check(PERSON, NAME)
            assert asking.check(PERSON, NAME).is_active

        async def later() -> census.Checked:
            async with census.AsyncClient(holder, **where) as asking:  # type: ignore[arg-type]
                return await asking.check(PERSON, "ANA PRUEBA")

        assert asyncio.run(later()).result is Result.SIMILAR
