"""An invented event of every kind."""

from typing import Any

from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu.codes import AnomalyKind, EventKind
from aeat_sii.verifactu.event_log import make_event, records_exported, summary
from aeat_sii.verifactu.events import (
    EventAnomaly,
    EventCheck,
    EventData,
    EventRecord,
    EventReference,
    EventsExported,
    RecordAnomaly,
    RecordCheck,
)
from aeat_sii.verifactu.records import SpanishPerson
from aeat_sii.verifactu.store import StoredRecord

__all__ = ["data_of", "event"]

_ISSUER_PERSON = SpanishPerson(name="CERTIFICADO UNO TELEMATICAS", nif=ISSUER)
_REFERENCE = EventReference(kind=EventKind.STARTED, happened_at=NOW, fingerprint="A" * 64)
_CHECKS: dict[str, Any] = dict.fromkeys(("fingerprints", "signatures", "chain", "dates"), True) | {
    "chain_count": 12
}


def event(kind: EventKind, data: EventData | None = None) -> EventRecord:
    """Make an event that is complete but for its place in the chain."""
    return make_event(
        kind, system=examples.system(), issuer=_ISSUER_PERSON, recorded_at=NOW, data=data
    )


def data_of(kind: EventKind, records: list[StoredRecord]) -> EventData | None:
    """Make the data that a kind of event has of its own; ``None`` where it has none.

    Args:
        kind: Of the event.
        records: What an export or a summary is about.
    """
    match kind:
        case EventKind.RECORD_CHECK_LAUNCHED:
            return EventData(record_check=RecordCheck(**_CHECKS))
        case EventKind.RECORD_ANOMALY:
            found = RecordAnomaly(kind=AnomalyKind.FINGERPRINT, details="ñ")
            return EventData(record_anomaly=found)
        case EventKind.EVENT_CHECK_LAUNCHED:
            return EventData(event_check=EventCheck(**_CHECKS))
        case EventKind.EVENT_ANOMALY:
            anomaly = EventAnomaly(kind=AnomalyKind.OTHER, event=_REFERENCE)
            return EventData(event_anomaly=anomaly)
        case EventKind.RECORDS_EXPORTED:
            return records_exported(records, begins_at=NOW, ends_at=NOW, are_dropped=False)
        case EventKind.EVENTS_EXPORTED:
            return EventData(
                events_exported=EventsExported(
                    begins_at=NOW,
                    ends_at=NOW,
                    first=_REFERENCE,
                    last=_REFERENCE,
                    count=1,
                    are_dropped=True,
                )
            )
        case EventKind.SUMMARY:
            return summary([event(EventKind.STARTED)], records)
        case _:
            return None
