"""JUnit test cases, for continuous integration.

A file is a test suite. Each finding is a test case: a fatal one fails, a warning passes with its
text as output, one that could not be decided is an error, and so is a file that could not be read.
A layer that did not run is a skipped case. A file with no finding has one case that passes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from einvoice_core.findings import Finding, Severity
from einvoice_core.reports._results import FileReport, Summary, Tool, clean

__all__ = ["pieces"]


def pieces(results: Iterable[FileReport], tool: Tool, summary: Summary) -> Iterator[str]:
    """Write one suite for each file."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_quoted(tool.name)}>\n'
    for result in results:
        yield from _suite(result)
    yield "</testsuites>\n"


def _suite(result: FileReport) -> Iterator[str]:
    report = result.report
    outcomes = [(_outcome(finding), finding) for finding in report.findings]
    if result.problem is not None:
        outcomes.insert(0, ("error", result.findings[0]))
    counts = Counter(outcome for outcome, _ in outcomes)
    cases = (len(outcomes) or 1) + len(report.layers_skipped) + report.truncated
    yield (
        f'<testsuite name={_quoted(result.file)} tests="{cases}" failures="{counts["failure"]}" '
        f'errors="{counts["error"] + report.truncated}" skipped="{len(report.layers_skipped)}" '
        f'time="0">\n<properties><property name="layers" '
        f"value={_quoted(' '.join(report.layers_run))}/></properties>\n"
    )
    if not outcomes:
        yield _case(result, "no findings", "")
    for outcome, finding in outcomes:
        yield _case(result, finding.rule, _verdict(outcome, finding))
    for layer, reason in report.layers_skipped.items():
        yield _case(result, f"layer {layer}", f"<skipped message={_quoted(reason)}/>")
    if report.truncated:
        text = "there were more findings than a report holds"
        yield _case(result, "truncated", f"<error message={_quoted(text)}/>")
    yield "</testsuite>\n"


def _case(result: FileReport, name: str, content: str) -> str:
    start = f'<testcase classname={_quoted(result.file)} name={_quoted(name)} time="0"'
    return f"{start}>{content}</testcase>\n" if content else f"{start}/>\n"


def _outcome(finding: Finding) -> str:
    if finding.undecided:
        return "error"
    return "failure" if finding.severity is Severity.FATAL else "system-out"


def _verdict(outcome: str, finding: Finding) -> str:
    where = f"line {finding.line}" if finding.line else ""
    text = "\n".join(filter(None, [finding.message, finding.path, where]))
    if outcome == "system-out":
        return f"<system-out>{escape(clean(text))}</system-out>"
    kind = "undecided" if finding.undecided else finding.severity.value
    start = f"<{outcome} type={_quoted(kind)} message={_quoted(finding.message)}>"
    return f"{start}{escape(clean(text))}</{outcome}>"


def _quoted(text: str) -> str:
    return quoteattr(clean(text))
