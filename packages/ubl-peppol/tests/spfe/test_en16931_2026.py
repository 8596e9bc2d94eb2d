"""The rules of the 2026 edition, each with a document that passes and one that does not."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from ubl_peppol import spfe, ubl25
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.spfe import LineInput, SpfeParty
from ubl_peppol.ubl25 import model
from ubl_peppol.ubl25.edition import WITHDRAWN
from ubl_peppol.ubl25.model.lines import LineDelivery, LinePrecedingInvoice
from ubl_peppol.ubl25.rules import rules

SELLER = SpfeParty("12345678Z", "Ana Prueba", "Plaza 7", "Sevilla", "41001", "Sevilla")
BUYER = SpfeParty("A76543214", "Compras SA", "Avenida 25", "Barcelona", "08001", "Barcelona")
Change = Callable[[model.Invoice], model.Invoice]


def good() -> model.Invoice:
    return spfe.build(
        number="1",
        issued_on=date(2027, 11, 3),
        due_on=date(2027, 12, 3),
        seller=SELLER,
        buyer=BUYER,
        lines=[LineInput("Asesoramiento", Decimal(8), Decimal("125.00"), unit="HUR")],
        account="ES9121000418450200051332",
    )


def updated(**changes: object) -> Change:
    return lambda invoice: invoice.model_copy(update=changes)


def totals(**changes: object) -> Change:
    return lambda invoice: invoice.model_copy(
        update={"totals": invoice.totals.model_copy(update=changes)}
    )


def line(**changes: object) -> Change:
    return lambda invoice: invoice.model_copy(
        update={"lines": (invoice.lines[0].model_copy(update=changes),)}
    )


def both(header: Change, in_line: Change) -> Change:
    return lambda invoice: in_line(header(invoice))


def seller(**changes: object) -> Change:
    return lambda invoice: invoice.model_copy(
        update={"seller": invoice.seller.model_copy(update=changes)}
    )


def buyer(**changes: object) -> Change:
    return lambda invoice: invoice.model_copy(
        update={"buyer": invoice.buyer.model_copy(update=changes)}
    )


def adjusted(**parts: object) -> Change:
    return updated(allowances_charges=(model.AllowanceCharge.model_validate(parts),))


def national(invoice: model.Invoice) -> model.Invoice:
    item = invoice.lines[0].item.model_copy(update={"vat_category": "N"})
    return seller(tax_ids=())(line(item=item)(invoice))


def exchanged(invoice: model.Invoice) -> model.Invoice:
    other = model.TaxTotal(amount=Decimal("1.00"), currency="USD")
    changes = {
        "accounting_currency": "USD",
        "exchange_rate": Decimal("1.1"),
        "tax_totals": (*invoice.tax_totals, other),
    }
    return invoice.model_copy(update=changes)


PRICE = model.Price(net=Decimal("125.00001"))
PARTY_ID = model.PartyId(value="1")
DELIVERY = model.Delivery(delivered_on=date(2027, 11, 3))
LINE_DELIVERY = LineDelivery(delivered_on=date(2027, 11, 3))
PRECEDING = model.PrecedingInvoice(number="0")
CASES: dict[str, Change] = {
    "BR-CO-13": totals(without_vat=Decimal("1.00")),
    "BR-CO-16": totals(due=Decimal("1.00")),
    "BR-CO-25": updated(due_on=None, payment_terms=()),
    "BR-CO-32": line(net_amount=Decimal("1000.03")),
    "BR-CO-28": both(updated(order="1"), line(order="2")),
    "BR-CO-29": both(updated(despatch_advice="1"), line(despatch="2")),
    "BR-CO-30": both(updated(receiving_advice="1"), line(receipt="2")),
    "BR-CO-40": both(updated(delivery=DELIVERY), line(delivery=LINE_DELIVERY)),
    "BR-CO-45": both(
        updated(delivery_note="1"), line(delivery=LINE_DELIVERY.model_copy(update={"note": "2"}))
    ),
    "BR-CO-46": both(updated(sales_order="1"), line(sales_order="2")),
    "BR-CO-47": both(
        updated(preceding_invoices=(PRECEDING,)),
        line(preceding=(LinePrecedingInvoice(number="2"),)),
    ),
    "BR-CO-38": adjusted(
        is_charge=False, amount="5.00", base="100.00", percent="10", vat_category="S", vat_rate="21"
    ),
    "BR-CO-39": adjusted(
        is_charge=True, amount="5.00", base="100.00", percent="10", vat_category="S", vat_rate="21"
    ),
    "BR-CO-48": exchanged,
    "BR-DEC-44": line(price=PRICE),
    "BR-N-2": national,
    "BR-N-3": both(adjusted(is_charge=False, amount="5.00", vat_category="N"), seller(tax_ids=())),
    "BR-N-4": both(adjusted(is_charge=True, amount="5.00", vat_category="N"), seller(tax_ids=())),
    "BR-69": seller(ids=(PARTY_ID,)),
    "BR-70": seller(legal_id="1"),
    "BR-71": buyer(ids=(PARTY_ID,)),
    "BR-72": buyer(legal_id="1"),
    "BR-73": updated(payee=model.Payee(ids=(PARTY_ID,), name="Otro")),
    "BR-74": updated(payee=model.Payee(name="Otro", legal_id="1")),
    "BR-75": updated(delivery=model.Delivery(location_id="1")),
}
TWO_CODES = ("BR-CO-34", "BR-CO-35")


def fired(xml: bytes) -> set[str]:
    return {finding.rule for finding in ubl25.validate(xml).findings}


def test_a_good_invoice_has_no_finding() -> None:
    report = ubl25.validate(ubl25.write(good()))
    assert report.findings == ()
    assert "en16931-2017" in report.layers_skipped


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_fires_where_it_should(rule: str) -> None:
    assert rule in fired(ubl25.write(CASES[rule](good())))


@pytest.mark.parametrize("rule", TWO_CODES)
def test_two_codes_of_a_charge_exclude_each_other(rule: str) -> None:
    charge = model.AllowanceCharge(
        is_charge=True, amount=Decimal(1), reason_code="FC", vat_category="S", vat_rate=Decimal(21)
    )
    of_line = model.LineAllowanceCharge(is_charge=True, amount=Decimal(1), reason_code="FC")
    change = (
        updated(allowances_charges=(charge,))
        if rule == "BR-CO-34"
        else line(allowances_charges=(of_line,))
    )
    xml = ubl25.write(change(good()))
    code = b"<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>"
    assert rule not in fired(xml)
    assert rule in fired(xml.replace(code, code * 2))


def test_every_rule_has_a_case_and_none_was_withdrawn() -> None:
    assert set(rules.rules) == {*CASES, *TWO_CODES}
    assert not set(rules.rules) & set(WITHDRAWN)
    assert all("transcribed" in rule.source for rule in rules.rules.values())


def test_what_is_no_invoice_is_refused() -> None:
    with pytest.raises(UnknownDocumentError):
        ubl25.validate(b"<a/>")
