import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reference_server import checkpoints
from reference_server.testing import PASSWORD, Bench, running

DRAFTS = 3


def kill(bench: Bench, point: str, occurrence: int) -> int:
    settings = bench.settings
    environment = {
        **os.environ,
        "EINVOICE_DATA_DIR": str(settings.data_dir),
        "EINVOICE_AGENCY": "sandbox",
        "EINVOICE_AGENCY_URL": settings.agency_url,
        "EINVOICE_AGENCY_ROOTS": str(settings.agency_roots),
        "EINVOICE_DELIVER": "false",
    }
    command = [sys.executable, "-m", "reference_server.testing.victim"]
    arguments = ["ana@example.test", PASSWORD, point, str(occurrence)]
    done = subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return done.returncode


def require_whole(bench: Bench, me: dict[str, str]) -> int:
    """Check what must hold after any crash; return how many invoices are issued."""
    invoices = bench.ok(bench.http.get("/api/v1/invoices", headers=me))["items"]
    issued = [invoice for invoice in invoices if invoice["state"] == "issued"]
    assert sorted(i["number"] for i in issued) == list(range(1, len(issued) + 1))
    audit = bench.ok(bench.http.get("/api/v1/aeat/chain", headers=me))
    assert audit == {"length": len(issued), "intact": True, "first_break": None, "plan": []}
    for invoice in invoices:
        record = bench.http.get(f"/api/v1/aeat/invoices/{invoice['id']}", headers=me)
        assert record.status_code == (200 if invoice["state"] == "issued" else 404)
    files = bench.ok(bench.http.get("/api/v1/storage/files", headers=me))["items"]
    for file in files:
        content = bench.http.get(f"/api/v1/storage/files/{file['id']}/content", headers=me)
        assert content.status_code == 200
        assert len(content.content) == file["size"]
    return len(issued)


@pytest.mark.parametrize("point", checkpoints.NAMES)
def test_a_process_killed_at_a_point_loses_nothing(tmp_path: Path, point: str) -> None:
    with running(tmp_path) as bench:
        me = bench.register()
        client = bench.client(me)
        bench.series(me)
        drafts = [bench.draft(me, client) for _ in range(DRAFTS)]
        occurrence = 1 if point.startswith("submit") else 2
        assert kill(bench, point, occurrence) == -signal.SIGKILL
        require_whole(bench, me)
        for draft in drafts:
            bench.issue(me, draft)
        assert require_whole(bench, me) == DRAFTS
        bench.ok(bench.http.post("/api/v1/aeat/deliveries/retry", headers=me))
        for draft in drafts:
            state = bench.ok(bench.http.get(f"/api/v1/aeat/invoices/{draft}", headers=me))
            assert state["state"] in ("Correcto", "Correcta"), state
            document = bench.http.get(f"/api/v1/invoices/{draft}/facturae", headers=me)
            assert document.status_code == 200


def test_a_point_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as bench, pytest.raises(AssertionError, match="no point"):
        kill(bench, "issue.nowhere", 1)
