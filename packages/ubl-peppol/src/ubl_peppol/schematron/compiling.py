"""ISO Schematron as a stylesheet: what the official files need, and a typed error for the rest.

Source: ISO/IEC 19757-3:2016, query binding ``xslt2``. A pattern becomes a mode, its rules become
templates of falling priority, so that the first that matches an element is the only one. Phases
are not chosen: every pattern runs.
"""

from collections.abc import Iterator

from lxml import etree

from einvoice_core.xml.parsing import parse
from ubl_peppol.errors import SchematronError

__all__ = ["stylesheet_of"]

_SCH = "http://purl.oclc.org/dsdl/schematron"
_XSL = "http://www.w3.org/1999/XSL/Transform"
_SVRL = "http://purl.oclc.org/dsdl/svrl"
_UNSUPPORTED = ("include", "extends", "diagnostics", "properties")


def _sch(name: str) -> str:
    return f"{{{_SCH}}}{name}"


def _xsl(name: str) -> str:
    return f"{{{_XSL}}}{name}"


def stylesheet_of(schematron: bytes) -> bytes:
    """Compile a Schematron schema into a stylesheet that writes SVRL.

    Args:
        schematron: The schema, in one file: without includes and abstract patterns. Official
            publishers call it *preprocessed*.

    Raises:
        SchematronError: It is not a schema, or uses what is not compiled here.
        XmlRefused: The bytes are not a document that is read.
    """
    schema = parse(schematron)
    if schema.tag != _sch("schema"):
        raise SchematronError("this is no ISO Schematron schema")
    for name in _UNSUPPORTED:
        if next(schema.iter(_sch(name)), None) is not None:
            raise SchematronError(
                f"the schema has {name!r}: give the preprocessed file, or its stylesheet",
                construct=name,
            )
    if schema.get("defaultPhase", "#ALL") != "#ALL":
        raise SchematronError("the schema chooses a phase: give a schema whose patterns all run")
    if any(pattern.get("abstract") or pattern.get("is-a") for pattern in _patterns(schema)):
        raise SchematronError("the schema has abstract patterns: give the preprocessed file")
    spaces = {
        str(entry.get("prefix")): str(entry.get("uri")) for entry in schema.iterchildren(_sch("ns"))
    }
    declared = {prefix: uri for prefix, uri in schema.nsmap.items() if prefix}
    nsmap = {**declared, **spaces, "xsl": _XSL, "svrl": _SVRL}
    sheet = etree.Element(_xsl("stylesheet"), nsmap=nsmap, version="3.0")
    etree.SubElement(sheet, _xsl("output"), method="xml", indent="no")
    _copy_others(schema, sheet)
    _lets(schema, sheet, "variable")
    patterns = list(_patterns(schema))
    for number, pattern in enumerate(patterns):
        _lets(pattern, sheet, "variable")
        _pattern(pattern, sheet, f"p{number}")
    _start(sheet, patterns)
    return etree.tostring(sheet, encoding="UTF-8", xml_declaration=True)


def _patterns(schema: etree._Element) -> Iterator[etree._Element]:
    yield from schema.iterchildren(_sch("pattern"))


def _copy_others(schema: etree._Element, sheet: etree._Element) -> None:
    """Keep the functions of the schema: they are written in XSLT already."""
    for child in schema.iterchildren(_xsl("function"), _xsl("key")):
        sheet.append(parse(etree.tostring(child)))


def _lets(parent: etree._Element, into: etree._Element, kind: str) -> None:
    for entry in parent.iterchildren(_sch("let")):
        name, value = str(entry.get("name")), str(entry.get("value") or "()")
        etree.SubElement(into, _xsl(kind), name=name, select=value)


def _start(sheet: etree._Element, patterns: list[etree._Element]) -> None:
    template = etree.SubElement(sheet, _xsl("template"), match="/")
    output = etree.SubElement(template, f"{{{_SVRL}}}schematron-output")
    for number, pattern in enumerate(patterns):
        active = etree.SubElement(output, f"{{{_SVRL}}}active-pattern")
        active.set("id", str(pattern.get("id") or f"p{number}"))
        etree.SubElement(output, _xsl("apply-templates"), select="*", mode=f"p{number}")


def _pattern(pattern: etree._Element, sheet: etree._Element, mode: str) -> None:
    rules = list(pattern.iterchildren(_sch("rule")))
    for place, rule in enumerate(rules):
        priority = str(1000 + len(rules) - place)
        match = str(rule.get("context") or "")
        if not match.strip():
            raise SchematronError("the schema has a rule without context")
        template = etree.SubElement(
            sheet, _xsl("template"), match=match, mode=mode, priority=priority
        )
        _lets(rule, template, "variable")
        for check in rule.iterchildren(_sch("assert"), _sch("report")):
            _check(check, template)
        etree.SubElement(template, _xsl("apply-templates"), select="@*|*", mode=mode)
    walking = etree.SubElement(sheet, _xsl("template"), match="*", mode=mode, priority="-1")
    etree.SubElement(walking, _xsl("apply-templates"), select="@*|*", mode=mode)
    etree.SubElement(sheet, _xsl("template"), match="@*|text()", mode=mode, priority="-2")


def _check(check: etree._Element, template: etree._Element) -> None:
    test = str(check.get("test") or "false()")
    fails = check.tag == _sch("assert")
    condition = f"not({test})" if fails else test
    when = etree.SubElement(template, _xsl("if"), test=condition)
    entry = etree.SubElement(
        when, f"{{{_SVRL}}}{'failed-assert' if fails else 'successful-report'}"
    )
    for name in ("id", "flag", "role"):
        if check.get(name):
            entry.set(name, str(check.get(name)).replace("{", "{{").replace("}", "}}"))
    location = etree.SubElement(entry, _xsl("attribute"), name="location")
    etree.SubElement(location, _xsl("value-of"), select="path(.)")
    text = etree.SubElement(entry, f"{{{_SVRL}}}text")
    _content(check, text)


def _content(check: etree._Element, text: etree._Element) -> None:
    _words(text, check.text)
    for child in check:
        if child.tag == _sch("value-of"):
            etree.SubElement(text, _xsl("value-of"), select=str(child.get("select") or "''"))
        elif child.tag == _sch("name"):
            path = str(child.get("path") or ".")
            etree.SubElement(text, _xsl("value-of"), select=f"name({path})")
        elif isinstance(child.tag, str):
            _content(child, text)
        _words(text, child.tail)


def _words(text: etree._Element, words: str | None) -> None:
    if words:
        etree.SubElement(text, _xsl("text")).text = words
