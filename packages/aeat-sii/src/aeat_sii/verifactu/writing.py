"""The text of a submission: one function per class of record, made from its annotations.

A thousand records repeat the same names, days and system, so their texts are kept while a message
is written. What is unusual (a signature inside, a value that is not of its type, a character that
XML does not have) is left to :func:`einvoice_core.xml.binding.write`, which writes the same octets
or says what is wrong.
"""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import itemgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from xml.sax.saxutils import escape

from aeat_sii.verifactu.records import (
    SF,
    SF_LR,
    Header,
    InvoicingSystem,
    Person,
    Submission,
    SubmittedRecord,
)
from einvoice_core.lexical import AEAT_DATE, DECIMAL, XML_DATETIME, Codec, codec_for
from einvoice_core.records import RawXml, Record, Xml
from einvoice_core.xml.binding import write

__all__ = ["PREFIXES", "parts_of"]

PREFIXES = {"sum": SF_LR, "sum1": SF}
"""Prefix -> namespace of the messages."""

_ROOT = "sum:RegFactuSistemaFacturacion"
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
_START, _END = f"<{_ROOT} {_DECLARED}>".encode(), f"</{_ROOT}>".encode()
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class _UnusualError(Exception):
    """The general writer has to look at this."""


class _Texts(dict[str, str]):
    """Texts as they stand in XML."""

    def __missing__(self, text: str) -> str:
        if type(text) is not str:
            raise _UnusualError
        if not (text.isascii() and text.isprintable()) and _NOT_XML.search(text):
            raise _UnusualError
        if "&" in text or "<" in text or ">" in text or "\r" in text:
            self[text] = escaped = escape(text, {"\r": "&#13;"})
            return escaped
        self[text] = text
        return text


class _Days(dict[date, str]):
    """Days as the agency writes them."""

    def __missing__(self, day: date) -> str:
        text = self[day] = AEAT_DATE.encode(day)
        return text


def _number(value: Decimal) -> str:
    if type(value) is Decimal:
        text = str(value)
        return DECIMAL.encode(value) if "E" in text else text
    return _kept(value, Decimal, DECIMAL)


def _kept(value: object, kind: type, codec: Codec[Any]) -> str:
    """Return the text of a number or an instant that remembers how it was written."""
    if not isinstance(value, kind):
        raise _UnusualError
    text = codec.encode(value)
    if not (text.isascii() and text.isprintable()) or "&" in text or "<" in text:
        raise _UnusualError
    return text


Write = Callable[[Any, _Texts, _Days, dict[Any, str]], str]
"""Record, and what has been written in this message -> its element."""

_RECURRING = (InvoicingSystem, Person)
"""Records that are the same in most of a message; their fields are texts and marks only."""
_FEW = 5
"""Fields from which on taking them all at once is quicker than one by one."""


def parts_of(submission: Submission) -> list[bytes]:
    """Write a submission, as :func:`einvoice_core.xml.binding.write` does, in parts.

    Raises:
        WriteRefused: A value cannot stand in XML, or is not what its field says.
    """
    texts, days, seen = _Texts(), _Days(), dict[Any, str]()
    try:
        if type(submission) is not Submission:
            raise _UnusualError
        head, put = _writer(Header, "sum:Cabecera"), _writer(SubmittedRecord, "sum:RegistroFactura")
        parts = [_START, head(submission.header, texts, days, seen).encode()]
        parts += [put(record, texts, days, seen).encode() for record in submission.records]
    except (_UnusualError, AttributeError, KeyError, TypeError, ValueError):
        return [write(submission, prefixes=PREFIXES, declaration=False)]
    parts.append(_END)
    return parts


@cache
def _writer(record: type[Record], name: str) -> Write:
    """Make the function that writes a record as an element of that name."""
    return _Source().function(record, name)


class _Source:
    """The source of one function; the records inside are written in their place, without calls."""

    def __init__(self) -> None:
        self._space: dict[str, Any] = {
            "number": _number,
            "kept": _kept,
            "refuse": _refuse,
            "Decimal": Decimal,
            "datetime": datetime,
            "XML_DATETIME": XML_DATETIME,
        }
        self._count = 0

    def function(self, record: type[Record], name: str) -> Write:
        """Compile the function of a record."""
        lines = [
            "def written(r, texts, days, seen):",
            *self._record(record, name, "r", "text", "    "),
        ]
        source = "\n".join((*lines, "    return text"))
        # The source is made of the annotations of a class; no value of a record is in it.
        exec(compile(source, f"<{record.__name__}>", "exec"), self._space)  # noqa: S102
        written: Write = self._space["written"]
        return written

    def _named(self, value: object) -> str:
        self._count += 1
        self._space[f"k{self._count}"] = value
        return f"k{self._count}"

    def _variable(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _record(
        self, record: type[Record], name: str, value: str, text: str, margin: str
    ) -> Iterator[str]:
        """Yield the statements that write the record ``value`` into the variable ``text``."""
        fields = list(record.model_fields)
        hints = get_type_hints(record, include_extras=True)
        values = [self._variable() for _ in fields]
        whole = self._variable()
        kind = self._named(record)
        yield f"{margin}if type({value}) is not {kind}: refuse({value})"
        yield f"{margin}{whole} = {value}.__dict__"
        inner = margin
        if len(fields) < _FEW and record not in _RECURRING:
            for field, each in zip(fields, values, strict=True):
                yield f"{margin}{each} = {whole}[{field!r}]"
        else:
            yield f"{margin}{whole} = {self._named(itemgetter(*fields))}({whole})"
        if record in _RECURRING:
            yield f"{margin}{text} = seen.get(({name!r}, {whole}))"
            yield f"{margin}if {text} is None:"
            inner += "    "
        if len(fields) >= _FEW or record in _RECURRING:
            yield f"{inner}{', '.join(values)} = {whole}"
        pieces = [repr(f"<{name}>")]
        for field, each in zip(fields, values, strict=True):
            shape = _Shape.of(hints[field])
            piece = yield from self._field(shape, each, inner)
            pieces.append(piece)
        yield f"{inner}{text} = {' '.join(pieces)} {f'</{name}>'!r}"
        if record in _RECURRING:
            yield f"{inner}seen[{name!r}, {whole}] = {text}"

    def _field(self, shape: "_Shape", value: str, margin: str) -> Generator[str, None, str]:
        """Yield the statements that a field needs beforehand; return what stands in an f-string."""
        tag, kind, text = f"sum1:{shape.xml.name}", shape.kind, self._variable()
        inner = margin + "    "
        if kind is RawXml:
            yield f"{margin}if {value} is not None: refuse({value})"
            return "''"
        if issubclass(kind, Record):
            if shape.many:
                inside, one, each = f"sum1:{shape.xml.inside}", self._variable(), self._variable()
                yield f"{margin}{text} = ''"
                yield f"{margin}if {value}:"
                yield f"{inner}for {each} in {value}:"
                yield from self._record(kind, tag, each, one, inner + "    ")
                yield f"{inner}    {text} += {one}"
                yield f"{inner}{text} = {f'<{inside}>'!r} f'{{{text}}}' {f'</{inside}>'!r}"
                return f"f'{{{text}}}'"
            if shape.optional:
                yield f"{margin}if {value} is None: {text} = ''"
                yield f"{margin}else:"
                yield from self._record(kind, tag, value, text, inner)
            else:
                yield from self._record(kind, tag, value, text, margin)
            return f"f'{{{text}}}'"
        piece = f"{f'<{tag}>'!r} f'{{{self._value(shape, value)}}}' {f'</{tag}>'!r}"
        if not shape.optional:
            return piece
        yield f"{margin}{text} = {piece} if {value} is not None else ''"
        return f"f'{{{text}}}'"

    def _value(self, shape: "_Shape", value: str) -> str:
        """Return the expression of the text of a value."""
        kind: Any = shape.kind
        codec = shape.xml.codec
        if codec is AEAT_DATE:
            return f"days[{value}]"
        if issubclass(kind, Decimal):
            return f"number({value})"
        if issubclass(kind, datetime):
            return (
                f"{value}.isoformat() if type({value}) is datetime"
                f" else kept({value}, datetime, XML_DATETIME)"
            )
        if issubclass(kind, Enum):
            return f"texts[{value}._value_]"
        if codec is None and kind is str:
            return f"texts[{value}]"
        return f"{self._named(_checked((codec or codec_for(kind)).encode))}({value})"


def _checked(encode: Callable[[Any], str]) -> Callable[[Any], str]:
    def checked(value: object) -> str:
        return encode(value) if value is not None else _refuse(value)

    return checked


def _refuse(value: object) -> str:
    """Leave a value to the general writer."""
    raise _UnusualError(type(value))


@dataclass(slots=True)
class _Shape:
    """What an annotation says of a field: how it is written, and of which type its values are."""

    xml: Xml
    kind: type
    optional: bool
    many: bool

    @classmethod
    def of(cls, hint: Any) -> "_Shape":  # noqa: ANN401 - annotations have no type
        """Take an annotation apart."""
        xml = next(each for each in hint.__metadata__ if isinstance(each, Xml))
        bare = _bare(hint)
        members = get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)
        kinds = [_bare(each) for each in members if each is not NoneType]
        many = get_origin(kinds[0]) is tuple
        kind = get_args(kinds[0])[0] if many else kinds[0]
        # The one literal of these records is the mark that stands or does not.
        return cls(
            xml, bool if get_origin(kind) is Literal else kind, len(kinds) < len(members), many
        )


def _bare(hint: Any) -> Any:  # noqa: ANN401 - annotations have no type
    return _bare(get_args(hint)[0]) if get_origin(hint) is Annotated else hint
