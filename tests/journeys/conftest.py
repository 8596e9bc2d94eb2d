"""A company inside a running server, and the agency's sandbox beside it."""

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from aeat_sii import sandbox
from aeat_sii.sandbox import Fault
from aeat_sii.sandbox.server import RunningSandbox
from einvoice_core.testing.authority import ThrowawayAuthority, write_pkcs12
from reference_server.app import create_app
from reference_server.settings import AgencyEnvironment, Settings

SELLER = "B28015865"
BUYER = "B12345674"
PASSWORD = "una frase larga"  # noqa: S105 - of an invented user

Clock = Callable[[], datetime]


def party(nif: str, name: str) -> dict[str, Any]:
    """Describe a company as the API takes it."""
    return {
        "tax_identification": {"person_type": "J", "residence_type": "R", "nif": nif},
        "legal_entity": {
            "corporate_name": name,
            "address_in_spain": {
                "street": "Calle Inventada 1",
                "post_code": "28001",
                "town": "Madrid",
                "province": "Madrid",
                "country": "ESP",
            },
        },
    }


@dataclass
class Agency:
    """The sandbox, and the faults that it is about to play."""

    running: RunningSandbox
    faults: list[Fault | None] = field(default_factory=list)

    @property
    def authority(self) -> ThrowawayAuthority:
        return self.running.authority

    def plan(self) -> Fault | None:
        return self.faults.pop(0) if self.faults else None


@dataclass
class Office:
    """One user of one company, in front of the API."""

    client: TestClient
    token: str
    email: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> Any:
        return self.call("PUT", path, **options)

    def open_series(self, code: str = "A") -> None:
        assert self.post("/invoices/series", json={"code": code}).status_code == 201

    def add_client(self, nif: str = BUYER, name: str = "Comercial de Ejemplo, S.A.") -> str:
        answer = self.post("/clients", json={"party": party(nif, name)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def draft(self, client_id: str, series: str = "A", **changes: Any) -> dict[str, Any]:
        body = {
            "client_id": client_id,
            "series": series,
            "lines": [{"description": "Mesa", "unit_price": "100.00", "quantity": "2"}],
            **changes,
        }
        answer = self.post("/invoices", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def issue(self, invoice_id: str) -> dict[str, Any]:
        answer = self.post(f"/invoices/{invoice_id}/issue")
        assert answer.status_code == 200, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    def issue_one(self) -> dict[str, Any]:
        """Open what an invoice needs, and issue one."""
        self.open_series()
        return self.issue(self.draft(self.add_client())["id"])


@dataclass
class House:
    """Servers over one data folder, and the companies registered in them."""

    folder: Path
    agency: Agency
    stack: ExitStack

    def settings(self, **changes: Any) -> Settings:
        roots = self.folder / "roots.pem"
        roots.write_bytes(self.agency.authority.pem)
        chosen = {
            "data_dir": self.folder / "data",
            "agency": AgencyEnvironment.SANDBOX,
            "agency_url": self.agency.running.url,
            "agency_roots": roots,
            "deliver": False,
            **changes,
        }
        return Settings(**chosen)

    def app(self, clock: Clock = lambda: datetime.now(UTC), **changes: Any) -> FastAPI:
        return create_app(self.settings(**changes), clock=clock)

    def start(self, clock: Clock = lambda: datetime.now(UTC), **changes: Any) -> TestClient:
        client = TestClient(self.app(clock, **changes), raise_server_exceptions=False)
        return self.stack.enter_context(client)

    def register(
        self, client: TestClient, email: str = "ana@example.org", nif: str = SELLER
    ) -> Office:
        body = {"party": party(nif, "Pruebas, S.L."), "email": email, "password": PASSWORD}
        answer = client.post("/api/v1/auth/companies", json=body)
        assert answer.status_code == 201, answer.text
        office = self.log_in(client, email)
        credential = self.agency.authority.issue(organization_nif=nif, organization="Pruebas, S.L.")
        data = base64.b64encode(write_pkcs12(credential, "p12")).decode()
        stored = office.put("/auth/certificate", json={"pkcs12": data, "password": "p12"})
        assert stored.status_code == 200, stored.text
        return office

    def log_in(self, client: TestClient, email: str = "ana@example.org") -> Office:
        answer = client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Office(client, answer.json()["access_token"], email)


@pytest.fixture(scope="session")
def running_agency() -> Iterator[Agency]:
    made: list[Agency] = []
    authority = ThrowawayAuthority(keys="ec")
    with sandbox.serve(
        authority=authority, wait_s=0, faults=lambda: made[0].plan()
    ) as running:
        made.append(Agency(running))
        yield made[0]


@pytest.fixture
def agency(running_agency: Agency) -> Agency:
    running_agency.faults.clear()
    running_agency.running.service.register.forget()
    return running_agency


@pytest.fixture
def house(tmp_path: Path, agency: Agency) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path, agency, stack)


@pytest.fixture
def office(house: House) -> Office:
    return house.register(house.start())
