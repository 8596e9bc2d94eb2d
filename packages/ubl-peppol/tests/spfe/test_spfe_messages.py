"""The nine messages, their states and their terms."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es.calendar import WorkingDays
from ubl_peppol import spfe
from ubl_peppol.errors import UblError
from ubl_peppol.spfe import messages
from ubl_peppol.spfe.messages import IllegalTransition, InvoiceReference, Lifecycle, Reporter

INVOICE = InvoiceReference(
    number="A-1", issued_on=date(2027, 11, 3), issuer=Reporter(nif="B12345674", name="Ejemplo SL")
)
BUYER = Reporter(nif="A76543214", name="Compras SA")
SELLER = Reporter(nif="B12345674", name="Ejemplo SL")
DAY = date(2027, 12, 3)
HEAD = {"message_id": "1", "sent_on": DAY}

PAYMENT = messages.payment(
    INVOICE, message_id="1", sent_on=DAY, sender=BUYER, paid_on=DAY, due_on=DAY,
    received_on=DAY, corrected=True,
)  # fmt: skip
REJECTION = messages.rejection(
    INVOICE, message_id="1", sent_on=DAY, sender=BUYER, rejected_on=DAY, reason="01"
)
SETTLEMENT = messages.settlement(
    INVOICE, message_id="1", sent_on=DAY, sender=SELLER, collected_on=DAY, financed=True
)
DEFAULT = messages.default(
    INVOICE, message_id="1", sent_on=DAY, sender=SELLER, defaulted_on=DAY, shipped_on=DAY
)
NINE = [
    PAYMENT, REJECTION, SETTLEMENT, DEFAULT,
    *(messages.cancel(each, message_id="2", sent_on=DAY)
      for each in (PAYMENT, REJECTION, SETTLEMENT, DEFAULT)),
    messages.cancel_invoices(
        [INVOICE, INVOICE], message_id="3", sent_on=DAY, sender=SELLER, effective_on=DAY
    ),
]  # fmt: skip


@pytest.mark.parametrize("message", NINE, ids=lambda message: message.code)
def test_a_built_message_is_valid_and_comes_back(message: messages.Message) -> None:
    xml = messages.write(message)
    assert spfe.validate(xml).findings == ()
    assert messages.read(xml) == message


def test_there_are_nine() -> None:
    assert {each.code for each in NINE} == set(messages.KINDS)


WRONG = [
    ("120", PAYMENT, ("<cbc:ID>1</cbc:ID>", "")),
    ("121", PAYMENT, (">PAYMENT<", ">PARTIALPAYMENT<")),
    ("122", PAYMENT, ("<cbc:ID>A-1</cbc:ID>", "<cbc:ID></cbc:ID>")),
    ("123", REJECTION, ("<cbc:EffectiveDate>2027-12-03</cbc:EffectiveDate>", "")),
    ("124", PAYMENT, ("DueDate", "ShipmentDate")),
    ("125", REJECTION, (">01<", ">03<")),
    ("126", DEFAULT, ("ShipmentDate", "DueDate")),
    ("127", DEFAULT, ("<cac:Status>", "<cac:Status><cbc:StatusReason>CorrectedInvoice"
                      "</cbc:StatusReason></cac:Status><cac:Status>")),
    ("128", NINE[-1], ("CANCELINVOICE", "CANCELPAYMENT")),
    ("129", PAYMENT, ("</cac:DocumentResponse>", "<cac:LineResponse/></cac:DocumentResponse>")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "message", "change"), WRONG, ids=[each[0] for each in WRONG])
def test_a_wrong_message_fires_its_check(
    number: str, message: messages.Message, change: tuple[str, str]
) -> None:
    text = messages.write(message).decode()
    old, new = change
    assert old in text
    fired = {each.rule for each in spfe.validate(text.replace(old, new).encode()).findings}
    assert f"ES-SPFE-{number}" in fired


def test_every_check_of_messages_has_a_case() -> None:
    assert set(spfe.message_rules.rules) == {f"ES-SPFE-{number}" for number, _, _ in WRONG}


def test_what_takes_back_cannot_be_taken_back() -> None:
    with pytest.raises(UblError):
        messages.cancel(NINE[-1], message_id="4", sent_on=DAY)


def test_the_copy_goes_before_its_original() -> None:
    copy = Lifecycle().registered(is_copy=True)
    with pytest.raises(IllegalTransition):
        copy.registered(is_copy=False)
    original = copy.told("CANCELINVOICE").registered(is_copy=False)
    assert original.registration == "original"
    for is_copy in (True, False):
        with pytest.raises(IllegalTransition):
            original.registered(is_copy=is_copy)
    with pytest.raises(IllegalTransition):
        original.told("CANCELINVOICE").registered(is_copy=False)


def test_recipient_and_issuer_say_each_their_own() -> None:
    state = Lifecycle().registered(is_copy=False).told("PAYMENT").told("DEFAULT")
    assert (state.recipient, state.issuer) == ("paid", "defaulted")
    with pytest.raises(IllegalTransition):
        state.told("REJECTION")
    with pytest.raises(IllegalTransition):
        Lifecycle().told("PAYMENT")


@given(st.lists(st.sampled_from([*messages.KINDS, "nothing"]), max_size=12))
def test_no_order_of_messages_leaves_the_states(codes: list[str]) -> None:
    state = Lifecycle().registered(is_copy=True)
    for code in codes:
        try:
            state = state.told(code)
        except IllegalTransition:
            continue
    assert state.registration in ("copy", "copy cancelled")
    assert state.recipient in ("presumed accepted", "rejected", "paid")
    assert state.issuer in ("none", "collected", "defaulted")


HOLIDAYS = WorkingDays.adding([date(2027, 10, 12), date(2027, 11, 1)])


def test_a_payment_must_be_told_and_a_rejection_should() -> None:
    payment = spfe.status_term("PAYMENT", date(2027, 10, 8), days=HOLIDAYS)
    rejection = spfe.status_term("REJECTION", date(2027, 10, 8), days=HOLIDAYS)
    assert payment is not None
    assert rejection is not None
    assert (payment.last_day, payment.mandatory) == (date(2027, 10, 15), True)
    assert (rejection.last_day, rejection.mandatory) == (date(2027, 10, 15), False)
    assert spfe.status_term("DEFAULT", date(2027, 10, 8), days=HOLIDAYS) is None


def test_an_outage_gives_four_working_days_after_a_day() -> None:
    began = datetime(2027, 10, 6, 8, tzinfo=UTC)
    assert spfe.outage_grace(began, datetime(2027, 10, 7, 8, tzinfo=UTC), days=HOLIDAYS) is None
    repaired = datetime(2027, 10, 8, 9, tzinfo=UTC)
    assert spfe.outage_grace(began, repaired, days=HOLIDAYS) == date(2027, 10, 15)
    local = WorkingDays.adding([date(2027, 10, 12), date(2027, 10, 13)])
    assert spfe.outage_grace(began, repaired, days=local) == date(2027, 10, 18)


def test_what_was_paid_at_once_needs_no_report() -> None:
    day = date(2027, 11, 3)
    assert spfe.payment_report_needed(day, paid_on=None)
    assert not spfe.payment_report_needed(day, paid_on=day)
    assert spfe.payment_report_needed(day, paid_on=day, operation_on=date(2027, 11, 1))
