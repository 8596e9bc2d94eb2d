"""Reports in the Schematron validation report language (SVRL), as findings."""

import re
from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Finding, Location, Severity
from einvoice_core.xml.parsing import parse
from ubl_peppol.errors import SchematronError
from ubl_peppol.reading.values import collapse, location_of, string_of

__all__ = ["findings_of", "fired_in"]

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FIRED = (f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
_STEP = re.compile(
    r"/(?:\*:(?P<name>[^\[/]+)\[namespace-uri\(\)='(?P<space>[^']*)'\]"
    r"|Q\{(?P<space2>[^}]*)\}(?P<name2>[^\[/]+)"
    r"|\*\[local-name\(\)='(?P<name3>[^']*)' and namespace-uri\(\)='(?P<space3>[^']*)'\])"
    r"(?:\[(?P<place>[0-9]+)\])?"
)
_WARNINGS = frozenset({"warning", "warn", "information", "info"})


def findings_of(svrl: str, root: etree._Element, source: str) -> tuple[Finding, ...]:
    """Turn a report into findings, each at its element of the document.

    Args:
        svrl: The report.
        root: The document that was judged.
        source: What the rules are of.

    Raises:
        SchematronError: It is not a report: the stylesheet is not one of Schematron.
    """
    return tuple(_findings(_read(svrl), root, source))


def fired_in(svrl: str) -> frozenset[str]:
    """Return the ids that fired in a report.

    Args:
        svrl: The report.

    Raises:
        SchematronError: As in :func:`findings_of`.
    """
    return frozenset(str(entry.get("id")) for entry in _read(svrl).iter(*_FIRED))


def _read(svrl: str) -> etree._Element:
    report = parse(svrl.encode()) if svrl.strip() else None
    if report is None or report.tag != f"{_SVRL}schematron-output":
        raise SchematronError("the stylesheet wrote no Schematron report (SVRL)")
    return report


def _findings(report: etree._Element, root: etree._Element, source: str) -> Iterator[Finding]:
    for entry in report.iter(*_FIRED):
        text = entry.find(f"{_SVRL}text")
        rule = str(entry.get("id") or "SCHEMATRON")
        message = "" if text is None else collapse(string_of(text))
        flag = str(entry.get("flag") or entry.get("role") or "fatal").lower()
        place = _place(root, str(entry.get("location") or ""))
        yield Finding(
            rule=rule,
            severity=Severity.WARNING if flag in _WARNINGS else Severity.FATAL,
            # Many official texts begin with the id, which the finding has already.
            message=message.removeprefix(f"[{rule}]").lstrip("- "),
            path=place.path,
            line=place.line,
            source=source,
        )


def _place(root: etree._Element, location: str) -> Location:
    """Find the element that a report names; a path that is not understood is shown as it is."""
    steps = list(_STEP.finditer(location))
    if not steps or "".join(step[0] for step in steps) != location:
        return Location(location)
    element: etree._Element | None = None
    for step in steps:
        name = step["name"] or step["name2"] or step["name3"] or ""
        space = step["space"] or step["space2"] or step["space3"] or ""
        wanted = f"{{{space}}}{name}" if space else name
        number = int(step["place"] or 1)
        if element is None:
            element = root if root.tag == wanted and number == 1 else None
        else:
            found = element.findall(wanted)
            element = found[number - 1] if number <= len(found) else None
        if element is None:
            return Location(location)
    return Location(location) if element is None else location_of(element)
