"""What the verbs share: who reports, and documents that are made of documents."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import write_file
from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding, Report
from einvoice_core.inputs import Source, expand
from einvoice_core.reports import Described, FileReport, ReportFormat, Tool, write
from facturae_es.errors import TwiceError

if TYPE_CHECKING:
    from einvoice_core.certificates import Credential, TrustStore

__all__ = ["PASSWORD", "Made", "Target", "credential_of", "making", "rules", "the_tool", "trust_of"]

PASSWORD = "FACTURAE_PASSWORD"  # noqa: S105 - the name of a variable, not a password


_OTHERS = {
    "XML-001": "The document begins with Facturae in the namespace of a version.",
    "XML-002": "Every element is one that the schema knows at its place.",
    "XML-003": "Every element that the schema demands is there.",
    "XML-004": "An element that may stand once stands once.",
    "XML-005": "Elements stand in the order of the schema.",
    "XML-006": "The text of an element is a value of its type.",
    "XML-007": "Of the elements of a choice exactly one is there.",
    "XML-008": "No text stands between elements.",
    "XML-009": "No element has an attribute that the schema does not know.",
    "XML-010": "Every attribute that the schema demands is there.",
    "XML-011": "No element is marked as nil.",
    "XML-012": "The document has no more findings than a report holds.",
    "XSD": "The official schema accepts the document.",
    "FACTURAE-LOSS": "The version carries everything that the document holds.",
    "FACTURAE-FIXED": "An amount follows from those that it is computed from.",
}
"""What is reported outside the sets of rules."""


def rules() -> dict[str, Described]:
    """Return everything that can be reported under an id, with what it demands."""
    from facturae_es.rules import facturae
    from facturae_es.signing import signature
    from facturae_es.structure import DEMANDS, Demand

    own = {rule: Demand(requirement) for rule, requirement in _OTHERS.items()}
    return {**own, **DEMANDS, **facturae.rules, **signature.rules}


def _describe(rule: str) -> Described | None:
    return rules().get(rule)


def the_tool() -> Tool:
    """Say who reports."""
    from einvoice_core.cli import tool

    return tool("facturae", "facturae-es", _describe)


def trust_of(files: tuple[bytes, ...]) -> TrustStore | None:
    """Return the roots in PEM texts; ``None`` when there is no text.

    Raises:
        UnreadableFileError: There is no certificate, or one cannot be read.
    """
    from einvoice_core.certificates import TrustStore, UnreadableFileError

    if not files:
        return None
    store = TrustStore.from_pem(*files)
    if not store.roots:
        raise UnreadableFileError("there is no certificate in PEM")
    return store


def credential_of(file: Path, password_file: Path | None) -> Credential:
    """Load key and certificate; the password comes from a file, the environment or a question."""
    from einvoice_core.certificates import WrongPasswordError, load_pem, load_pkcs12

    data = file.read_bytes()
    load = load_pem if b"-----BEGIN" in data else load_pkcs12
    if password_file is not None:
        lines = password_file.read_text(encoding="utf-8").splitlines()
        return load(data, lines[0] if lines else "")
    if PASSWORD in os.environ:
        return load(data, os.environ[PASSWORD])
    try:
        return load(data)
    except WrongPasswordError:
        return load(data, click.prompt(f"Password of {file.name}", hide_input=True, err=True))


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of one document.

    Args:
        data: The new document; ``None`` when none is to be written.
        layer: What was looked at.
        findings: What is to be said about it.
    """

    data: bytes | None
    layer: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where the documents go that are made.

    Args:
        names: What they are made of.
        output: File for the only one.
        folder: Folder for several.
        form: How the report is written.
        suffix: Of the files in the folder.
    """

    names: tuple[str, ...]
    output: Path | None
    folder: Path | None
    form: ReportFormat
    suffix: str = ".xml"

    def run(self, work: Callable[[bytes], Made], *, dry: bool = False) -> int:
        """Make a document of each, write them and the report; return the exit code.

        Args:
            work: Makes a document.
            dry: Without a place for the documents write the report only, instead of the document
                to standard output.
        """
        sources = expand(self.names, stdin=sys.stdin.buffer)
        to_stdout = self.output is None and self.folder is None and not dry
        if self.folder is None:
            sources = iter(_only_one(sources))
        elif not self.folder.is_dir():
            raise click.UsageError(f"{self.folder} is no folder")
        # What goes to standard output is the document alone.
        out = sys.stderr if to_stdout else sys.stdout
        return write(self._results(sources, work, to_stdout), out, self.form, the_tool()).exit_code

    def _results(
        self, sources: Iterator[Source], work: Callable[[bytes], Made], to_stdout: bool
    ) -> Iterator[FileReport]:
        written: set[Path] = set()
        for source in sources:
            try:
                made = work(source.read())
                if made.data is not None:
                    self._put(source, made.data, to_stdout, written)
            except EInvoiceError as error:
                yield FileReport.unreadable(source.name, error)
                continue
            yield FileReport(source.name, Report(made.findings, (made.layer,)))

    def _put(self, source: Source, data: bytes, to_stdout: bool, written: set[Path]) -> None:
        if to_stdout:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        elif self.folder is not None:
            path = self.folder / f"{source.stem}{self.suffix}"
            if path in written:
                raise TwiceError(f"{source.name} would be written over another one, {path.name}")
            written.add(path)
            write_file(path, data)
        elif self.output is not None:
            write_file(self.output, data)


def _only_one(sources: Iterator[Source]) -> list[Source]:
    first = next(sources, None)
    if next(sources, None) is not None:
        raise click.UsageError("there are several documents: give --output-dir")
    return [] if first is None else [first]


def making(suffix: str = ".xml") -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a verb the arguments of making documents; it gets them as its first one."""

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        from functools import wraps

        @click.argument("names", nargs=-1, required=True, metavar="FILES...")
        @click.option(
            "--output",
            "-o",
            type=click.Path(dir_okay=False, path_type=Path),
            help="File for the document; without it one document goes to standard output.",
        )
        @click.option(
            "--output-dir",
            "folder",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder for the documents, under the names of their sources.",
        )
        @click.option(
            "--format",
            "form",
            type=click.Choice([form.value for form in ReportFormat]),
            default=ReportFormat.TEXT.value,
            show_default=True,
            help="How the report is written.",
        )
        @wraps(function)
        def command(
            *,
            names: tuple[str, ...],
            output: Path | None,
            folder: Path | None,
            form: str,
            **options: Any,  # noqa: ANN401 - the options of the verb
        ) -> int:
            if output is not None and folder is not None:
                raise click.UsageError("give --output or --output-dir, not both")
            return function(Target(names, output, folder, ReportFormat(form), suffix), **options)

        return command

    return decorate
