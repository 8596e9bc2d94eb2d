"""Carries a request over HTTPS with a client certificate, and says why there is no answer.

The two thin drivers, one synchronous and one asynchronous, that the clients of every service share.
"""

import ssl

from aeat_sii.conversation import MAX_ANSWER, Request
from aeat_sii.environments import CertificateKind
from aeat_sii.errors import AeatError, CertificateError, ProtocolError, TransportError
from einvoice_core import http
from einvoice_core.certificates import Credential, HolderKind

__all__ = ["TIMEOUT_S", "AsyncExchange", "Exchange", "kind_of"]

TIMEOUT_S = 60
"""Seconds to wait for a service."""


class Exchange:
    """Sends requests and waits for their replies.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
        max_bytes: Size of a reply that is taken.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        trust: bytes | None = None,
        transport: http.BaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER,
    ) -> None:
        self._timeout_s, self._max_bytes = timeout_s, max_bytes
        self._http = http.client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    def send(self, request: Request) -> http.Reply:
        """Send a request and return what comes back.

        Raises:
            TransportError: No answer; ``details["delivery"]`` says what may have happened.
            CertificateError: One side does not take the certificate of the other.
            ProtocolError: The reply is too large.
        """
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            return http.send(
                self._http, message, max_bytes=self._max_bytes, deadline_s=self._timeout_s
            )
        except http.TransportError as error:
            raise _unanswered(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncExchange:
    """Sends requests as :class:`Exchange` does, in an event loop.

    Args:
        credential: Certificate and key of the taxpayer, its representative or its seal.
        trust: Certificates of the authorities that are trusted, as PEM; by default the system's.
        transport: Takes the place of the network.
        timeout_s: Seconds to wait for the service, at most.
        max_bytes: Size of a reply that is taken.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        trust: bytes | None = None,
        transport: http.AsyncBaseTransport | None = None,
        timeout_s: int = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER,
    ) -> None:
        self._timeout_s, self._max_bytes = timeout_s, max_bytes
        self._http = http.async_client(
            credential=credential, trust=trust, transport=transport, timeout=timeout_s
        )

    async def send(self, request: Request) -> http.Reply:
        """Send a request and return what comes back; raises as :meth:`Exchange.send`."""
        message = self._http.build_request(
            "POST", request.url, content=request.body, headers=dict(request.headers)
        )
        try:
            return await http.send_async(
                self._http, message, max_bytes=self._max_bytes, deadline_s=self._timeout_s
            )
        except http.TransportError as error:
            raise _unanswered(error) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def kind_of(credential: Credential) -> CertificateKind:
    """Tell which address a certificate goes to."""
    is_seal = credential.holder.kind is HolderKind.SEAL
    return CertificateKind.SEAL if is_seal else CertificateKind.PERSONAL


def _unanswered(error: http.TransportError) -> AeatError:
    """Say in our terms why there is no answer."""
    details = dict(error.details)
    if isinstance(error, http.TlsError):
        if _is_about_certificates(error):
            return CertificateError(f"no trusted connection: {error.message}", **details)
        # A connection that ends without the farewell of TLS may end in the middle of an answer.
        details["delivery"] = "unknown"
    if isinstance(error, http.ReplyTooLargeError):
        return ProtocolError(error.message, **details)
    return TransportError(f"no answer from the service: {error.message}", **details)


def _is_about_certificates(error: BaseException) -> bool:
    """Whether one side refused the certificate of the other, so that nothing was processed."""
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, ssl.SSLCertVerificationError):
            return True
        if isinstance(current, ssl.SSLError) and "ALERT" in (current.reason or ""):
            return True
        current = current.__cause__ or current.__context__
    return False
