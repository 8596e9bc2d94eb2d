"""What the readers of responses of UBL share."""

import re
from typing import cast

from lxml import etree

_SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
RESPONSE_SPACE = f"{_SPACE}ApplicationResponse-2"
APPLICATION_RESPONSE = f"{{{RESPONSE_SPACE}}}ApplicationResponse"
NAMESPACES = {
    "cac": f"{_SPACE}CommonAggregateComponents-2",
    "cbc": f"{_SPACE}CommonBasicComponents-2",
}

# Only the four characters that XML takes for white space: a hard space is text.
_GAPS = re.compile(r"[ \t\r\n]+")


def text_at(element: etree._Element, path: str) -> str:
    """Return the text of the first element at a path, as ``normalize-space`` gives it."""
    found = element if path == "." else element.find(path, NAMESPACES)
    if found is None:
        return ""
    return _GAPS.sub(" ", str(found.xpath("string()"))).strip(" ")


def path_of(element: etree._Element) -> tuple[str, int | None]:
    """Return where an element stands: its path, and its line."""
    return element.getroottree().getpath(element), cast("int | None", element.sourceline)
