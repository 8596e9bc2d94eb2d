from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aeat_sii.sandbox import Fault, scripted
from reference_server.testing import Bench, running


class Clock:
    def __init__(self) -> None:
        self.late = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.late


def test_records_are_sent_in_order_and_answered(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    drafts = [bench.draft(me, client) for _ in range(3)]
    for draft in drafts:
        bench.issue(me, draft)
    result = bench.ok(bench.http.post("/api/v1/aeat/deliveries", headers=me))
    assert (result["done"], result["due"], result["dead"]) == (3, 0, 0)
    for position, draft in enumerate(drafts, 1):
        state = bench.ok(bench.http.get(f"/api/v1/aeat/invoices/{draft}", headers=me))
        assert (state["position"], state["state"]) == (position, "Correcto")
        assert state["csv"]


def test_the_pace_of_the_agency_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    with running(tmp_path, clock=clock) as bench:
        me = bench.register()
        client = bench.client(me)
        bench.series(me)
        first, second = bench.draft(me, client), bench.draft(me, client)
        bench.issue(me, first)
        bench.ok(bench.http.post("/api/v1/aeat/deliveries", headers=me))
        bench.issue(me, second)
        early = bench.ok(bench.http.post("/api/v1/aeat/deliveries", headers=me))
        assert (early["done"], early["due"]) == (1, 1)
        clock.late += timedelta(seconds=120)
        me = bench.log_in()
        late = bench.ok(bench.http.post("/api/v1/aeat/deliveries", headers=me))
        assert (late["done"], late["due"]) == (2, 0)


@pytest.mark.parametrize(
    "fault", [Fault.SOAP_FAULT, Fault.UNAVAILABLE, Fault.GARBAGE, Fault.TRUNCATED, Fault.LOST_REPLY]
)
def test_a_failure_of_the_agency_loses_nothing(tmp_path: Path, fault: Fault) -> None:
    with running(tmp_path, faults=scripted([fault])) as bench:
        me = bench.register()
        bench.series(me)
        draft = bench.draft(me, bench.client(me))
        bench.issue(me, draft)
        failed = bench.ok(bench.http.post("/api/v1/aeat/deliveries", headers=me))
        assert (failed["done"], failed["due"]) == (0, 1)
        state = bench.ok(bench.http.get(f"/api/v1/aeat/invoices/{draft}", headers=me))
        assert state["state"] == "pending"
        again = bench.ok(bench.http.post("/api/v1/aeat/deliveries/retry", headers=me))
        assert (again["done"], again["due"]) == (1, 0)
        state = bench.ok(bench.http.get(f"/api/v1/aeat/invoices/{draft}", headers=me))
        assert state["state"] in ("Correcto", "Correcta")
