"""The set of the German rules, and when they look at an element."""

from lxml import etree

from ubl_peppol.reading import Reading
from ubl_peppol.rules._nodes import matches, nodes
from ubl_peppol.rules.peppol._set import within_germany
from ubl_peppol.rules.peppol.national._countries import national

__all__ = ["german", "germany"]

germany = national("peppol-de")


def german(invoice: Reading, path: str = "") -> list[etree._Element]:
    """Return the elements at a path from the root when seller and buyer are in Germany."""
    if not matches(lambda: within_germany(invoice)):
        return []
    return nodes(invoice.root, path) if path else [invoice.root]
