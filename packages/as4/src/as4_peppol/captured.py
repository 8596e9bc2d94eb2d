"""Messages that were kept in a file: with the header of their request, or without."""

import re

from as4_peppol.mime import MAX_HEADER_BYTES

__all__ = ["split"]

_HEADER = re.compile(rb"\s*(?:[A-Za-z-]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+")
_TYPE = re.compile(rb"(?im)^content-type:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)")
_BOUNDARY = re.compile(rb"\s*--([^\r\n]+?)\s*\r\n")
_SOAP = "application/soap+xml"


def split(data: bytes) -> tuple[str, bytes]:
    """Return the type of a message and its body.

    Args:
        data: A request or reply as a dump holds it: its header and body, a body that begins with
            its first boundary, or an envelope alone. A byte order mark that an editor left is
            dropped; where the file has no line breaks of two characters, it was stored as text,
            and its line breaks are made those of the wire.
    """
    text = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r\n" not in text[:MAX_HEADER_BYTES] and b"\r\n" not in text:
        text = text.replace(b"\n", b"\r\n")
    head = _HEADER.match(text)
    if head is not None:
        kind = _TYPE.search(head[0])
        stated = " ".join(kind[1].decode("latin-1").split()) if kind else ""
        body = text[head.end() :]
        return (stated, body) if "multipart" in stated else (_SOAP, body.lstrip())
    first = _BOUNDARY.match(text)
    if first is not None:
        return f'multipart/related; boundary="{first[1].decode("latin-1")}"', text
    return _SOAP, text
