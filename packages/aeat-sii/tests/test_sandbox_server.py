"""The client and the sandbox over HTTPS on this machine."""

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from aeat_sii import sandbox
from aeat_sii.environments import local
from aeat_sii.errors import (
    AeatError,
    CertificateError,
    ProtocolError,
    SandboxError,
    ServiceFaultError,
    SubmissionRefusedError,
    TransportError,
)
from aeat_sii.sandbox import Fault, Service
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.testing import examples
from aeat_sii.verifactu import Client, RegistrationRecord, SubmissionState, link
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority

Records = tuple[RegistrationRecord, ...]


@pytest.fixture(scope="module")
def plan() -> list[Fault | None]:
    """What goes wrong next; a test puts it there."""
    return []


@pytest.fixture(scope="module")
def agency(authority: ThrowawayAuthority, plan: list[Fault | None]) -> Iterator[RunningSandbox]:
    service = Service(lambda: examples.NOW)
    with sandbox.serve(
        service=service,
        authority=authority,
        faults=lambda: plan.pop() if plan else None,
        slow_s=2,
    ) as running:
        yield running


@pytest.fixture
def empty(agency: RunningSandbox, plan: list[Fault | None]) -> RunningSandbox:
    agency.service.register.forget()
    plan.clear()
    return agency


def connect(
    agency: RunningSandbox,
    credential: Credential,
    *,
    trust: bytes | None = None,
    timeout_s: int = 10,
) -> Client:
    return Client(
        credential,
        environment=local(agency.url),
        trust=trust or agency.authority.pem,
        timeout_s=timeout_s,
    )


def test_a_record_is_accepted_over_https(
    empty: RunningSandbox, credential: Credential, records: Records
) -> None:
    with connect(empty, credential) as client:
        answer = client.submit(records)

    assert answer.state is SubmissionState.CORRECT
    held = empty.service.register.of(examples.ISSUER)
    assert [stored.fingerprint for stored in held] == [r.fingerprint for r in records]
    assert {stored.csv for stored in held} == {answer.csv}


def test_the_certificate_says_for_whom_one_may_send(
    empty: RunningSandbox, authority: ThrowawayAuthority, records: Records
) -> None:
    with (
        connect(empty, authority.issue("12345678Z", "EVA PRUEBAS")) as client,
        pytest.raises(SubmissionRefusedError) as caught,
    ):
        client.submit(records)

    assert caught.value.details["agency_code"] == "4112"


def test_a_certificate_of_a_device_says_nothing(
    empty: RunningSandbox, authority: ThrowawayAuthority, records: Records
) -> None:
    with (
        connect(empty, authority.issue(name="dispositivo")) as client,
        pytest.raises(AeatError) as caught,
    ):
        client.submit(records)

    assert caught.value.details["agency_code"] == "4108"


def test_a_certificate_of_another_authority_opens_nothing(
    empty: RunningSandbox, records: Records
) -> None:
    stranger = ThrowawayAuthority("OTRA RAIZ", keys="ec").issue(examples.ISSUER, "ANA")

    with connect(empty, stranger) as client, pytest.raises((CertificateError, TransportError)):
        client.submit(records)

    assert empty.service.register.of(examples.ISSUER) == ()


def test_a_service_of_another_authority_is_not_trusted(
    empty: RunningSandbox, credential: Credential, records: Records
) -> None:
    another = ThrowawayAuthority("OTRA RAIZ", keys="ec")

    with (
        connect(empty, credential, trust=another.pem) as client,
        pytest.raises(CertificateError) as caught,
    ):
        client.submit(records)

    assert caught.value.details["delivery"] == "none"
    assert empty.service.register.of(examples.ISSUER) == ()


@pytest.mark.parametrize(
    ("fault", "error", "delivery", "stored"),
    [
        (Fault.SOAP_FAULT, ServiceFaultError, "none", 0),
        (Fault.UNAVAILABLE, ServiceFaultError, "unknown", 0),
        (Fault.LOST_REPLY, TransportError, "unknown", 2),
        (Fault.TRUNCATED, TransportError, "unknown", 2),
        (Fault.GARBAGE, ProtocolError, "unknown", 2),
        (Fault.SLOW, TransportError, "unknown", 2),
    ],
)
def test_a_fault_is_told_apart_by_what_may_have_happened(
    empty: RunningSandbox,
    plan: list[Fault | None],
    credential: Credential,
    records: Records,
    fault: Fault,
    error: type[AeatError],
    delivery: str,
    stored: int,
) -> None:
    plan.append(fault)

    with connect(empty, credential, timeout_s=1) as client, pytest.raises(error) as caught:
        client.submit(records)

    assert caught.value.details["delivery"] == delivery
    assert len(empty.service.register.of(examples.ISSUER)) == stored


def test_a_slow_answer_is_waited_for(
    empty: RunningSandbox, plan: list[Fault | None], credential: Credential, records: Records
) -> None:
    plan.append(Fault.SLOW)

    with connect(empty, credential) as client:
        assert client.submit(records).state is SubmissionState.CORRECT


def test_many_callers_at_once_are_answered(empty: RunningSandbox, credential: Credential) -> None:
    answers: list[Any] = []

    def send(number: int) -> None:
        with connect(empty, credential) as client:
            answers.append(client.submit([link(examples.registration(f"T-{number}"), None)]))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8
    assert len({answer.csv for answer in answers}) == 8
    assert len(empty.service.register.of(examples.ISSUER)) == 8


def test_nothing_is_left_running(credential: Credential, authority: ThrowawayAuthority) -> None:
    before = set(threading.enumerate())

    with sandbox.serve(clock=lambda: examples.NOW, authority=authority) as running:
        port = urlsplit(running.url).port or 0
        with connect(running, credential) as client:
            client.submit([link(examples.registration(), None)])

    assert set(threading.enumerate()) == before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_port_that_is_taken_is_an_error(authority: ThrowawayAuthority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(SandboxError, match="cannot listen"),
            sandbox.serve(authority=authority, port=taken.getsockname()[1]),
        ):
            pass


def test_it_stops_when_the_block_fails(authority: ThrowawayAuthority) -> None:
    ports: list[int] = []

    def fail() -> None:
        with sandbox.serve(authority=authority) as running:
            ports.append(urlsplit(running.url).port or 0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", ports[0]), timeout=1)
