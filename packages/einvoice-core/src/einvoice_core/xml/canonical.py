"""Canonical XML 1.0 and 1.1, and Exclusive XML Canonicalization 1.0.

Whole documents go through libxml2. Of a part of a document, lxml's binding forgets the ``xml:*``
attributes of the ancestors and a second prefix of the same namespace, repeats declarations that the
part takes back, and has no version 1.1: such parts are written here, in the order in which the
specification states its rules, and libxml2 gets those that have nothing of the kind.

Source: W3C Canonical XML 1.0 (REC-xml-c14n-20010315) and 1.1 (REC-xml-c14n11-20080502),
Exclusive XML Canonicalization 1.0 (REC-xml-exc-c14n-20020718).
"""

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import cast

from lxml import etree

from einvoice_core.errors import EInvoiceError

__all__ = ["C14n", "CanonicalError", "canonicalize"]

_XML = "http://www.w3.org/XML/1998/namespace"
_XML_NAME = f"{{{_XML}}}"
_XML_BASE = f"{{{_XML}}}base"
_INHERITED_11 = (f"{{{_XML}}}lang", f"{{{_XML}}}space")
_WITH_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")

_Scope = Mapping[str, str]
"""Prefix to namespace; the default namespace has the empty prefix."""

_Inherited = Mapping[str, str | None]
"""Attributes that the first element of the output takes over; ``None`` where it loses its own."""


class CanonicalError(EInvoiceError):
    """The document has no canonical form."""

    code = "xml.canonical"


class C14n(StrEnum):
    """How a node is turned into octets (``ds:CanonicalizationMethod``)."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
    INCLUSIVE_11_WITH_COMMENTS = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"

    @property
    def exclusive(self) -> bool:
        """Whether only the namespaces in use are rendered."""
        return self in {C14n.EXCLUSIVE, C14n.EXCLUSIVE_WITH_COMMENTS}

    @property
    def with_comments(self) -> bool:
        """Whether comments are rendered."""
        return self.value.endswith("WithComments")

    @property
    def without_comments(self) -> "C14n":
        """The same form without comments."""
        return C14n[self.name.removesuffix("_WITH_COMMENTS")]

    @property
    def version_11(self) -> bool:
        """Whether this is Canonical XML 1.1."""
        return self in {C14n.INCLUSIVE_11, C14n.INCLUSIVE_11_WITH_COMMENTS}


def canonicalize(
    node: etree._Element | etree._ElementTree,
    method: C14n = C14n.INCLUSIVE,
    *,
    inclusive_prefixes: Collection[str] = (),
    without: etree._Element | None = None,
) -> bytes:
    """Write a document or a part of it in its canonical form.

    Args:
        node: A tree stands for the whole document, an element for itself and what it contains.
        method: The form.
        inclusive_prefixes: For the exclusive forms, the prefixes that are treated as in the
            inclusive one (``PrefixList``); ``#default`` or the empty text is the default namespace.
        without: An element that is left out with what it contains: the signature of an enveloped
            signature.

    Raises:
        CanonicalError: A namespace name is a relative reference, or an entity is left unexpanded.
    """
    prefixes = frozenset("" if prefix == "#default" else prefix for prefix in inclusive_prefixes)
    if isinstance(node, etree._Element):
        if without is None and not prefixes and _is_easy(node, method):
            return _by_libxml2(node, method)
        writer = _Writer(method, prefixes, without)
        writer.element(node)
        return "".join(writer.out).encode("utf-8")
    root = node.getroot()
    if "" in prefixes or without is root:
        # lxml does not hand "#default" on to libxml2.
        before, after = _surroundings(root, method)
        inner = canonicalize(root, method, inclusive_prefixes=prefixes, without=without)
        return before + inner + after
    tree = node if without is None else _copy_without(node, without)
    return _by_libxml2(tree, method, prefixes)


def _is_easy(part: etree._Element, method: C14n) -> bool:
    """Whether lxml's binding is right about a part; in doubt it is not.

    It errs where a default namespace is in scope, where two prefixes name one namespace, where an
    element inside declares a prefix again, and where ``xml:*`` attributes are inherited.
    """
    scope = part.nsmap
    if None in scope or len(set(scope.values())) != len(scope):
        return False
    # Written alone, a part declares all that is in scope; what exceeds that is declared inside.
    declared = etree.tostring(part, encoding="UTF-8", with_tail=False).count(b"xmlns")
    if declared != len(scope):
        return False
    return method.exclusive or not any(
        key.startswith(_XML_NAME) for above in part.iterancestors() for key, _ in _items(above)
    )


def _by_libxml2(
    tree: etree._ElementTree | etree._Element,
    method: C14n,
    prefixes: frozenset[str] = frozenset(),
) -> bytes:
    """Let libxml2 write a document or an easy part; 1.1 differs from 1.0 in other parts only."""
    try:
        return etree.tostring(
            tree,
            method="c14n",
            exclusive=method.exclusive,
            with_comments=method.with_comments,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    except etree.C14NError as error:
        raise CanonicalError(f"the document has no canonical form: {error}") from error


def _copy_without(tree: etree._ElementTree, element: etree._Element) -> etree._ElementTree:
    steps: list[int] = []
    current, parent = element, element.getparent()
    while parent is not None:
        steps.append(parent.index(current))
        current, parent = parent, parent.getparent()
    # The copy is thrown away: taking an element out of a tree rewrites its prefixes.
    twin = copy.deepcopy(tree)
    found = twin.getroot()
    for step in reversed(steps):
        found = found[step]
    above = found.getparent()
    assert above is not None, "the root is never removed here"  # noqa: S101 - for the type
    if found.tail:
        before = found.getprevious()
        if before is None:
            above.text = (above.text or "") + found.tail
        else:
            before.tail = (before.tail or "") + found.tail
    above.remove(found)
    return twin


def _surroundings(root: etree._Element, method: C14n) -> tuple[bytes, bytes]:
    """Write what stands before and behind the root."""
    above = reversed(list(root.itersiblings(preceding=True)))
    before = "".join(f"{text}\n" for text in _markup(above, method))
    after = "".join(f"\n{text}" for text in _markup(root.itersiblings(), method))
    return before.encode("utf-8"), after.encode("utf-8")


def _markup(nodes: Iterator[etree._Element], method: C14n) -> Iterator[str]:
    for node in nodes:
        text = _misc(node, with_comments=method.with_comments)
        if text:
            yield text


def _misc(node: etree._Element, *, with_comments: bool) -> str:
    """Write what is not an element."""
    if isinstance(node, etree._ProcessingInstruction):
        target, data = str(node.target), (node.text or "").replace("\r", "&#xD;")
        return f"<?{target} {data}?>" if data else f"<?{target}?>"
    if isinstance(node, etree._Comment):
        return f"<!--{(node.text or '').replace(chr(13), '&#xD;')}-->" if with_comments else ""
    raise CanonicalError("an entity is left unexpanded: parse the document without a DOCTYPE")


def _escape_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#xD;")


def _escape_value(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


class _Writer:
    """Writes one element and what it contains; a loop, because documents may be deep."""

    def __init__(
        self, method: C14n, prefixes: frozenset[str], without: etree._Element | None
    ) -> None:
        self.out: list[str] = []
        self._method = method
        self._exclusive = method.exclusive
        self._with_comments = method.with_comments
        self._prefixes = prefixes
        self._without = without

    def element(self, apex: etree._Element) -> None:
        """Write the element that has no ancestor in the output."""
        if apex is self._without:
            return
        out, without = self.out, self._without
        name, rendered = self._open(apex, {}, _inherited(apex, self._method))
        path = [(name, rendered, iter(apex), "")]
        while path:
            name, rendered, children, tail = path[-1]
            for child in children:
                tag: object = child.tag
                text = child.tail
                tail_text = _escape_text(text) if text else ""
                if child is without:
                    out.append(tail_text)
                elif isinstance(tag, str):
                    inner, inner_rendered = self._open(child, rendered, None)
                    path.append((inner, inner_rendered, iter(child), tail_text))
                    break
                else:
                    out.append(_misc(child, with_comments=self._with_comments))
                    out.append(tail_text)
            else:
                path.pop()
                out.append(f"</{name}>{tail}")

    def _open(
        self, element: etree._Element, rendered: _Scope, inherited: _Inherited | None
    ) -> tuple[str, _Scope]:
        """Write a start tag and the text behind it; return the name and what is now declared."""
        tag: str = element.tag
        prefix = element.prefix
        local = tag.rpartition("}")[2]
        name = f"{prefix}:{local}" if prefix else local
        scope = {p or "": uri or "" for p, uri in element.nsmap.items()}
        if tag[0] != "{":
            # lxml does not tell an undeclared default namespace from an inherited one.
            scope[""] = ""
        attributes = _attributes(element, scope, inherited)
        declared = self._namespaces(prefix or "", scope, rendered, attributes)
        parts = [f"<{name}"]
        if declared:
            rendered = {**rendered, **declared}
            for key in sorted(declared):
                label = f"xmlns:{key}" if key else "xmlns"
                parts.append(f' {label}="{_escape_value(declared[key])}"')
        if attributes:
            attributes.sort()
            parts.extend(f' {label}="{_escape_value(value)}"' for _, _, label, value in attributes)
        parts.append(">")
        if element.text:
            parts.append(_escape_text(element.text))
        self.out.append("".join(parts))
        return name, rendered

    def _namespaces(
        self,
        prefix: str,
        scope: _Scope,
        rendered: _Scope,
        attributes: list[tuple[str, str, str, str]],
    ) -> dict[str, str]:
        """Return the namespaces to declare here: those that the output does not say yet."""
        if self._exclusive:
            used = {label.partition(":")[0] for uri, _, label, _ in attributes if uri}
            used.add(prefix)
            used |= self._prefixes & scope.keys()
        else:
            used = set(scope)
        used.discard("xml")
        # An empty default namespace is said only where it takes back another one.
        new = {key: scope.get(key, "") for key in used}
        new = {key: uri for key, uri in new.items() if rendered.get(key, "") != uri}
        for uri in new.values():
            if uri and not _WITH_SCHEME.match(uri):
                raise CanonicalError(f"the namespace {uri!r} is a relative reference")
        return new


def _attributes(
    element: etree._Element, scope: _Scope, inherited: _Inherited | None
) -> list[tuple[str, str, str, str]]:
    """Return the attributes as namespace, local name, name in the output and value."""
    found: list[tuple[str, str, str, str]] = []
    given = _items(element)
    if not given and not inherited:
        return found
    for number, (key, value) in enumerate(given, start=1):
        if key[0] != "{":
            found.append(("", key, key, value))
        elif inherited is None or key not in inherited:
            uri, _, local = key[1:].partition("}")
            found.append((uri, local, _label(element, number, uri, local, scope), value))
    for key, taken in (inherited or {}).items():
        if taken is not None:
            local = key.rpartition("}")[2]
            found.append((_XML, local, f"xml:{local}", taken))
    return found


def _items(element: etree._Element) -> list[tuple[str, str]]:
    """Return names and values; the type stubs of lxml allow octets, which Python 3 never sees."""
    return cast("list[tuple[str, str]]", element.items())


def _label(element: etree._Element, number: int, uri: str, local: str, scope: _Scope) -> str:
    if uri == _XML:
        return f"xml:{local}"
    prefixes = [prefix for prefix, known in scope.items() if prefix and known == uri]
    if len(prefixes) == 1:
        return f"{prefixes[0]}:{local}"
    # Two prefixes name this namespace: only libxml2 knows which one the attribute has.
    return str(element.xpath(f"name(@*[{number}])"))


def _inherited(apex: etree._Element, method: C14n) -> _Inherited | None:
    """Return the ``xml:*`` attributes that the first element of the output takes over."""
    if method.exclusive:
        return None
    above = list(apex.iterancestors())
    if not above:
        return None
    taken: dict[str, str | None] = {}
    for ancestor in above:
        for key, value in _items(ancestor):
            wanted = key in _INHERITED_11 if method.version_11 else key.startswith(_XML_NAME)
            if wanted and key not in apex.attrib:
                taken.setdefault(key, value)
    if method.version_11 and any(ancestor.get(_XML_BASE) is not None for ancestor in above):
        taken[_XML_BASE] = _fixed_base([apex, *above]) or None
    return taken


def _fixed_base(path: list[etree._Element]) -> str:
    """Join the ``xml:base`` of an element and its ancestors (Canonical XML 1.1, section 2.4)."""
    values = [element.get(_XML_BASE) for element in path]
    stated = [value for value in values if value is not None]
    joined = stated[0]
    for base in stated[1:]:
        joined = _join(base, joined)
    return joined


_REFERENCE = re.compile(
    r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)


def _join(base: str, reference: str) -> str:
    """Resolve a reference as RFC 3986, 5.2, with a base that may itself be relative."""
    base_parts, parts = _REFERENCE.fullmatch(base), _REFERENCE.fullmatch(reference)
    if base_parts is None or parts is None:
        raise CanonicalError(f"{reference!r} is not a reference")
    b_scheme, b_authority, b_path, b_query = base_parts.groups()
    scheme, authority, path, query = parts.groups()
    if scheme is None:
        scheme = b_scheme
        if authority is None:
            authority = b_authority
            if not path:
                path = b_path
                query = b_query if query is None else query
            elif not path.startswith("/"):
                if b_authority is not None and not b_path:
                    path = f"/{path}"
                else:
                    # A base that ends in ".." means the folder.
                    folder = b_path if not b_path.endswith("..") else f"{b_path}/"
                    path = folder[: folder.rfind("/") + 1] + path
    joined = _without_dots(path)
    if authority is not None:
        joined = f"//{authority}{joined}"
    if scheme is not None:
        joined = f"{scheme}:{joined}"
    return joined if query is None else f"{joined}?{query}"


def _without_dots(path: str) -> str:
    """Remove ``.`` and ``..`` but keep the leading ``..`` of a relative path."""
    absolute = path.startswith("/")
    kept: list[str] = []
    segments = [segment for segment in path.split("/") if segment]
    for segment in segments:
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment == ".." and absolute:
            continue
        elif segment != ".":
            kept.append(segment)
    folder = path.endswith("/") or (segments and segments[-1] in {".", ".."})
    text = "/".join(kept) + ("/" if folder and kept else "")
    return f"/{text}" if absolute else text
