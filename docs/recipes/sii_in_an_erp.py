"""SII in an ERP: save an invoice and its entry at once, send it, and survive a lost answer."""

from datetime import timedelta

from aeat_sii import sandbox, sii
from aeat_sii.sii import outbox
from aeat_sii.testing import examples, sii_examples
from aeat_sii.verifactu.store import open_sqlite


def main(database: str = ":memory:") -> None:
    titular, box = sii_examples.TITULAR, outbox.Box("company-1")
    invoice = sii_examples.issued("2026/0001")
    assert sii.validate(invoice, titular, now=examples.NOW).ok
    print("last day to send it:", sii.deadline_of(invoice))

    connection = open_sqlite(database)
    transaction = outbox.transactions(connection)
    with transaction() as here:
        outbox.create_tables(here)
    with transaction() as here:
        here.cursor().execute("CREATE TABLE invoice (number TEXT)")
        here.cursor().execute("INSERT INTO invoice VALUES (?)", (invoice.invoice.number,))
        outbox.put(here, box, invoice, titular)  # Both are saved, or none.

    clock, plan = [examples.NOW], [sandbox.Fault.LOST_REPLY]
    with sandbox.serve(
        clock=lambda: examples.NOW, faults=lambda: plan.pop() if plan else None
    ) as agency:
        credential = agency.authority.issue(titular.nif, "ANA PRUEBAS DEMO")
        place, trust = sii.local(agency.url), agency.authority.pem
        with sii.Client(credential, place=place, trust=trust) as client:
            sending = outbox.Dispatcher(transaction, box, client, clock=lambda: clock[0])
            first = sending.step()
            print(first.outcome.value, "- wait", first.wait_s > 0)
            clock[0] += timedelta(seconds=first.wait_s)
            assert sending.step().outcome is outbox.Outcome.ANSWERED
            period = sii.query_of_period(sii.Asked.ISSUED, titular_of(titular), invoice.period)
            held = client.query_all(period)

    with transaction() as here:
        (entry,) = outbox.entries(here, box)
    connection.close()
    assert entry.state is outbox.EntryState.ACCEPTED
    assert len(held) == 1
    print(entry.state.value, held[0].values["ImporteTotal"])


def titular_of(titular: sii.records.Titular) -> sii.records.SpanishPerson:
    """Name whose books are asked for."""
    return sii.records.SpanishPerson(name=titular.name, nif=titular.nif)


if __name__ == "__main__":
    main()
