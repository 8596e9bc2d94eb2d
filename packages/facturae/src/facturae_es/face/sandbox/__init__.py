"""A sandbox that plays FACe and FACeB2B on this machine.

It judges what it receives with its own reading of the manuals and shares no rule and no client with
the library: its own look at the document, its own policy of signatures, its own table of states.

::

    with sandbox.serve() as face:
        credential = face.authority.issue("12345678Z", "ANA PRUEBAS DEMO")
        api = Rest(local(face.url))
        with Client(api, credential, trust=face.authority.pem) as client: ...

Needs ``facturae-es[sandbox]``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from einvoice_core.certificates import TrustStore
from einvoice_core.testing import service as shell
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import (
    AsgiApp,
    ClientCertificates,
    Fault,
    Plan,
    no_faults,
    scripted,
    seeded,
)
from facturae_es.face.sandbox.directory import RELATIONS, Unit, UnitRelation
from facturae_es.face.sandbox.register import Held, Register, StateError
from facturae_es.face.sandbox.service import Service

__all__ = [
    "RELATIONS",
    "Fault",
    "Held",
    "Plan",
    "Register",
    "RunningSandbox",
    "Service",
    "StateError",
    "Unit",
    "UnitRelation",
    "create_app",
    "no_faults",
    "scripted",
    "seeded",
    "serve",
]


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers.

    Args:
        url: Scheme, host and port; :func:`facturae_es.face.local` makes an environment of it.
        authority: Issues the certificates that the sandbox trusts, and its own.
        service: What answers; ``service.register`` holds the invoices and walks their states.
    """

    url: str
    authority: ThrowawayAuthority
    service: Service


def create_app(service: Service, *, faults: Plan = no_faults, slow_s: float = 3) -> AsgiApp:
    """Make the ASGI application.

    Args:
        service: What answers.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
    """
    return shell.create_app(
        service.answer,
        faults=faults,
        slow_s=slow_s,
        screen=service.screen,
        failed=service.failed,
        max_request=service.max_request,
    )


@contextmanager
def serve(
    *,
    service: Service | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    faults: Plan = no_faults,
    slow_s: float = 3,
    authority: ThrowawayAuthority | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Run the sandbox over HTTPS; callers are known by what they sign, as at FACe.

    Args:
        service: What answers; by default one that trusts the authority.
        clock: Tells the time of the service, with its zone.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
        authority: Issues the certificates; by default one that lives as long as the block.
        host: Address of this machine to listen on.
        port: 0 takes a free one.

    Raises:
        DoubleError: The address is taken, the server does not start or stop, or uvicorn is not
            installed.
    """
    issuing = authority or ThrowawayAuthority(clock=clock)
    answering = service or Service(clock, TrustStore((issuing.root,), (issuing.intermediate,)))
    app = create_app(answering, faults=faults, slow_s=slow_s)
    anybody = ClientCertificates.IGNORED
    with shell.serve(
        app, issuing, host=host, port=port, certificates=anybody, name="FACe sandbox"
    ) as double:
        yield RunningSandbox(double.url, issuing, answering)
