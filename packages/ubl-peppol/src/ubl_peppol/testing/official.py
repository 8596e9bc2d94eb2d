"""The official stylesheets as a judge: one process for each, asked document by document."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ubl_peppol.errors import SchematronError
from ubl_peppol.schematron.saxon import SaxonProcess
from ubl_peppol.schematron.svrl import fired_in

__all__ = ["PATIENCE_S", "Official", "Verdict"]

PATIENCE_S = 180
"""How long one document may take; more is an answer that never came."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an official stylesheet said of one document."""

    fired: frozenset[str] | None
    """The ids that fired; ``None`` when the run stopped with a dynamic error."""
    stopped: str = ""
    """The error that stopped the run."""


class Official:
    """An official stylesheet, compiled once in a process of its own.

    Args:
        stylesheet: Its file.
    """

    def __init__(self, stylesheet: Path) -> None:
        self._process = SaxonProcess(stylesheet, PATIENCE_S)

    def __enter__(self) -> "Official":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def judge(self, xml: str) -> Verdict:
        """Return the verdict on one document.

        Raises:
            SchematronError: The process died twice, or did not answer in time: no verdict of any
                kind.
        """
        try:
            answer = self._process.ask(xml)
        except SchematronError:
            # A process that dies of one document must not decide about it: once more, alone.
            self.close()
            answer = self._process.ask(xml)
        if answer.stopped:
            return Verdict(None, answer.stopped)
        return Verdict(fired_in(answer.svrl))
