"""The verb that judges documents: what it takes, and how it answers."""

import importlib.metadata
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path

import click

from einvoice_core.cli._output import opened
from einvoice_core.cli._progress import with_progress
from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Report
from einvoice_core.inputs import SUFFIXES, Source, expand
from einvoice_core.jobs import over_processes
from einvoice_core.reports import Described, FileReport, Problem, ReportFormat, Tool, write

__all__ = ["Check", "checking", "tool"]

_log = logging.getLogger(__name__)

Judge = Callable[[bytes], Report]
"""Judges one document. With several jobs it runs in other processes: take a function of a module,
or a :func:`functools.partial` of one."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the caller of a judging verb asked for.

    Args:
        names: Files, folders, patterns, archives, ``-``.
        form: Of the report.
        jobs: Processes; 0 for as many as are useful.
        output: File for the report; ``None`` is standard output.
        quiet: Whether to show no progress.
    """

    names: tuple[str, ...]
    form: ReportFormat = ReportFormat.TEXT
    jobs: int = 0
    output: Path | None = None
    quiet: bool = False

    def run(self, judge: Judge, who: Tool, *, suffixes: Sequence[str] = SUFFIXES) -> int:
        """Judge every document, write the report as results come, and return the exit code.

        Args:
            judge: Judges one document.
            who: Who reports.
            suffixes: What counts as a document in folders and archives.
        """
        sources = expand(self.names, stdin=sys.stdin.buffer, suffixes=suffixes)
        results = over_processes(partial(judged, judge), sources, self.jobs, lost=_lost)
        if not self.quiet:
            results = with_progress(results)
        with opened(self.output) as out:
            return write(results, out, self.form, who).exit_code


def tool(
    name: str, package: str, describe: Callable[[str], Described | None] | None = None
) -> Tool:
    """Say who reports.

    Args:
        name: Of the command.
        package: Distribution with its version.
        describe: Finds a rule by its id.
    """
    version = importlib.metadata.version(package)
    return Tool(name, version, describe) if describe else Tool(name, version)


def checking(function: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the arguments of judging; it gets them as its first one, a :class:`Check`."""

    @click.argument("names", nargs=-1, required=True, metavar="FILES...")
    @click.option(
        "--format",
        "form",
        type=click.Choice([form.value for form in ReportFormat]),
        default=ReportFormat.TEXT.value,
        show_default=True,
        help="How the report is written.",
    )
    @click.option(
        "--jobs",
        type=click.IntRange(0, 256),
        default=0,
        help="Processes to use; by default as many as are useful.",
    )
    @click.option(
        "--output",
        "-o",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File for the report instead of standard output.",
    )
    @click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
    @wraps(function)
    def command(
        *,
        names: tuple[str, ...],
        form: str,
        jobs: int,
        output: Path | None,
        quiet: bool,
        **options: object,
    ) -> int:
        check = Check(names, ReportFormat(form), jobs, output, quiet)
        return function(check, **options)

    return command


def judged(judge: Judge, source: Source) -> FileReport:
    """Read and judge one document; whatever happens becomes its report."""
    try:
        return FileReport(source.name, judge(source.read()))
    except EInvoiceError as error:
        return FileReport.unreadable(source.name, error)
    except MemoryError:
        problem = Problem("input.memory", "there is not enough memory to judge this document")
        return FileReport(source.name, problem=problem)
    except Exception as error:  # noqa: BLE001 - a defect must not take the other documents with it
        _log.exception("defect while judging %s", source.name)
        text = f"a defect of this program: {type(error).__name__}: {error}"
        return FileReport(source.name, problem=Problem("internal", text))


def _lost(source: Source) -> FileReport:
    text = "the process that judged this document died; no memory left, or a crash of a library"
    return FileReport(source.name, problem=Problem("internal.crash", text))
