"""From a record to text: one function per class, made from its table when it is first written.

The functions are Python source of ours: names of fields, tags, and nothing of any document. Most
return the text of an element with everything inside it. Large elements, those whose children hold
lists themselves, append the parts of their text to a list: a long text is costly to copy.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Protocol

from einvoice_core.lexical import Codec
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

__all__ = ["Demands", "Document", "Writer", "document"]

Lines = Iterator[str]


class Demands(Protocol):
    """What a format demands of values beyond their type, to be looked at while they are written.

    The same object stands for the same demands: what is made for it is kept.
    """

    def __hash__(self) -> int:
        """Return what tells it from others."""

    def of_field(self, record: type[Record], field: str, codec: Codec[Any]) -> Codec[Any] | None:
        """Return a codec that raises ``ValueError`` for a wrong value; ``None`` to use its own."""

    def of_record(self, record: type[Record]) -> Callable[[dict[str, Any]], bool] | None:
        """Return what the values of all fields of a record must fulfil together, if anything."""


_STEP = "    "


class Writer:
    """Makes the functions that write records with one set of prefixes.

    Args:
        prefixes: Namespace → prefix; empty for the default namespace.
        indent: Whether to put each element on a line of its own. The functions then get the line
            break before their element, with its indentation; kept elements stay as they are.
        demands: What the values must fulfil; the functions raise ``ValueError`` where one does not.
    """

    def __init__(
        self, prefixes: dict[str, str], *, indent: bool = False, demands: Demands | None = None
    ) -> None:
        self._prefixes = prefixes
        self._default = "" in prefixes.values()
        self._indent = indent
        self._demands = demands
        self._functions: dict[tuple[int, str, str, bool], str] = {}
        self._depths: dict[int, int] = {}
        self._space: dict[str, Any] = {"raw": self._raw, "stranger": _stranger, "refused": _refused}

    def root(self, tag: str, plan: Plan, declarations: str) -> Callable[..., None]:
        """Make the function that appends a document to a list of texts."""
        made: Callable[..., None] = self._made(
            self._function(tag, plan, declarations, large=True), tag, plan, declarations, large=True
        )
        return made

    def _function(self, tag: str, plan: Plan, declarations: str = "", *, large: bool) -> str:
        """Return the name of the function of an element, which is made when it is first called."""
        key = (id(plan), tag, declarations, large)
        name = self._functions.get(key)
        if name is None:
            name = self._functions[key] = f"f{len(self._functions)}"

            def first(*arguments: object) -> object:
                function = self._space[name]
                if function is first:
                    function = self._made(name, tag, plan, declarations, large=large)
                return function(*arguments)

            self._space[name] = first
        return name

    def _made(
        self, name: str, tag: str, plan: Plan, declarations: str, *, large: bool
    ) -> Callable[..., Any]:
        body = self._body(self.name(tag), plan, declarations, large=large)
        arguments = f"r{', out' if large else ''}{', n0' if self._indent else ''}"
        source = "\n".join((f"def {name}({arguments}):", *(f"{_STEP}{line}" for line in body)))
        # The source is made of the annotations of a class; no value of a record is in it.
        exec(compile(source, f"<{plan.record.__name__}>", "exec"), self._space)  # noqa: S102
        made: Callable[..., Any] = self._space[name]
        return made

    def _body(self, name: str, plan: Plan, declarations: str, *, large: bool) -> Lines:
        kind = self._named(plan.record)
        yield f"if type(r) is not {kind}: stranger(r, {kind})"
        yield "d = r.__dict__"
        holds = None if self._demands is None else self._demands.of_record(plan.record)
        if holds is not None:
            yield f"if not {self._named(holds)}(d): refused({kind})"
        opening = f"{self._break(0)} {f'<{name}{declarations}'!r}"
        if plan.attributes:
            yield "a = ''"
            opening += " f'{a}'"
        opening += " '>'"
        for slot in plan.attributes.values():
            before = f' {self.name(slot.tag, attribute=True)}="'
            value = f"{self._named(_for_attribute(self._codec(slot).encode))}(v)"
            yield f"v = d[{slot.field!r}]"
            yield f"if v is not None: a += {before!r} f'{{{value}}}' '\"'"
        end = f"</{name}>"
        if plan.text is not None:
            yield f"v = d[{plan.text.field!r}]"
            yield f"t0 = '' if v is None else {self._value(plan.text, 'v')}"
            whole = f"{opening} f'{{t0}}' {end!r}"
            yield f"out.append({whole})" if large else f"return {whole}"
        elif large:
            yield f"out.append({opening})"
            yield "count = len(out)"
            yield from self._content(plan.content, 0, large=True)
            line = f"{self._break(0)} {end!r} if len(out) > count else" if self._indent else ""
            yield f"out.append({line} {end!r})"
        else:
            yield "t0 = ''"
            yield from self._content(plan.content, 0, large=False)
            yield f"return {self._around(opening, 't0', end, 0)}"

    def _content(self, level: Level, depth: int, *, large: bool) -> Lines:
        """Yield the statements that add what a level holds to the list or to the text ``t``."""
        add = "out.append({})" if large else f"t{depth} += {{}}"
        if self._indent and level.ordered:
            yield f"n{depth + 1} = n{depth} + '  '"
        for slots in _runs(level):
            slot = slots[0]
            if slot.level is not None:
                yield from self._wrapper(slot, slot.level, depth, large=large)
            elif large and len(slots) == 1 and slot.kind == "record" and self._is_large(slot.plan):
                yield from self._large(slot.field, slot, depth)
            elif slot.many:
                item = self._item(slots, depth + 1)
                yield f"v = d[{slot.field!r}]"
                more = (
                    "out += [{} for v in v]" if large else f"t{depth} += ''.join([{{}} for v in v])"
                )
                yield f"if v: {more.format(item)}"
            elif slots[-1].field == slot.field:
                yield f"v = d[{slot.field!r}]"
                yield f"if v is not None: {add.format(self._item(slots, depth + 1))}"
            else:
                yield from self._run(slots, depth, add)

    def _run(self, slots: list[Slot], depth: int, add: str) -> Lines:
        """Yield the statements of required fields, whose text is put together at once."""
        names = [f"v{number}" for number in range(len(slots))]
        items = [self._item([s], depth + 1, name) for s, name in zip(slots, names, strict=True)]
        for slot, name in zip(slots, names, strict=True):
            yield f"{name} = d[{slot.field!r}]"
        # Whoever makes a record without validation may leave out what is required.
        yield f"if {' or '.join(f'{name} is None' for name in names)}:"
        for name, item in zip(names, items, strict=True):
            yield f"{_STEP}if {name} is not None: {add.format(item)}"
        yield f"else: {add.format(' '.join(items))}"

    def _large(self, field: str, slot: Slot, depth: int) -> Lines:
        function = self._function(slot.tag, slot.plan, large=True)
        call = f"{function}(v, out{f', n{depth + 1}' if self._indent else ''})"
        if slot.many:
            yield f"for v in d[{field!r}] or (): {call}"
        else:
            yield f"v = d[{field!r}]"
            yield f"if v is not None: {call}"

    def _wrapper(self, slot: Slot, level: Level, depth: int, *, large: bool) -> Lines:
        """Yield the statements of a wrapper, which is written when one of its fields is."""
        name = self.name(slot.tag)
        opening = f"{self._break(depth + 1)} {f'<{name}>'!r}"
        end = f"</{name}>"
        if large and len(level.ordered) == 1 and level.ordered[0].many and not level.nullable:
            # Its list is long, or may be, and is not looked through to know whether it is there.
            yield f"if d[{level.ordered[0].field!r}]:"
            yield f"{_STEP}out.append({opening})"
            for line in self._content(level, depth + 1, large=True):
                yield f"{_STEP}{line}"
            yield f"{_STEP}out.append({self._break(depth + 1)} {end!r})"
            return
        inner = f"t{depth + 1}"
        yield f"{inner} = ''"
        yield from self._content(level, depth + 1, large=False)
        there = " or ".join((inner, *(f"d[{field!r}] is not None" for field in level.nullable)))
        whole = self._around(opening, inner, end, depth + 1)
        yield f"if {there}: {f'out.append({whole})' if large else f't{depth} += {whole}'}"

    def _around(self, opening: str, inner: str, end: str, depth: int) -> str:
        """Return the expression of an element; its end has a line when something stands inside."""
        full = f"{opening} f'{{{inner}}}' {self._break(depth)} {end!r}"
        return f"({full} if {inner} else {opening} {end!r})" if self._indent else f"({full})"

    def _break(self, depth: int) -> str:
        return f"f'{{n{depth}}}'" if self._indent else ""

    def _item(self, slots: list[Slot], depth: int, value: str = "v") -> str:
        """Return the source of a text, for one value of a field."""
        line = f", n{depth}" if self._indent else ""
        slot = slots[0]
        if len(slots) > 1:
            return f"f'{{{self._union(slots)}[type({value})]({value}{line})}}'"
        if slot.kind == "raw":
            return f"{self._break(depth)} f'{{raw({value})}}'"
        if slot.kind == "record":
            return f"f'{{{self._function(slot.tag, slot.plan, large=False)}({value}{line})}}'"
        name = self.name(slot.tag)
        text = self._value(slot, value)
        return f"{self._break(depth)} {f'<{name}>'!r} f'{{{text}}}' {f'</{name}>'!r}"

    def _union(self, slots: list[Slot]) -> str:
        """Return the name of the functions that write the kinds of a union, by class."""
        raw = self._raw_on_its_line if self._indent else self._raw
        choice = {
            slot.record or RawXml: self._space[self._function(slot.tag, slot.plan, large=False)]
            if slot.record
            else raw
            for slot in slots
        }
        return self._named(choice)

    def _value(self, slot: Slot, value: str) -> str:
        """Return the expression of the escaped text of a value."""
        codec = self._codec(slot)
        if codec.encode is str:
            return f"{self._named(escape_text)}({value} if type({value}) is str else str({value}))"
        general = f"{self._named(_for_text(codec.encode))}({value})"
        if codec.exact is None:
            return general
        exact, quick = self._named(codec.exact), self._named(codec.quick)
        return f"{quick}({value}) if type({value}) is {exact} else {general}"

    def _codec(self, slot: Slot) -> Codec[Any]:
        codec = slot.codec
        assert codec is not None and slot.owner is not None  # noqa: S101, PT018 - values have both
        demanded = self._demands and self._demands.of_field(slot.owner, slot.field, codec)
        return demanded or codec

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

    def _raw_on_its_line(self, value: str, line: str) -> str:
        return line + self._raw(value)

    def _is_large(self, plan: Plan) -> bool:
        """Tell whether a record may hold lists of lists, so that its text may be long."""
        return self._lists(plan) > 1

    def _lists(self, plan: Plan) -> int:
        """Count how deep lists of records are nested in a record; one inside itself is deep."""
        count = self._depths.get(id(plan))
        if count is None:
            self._depths[id(plan)] = 2
            inside = (
                slot.many + self._lists(slot.plan)
                for slot in slots_of(plan.content)
                if slot.kind == "record"
            )
            count = self._depths[id(plan)] = max(inside, default=0)
        return count

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


def _refused(record: type[Record]) -> None:
    raise ValueError(f"{record.__name__} is not as its format demands")


def _runs(level: Level) -> Iterator[list[Slot]]:
    """Yield slots that are written together: the kinds of a union, or required fields in a row."""
    fields = [list(slots) for _, slots in groupby(level.ordered, key=lambda slot: slot.field)]
    run: list[Slot] = []
    for slots in fields:
        if len(slots) == 1 and _is_simple(slots[0], level):
            run += slots
            continue
        if run:
            yield run
        yield slots
        run = []
    if run:
        yield run


def _is_simple(slot: Slot, level: Level) -> bool:
    return bool(slot.bit & level.mask) and slot.level is None and not slot.many


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
        record: Appends its text to a list of texts, the first of which begins with its start tag.
        head: The first part of that start tag.
        made: Prefixes of ours, and their declarations, which belong after the head when used.
        indent: Whether ``record`` takes a line break and puts it before each element.
    """

    record: Callable[..., None]
    head: str
    made: tuple[tuple[str, str], ...]
    indent: bool

    def text(self, record: Record, before: str = "") -> str:
        """Write a record, with some text before it."""
        parts = [before]
        if self.indent:
            self.record(record, parts, "\n")
            parts[1] = parts[1][1:]
            parts.append("\n")
        else:
            self.record(record, parts)
        text = "".join(parts)
        used = [declaration for prefix, declaration in self.made if f"{prefix}:" in text]
        if not used:
            return text
        head = len(before) + len(self.head)
        return f"{text[:head]}{''.join(used)}{text[head:]}"


@lru_cache(maxsize=256)
def document(
    record: type[Record],
    prefixes: tuple[tuple[str, str], ...],
    *,
    indent: bool,
    demands: Demands | None,
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
    writer = Writer(chosen, indent=indent, demands=demands)
    declared = "".join(declaration(*item) for item in prefixes if item[0] != "xml")
    function = writer.root(tag, plan, declared)
    return Document(function, f"<{writer.name(tag)}{declared}", tuple(made), indent)


def _namespaces(tag: str, plan: Plan) -> list[str]:
    """List the namespaces of all names that may be written, each once."""
    tags = [tag]
    for each in walk(plan):
        tags += each.attributes
        tags += (slot.tag for slot in slots_of(each.content) if slot.kind != "raw")
    return list(dict.fromkeys(tag[1:].partition("}")[0] for tag in tags if tag.startswith("{")))
