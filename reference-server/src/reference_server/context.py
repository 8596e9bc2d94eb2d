"""What routes ask for: the database, the settings and the rest of the application's state."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from aeat_sii import census, sii
from aeat_sii.environments import Environment
from aeat_sii.verifactu.client import Client
from aeat_sii.verifactu.declaration import Declaration
from einvoice_core.certificates import Credential
from facturae_es import face
from reference_server.access_point import Gateway
from reference_server.database import Database
from reference_server.events import Relay
from reference_server.links import Link
from reference_server.observability import Metrics
from reference_server.security import Attempts, Tokens
from reference_server.settings import Settings

__all__ = [
    "AgencyAddresses",
    "AgencyConnect",
    "AgencyConnectFunction",
    "AppClock",
    "AppDeclaration",
    "AppMetrics",
    "AppRelay",
    "AppSettings",
    "AppTokens",
    "As4Gateway",
    "CensusConnect",
    "CensusConnectFunction",
    "Db",
    "FaceConnect",
    "Linked",
    "LoginAttempts",
    "SiiConnect",
    "SiiConnectFunction",
]


AgencyConnectFunction = Callable[[Credential], Client]
"""Opens the agency's service with a certificate."""

CensusConnectFunction = Callable[[Credential], census.Client]
"""Opens the agency's census with a certificate."""

SiiConnectFunction = Callable[[Credential], sii.Client]
"""Opens the services of the SII with a certificate."""


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _tokens(request: Request) -> Tokens:
    tokens: Tokens = request.app.state.tokens
    return tokens


def _attempts(request: Request) -> Attempts:
    attempts: Attempts = request.app.state.attempts
    return attempts


def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def _relay(request: Request) -> Relay:
    relay: Relay = request.app.state.relay
    return relay


def _clock(request: Request) -> Callable[[], datetime]:
    clock: Callable[[], datetime] = request.app.state.clock
    return clock


def _agency(request: Request) -> Environment:
    environment: Environment = request.app.state.agency
    return environment


def _agency_connect(request: Request) -> AgencyConnectFunction:
    connect: AgencyConnectFunction = request.app.state.agency_connect
    return connect


def _census_connect(request: Request) -> CensusConnectFunction:
    connect: CensusConnectFunction = request.app.state.census_connect
    return connect


def _sii_connect(request: Request) -> SiiConnectFunction:
    connect: SiiConnectFunction = request.app.state.sii_connect
    return connect


def _declaration(request: Request) -> Declaration | None:
    made: Declaration | None = request.app.state.declaration
    return made


def _face(request: Request) -> Callable[[Credential], tuple[face.Rest | face.Soap, face.Client]]:
    connect: Callable[[Credential], tuple[face.Rest | face.Soap, face.Client]]
    connect = request.app.state.face
    return connect


def _gateway(request: Request) -> Gateway | None:
    gateway: Gateway | None = request.app.state.as4
    return gateway


As4Gateway = Annotated[Gateway | None, Depends(_gateway)]
AppRelay = Annotated[Relay, Depends(_relay)]
AppClock = Annotated[Callable[[], datetime], Depends(_clock)]
FaceConnect = Annotated[
    Callable[[Credential], tuple[face.Rest | face.Soap, face.Client]], Depends(_face)
]
CensusConnect = Annotated[CensusConnectFunction, Depends(_census_connect)]
SiiConnect = Annotated[SiiConnectFunction, Depends(_sii_connect)]
AgencyConnect = Annotated[AgencyConnectFunction, Depends(_agency_connect)]
AppDeclaration = Annotated[Declaration | None, Depends(_declaration)]
AgencyAddresses = Annotated[Environment, Depends(_agency)]
Db = Annotated[Database, Depends(_database)]
AppSettings = Annotated[Settings, Depends(_settings)]
AppTokens = Annotated[Tokens, Depends(_tokens)]
AppMetrics = Annotated[Metrics, Depends(_metrics)]
LoginAttempts = Annotated[Attempts, Depends(_attempts)]
Linked = Annotated[Link, Depends(Link)]
