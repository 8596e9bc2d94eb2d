"""Register an invoice with the public solution played here, report its payment, follow it."""

from datetime import date
from decimal import Decimal

from ubl_peppol import spfe, ubl25
from ubl_peppol.spfe import LineInput, LocalSolution, SpfeParty, messages, sandbox
from ubl_peppol.spfe.unique import reference

SELLER = SpfeParty("12345678Z", "Ana Prueba", "Plaza 7", "Sevilla", "41001", "Sevilla")
BUYER = SpfeParty("A76543214", "Compras SA", "Avenida 25", "Barcelona", "08001", "Barcelona")


def main() -> None:
    invoice = spfe.build(
        number="P-27/014",
        issued_on=date(2027, 11, 3),
        due_on=date(2027, 12, 3),
        seller=SELLER,
        buyer=BUYER,
        lines=[LineInput("Asesoramiento", Decimal(8), Decimal("125.00"), unit="HUR")],
        account="ES9121000418450200051332",
    )
    payment = messages.payment(
        reference(invoice),
        message_id="1",
        sent_on=date(2027, 12, 3),
        sender=messages.Reporter(nif=BUYER.nif, name=BUYER.name),
        paid_on=date(2027, 12, 3),
        due_on=date(2027, 12, 3),
    )
    with sandbox.serve() as double:
        trust = double.authority.pem
        seller = double.authority.issue(SELLER.nif)
        buyer = double.authority.issue("87654321X", organization_nif=BUYER.nif)
        with (
            LocalSolution(double.url, seller, trust=trust) as issuing,
            LocalSolution(double.url, buyer, trust=trust) as paying,
        ):
            print(issuing.register(ubl25.write(invoice)).registration)
            try:
                issuing.register(ubl25.write(invoice))
            except spfe.DuplicateInvoiceError as error:
                print(f"{error.code}: {error.message}")
            (received,) = paying.invoices(BUYER.nif)
            assert paying.download(received.unique_code) == ubl25.write(invoice)
            paying.report(messages.write(payment))
            held = issuing.invoice(received.unique_code)
            assert held is not None
            print(f"{held.recipient}: {held.messages}")


if __name__ == "__main__":
    main()
