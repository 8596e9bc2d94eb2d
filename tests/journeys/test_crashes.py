"""kill -9 at each named point: no gap, no half invoice, and what was queued still arrives."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reference_server import checkpoints
from reference_server.events import LEASE

CHILD = Path(__file__).with_name("dying_server.py")
DRAFTS = 4


def after_the_lease() -> datetime:
    return datetime.now(UTC) + LEASE + timedelta(seconds=1)


def run_until_it_dies(house: Any, token: str, point: str, passes: int, ids: list[str]) -> list[str]:
    """Run the server; return the invoices that it acknowledged before it died."""
    settings = house.settings()
    child = subprocess.run(
        [
            sys.executable,
            str(CHILD),
            str(settings.data_dir),
            settings.agency_url,
            str(settings.agency_roots),
            token,
            point,
            str(passes),
            *ids,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -9, f"{point} was not reached: {child.stderr}"
    return child.stdout.split()


@pytest.mark.parametrize("passes", [0, 2])
@pytest.mark.parametrize("point", checkpoints.NAMES)
def test_a_crash_leaves_no_gap_and_loses_nothing(
    house: Any, agency: Any, point: str, passes: int
) -> None:
    office = house.register(house.start())
    office.open_series()
    client_id = office.add_client()
    ids = [office.draft(client_id)["id"] for _ in range(DRAFTS)]

    acknowledged = run_until_it_dies(house, office.token, point, passes, ids)
    survivor = house.log_in(house.start(after_the_lease))

    states = [survivor.get(f"/invoices/{invoice_id}").json() for invoice_id in ids]
    issued = [state for state in states if state["state"] == "issued"]
    assert {state["id"] for state in issued} >= set(acknowledged)
    assert [state["number"] for state in issued] == list(range(1, len(issued) + 1))
    audit = survivor.get("/aeat/chain").json()
    assert audit == {"length": len(issued), "intact": True, "first_break": None}
    for state in states:
        record = survivor.get(f"/aeat/invoices/{state['id']}")
        assert (record.status_code == 200) is (state["state"] == "issued")

    for state in states:
        survivor.issue(state["id"])
    deliveries = survivor.post("/aeat/deliveries").json()

    assert (deliveries["due"], deliveries["dead"], deliveries["done"]) == (0, 0, DRAFTS)
    numbers = {survivor.get(f"/invoices/{invoice_id}").json()["number"] for invoice_id in ids}
    assert numbers == set(range(1, DRAFTS + 1))
    assert len(tuple(agency.running.service.register)) == DRAFTS
    for invoice_id in ids:
        record = survivor.get(f"/aeat/invoices/{invoice_id}").json()
        assert record["state"] not in {"pending", "Incorrecto"}, record
        assert survivor.get(f"/invoices/{invoice_id}/facturae").status_code == 200
    files = survivor.get("/storage/files").json()["items"]
    assert len(files) == DRAFTS
    kept = [path for path in house.settings().files.rglob("*") if path.is_file()]
    assert len([path for path in kept if not path.name.startswith(".")]) >= DRAFTS
