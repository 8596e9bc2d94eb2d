"""The kinds of rule that a data model of Peppol consists of; each profile brings its table of ids.

A path begins below the root; an empty one is the root itself.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from einvoice_core.findings import Breach, RuleSet, Severity
from ubl_peppol.reading import GroupReading
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import at, nodes, tag, text_nodes
from ubl_peppol.rules.peppol import codes
from ubl_peppol.rules.responses._codes import response_codes
from ubl_peppol.rules.responses._reading import ResponseReading

__all__ = ["add_attributes", "add_codes", "add_common", "add_foreign", "add_needed", "places"]

_Rules = RuleSet[ResponseReading]


def places(response: ResponseReading, path: str) -> list[etree._Element]:
    """Return the elements at a path."""
    return nodes(response.root, path) if path else [response.root]


def _located(response: ResponseReading) -> bool:
    names = (str(name) for name in response.root.attrib)
    return any(name.rpartition("}")[2] == "schemaLocation" for name in names)


def add_common(rules: _Rules, located: str) -> None:
    """Add what every response has: no empty element, dates, identifiers, no schema location."""

    @rules.rule("PEPPOL-COMMON-R001", message="The element is empty: fill it in or leave it out.")
    def no_element_is_empty(response: ResponseReading) -> Iterator[Breach]:
        """No element is empty."""
        for element in response.empty:
            yield Breach(at=GroupReading(element))

    def no_schema_location(response: ResponseReading) -> Iterator[Breach]:
        """The root names no schema location."""
        if _located(response):
            yield Breach(at=at(response.root))

    message = "The root has a schemaLocation: leave it out."
    rules.rule("PEPPOL-COMMON-R003", severity=Severity.WARNING, message=message)(no_schema_location)
    rules.rule(located, message=message)(no_schema_location)

    @rules.rule(
        "PEPPOL-COMMON-R030",
        message="{value!r} is not a date of ten characters: write it like 2026-12-31.",
    )
    def date_has_no_time_zone(response: ResponseReading) -> Iterator[Breach]:
        """A date has the form YYYY-MM-DD and is a day of the calendar."""
        for value in response.values("date"):
            if len(value.text) != 10 or not codes.is_day(value):
                yield Breach(at=value, value=value.text[:40])

    def identifier_fits_its_scheme(response: ResponseReading, scheme: str) -> Iterator[Breach]:
        """An identifier has the form of its scheme."""
        yield from codes.misshapen(response, scheme)

    message = codes.IDENTIFIER_MESSAGE
    rules.family(codes.FATAL_SCHEMES, message=message)(identifier_fits_its_scheme)
    rules.family(codes.WARNED_SCHEMES, message=message, severity=Severity.WARNING)(
        identifier_fits_its_scheme
    )

    @rules.rule("PEPPOL-COMMON-R056-2", message=codes.DUTCH_MESSAGE, severity=Severity.WARNING)
    def dutch_vat_number_fits(response: ResponseReading) -> Iterator[Breach]:
        """A VAT number that begins with NL is a Dutch one."""
        yield from codes.not_dutch(response)


def add_needed(rules: _Rules, rows: Mapping[str, tuple[str, str]]) -> None:
    """Add the rules that an element has a child: id → path, child."""

    @rules.family(rows, message="{child} is missing here: add it.")
    def child_is_there(response: ResponseReading, place: tuple[str, str]) -> Iterator[Breach]:
        """The element has this child."""
        path, child = place
        for element in places(response, path):
            if not nodes(element, child):
                yield Breach(at=at(element), child=child)


def add_foreign(rules: _Rules, rows: Mapping[str, tuple[str, str]]) -> None:
    """Add the rules that an element holds nothing else: id → path, names of its children."""

    @rules.family(rows, message="{name} has no place in {parent}: leave it out.")
    def child_is_of_the_model(
        response: ResponseReading, place: tuple[str, str]
    ) -> Iterator[Breach]:
        """The element has no children but those of the data model."""
        path, children = place
        known = {tag(name) for name in children.split()}
        for element in places(response, path):
            for child in element.iterchildren("*"):
                if child.tag not in known:
                    names = (etree.QName(node).localname for node in (child, element))
                    yield Breach(at=at(child), **dict(zip(("name", "parent"), names, strict=True)))


def add_attributes(
    rules: _Rules,
    present: Mapping[str, tuple[str, str]],
    listed: Mapping[str, tuple[str, str, str]],
) -> None:
    """Add the rules on attributes: id → path, name; and id → path, name, code list."""

    @rules.family(present, message="The attribute {name} is missing: add it.")
    def attribute_is_there(response: ResponseReading, place: tuple[str, str]) -> Iterator[Breach]:
        """The element has this attribute."""
        path, name = place
        for element in places(response, path):
            if element.get(name) is None:
                yield Breach(at=at(element), name=name)

    @rules.family(listed, message="{code!r} is not in the list for {name}: replace it.")
    def attribute_is_listed(
        response: ResponseReading, place: tuple[str, str, str]
    ) -> Iterator[Breach]:
        """The attribute is one of its code list."""
        path, name, known = place
        for element in places(response, path):
            code = element.get(name)
            if code is not None and code not in response_codes(known):
                yield Breach(at=at(element), name=name, code=code)


def add_codes(rules: _Rules, rows: Mapping[str, tuple[str, str]]) -> None:
    """Add the rules that a text is a code: id → path, code list."""

    @rules.family(rows, message="{code} is not in the code list of this element: replace it.")
    def text_is_listed(response: ResponseReading, place: tuple[str, str]) -> Iterator[Breach]:
        """The text is one of its code list."""
        path, known = place
        for element in places(response, path):
            code = collapse(text_nodes([element]))
            if code not in response_codes(known):
                yield Breach(at=at(element), code=shown(code))
