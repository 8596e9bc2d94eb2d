"""Issue an invoice for the Spanish public solution, report its payment, and copy another one."""

from datetime import date
from decimal import Decimal

from ubl_peppol import spfe, ubl25
from ubl_peppol.spfe import LineInput, SpfeParty, messages
from ubl_peppol.spfe.building import Withheld
from ubl_peppol.spfe.unique import reference
from ubl_peppol.testing import small_invoice

SELLER = SpfeParty("12345678Z", "Ana Prueba", "Plaza 7", "Sevilla", "41001", "Sevilla")
BUYER = SpfeParty("A76543214", "Compras SA", "Avenida 25", "Barcelona", "08001", "Barcelona")


def main() -> None:
    # A professional: 8 hours, and 15 % withheld for the income tax.
    invoice = spfe.build(
        number="P-27/014",
        issued_on=date(2027, 11, 3),
        due_on=date(2027, 12, 3),
        seller=SELLER,
        buyer=BUYER,
        lines=[LineInput("Asesoramiento", Decimal(8), Decimal("125.00"), unit="HUR")],
        withholdings=[Withheld(Decimal(15))],
        account="ES9121000418450200051332",
    )
    xml = ubl25.write(invoice)
    report = spfe.validate(xml)
    assert report.findings == ()
    print(f"{spfe.unique_code(invoice)}: {invoice.totals.due} EUR to be paid")

    # A wrong one says which check, by which article, and how far our reading can be trusted.
    for finding in spfe.validate(xml.replace(b">1060.00<", b">1210.00<")).findings:
        print(f"{finding.rule}: {finding.message} [{finding.source}]")

    # The buyer pays and reports it.
    paid_on = date(2027, 11, 25)
    days = spfe.WorkingDays.adding([date(2027, 12, 6), date(2027, 12, 8)])
    term = spfe.status_term("PAYMENT", paid_on, days=days)
    assert term is not None
    print(f"to be reported until {term.last_day} ({term.article})")
    told = messages.payment(
        reference(invoice),
        message_id="1",
        sent_on=paid_on,
        sender=messages.Reporter(nif=BUYER.nif, name=BUYER.name),
        paid_on=paid_on,
        due_on=date(2027, 12, 3),
    )
    assert spfe.validate(messages.write(told)).findings == ()
    state = messages.Lifecycle().registered(is_copy=False).told(told.code)
    print(f"for its recipient the invoice is {state.recipient}")

    # An invoice that went through Peppol: its faithful copy, and what that cannot carry.
    copy = spfe.faithful_copy(small_invoice())
    for loss in copy.losses:
        print(f"{loss.kind}: {loss.path} {loss.value!r}: {loss.reason}")
    assert copy.invoice.totals.due == small_invoice().totals.due


if __name__ == "__main__":
    main()
