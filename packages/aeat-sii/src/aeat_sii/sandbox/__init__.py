"""A sandbox that plays the tax agency on this machine: VERI*FACTU, SII, census, and QR page.

It judges what it receives with its own reading of the agency's documents and shares none with the
client: it has its own table of the structure, its own fingerprint and its own checks.

::

    with sandbox.serve(clock=clock) as agency:
        credential = agency.authority.issue("12345678Z", "ANA PRUEBAS DEMO")
        client = verifactu.Client(credential, environment=local(agency.url), ...)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from aeat_sii.clock import now
from aeat_sii.sandbox.app import (
    CENSUS_PATH,
    QR_PATHS,
    REQUESTED_PATH,
    SII_PATHS,
    VERIFACTU_PATH,
    create_app,
)
from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.register import Key, Register, State, Stored
from aeat_sii.sandbox.service import DEFAULT_WAIT_S, Service
from aeat_sii.sandbox.sii import SiiService
from einvoice_core.testing.service import Fault, Plan, no_faults, scripted, seeded

if TYPE_CHECKING:
    from aeat_sii.sandbox.server import RunningSandbox
    from einvoice_core.testing.authority import ThrowawayAuthority

__all__ = [
    "CENSUS_PATH",
    "QR_PATHS",
    "REQUESTED_PATH",
    "SII_PATHS",
    "VERIFACTU_PATH",
    "Fault",
    "Key",
    "Knowledge",
    "Register",
    "Service",
    "SiiService",
    "State",
    "Stored",
    "create_app",
    "no_faults",
    "scripted",
    "seeded",
    "serve",
]


@contextmanager
def serve(
    *,
    service: Service | None = None,
    sii: SiiService | None = None,
    clock: Callable[[], datetime] = now,
    wait_s: int = DEFAULT_WAIT_S,
    faults: Plan = no_faults,
    slow_s: int = 3,
    authority: "ThrowawayAuthority | None" = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> "Iterator[RunningSandbox]":
    """Run the sandbox over HTTPS, asking every caller for a certificate.

    Args:
        service: What answers for VERI*FACTU; by default one made of ``clock`` and ``wait_s``.
        sii: What answers for SII; by default one with the clock, the knowledge and the seed of
            ``service``.
        clock: Tells the time of the service, with its zone.
        wait_s: Seconds that each answer asks to wait.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
        authority: Issues the certificates; by default one that lives as long as the block.
        host: Address of this machine to listen on.
        port: 0 takes a free one.

    Yields:
        Where it listens, the authority whose certificates it trusts, and what it holds.

    Raises:
        SandboxError: The address is taken, the server does not start or stop, or uvicorn is not
            installed (``pip install aeat-sii[sandbox]``).
    """
    from aeat_sii.sandbox.server import running
    from einvoice_core.testing.authority import ThrowawayAuthority

    service = service or Service(clock, wait_s=wait_s)
    sii = sii or SiiService.beside(service)
    app = create_app(service, sii, faults=faults, slow_s=slow_s)
    issuing = authority or ThrowawayAuthority(keys="ec", clock=clock)
    with running(app, service, sii, issuing, host, port) as sandbox:
        yield sandbox
