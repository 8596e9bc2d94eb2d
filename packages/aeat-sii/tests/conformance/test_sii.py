"""What the SII library writes and reads, judged by the official schemas and samples."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.sii import (
    BOOKS,
    Authority,
    Book,
    build,
    build_query,
    issued_of,
    prepare,
    queries,
    read_answer,
    rules,
)
from aeat_sii.sii.books import layout_of
from aeat_sii.sii.held import values_of
from aeat_sii.sii.queries import Query
from aeat_sii.sii.querying import _WAYS
from aeat_sii.sii.records import IssuedRecord, Submission, Titular
from aeat_sii.testing import examples
from aeat_sii.testing import sii_strategies as strategies
from aeat_sii.verifactu.codes import Exemption, InvoiceKind, Qualification, Regime
from aeat_sii.verifactu.records import BreakdownLine
from einvoice_core.findings import Severity
from einvoice_core.http import Reply
from einvoice_core.soap.envelope import unwrap
from einvoice_core.testing.judges import official
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse

XS = "{http://www.w3.org/2001/XMLSchema}"
WAYS = [(book, False) for book in Book]
WAYS += [(book, True) for book in Book if BOOKS[book].cancellation]
QUERIES = [getattr(queries, name) for name in queries.__all__ if name != "Query"]
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(official("sii/aeat-v1.1") / name)))


@pytest.mark.parametrize(("book", "cancels"), WAYS)
@few
@given(data=st.data())
def test_every_submission_is_valid_and_reads_back(
    data: st.DataObject, book: Book, cancels: bool
) -> None:
    submission = data.draw(strategies.submissions_of(book, cancels=cancels))

    message = unwrap(build(submission))

    _schema("SuministroLR.xsd").assertValid(message)
    assert read(message, type(submission)).require() == submission
    assert layout_of(submission) == (BOOKS[book], cancels)


_amounts = st.decimals("-999.99", "999.99", places=2)
_rows = st.builds(
    BreakdownLine,
    regime=st.sampled_from([Regime.GENERAL, Regime.EXPORT, Regime.CASH_ACCOUNTING]),
    qualification=st.sampled_from(Qualification),
    rate_percent=st.sampled_from([None, Decimal(21), Decimal("0.5")]),
    taxable_base=_amounts,
    output_tax=st.none() | _amounts,
    surcharge_percent=st.sampled_from([None, Decimal("5.2")]),
    equivalence_surcharge=st.none() | _amounts,
) | st.builds(
    BreakdownLine,
    regime=st.just(Regime.GENERAL),
    exemption=st.sampled_from([e for e in Exemption if e.value <= "E6"]),
    taxable_base=_amounts,
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(_rows, min_size=1, max_size=12),
    kind=st.sampled_from(InvoiceKind),
    has_recipient=st.booleans(),
)
def test_every_entry_made_of_a_record_is_valid(
    rows: list[BreakdownLine], kind: InvoiceKind, *, has_recipient: bool
) -> None:
    record = examples.registration(breakdown=tuple(rows), kind=kind, is_macrodata=True)
    if not has_recipient:
        record = record.model_copy(update={"recipients": ()})

    entry = issued_of(record)

    message = unwrap(build(prepare([entry], Titular(name="X", nif=examples.ISSUER))))
    _schema("SuministroLR.xsd").assertValid(message)
    stated = message.iterfind(".//{*}BaseImponible")
    outside = message.iterfind(".//{*}NoSujeta/*")
    assert sum(Decimal(e.text or "") for e in (*stated, *outside)) == sum(
        row.taxable_base for row in rows
    )


@pytest.mark.parametrize("kind", QUERIES, ids=lambda kind: kind.__name__)
@few
@given(data=st.data())
def test_every_query_is_valid(data: st.DataObject, kind: type[Query]) -> None:
    query = data.draw(strategies._value(kind, ()))

    _schema("ConsultaLR.xsd").assertValid(unwrap(build_query(query)))


def _roots(name: str, prefix: str) -> set[str]:
    tree = etree.parse(str(official("sii/aeat-v1.1") / name))
    return {e.get("name", "") for e in tree.getroot().findall(f"{XS}element")} - {""} or {prefix}


def test_every_message_of_the_schemas_has_its_class() -> None:
    messages = {kind.xml_type.name for kind in Submission.__subclasses__() if kind.xml_type}
    asked = {kind.xml_type.name for kind in QUERIES}
    answers = {way.answer.xml_type.name for way in _WAYS.values() if way.answer.xml_type}
    verdicts = {name for b in BOOKS.values() for name in (b.answer, b.cancellation_answer) if name}

    assert messages == _roots("SuministroLR.xsd", "")
    assert asked == _roots("ConsultaLR.xsd", "")
    assert answers == _roots("RespuestaConsultaLR.xsd", "")
    assert verdicts == _roots("RespuestaSuministro.xsd", "")


def _body(path: Path) -> etree._Element:
    return unwrap(path.read_bytes())


SAMPLES = [
    "alta-emitida-F1.xml",
    "alta-emitida-F2-simplificada.xml",
    "alta-recibida-F1.xml",
    "baja-emitida.xml",
    "consulta-emitidas.xml",
]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_read_and_are_written_again(name: str) -> None:
    message = _body(official("sii/samples") / name)
    kinds = [*Submission.__subclasses__(), *QUERIES]
    tag = etree.QName(message).localname
    kind = next(k for k in kinds if k.xml_type and k.xml_type.name == tag)

    record = read(message, kind).require()
    again = parse(write(record))

    assert values_of(again) == values_of(message)
    assert read(again, kind).require() == record


def test_the_sample_of_a_partial_answer_is_an_answer_of_its_submission() -> None:
    answer = (official("sii/samples") / "respuesta-emitidas-parcial.xml").read_bytes()
    sent = read(_body(official("sii/samples") / "alta-emitida-F1.xml"), queries_of()).require()
    first = sent.stated_records[0]
    assert isinstance(first, IssuedRecord)
    records = tuple(
        first.model_copy(update={"invoice": first.invoice.model_copy(update={"number": f"A-{n}"})})
        for n in (1, 2, 3)
    )

    found = read_answer(Reply(200, answer), sent.model_copy(update={"records": records}))

    assert [line.state.value for line in found.lines] == [
        "Correcto",
        "AceptadoConErrores",
        "Incorrecto",
    ]
    assert found.lines[1].code == "2011"


def queries_of() -> type[Submission]:
    return BOOKS[Book.ISSUED].submission


def test_the_issued_message_moves_to_the_canary_namespaces() -> None:
    sample = _body(official("sii/samples") / "baja-emitida.xml")
    sent = read(sample, BOOKS[Book.ISSUED].cancellation or Submission).require()
    header = sent.stated_header.model_copy(update={"version": Authority.CANARIAS.version})

    message = unwrap(build(sent.model_copy(update={"header": header}), Authority.CANARIAS))

    schema = etree.XMLSchema(etree.parse(str(official("sii/atc-igic/SuministroLR.xsd"))))
    schema.assertValid(message)


def test_the_rules_have_the_codes_and_the_severity_of_the_official_list() -> None:
    listed = json.loads(official("sii/codes/error_codes_aeat.json").read_bytes())["codes"]
    known = {each["code"]: each["category"] for each in listed}

    for rule in rules.rules.rules.values():
        severity = Severity.WARNING if known[rule.id] == "admissible" else Severity.FATAL
        assert rule.severity is severity, rule.id
