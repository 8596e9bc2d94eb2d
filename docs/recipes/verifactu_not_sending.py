"""A system that does not send its records: sign, log the events, export, answer a request."""

from datetime import UTC, datetime
from pathlib import Path

from aeat_sii import sandbox, verifactu
from aeat_sii.environments import local
from aeat_sii.testing import examples
from aeat_sii.verifactu.audit import audit
from aeat_sii.verifactu.codes import EventKind
from aeat_sii.verifactu.event_log import append_event, make_event, records_exported
from aeat_sii.verifactu.exporting import export
from aeat_sii.verifactu.records import RequestedSubmission, SpanishPerson
from aeat_sii.verifactu.signing import sign_text, verify
from aeat_sii.verifactu.store import Key, append, create_tables, open_sqlite, walk
from einvoice_core.certificates import TrustStore
from einvoice_core.testing.authority import ThrowawayAuthority

RECORDS, EVENTS = Key("my-company", "records"), Key("my-company", "events")
NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=UTC)
ME = SpanishPerson(name="ANA PRUEBAS DEMO", nif=examples.ISSUER)
SYSTEM = examples.system(only_verifactu=False)


def main() -> None:
    authority = ThrowawayAuthority(clock=lambda: NOW)
    credential = authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
    connection = open_sqlite(Path("company.db"))
    create_tables(connection)

    started = make_event(EventKind.STARTED, system=SYSTEM, issuer=ME, recorded_at=NOW)
    append_event(connection, EVENTS, started, credential, clock=lambda: NOW)

    for number in ("2026/0001", "2026/0002"):
        append(
            connection,
            RECORDS,
            examples.registration(number, system=SYSTEM),
            clock=lambda: NOW,
            sign=lambda xml: sign_text(xml, credential, clock=lambda: NOW),
        )
    kept = list(walk(connection, RECORDS))
    trust = TrustStore((authority.root,), (authority.intermediate,))
    for each in kept:
        verify(each.xml.encode(), trust=trust)  # raises when a signature does not hold
    assert audit((each.position, each.xml) for each in kept).intact

    # An export is an event too.
    count = export(Path("records-2026-07.zip"), kept)
    data = records_exported(kept, begins_at=NOW, ends_at=NOW, are_dropped=False)
    exported = make_event(
        EventKind.RECORDS_EXPORTED, system=SYSTEM, issuer=ME, recorded_at=NOW, data=data
    )
    append_event(connection, EVENTS, exported, credential, clock=lambda: NOW)
    events = list(walk(connection, EVENTS))
    assert audit((each.position, each.xml) for each in events).intact
    print(count, "records exported,", len(events), "events in the log")

    # The agency asks for the records: they are handed over as they are kept.
    with sandbox.serve(clock=lambda: NOW, authority=authority) as agency:
        environment = local(agency.url)
        with verifactu.Client(
            credential, environment=environment, trust=authority.pem, clock=lambda: NOW
        ) as client:
            request = RequestedSubmission(reference="REQ20260001", is_last=True)
            answer = client.submit_requested([each.xml.encode() for each in kept], request)
    print("handed over:", answer.state.value)
    assert answer.state is verifactu.SubmissionState.CORRECT
    connection.close()


if __name__ == "__main__":
    main()
