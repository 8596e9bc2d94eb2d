"""Queries and records on request: our client, the sandbox, and the official schemas as judges."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from aeat_sii.errors import ProtocolError, SubmissionRefusedError
from aeat_sii.sandbox import Knowledge, Service
from aeat_sii.testing import breaches, examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu import (
    AnyRecord,
    Header,
    Period,
    Person,
    Query,
    QueryHeader,
    SpanishPerson,
    build,
    link,
    prepare,
    read_answer,
)
from aeat_sii.verifactu.querying import (
    DateFilter,
    DateRange,
    Filter,
    HeldState,
    Options,
    QueryAnswer,
    SystemFilter,
    build_query,
    next_page,
    read_query_answer,
)
from aeat_sii.verifactu.records import RequestedSubmission
from aeat_sii.verifactu.signing import sign, verify
from einvoice_core.certificates import Credential
from einvoice_core.http import Reply
from einvoice_core.xml.parsing import parse

Schema = Callable[[str], etree.XMLSchema]
ME = SpanishPerson(name="CERTIFICADO UNO", nif=ISSUER)
HEADER = Header(issuer=ME)
JULY = Period.of(date(2026, 7, 1))
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def service(**options: Any) -> Service:
    return Service(lambda: NOW, **options)


def hold(agency: Service, records: Iterable[AnyRecord]) -> None:
    submission = prepare(tuple(records), HEADER)
    answer = read_answer(Reply(*agency.answer(build(submission), ISSUER)), submission)
    assert {line.state.value for line in answer.lines} <= {"Correcto", "AceptadoConErrores"}


def chain(count: int, **changes: Any) -> list[AnyRecord]:
    made: list[AnyRecord] = []
    for number in range(count):
        draft = examples.registration(f"{number:04}", **changes)
        made.append(link(draft, made[-1] if made else None))
    return made


def query(**changes: Any) -> Query:
    options = changes.pop("options", None)
    header = changes.pop("header", QueryHeader(issuer=ME))
    return Query(header=header, filter=Filter(period=JULY, **changes), options=options)


def ask(agency: Service, asked: Query, schema: Schema, holder: str = ISSUER) -> QueryAnswer:
    """Send a query to the sandbox; both messages have the official structure."""
    body = build_query(asked)
    schema("ConsultaLR.xsd").assertValid(etree.fromstring(etree.tostring(_message(body))))
    status, answer = agency.answer(body, holder)
    if status == 200:
        found = etree.fromstring(etree.tostring(_message(answer)))
        schema("RespuestaConsultaLR.xsd").assertValid(found)
    return read_query_answer(Reply(status, answer))


def _message(body: bytes) -> etree._Element:
    content = parse(body).find(f"{SOAP}Body")
    assert content is not None
    return content[0]


def test_what_was_sent_is_found(schema: Schema) -> None:
    agency, records = service(), chain(3)
    hold(agency, [*records, link(examples.cancellation("0001"), records[-1])])

    answer = ask(agency, query(), schema)

    assert [row.invoice.number for row in answer.records] == ["0000", "0001", "0002"]
    states = [row.state.state for row in answer.records]
    assert states == [HeldState.CORRECT, HeldState.CANCELLED, HeldState.CORRECT]
    first = answer.records[0]
    assert first.data.fingerprint == records[0].fingerprint
    assert (first.data.kind, first.data.total) == (records[0].kind, records[0].total)
    assert first.presentation
    assert first.presentation.presenter_nif == ISSUER


def test_every_kind_of_record_gives_a_valid_answer(schema: Schema) -> None:
    agency = service()
    for index, code in enumerate(sorted(breaches.REGISTRATIONS)):
        broken = breaches.registration(code)
        invoice = broken.invoice.model_copy(update={"number": f"{index}"})
        if broken.invoice.issuer_nif == ISSUER:
            record = link(broken.model_copy(update={"invoice": invoice}), None)
            agency.answer(build(prepare([record], HEADER)), ISSUER)

    options = Options(issuer_name=True, system=True)
    assert ask(agency, query(options=options), schema).records


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"number": "0001"}, 1),
        ({"number": "9999"}, 0),
        ({"external_reference": "R"}, 0),
        ({"other_party": Person(name="X", nif="89890002E")}, 3),
        ({"other_party": Person(name="X", nif="B12345674")}, 0),
        ({"issued": DateFilter(issued_on=date(2026, 7, 1))}, 3),
        ({"issued": DateFilter(between=DateRange(first=date(2026, 7, 2)))}, 0),
        (
            {
                "system": SystemFilter(
                    producer_name="PROGRAMAS DE PRUEBA SL",
                    producer_nif=ISSUER,
                    id="77",
                    installation="383",
                )
            },
            3,
        ),
    ],
)
def test_a_filter_narrows(changes: dict[str, Any], found: int, schema: Schema) -> None:
    agency = service()
    hold(agency, chain(3))

    answer = ask(agency, query(**changes), schema)

    assert len(answer.records) == found
    assert answer.result == ("ConDatos" if found else "SinDatos")


def test_pages_follow_each_other_to_the_end(schema: Schema) -> None:
    agency = service(page_rows=2)
    hold(agency, chain(5))
    numbers, pages = [], 0
    following: Query | None = query()
    while following is not None:
        answer = ask(agency, following, schema)
        numbers += [row.invoice.number for row in answer.records]
        following, pages = next_page(following, answer), pages + 1

    assert numbers == [f"{number:04}" for number in range(5)]
    assert pages == 3


def test_a_page_that_leads_nowhere_is_no_answer(schema: Schema) -> None:
    agency = service(page_rows=1)
    hold(agency, chain(2))
    answer = ask(agency, query(), schema)
    again = query(after=answer.next_after)

    with pytest.raises(ProtocolError, match="no new place"):
        next_page(again, answer)


def test_a_recipient_sees_its_own_invoices(schema: Schema) -> None:
    agency = service()
    hold(agency, chain(2))
    recipient = SpanishPerson(name="CERTIFICADO DOS", nif="89890002E")
    asked = query(header=QueryHeader(recipient=recipient), other_party=Person(name="X", nif=ISSUER))

    assert len(ask(agency, asked, schema, holder="89890002E").records) == 2
    with pytest.raises(SubmissionRefusedError) as refused:
        ask(agency, asked, schema)
    assert refused.value.details["agency_code"] == "4132"


def test_a_filter_that_fits_several_systems_is_refused(schema: Schema) -> None:
    agency = service()
    first = link(examples.registration("1"), None)
    other = link(examples.registration("2", system=examples.system(version="2.0")), first)
    hold(agency, [first, other])
    system = SystemFilter(
        producer_name="PROGRAMAS DE PRUEBA SL", producer_nif=ISSUER, id="77", installation="383"
    )

    with pytest.raises(SubmissionRefusedError) as refused:
        ask(agency, query(system=system), schema)
    assert refused.value.details["agency_code"] == "1285"


def signed(records: Iterable[AnyRecord], credential: Credential) -> list[bytes]:
    return [sign(record, credential, clock=lambda: NOW) for record in records]


def test_signed_records_are_handed_over_octet_by_octet(
    credential: Credential, schema: Schema
) -> None:
    agency, records = service(), chain(3)
    documents = signed(records, credential)
    request = RequestedSubmission(reference="REQ20260001", is_last=True)
    submission = prepare(records, HEADER, requested=request)

    body = build(submission, documents)
    answer = read_answer(Reply(*agency.answer(body, ISSUER, on_request=True)), submission)

    schema("SuministroLR.xsd").assertValid(etree.fromstring(etree.tostring(_message(body))))
    assert answer.state.value == "Correcto"
    for document in documents:
        kept = document.partition(b"?>")[2].strip()
        assert kept in body
        assert verify(kept)
    assert len(agency.requested.of(ISSUER)) == 3
    assert agency.register.of(ISSUER) == ()


def test_on_request_only_identities_are_rejected(credential: Credential) -> None:
    agency = service(known=Knowledge())
    request = RequestedSubmission(reference="REQ1", is_last=False)
    verdicts = {}
    for code in ("1142", "1123", "1112"):
        record = breaches.registration(code)
        submission = prepare([record], HEADER, requested=request)
        body = build(submission, signed([record], credential))
        reply = Reply(*agency.answer(body, ISSUER, on_request=True))
        (line,) = read_answer(reply, submission).lines
        verdicts[code] = (line.state.value, line.code)

    assert verdicts == {
        "1142": ("AceptadoConErrores", "1142"),
        "1123": ("Incorrecto", "1123"),
        "1112": ("AceptadoConErrores", "1112"),
    }


def test_the_clock_of_the_agency_orders_the_rows(schema: Schema) -> None:
    times = iter([NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)])
    agency = service()
    agency.clock = lambda: next(times, NOW + timedelta(seconds=3))
    records = chain(2)
    hold(agency, records[:1])
    hold(agency, records[1:])

    assert [row.invoice.number for row in ask(agency, query(), schema).records] == ["0000", "0001"]
