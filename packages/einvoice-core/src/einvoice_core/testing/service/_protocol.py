"""HTTP/1.1 that tells the application who is calling: uvicorn itself does not."""

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from einvoice_core.testing.service.app import ABORT, AsgiApp, Receive, Scope, Send

__all__ = ["IntroducingProtocol"]


class IntroducingProtocol(H11Protocol):
    """Fills in the TLS extension of ASGI, and offers a way to hang up."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Wrap the application for this connection."""
        super().connection_made(transport)
        self.app = _introduced(self.app, transport)


def _introduced(app: AsgiApp, transport: asyncio.Transport) -> AsgiApp:
    extensions: dict[str, Any] = {ABORT: transport.abort}
    tls = transport.get_extra_info("ssl_object")
    if tls is not None:
        der = tls.getpeercert(binary_form=True)
        extensions["tls"] = {
            "client_cert_chain": [ssl.DER_cert_to_PEM_cert(der)] if der else [],
            "tls_version": tls.version(),
        }

    async def introduced(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), **extensions}
        await app(scope, receive, send)

    return introduced
