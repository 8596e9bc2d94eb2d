"""Runs the sandbox over HTTPS on this machine, in a thread, for as long as a ``with`` lasts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from aeat_sii.errors import SandboxError
from aeat_sii.sandbox.service import Service
from aeat_sii.sandbox.sii import SiiService
from einvoice_core.testing import service as shell
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import AsgiApp

__all__ = ["RunningSandbox", "running"]


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers.

    Args:
        url: Scheme, host and port; :func:`aeat_sii.environments.local` makes an environment of it.
        authority: Issues the certificates that the sandbox trusts, and its own.
        service: What answers for VERI*FACTU; ``service.register`` holds the records.
        sii: What answers for SII; ``sii.register`` holds the books.
    """

    url: str
    authority: ThrowawayAuthority
    service: Service
    sii: SiiService


@contextmanager
def running(
    app: AsgiApp,
    service: Service,
    sii: SiiService,
    authority: ThrowawayAuthority,
    host: str,
    port: int,
) -> Iterator[RunningSandbox]:
    """Run an application until the block ends; nothing is left behind.

    Args:
        app: From :func:`aeat_sii.sandbox.app.create_app`.
        service: The one for VERI*FACTU inside the application.
        sii: The one for SII inside the application.
        authority: Issues the server's certificate and is the only one trusted.
        host: Address of this machine to listen on.
        port: 0 takes a free one.

    Raises:
        SandboxError: The address is taken, or the server does not start or stop.
    """
    with ExitStack() as stack:
        try:
            double = shell.serve(app, authority, host=host, port=port, name="sandbox")
            started = stack.enter_context(double)
        except shell.DoubleError as error:
            raise SandboxError(error.message, **error.details) from error
        yield RunningSandbox(started.url, authority, service, sii)
