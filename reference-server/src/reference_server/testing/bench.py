"""A server in process beside a sandbox of the tax agency, and a company that uses both."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient

from aeat_sii import sandbox
from aeat_sii.sandbox.server import RunningSandbox
from reference_server.app import create_app
from reference_server.settings import AgencyEnvironment, Settings

__all__ = ["BUYER", "PASSWORD", "SELLER", "Bench", "company", "running"]

SELLER = "A58818501"
BUYER = "B12345674"
PASSWORD = "correct horse battery"  # noqa: S105 - of an invented user


def company(nif: str, name: str) -> dict[str, Any]:
    """Make the JSON of a party that is a company."""
    return {
        "tax_identification": {"person_type": "J", "residence_type": "R", "nif": nif},
        "legal_entity": {
            "corporate_name": name,
            "address_in_spain": {
                "street": "Calle Mayor 1",
                "post_code": "28013",
                "town": "Madrid",
                "province": "Madrid",
                "country": "ESP",
            },
        },
    }


@dataclass(frozen=True, slots=True)
class Bench:
    """A running server and what plays the agency for it."""

    app: FastAPI
    http: TestClient
    agency: RunningSandbox
    settings: Settings

    def register(self, email: str = "ana@example.test", nif: str = SELLER) -> dict[str, str]:
        """Register a company with its certificate; return the headers that speak for it."""
        body = {
            "party": company(nif, "Talleres Ñandú, S.L."),
            "email": email,
            "password": PASSWORD,
        }
        self.ok(self.http.post("/api/v1/auth/companies", json=body))
        headers = self.log_in(email)
        credential = self.agency.authority.issue(
            nif="99999972C", name="Ana Prueba", organization_nif=nif
        )
        file = base64.b64encode(credential.to_pkcs12(b"secret")).decode()
        self.ok(
            self.http.put(
                "/api/v1/auth/certificate",
                headers=headers,
                json={"pkcs12": file, "password": "secret"},
            )
        )
        return headers

    def log_in(self, email: str = "ana@example.test", password: str = PASSWORD) -> dict[str, str]:
        """Return the headers that speak for a user."""
        answer = self.ok(
            self.http.post("/api/v1/auth/login", json={"email": email, "password": password})
        )
        return {"authorization": f"Bearer {answer['access_token']}"}

    def client(self, headers: dict[str, str], nif: str = BUYER) -> str:
        """Add a customer and return its id."""
        body = {"party": company(nif, "Cliente, S.A.")}
        answer = self.ok(self.http.post("/api/v1/clients", headers=headers, json=body))
        return str(answer["id"])

    def series(self, headers: dict[str, str], code: str = "F") -> str:
        """Open a series."""
        self.ok(self.http.post("/api/v1/invoices/series", headers=headers, json={"code": code}))
        return code

    def draft(
        self, headers: dict[str, str], client_id: str, series: str = "F", **changes: object
    ) -> str:
        """Add a draft of one line of 100 euros and return its id."""
        body = {
            "client_id": client_id,
            "series": series,
            "lines": [{"description": "Revisión", "unit_price": "100.00"}],
            **changes,
        }
        return str(self.ok(self.http.post("/api/v1/invoices", headers=headers, json=body))["id"])

    def issue(self, headers: dict[str, str], invoice_id: str) -> dict[str, Any]:
        """Issue a draft."""
        return self.ok(self.http.post(f"/api/v1/invoices/{invoice_id}/issue", headers=headers))

    @staticmethod
    def ok(answer: httpx2.Response) -> dict[str, Any]:
        """Return the JSON of an answer that is not a problem."""
        if answer.status_code >= 400:
            raise AssertionError(f"{answer.status_code}: {answer.text}")
        value: dict[str, Any] = answer.json()
        return value


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(
    folder: Path,
    *,
    clock: Callable[[], datetime] = _now,
    faults: Callable[[], sandbox.Fault | None] = sandbox.no_faults,
) -> Iterator[Bench]:
    """Run a server and a sandbox until the block ends; nothing is delivered on its own.

    Args:
        folder: For database, files and keys.
        clock: The present, for the server.
        faults: What the sandbox plays, as :func:`aeat_sii.sandbox.serve` takes it.
    """
    with sandbox.serve(faults=faults) as agency:
        roots = folder / "agency.pem"
        roots.write_bytes(agency.authority.pem)
        settings = Settings(
            data_dir=folder / "data",
            agency=AgencyEnvironment.SANDBOX,
            agency_url=agency.url,
            agency_roots=roots,
            deliver=False,
        )
        app = create_app(settings, clock)
        with TestClient(app) as http:
            yield Bench(app, http, agency, settings)
