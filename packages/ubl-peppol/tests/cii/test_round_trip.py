"""What the model holds is what CII says, both ways; and what UBL says, CII can say."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import ubl_peppol
from ubl_peppol import cii, structure, ubl
from ubl_peppol.calculation import Exemption, compute
from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.losses import LossKind
from ubl_peppol.model import (
    CreditTransfer,
    DocumentAllowance,
    DocumentCharge,
    Identifier,
    Invoice,
    Note,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
)
from ubl_peppol.testing import full_invoice, simple_line, small_invoice

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)
texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda text: text.strip() == text and "\ufffe" not in text and "\uffff" not in text
)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
identifiers = st.builds(Identifier, value=texts, scheme_id=st.sampled_from([None, "0088", "0060"]))


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """Make invoices that are within what both syntaxes can hold."""
    items = tuple(
        simple_line(
            number,
            draw(amounts),
            draw(amounts),
            category=(kind := draw(st.sampled_from(["S", "S", "Z", "E"]))),
            rate=draw(st.sampled_from([Decimal(21), Decimal("5.5")]))
            if kind == "S"
            else Decimal(0),
        ).model_copy(
            update={"note": draw(st.none() | texts), "order_line": draw(st.none() | texts)}
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    )
    category, rate = items[0].vat.category, items[0].vat.rate
    allowances: tuple[DocumentAllowance, ...] = ()
    charges: tuple[DocumentCharge, ...] = ()
    if draw(st.booleans()):
        allowances = (
            DocumentAllowance(
                amount=draw(amounts), vat_category=category, vat_rate=rate, reason=draw(texts)
            ),
        )
        charges = (
            DocumentCharge(
                amount=draw(amounts), vat_category=category, vat_rate=rate, reason_code="FC"
            ),
        )
    computed = compute(items, allowances, charges, exemptions={"E": Exemption(code="VATEX-EU-132")})
    accounts = draw(st.lists(st.sampled_from(["ES9121000418450200051332", "CTA-1"]), max_size=2))
    payment = None
    if accounts:
        payment = PaymentInstructions(
            means_code="30",
            remittance=draw(st.none() | texts),
            credit_transfers=tuple(
                CreditTransfer(account=Identifier(value=account)) for account in accounts
            ),
        )
    small = small_invoice(*items, type_code=draw(st.sampled_from(["380", "384", "381"])))
    return small.model_copy(
        update={
            "allowances": allowances,
            "charges": charges,
            "totals": computed.totals,
            "vat_breakdown": computed.vat_breakdown,
            "payment": payment,
            "period": draw(st.none() | st.builds(Period, starts_on=days)),
            "accrual_code": draw(st.sampled_from([None, "3", "35", "432"])),
            "invoiced_object": draw(st.none() | identifiers),
            "contract": draw(st.none() | texts),
            "preceding_invoices": draw(
                st.just(()) | st.tuples(st.builds(PrecedingInvoice, number=texts))
            ),
            "seller": small.seller.model_copy(
                update={"identifiers": tuple(draw(st.lists(identifiers, max_size=1)))}
            ),
            "buyer": small.buyer.model_copy(update={"identifier": draw(st.none() | identifiers)}),
        }
    )


@given(invoices())
def test_an_invoice_is_read_as_it_was_written(invoice: Invoice) -> None:
    document = cii.write(invoice)
    examined = cii.examine(document)
    assert examined.losses == ()
    assert examined.require() == invoice


@given(invoices())
def test_what_is_written_has_the_structure_of_the_schema(invoice: Invoice) -> None:
    assert structure.validate(etree.fromstring(cii.write(invoice))).findings == ()


@given(invoices())
def test_both_syntaxes_hold_the_same_invoice(invoice: Invoice) -> None:
    from_ubl = ubl.read(ubl.write(invoice))
    assert cii.read(cii.write(from_ubl)) == from_ubl == invoice


@pytest.mark.parametrize("type_code", ["380", "381", "384"])
@pytest.mark.parametrize("make", [small_invoice, full_invoice])
def test_every_term_survives(make: Callable[..., Invoice], type_code: str) -> None:
    invoice = make(type_code=type_code)
    document = cii.write(invoice)
    examined = cii.examine(document)
    assert examined.losses == ()
    assert examined.require() == invoice
    report = ubl_peppol.validate(document)
    assert report.findings == ()
    assert report.layers_run == ("structure", "en16931")


def test_notes_keep_their_subject_in_an_element_of_its_own() -> None:
    invoice = small_invoice().model_copy(
        update={"notes": (Note(subject_code="AAI", text="uno"), Note(text="#AAI#dos"))}
    )
    assert cii.read(cii.write(invoice)).notes == invoice.notes


@pytest.mark.parametrize(
    ("update", "term"),
    [
        (
            {"preceding_invoices": (PrecedingInvoice(number="1"), PrecedingInvoice(number="2"))},
            "BG-3",
        ),
        ({"accrual_code": "72"}, "BT-8"),
    ],
)
def test_a_term_without_a_place_is_refused_and_named(update: dict[str, object], term: str) -> None:
    with pytest.raises(NotExpressibleError) as caught:
        cii.write(small_invoice().model_copy(update=update))
    assert caught.value.details["term"] == term


def test_a_discount_without_a_gross_price_is_refused() -> None:
    line = simple_line(1, Decimal(1), Decimal(5))
    line = line.model_copy(update={"price": Price(net=Decimal(5), discount=Decimal(1))})
    with pytest.raises(NotExpressibleError) as caught:
        cii.write(small_invoice(line))
    assert caught.value.details["term"] == "BT-147"


def changed(change: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(cii.write(full_invoice()))
    change(root)
    return etree.tostring(root)


def first(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(f"{RAM}{name}"))


def test_what_the_model_does_not_know_is_listed() -> None:
    def change(root: etree._Element) -> None:
        party = first(root, "SellerTradeParty")
        etree.SubElement(first(party, "SpecifiedLegalOrganization"), f"{RAM}Name").text = "Otra"
        first(root, "DuePayableAmount").set("currencyID", "EUR")

    examined = cii.examine(changed(change))
    assert examined.require() == full_invoice()
    assert [(loss.kind, loss.value) for loss in examined.losses] == [
        (LossKind.DROPPED, "Otra"),
        (LossKind.DROPPED, "EUR"),
    ]
    assert all(loss.path and loss.line for loss in examined.losses)


def test_what_will_stand_in_another_place_is_listed() -> None:
    def change(root: etree._Element) -> None:
        first(root, "PersonName").tag = f"{RAM}DepartmentName"
        first(first(root, "PayeePartyCreditorFinancialAccount"), "IBANID").text = "CTA-1"

    losses = cii.examine(changed(change)).losses
    assert {(loss.kind, loss.path.rpartition("/")[2]) for loss in losses} == {
        (LossKind.MOVED, "ram:DepartmentName"),
        (LossKind.MOVED, "ram:IBANID"),
    }


def test_different_payment_means_do_not_fit_the_norm() -> None:
    def change(root: etree._Element) -> None:
        means = first(root, "SpecifiedTradeSettlementPaymentMeans")
        other = etree.fromstring(etree.tostring(means))
        first(other, "TypeCode").text = "30"
        means.addnext(other)

    examined = cii.examine(changed(change))
    assert examined.invoice is None
    assert [finding.terms for finding in examined.findings] == [("BG-16",)]
