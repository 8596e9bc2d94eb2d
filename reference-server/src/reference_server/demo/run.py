"""Runs the steps one after the other with a server and a sandbox of their own."""

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.testclient import TestClient

from aeat_sii import sandbox
from einvoice_core.errors import EInvoiceError
from reference_server.app import create_app
from reference_server.demo.outcome import Outcome, Step, Verdict
from reference_server.demo.steps import STEPS, Refusal, Show, error_findings
from reference_server.settings import AgencyEnvironment, Settings

__all__ = ["run"]

_NEEDED = {
    "issue": {"company"},
    "facturae": {"issue"},
    "en16931": {"issue"},
    "verifactu": {"issue"},
    "pdf": {"issue"},
}
"""A step runs when those it needs were not refused."""


def run(source: Path | None, out: Path, day: date | None = None) -> Outcome:
    """Run the demo; when it returns, nothing is left running.

    Args:
        source: Facturae document to issue again; by default an invented invoice.
        out: Folder for the files written; it is made.
        day: Day of issue; by default today in Madrid.
    """
    out.mkdir(parents=True, exist_ok=True)
    today = day or datetime.now(ZoneInfo("Europe/Madrid")).date()
    outcome = Outcome([Step(name, title) for name, title, _ in STEPS])
    with tempfile.TemporaryDirectory(prefix="einvoice-") as folder, sandbox.serve() as agency:
        roots = Path(folder, "agency.pem")
        roots.write_bytes(agency.authority.pem)
        settings = Settings(
            data_dir=Path(folder, "data"),
            agency=AgencyEnvironment.SANDBOX,
            agency_url=agency.url,
            agency_roots=roots,
            deliver=False,
        )
        with TestClient(create_app(settings)) as http:
            show = Show(http, agency, out, source, today)
            for step, (_, _, work) in zip(outcome.steps, STEPS, strict=True):
                _take(step, outcome, partial(work, show, step))
            outcome.files = show.files
    return outcome


def _take(step: Step, outcome: Outcome, work: Callable[[], None]) -> None:
    done = {s.name for s in outcome.steps if s.verdict in {Verdict.OK, Verdict.WARNING}}
    if not _NEEDED.get(step.name, set()) <= done:
        return
    begun = time.perf_counter()
    step.verdict = Verdict.OK
    try:
        work()
    except Refusal as refusal:
        step.verdict, step.said, step.findings = Verdict.REFUSED, refusal.said, refusal.findings
    except EInvoiceError as error:
        step.verdict, step.said = Verdict.REFUSED, error.message
        step.findings = error_findings(error)
    step.ms = (time.perf_counter() - begun) * 1000
