"""From a record to text: start tags and end tags are made once per class, values are escaped."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from einvoice_core.records import RawXml, Record
from einvoice_core.xml.binding._escaping import (
    declaration,
    escape_attribute,
    escape_text,
)
from einvoice_core.xml.binding._plan import (
    XML,
    XSI,
    Level,
    Plan,
    Slot,
    plan_of,
    root_tag,
    slots_of,
    walk,
)
from einvoice_core.xml.errors import WriteRefused, XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["Document", "Writer", "document"]

Put = Callable[[str], None]
Step = Callable[[dict[str, Any], Put], None]


class _Start(str):
    """A start tag whose end tag comes later; :func:`indented` goes in after it."""

    __slots__ = ()


class Writer:
    """Writes records with one set of prefixes.

    Args:
        prefixes: Namespace → prefix; empty for the default namespace.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes
        self._default = "" in prefixes.values()
        self._steps: dict[int, list[Step]] = {}

    def record(self, tag: str, plan: Plan, declarations: str = "") -> Callable[[Any, Put], None]:
        """Make the function that writes a record as an element."""
        name = self.name(tag)
        start, end = _Start(f"<{name}{declarations}>"), f"</{name}>"
        opening = f"<{name}{declarations}"
        attributes = [
            (slot.field, f' {self.name(slot.tag, attribute=True)}="', slot.encode)
            for slot in plan.attributes.values()
        ]
        text = plan.text
        steps = self._steps_of(plan)

        def attributes_of(values: dict[str, Any]) -> str:
            parts = [opening]
            for field, before, encode in attributes:
                value = values[field]
                if value is not None:
                    parts += (before, escape_attribute(encode(value)), '"')
            return "".join(parts)

        def write(record: Any, put: Put) -> None:  # noqa: ANN401 - a record of the plan
            if type(record) is not plan.record:
                raise TypeError(f"{type(record).__name__} stands where {plan.record.__name__} is")
            values = record.__dict__
            if text is not None:
                value = values[text.field]
                content = "" if value is None else escape_text(text.encode(value))
                put(f"{attributes_of(values)}>{content}{end}")
                return
            put(_Start(attributes_of(values) + ">") if attributes else start)
            for step in steps:
                step(values, put)
            put(end)

        return write

    def _steps_of(self, plan: Plan) -> list[Step]:
        """Make the steps of a record once; the list fills later, since records may be recursive."""
        steps = self._steps.get(id(plan))
        if steps is None:
            steps = self._steps[id(plan)] = []
            steps.extend(self._level(plan.content))
        return steps

    def _level(self, level: Level) -> Iterator[Step]:
        by_field: dict[str, list[Slot]] = {}
        for slot in level.ordered:
            by_field.setdefault(slot.field, []).append(slot)
        for field, slots in by_field.items():
            if slots[0].level is not None:
                yield self._wrapper(slots[0], slots[0].level)
            else:
                yield _step(field, self._item(slots), many=slots[0].many)

    def _item(self, slots: list[Slot]) -> Callable[[Any, Put], None]:
        """Make the function that writes one value of a field."""
        if len(slots) == 1:
            slot = slots[0]
            if slot.kind == "raw":
                return self._raw
            if slot.kind == "value":
                return self._value(slot)
            return self._nested(slot)
        by_type: dict[type, Callable[[Any, Put], None]] = {
            slot.record or RawXml: self._nested(slot) if slot.record else self._raw
            for slot in slots
        }

        def write(value: Any, put: Put) -> None:  # noqa: ANN401 - one of the union
            by_type[type(value)](value, put)

        return write

    def _nested(self, slot: Slot) -> Callable[[Any, Put], None]:
        made: list[Callable[[Any, Put], None]] = []

        def write(value: Any, put: Put) -> None:  # noqa: ANN401 - a record of the slot
            if not made:
                made.append(self.record(slot.tag, slot.plan))
            made[0](value, put)

        return write

    def _value(self, slot: Slot) -> Callable[[Any, Put], None]:
        name = self.name(slot.tag)
        start, end = f"<{name}>", f"</{name}>"
        encode = slot.encode

        def write(value: Any, put: Put) -> None:  # noqa: ANN401 - of the codec
            text = encode(value)
            if "&" in text or "<" in text or ">" in text or "\r" in text:
                text = escape_text(text)
            put(f"{start}{text}{end}")

        return write

    def _raw(self, value: str, put: Put) -> None:
        if value[:1] != "<" or value[1:2] in ("!", "?"):
            raise WriteRefused("a kept element must begin with its start tag")
        try:
            parse(value.encode())
        except (XmlRefused, UnicodeEncodeError) as error:
            raise WriteRefused(f"a kept element is not XML: {error}") from error
        put(_in_no_default(value) if self._default else value)

    def _wrapper(self, slot: Slot, level: Level) -> Step:
        name = self.name(slot.tag)
        start, end = _Start(f"<{name}>"), f"</{name}>"
        steps = list(self._level(level))
        fields = [inner.field for inner in slots_of(level) if inner.level is None]
        nullable = {inner.field for inner in slots_of(level)} & set(level.nullable)

        def write(values: dict[str, Any], put: Put) -> None:
            for field in fields:
                value = values[field]
                if value is not None and (value != () or field in nullable):
                    break
            else:
                return
            put(start)
            for step in steps:
                step(values, put)
            put(end)

        return write

    def name(self, tag: str, *, attribute: bool = False) -> str:
        """Return a name with its prefix."""
        if not tag.startswith("{"):
            if self._default and not attribute:
                raise WriteRefused(
                    f"{tag} is in no namespace: give the others a prefix instead of the default"
                )
            return tag
        namespace, _, local = tag[1:].partition("}")
        prefix = self._prefixes[namespace]
        if attribute and not prefix:
            raise WriteRefused(f"the attribute {local} needs a prefix for {namespace!r}")
        return f"{prefix}:{local}" if prefix else local


def _step(field: str, item: Callable[[Any, Put], None], *, many: bool) -> Step:
    def one(values: dict[str, Any], put: Put) -> None:
        value = values[field]
        if value is not None:
            item(value, put)

    def each(values: dict[str, Any], put: Put) -> None:
        for value in values[field] or ():
            item(value, put)

    return each if many else one


_START_TAG = re.compile(r"<[^\s/>]+((?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)")
_DEFAULT = re.compile(r"\sxmlns\s*=")


def _in_no_default(text: str) -> str:
    """Keep an element out of a default namespace that it was not written in."""
    start = _START_TAG.search(text)
    if start is None or _DEFAULT.search(start[1]):
        return text
    return f'{text[: start.start(1)]} xmlns=""{text[start.start(1) :]}'


@dataclass(frozen=True, slots=True)
class Document:
    """How a record is written as a whole document.

    Attributes:
        record: Writes it, beginning with its start tag.
        head: The first part of that start tag.
        made: Prefixes of ours, and their declarations, which belong after the head when used.
    """

    record: Callable[[Any, Put], None]
    head: str
    made: tuple[tuple[str, str], ...]

    def text(self, record: Record, *, indent: bool) -> str:
        """Write a record."""
        parts: list[str] = []
        self.record(record, parts.append)
        text = indented(parts) if indent else "".join(parts)
        used = [declaration for prefix, declaration in self.made if f"{prefix}:" in text]
        return f"{self.head}{''.join(used)}{text[len(self.head) :]}" if used else text


@lru_cache(maxsize=256)
def document(record: type[Record], prefixes: tuple[tuple[str, str], ...]) -> Document:
    """Prepare the writing of a class as a whole document."""
    plan = plan_of(record)
    tag = root_tag(record)
    chosen = {XML: "xml"}
    for prefix, namespace in prefixes:
        chosen.setdefault(namespace, prefix)
    made = []
    for number, namespace in enumerate(_namespaces(tag, plan), 1):
        if namespace not in chosen:
            prefix = chosen[namespace] = "xsi" if namespace == XSI else f"ns{number}"
            made.append((prefix, declaration(prefix, namespace)))
    writer = Writer(chosen)
    declared = "".join(declaration(*item) for item in prefixes if item[0] != "xml")
    return Document(
        writer.record(tag, plan, declared), f"<{writer.name(tag)}{declared}", tuple(made)
    )


def _namespaces(tag: str, plan: Plan) -> list[str]:
    """List the namespaces of all names that may be written, each once."""
    tags = [tag]
    for each in walk(plan):
        tags += each.attributes
        tags += (slot.tag for slot in slots_of(each.content) if slot.kind != "raw")
    return list(dict.fromkeys(tag[1:].partition("}")[0] for tag in tags if tag.startswith("{")))


def indented(parts: list[str]) -> str:
    """Join what a writer put, each element on its line; kept elements stay as they are."""
    lines: list[str] = []
    depth = 0
    started = False
    for part in parts:
        ends = part.startswith("</")
        depth -= ends
        if ends and started:
            lines[-1] += part
        else:
            lines.append("  " * depth + part)
        started = isinstance(part, _Start)
        depth += started
    return "\n".join(lines) + "\n"
