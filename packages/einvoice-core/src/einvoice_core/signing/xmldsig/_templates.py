"""Canonical octets of a text that was just written in canonical form but for its first tag.

Reading a signature again to digest its parts costs as much as all the rest. Where nothing unusual
is in scope, the canonical form of a part is its text with the namespaces of its place in the first
tag. In doubt there is no answer, and the parts are read again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

__all__ = ["Part", "canonical_part", "declarations_at", "with_declaration"]

_XML = "{http://www.w3.org/XML/1998/namespace}"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\"&<>\s]*")
_NAME = re.compile(r"<[A-Za-z]+:[A-Za-z]+")
_NEVER_PLAIN = ("&#", "='", "/>", "<!", "<?", "\r", "\t")
_IN_ATTRIBUTE = re.compile(r'="[^"<]*&gt;')


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a signature as text: attributes in their order, no empty tags, prefixes only.

    Args:
        text: From its start tag to its end tag.
        namespaces: That are declared between the signature and the part.
    """

    text: str
    namespaces: tuple[tuple[str, str], ...] = ()


def canonical_part(part: Part, declared: Mapping[str, str]) -> bytes | None:
    """Return the inclusive form of a part, ``None`` in doubt.

    Args:
        part: The text.
        declared: The namespaces in scope at the signature, from :func:`declarations_at`.
    """
    text = part.text
    name = _NAME.match(text)
    if name is None or any(mark in text for mark in _NEVER_PLAIN):
        return None
    if text.count("<") != text.count(">") or ("&gt;" in text and _IN_ATTRIBUTE.search(text)):
        return None
    scope = {**declared, **dict(part.namespaces)}
    opening = "".join(
        f' xmlns:{prefix}="{scope[prefix]}"' if prefix else f' xmlns="{scope[prefix]}"'
        for prefix in sorted(scope)
    )
    return f"{text[: name.end()]}{opening}{text[name.end() :]}".encode()


def declarations_at(parent: etree._Element, prefix: str, uri: str) -> Mapping[str, str] | None:
    """Return the namespaces in scope in a child that declares one more; ``None`` in doubt.

    What a part inherits besides namespaces (``xml:lang``, for example) is doubt too.
    """
    for element in (parent, *parent.iterancestors()):
        if any(str(key).startswith(_XML) for key in element.attrib):
            return None
    return with_declaration(
        {name or "": value for name, value in parent.nsmap.items()}, prefix, uri
    )


def with_declaration(
    namespaces: Mapping[str, str], prefix: str, uri: str
) -> Mapping[str, str] | None:
    """Return the namespaces in scope in a child that declares one more; ``None`` in doubt."""
    scope = {**namespaces, prefix: uri}
    return scope if all(_SCHEME.fullmatch(value) for value in scope.values()) else None
