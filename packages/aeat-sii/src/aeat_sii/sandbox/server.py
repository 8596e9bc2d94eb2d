"""Runs the sandbox over HTTPS on this machine, in a thread, for as long as a ``with`` lasts."""

import asyncio
import secrets
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding
from uvicorn.protocols.http.h11_impl import H11Protocol

from aeat_sii.errors import SandboxError
from aeat_sii.sandbox.app import ABORT, AsgiApp, Receive, Scope, Send
from aeat_sii.sandbox.service import Service
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority

__all__ = ["RunningSandbox", "running"]

_START_S = 10
_STOP_S = 10


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers.

    Args:
        url: Scheme, host and port; :func:`aeat_sii.environments.local` makes an environment of it.
        authority: Issues the certificates that the sandbox trusts, and its own.
        service: What answers; ``service.register`` holds the records.
    """

    url: str
    authority: ThrowawayAuthority
    service: Service


class _Protocol(H11Protocol):
    """HTTP/1.1 that tells the application who is calling: uvicorn itself does not."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self.app = _introduced(self.app, transport)


def _introduced(app: AsgiApp, transport: asyncio.Transport) -> AsgiApp:
    """Wrap an application so that its scope has the TLS extension of ASGI, and a way to hang up."""
    tls = transport.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True)
    extensions = {
        "tls": {
            "client_cert_chain": [ssl.DER_cert_to_PEM_cert(der)] if der else [],
            "tls_version": tls.version(),
        },
        ABORT: transport.abort,
    }

    async def introduced(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), **extensions}
        await app(scope, receive, send)

    return introduced


@contextmanager
def running(
    app: AsgiApp, service: Service, authority: ThrowawayAuthority, host: str, port: int
) -> Iterator[RunningSandbox]:
    """Run an application until the block ends; nothing is left behind.

    Args:
        app: From :func:`aeat_sii.sandbox.app.create_app`.
        service: The one inside the application.
        authority: Issues the server's certificate and is the only one trusted.
        host: Address of this machine to listen on.
        port: 0 takes a free one.

    Raises:
        SandboxError: The address is taken, or the server does not start or stop.
    """
    context = _tls(authority.issue_server(host, "localhost"), authority)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        interface="asgi3",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_context_factory=lambda config, default: context,
    )
    server = uvicorn.Server(config)
    with _listening(host, port) as listener:
        thread = threading.Thread(
            target=server.run, args=([listener],), name="aeat-sandbox", daemon=True
        )
        thread.start()
        try:
            _wait_for(server, thread)
            chosen = listener.getsockname()[1]
            shown = f"[{host}]" if ":" in host else host
            yield RunningSandbox(f"https://{shown}:{chosen}", authority, service)
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
    if thread.is_alive():
        raise SandboxError(f"the sandbox did not stop within {_STOP_S} s")


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise SandboxError(
                f"the sandbox cannot listen on {host} port {port}: {error.strerror}", port=port
            ) from error
        yield listener


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    limit = time.monotonic() + _START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise SandboxError("the sandbox did not start")
        time.sleep(0.01)


def _tls(server: Credential, authority: ThrowawayAuthority) -> ssl.SSLContext:
    """Make a context that asks every caller for a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    for certificate in (authority.root, authority.intermediate):
        context.load_verify_locations(cadata=certificate.public_bytes(Encoding.PEM).decode())
    # The ssl module reads keys from files only: this one is encrypted and gone at once.
    password = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "server.pem")
        path.write_bytes(server.to_pem(password.encode()))
        context.load_cert_chain(path, password=password)
    return context
