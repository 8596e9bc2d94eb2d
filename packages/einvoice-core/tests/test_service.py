"""The shell of service doubles, called in memory and over the network of this machine."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core import http
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import (
    Answer,
    AsgiApp,
    Call,
    ClientCertificates,
    DoubleError,
    Fault,
    PerCaller,
    Plan,
    Running,
    VirtualClock,
    create_app,
    no_faults,
    scripted,
    seeded,
    serve,
    text_answer,
)

BODY = b"<answer>" + b"x" * 2000 + b"</answer>"


class Double:
    """Counts what it takes and says who called."""

    def __init__(self) -> None:
        self.taken: list[Call] = []

    def __call__(self, call: Call) -> Answer:
        self.taken.append(call)
        number = len(self.taken)
        holder = call.holder.nif if call.holder else "nobody"
        return Answer(200, BODY, headers={"x-number": str(number), "x-holder": holder or "device"})


def ask(app: AsgiApp, path: str = "/", body: bytes = b"question") -> http.Reply:
    """Send one request to an application in memory."""

    async def go() -> http.Reply:
        transport = http.ASGITransport(app=app)
        async with http.AsyncClient(transport=transport, base_url="http://double") as client:
            request = client.build_request("POST", path, content=body)
            return await http.send_async(client, request)

    return asyncio.run(go())


def faulty(double: Double, *faults: Fault | None, **options: Any) -> AsgiApp:
    return create_app(double, faults=scripted(faults), **options)


def test_a_request_reaches_the_double_whole() -> None:
    double = Double()

    reply = ask(create_app(double), "/a%20b?c=1", b"\x00\xff")

    (call,) = double.taken
    assert (call.method, call.path, call.query, call.body) == ("POST", "/a b", "c=1", b"\x00\xff")
    assert call.headers["host"] == "double"
    assert (reply.status, reply.body) == (200, BODY)
    assert reply.headers["x-holder"] == "nobody"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.SOAP_FAULT, 500),
        (Fault.SERVER_ERROR, 500),
        (Fault.UNAVAILABLE, 503),
        (Fault.THROTTLED, 429),
    ],
)
def test_a_refusal_takes_nothing(fault: Fault, status: int) -> None:
    double = Double()

    app = faulty(double, fault, failed=lambda call: text_answer(500, "own words"), wait_s=7)
    reply = ask(app)

    assert (reply.status, double.taken) == (status, [])
    assert (reply.body == b"own words") is (fault is Fault.SOAP_FAULT)
    assert reply.headers.get("retry-after") == ("7" if fault is Fault.THROTTLED else None)


@pytest.mark.parametrize(
    ("fault", "body"),
    [(Fault.GARBAGE, BODY[::-1]), (Fault.WRONG_CHARSET, BODY.decode().encode("utf-16-le"))],
)
def test_a_spoiled_answer_was_taken(fault: Fault, body: bytes) -> None:
    double = Double()

    reply = ask(faulty(double, fault))

    assert (reply.body, len(double.taken)) == (body, 1)


def test_a_request_that_arrives_twice_gets_the_second_answer() -> None:
    double = Double()
    assert ask(faulty(double, Fault.TWICE)).headers["x-number"] == "2"


def test_an_answer_may_belong_to_the_request_before() -> None:
    double = Double()
    app = faulty(double, None, Fault.ANOTHER)

    assert [ask(app).headers["x-number"] for _ in range(3)] == ["1", "1", "3"]


def test_a_reader_without_a_limit_would_read_for_ever() -> None:
    with pytest.raises(http.ReplyTooLargeError):
        ask(faulty(Double(), Fault.HUGE))


def test_slow_answers_pass_in_no_time_on_a_virtual_clock() -> None:
    clock = VirtualClock()
    start = clock()

    ask(faulty(Double(), Fault.SLOW, slow_s=90, sleep=clock.sleep))

    assert clock() - start == timedelta(seconds=90)


def test_a_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        VirtualClock(datetime(2026, 7, 1))  # noqa: DTZ001 - that is the mistake


def test_what_is_screened_meets_no_fault() -> None:
    double = Double()
    app = create_app(
        double,
        faults=scripted([Fault.UNAVAILABLE]),
        screen=lambda call: text_answer(404, "no") if call.path == "/elsewhere" else None,
    )

    assert [ask(app, path).status for path in ("/elsewhere", "/", "/")] == [404, 503, 200]


def test_a_request_beyond_the_limit_is_not_kept() -> None:
    double = Double()
    app = create_app(double, max_request=10)

    assert [ask(app, body=b"x" * size).status for size in (10, 11)] == [200, 413]
    assert len(double.taken) == 1


def test_the_double_speaks_nothing_but_http() -> None:
    async def nothing(*_: object) -> dict[str, object]:
        return {}

    with pytest.raises(RuntimeError, match="websocket"):
        asyncio.run(create_app(Double())({"type": "websocket"}, nothing, nothing))


@given(st.integers(), st.dictionaries(st.sampled_from(Fault), st.integers(0, 7)))
def test_a_seed_plays_the_same_faults_again(seed: int, shares: dict[Fault, int]) -> None:
    first, second = seeded(seed, shares), seeded(seed, shares)
    played = [first() for _ in range(50)]

    assert played == [second() for _ in range(50)]
    assert {fault for fault in played if fault} <= {f for f, share in shares.items() if share}


@pytest.mark.parametrize("share", [-1, 101])
def test_shares_are_percentages(share: int) -> None:
    with pytest.raises(ValueError, match="percentages"):
        seeded(1, {Fault.DOWN: share})


def test_each_caller_has_a_state_of_its_own() -> None:
    states: PerCaller[list[int]] = PerCaller(list)
    states.of("a").append(1)

    assert (states.of("a"), states.of("b"), states.callers) == ([1], [], ("a", "b"))
    states.forget()
    assert states.of("a") == []


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


@pytest.fixture(scope="module")
def credential(authority: ThrowawayAuthority) -> Credential:
    return authority.issue("12345678Z", "ANA PRUEBAS DEMO")


@pytest.fixture(scope="module")
def double() -> Double:
    return Double()


@pytest.fixture(scope="module")
def plan() -> list[Fault]:
    return []


@pytest.fixture(scope="module")
def running(authority: ThrowawayAuthority, double: Double, plan: list[Fault]) -> Iterator[Running]:
    def faults() -> Fault | None:
        return plan.pop() if plan else None

    with serve(create_app(double, faults=faults, slow_s=2), authority) as running:
        yield running


def call(
    running: Running, credential: Credential | None, timeout: float = 5, trust: bytes | None = None
) -> http.Reply:
    trusted = trust or running.authority.pem
    with http.client(credential=credential, trust=trusted, timeout=timeout) as client:
        return http.send(client, client.build_request("POST", running.url, content=b"x"))


def test_the_double_learns_who_calls(running: Running, credential: Credential) -> None:
    assert call(running, credential).headers["x-holder"] == "12345678Z"


def test_nobody_without_a_certificate_is_let_in(running: Running) -> None:
    with pytest.raises(http.TransportError):
        call(running, None)


@pytest.mark.parametrize(
    ("fault", "error", "taken"),
    [
        (Fault.DOWN, http.CutOffError, 0),
        (Fault.LOST_REPLY, http.CutOffError, 1),
        (Fault.TRUNCATED, http.CutOffError, 1),
        (Fault.HUGE, http.ReplyTooLargeError, 1),
        (Fault.SLOW, http.TimedOutError, 1),
    ],
)
def test_accidents_of_the_network(
    running: Running,
    credential: Credential,
    double: Double,
    plan: list[Fault],
    fault: Fault,
    error: type[Exception],
    taken: int,
) -> None:
    before = len(double.taken)
    plan.append(fault)

    with pytest.raises(error):
        call(running, credential, timeout=1)
    assert len(double.taken) - before == taken


@pytest.mark.parametrize(
    ("certificates", "holder"),
    [(ClientCertificates.OPTIONAL, "12345678Z"), (ClientCertificates.IGNORED, "nobody")],
)
def test_a_double_may_let_anybody_in(
    authority: ThrowawayAuthority,
    credential: Credential,
    certificates: ClientCertificates,
    holder: str,
) -> None:
    with serve(create_app(Double()), authority, certificates=certificates) as running:
        assert call(running, None).headers["x-holder"] == "nobody"
        assert call(running, credential).headers["x-holder"] == holder


def test_a_double_may_speak_plain_http(authority: ThrowawayAuthority) -> None:
    with serve(create_app(Double(), faults=scripted([Fault.LOST_REPLY])), tls=False) as running:
        assert running.url.startswith("http://127.0.0.1:")
        with pytest.raises(http.CutOffError):
            call(running, None)
        assert call(running, None).status == 200


def test_nothing_is_left_running(authority: ThrowawayAuthority) -> None:
    before = set(threading.enumerate())
    with serve(create_app(Double()), authority) as running:
        port = urlsplit(running.url).port or 0

    assert set(threading.enumerate()) == before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_port_that_is_taken_is_an_error(authority: ThrowawayAuthority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(DoubleError, match="the clerk cannot listen") as caught,
            serve(create_app(Double()), authority, port=port, name="clerk"),
        ):
            pass
    assert caught.value.details["port"] == port


def test_plans_are_functions() -> None:
    plans: Sequence[Plan] = (no_faults, scripted([]), seeded(1, {}))
    assert [plan() for plan in plans] == [None, None, None]
