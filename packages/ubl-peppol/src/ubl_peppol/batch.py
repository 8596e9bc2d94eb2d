"""Judge many documents: in processes here, or on any executor, with the results in order.

Memory stays flat: a few documents are under way, however many there are. A journal makes a run
resumable: what it names is not judged again.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TextIO

from einvoice_core.errors import EInvoiceError
from einvoice_core.inputs import SUFFIXES, Source, expand
from einvoice_core.jobs import CHUNK, in_order, over_processes
from einvoice_core.reports import FileReport, Problem
from ubl_peppol.profiles import Profile
from ubl_peppol.validation import validate

__all__ = ["judge_source", "validate_many"]


def validate_many(
    paths: Iterable[str | os.PathLike[str]],
    profile: str | Profile = "en16931",
    *,
    executor: Executor | None = None,
    jobs: int = 0,
    journal: Path | str | None = None,
    chunk: int = CHUNK,
) -> Iterator[FileReport]:
    """Judge documents and yield a report for each, in the order of the paths.

    Args:
        paths: Files, folders, patterns, zip archives.
        profile: Name of a profile, or ``"auto"``. A profile of your own must be importable where
            the executor runs; a name always is.
        executor: Where the work is done: any :class:`concurrent.futures.Executor`, also one that
            spreads over machines, which must see the same files. It stays open.
        jobs: Without an executor: processes; 1 runs everything here, 0 takes as many as are useful.
        journal: A file that grows by a line for each report that was taken from here. Run again
            with it, and what stands in it is left out. After a kill at any moment, a document
            whose report was not taken is judged again.
        chunk: Documents that travel together.

    Raises:
        UnknownProfileError: There is no profile of that name.
        OSError: The journal cannot be written.
    """
    if isinstance(profile, str) and profile != "auto":
        from ubl_peppol.profiles import profile_of

        profile_of(profile)
    judge = partial(judge_source, profile)
    if journal is None:
        yield from _run(judge, expand(paths), executor, jobs, chunk)
        return
    done = _judged_before(Path(journal))
    left = (source for source in expand(paths, suffixes=SUFFIXES) if source.name not in done)
    with Path(journal).open("a", encoding="utf-8") as file:
        for report in _run(judge, left, executor, jobs, chunk):
            yield report
            _note(file, report)


def _run(
    judge: "partial[FileReport]",
    sources: Iterable[Source],
    executor: Executor | None,
    jobs: int,
    chunk: int,
) -> Iterator[FileReport]:
    if executor is not None:
        yield from in_order(judge, sources, executor, chunk=chunk)
    else:
        yield from over_processes(judge, sources, jobs, lost=_lost, chunk=chunk)


def judge_source(profile: str | Profile, source: Source) -> FileReport:
    """Read and judge one document; what stands in the way becomes its report."""
    try:
        return FileReport(source.name, validate(source.read(), profile))
    except EInvoiceError as error:
        return FileReport.unreadable(source.name, error)
    except MemoryError:
        problem = Problem("input.memory", "there is not enough memory to judge this document")
        return FileReport(source.name, problem=problem)


def _lost(source: Source) -> FileReport:
    text = "the process that judged this document died; no memory left, or a crash of a library"
    return FileReport(source.name, problem=Problem("internal.crash", text))


def _note(file: TextIO, report: FileReport) -> None:
    file.write(json.dumps({"file": report.file, "valid": report.valid}) + "\n")
    file.flush()


def _judged_before(journal: Path) -> frozenset[str]:
    """Return the names in a journal; a last line that was cut off says nothing."""
    if not journal.exists():
        return frozenset()
    text = journal.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        journal.write_text(text, encoding="utf-8")
    return frozenset(json.loads(line)["file"] for line in text.splitlines())
