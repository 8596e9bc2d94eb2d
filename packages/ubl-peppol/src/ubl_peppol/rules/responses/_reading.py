"""A business response (UBL ``ApplicationResponse``) as its rules see it."""

from collections.abc import Callable
from types import MappingProxyType

from lxml import etree

from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading import Value
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules._nodes import blank, nodes, tag
from ubl_peppol.syntax import APPLICATION_RESPONSE

__all__ = ["ResponseReading", "read_response"]

_ROOT = f"{{{APPLICATION_RESPONSE}}}ApplicationResponse"
_DATES = ("IssueDate", "DueDate", "TaxPointDate", "StartDate", "EndDate", "ActualDeliveryDate")
_PARTS = MappingProxyType({"scheme-id": "schemeID", "BT-34-1": "schemeID"})


def _is_identifier(element: etree._Element) -> bool:
    if element.tag in (tag("cbc:EndpointID"), tag("cbc:CompanyID")):
        return True
    parent = element.getparent()
    return (
        element.tag == tag("cbc:ID")
        and parent is not None
        and parent.tag == tag("cac:PartyIdentification")
    )


def _is_vat_number(element: etree._Element) -> bool:
    parent = element.getparent()
    if element.tag != tag("cbc:CompanyID") or parent is None:
        return False
    schemes = nodes(parent, "cac:TaxScheme/cbc:ID")
    return (
        parent.tag == tag("cac:PartyTaxScheme")
        and len(schemes) == 1
        and collapse(string_of(schemes[0])) == "VAT"
    )


_TERMS: MappingProxyType[str, Callable[[etree._Element], bool]] = MappingProxyType(
    {
        "identifier": _is_identifier,
        "electronic-address": lambda element: element.tag == tag("cbc:EndpointID"),
        "nl-vat-number": _is_vat_number,
        "date": lambda element: element.tag in {tag(f"cbc:{name}") for name in _DATES},
    }
)


class ResponseReading:
    """What a response really holds."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        elements = list(root.iter(etree.Element))
        self.empty = [node for node in elements if node.find("*") is None and blank(node)]
        """Elements that hold nothing but white space."""
        self._values = {
            term: [Value(string_of(node), node) for node in elements if holds(node)]
            for term, holds in _TERMS.items()
        }

    def values(self, term: str) -> list[Value]:
        """Return every occurrence of a term: identifiers, electronic addresses, dates."""
        return self._values[term]

    def part(self, value: Value, _term: str, part: str) -> str | None:
        """Return a part of a term, such as the scheme of an identifier."""
        return value.part(_PARTS[part])


def read_response(root: etree._Element) -> ResponseReading:
    """Read a business response.

    Raises:
        UnknownDocumentError: The root is something else.
    """
    if root.tag != _ROOT:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: a UBL 2.1 ApplicationResponse is read here",
            root=str(root.tag),
        )
    return ResponseReading(root)
