"""A courier is killed while it delivers over HTTPS: every record arrives, and is told, once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from aeat_sii import sandbox
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.testing.examples import ISSUER
from aeat_sii.verifactu.audit import audit
from aeat_sii.verifactu.store import Key, create_tables, open_postgresql, open_sqlite, walk
from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries
from einvoice_core.testing import databases

COURIER = Path(__file__).parent / "courier.py"
POINTS = ("before-send", "after-send", "after-settle")
KEY = Key("courier")


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


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[RunningSandbox]:
    with sandbox.serve(wait_s=0) as running:
        credential = running.authority.issue(ISSUER, "ANA PRUEBAS DEMO")
        (tmp_path / "c.p12").write_bytes(credential.to_pkcs12(b"x"))
        (tmp_path / "root.pem").write_bytes(running.authority.pem)
        yield running


def courier(database: str, agency: RunningSandbox, folder: Path, point: str, times: int) -> int:
    done = subprocess.run(
        [sys.executable, str(COURIER), database, agency.url, str(folder), point, str(times)],
        capture_output=True,
        timeout=3_000,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return done.returncode


def require_equal(database: str, agency: RunningSandbox) -> int:
    """Check that the chain is whole and that both sides hold the same; return how many records."""
    connection: Any = (
        open_postgresql(database) if database.startswith("host=") else open_sqlite(database)
    )
    with closing(connection):
        create_tables(connection)
        stored = list(walk(connection, KEY))
        told = deliveries(connection, KEY)
    assert audit((each.position, each.xml) for each in stored).breaks == ()
    assert {each.state for each in told} <= {DeliveryState.ACCEPTED}
    ours = {each.record.number: each.record.fingerprint for each in told}
    theirs = {each.key.number: each.fingerprint for each in agency.service.register}
    assert len(told) == len(stored)
    assert ours == theirs
    return len(stored)


@pytest.mark.parametrize("point", POINTS)
def test_a_courier_killed_at_a_point_delivers_everything_once(
    database: str, agency: RunningSandbox, tmp_path: Path, point: str
) -> None:
    for occurrence in (1, 3):
        assert courier(database, agency, tmp_path, point, occurrence) == -signal.SIGKILL
    assert courier(database, agency, tmp_path, "drain", 0) == 0
    assert require_equal(database, agency) == 4


def kill_at_random(database: str, agency: RunningSandbox, folder: Path, times: int) -> None:
    courier(database, agency, folder, "random", times)
    courier(database, agency, folder, "drain", 0)
    count = require_equal(database, agency)
    assert count
    print(f"{times} kills, {count} records, each accepted once")


def test_couriers_killed_at_random_deliver_everything_once(
    database: str, agency: RunningSandbox, tmp_path: Path
) -> None:
    kill_at_random(database, agency, tmp_path, 15)


@pytest.mark.long
def test_couriers_killed_500_times_at_random_deliver_everything_once(
    database: str, agency: RunningSandbox, tmp_path: Path
) -> None:
    kill_at_random(database, agency, tmp_path, 500)
