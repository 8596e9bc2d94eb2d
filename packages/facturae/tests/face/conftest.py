"""A signed invoice, and the sandbox in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import facturae_es as facturae
from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.http import BaseTransport, Request, Response
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import Call, VirtualClock
from facturae_es.codes import RoleType
from facturae_es.face import Client, Environment, Patience, Submission, local
from facturae_es.face.operations import Service as Api
from facturae_es.face.sandbox import RELATIONS, Service
from facturae_es.model import Address

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
SELLER, BUYER = "B12345674", "P9900001J"
HERE = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)
ROLES = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
CODES = dict(zip(ROLES, RELATIONS[0].codes, strict=True))

Make = Callable[..., bytes]


def unsigned(
    number: str = "17",
    *,
    series: str = "A",
    buyer: str = BUYER,
    centres: dict[RoleType, str] | None = None,
) -> bytes:
    """Write an invoice."""
    units = [
        facturae.centre(code, role, HERE)
        for role, code in (CODES if centres is None else centres).items()
    ]
    line = facturae.Line(
        description="Mesa",
        quantity=Decimal(1),
        unit_price=Decimal("100.00"),
        taxes=(facturae.Tax(rate_percent=Decimal(21)),),
    )
    made = facturae.invoice(number, date(2026, 6, 30), [line], series=series)
    seller = facturae.company(SELLER, "Ejemplos Inventados, S.L.", HERE)
    receiver = facturae.company(buyer, "Ayuntamiento Inventado", HERE, centres=units)
    return facturae.write(facturae.batch(seller, receiver, [made]))


@pytest.fixture(scope="session")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(clock=lambda: NOW)


@pytest.fixture(scope="session")
def credential(authority: ThrowawayAuthority) -> Credential:
    """The certificate that was registered with FACe; it also signs invoices."""
    return authority.issue("12345678Z", organization_nif=SELLER)


@pytest.fixture(scope="session")
def trust(authority: ThrowawayAuthority) -> TrustStore:
    return TrustStore((authority.root,), (authority.intermediate,))


@pytest.fixture(scope="session")
def signed(credential: Credential) -> Make:
    """Sign an invoice; the arguments are those of :func:`unsigned`."""

    def make(number: str = "17", *, signer: Credential = credential, **options: object) -> bytes:
        xml = unsigned(number, **options)  # type: ignore[arg-type]  # handed on
        return facturae.sign(xml, signer, clock=lambda: NOW)

    return make


@pytest.fixture
def unsigned_invoice() -> bytes:
    return unsigned()


@pytest.fixture
def submission(signed: Make) -> Submission:
    return Submission("17.xsig", signed(), "ana@example.org")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def service(clock: VirtualClock, trust: TrustStore) -> Service:
    return Service(clock, trust)


@dataclass
class Memory(BaseTransport):
    """Hands requests to the sandbox without a network, and remembers them."""

    service: Service
    requests: list[Request] = field(default_factory=list)

    def handle_request(self, request: Request) -> Response:
        self.requests.append(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        call = Call(request.method, url.path, url.query.decode(), headers, request.read())
        answer = self.service.screen(call) or self.service.answer(call)
        shown = {"content-type": answer.media_type, **answer.headers}
        return Response(answer.status, headers=shown, content=answer.body)


@pytest.fixture
def environment() -> Environment:
    return local("https://face.test")


Connect = Callable[..., Client]


@pytest.fixture
def connect(service: Service, credential: Credential, clock: VirtualClock) -> Connect:
    """Make a client of the sandbox in memory."""

    def connect(
        api: Api,
        signer: Credential = credential,
        *,
        to: Service = service,
        at: Callable[[], datetime] = clock,
    ) -> Client:
        return Client(
            api,
            signer,
            transport=Memory(to),
            clock=at,
            sleep=clock.advance,
            patience=Patience(delay_share=lambda: 1.0),
        )

    return connect
