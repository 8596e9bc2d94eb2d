"""Documents for property tests: small, with all that makes canonical forms hard.

Namespaces declared twice under different prefixes, taken back, and declared again; ``xml:*``
attributes; comments and processing instructions; white space and characters that are escaped.
"""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

__all__ = ["documents"]

_PREFIXES = ["", "p", "q", "r"]
_NAMESPACES = ["urn:1", "urn:2", "http://example.org/3"]
_NAMES = ["a", "b", "Id-1"]
_TEXTS = st.text(alphabet="ab <>&\"'\t\n\rñ€😀]", max_size=6)
_XML_ATTRIBUTES = {
    "xml:lang": ["es", "eu"],
    "xml:space": ["preserve", "default"],
    "xml:base": ["http://example.org/a/b", "../c", "d/", "", "/e?f"],
    "xml:other": ["1"],
}

_Scope = dict[str, str]


@st.composite
def documents(draw: st.DrawFn, *, xml_base: bool = True, max_depth: int = 4) -> str:
    """Draw the text of a document; the attribute ``n`` numbers its elements.

    Args:
        draw: Given by hypothesis.
        xml_base: Whether ``xml:base`` occurs.
        max_depth: Levels of elements.
    """
    numbers = iter(range(10_000))
    before = draw(st.sampled_from(["", "<!-- before -->", "<?before pi?>\n"]))
    after = draw(st.sampled_from(["", "\n<!-- after -->", "<?after?>"]))

    def element(scope: _Scope, depth: int) -> str:
        here = dict(scope)
        declared: list[str] = []
        for prefix in draw(st.lists(st.sampled_from(_PREFIXES), unique=True, max_size=2)):
            choices = _NAMESPACES if prefix else ["", *_NAMESPACES]
            here[prefix] = draw(st.sampled_from(choices))
            name = f"xmlns:{prefix}" if prefix else "xmlns"
            declared.append(f"{name}={quoteattr(here[prefix])}")
        prefix = draw(st.sampled_from(sorted({"", *here})))
        tag = (f"{prefix}:" if prefix else "") + draw(st.sampled_from(_NAMES))
        parts = [*declared, *_attributes(draw, here, xml_base=xml_base), f'n="{next(numbers)}"']
        parts = draw(st.permutations(parts))
        children = [escape(draw(_TEXTS), {"\r": "&#13;"})]
        count = draw(st.integers(0, 3)) if depth else 0
        for _ in range(count):
            kind = draw(st.sampled_from(["element", "element", "comment", "instruction"]))
            if kind == "element":
                children.append(element(here, depth - 1))
            else:
                children.append("<!-- c -->" if kind == "comment" else "<?pi x  y?>")
            children.append(escape(draw(_TEXTS), {"\r": "&#13;"}))
        return f"<{tag} {' '.join(parts)}>{''.join(children)}</{tag}>"

    return before + element({}, max_depth) + after


def _attributes(draw: st.DrawFn, scope: _Scope, *, xml_base: bool) -> list[str]:
    found: dict[tuple[str, str], str] = {}
    prefixes = ["", *sorted(prefix for prefix in scope if prefix)]
    for prefix in draw(st.lists(st.sampled_from(prefixes), max_size=3)):
        local = draw(st.sampled_from(["x", "y"]))
        key = (scope[prefix] if prefix else "", local)
        label = f"{prefix}:{local}" if prefix else local
        value = quoteattr(draw(_TEXTS)).replace("\r", "&#13;")
        found.setdefault(key, f"{label}={value}")
    chosen = draw(st.lists(st.sampled_from(sorted(_XML_ATTRIBUTES)), unique=True, max_size=2))
    inherited = {
        name: draw(st.sampled_from(_XML_ATTRIBUTES[name]))
        for name in chosen
        if name != "xml:base" or xml_base
    }
    return [*found.values(), *(f"{name}={quoteattr(value)}" for name, value in inherited.items())]
