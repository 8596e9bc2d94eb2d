"""Elements that a record keeps as text."""

import copy
import re

from lxml import etree

from einvoice_core.records import RawXml
from einvoice_core.xml.binding._escaping import declaration

__all__ = ["kept"]


def kept(element: etree._Element) -> RawXml:
    """Keep an element as text, with those namespaces of its ancestors that it may need.

    The copy declares the namespaces of its names. A prefix may also stand in a value, such as that
    of ``xsi:type``: whatever looks like a prefix and is one further out is declared too.
    """
    text = etree.tostring(copy.deepcopy(element), encoding="unicode", with_tail=False)
    start = _START.match(text)
    parent = element.getparent()
    if start is None or parent is None:
        return RawXml(text)
    declared = set(_DECLARED.findall(start[0]))
    added = "".join(
        declaration(prefix, namespace)
        for prefix, namespace in sorted(_prefixes(parent).items())
        if prefix not in declared and _has_prefix(text, prefix)
    )
    return RawXml(f"{start[0]}{added}{text[start.end() :]}")


def _prefixes(element: etree._Element) -> dict[str, str]:
    return {prefix: namespace for prefix, namespace in element.nsmap.items() if prefix}


def _has_prefix(text: str, prefix: str) -> bool:
    place = text.find(f"{prefix}:")
    while place >= 0:
        if not _IN_NAME.match(text[place - 1 : place]):
            return True
        place = text.find(f"{prefix}:", place + 1)
    return False


_START = re.compile(r"<[^\s/>]+(?: xmlns(?::[^\s=]+)?=\"[^\"]*\")*")
_DECLARED = re.compile(r" xmlns:([^\s=]+)=")
_IN_NAME = re.compile(r"[\w.-]")
