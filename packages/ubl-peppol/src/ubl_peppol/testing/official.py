"""The official stylesheets as a judge: one process for each, asked document by document.

UblError                ubl
└── OfficialRunError    ubl.official_run
"""

import json
import selectors
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ubl_peppol.errors import UblError

__all__ = ["PATIENCE_S", "Official", "OfficialRunError", "Verdict"]

PATIENCE_S = 180
"""How long one document may take; more is an answer that never came."""


class OfficialRunError(UblError):
    """The process of the official stylesheet died or fell silent: no verdict of any kind."""

    code = "ubl.official_run"


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
        self.stylesheet = stylesheet
        self._process: subprocess.Popen[str] | None = None

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
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.kill()
            process.wait()

    def judge(self, xml: str) -> Verdict:
        """Return the verdict on one document.

        Raises:
            OfficialRunError: The process died twice, or did not answer in time.
        """
        try:
            return self._ask(xml)
        except OfficialRunError:
            # A process that dies of one document must not decide about it: once more, alone.
            self.close()
            return self._ask(xml)

    def judge_all(self, documents: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Verdict]]:
        """Yield the name of each document with its verdict."""
        for name, xml in documents:
            yield name, self.judge(xml)

    def _ask(self, xml: str) -> Verdict:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "ubl_peppol.testing._saxon", str(self.stylesheet)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # the errors come as answers
                text=True,
                encoding="utf-8",
            )
        if process.stdin is None or process.stdout is None:  # pragma: no cover - pipes were asked
            raise OfficialRunError("the process of the official stylesheet has no pipes")
        try:
            process.stdin.write(json.dumps({"xml": xml}) + "\n")
            process.stdin.flush()
        except OSError as error:
            raise OfficialRunError("the process of the official stylesheet is gone") from error
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE_S):
                self.close()
                raise OfficialRunError(f"no verdict within {PATIENCE_S} s")
        line = process.stdout.readline()
        if not line:
            raise OfficialRunError("the process of the official stylesheet died")
        answer: dict[str, object] = json.loads(line)
        fired = answer.get("fired")
        if isinstance(fired, list):
            return Verdict(frozenset(str(rule) for rule in fired))
        return Verdict(None, str(answer["stopped"]))
