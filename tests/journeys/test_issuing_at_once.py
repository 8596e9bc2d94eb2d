"""Many callers issue at once: every number once, none left out, one unbroken chain."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from threading import Event
from typing import Any

import pytest

from aeat_sii.verifactu.records import RegistrationRecord
from einvoice_core.xml.binding import read
from einvoice_core.xml.parsing import parse
from reference_server import checkpoints

CALLERS = 8
INVOICES = 48


def records_of(office: Any, ids: list[str]) -> list[RegistrationRecord]:
    """Return the records of invoices in the order of the chain."""
    positions = {i: office.get(f"/aeat/invoices/{i}").json()["position"] for i in ids}
    return [
        read(parse(office.get(f"/aeat/invoices/{i}/record").content), RegistrationRecord).require()
        for i in sorted(ids, key=positions.__getitem__)
    ]


def test_no_gap_no_duplicate_and_one_chain(office: Any, agency: Any) -> None:
    client_id = office.add_client()
    for series in ("A", "B", "C"):
        office.open_series(series)
    ids = [office.draft(client_id, "ABC"[n % 3])["id"] for n in range(INVOICES)]

    with ThreadPoolExecutor(CALLERS) as callers:
        issued = list(callers.map(office.issue, ids))

    for series in ("A", "B", "C"):
        numbers = sorted(one["number"] for one in issued if one["series"] == series)
        assert numbers == list(range(1, INVOICES // 3 + 1))
    audit = office.get("/aeat/chain").json()
    assert audit == {"length": INVOICES, "intact": True, "first_break": None, "plan": []}
    records = records_of(office, ids)
    assert records[0].chaining.previous is None
    for earlier, later in pairwise(records):
        assert later.chaining.previous is not None
        assert later.chaining.previous.fingerprint == earlier.fingerprint
        assert earlier.recorded_at <= later.recorded_at
    office.post("/aeat/deliveries")
    assert len(tuple(agency.running.service.register)) == INVOICES
    states = Counter(office.get(f"/aeat/invoices/{i}").json()["state"] for i in ids)
    assert list(states.values()) == [INVOICES], states


def test_one_draft_issued_by_many_is_one_invoice(office: Any) -> None:
    office.open_series()
    draft = office.draft(office.add_client())["id"]

    with ThreadPoolExecutor(CALLERS) as callers:
        issued = list(callers.map(office.issue, [draft] * 16))

    assert {one["number"] for one in issued} == {1}
    assert office.get("/aeat/chain").json()["length"] == 1
    assert office.get("/invoices/series").json() == [{"code": "A", "next_number": 2}]


def test_one_idempotency_key_used_by_many_adds_one_draft(office: Any) -> None:
    office.open_series()
    body = {
        "client_id": office.add_client(),
        "series": "A",
        "lines": [{"description": "Mesa", "unit_price": "1.00"}],
    }

    def add(_: int) -> Any:
        return office.post("/invoices", json=body, headers={"idempotency-key": "same"})

    with ThreadPoolExecutor(CALLERS) as callers:
        answers = list(callers.map(add, range(16)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_submissions_at_once_reach_the_agency_once(office: Any, agency: Any) -> None:
    office.open_series()
    client_id = office.add_client()
    ids = [office.issue(office.draft(client_id)["id"])["id"] for _ in range(4)]

    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(lambda _: office.post("/aeat/deliveries"), range(8)))
    office.post("/aeat/deliveries")

    assert len(tuple(agency.running.service.register)) == 4
    for invoice_id in ids:
        record = office.get(f"/aeat/invoices/{invoice_id}").json()
        assert record["state"] not in {"pending", "Incorrecto"}, record


def test_days_of_a_series_do_not_go_back(office: Any) -> None:
    office.open_series()
    client_id = office.add_client()
    office.issue(office.draft(client_id)["id"])
    later = office.draft(client_id)["id"]
    today = datetime.now(UTC).date()

    refused = office.post(f"/invoices/{later}/issue?on=2026-01-01")

    assert refused.status_code == 409
    assert str(today.year) in refused.text or "2026-01-01" in refused.text
    assert office.issue(later)["number"] == 2


def test_the_instants_of_the_records_grow_along_the_chain(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime.now(UTC) - timedelta(hours=1)
    seconds = count()
    office = house.register(house.start(lambda: begun + timedelta(seconds=next(seconds))))
    office.open_series()
    client_id = office.add_client()
    slow, fast = (office.draft(client_id)["id"] for _ in range(2))
    waiting, overtaken = Event(), Event()

    def let_the_other_pass(name: str) -> None:
        if name == "issue.before-number" and not waiting.is_set():
            waiting.set()
            assert overtaken.wait(10)

    monkeypatch.setattr(checkpoints, "_hooks", [let_the_other_pass])
    with ThreadPoolExecutor(1) as other:
        late = other.submit(office.issue, slow)
        assert waiting.wait(10)
        office.issue(fast)
        overtaken.set()
        late.result()

    first, second = records_of(office, [slow, fast])
    assert first.recorded_at < second.recorded_at
