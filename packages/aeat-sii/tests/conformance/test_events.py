"""Every kind of event that the library logs is valid against the official schema of the events."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from aeat_sii.testing import examples
from aeat_sii.testing.event_examples import data_of, event
from aeat_sii.testing.examples import NOW
from aeat_sii.verifactu.codes import (
    AnomalyKind,
    EventKind,
    FingerprintKind,
    IdKind,
    IssuedBy,
    Version,
)
from aeat_sii.verifactu.event_log import append_event, summary
from aeat_sii.verifactu.events import (
    EventAnomaly,
    EventData,
    EventInvoiceId,
    EventOtherId,
    EventPerson,
    EventRecord,
    RecordAnomaly,
    RecordCheck,
)
from aeat_sii.verifactu.store import Key, append, create_tables, open_sqlite, walk
from einvoice_core.certificates import Credential
from einvoice_core.testing.judges import official
from einvoice_core.xml.parsing import parse

Schema = Callable[[str], etree.XMLSchema]
LOG, RECORDS = Key("t", "events"), Key("t", "records")
UNDONE = RecordCheck(fingerprints=False, signatures=False, chain=False, dates=False)
XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    with closing(open_sqlite(tmp_path / "log.db")) as connection:
        create_tables(connection)
        append(connection, RECORDS, examples.registration("1"))
        append(connection, RECORDS, examples.cancellation("1"))
        yield connection


def logged(store: Any, credential: Credential, *events: EventRecord) -> list[etree._Element]:
    for each in events:
        append_event(store, LOG, each, credential, clock=None)
    return [parse(each.xml.encode()) for each in walk(store, LOG)]


def changed(record: EventRecord, **changes: Any) -> EventRecord:
    return record.model_copy(update={"event": record.event.model_copy(update=changes)})


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_is_valid_first_and_later(
    kind: EventKind, store: Any, credential: Credential, schema: Schema
) -> None:
    made = event(kind, data_of(kind, list(walk(store, RECORDS))))
    first, later = logged(store, credential, made, changed(made, details="ñ" * 100))

    judge = schema("EventosSIF.xsd")
    judge.assertValid(first)
    judge.assertValid(later)
    assert first.find(".//{*}PrimerEvento") is not None
    assert later.find(".//{*}EventoAnterior/{*}TipoEvento").text == kind.value  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", AnomalyKind)
def test_an_anomaly_of_every_kind_is_valid(
    kind: AnomalyKind, store: Any, credential: Credential, schema: Schema
) -> None:
    invoice = EventInvoiceId(
        issuer_nif=examples.ISSUER, number="A/1", issued_on=NOW.date() - timedelta(days=1)
    )
    roots = logged(
        store,
        credential,
        event(
            EventKind.RECORD_ANOMALY,
            EventData(record_anomaly=RecordAnomaly(kind=kind, details="x" * 100, record=invoice)),
        ),
        event(EventKind.EVENT_ANOMALY, EventData(event_anomaly=EventAnomaly(kind=kind))),
    )

    for root in roots:
        schema("EventosSIF.xsd").assertValid(root)


def test_events_of_a_third_party_and_without_anything_to_count_are_valid(
    store: Any, credential: Credential, schema: Schema
) -> None:
    person = EventPerson(
        name="Third Party", other_id=EventOtherId(country="FR", kind=IdKind.OFFICIAL_ID, id="X1")
    )
    roots = logged(
        store,
        credential,
        changed(event(EventKind.STARTED), issued_by=IssuedBy.THIRD_PARTY, third_party=person),
        event(EventKind.SUMMARY, summary([event(EventKind.STARTED)] * 3, [])),
        event(EventKind.RECORD_CHECK_LAUNCHED, EventData(record_check=UNDONE)),
    )

    for root in roots:
        schema("EventosSIF.xsd").assertValid(root)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("TipoEventoType", EventKind),
        ("TipoAnomaliaType", AnomalyKind),
        ("TercerosODestinatarioType", IssuedBy),
        ("VersionType", Version),
        ("TipoHuellaType", FingerprintKind),
    ],
)
def test_a_code_list_is_the_official_one(name: str, ours: type[StrEnum]) -> None:
    tree = etree.parse(str(official("verifactu/schema/EventosSIF.xsd")))
    nodes = tree.iterfind(f".//{XS}simpleType[@name='{name}']//{XS}enumeration")

    assert {each.value for each in ours} == {str(node.get("value")) for node in nodes}
