"""How one service calls another: an HTTP client bound to the application itself.

The callee authorises the caller as if the request had come from outside. No link is called while
a transaction is open: with one writer, a request that holds it and waits for another one waits for
itself.
"""

from typing import Any

import httpx2
from fastapi import Request

from reference_server.database import in_transaction
from reference_server.errors import ConflictError, NotFoundError, ServerError

__all__ = ["Link"]


class Link:
    """The way from one service to the others, on behalf of the caller of a request."""

    def __init__(self, request: Request) -> None:
        self._app = request.app
        self._authorization = request.headers.get("authorization", "")

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON of another service
        """Return the JSON that another service answers.

        Raises:
            NotFoundError: The other service does not have it, for this caller.
            ConflictError: The other service refuses it in its present state.
            ServerError: The other service failed, or a transaction is open.
        """
        return (await self._get(path)).json()

    async def get_bytes(self, path: str) -> bytes:
        """Return the body that another service answers; raises as :meth:`get`."""
        return bytes((await self._get(path)).content)

    async def _get(self, path: str) -> httpx2.Response:
        if in_transaction():
            raise ServerError("a link was called while a transaction was open")
        transport = httpx2.ASGITransport(app=self._app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://in-process") as client:
            answer = await client.get(path, headers={"authorization": self._authorization})
        if answer.status_code == 200:
            return answer
        errors = {404: NotFoundError, 409: ConflictError}
        error = errors.get(answer.status_code)
        if error is not None:
            raise error(answer.json()["detail"])
        raise ServerError(f"{path} answered {answer.status_code}")
