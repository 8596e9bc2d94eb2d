"""A local double of VIES: answers as the service does, from a table, for tests and demonstrations.

Needs the extra ``http``.
"""

import json
from collections.abc import Iterable, Mapping

from einvoice_core import http

__all__ = ["Vies"]


class Vies(http.BaseTransport):
    """Plays the service without a network.

    Args:
        issued: The numbers that exist, each with the name of its holder.
        down: Prefixes of the Member States that do not answer.
    """

    def __init__(self, issued: Mapping[str, str], down: Iterable[str] = ()) -> None:
        self._issued = dict(issued)
        self._down = frozenset(down)
        self.asked: list[str] = []

    def handle_request(self, request: http.Request) -> http.Response:
        """Answer one question."""
        question = json.loads(request.read())
        number = question["countryCode"] + question["vatNumber"]
        self.asked.append(number)
        if question["countryCode"] in self._down:
            fault = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
            return http.Response(200, json=fault)
        holder = self._issued.get(number)
        asked_by = question.get("requesterNumber")
        told = {
            "countryCode": question["countryCode"],
            "vatNumber": question["vatNumber"],
            "valid": holder is not None,
            "requestIdentifier": f"WAPIAAAA{len(self.asked):08d}" if asked_by else "",
            "name": holder or "---",
            "address": "---",
        }
        return http.Response(200, json=told)
