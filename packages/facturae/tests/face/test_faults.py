"""FACe is down, slow, cut off, in a loop or talking nonsense; over the network of this machine."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.errors import EInvoiceError
from einvoice_core.http import (
    ASGITransport,
    CutOffError,
    Reply,
    ReplyTooLargeError,
    TimedOutError,
    TransportError,
    UnreachableError,
)
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import VirtualClock
from facturae_es.face import (
    AnswerError,
    AsyncClient,
    Client,
    DuplicateError,
    Environment,
    FaceB2B,
    FaceError,
    Patience,
    RefusedError,
    Rest,
    ServiceError,
    Soap,
    SoapClassic,
    Submission,
    local,
)
from facturae_es.face.sandbox import Fault, RunningSandbox, Service, create_app, scripted, serve

Make = Callable[..., bytes]
ONCE = Patience(attempts=1)
SERVICES = [Rest, Soap, SoapClassic, FaceB2B]


@pytest.fixture(scope="module")
def plan() -> list[Fault | None]:
    """What goes wrong next, the first one at the end."""
    return []


@pytest.fixture(scope="module")
def running(
    authority: ThrowawayAuthority, plan: list[Fault | None], trust: TrustStore
) -> Iterator[RunningSandbox]:
    clock = VirtualClock()
    with serve(
        service=Service(clock, trust),
        authority=authority,
        clock=clock,
        faults=lambda: plan.pop() if plan else None,
        slow_s=2,
    ) as running:
        yield running


@pytest.fixture
def face(running: RunningSandbox, plan: list[Fault | None]) -> RunningSandbox:
    running.service.register.forget()
    plan.clear()
    return running


def client_of(
    face: RunningSandbox,
    credential: Credential,
    kind: Any = Rest,
    patience: Patience = ONCE,
    waited: list[float] | None = None,
) -> tuple[Any, Client]:
    api = kind(local(face.url))
    return api, Client(
        api,
        credential,
        trust=face.authority.pem,
        timeout_s=1,
        patience=patience,
        clock=face.service.clock,
        sleep=(waited if waited is not None else []).append,
    )


@pytest.fixture(params=SERVICES, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def delivery(signed: Make) -> Submission:
    return Submission("17.xsig", signed(), "ana@example.org")


@pytest.mark.parametrize(
    ("fault", "error", "what", "taken"),
    [
        (Fault.DOWN, CutOffError, "unknown", 0),
        (Fault.SOAP_FAULT, ServiceError, "unknown", 0),
        (Fault.SERVER_ERROR, ServiceError, "unknown", 0),
        (Fault.UNAVAILABLE, ServiceError, "unknown", 0),
        (Fault.THROTTLED, ServiceError, "none", 0),
        (Fault.LOST_REPLY, CutOffError, "unknown", 1),
        (Fault.TRUNCATED, CutOffError, "unknown", 1),
        (Fault.SLOW, TimedOutError, "unknown", 1),
        (Fault.GARBAGE, AnswerError, "unknown", 1),
        (Fault.WRONG_CHARSET, AnswerError, "unknown", 1),
        (Fault.HUGE, ReplyTooLargeError, "unknown", 1),
        (Fault.TWICE, DuplicateError, "none", 1),
    ],
)
def test_a_fault_says_what_may_have_happened(
    face: RunningSandbox,
    plan: list[Fault | None],
    credential: Credential,
    delivery: Submission,
    kind: Any,
    fault: Fault,
    error: type[EInvoiceError],
    what: str,
    taken: int,
) -> None:
    plan.append(fault)
    api, client = client_of(face, credential, kind)

    with client, pytest.raises(error) as caught:
        client.call(api.submit(delivery))

    assert caught.value.details["delivery"] == what
    assert len(face.service.register) == taken


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.TRUNCATED, Fault.SLOW, Fault.GARBAGE])
def test_sending_again_after_a_lost_answer_finds_the_invoice(
    face: RunningSandbox,
    plan: list[Fault | None],
    credential: Credential,
    delivery: Submission,
    kind: Any,
    fault: Fault,
) -> None:
    plan.append(fault)
    api, client = client_of(face, credential, kind)
    operation = api.submit(delivery)

    with client:
        with pytest.raises(EInvoiceError):
            client.call(operation)
        invoice = client.resend(operation)

    (held,) = face.service.register.all()
    assert invoice.registry_code == held.code


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.UNAVAILABLE, Fault.LOST_REPLY, Fault.GARBAGE])
def test_a_question_is_asked_again(
    face: RunningSandbox, plan: list[Fault | None], credential: Credential, kind: Any, fault: Fault
) -> None:
    plan += [fault, fault]
    waited: list[float] = []
    api, client = client_of(face, credential, kind, Patience(delay_share=lambda: 1.0), waited)
    question = api.codes() if kind is FaceB2B else api.states()

    with client:
        assert client.call(question)
    assert waited == [1.0, 2.0]


def test_a_submission_is_never_sent_again_by_itself(
    face: RunningSandbox, plan: list[Fault | None], credential: Credential, delivery: Submission
) -> None:
    plan += [Fault.LOST_REPLY]
    waited: list[float] = []
    api, client = client_of(face, credential, patience=Patience(), waited=waited)
    with client, pytest.raises(TransportError):
        client.call(api.submit(delivery))
    assert waited == []


def test_who_is_asked_to_wait_waits_a_little_and_hands_on_a_lot(
    face: RunningSandbox, plan: list[Fault | None], credential: Credential, delivery: Submission
) -> None:
    plan += [Fault.THROTTLED, Fault.THROTTLED]
    waited: list[float] = []
    api, client = client_of(face, credential, patience=Patience(longest_wait_s=60), waited=waited)
    with client:
        assert client.call(api.submit(delivery))
    plan += [Fault.THROTTLED]
    api, client = client_of(face, credential, patience=Patience(longest_wait_s=59), waited=waited)
    with client, pytest.raises(ServiceError) as caught:
        client.call(api.states())

    assert waited == [60.0, 60.0]
    assert caught.value.details["wait_s"] == 60


def test_the_answer_to_another_request_is_not_taken(
    face: RunningSandbox, plan: list[Fault | None], credential: Credential, signed: Make
) -> None:
    plan += [Fault.ANOTHER, None]
    api, client = client_of(face, credential, Soap)
    with client:
        client.call(api.states())
        with pytest.raises(AnswerError, match="another operation"):
            client.call(api.submit(Submission("1.xsig", signed(), "a@b.es")))


def test_nobody_is_there(credential: Credential) -> None:
    api = Rest(local("http://127.0.0.1:9"))
    waited: list[float] = []
    patience = Patience(delay_share=lambda: 0.0)
    with (
        Client(api, credential, patience=patience, sleep=waited.append) as client,
        pytest.raises(UnreachableError),
    ):
        client.call(api.states())
    assert waited == [0.5, 1.0]


def test_a_client_that_does_not_wait_does_the_same(
    credential: Credential, trust: TrustStore, delivery: Submission
) -> None:
    clock = VirtualClock()
    service = Service(clock, trust)
    faults = scripted([Fault.THROTTLED, None, Fault.UNAVAILABLE])
    app = create_app(service, faults=faults)

    async def go() -> tuple[str, str, int]:
        api = Rest(local("https://face.test"))
        async with AsyncClient(
            api,
            credential,
            transport=ASGITransport(app=app),
            clock=clock,
            sleep=clock.sleep,
            patience=Patience(longest_wait_s=90),
        ) as client:
            first = await client.call(api.submit(delivery))
            catalogue = await client.call(api.states())
            again = await client.resend(api.submit(delivery))
            with pytest.raises(RefusedError):
                await client.resend(api.submit(Submission("x", b"x", "a@b.es")))
        return first.registry_code, again.registry_code, len(catalogue.processing)

    first, again, states = asyncio.run(go())
    assert first == again
    assert states == 6


def operations(environment: Environment, delivery: Submission) -> list[Any]:
    rest, soap, classic, b2b = (kind(environment) for kind in SERVICES)
    made = [api.submit(delivery) for api in (rest, soap, classic, b2b)]
    made += [api.invoice("X") for api in (rest, soap, classic, b2b)]
    made += [api.cancel("X", "why") for api in (rest, soap, classic)]
    made += [rest.states(), rest.relations(), rest.notifications(), rest.assigned()]
    made += [rest.assigned_file("X", "Y"), soap.states(), classic.states(), classic.units()]
    made += [classic.invoices(["X"]), classic.tax_numbers(), classic.administrations()]
    made += [b2b.received(), b2b.download("X"), b2b.confirm("X"), b2b.codes()]
    return made


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["registryCode", "items", "status", "seller", "oc", "code", "message"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
NAMES = ["enviarFacturaResponse", "detalleFacturaResponse", "consultarFacturaResponse", "return"]
NAMES += ["SendInvoiceResponse", "DownloadInvoiceResponse", "factura", "registro", "codigo"]
NAMES += ["invoiceDetail", "registryNumber", "invoiceFile", "content", "resultado", "anexos"]
trees = st.recursive(
    st.text(st.characters(categories=["Lu", "Nd"]), max_size=5),
    lambda inner: st.builds(
        lambda name, inside: f"<{name}>{''.join(inside)}</{name}>",
        st.sampled_from(NAMES),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def envelope(inside: str) -> bytes:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}"><s:Body>{inside}</s:Body></s:Envelope>'.encode()


@settings(max_examples=150)
@given(
    status=st.sampled_from([200, 201, 202, 301, 400, 401, 404, 409, 413, 418, 429, 500, 503]),
    body=st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | trees.map(envelope),
)
def test_any_answer_is_read_or_refused(
    environment_of_all: list[Any], status: int, body: bytes
) -> None:
    reply = Reply(status, body, {"retry-after": "soon"})
    for operation in environment_of_all:
        with suppress(FaceError):
            operation.read(reply)


@pytest.fixture(scope="module")
def environment_of_all(signed: Make) -> list[Any]:
    return operations(local("https://face.test"), Submission("1.xsig", signed(), "a@b.es"))


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b'{"amount": 1e999999}']
)
def test_json_that_is_meant_to_hurt_is_refused(environment: Environment, body: bytes) -> None:
    with pytest.raises(FaceError):
        Rest(environment).invoice("X").read(Reply(200, body))


def test_amounts_keep_their_digits(environment: Environment) -> None:
    body = b'{"registryCode": "X", "amount": 0.30000000000000004, "status": "En Tr\\u00e1mite"}'
    invoice = Rest(environment).invoice("X").read(Reply(200, body))
    assert invoice.amount is None  # what only a floating point number writes is no amount
    body = body.replace(b"0.30000000000000004", b"1000.10")
    invoice = Rest(environment).invoice("X").read(Reply(200, body))
    assert str(invoice.amount) == "1000.10"
    assert invoice.processing
    assert (invoice.processing.code, invoice.processing.name) == ("", "En Trámite")
