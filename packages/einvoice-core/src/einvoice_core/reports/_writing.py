"""Writes results in the format asked for, one after the other."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TextIO

from einvoice_core.reports import _json, _junit, _sarif, _svrl, _text
from einvoice_core.reports._results import FileReport, Summary, Tool

__all__ = ["ReportFormat", "write"]


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    SVRL = "svrl"


_Pieces = Callable[[Iterable[FileReport], Tool, Summary], Iterator[str]]

_WRITERS: dict[ReportFormat, _Pieces] = {
    ReportFormat.TEXT: _text.pieces,
    ReportFormat.JSON: _json.pieces,
    ReportFormat.SARIF: _sarif.pieces,
    ReportFormat.JUNIT: _junit.pieces,
    ReportFormat.SVRL: _svrl.pieces,
}


def write(
    results: Iterable[FileReport], out: TextIO, form: ReportFormat | str, tool: Tool
) -> Summary:
    """Write results as they come.

    Args:
        results: One for each file; taken one at a time.
        out: Text file in UTF-8.
        form: The format.
        tool: Who reports.

    Returns:
        What the files come to.
    """
    summary = Summary()

    def counted() -> Iterator[FileReport]:
        for result in results:
            summary.count(result)
            yield result

    for piece in _WRITERS[ReportFormat(form)](counted(), tool, summary):
        out.write(piece)
    out.flush()
    return summary
