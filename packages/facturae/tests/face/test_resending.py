"""Whatever happens on the way, an invoice is registered once and its code is found."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.http import (
    BaseTransport,
    ConnectError,
    ReadTimeout,
    RemoteProtocolError,
    Request,
    Response,
    TransportError,
)
from einvoice_core.testing.service import Call, VirtualClock
from facturae_es.face import (
    Client,
    FaceB2B,
    FaceError,
    Patience,
    Rest,
    Soap,
    SoapClassic,
    Submission,
    local,
)
from facturae_es.face.sandbox import Service

Make = Callable[..., bytes]
ACCIDENTS = ["refused", "lost", "slow", "garbage", "half", "503", "429", "twice"]


@dataclass
class Accidents(BaseTransport):
    """Hands requests to the sandbox, with one accident after the other."""

    service: Service
    accidents: list[str] = field(default_factory=list)

    def handle_request(self, request: Request) -> Response:
        accident = self.accidents.pop(0) if self.accidents else ""
        if accident == "refused":
            raise ConnectError("connection refused", request=request)
        if accident in ("503", "429"):
            return Response(int(accident), content=b"<html/>")
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        call = Call(request.method, url.path, url.query.decode(), headers, request.read())
        answer = self.service.answer(call)
        if accident == "twice":
            answer = self.service.answer(call)
        if accident == "lost":
            raise RemoteProtocolError("closed without an answer", request=request)
        if accident == "slow":
            raise ReadTimeout("timed out", request=request)
        body = answer.body[: len(answer.body) // 2] if accident == "half" else answer.body
        body = b"\x00garbage" if accident == "garbage" else body
        return Response(answer.status, headers={"content-type": answer.media_type}, content=body)


@pytest.fixture(scope="module")
def document(signed: Make) -> bytes:
    return signed()


def _registered(
    kind: type[Rest],
    accidents: Sequence[str],
    document: bytes,
    credential: Credential,
    trust: TrustStore,
) -> None:
    clock = VirtualClock()
    service = Service(clock, trust)
    transport = Accidents(service, list(accidents))
    api = kind(local("https://face.test"))
    patience = Patience(attempts=2, delay_share=lambda: 0.0)
    client = Client(
        api, credential, transport=transport, clock=clock, sleep=clock.advance, patience=patience
    )
    operation = api.submit(Submission("17.xsig", document, "ana@example.org"))
    invoice = None
    for _ in range(len(accidents) + 1):
        with suppress(FaceError, TransportError):
            invoice = client.resend(operation)
            break

    (held,) = service.register.all()
    assert invoice is not None
    assert invoice.registry_code == held.code
    assert held.content == document


@pytest.mark.parametrize("kind", [Rest, Soap, SoapClassic, FaceB2B])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(accidents=st.lists(st.sampled_from(ACCIDENTS), max_size=6))
def test_an_invoice_is_registered_once(
    kind: type[Rest],
    document: bytes,
    credential: Credential,
    trust: TrustStore,
    accidents: list[str],
) -> None:
    _registered(kind, accidents, document, credential, trust)


@pytest.mark.long
@pytest.mark.parametrize("kind", [Rest, Soap, SoapClassic, FaceB2B])
@settings(
    max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(accidents=st.lists(st.sampled_from(ACCIDENTS), max_size=10))
def test_an_invoice_is_registered_once_thousands_of_times(
    kind: type[Rest],
    document: bytes,
    credential: Credential,
    trust: TrustStore,
    accidents: list[str],
) -> None:
    _registered(kind, accidents, document, credential, trust)
