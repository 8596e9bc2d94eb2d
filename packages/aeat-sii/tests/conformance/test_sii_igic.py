"""Invoices of IGIC are valid against the schemas of the Canary tax agency, and come back."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.conversation import Request
from aeat_sii.errors import BatchError
from aeat_sii.sandbox import Knowledge, SiiService
from aeat_sii.sii import (
    Authority,
    Book,
    Communication,
    build,
    outbox,
    prepare,
    read_submission,
    validate,
)
from aeat_sii.sii.codes import LineState
from aeat_sii.sii.messages import request_of
from aeat_sii.sii.reconciling import is_same, query_of
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW
from aeat_sii.testing.sii_strategies import igic_submissions_of
from aeat_sii.testing.sii_wire import Killed, Wire
from aeat_sii.verifactu.store import open_sqlite
from einvoice_core.http import Reply
from einvoice_core.testing.judges import official
from einvoice_core.xml.parsing import parse


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(official(f"sii/atc-igic/{name}"))))


def body_of(message: bytes) -> etree._Element:
    (body,) = parse(message).iterfind("{*}Body/*")
    return etree.fromstring(etree.tostring(body))


@pytest.mark.parametrize("book", [Book.ISSUED, Book.RECEIVED])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_submission_is_valid_and_is_read_back(book: Book, data: st.DataObject) -> None:
    submission = data.draw(igic_submissions_of(book))

    message = build(submission, Authority.CANARIAS)

    schema("SuministroLR.xsd").assertValid(body_of(message))
    assert read_submission(message) == submission


@pytest.mark.parametrize(
    ("record", "authority"),
    [
        (examples.issued(), Authority.CANARIAS),
        (examples.received(), Authority.CANARIAS),
        (examples.igic_issued(), Authority.AEAT),
        (examples.igic_issued(), Authority.BIZKAIA),
        (examples.igic_received(), Authority.AEAT),
    ],
)
def test_invoices_go_to_the_authority_of_their_tax(record: Any, authority: Authority) -> None:
    with pytest.raises(BatchError, match="IGIC"):
        prepare([record], examples.TITULAR, authority=authority)


def test_the_rules_of_the_agency_are_not_run_on_invoices_of_igic() -> None:
    report = validate(examples.igic_issued(), examples.TITULAR, now=NOW)

    assert report.findings == ()
    assert report.layers_run == ()
    assert set(report.layers_skipped) == {"sii"}


class Judged(Wire):
    """A line on which every answer of the sandbox is judged by the schemas of the Islands."""

    def __init__(self) -> None:
        super().__init__(authority=Authority.CANARIAS)
        self.judged: list[str] = []

    def _ask(self, request: Request) -> Reply:
        reply = super()._ask(request)
        body = body_of(reply.body)
        schema(str(etree.QName(body).namespace).rpartition("/")[2]).assertValid(body)
        self.judged.append(etree.QName(body).localname)
        return reply


def test_an_invoice_of_igic_is_registered_modified_found_and_cancelled() -> None:
    wire, titular = Judged(), examples.TITULAR
    first, changed = examples.igic_issued("1"), examples.igic_issued("1", description="Otra")

    registered = wire.submit([first, examples.igic_issued("2")], titular)
    again = wire.submit([first], titular)
    modified = wire.submit([changed], titular, communication=Communication.MODIFY)
    (found,) = wire.query_all(query_of(first, titular))
    cancelled = wire.submit([examples.cancelled("1")], titular)
    twice = wire.submit([examples.cancelled("1")], titular)
    received = wire.submit([examples.igic_received()], titular)

    assert registered.csv
    assert [line.state for line in registered.lines] == [LineState.CORRECT] * 2
    assert again.lines[0].duplicate is not None
    assert modified.lines[0].is_accepted
    assert is_same(changed, found.values)
    assert not is_same(first, found.values)
    assert cancelled.lines[0].is_accepted
    assert twice.lines[0].code == "3001"
    assert received.lines[0].is_accepted
    assert len(set(wire.judged)) == 4
    assert not list(wire.service.register)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_sandbox_takes_the_structure_of_every_submission(data: st.DataObject) -> None:
    book = data.draw(st.sampled_from([Book.ISSUED, Book.RECEIVED]))
    submission = data.draw(igic_submissions_of(book))
    # Refunds to travellers are of issued invoices only.
    assume(submission.stated_header.model_dump()["communication"] in ("A0", "A1"))
    wire = Judged()
    request = request_of(submission, wire.place)
    holder = submission.stated_header.titular.nif
    known = Knowledge(is_known=lambda nif: True)
    service = SiiService(lambda: NOW, known=known)

    status, answer = service.answer(
        request.body, holder, request.url.removeprefix("https://127.0.0.1")
    )

    assert status == 200, answer
    body = body_of(answer)
    schema("RespuestaSuministro.xsd").assertValid(body)
    # What is modified is not held; nothing else is wrong.
    assert {each.text for each in body.iter("{*}CodigoErrorRegistro")} <= {"3002"}


def test_a_message_of_iva_is_none_for_the_islands() -> None:
    wire = Wire(authority=Authority.CANARIAS)
    body = build(prepare([examples.issued()], examples.TITULAR))
    path = "/tributos/middleware/services/sii/SiiFactFEV1SOAP"

    status, answer = wire.service.answer(body, examples.TITULAR.nif, path)

    assert (status, b"4124" in answer) == (500, True)


def test_a_lost_answer_of_the_islands_is_found_out_by_the_outbox(tmp_path: Path) -> None:
    wire, box = Judged(), outbox.Box("tenant")
    transaction = outbox.transactions(open_sqlite(tmp_path / "outbox.db"))
    with transaction() as connection:
        outbox.create_tables(connection)
        for number in ("1", "2"):
            outbox.put(connection, box, examples.igic_issued(number), examples.TITULAR)
    wire.loses = "program"
    with pytest.raises(Killed):
        outbox.Dispatcher(transaction, box, wire).step()

    step = outbox.Dispatcher(transaction, box, wire).step()

    assert step.settled == 2
    with transaction() as connection:
        assert {each.state for each in outbox.entries(connection, box)} == {"accepted"}
    assert len(wire.service.igic_register.of(examples.TITULAR.nif, "issued")) == 2


def test_the_structural_codes_are_of_the_list_of_the_islands() -> None:
    rows = json.loads(official("sii/codes/error_codes_igic_atc.json").read_text())["codes"]
    listed = {row["code"] for row in rows}

    assert {"4100", "4102", "4103", "4108", "4117", "1100", "3001", "3002"} <= listed
