"""A test record for each code of SII that the sandbox gives: what provokes it, as data.

``sii_attempts.toml`` says in a few words how each message differs from one that is accepted; here
the messages are made of it. They serve to try out how a program takes each code.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape

from aeat_sii.sandbox import Knowledge, SiiService
from aeat_sii.sandbox.sii.tables import NAMESPACES, OPERATIONS, grammar
from tax_es.ids import nif

__all__ = ["HOLDER", "NOW", "OTHER", "Attempt", "attempts", "message"]

HOLDER = "89890001K"
"""NIF of the taxpayer, and of the certificate unless an attempt says another."""
OTHER = "89890002E"
"""NIF of the other party."""
NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=timezone(timedelta(hours=2)))
"""The clock of the sandbox for which the messages are made."""

_DECLARED = " ".join(f'xmlns:{prefix or "s"}="{space}"' for prefix, space in NAMESPACES.items())
_Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is sent to provoke a code.

    Args:
        code: The agency's code.
        book: Section of the table.
        messages: Envelopes, each with the path of its service and the NIF of the certificate;
            the answer to the last one carries the code.
        known: What the agency has to know for it.
        changes: Its row of the table.
    """

    code: str
    book: str
    messages: tuple[tuple[bytes, str, str | None], ...]
    known: Knowledge
    changes: _Values

    def answers(self) -> Iterator[str]:
        """Send the messages to a new sandbox, and yield what it answers to each."""
        service = SiiService(lambda: NOW, known=self.known)
        for body, path, holder in self.messages:
            yield service.answer(body, holder, path)[1].decode()


@cache
def attempts() -> tuple[Attempt, ...]:
    """Return the attempts of the table, in its order; a code may have several."""
    made = []
    for book, codes in _table().items():
        if book == "base":
            continue
        for code, changes in codes.items():
            before = [
                message(name, more)
                for name, *rest in changes.get("before", ())
                for more in (rest or [{}])
            ]
            last = message(book, changes)
            made.append(Attempt(code, book, (*before, last), _known(changes), changes))
    return tuple(made)


@cache
def _table() -> dict[str, Any]:
    text = resources.files("aeat_sii.testing").joinpath("sii_attempts.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def message(book: str, changes: _Values) -> tuple[bytes, str, str | None]:
    """Make a message.

    Args:
        book: Message of the table to start from.
        changes: As in the table.

    Returns:
        The envelope, the path of its service and the NIF of the certificate.
    """
    base = _table()["base"]
    start = base[book]
    operation = next(o for tag, o in OPERATIONS.items() if tag.endswith("}" + start["root"]))
    values = _copy({key: value for key, value in start.items() if key != "root"})
    values["Cabecera"] = {**_copy(base["header"]), **values.get("Cabecera", {})}
    for path, value in changes.items():
        if path[0].isupper():
            _set(values, _resolved(operation.type, path, values), value)
    prefix = next(p for p, n in NAMESPACES.items() if operation.root.startswith(f"{{{n}}}"))
    root = f"{prefix}:{start['root']}"
    text = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f"<{root} {_DECLARED}>{_content(operation.type, values)}</{root}></e:Body></e:Envelope>"
    )
    for old, new in changes.get("edit", ()):
        if old not in text:
            raise ValueError(f"{old!r} is not in the message {book}")
        text = text.replace(old, new)
    holder = changes.get("holder", HOLDER)
    body = text.encode(changes.get("encoding", "utf-8"))
    return body, changes.get("path", operation.path), holder or None


def _content(type_name: str, source: Any) -> str:  # noqa: ANN401 - a value of a TOML file
    if isinstance(source, str):
        return escape(source)
    parts = []
    for element in grammar().elements(type_name):
        if element.name in source:
            value = source[element.name]
            name = f"{element.prefix or 's'}:{element.name}"
            values = value if isinstance(value, list) else [value]
            parts += [f"<{name}>{_content(element.type, each)}</{name}>" for each in values]
    return "".join(parts)


def _copy(values: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(values, Mapping):
        return {key: _copy(value) for key, value in values.items()}
    return values


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:  # noqa: ANN401 - as above
    *steps, last = path
    here = values
    for step in steps:
        here = here.setdefault(step, {})
    if value is False:
        del here[last]
    elif isinstance(value, dict) and "times" in value:
        one = {key: each for key, each in value.items() if key != "times"}
        here[last] = [one or here[last]] * value["times"]
    else:
        here[last] = value


@cache
def _paths(type_name: str) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for element in grammar().elements(type_name):
        found.append((element.name,))
        found += [(element.name, *path) for path in _paths(element.type)]
    return tuple(found)


def _resolved(type_name: str, stated: str, values: _Values) -> tuple[str, ...]:
    """Return the whole path of an element that is named by the end of its path."""
    end = tuple(stated.split("/"))
    fitting = [path for path in _paths(type_name) if path[-len(end) :] == end]
    if not fitting:
        raise ValueError(f"{stated} is no element of {type_name}")
    return min(fitting, key=lambda path: (-_depth(values, path), len(path)))


def _depth(values: Any, path: tuple[str, ...]) -> int:  # noqa: ANN401 - as above
    """Count the steps of a path that there are, but for the last."""
    depth = 0
    for step in path[:-1]:
        if not isinstance(values, Mapping) or step not in values:
            return -len(path)
        values, depth = values[step], depth + 1
    return 100 if path[-1] in values else depth


def _known(changes: _Values) -> Knowledge:
    strangers, abroad = changes.get("unknown", ()), changes.get("unknown_abroad", ())
    said: dict[str, Callable[..., Any]] = {
        "is_known": lambda text: nif.check(text).valid and text not in strangers,
        "is_known_abroad": lambda text: text not in abroad,
        "may_act_for": lambda holder, taxpayer: holder in changes.get("acts", ()),
        "has_agreement": lambda text: text not in changes.get("no_agreement", ()),
        "may_amend": lambda holder, taxpayer: holder not in changes.get("amends_not", ()),
        "is_suspended": lambda text: text in changes.get("suspended", ()),
        "may_see_totals": lambda holder, taxpayer: holder not in changes.get("sees_not", ()),
        "joined_sii_on": lambda text: changes.get("joined", date(2017, 7, 1)),
    }
    return Knowledge(**said)
