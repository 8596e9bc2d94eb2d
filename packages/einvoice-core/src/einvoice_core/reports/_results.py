"""What a report says about one file, and what it comes to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding, Report, Severity

__all__ = ["Described", "FileReport", "Problem", "Summary", "Tool", "clean"]

# What XML 1.0 cannot hold, and what would move the cursor of a terminal.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file could not be judged at all."""

    code: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """The verdict on one file: a report, or the reason why there is none.

    Args:
        file: Name to show.
        report: What was found.
        problem: Why nothing was judged.
    """

    file: str
    report: Report = field(default_factory=Report)
    problem: Problem | None = None

    @classmethod
    def unreadable(cls, file: str, error: EInvoiceError) -> "FileReport":
        """Make the verdict on a file that an error kept from being judged."""
        line = error.details.get("line")
        known = line if isinstance(line, int) else None
        return cls(file, problem=Problem(error.code, error.message, known))

    @property
    def valid(self) -> bool:
        """Whether the layers that ran found nothing fatal and left nothing undecided."""
        return self.problem is None and self.report.ok

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, a problem among them."""
        if self.problem is None:
            return self.report.findings
        fatal = Finding(
            self.problem.code, Severity.FATAL, self.problem.message, line=self.problem.line
        )
        return (fatal, *self.report.findings)


@dataclass(slots=True)
class Summary:
    """What the files of a run come to."""

    valid: int = 0
    invalid: int = 0
    unreadable: int = 0
    findings: int = 0

    @property
    def files(self) -> int:
        """Files in all."""
        return self.valid + self.invalid + self.unreadable

    @property
    def exit_code(self) -> int:
        """0 when all are valid, 1 when there are findings, 2 when one could not be judged."""
        if self.unreadable:
            return 2
        return 1 if self.invalid else 0

    def count(self, result: FileReport) -> None:
        """Add a file."""
        self.findings += len(result.report.findings)
        if result.problem is not None:
            self.unreadable += 1
        elif result.valid:
            self.valid += 1
        else:
            self.invalid += 1


class Described(Protocol):
    """What a report may say about a rule; :class:`~einvoice_core.findings.Rule` does."""

    @property
    def severity(self) -> Severity:
        """How bad a breach is."""

    @property
    def requirement(self) -> str:
        """The requirement in one sentence."""

    @property
    def source(self) -> str:
        """The text or artefact that states it."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Business terms concerned."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Who reports.

    Args:
        name: Of the command.
        version: Of its package.
        describe: Finds a rule by its id, for formats that describe the rules they name.
    """

    name: str
    version: str = ""
    describe: Callable[[str], Described | None] = field(default=lambda rule_id: None)


def clean(text: str) -> str:
    """Replace what neither XML nor a terminal can show."""
    return _UNSHOWABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
