"""The application: one FastAPI, the routers of the services, one lifespan."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from aeat_sii import sii
from aeat_sii.environments import PRODUCTION, TEST, Environment, local
from aeat_sii.verifactu import declaration as declarations
from facturae_es import face as face_services
from reference_server import health, observability, problems
from reference_server.access_point import open_gateway
from reference_server.database import Database, migrate
from reference_server.errors import ConfigurationError
from reference_server.events import Relay, Worker
from reference_server.security import Attempts, Tokens
from reference_server.services.aeat import router as aeat
from reference_server.services.aeat import service as aeat_service
from reference_server.services.as4 import router as as4
from reference_server.services.as4 import service as as4_service
from reference_server.services.auth import router as auth
from reference_server.services.clients import router as clients
from reference_server.services.face import router as face
from reference_server.services.face import service as face_service
from reference_server.services.invoices import router as invoices
from reference_server.services.invoices.service import SUBMIT
from reference_server.services.peppol import router as peppol
from reference_server.services.storage import router as storage
from reference_server.services.tax import router as tax
from reference_server.settings import AgencyEnvironment, FaceEnvironment, Settings
from reference_server.version import VERSION

__all__ = ["AS4_PATH", "PREFIX", "create_app"]

PREFIX = "/api/v1"
AS4_PATH = "/as4"
"""Where other access points send messages to."""

_ROUTERS = (
    auth.router,
    clients.router,
    invoices.router,
    as4.router,
    tax.router,
    aeat.router,
    face.router,
    peppol.router,
    storage.router,
)


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """Make the application.

    Args:
        settings: By default those of the environment.
        clock: The present, in UTC.

    Raises:
        ConfigurationError: A setting is missing.
        DeclarationError: The declaration lacks something.
    """
    chosen = settings or Settings()
    agency = _agency(chosen)
    declared = chosen.declaration and declarations.load(chosen.declaration.read_bytes())
    migrate(chosen.database)
    database = Database(chosen.database)
    metrics = observability.Metrics()
    roots = chosen.agency_roots.read_bytes() if chosen.agency_roots else None
    connect = aeat_service.connector(agency, roots, clock)
    face_roots = chosen.face_roots.read_bytes() if chosen.face_roots else None
    connect_face = face_service.connector(_face(chosen), face_roots, clock)
    gateway = open_gateway(chosen, clock)
    handlers = {
        as4_service.SEND: as4_service.sender(database, gateway, clock),
        SUBMIT: aeat_service.submitter(database, chosen, metrics, connect, clock),
        face_service.SUBMIT: face_service.submitter(database, chosen, connect_face, clock),
    }
    relay = Relay(database, handlers, clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        worker = Worker(relay) if chosen.deliver else None
        if worker:
            worker.start()
        try:
            yield
        finally:
            if worker:
                worker.stop()
            if gateway:
                gateway.close()
            database.close()

    # The page of the API loads nothing from elsewhere: servers of invoices may have no way out.
    app = FastAPIOffline(title="einvoice", version=VERSION, lifespan=lifespan)
    app.state.settings = chosen
    app.state.database = database
    app.state.tokens = Tokens(chosen, clock)
    app.state.attempts = Attempts(chosen.login_attempts)
    app.state.metrics = metrics
    app.state.relay = relay
    app.state.clock = clock
    app.state.agency = agency
    app.state.agency_connect = connect
    app.state.census_connect = aeat_service.census_connector(agency, roots)
    app.state.sii_connect = aeat_service.sii_connector(_sii(chosen), roots)
    app.state.declaration = declared
    app.state.face = connect_face
    app.state.as4 = gateway
    problems.install(app)
    observability.install(app, metrics, chosen.max_body_bytes)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    if gateway:
        app.mount(AS4_PATH, gateway.app(database, clock))
    return app


def _agency(settings: Settings) -> Environment:
    if settings.agency is AgencyEnvironment.SANDBOX:
        if not settings.agency_url:
            raise ConfigurationError("EINVOICE_AGENCY_URL is missing: where is the sandbox?")
        return local(settings.agency_url)
    return PRODUCTION if settings.agency is AgencyEnvironment.PRODUCTION else TEST


def _sii(settings: Settings) -> sii.Place:
    if settings.agency is AgencyEnvironment.SANDBOX:
        return sii.local(settings.agency_url)
    return sii.PRODUCTION if settings.agency is AgencyEnvironment.PRODUCTION else sii.TEST


def _face(settings: Settings) -> face_services.Environment:
    if settings.face is FaceEnvironment.SANDBOX:
        if not settings.face_url:
            raise ConfigurationError("EINVOICE_FACE_URL is missing: where is the sandbox of FACe?")
        return face_services.local(settings.face_url)
    is_real = settings.face is FaceEnvironment.PRODUCTION
    return face_services.production() if is_real else face_services.staging()
