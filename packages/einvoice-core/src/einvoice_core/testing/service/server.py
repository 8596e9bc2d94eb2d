"""Runs a double over HTTPS on this machine, in a thread, for as long as a ``with`` lasts.

DoubleError                     double      (the double could not be started or stopped)
"""

import secrets
import signal
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from einvoice_core.certificates import Credential
from einvoice_core.errors import EInvoiceError
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service.app import AsgiApp

if TYPE_CHECKING:
    import uvicorn

__all__ = ["ClientCertificates", "DoubleError", "Running", "serve", "wait_until_interrupted"]

_START_S = 10
_STOP_S = 10


class DoubleError(EInvoiceError):
    """A service double could not be started or stopped."""

    code = "double"


class ClientCertificates(StrEnum):
    """Whether callers have to show a certificate of the authority."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Running:
    """A double that answers.

    Args:
        url: Scheme, host and port.
        authority: Issues the certificates that the double trusts, and its own.
    """

    url: str
    authority: ThrowawayAuthority


@contextmanager
def serve(
    app: AsgiApp,
    authority: ThrowawayAuthority | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: bool = True,
    certificates: ClientCertificates = ClientCertificates.REQUIRED,
    name: str = "double",
) -> Iterator[Running]:
    """Run an application until the block ends; nothing is left behind.

    Args:
        app: The double.
        authority: Issues the server's certificate and is the only one trusted; by default one that
            lives as long as the block.
        host: Address of this machine to listen on.
        port: 0 takes a free one.
        tls: Whether it speaks HTTPS; without, nobody shows a certificate.
        certificates: Whether callers have to show one.
        name: Of the thread, and in messages.

    Raises:
        DoubleError: The address is taken, the server does not start or stop, or uvicorn is not
            installed (``pip install einvoice-core[sandbox]``).
    """
    try:
        import uvicorn

        from einvoice_core.testing.service._protocol import IntroducingProtocol
    except ImportError as error:
        raise DoubleError(f"the {name} needs uvicorn: install einvoice-core[sandbox]") from error

    issuing = authority or ThrowawayAuthority(keys="ec")
    context = _tls(issuing.issue_server(host, "localhost"), issuing, certificates) if tls else None
    config = uvicorn.Config(
        app,
        http=IntroducingProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        interface="asgi3",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_context_factory=(lambda config, default: context) if context else None,
    )
    server = uvicorn.Server(config)
    with _listening(host, port, name) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name=name, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread, name)
            chosen = listener.getsockname()[1]
            shown = f"[{host}]" if ":" in host else host
            yield Running(f"{'https' if tls else 'http'}://{shown}:{chosen}", issuing)
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
    if thread.is_alive():
        raise DoubleError(f"the {name} did not stop within {_STOP_S} s")


def wait_until_interrupted() -> None:
    """Wait for Ctrl-C or SIGTERM, for a command that runs a double; the signals are put back."""
    asked = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: asked.set()) for number in numbers]
    try:
        asked.wait()
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _listening(host: str, port: int, name: str) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, because asyncio sends without delay only where the protocol is: 40 ms an answer.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise DoubleError(
                f"the {name} cannot listen on {host} port {port}: {error.strerror}", port=port
            ) from error
        yield listener


def _wait_for(server: "uvicorn.Server", thread: threading.Thread, name: str) -> None:
    limit = time.monotonic() + _START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise DoubleError(f"the {name} did not start")
        time.sleep(0.01)


def _tls(
    server: Credential, authority: ThrowawayAuthority, certificates: ClientCertificates
) -> ssl.SSLContext:
    """Make a context that asks callers for a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = {
        ClientCertificates.REQUIRED: ssl.CERT_REQUIRED,
        ClientCertificates.OPTIONAL: ssl.CERT_OPTIONAL,
        ClientCertificates.IGNORED: ssl.CERT_NONE,
    }[certificates]
    for certificate in (authority.root, authority.intermediate):
        context.load_verify_locations(cadata=certificate.public_bytes(Encoding.PEM).decode())
    # The ssl module reads keys from files only: this one is encrypted and gone at once.
    password = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "server.pem")
        path.write_bytes(server.to_pem(password.encode()))
        context.load_cert_chain(path, password=password)
    return context
