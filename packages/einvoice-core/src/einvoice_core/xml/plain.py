"""Documents whose own octets are nearly their canonical form: nothing needs to be written anew.

Programs that write for being signed write so: namespaces declared at the root, no attributes, no
comments, tags without spaces. The canonical form then differs in the first tag alone.
"""

import re

from einvoice_core.xml.canonical import CanonicalError

__all__ = ["Plain", "as_it_stands"]

_PLAIN_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*:")
_PLAIN_START = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?\?>[ \n\t]*)?'
    rb"<(?P<name>[A-Za-z_][A-Za-z0-9_.:-]*)"
    rb'(?P<declared>(?: xmlns(?::[A-Za-z_][A-Za-z0-9_.-]*)?="[^"<&\t\r\n]+")*)>'
)
_PLAIN_DECLARATION = re.compile(rb' (xmlns(?::[^=]+)?)="([^"]+)"')
# Octets that are looked for first, because that is quick, and what they make unfit.
_NEVER_PLAIN = (
    (b"=", b"="),
    (b"\r", b"\r"),
    (b"!", b"<!"),
    (b"?", b"<?"),
    (b"\n", b"\n>"),
    (b"\t", b"\t>"),
    (b" ", b" >"),
    (b"/", b"/>"),
)
_NO_SIGNS = bytes(set(range(256)) - set(b"<>"))
_PLAIN_REFERENCES = (b"&amp;", b"&lt;", b"&gt;")


class Plain(bytes):
    """Octets of a document whose writer vouches for their form: they need not be read to be signed.

    They are well-formed UTF-8. Namespaces are declared at the root and absolute; there are no
    attributes, comments, processing instructions, sections of CDATA, empty tags or spaces inside
    tags, and no references but ``&amp;``, ``&lt;`` and ``&gt;``. No text holds ``>``. The elements
    are those of a format that nests them a hundred deep at most, and no signature is among them.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        # What somebody else hands back is vouched for by nobody.
        return bytes, (bytes(self),)

    @property
    def namespaces(self) -> dict[str, str]:
        """The namespaces in scope at the root, by prefix; the default one has the empty prefix."""
        start = _plain_start(self)
        return {} if start is None else _declared(start)

    @property
    def canonical(self) -> bytes:
        """The inclusive form."""
        start = _plain_start(self)
        if start is None:
            raise CanonicalError("the document does not begin as its writer says")
        return _with_sorted_declarations(self, start)


def as_it_stands(xml: bytes) -> bytes | None:
    """Return the inclusive form of a document when its own octets have that form already.

    Looking for what is otherwise costs a tenth of writing anew.

    Args:
        xml: The octets of a document that was parsed, so that it is well-formed.

    Returns:
        The canonical form; ``None`` when it may differ from the octets, which includes all doubt.
    """
    start = _plain_start(xml)
    if start is None:
        return None
    rest = xml[start.end() - 1 :]
    # Without "=" there is no attribute; where "<" and ">" alternate, no text holds one of them.
    if any(octet in rest and unfit in rest for octet, unfit in _NEVER_PLAIN):
        return None
    signs = rest.translate(None, _NO_SIGNS)
    if signs != b"><" * (len(signs) // 2) + b">":
        return None
    if b"&" in rest and rest.count(b"&") != sum(map(rest.count, _PLAIN_REFERENCES)):
        return None
    return _with_sorted_declarations(xml, start)


def _plain_start(xml: bytes) -> re.Match[bytes] | None:
    start = _PLAIN_START.match(xml)
    if start is None:
        return None
    declared = _PLAIN_DECLARATION.findall(start["declared"])
    if any(name == b"xmlns:xml" or not _PLAIN_SCHEME.match(uri) for name, uri in declared):
        return None
    return start


def _declared(start: re.Match[bytes]) -> dict[str, str]:
    return {
        name.decode().removeprefix("xmlns").removeprefix(":"): uri.decode()
        for name, uri in _PLAIN_DECLARATION.findall(start["declared"])
    }


def _with_sorted_declarations(xml: bytes, start: re.Match[bytes]) -> bytes:
    declared = sorted(_PLAIN_DECLARATION.findall(start["declared"]))
    opening = b"".join(b' %b="%b"' % pair for pair in declared)
    end = len(xml)
    while xml[end - 1] in b" \t\n":
        end -= 1
    return b"".join((b"<", start["name"], opening, memoryview(xml)[start.end() - 1 : end]))
