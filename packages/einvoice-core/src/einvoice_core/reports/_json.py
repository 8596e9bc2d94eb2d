"""For programs: a list of files with their findings."""

import json
from collections.abc import Iterable, Iterator

from einvoice_core.findings import Finding
from einvoice_core.reports._results import FileReport, Summary, Tool

__all__ = ["pieces"]


def pieces(results: Iterable[FileReport], tool: Tool, summary: Summary) -> Iterator[str]:
    """Write the list, one file on each line."""
    before = "[\n"
    for result in results:
        yield before
        yield json.dumps(_entry(result))
        before = ",\n"
    yield "\n]\n" if summary.files else "[]\n"


def _entry(result: FileReport) -> dict[str, object]:
    report = result.report
    entry: dict[str, object] = {
        # The name of a file may hold octets that are no text.
        "file": result.file.encode("utf-8", "backslashreplace").decode("utf-8"),
        "valid": result.valid,
        "layers": {"run": list(report.layers_run), "skipped": dict(report.layers_skipped)},
        "findings": [_finding(finding) for finding in result.findings],
    }
    if report.truncated:
        entry["truncated"] = True
    return entry


def _finding(finding: Finding) -> dict[str, object]:
    entry: dict[str, object] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
    }
    if finding.undecided:
        entry["undecided"] = True
    return entry
