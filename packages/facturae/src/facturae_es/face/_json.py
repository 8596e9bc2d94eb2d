"""JSON of a stranger: numbers stay exact, and wrong shapes are an answer that is none."""

import json
from decimal import Decimal
from typing import NoReturn, Union

from einvoice_core.http import Reply
from facturae_es.face.errors import AnswerError

__all__ = ["Json", "decode", "items_of", "object_of", "text_of"]

Json = Union[None, bool, int, Decimal, str, list["Json"], dict[str, "Json"]]  # noqa: UP007 - recursive


def decode(reply: Reply) -> Json:
    """Read the body of a reply.

    Raises:
        AnswerError: It is no JSON.
    """
    try:
        text = reply.body.decode("utf-8-sig")
        content: Json = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise AnswerError(
            f"the reply (HTTP {reply.status}) is no JSON: {type(error).__name__}",
            status=reply.status,
            delivery="unknown",
        ) from error
    return content


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def object_of(content: Json) -> dict[str, Json]:
    """Return an object.

    Raises:
        AnswerError: It is something else.
    """
    if not isinstance(content, dict):
        raise AnswerError("the answer has not the shape of the service", delivery="unknown")
    return content


def items_of(content: dict[str, Json], name: str) -> list[Json]:
    """Return a list, empty where it is missing.

    Raises:
        AnswerError: It is something else.
    """
    found = content.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise AnswerError(f"{name} of the answer is no list", delivery="unknown")
    return found


def text_of(content: dict[str, Json], name: str) -> str:
    """Return a text or number as text, empty where it is missing or something else."""
    found = content.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        return ""
    return str(found).strip()
