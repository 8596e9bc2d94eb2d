"""A timestamp authority over HTTP.

Source: RFC 3161, section 3.4. It needs ``einvoice-core[http]``.
"""

import secrets
from collections.abc import Callable

from einvoice_core import http
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.timestamp import _messages as messages
from einvoice_core.signing.timestamp._messages import REPLY_TYPE, REQUEST_TYPE, Token
from einvoice_core.signing.timestamp.errors import NotGrantedError

__all__ = ["TimestampService"]

_MAX_BYTES = 1024 * 1024
_DEADLINE_S = 30.0


class TimestampService:
    """Asks an authority for timestamps.

    Args:
        url: Of the authority.
        client: From :func:`einvoice_core.http.client`; whoever made it closes it.
        policy: Identifier of the policy to ask for.
        nonce: Makes the number that a token must repeat.
    """

    def __init__(
        self,
        url: str,
        client: http.Client,
        *,
        policy: str = "",
        nonce: Callable[[], int] = lambda: secrets.randbits(64),
    ) -> None:
        self._url, self._client, self._policy, self._nonce = url, client, policy, nonce

    def stamp(self, data: bytes, digest: DigestAlgorithm = DigestAlgorithm.SHA256) -> Token:
        """Have octets timestamped; only their digest is sent.

        Args:
            data: The octets.
            digest: Algorithm of the digest.

        Raises:
            TransportError: No answer came.
            NotGrantedError: The authority refuses.
            TimestampUnreadable: It answers something else.
        """
        query = messages.request(data, digest=digest, nonce=self._nonce(), policy=self._policy)
        headers = {"content-type": REQUEST_TYPE, "accept": REPLY_TYPE}
        request = self._client.build_request("POST", self._url, content=query, headers=headers)
        reply = http.send(self._client, request, max_bytes=_MAX_BYTES, deadline_s=_DEADLINE_S)
        if reply.status != 200:
            raise NotGrantedError(
                f"the timestamp authority answers with HTTP {reply.status}",
                status=f"HTTP {reply.status}",
                failure="",
            )
        return messages.read_response(reply.body, query)
