"""SII in an ERP: judge an invoice, send it, lose the answer, and know what the agency holds."""

from aeat_sii import sandbox, sii
from aeat_sii.errors import TransportError
from aeat_sii.sii.reconciling import Outcome, query_of, send_again
from aeat_sii.testing import examples, sii_examples


def main() -> None:
    titular, invoice = sii_examples.TITULAR, sii_examples.issued("2026/0001")
    assert sii.validate(invoice, titular, now=examples.NOW).ok
    print("last day to send it:", sii.deadline_of(invoice))

    with sandbox.serve(clock=lambda: examples.NOW) as agency:
        credential = agency.authority.issue(titular.nif, "ANA PRUEBAS DEMO")
        place, trust = sii.local(agency.url), agency.authority.pem
        with sii.Client(credential, place=place, trust=trust) as client:
            try:
                client.submit([invoice], titular)
                raise TransportError("the answer is lost on the way", delivery="unknown")
            except TransportError:
                (settled,) = send_again(client, [invoice], titular)
            held = client.query_all(query_of(invoice, titular))

    assert settled.outcome is Outcome.ACCEPTED
    assert len(held) == 1
    print(settled.outcome.value, held[0].values["ImporteTotal"])


if __name__ == "__main__":
    main()
