import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii.conversation import Pace
from aeat_sii.environments import TEST
from aeat_sii.errors import (
    AeatError,
    BatchError,
    CertificateError,
    ProtocolError,
    ServiceFaultError,
    SubmissionRefusedError,
    ThrottledError,
    TransportError,
    UnlinkedRecordError,
    WrongAnswerError,
)
from aeat_sii.sandbox.service import Service
from aeat_sii.sandbox.writing import fault
from aeat_sii.testing import examples
from aeat_sii.verifactu import (
    AsyncClient,
    CancellationRecord,
    Client,
    LineState,
    RegistrationRecord,
    StoredState,
    SubmissionState,
    build,
    link,
    match,
    prepare,
    read_answer,
)
from einvoice_core.certificates import Credential
from einvoice_core.http import Reply, Request
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.transport import Exchange, Scripted, cut_off, down, reply, slow

Records = tuple[RegistrationRecord, ...]
MakeClient = Callable[..., Client]


class MovableClock(Protocol):
    def __call__(self) -> datetime: ...

    def pass_s(self, seconds: int) -> None: ...


@pytest.fixture
def service(clock: Callable[[], datetime]) -> Service:
    return Service(clock)


@pytest.fixture
def make_client(credential: Credential, clock: Callable[[], datetime]) -> Iterator[MakeClient]:
    made = []

    def make(*exchanges: Exchange | bytes) -> Client:
        client = Client(credential, environment=TEST, transport=Scripted(exchanges), clock=clock)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def answered(service: Service) -> Exchange:
    """The service answers what it is sent."""
    return reply(lambda request: service.answer(request.content, examples.ISSUER)[1])


def test_a_submission_is_answered(
    make_client: MakeClient, service: Service, records: Records
) -> None:
    answer = make_client(answered(service)).submit(records)

    assert answer.state is SubmissionState.CORRECT
    assert answer.csv is not None
    assert [line.state for line in answer.lines] == [LineState.CORRECT] * 2
    assert len(service.register.of(examples.ISSUER)) == 2


def test_the_request_is_soap_11_for_the_address_of_the_environment(
    credential: Credential, service: Service, records: Records
) -> None:
    transport = Scripted([answered(service)])
    with Client(credential, environment=TEST, transport=transport) as client:
        client.submit(records)

    (request,) = transport.requests
    assert request.method == "POST"
    assert str(request.url) == TEST.verifactu()
    assert request.headers["content-type"] == "text/xml; charset=utf-8"
    assert request.headers["soapaction"] == '""'


def test_a_seal_has_another_address(
    authority: ThrowawayAuthority, service: Service, records: Records
) -> None:
    seal = authority.issue(organization_nif="B12345674", organization="EMPRESA DE PRUEBA SL")
    transport = Scripted([answered(service)])
    with Client(seal, environment=TEST, transport=transport) as client:
        client.submit(records)

    assert str(transport.requests[0].url) == TEST.verifactu("seal")


def test_a_rejected_record_is_an_answer(make_client: MakeClient, service: Service) -> None:
    wrong = link(examples.registration(recipients=()), None)

    answer = make_client(answered(service)).submit([wrong])

    assert answer.state is SubmissionState.INCORRECT
    assert answer.csv is None
    assert answer.lines[0].code == "1189"
    assert not answer.lines[0].is_accepted


def test_some_records_may_be_accepted_and_others_not(
    make_client: MakeClient, service: Service
) -> None:
    right = link(examples.registration("A"), None)
    odd = link(examples.registration("B"), right).model_copy(update={"fingerprint": "0" * 64})
    wrong = link(examples.registration("C", recipients=()), odd)

    answer = make_client(answered(service)).submit([right, odd, wrong])

    assert answer.state is SubmissionState.PARTIAL
    assert [line.code for line in answer.lines] == [None, "2000", "1189"]
    assert [line.is_accepted for line in answer.lines] == [True, True, False]


def test_after_a_lost_answer_the_duplicate_says_what_the_agency_holds(
    make_client: MakeClient,
    service: Service,
    records: Records,
    clock: MovableClock,
) -> None:
    lost = Exchange(
        body=lambda request: service.answer(request.content, examples.ISSUER)[1], cut_after=10
    )
    client = make_client(lost, answered(service))
    with pytest.raises(TransportError) as caught:
        client.submit(records)
    clock.pass_s(60)

    answer = client.submit(records)

    assert caught.value.details["delivery"] == "unknown"
    assert [line.code for line in answer.lines] == ["3000", "3000"]
    assert all(
        line.duplicate and line.duplicate.state is StoredState.CORRECT for line in answer.lines
    )
    assert all(line.is_held for line in answer.lines)


def test_a_client_waits_as_long_as_the_answer_said(
    make_client: MakeClient,
    clock: MovableClock,
    records: Records,
) -> None:
    patient = Service(clock, wait_s=90)
    client = make_client(answered(patient), answered(patient))
    client.submit(records)
    clock.pass_s(60)

    with pytest.raises(ThrottledError) as caught:
        client.submit([link(examples.registration("2026/0003"), records[1])])

    assert caught.value.details == {"wait_s": 30, "delivery": "none"}
    assert client.remaining(examples.ISSUER) == 30
    clock.pass_s(30)
    assert client.submit([link(examples.registration("2026/0003"), records[1])]).csv


def test_a_thousand_records_do_not_wait(
    make_client: MakeClient, service: Service, records: Records
) -> None:
    client = make_client(answered(service))
    client.submit(records)

    assert client.remaining(examples.ISSUER, 999) == 60
    assert client.remaining(examples.ISSUER, 1_000) == 0


def test_each_taxpayer_waits_for_itself(
    make_client: MakeClient, service: Service, records: Records
) -> None:
    client = make_client(answered(service))
    client.submit(records)

    assert client.remaining("89890002E") == 0


@given(st.integers(-10_000, 10_000), st.integers(0, 9_999))
def test_no_clock_makes_the_waiting_longer(step_s: int, wait_s: int) -> None:
    from datetime import UTC, timedelta

    sent = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)
    pace = Pace(wait_s, 1_000, sent)

    remaining = pace.remaining(sent + timedelta(seconds=step_s), 1)

    assert 0 <= remaining <= wait_s
    assert step_s < 0 or remaining == max(0, wait_s - step_s)


@pytest.mark.parametrize(
    ("body", "status", "error", "agency_code", "delivery"),
    [
        (fault("4112"), 500, SubmissionRefusedError, "4112", "none"),
        (fault("4102"), 200, SubmissionRefusedError, "4102", "none"),
        (fault("3501", server=True), 500, ServiceFaultError, "3501", "none"),
        (fault("4108"), 500, ServiceFaultError, "4108", "none"),
        (fault("4112").replace(b"Codigo[4112].", b""), 500, SubmissionRefusedError, "", "none"),
    ],
)
def test_a_soap_fault_is_an_error_with_the_agencys_code(
    make_client: MakeClient,
    records: Records,
    body: bytes,
    status: int,
    error: type[AeatError],
    agency_code: str,
    delivery: str,
) -> None:
    with pytest.raises(error) as caught:
        make_client(reply(body, status)).submit(records)

    assert caught.value.details["agency_code"] == agency_code
    assert caught.value.details["delivery"] == delivery


ENVELOPE = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>%s</e:Body></e:Envelope>'
BOMB = b"<a>" * 300 + b"</a>" * 300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Hola</body></html>",
        b"not xml",
        b"\xff\xfe\x00",
        "<r>á</r>".encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-7"?><r/>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        b"<r>&x;</r>",
        BOMB,
        ENVELOPE % BOMB,
        ENVELOPE % b"",
        ENVELOPE % b"<other/>",
        ENVELOPE % b"<a/><b/>",
        ENVELOPE.replace(b"schemas.xmlsoap.org", b"example.com") % b"<a/>",
        b"x" * (17 * 1024 * 1024),
    ],
    ids=[
        "empty",
        "html",
        "text",
        "broken BOM",
        "wrong charset",
        "unknown charset",
        "doctype",
        "entity",
        "nested",
        "nested in an envelope",
        "no message",
        "another message",
        "two messages",
        "another envelope",
        "huge",
    ],
)
def test_what_is_no_answer_is_refused(
    make_client: MakeClient, records: Records, body: bytes
) -> None:
    with pytest.raises(ProtocolError) as caught:
        make_client(body).submit(records)

    assert caught.value.details["delivery"] == "unknown"


@pytest.mark.parametrize("cut", [0, 1, 100, 500, 900])
def test_a_truncated_answer_is_a_lost_one(
    make_client: MakeClient, service: Service, records: Records, cut: int
) -> None:
    body = service.answer(build(prepare(records)), examples.ISSUER)[1]

    with pytest.raises(TransportError) as caught:
        make_client(cut_off(body, cut)).submit(records)
    with pytest.raises(ProtocolError):
        make_client(body[:cut]).submit(records)

    assert caught.value.details["delivery"] == "unknown"


@given(data=st.data())
def test_an_answer_with_any_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    submission = prepare([link(examples.registration(), None)])
    right = Service(lambda: examples.NOW).answer(build(submission), examples.ISSUER)[1]
    position = data.draw(st.integers(0, len(right) - 1))
    body = right[:position] + data.draw(st.binary(max_size=2)) + right[position + 1 :]
    try:
        answer = read_answer(Reply(200, body), submission)
    except AeatError as error:
        assert error.code.startswith("aeat.")  # noqa: PT017 - any of the tree
    else:
        assert match(submission, answer)


def test_an_answer_for_another_request_is_refused(
    make_client: MakeClient, service: Service, records: Records
) -> None:
    other = prepare([link(examples.registration("X"), None)])
    body = service.answer(build(other), examples.ISSUER)[1]

    with pytest.raises(WrongAnswerError, match="2026/0001"):
        make_client(body).submit(records)


def test_an_answer_with_more_records_or_for_another_taxpayer_is_refused(
    service: Service, records: Records
) -> None:
    body = service.answer(build(prepare(records)), examples.ISSUER)[1]
    another = body.replace(b"<sf:NIF>89890001K", b"<sf:NIF>89890002E")

    with pytest.raises(WrongAnswerError, match="2026/0002"):
        read_answer(Reply(200, body), prepare(records[:1]))
    with pytest.raises(WrongAnswerError, match="another taxpayer"):
        read_answer(Reply(200, another), prepare(records))


def test_lines_are_matched_to_records_whatever_their_order(
    service: Service, records: Records
) -> None:
    submission = prepare(records)
    answer = read_answer(
        Reply(200, service.answer(build(submission), examples.ISSUER)[1]), submission
    )
    turned = answer.model_copy(update={"lines": answer.lines[::-1]})

    assert match(submission, turned) == answer.lines


@pytest.mark.parametrize(
    ("status", "error", "delivery"),
    [
        (302, ProtocolError, "unknown"),
        (401, CertificateError, "none"),
        (403, CertificateError, "none"),
        (404, ProtocolError, "unknown"),
        (429, ServiceFaultError, "unknown"),
        (500, ServiceFaultError, "unknown"),
        (502, ServiceFaultError, "unknown"),
        (503, ServiceFaultError, "unknown"),
        (504, ServiceFaultError, "unknown"),
    ],
)
def test_a_status_of_http_says_who_failed(
    make_client: MakeClient, records: Records, status: int, error: type[AeatError], delivery: str
) -> None:
    with pytest.raises(error) as caught:
        make_client(reply(b"<html/>", status)).submit(records)

    assert caught.value.details["delivery"] == delivery


@pytest.mark.parametrize(("exchange", "delivery"), [(down(), "none"), (slow(), "unknown")])
def test_a_service_that_is_down_or_slow(
    make_client: MakeClient, records: Records, exchange: Exchange, delivery: str
) -> None:
    with pytest.raises(TransportError) as caught:
        make_client(exchange).submit(records)

    assert caught.value.details["delivery"] == delivery


def test_a_submission_that_did_not_leave_need_not_be_waited_for(
    make_client: MakeClient, service: Service, records: Records, clock: MovableClock
) -> None:
    client = make_client(down(), answered(service), down(), answered(service))

    with pytest.raises(TransportError):
        client.submit(records[:1])
    assert client.submit(records[:1]).csv
    clock.pass_s(60)
    with pytest.raises(TransportError):
        client.submit(records[1:])
    assert client.submit(records[1:]).csv


def test_records_of_several_issuers_do_not_go_together(records: Records) -> None:
    other = records[1].model_copy(
        update={"invoice": records[1].invoice.model_copy(update={"issuer_nif": "89890002E"})}
    )

    with pytest.raises(BatchError):
        prepare([records[0], other])


@pytest.mark.parametrize("count", [0, 1_001, 10_001])
def test_a_submission_carries_1_to_1000_records(records: Records, count: int) -> None:
    with pytest.raises(BatchError):
        prepare([records[0]] * count)


def test_a_record_without_fingerprint_is_not_sent() -> None:
    with pytest.raises(UnlinkedRecordError, match="2026/0001"):
        prepare([examples.registration("2026/0001")])


def test_cancellations_alone_need_a_header(records: Records) -> None:
    cancelled: CancellationRecord = link(examples.cancellation(), records[1])

    with pytest.raises(BatchError):
        prepare([cancelled])
    assert prepare([cancelled], prepare(records).header).records[0].cancellation == cancelled


def test_an_incident_is_told(records: Records) -> None:
    header = prepare(records, had_incident=True).header

    assert header.voluntary is not None
    assert header.voluntary.had_incident


def test_the_asynchronous_client_does_the_same(
    credential: Credential, service: Service, records: Records, clock: Callable[[], datetime]
) -> None:
    async def submit() -> None:
        transport = Scripted([answered(service), down()])
        async with AsyncClient(
            credential, environment=TEST, transport=transport, clock=clock
        ) as client:
            answer = await client.submit(records)
            assert answer.state is SubmissionState.CORRECT
            assert client.remaining(examples.ISSUER) == 60
            with pytest.raises(ThrottledError):
                await client.submit(records)

    asyncio.run(submit())


def test_the_check_of_a_request_sees_a_soap_envelope(
    make_client: MakeClient, service: Service, records: Records
) -> None:
    def check(request: Request) -> None:
        assert b"RegFactuSistemaFacturacion" in request.content

    body = service.answer(build(prepare(records)), examples.ISSUER)[1]
    make_client(Exchange(body=body, check=check)).submit(records)
