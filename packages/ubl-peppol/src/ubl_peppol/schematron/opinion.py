"""The second opinion: files of the user, each in Saxon processes, with a report like ours."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType, TracebackType

from lxml import etree

from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding, Report, Severity
from einvoice_core.jobs import in_order
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.errors import SchematronError
from ubl_peppol.reading.values import unchanged
from ubl_peppol.schematron.compiling import stylesheet_of
from ubl_peppol.schematron.manifest import recognise
from ubl_peppol.schematron.saxon import SaxonProcess
from ubl_peppol.schematron.svrl import findings_of

__all__ = ["STOPPED", "SecondOpinion"]

STOPPED = "UBL-PEPPOL-005"
"""The id of a finding of ours: the official run stopped with an error of its own."""


class _Sheet:
    """A file of the user: its layer in a report, and idle processes that have compiled it."""

    def __init__(self, path: Path, folder: Path, timeout_s: float) -> None:
        self.problem = ""
        self.layer = f"schematron {path.name}"
        self.source = path.name
        self.idle: SimpleQueue[SaxonProcess] = SimpleQueue()
        self.made: list[SaxonProcess] = []
        self._timeout_s = timeout_s
        try:
            known = recognise(path)
            self.source = known.name if known else f"{path.name}, which is no release we know"
            self._stylesheet = _compiled(path, folder)
        except EInvoiceError as error:
            self.problem = error.message

    def judge(self, xml: str, root: etree._Element) -> Report:
        if self.problem:
            return self._skipped(self.problem)
        process = self._taken()
        try:
            answer = process.ask(xml)
            if answer.stopped:
                return self._stopped(answer.stopped)
            findings = findings_of(answer.svrl, root, self.source)
        except EInvoiceError as error:
            return self._skipped(error.message)
        finally:
            self.idle.put(process)
        return Report(findings, (f"{self.layer}: {self.source}",))

    def _taken(self) -> SaxonProcess:
        if not self.idle.empty():
            return self.idle.get()
        process = SaxonProcess(self._stylesheet, self._timeout_s)
        self.made.append(process)
        return process

    def _skipped(self, reason: str) -> Report:
        return Report(layers_skipped=MappingProxyType({self.layer: reason}))

    def _stopped(self, reason: str) -> Report:
        finding = Finding(
            STOPPED,
            Severity.FATAL,
            f"the official run stopped without a verdict: {reason}",
            path="/",
            source=self.source,
            undecided=True,
        )
        return Report((finding,), (f"{self.layer}: {self.source}",))


def _compiled(path: Path, folder: Path) -> Path:
    if path.suffix.lower() != ".sch":
        return path
    target = folder / f"{path.stem}.xslt"
    target.write_bytes(stylesheet_of(path.read_bytes()))
    return target


class SecondOpinion:
    """Official rules that the user has, as a judge beside ours.

    Args:
        files: Stylesheets (``.xslt``) that write SVRL, or preprocessed schemas (``.sch``).
        timeout_s: Seconds that one document may take with one file.
        jobs: Documents that are judged at the same time, each in processes of its own.
        limits: How large a document may be.
    """

    def __init__(
        self,
        files: Iterable[Path | str],
        *,
        timeout_s: float = 120,
        jobs: int = 1,
        limits: Limits = LIMITS,
    ) -> None:
        paths = [Path(file) for file in files]
        if not paths:
            raise SchematronError("no file was given: name a stylesheet or a schema")
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ubl-peppol-")))
        self._sheets = [_Sheet(path, folder, timeout_s) for path in paths]
        self._jobs = jobs
        self._limits = limits

    def __enter__(self) -> "SecondOpinion":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process."""
        for sheet in self._sheets:
            for process in sheet.made:
                process.close()
        self._stack.close()

    def judge(self, xml: bytes) -> Report:
        """Judge a document by every file; what could not run stands in ``layers_skipped``.

        Raises:
            XmlRefused: The bytes are not a document that is read.
        """
        root = parse(xml, self._limits)
        text = etree.tostring(root, encoding="unicode", with_tail=False)
        report = Report()
        with unchanged():
            for sheet in self._sheets:
                report += sheet.judge(text, root)
        return report

    def judge_many(self, documents: Sequence[bytes] | Iterable[bytes]) -> Iterator[Report]:
        """Judge documents, ``jobs`` at a time; the reports come in their order.

        Raises:
            XmlRefused: The bytes of one are not a document that is read.
        """
        with ThreadPoolExecutor(self._jobs) as pool:
            yield from in_order(self.judge, documents, pool, ahead=2 * self._jobs, chunk=1)
