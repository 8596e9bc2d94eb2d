"""The file of an invoice for the foral treasuries, made from the record of VERI*FACTU."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii import ticketbai
from aeat_sii.testing import examples
from aeat_sii.ticketbai import Device, NotForTicketBaiError, Previous
from aeat_sii.verifactu.codes import IdKind, Qualification, TaxKind
from aeat_sii.verifactu.records import OtherId, Person
from einvoice_core.errors import BadParameterError
from einvoice_core.xml.binding import DocumentRefused

DEVICE = Device(licence="TBAI-TEST", developer_nif="B12345674", name="Programa", version="1.0")
FOREIGN = Person(name="Kunde", other_id=OtherId(country="DE", kind=IdKind("02"), id="DE1"))


def test_the_file_says_what_the_record_says() -> None:
    record = examples.registration("2026/0001")
    made = ticketbai.make(record, DEVICE)
    again = ticketbai.read(ticketbai.write(made))
    assert again == made
    assert made.invoice.contents.total == record.total
    assert made.subjects.issuer.nif == record.invoice.issuer_nif
    assert [key.code for key in made.invoice.contents.regimes] == ["01"]


def test_a_file_follows_the_one_before() -> None:
    previous = Previous(number="1", issued_on=date(2026, 1, 1), signature_value="x" * 100)
    made = ticketbai.make(examples.registration("2"), DEVICE, previous=previous)
    assert made.trace.previous == previous


def test_series_and_number_are_told_apart() -> None:
    made = ticketbai.make(examples.registration("A-17"), DEVICE, series="A-")
    heading = made.invoice.heading
    assert (heading.series, heading.number) == ("A-", "17")
    with pytest.raises(NotForTicketBaiError, match="does not begin"):
        ticketbai.make(examples.registration("17"), DEVICE, series="A-")
    with pytest.raises(NotForTicketBaiError, match="give the series"):
        ticketbai.make(examples.registration("A" * 21), DEVICE)


def test_a_foreign_recipient_asks_for_the_kind_of_operation() -> None:
    record = examples.registration("1").model_copy(update={"recipients": (FOREIGN,)})
    with pytest.raises(NotForTicketBaiError, match="services"):
        ticketbai.make(record, DEVICE)
    made = ticketbai.make(record, DEVICE, services=True)
    assert made.invoice.breakdown.invoice is None
    assert made.invoice.breakdown.by_operation is not None
    assert made.invoice.breakdown.by_operation.services is not None


def test_another_tax_has_no_place() -> None:
    record = examples.registration("1")
    line = record.breakdown[0].model_copy(update={"tax": TaxKind.IGIC})
    with pytest.raises(NotForTicketBaiError, match="IVA"):
        ticketbai.make(record.model_copy(update={"breakdown": (line,)}), DEVICE)


@pytest.mark.parametrize(
    ("qualification", "cause"), [(Qualification.N1, "OT"), (Qualification.N2, "RL")]
)
def test_what_is_not_subject_says_why(qualification: Qualification, cause: str) -> None:
    record = examples.registration("1")
    changes = {"qualification": qualification, "rate_percent": None, "output_tax": None}
    line = record.breakdown[0].model_copy(update=changes)
    made = ticketbai.make(record.model_copy(update={"breakdown": (line,)}), DEVICE)
    breakdown = made.invoice.breakdown.invoice
    assert breakdown is not None
    assert breakdown.subject is None
    assert [row.cause for row in breakdown.not_subject] == [cause]


def test_the_identifier_has_its_check_digits() -> None:
    code = ticketbai.identifier("00000006Y", date(2019, 10, 25), "btFpwP8dcLGAFxxx")
    assert code == "TBAI-00000006Y-251019-btFpwP8dcLGAF-237"
    with pytest.raises(BadParameterError):
        ticketbai.identifier("1", date(2019, 10, 25), "short")


def test_the_qr_ends_with_its_check_digits() -> None:
    code = "TBAI-00000006Y-251019-btFpwP8dcLGAF-237"
    url = ticketbai.qr_url("https://batuz.eus/QRTBAI/", code, "27174", Decimal("4.70"), series="T")
    assert url == f"https://batuz.eus/QRTBAI/?id={code}&s=T&nf=27174&i=4.70&cr=007"


@given(st.text(max_size=60), st.integers(0, 59))
def test_check_digits_notice_a_changed_character(text: str, place: int) -> None:
    assert len(ticketbai.check_digits(text)) == 3
    if place < len(text) and text.isascii():
        other = chr((ord(text[place]) + 1) % 128)
        changed = text[:place] + other + text[place + 1 :]
        assert ticketbai.check_digits(changed) != ticketbai.check_digits(text)


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        ticketbai.read(b"<a/>")
