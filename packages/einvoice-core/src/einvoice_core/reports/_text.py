"""For people: one line for each finding, as compilers write them."""

from collections.abc import Iterable, Iterator

from einvoice_core.findings import Finding
from einvoice_core.reports._results import FileReport, Summary, Tool, clean

__all__ = ["pieces"]


def pieces(results: Iterable[FileReport], tool: Tool, summary: Summary) -> Iterator[str]:
    """Write a line for each file and each finding, and one for all."""
    for result in results:
        yield _heading(result)
        for finding in result.findings:
            yield _line(result.file, finding)
    if summary.files != 1:
        yield (
            f"{summary.files} files: {summary.valid} valid, {summary.invalid} with findings, "
            f"{summary.unreadable} unreadable\n"
        )


def _heading(result: FileReport) -> str:
    if result.problem is not None:
        verdict = "unreadable"
    else:
        verdict = "valid" if result.valid else "not valid"
    layers = [", ".join(result.report.layers_run) or "no layer ran"]
    layers += [f"{name} skipped: {why}" for name, why in result.report.layers_skipped.items()]
    if result.report.truncated:
        layers.append("too many findings: the rest was left out")
    return f"{_name(result.file)}: {verdict} ({'; '.join(map(_one_line, layers))})\n"


def _line(file: str, finding: Finding) -> str:
    place = f"{_name(file)}:{finding.line}" if finding.line else _name(file)
    kind = "undecided" if finding.undecided else finding.severity.value
    at = f" [{_one_line(finding.path)}]" if finding.path else ""
    return f"{place}: {kind} {finding.rule}: {_one_line(finding.message)}{at}\n"


def _name(file: str) -> str:
    """Show a name on one line and as it is: white space in it is part of it."""
    return clean(file).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
