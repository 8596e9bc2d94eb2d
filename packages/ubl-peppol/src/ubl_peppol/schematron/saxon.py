"""A stylesheet in a Saxon process: asked document by document, ended when it takes too long."""

import importlib.util
import json
import selectors
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ubl_peppol.errors import SchematronError

__all__ = ["Answer", "SaxonProcess"]

_WORKER = Path(__file__).with_name("_worker.py")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run gave: a report in SVRL, or the error that stopped it."""

    svrl: str = ""
    stopped: str = ""


class SaxonProcess:
    """One process with one compiled stylesheet.

    Args:
        stylesheet: The XSLT file.
        timeout_s: Seconds that one document may take; compiling may take as long.
    """

    def __init__(self, stylesheet: Path, timeout_s: float) -> None:
        self._stylesheet = stylesheet
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[str] | None = None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.kill()
            process.wait()

    def ask(self, xml: str) -> Answer:
        """Run the stylesheet on a document.

        Raises:
            SchematronError: Saxon is not installed, the stylesheet cannot be compiled, the process
                died, or took too long. The next document gets a new process.
        """
        process = self._process or self._start()
        try:
            if process.stdin is None:  # pragma: no cover - a pipe was asked for
                raise OSError("no pipe")
            process.stdin.write(json.dumps({"xml": xml}) + "\n")
            process.stdin.flush()
        except OSError as error:
            self.close()
            raise SchematronError("the Saxon process is gone") from error
        answer = self._line(process)
        return Answer(str(answer.get("svrl", "")), str(answer.get("stopped", "")))

    def _start(self) -> "subprocess.Popen[str]":
        if importlib.util.find_spec("saxonche") is None:
            raise SchematronError(
                'Saxon is not installed: pip install "ubl-peppol[schematron]"', missing="saxonche"
            )
        process = self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-I", str(_WORKER), str(self._stylesheet)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the errors come as answers
            text=True,
            encoding="utf-8",
        )
        first = self._line(process)
        if "failed" in first:
            self.close()
            raise SchematronError(
                f"{self._stylesheet.name} cannot be compiled: {first['failed']}",
                file=str(self._stylesheet),
            )
        return process

    def _line(self, process: "subprocess.Popen[str]") -> dict[str, object]:
        if process.stdout is None:  # pragma: no cover - a pipe was asked for
            raise SchematronError("the Saxon process has no pipe")
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(self._timeout_s):
                self.close()
                raise SchematronError(
                    f"no answer within {self._timeout_s:g} s", timeout_s=self._timeout_s
                )
        line = process.stdout.readline()
        if not line:
            self.close()
            raise SchematronError("the Saxon process died")
        answer: dict[str, object] = json.loads(line)
        return answer
