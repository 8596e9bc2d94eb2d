"""A sandbox that plays the Spanish public solution on this machine.

The agency has published neither its services nor its errors: the addresses, the JSON and the codes
here are ours, and only what the Orden says of admission, order and states is to be relied on. The
sandbox reads documents for itself and shares no rule and no table of states with the library.

::

    with sandbox.serve() as double:
        seller = double.authority.issue("12345678Z", "ANA PRUEBAS DEMO")
        with LocalSolution(double.url, seller, trust=double.authority.pem) as solution: ...

Needs ``ubl-peppol[sandbox]``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from einvoice_core.testing import service as shell
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import AsgiApp, Fault, Plan, no_faults, scripted, seeded
from ubl_peppol.spfe.sandbox.documents import Code, Reason
from ubl_peppol.spfe.sandbox.register import Entry, Register
from ubl_peppol.spfe.sandbox.service import Service

__all__ = [
    "Code",
    "Entry",
    "Fault",
    "Plan",
    "Reason",
    "Register",
    "RunningSandbox",
    "Service",
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
        url: Scheme, host and port.
        authority: Issues the certificates that the sandbox trusts, and its own.
        service: What answers; ``service.register`` holds the invoices and their states.
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
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    representatives: Mapping[str, tuple[str, ...]] | None = None,
    faults: Plan = no_faults,
    slow_s: float = 3,
    authority: ThrowawayAuthority | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Run the sandbox over HTTPS with client certificates.

    Args:
        clock: Tells the time of the service, with its zone.
        representatives: NIF of somebody → NIFs of those who may act for them.
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
    answering = Service(clock, representatives or {})
    app = create_app(answering, faults=faults, slow_s=slow_s)
    with shell.serve(app, issuing, host=host, port=port, name="SPFE sandbox") as double:
        yield RunningSandbox(double.url, issuing, answering)
