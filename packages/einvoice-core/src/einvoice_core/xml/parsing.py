"""A parser for documents of strangers: no DOCTYPE, no entities, no network, bounded resources.

What is not UTF-8 is converted first, so that every check below looks at the bytes that are parsed.
Comments, processing instructions and CDATA are allowed; the first two stay in the tree.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from lxml import etree

from einvoice_core.xml.errors import (
    XmlDoctype,
    XmlEmpty,
    XmlEncoding,
    XmlEntity,
    XmlRefused,
    XmlSyntax,
    XmlTooDeep,
    XmlTooLarge,
    XmlTooManyAttributes,
)

__all__ = ["LIMITS", "Checked", "Limits", "check", "parse"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be.

    Args:
        document: Bytes, as received and after conversion to UTF-8.
        depth: Levels of nested elements.
        attributes: Attributes and namespace declarations of one element.
        text: Characters of one text, attribute, comment or processing instruction.
        markup: Tags and attributes of the whole document; a tree takes some 100 bytes for each.
    """

    document: int = 256 * 1024 * 1024
    depth: int = 256
    attributes: int = 512
    text: int = 128 * 1024 * 1024
    markup: int = 20_000_000


LIMITS = Limits()
"""The limits of the suite."""

# Without `huge_tree` libxml2 has limits of its own: 256 levels, and 10 million bytes in one text.
_OWN_DEPTH = 256
_OWN_TEXT = 10_000_000

_DECLARATION = re.compile(
    rb"<\?xml[ \t\r\n][^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._:-]+)[\"']"
)
_PROLOG = re.compile(rb"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)

# Encodings in which the prolog can be read as ASCII. Others (UTF-7, EBCDIC) could hide a DOCTYPE.
_SINGLE_BYTE = frozenset(
    {"ascii", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "iso8859-1", "iso8859-2"}
    | {"iso8859-3", "iso8859-4", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15"}
)

_ENCODING_CODES = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    }
)
_ERR_RESOURCE_LIMIT = 114


def parse(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """Parse a document.

    Args:
        data: The document as it came, in UTF-8, UTF-16 or a single-byte encoding it declares.
        limits: What may be exceeded only at the caller's own risk.

    Returns:
        The root element; its nodes know their line (``sourceline``).

    Raises:
        XmlRefused: One of its kinds says why the bytes are not read.
    """
    if len(data) > limits.document:
        raise XmlTooLarge(
            f"the document has {len(data)} bytes; at most {limits.document} are read",
            limit=limits.document,
        )
    text = _as_utf8(data)
    _refuse_before_parsing(text, limits)
    huge = len(text) > _OWN_TEXT or limits.depth > _OWN_DEPTH
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=huge,
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, limits) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlDoctype("the document has a DOCTYPE: remove it")
    if (huge or limits.depth < _OWN_DEPTH) and _deeper_than(limits.depth)(root):
        raise XmlTooDeep(f"elements are nested more than {limits.depth} deep", limit=limits.depth)
    if len(text) > limits.text and _longer_than(limits.text)(root):
        raise XmlTooLarge(f"one text has more than {limits.text} characters", limit=limits.text)
    return root


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that :func:`parse` would read.

    Args:
        text: The document in UTF-8, without byte order mark; it is the caller's own object when
            that was so already. A declaration in it may name another encoding.
        namespace: Of the root element; empty where it has none.
        name: Of the root element.
    """

    text: bytes = field(repr=False)
    namespace: str
    name: str


def check(data: bytes, limits: Limits = LIMITS) -> Checked:
    """Find out whether :func:`parse` would read a document, without making a tree of it.

    It takes about half the time and no memory for a tree. What this cannot decide is parsed.

    Args:
        data: As for :func:`parse`.
        limits: As for :func:`parse`.

    Raises:
        XmlRefused: As :func:`parse` does.
    """
    if len(data) <= min(limits.document, limits.text):
        text = _as_utf8(data)
        _refuse_before_parsing(text, limits)
        root = _root_seen(text)
        if root is not None and _at_most_as_deep(text, limits.depth):
            namespace, _, name = root.rpartition(_SEPARATOR)
            return Checked(text, namespace, name)
    tree = etree.QName(parse(data, limits))
    return Checked(_as_utf8(data), tree.namespace or "", tree.localname)


# No name and no namespace of a well-formed document holds it.
_SEPARATOR = "\x01"
_NO_MARKS = bytes(octet for octet in range(256) if octet not in b"</>!?")
_NO_TAGS = bytes(octet for octet in range(256) if octet not in b"<\x01")
# The last slash is among what precedes the ">".
_EMPTY_ELEMENT = re.compile(rb"<[^<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+)*+(?<=/)>")


def _root_seen(text: bytes) -> str | None:
    """Return the name of the root when expat reads the document to its end."""
    names: list[str] = []

    def first(name: str, attributes: dict[str, str]) -> None:
        del attributes
        names.append(name)
        parser.StartElementHandler = None

    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.StartElementHandler = first
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        # Its idea of a name is an older one than that of libxml2, which also says more of why.
        return None
    return names[0] if names and ":" not in names[0].rpartition(_SEPARATOR)[2] else None


def _at_most_as_deep(text: bytes, depth: int) -> bool:
    """Whether a well-formed document is certainly no deeper; ``False`` also where that is not sure.

    Keeps one octet for each tag, and takes the innermost elements away until none is left.
    """
    declaration = text.find(b"?>") + 2 if text.startswith(b"<?xml") else 0
    marks = text[declaration:].translate(None, _NO_MARKS)
    if b"<!" in marks or b"<?" in marks:
        return False  # what looks like a tag in a comment or a CDATA section is none
    if b"/>" in text:
        marks = _EMPTY_ELEMENT.sub(b"<\x01", text[declaration:])
    elif marks.count(b"<") != 2 * marks.count(b"</"):
        # There are as many opening tags as closing ones, unless a slash in an attribute makes one
        # look like the other.
        marks = text[declaration:]
    tags = marks.replace(b"</", b"\x01").translate(None, _NO_TAGS)
    for _ in range(depth):
        if not tags:
            return True
        tags = tags.replace(b"<\x01", b"")
    return not tags


def _as_utf8(data: bytes) -> bytes:
    """Convert to UTF-8, with the encoding named by the byte order mark or the declaration."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decode(data, "utf-16")
        declared = _declared(text[:1024].encode("utf-8", "replace"))
        if declared and not declared.startswith("utf-16"):
            raise XmlEncoding(f"the bytes are UTF-16, but the declaration says {declared}")
        return text.encode("utf-8")
    body = data.removeprefix(codecs.BOM_UTF8)
    if body[:2] in (b"<\0", b"\0<"):
        raise XmlEncoding("the bytes look like UTF-16 without its byte order mark: add the mark")
    declared = _declared(body)
    if declared in ("", "utf-8"):
        return body
    if declared not in _SINGLE_BYTE:
        raise XmlEncoding(
            f"the declaration says {declared}, which is not how the bytes are written "
            "or not an encoding that is read here: use UTF-8"
        )
    if body is not data:
        raise XmlEncoding(f"the byte order mark says UTF-8, but the declaration says {declared}")
    return _decode(body, declared).encode("utf-8")


def _declared(body: bytes) -> str:
    """Return Python's name of the declared encoding; empty when none is declared."""
    match = _DECLARATION.match(body)
    if match is None:
        return ""
    name = match[1].decode("ascii")
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise XmlEncoding(f"the encoding {name[:40]!r} is not known: use UTF-8") from error


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise XmlEncoding(
            f"line {line} is not {encoding}: byte {error.start} cannot be read", line=line
        ) from error


def _refuse_before_parsing(text: bytes, limits: Limits) -> None:
    """Refuse what must not reach the parser; each check is one pass at the speed of a search."""
    if not text or text.isspace():
        raise XmlEmpty("the document is empty")
    if len(text) > limits.document:
        raise XmlTooLarge(
            f"the document has more than {limits.document} bytes in UTF-8", limit=limits.document
        )
    prolog = _PROLOG.match(text)
    end = prolog.end() if prolog else 0
    if text.startswith(b"<!DOCTYPE", end):
        line = text.count(b"\n", 0, end) + 1
        raise XmlDoctype(f"the document has a DOCTYPE in line {line}: remove it", line=line)
    if len(text) > limits.markup and text.count(b"<") + text.count(b"=") > limits.markup:
        raise XmlTooLarge(
            f"the document has more than {limits.markup} tags and attributes", limit=limits.markup
        )
    many = _more_attributes_than(limits.attributes)
    for start in _long_stretches(text, _SHORTEST_ATTRIBUTE * (limits.attributes + 1)):
        if many.match(text, start):
            line = text.count(b"\n", 0, start) + 1
            raise XmlTooManyAttributes(
                f"an element in line {line} has more than {limits.attributes} attributes",
                limit=limits.attributes,
                line=line,
            )


def _long_stretches(text: bytes, length: int) -> Iterator[int]:
    """Yield each place of a ``<`` that is followed by so many bytes without another.

    Looks for the last ``<`` of a window, so that it touches a fraction of the bytes.
    """
    place = text.find(b"<")
    while place >= 0:
        following = text.rfind(b"<", place + 1, place + 1 + length)
        if following < 0:
            yield place
            following = text.find(b"<", place + 1 + length)
        place = following


_SHORTEST_ATTRIBUTE = len(b' a=""')


# Attribute values hold no `<`, so a match never looks past the next one: the search is linear.
# A tag quoted inside a comment or CDATA counts as well.
@lru_cache(maxsize=16)
def _more_attributes_than(limit: int) -> re.Pattern[bytes]:
    attribute = rb"[ \t\r\n]++[^ \t\r\n<>=\"']++[ \t\r\n]*+=[ \t\r\n]*+(?:\"[^\"<]*+\"|'[^'<]*+')"
    return re.compile(rb"<[^ \t\r\n<>=\"']++(?:" + attribute + rb"){%d}" % (limit + 1))


@lru_cache(maxsize=16)
def _deeper_than(limit: int) -> etree.XPath:
    return etree.XPath("boolean(" + "/*" * (limit + 1) + ")")


@lru_cache(maxsize=16)
def _longer_than(limit: int) -> etree.XPath:
    kinds = ("//text()", "//@*", "//comment()", "//processing-instruction()")
    return etree.XPath(
        "boolean(" + " | ".join(f"{kind}[string-length() > {limit}]" for kind in kinds) + ")"
    )


def _refusal(error: etree.XMLSyntaxError, limits: Limits) -> XmlRefused:
    """Say in our terms why the parser stopped."""
    line = error.lineno or None
    code = getattr(error, "code", None)
    if code in _ENCODING_CODES:
        return XmlEncoding(f"line {line} is not UTF-8, which the document claims to be", line=line)
    if code == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:
        return XmlEntity(f"line {line} refers to an entity; write the character itself", line=line)
    if code == _ERR_RESOURCE_LIMIT:
        if "depth" in (error.msg or ""):
            return XmlTooDeep(
                f"elements are nested more than {limits.depth} deep in line {line}",
                limit=limits.depth,
                line=line,
            )
        return XmlTooLarge(f"line {line} exceeds a limit of the parser: {error.msg}", line=line)
    return XmlSyntax(f"not well-formed XML: {error.msg}", line=line)
