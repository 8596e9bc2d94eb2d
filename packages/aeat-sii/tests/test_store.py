"""The chain store: nothing is lost, nothing forks, on both databases and whatever is killed."""

import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aeat_sii.errors import BrokenChainError, ChainError, ClockWentBackError
from aeat_sii.testing import examples
from aeat_sii.testing.examples import NOW
from aeat_sii.verifactu import build, link, prepare
from aeat_sii.verifactu.audit import Audit, BreakKind, audit
from aeat_sii.verifactu.chain import fingerprint
from aeat_sii.verifactu.hashing import fingerprints_in
from aeat_sii.verifactu.records import SF
from aeat_sii.verifactu.store import (
    ChainStore,
    Key,
    StoredRecord,
    append,
    create_tables,
    head_of,
    import_chain,
    last_of,
    open_postgresql,
    open_sqlite,
    record_of,
    walk,
)
from einvoice_core.testing import databases
from einvoice_core.testing.judges import official, program
from einvoice_core.xml.binding import write

VICTIM = Path(__file__).parent / "victim.py"
POINTS = ("begin", "written", "committed", "acknowledged")
KEY = Key("tenant-0")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with databases.postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "chain.db")
    conninfo: str = request.getfixturevalue("postgresql")
    with open_postgresql(conninfo) as connection:
        for table in ("verifactu_record", "verifactu_chain", "verifactu_delivery"):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
    return conninfo


def opened(database: str) -> Any:
    return open_postgresql(database) if database.startswith("host=") else open_sqlite(database)


def whole(database: str, key: Key = KEY) -> list[StoredRecord]:
    """Check a chain from end to end with the audit and return its records."""
    with closing(opened(database)) as connection:
        stored = list(walk(connection, key))
        head = head_of(connection, key)
    assert audit((each.position, each.xml) for each in stored).breaks == ()
    assert [each.position for each in stored] == list(range(1, len(stored) + 1))
    assert head.length == len(stored)
    if stored:
        assert head.link is not None
        assert head.link.fingerprint == stored[-1].fingerprint
    return stored


def draft(number: int) -> Any:
    return examples.registration(f"2026/{number:04}")


def test_a_record_and_an_invoice_are_one_commit(database: str) -> None:
    with closing(opened(database)) as connection:
        create_tables(connection)
        begin = "BEGIN IMMEDIATE" if "host=" not in database else "BEGIN"
        connection.execute("CREATE TABLE IF NOT EXISTS invoices (number TEXT)")
        connection.execute("DELETE FROM invoices")
        for number, end in ((1, "COMMIT"), (2, "ROLLBACK"), (2, "COMMIT")):
            connection.execute(begin)
            connection.execute(f"INSERT INTO invoices VALUES ('{number}')")  # noqa: S608
            append(connection, KEY, draft(number))
            connection.execute(end)
        rows = connection.execute("SELECT count(*) FROM invoices").fetchone()

    assert rows[0] == len(whole(database)) == 2


def test_a_chain_goes_on_where_it_stopped(database: str) -> None:
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        first = store.append(KEY, draft(1))
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        second = store.append(KEY, draft(2))
        third = store.append(KEY, examples.cancellation("2026/0001"))

    assert first.chaining.is_first
    assert second.chaining.previous
    assert second.chaining.previous.fingerprint == first.fingerprint
    stored = whole(database)
    assert [record_of(each) for each in stored] == [first, second, third]
    assert all(fingerprint(record_of(each)) == each.fingerprint for each in stored)
    assert stored[0].xml.encode() == write(first, prefixes={"sum1": SF}, declaration=False)


def test_tenants_and_chains_are_kept_apart(database: str) -> None:
    keys = [Key("a"), Key("b"), Key("a", "second")]
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        for number in range(6):
            store.append(keys[number % 3], draft(number))

    assert [len(whole(database, key)) for key in keys] == [2, 2, 2]


def test_the_newest_record_of_an_invoice_is_found(database: str) -> None:
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        store.append(KEY, draft(1))
        store.append(KEY, examples.cancellation("2026/0001"))
    with closing(opened(database)) as connection:
        found = last_of(connection, KEY, "2026/0001", draft(1).invoice.issued_on)
        missing = last_of(connection, KEY, "2026/0002", draft(1).invoice.issued_on)

    assert found
    assert (found.position, found.kind) == (2, "anulacion")
    assert missing is None


@pytest.mark.parametrize(
    "statement", ["UPDATE verifactu_record SET xml = ''", "DELETE FROM verifactu_record"]
)
def test_a_record_cannot_be_changed_nor_deleted(database: str, statement: str) -> None:
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        store.append(KEY, draft(1))
    connection = opened(database)
    with closing(connection), pytest.raises(Exception, match="append-only"):
        connection.execute(statement)


def test_concurrent_issuers_make_one_chain(database: str) -> None:
    with ChainStore(opened(database)) as store:

        def issue(issuer: int) -> None:
            for number in range(20):
                store.append(KEY, examples.registration(f"{issuer}/{number}"))

        threads = [threading.Thread(target=issue, args=(issuer,)) for issuer in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len({each.number for each in whole(database)}) == 160


def test_two_processes_make_one_chain(database: str) -> None:
    with closing(opened(database)) as connection:
        create_tables(connection)
    runs = [
        subprocess.Popen(
            [sys.executable, str(VICTIM), database, "never", "1", "4", "10"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    told = [run.communicate(timeout=120) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], told
    assert [errors for _, errors in told] == [b"", b""]
    assert sum(len(whole(database, Key(f"tenant-{each}"))) for each in range(3)) == 80


def test_a_small_step_of_the_clock_is_made_up_for(database: str) -> None:
    times = iter([NOW, NOW - timedelta(seconds=59), NOW + timedelta(seconds=1)])
    with ChainStore(opened(database), clock=lambda: next(times)) as store:
        made = [store.append(KEY, draft(number)).recorded_at for number in range(3)]

    assert made == [NOW, NOW, NOW + timedelta(seconds=1)]
    whole(database)


def test_a_clock_that_is_wrong_by_an_hour_writes_nothing(database: str) -> None:
    times = iter([NOW, NOW - timedelta(hours=1), NOW])
    with ChainStore(opened(database), clock=lambda: next(times)) as store:
        store.append(KEY, draft(1))
        with pytest.raises(ClockWentBackError) as refused:
            store.append(KEY, draft(2))
        store.append(KEY, draft(3))

    assert refused.value.details["wait_s"] == 3600
    assert [each.number for each in whole(database)] == ["2026/0001", "2026/0003"]


def test_the_night_when_summer_ends_is_no_step_back(database: str) -> None:
    summer = datetime(2026, 10, 25, 2, 59, tzinfo=timezone(timedelta(hours=2)))
    winter = datetime(2026, 10, 25, 2, 0, tzinfo=timezone(timedelta(hours=1)))
    times = iter([summer, winter])
    with ChainStore(opened(database), clock=lambda: next(times)) as store:
        made = [store.append(KEY, draft(number)).recorded_at for number in range(2)]

    assert made == [summer, winter]
    whole(database)


def test_a_chain_belongs_to_one_taxpayer(database: str) -> None:
    other = draft(2).invoice.model_copy(update={"issuer_nif": "89890002E"})
    with ChainStore(opened(database), clock=lambda: NOW) as store:
        store.append(KEY, draft(1))
        with pytest.raises(ChainError, match="another issuer"):
            store.append(KEY, draft(2).model_copy(update={"invoice": other}))

    assert len(whole(database)) == 1


def test_a_closed_store_and_a_long_name_are_refused(tmp_path: Path) -> None:
    store = ChainStore(open_sqlite(tmp_path / "chain.db"))
    store.close()
    store.close()

    with pytest.raises(ChainError, match="closed"):
        store.append(KEY, draft(1))
    with pytest.raises(ChainError, match="100 characters"):
        Key("x" * 101)


def test_a_full_disk_writes_nothing_and_says_so(tmp_path: Path) -> None:
    connection = open_sqlite(tmp_path / "chain.db")
    with ChainStore(connection, clock=lambda: NOW) as store:
        store.append(KEY, draft(1))
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

        def fill() -> None:
            for number in range(2, 200):
                store.append(KEY, draft(number))

        with pytest.raises(ChainError, match="nothing was written"):
            fill()

    assert whole(str(tmp_path / "chain.db"))


def test_sqlite_synchronises_every_commit(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "chain.db")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_postgresql_synchronises_every_commit(postgresql: str) -> None:
    with open_postgresql(postgresql) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_the_disk_has_a_record_before_it_is_acknowledged(tmp_path: Path) -> None:
    """Killing a process shows nothing about power cuts: the order of the calls does."""
    trace = tmp_path / "trace"
    watched = "trace=fdatasync,fsync,write,pwrite64"
    command = [
        program("strace"),
        "-f",
        "-e",
        watched,
        "-o",
        str(trace),
        sys.executable,
        str(VICTIM),
    ]
    done = subprocess.run(
        [*command, str(tmp_path / "chain.db"), "never", "1", "1", "5"],
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    calls = trace.read_text(errors="replace").splitlines()
    told = [
        index
        for index, call in enumerate(calls)
        if re.search(r'write\(1, "tenant-\d [0-9A-F]', call)
    ]
    assert len(told) == 5
    for before, index in zip([0, *told], told, strict=False):
        between = calls[before:index]
        synced = [n for n, call in enumerate(between) if re.search(r"f(data)?sync\(.*= 0", call)]
        written = [n for n, call in enumerate(between) if "pwrite64(" in call]
        assert synced, "acknowledged before the disk had it"
        assert max(written) < max(synced)


def kill(database: str, point: str, occurrence: int) -> list[tuple[str, str]]:
    """Run the victim until it dies; return what it had acknowledged."""
    done = subprocess.run(
        [sys.executable, str(VICTIM), database, point, str(occurrence), "6", "40"],
        capture_output=True,
        timeout=3_000,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    lines = done.stdout.decode().splitlines()
    return [(tenant, seal) for tenant, _, seal in (line.partition(" ") for line in lines)]


def require_all(database: str, acknowledged: list[tuple[str, str]]) -> None:
    """Check: no gap, no fork, and everything that was acknowledged is there."""
    for tenant in {tenant for tenant, _ in acknowledged}:
        there = {each.fingerprint for each in whole(database, Key(tenant))}
        lost = {seal for who, seal in acknowledged if who == tenant and len(seal) == 64} - there
        assert lost == set()


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_a_point_loses_nothing(database: str, point: str) -> None:
    acknowledged = []
    for occurrence in (2, 3, 9):
        acknowledged += kill(database, point, occurrence)
        require_all(database, acknowledged)


def kill_at_random(database: str, times: int) -> None:
    acknowledged = kill(database, "random", times)
    require_all(database, acknowledged)
    assert acknowledged
    print(f"{times} kills, {len(acknowledged)} acknowledged, 0 lost, 0 gaps, 0 forks")


def test_processes_killed_at_random_lose_nothing(database: str) -> None:
    kill_at_random(database, 20)


@pytest.mark.long
def test_processes_killed_500_times_at_random_lose_nothing(database: str) -> None:
    kill_at_random(database, 500)


def chain_of(count: int) -> list[Any]:
    records: list[Any] = []
    for number in range(count):
        made_at = NOW + timedelta(seconds=number)
        record = draft(number).model_copy(update={"recorded_at": made_at})
        records.append(link(record, records[-1] if records else None))
    return records


def audited(records: list[Any]) -> Audit:
    return audit((n, write(record, declaration=False)) for n, record in enumerate(records, 1))


def changed(record: Any, **changes: Any) -> Any:
    return record.model_copy(update=changes)


BROKEN: dict[str, tuple[Callable[[list[Any]], list[Any]], int, BreakKind]] = {
    "a changed amount": (
        lambda chain: [*chain[:2], changed(chain[2], total=Decimal(1)), *chain[3:]],
        3,
        BreakKind.FINGERPRINT,
    ),
    "a missing record": (lambda chain: [*chain[:2], *chain[3:]], 3, BreakKind.PREVIOUS),
    "a missing beginning": (lambda chain: chain[1:], 1, BreakKind.FIRST_NAMES_ANOTHER),
    "a fork": (lambda chain: [*chain[:4], link(draft(9), chain[1])], 5, BreakKind.FORK),
    "a second beginning": (lambda chain: [*chain, link(draft(9), None)], 6, BreakKind.NOT_FIRST),
    "a step back": (lambda chain: [*chain, link(draft(9), chain[-1])], 6, BreakKind.TIME),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_audit_finds_the_first_break_and_proposes_a_plan(name: str) -> None:
    change, position, kind = BROKEN[name]

    found = audited(change(chain_of(5)))

    assert found.first_break
    assert (found.first_break.position, found.first_break.kind) == (position, kind)
    assert found.plan[-1].action == "continue"
    assert {step.action for step in found.plan} >= {"record_anomaly", "continue"}


def test_an_intact_chain_needs_no_plan() -> None:
    found = audited(chain_of(5))

    assert found.intact
    assert (found.length, found.first_break, found.plan) == (5, None, ())


def test_garbage_and_a_gap_are_found() -> None:
    records = [write(record, declaration=False) for record in chain_of(3)]

    found = audit([(1, records[0]), (2, b"<a"), (4, records[2])])

    assert [each.kind for each in found.breaks] == [
        BreakKind.UNREADABLE,
        BreakKind.GAP,
        BreakKind.PREVIOUS,
    ]


def test_a_chain_of_another_system_is_taken_over_and_goes_on(database: str) -> None:
    records = chain_of(4)
    submission = build(prepare(records[:2]))
    documents = [submission, *(write(record) for record in records[2:])]
    with closing(opened(database)) as connection:
        create_tables(connection)
        assert import_chain(connection, KEY, documents).intact
        if not database.startswith("host="):
            assert not connection.in_transaction
        with pytest.raises(ChainError, match="empty"):
            import_chain(connection, KEY, documents)
    with ChainStore(opened(database), clock=lambda: NOW + timedelta(hours=1)) as store:
        following = store.append(KEY, draft(9))

    assert following.chaining.previous
    assert following.chaining.previous.fingerprint == records[-1].fingerprint
    stored = whole(database)
    assert [record_of(each) for each in stored] == [*records, following]


def test_a_broken_chain_is_taken_over_only_on_demand(tmp_path: Path) -> None:
    records = chain_of(4)
    documents = [write(record) for record in (*records[:1], *records[2:])]
    with closing(open_sqlite(tmp_path / "chain.db")) as connection:
        create_tables(connection)
        with pytest.raises(BrokenChainError) as refused:
            import_chain(connection, KEY, documents)
        assert refused.value.details["position"] == 2
        assert head_of(connection, KEY).length == 0
        found = import_chain(connection, KEY, documents, accept_breaks=True)
        assert found.first_break
        assert head_of(connection, KEY).length == 3


def test_the_fingerprints_in_a_file_are_those_of_its_texts() -> None:
    name = "verifactu/samples/aeat-firma-registro-alta-xades-epes.xml"

    (found,) = fingerprints_in(official(name).read_bytes())

    assert found.agrees
    assert (found.kind, found.stated[:8]) == ("alta", "FF954378")


def test_a_changed_text_of_a_file_is_found() -> None:
    submission = build(prepare(chain_of(3)))
    changed_once = submission.replace(b":CuotaTotal>21.00<", b":CuotaTotal>21.0<", 1)

    assert [each.agrees for each in fingerprints_in(changed_once)] == [False, True, True]


def test_sqlite_is_the_driver_of_the_standard_library(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "chain.db")) as connection:
        assert isinstance(connection, sqlite3.Connection)
