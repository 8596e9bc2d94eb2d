"""Schematron validation report language, for tools that know the official artefacts.

One file is one ``schematron-output``; several stand in an element ``reports`` of ours, because the
language knows no list. A layer is an active pattern. A rule of ours has no XPath to show as its
test: its id stands there, and the requirement where it is known.

Source: ISO/IEC 19757-3, annex D.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from xml.sax.saxutils import escape, quoteattr

from einvoice_core.findings import Finding
from einvoice_core.reports._results import FileReport, Summary, Tool, clean

__all__ = ["REPORTS", "pieces"]

SVRL = "http://purl.oclc.org/dsdl/svrl"
REPORTS = "urn:einvoice-es:reports"


def pieces(results: Iterable[FileReport], tool: Tool, summary: Summary) -> Iterator[str]:
    """Write one output for each file."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    iterator = iter(results)
    first, second = next(iterator, None), next(iterator, None)
    if first is not None and second is None:
        yield from _output(first, tool)
        return
    yield f'<reports xmlns="{REPORTS}">\n'
    for result in chain(filter(None, (first, second)), iterator):
        yield from _output(result, tool)
    yield "</reports>\n"


def _output(result: FileReport, tool: Tool) -> Iterator[str]:
    report = result.report
    yield f'<svrl:schematron-output xmlns:svrl="{SVRL}" title={_quoted(tool.name)}>\n'
    for layer, reason in report.layers_skipped.items():
        yield f"<svrl:text>{_text(f'layer {layer} skipped: {reason}')}</svrl:text>\n"
    if report.truncated:
        yield "<svrl:text>there were more findings than a report holds</svrl:text>\n"
    for layer in report.layers_run or ("reading",):
        yield (
            f"<svrl:active-pattern document={_quoted(result.file)} name={_quoted(layer)}/>"
            '<svrl:fired-rule context="/"/>\n'
        )
    for finding in result.findings:
        yield _assert(finding, tool)
    yield "</svrl:schematron-output>\n"


def _assert(finding: Finding, tool: Tool) -> str:
    described = tool.describe(finding.rule)
    test = described.requirement if described else finding.rule
    line = (
        f'<svrl:property-reference property="line">{finding.line}</svrl:property-reference>'
        if finding.line
        else ""
    )
    role = ' role="undecided"' if finding.undecided else ""
    return (
        f"<svrl:failed-assert id={_quoted(finding.rule)} flag={_quoted(finding.severity.value)}"
        f"{role} location={_quoted(finding.path or '/')} test={_quoted(test)}>{line}"
        f"<svrl:text>{_text(finding.message)}</svrl:text></svrl:failed-assert>\n"
    )


def _quoted(text: str) -> str:
    return quoteattr(clean(text))


def _text(text: str) -> str:
    return escape(clean(text))
