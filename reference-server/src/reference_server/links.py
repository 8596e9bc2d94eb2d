"""How one service calls another: an HTTP client bound to the application itself.

The callee authorises the caller as if the request had come from outside. No link is called while
a transaction is open: with one writer, a request that holds it and waits for another one waits for
itself.
"""

from typing import Any

from fastapi import Request

from einvoice_core import http
from reference_server.database import in_transaction
from reference_server.errors import NotFoundError, ServerError

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
            ServerError: The other service failed, or a transaction is open.
        """
        if in_transaction():
            raise ServerError("a link was called while a transaction was open")
        async with http.in_process(self._app) as client:
            answer = await client.get(path, headers={"authorization": self._authorization})
        if answer.status_code == 404:
            raise NotFoundError(answer.json()["detail"])
        if answer.status_code != 200:
            raise ServerError(f"{path} answered {answer.status_code}")
        return answer.json()
