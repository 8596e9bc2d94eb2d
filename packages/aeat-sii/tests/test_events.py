"""The log of events: every kind, its chain, its export."""

import json
import zipfile
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aeat_sii.errors import ChainError, ClockWentBackError
from aeat_sii.testing import examples
from aeat_sii.testing.event_examples import data_of, event
from aeat_sii.testing.examples import NOW
from aeat_sii.verifactu import audit as audits
from aeat_sii.verifactu import link
from aeat_sii.verifactu.codes import AnomalyKind, EventKind
from aeat_sii.verifactu.event_log import (
    append_event,
    event_of,
    records_exported,
)
from aeat_sii.verifactu.events import (
    EventData,
    RecordAnomaly,
    event_fingerprint,
    link_event,
)
from aeat_sii.verifactu.exporting import export
from aeat_sii.verifactu.hashing import fingerprints_in
from aeat_sii.verifactu.signing import sign_text, verify
from aeat_sii.verifactu.store import Key, append, create_tables, open_sqlite, walk
from einvoice_core.certificates import Credential

LOG, RECORDS = Key("t", "events"), Key("t", "records")


def stored_records(folder: Path) -> list[Any]:
    with closing(open_sqlite(folder / "records.db")) as connection:
        create_tables(connection)
        append(connection, RECORDS, examples.registration("1"))
        append(connection, RECORDS, examples.registration("2"))
        append(connection, RECORDS, examples.cancellation("1"))
        return list(walk(connection, RECORDS))


def test_every_kind_of_event_is_kept_chained_and_signed(
    tmp_path: Path, credential: Credential
) -> None:
    records = stored_records(tmp_path)
    with closing(open_sqlite(tmp_path / "log.db")) as connection:
        create_tables(connection)
        made = [
            append_event(
                connection,
                LOG,
                event(kind, data_of(kind, records)),
                credential,
                clock=None,
            )
            for kind in EventKind
        ]
        stored = list(walk(connection, LOG))

    assert audits.audit((each.position, each.xml) for each in stored).intact
    assert [each.number for each in stored] == [kind.value for kind in EventKind]
    for kept, linked in zip(stored, made, strict=True):
        (found,) = fingerprints_in(kept.xml.encode())
        assert found.agrees
        assert (found.kind, found.stated) == ("evento", linked.event.fingerprint)
        assert event_fingerprint(event_of(kept).event) == kept.fingerprint
        assert verify(kept.xml.encode())
    (tmp_path / "records.db").unlink()


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_has_the_data_of_its_kind(kind: EventKind, tmp_path: Path) -> None:
    data = data_of(kind, stored_records(tmp_path))
    other = EventData(record_anomaly=RecordAnomaly(kind=AnomalyKind.OTHER))
    wrong = None if kind is EventKind.RECORD_ANOMALY else other

    assert link_event(event(kind, data), None).event.fingerprint
    with pytest.raises(ChainError, match="data of its own"):
        link_event(event(kind, wrong), None)


def test_sums_count_registrations_only(tmp_path: Path) -> None:
    data = records_exported(
        stored_records(tmp_path), begins_at=NOW, ends_at=NOW, are_dropped=False
    ).records_exported

    assert data
    assert (data.registrations, data.cancellations) == (2, 1)
    assert (data.total_tax, data.total) == (Decimal("42.00"), Decimal("242.00"))


def test_a_clock_that_is_wrong_by_an_hour_logs_nothing(
    tmp_path: Path, credential: Credential
) -> None:
    started = event(EventKind.STARTED)
    with closing(open_sqlite(tmp_path / "log.db")) as connection:
        create_tables(connection)
        append_event(connection, LOG, started, credential, clock=lambda: NOW)
        with pytest.raises(ClockWentBackError):
            append_event(
                connection, LOG, started, credential, clock=lambda: NOW - timedelta(hours=1)
            )


def test_signed_records_are_kept_and_exported_octet_by_octet(
    tmp_path: Path, credential: Credential
) -> None:
    with closing(open_sqlite(tmp_path / "log.db")) as connection:
        create_tables(connection)
        for number in range(3):
            append(
                connection,
                RECORDS,
                examples.registration(f"{number}"),
                sign=lambda xml: sign_text(xml, credential, clock=lambda: NOW),
            )
        stored = list(walk(connection, RECORDS))
    path, again = tmp_path / "export.zip", tmp_path / "again.zip"

    assert export(path, stored) == export(again, stored) == 3

    assert path.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(path) as archive:
        index = json.loads(archive.read("index.json"))
        for row, kept in zip(index, stored, strict=True):
            xml = archive.read(row["file"])
            assert xml == kept.xml.encode()
            assert verify(xml)
    assert sorted(each.name for each in tmp_path.glob("*.zip")) == ["again.zip", "export.zip"]
    assert list(tmp_path.glob(".*")) == []


def test_the_first_event_names_none_before_it() -> None:
    first = link_event(event(EventKind.STARTED), None)
    second = link_event(event(EventKind.STOPPED), first)

    assert first.event.chaining.is_first
    assert second.event.chaining.previous
    assert second.event.chaining.previous.fingerprint == first.event.fingerprint
    with pytest.raises(ChainError, match="link it first"):
        link_event(event(EventKind.STOPPED), event(EventKind.STARTED))


def test_an_event_is_chained_apart_from_the_records() -> None:
    record = link(examples.registration(), None)

    assert link_event(event(EventKind.STARTED), None).event.fingerprint != record.fingerprint
