"""A command as users start it; it judges by the first letters of a document."""

import os
import signal
import time

from einvoice_core.cli import Check, checking, command_group, tool
from einvoice_core.findings import Finding, Report, Severity


def judge(data: bytes) -> Report:
    if data.startswith(b"<slow"):
        time.sleep(0.1)
    if data.startswith(b"<die"):
        os.kill(os.getpid(), signal.SIGKILL)
    bad = (Finding("R-1", Severity.FATAL, "bad"),) if data.startswith(b"<bad") else ()
    return Report(bad, ("rules",))


@command_group("judge", package="einvoice-core")
def main() -> None:
    """Judge things."""


@main.command()
@checking
def validate(check: Check) -> int:
    """Judge documents."""
    return check.run(judge, tool("judge", "einvoice-core"))


if __name__ == "__main__":
    main()
