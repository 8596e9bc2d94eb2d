"""From a record to text: one function per class, made from its table when it is first written.

The functions are Python source of ours: names of fields, tags, and nothing of any document. A text
that a function returns is the element with everything inside it.
"""

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

Lines = Iterator[str]
_STEP = "    "


class Writer:
    """Makes the functions that write records with one set of prefixes.

    Args:
        prefixes: Namespace → prefix; empty for the default namespace.
        indent: Whether to put each element on a line of its own. The functions then get the line
            break before their element, with its indentation; kept elements stay as they are.
    """

    def __init__(self, prefixes: dict[str, str], *, indent: bool = False) -> None:
        self._prefixes = prefixes
        self._default = "" in prefixes.values()
        self._indent = indent
        self._functions: dict[tuple[int, str, str], str] = {}
        self._unions: list[tuple[dict[type, Any], type, str]] = []
        self._space: dict[str, Any] = {"raw": self._raw, "stranger": _stranger}

    def record(self, tag: str, plan: Plan, declarations: str = "") -> Callable[..., str]:
        """Make the function that writes a record as an element."""
        name = self._function(tag, plan, declarations)
        for choice, kind, function in self._unions:
            choice[kind] = self._space[function]
        function: Callable[..., str] = self._space[name]
        return function

    def _function(self, tag: str, plan: Plan, declarations: str = "") -> str:
        """Make that function once, and return its name; a recursive record finds its own."""
        key = (id(plan), tag, declarations)
        name = self._functions.get(key)
        if name is None:
            name = self._functions[key] = f"f{len(self._functions)}"
            lines = self._source(name, self.name(tag), plan, declarations)
            source = "\n".join(lines)
            # The source is made of the annotations of a class; no value of a record is in it.
            exec(compile(source, f"<{plan.record.__name__}>", "exec"), self._space)  # noqa: S102
        return name

    def _source(self, function: str, name: str, plan: Plan, declarations: str) -> Lines:
        kind = self._named(plan.record)
        yield f"def {function}(r{', n0' if self._indent else ''}):"
        yield f"{_STEP}if type(r) is not {kind}: stranger(r, {kind})"
        yield f"{_STEP}d = r.__dict__"
        start = [_text(f"<{name}{declarations}")]
        if plan.attributes:
            yield f"{_STEP}a = ''"
            start.append("f'{a}'")
        for slot in plan.attributes.values():
            before = _text(f' {self.name(slot.tag, attribute=True)}="')
            value = f"{self._named(_for_attribute(slot.encode))}(v)"
            yield f"{_STEP}v = d[{slot.field!r}]"
            yield f"{_STEP}if v is not None: a += {before} f'{{{value}}}' '\"'"
        if plan.text is not None:
            yield f"{_STEP}v = d[{plan.text.field!r}]"
            yield f"{_STEP}t0 = '' if v is None else {self._value(plan.text)}"
        else:
            yield f"{_STEP}t0 = ''"
            yield from self._level(plan.content, 0)
        end = self._break(0) if self._indent and plan.text is None else ""
        opening = " ".join((self._break(0), *start, "'>'"))
        yield f"{_STEP}return {self._around(opening, 't0', f'</{name}>', end)}"

    def _level(self, level: Level, depth: int) -> Lines:
        """Yield the statements that append what a level holds to the text of that depth."""
        if self._indent and level.ordered:
            yield f"{_STEP}n{depth + 1} = n{depth} + '  '"
        by_field: dict[str, list[Slot]] = {}
        for slot in level.ordered:
            by_field.setdefault(slot.field, []).append(slot)
        for field, slots in by_field.items():
            if slots[0].level is not None:
                yield from self._wrapper(slots[0], slots[0].level, depth)
                continue
            item = self._item(slots, depth + 1)
            yield f"{_STEP}v = d[{field!r}]"
            if slots[0].many:
                yield f"{_STEP}if v: t{depth} += ''.join([{item} for v in v])"
            else:
                yield f"{_STEP}if v is not None: t{depth} += {item}"

    def _wrapper(self, slot: Slot, level: Level, depth: int) -> Lines:
        """Yield the statements of a wrapper, which is written when one of its fields is."""
        name = self.name(slot.tag)
        inner = f"t{depth + 1}"
        yield f"{_STEP}{inner} = ''"
        yield from self._level(level, depth + 1)
        there = [inner, *(f"d[{field!r}] is not None" for field in level.nullable)]
        opening = f"{self._break(depth + 1)} {_text(f'<{name}>')}"
        end = self._break(depth + 1) if self._indent else ""
        whole = self._around(opening, inner, f"</{name}>", end)
        yield f"{_STEP}if {' or '.join(there)}: t{depth} += {whole}"

    def _around(self, opening: str, inner: str, end: str, line: str) -> str:
        """Return the expression of an element; its end has a line when something stands inside."""
        full = f"{opening} f'{{{inner}}}' {line} {_text(end)}"
        return f"({full} if {inner} else {opening} {_text(end)})" if line else f"({full})"

    def _break(self, depth: int) -> str:
        return f"f'{{n{depth}}}'" if self._indent else ""

    def _item(self, slots: list[Slot], depth: int) -> str:
        """Return the expression of one value ``v`` of a field."""
        line = f", n{depth}" if self._indent else ""
        slot = slots[0]
        if len(slots) > 1:
            choice: dict[type, Any] = {}
            for each in slots:
                if each.record is None:
                    raw = self._raw
                    choice[RawXml] = (lambda v, n: n + raw(v)) if self._indent else raw
                else:
                    self._unions.append(
                        (choice, each.record, self._function(each.tag, each.plan))
                    )
            return f"{self._named(choice)}[type(v)](v{line})"
        if slot.kind == "raw":
            return f"({self._break(depth)} f'{{raw(v)}}')"
        if slot.kind == "record":
            return f"{self._function(slot.tag, slot.plan)}(v{line})"
        name = self.name(slot.tag)
        start, end = _text(f"<{name}>"), _text(f"</{name}>")
        return f"({self._break(depth)} {start} f'{{{self._value(slot)}}}' {end})"

    def _value(self, slot: Slot) -> str:
        """Return the expression of the escaped text of a value ``v``."""
        if slot.encode is str:
            return f"{self._named(escape_text)}(v if type(v) is str else str(v))"
        general = f"{self._named(_for_text(slot.encode))}(v)"
        if slot.exact is None:
            return general
        exact, quick = self._named(slot.exact), self._named(slot.quick)
        return f"{quick}(v) if type(v) is {exact} else {general}"

    def _named(self, value: object) -> str:
        """Make a value known to the functions and return its name there."""
        name = f"k{id(value)}"
        self._space[name] = value
        return name

    def _raw(self, value: str) -> str:
        if value[:1] != "<" or value[1:2] in ("!", "?"):
            raise WriteRefused("a kept element must begin with its start tag")
        try:
            parse(value.encode())
        except (XmlRefused, UnicodeEncodeError) as error:
            raise WriteRefused(f"a kept element is not XML: {error}") from error
        return _in_no_default(value) if self._default else str(value)

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


def _stranger(record: object, expected: type[Record]) -> None:
    raise TypeError(f"{type(record).__name__} stands where {expected.__name__} belongs")


def _text(text: str) -> str:
    """Return a text as source; beside an ``f''`` it becomes one text with it."""
    return repr(text)


def _for_text(encode: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: escape_text(encode(value))


def _for_attribute(encode: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: escape_attribute(encode(value))


_START_TAG = re.compile(r"<[^\s/>]+((?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)")
_DEFAULT = re.compile(r"\sxmlns\s*=")


def _in_no_default(text: str) -> str:
    """Keep an element out of a default namespace that it was not written in."""
    start = _START_TAG.search(text)
    if start is None or _DEFAULT.search(start[1]):
        return str(text)
    return f'{text[: start.start(1)]} xmlns=""{text[start.start(1) :]}'


@dataclass(frozen=True, slots=True)
class Document:
    """How a record is written as a whole document.

    Attributes:
        record: Writes it, beginning with its start tag.
        head: The first part of that start tag.
        made: Prefixes of ours, and their declarations, which belong after the head when used.
        indent: Whether ``record`` takes a line break and puts it before each element.
    """

    record: Callable[..., str]
    head: str
    made: tuple[tuple[str, str], ...]
    indent: bool

    def text(self, record: Record) -> str:
        """Write a record."""
        text = self.record(record, "\n")[1:] + "\n" if self.indent else self.record(record)
        used = [declaration for prefix, declaration in self.made if f"{prefix}:" in text]
        return f"{self.head}{''.join(used)}{text[len(self.head) :]}" if used else text


@lru_cache(maxsize=256)
def document(
    record: type[Record], prefixes: tuple[tuple[str, str], ...], *, indent: bool
) -> Document:
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
    writer = Writer(chosen, indent=indent)
    declared = "".join(declaration(*item) for item in prefixes if item[0] != "xml")
    function = writer.record(tag, plan, declared)
    return Document(function, f"<{writer.name(tag)}{declared}", tuple(made), indent)


def _namespaces(tag: str, plan: Plan) -> list[str]:
    """List the namespaces of all names that may be written, each once."""
    tags = [tag]
    for each in walk(plan):
        tags += each.attributes
        tags += (slot.tag for slot in slots_of(each.content) if slot.kind != "raw")
    return list(dict.fromkeys(tag[1:].partition("}")[0] for tag in tags if tag.startswith("{")))
