"""Watches the official gazette for changes that touch our parameters; proposes, never writes.

The client speaks the open-data API of the gazette: the summary of a day and the consolidated text
of an article with its versions. The day from which a version applies may differ from what the
article itself says, so a proposal is read by a person.

Needs the extra ``boe`` (http and xml).

Source:
    https://www.boe.es/datosabiertos/, documentation of the API.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from einvoice_core import http
from einvoice_core.errors import EInvoiceError
from einvoice_core.xml.parsing import parse
from tax_es import parameters
from tax_es._checks import require_day
from tax_es.errors import ServiceError

__all__ = [
    "ADDRESS",
    "Client",
    "Item",
    "Proposal",
    "Version",
    "articles_of",
    "propose",
    "read_block",
    "read_summary",
    "touching",
    "watched",
]

ADDRESS = "https://www.boe.es/datosabiertos/api"
_MAX_BYTES = 8 * 1024 * 1024
_MAX_DEPTH = 40
_REFERENCE = re.compile(r"BOE-A-\d{4}-\d+")
_ARTICLE = re.compile(r"arts?\. ([^;]*)")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the summary of a day.

    Attributes:
        reference: In the gazette, such as ``BOE-A-2026-6544``.
        title: Title.
    """

    reference: str
    title: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article.

    Attributes:
        by: Reference of the norm that wrote it.
        published_on: Day of publication.
        applies_from: Day that the gazette gives; the article may say another.
        text: The words.
    """

    by: str
    published_on: date
    applies_from: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that a person should read.

    Attributes:
        reference: Norm whose text changed, or that is new.
        reason: Why it touches the parameters.
        parameters: Names of the parameters that cite it.
        version: The new version, where one was read.
    """

    reference: str
    reason: str
    parameters: tuple[str, ...]
    version: Version | None = None

    @property
    def patch(self) -> str:
        """What to look at, as text for a review; nothing is written anywhere."""
        lines = [f"# {self.reference}: {self.reason}"]
        lines += [f"#   cited by {name}" for name in self.parameters]
        if self.version:
            lines += [
                f"# published = {self.version.published_on}",
                f"# since     = {self.version.applies_from}  (check what the article says)",
                f"# source    = {self.version.by}",
                *(f"# > {line}" for line in self.version.text.splitlines()[:40]),
            ]
        return "\n".join(lines) + "\n"


def watched() -> Mapping[str, tuple[str, ...]]:
    """Return the norms that parameters cite, each with the names of those parameters."""
    found: dict[str, dict[str, None]] = {}
    for entry in parameters.every():
        for reference in _REFERENCE.findall(entry.source):
            found.setdefault(reference, {})[entry.name] = None
    return {reference: tuple(names) for reference, names in sorted(found.items())}


def articles_of(reference: str) -> tuple[str, ...]:
    """Return the articles of a norm that parameters cite, as their sources write them."""
    found: dict[str, None] = {}
    for entry in parameters.every():
        for part in entry.source.split(";"):
            if reference in part and (match := _ARTICLE.search(part)):
                found[match[1].split(", by ")[0].strip()] = None
    return tuple(found)


def touching(items: Iterable[Item]) -> tuple[Proposal, ...]:
    """Find the entries of a summary that name a watched norm, or are one."""
    norms = watched()
    names = {
        _short(parameters.norm_name(reference)): reference
        for reference in norms
        if parameters.norm_name(reference) != reference
    }
    found: list[Proposal] = []
    for item in items:
        title = item.title.replace("\u00a0", " ")
        for name, reference in names.items():
            if re.search(rf"{re.escape(name)}(?!\d)", title):
                reason = f"{item.reference} names {name}: {item.title}"
                found.append(Proposal(item.reference, reason, norms[reference]))
        if item.reference in norms:
            found.append(Proposal(item.reference, "it is cited", norms[item.reference]))
    return tuple(found)


def _short(name: str) -> str:
    return name.partition(" (")[0]


def propose(reference: str, versions: Iterable[Version], known_on: date) -> tuple[Proposal, ...]:
    """Propose the versions of an article that were published after a day.

    Args:
        reference: The norm.
        versions: Of one of its articles.
        known_on: Day up to which the texts were read.
    """
    require_day(known_on)
    cited = watched().get(reference, ())
    return tuple(
        Proposal(reference, f"changed by {version.by}", cited, version)
        for version in versions
        if version.published_on > known_on
    )


def read_summary(reply: bytes) -> tuple[Item, ...]:
    """Read the summary of a day, in JSON.

    Raises:
        ServiceError: The reply is no summary.
    """
    try:
        told = json.loads(reply)
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"the summary is not JSON: {error}") from error
    if not isinstance(told, dict) or "data" not in told:
        raise ServiceError("the reply is no summary: it has no data")
    return tuple(_items(told["data"], 0))


def _items(node: Any, depth: int) -> Iterator[Item]:  # noqa: ANN401 - JSON holds anything
    """Yield the entries, wherever the summary holds them: one entry is no list there."""
    if depth > _MAX_DEPTH:
        raise ServiceError("the summary is nested too deeply")
    if isinstance(node, list):
        for each in node:
            yield from _items(each, depth + 1)
    elif isinstance(node, dict):
        reference, title = node.get("identificador"), node.get("titulo")
        if isinstance(reference, str) and isinstance(title, str):
            yield Item(reference, title)
        for each in node.values():
            yield from _items(each, depth + 1)


def read_block(reply: bytes) -> tuple[Version, ...]:
    """Read an article with its versions, in XML, the oldest first.

    Raises:
        ServiceError: The reply is no article.
    """
    try:
        root = parse(reply)
    except EInvoiceError as error:
        raise ServiceError(f"the article is not XML: {error.message}") from error
    found: list[Version] = []
    for node in root.iter("version"):
        published = _day(node.get("fecha_publicacion"))
        if published is None:
            raise ServiceError("a version of the article has no day of publication")
        lines = ("".join(map(str, p.itertext())).strip() for p in node.iter("p"))
        text = "\n".join(filter(None, lines))
        by = node.get("id_norma") or ""
        found.append(Version(by, published, _day(node.get("fecha_vigencia")), text))
    if not found:
        raise ServiceError("the reply holds no version of an article")
    return tuple(sorted(found, key=lambda version: version.published_on))


def _day(text: str | None) -> date | None:
    if not text or not re.fullmatch(r"\d{8}", text, re.ASCII):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


class Client:
    """Asks the gazette.

    Args:
        transport: Takes the place of the network, as in tests.
        address: Where the API is.
    """

    def __init__(
        self, *, transport: http.BaseTransport | None = None, address: str = ADDRESS
    ) -> None:
        self._http = http.client(transport=transport)
        self._address = address

    def summary(self, day: date) -> tuple[Item, ...]:
        """Return the summary of a day.

        Raises:
            ServiceError: The gazette has none for that day, or gave no usable answer.
        """
        require_day(day)
        return read_summary(self._get(f"/boe/sumario/{day:%Y%m%d}", "application/json"))

    def article(self, reference: str, block: str) -> tuple[Version, ...]:
        """Return the versions of an article of a consolidated norm.

        Args:
            reference: Of the norm, such as ``BOE-A-1992-28740``.
            block: Identifier of the article, such as ``a90``.

        Raises:
            ServiceError: The gazette gave no usable answer.
        """
        if not _REFERENCE.fullmatch(reference) or not re.fullmatch(r"[\w-]{1,40}", block, re.ASCII):
            raise ServiceError(f"{reference!r} and {block!r} name no article")
        path = f"/legislacion-consolidada/id/{reference}/texto/bloque/{block}"
        return read_block(self._get(path, "application/xml"))

    def _get(self, path: str, accept: str) -> bytes:
        request = self._http.build_request("GET", self._address + path, headers={"Accept": accept})
        try:
            reply = http.send(self._http, request, max_bytes=_MAX_BYTES)
        except http.TransportError as error:
            raise ServiceError(f"the gazette does not answer: {error.code}") from error
        if reply.status != 200:
            raise ServiceError(f"the gazette answers {reply.status}", status=reply.status)
        return reply.body

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
