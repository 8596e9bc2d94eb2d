"""The SII: addresses, answers, terms, and what is done after a lost answer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from aeat_sii.environments import CertificateKind
from aeat_sii.errors import (
    BatchError,
    ProtocolError,
    ServiceFaultError,
    SubmissionRefusedError,
    TransportError,
    UnknownServiceError,
    WrongAnswerError,
)
from aeat_sii.sii import (
    PRODUCTION,
    TEST,
    Authority,
    Communication,
    ContrastState,
    Place,
    Service,
    Stage,
    local,
    next_page,
    prepare,
    read_answer,
    read_query_answer,
)
from aeat_sii.sii.answers import Answer
from aeat_sii.sii.deadlines import deadline_of
from aeat_sii.sii.held import HeldRecord
from aeat_sii.sii.namespaces import RC, SII, R
from aeat_sii.sii.queries import Query
from aeat_sii.sii.reconciling import Outcome, is_same, query_of, send_again
from aeat_sii.sii.records import (
    AnyRecord,
    CollectionsOfInvoice,
    IssuedCancellation,
    IssuedInvoice,
    IssuedRecord,
    Titular,
)
from aeat_sii.testing import sii_examples as examples
from einvoice_core.http import Reply
from einvoice_core.records import XmlType
from einvoice_core.soap.envelope import wrap
from einvoice_core.xml.binding import write
from tax_es.calendar import WorkingDays
from tax_es.errors import CalendarError

TITULAR = examples.TITULAR
_D = XmlType("DatosFacturaEmitida", RC, SII)
_HEAD = (
    "<sii:IDVersionSii>1.1</sii:IDVersionSii><sii:Titular><sii:NombreRazon>X</sii:NombreRazon>"
    f"<sii:NIF>{TITULAR.nif}</sii:NIF></sii:Titular>"
)


def key(number: str) -> str:
    return (
        f"<sii:IDEmisorFactura><sii:NIF>{TITULAR.nif}</sii:NIF></sii:IDEmisorFactura>"
        f"<sii:NumSerieFacturaEmisor>{number}</sii:NumSerieFacturaEmisor>"
        "<sii:FechaExpedicionFacturaEmisor>02-03-2026</sii:FechaExpedicionFacturaEmisor>"
    )


def line(number: str, state: str, rest: str = "") -> str:
    return (
        f"<r:RespuestaLinea><r:IDFactura>{key(number)}</r:IDFactura>"
        f"<r:EstadoRegistro>{state}</r:EstadoRegistro>{rest}</r:RespuestaLinea>"
    )


def answer_to(lines: str, name: str = "RespuestaLRFacturasEmitidas") -> Reply:
    text = (
        f'<r:{name} xmlns:r="{R}" xmlns:sii="{SII}"><r:Cabecera>{_HEAD}</r:Cabecera>'
        f"<r:EstadoEnvio>ParcialmenteCorrecto</r:EstadoEnvio>{lines}</r:{name}>"
    )
    return Reply(200, wrap(text.encode()))


DUPLICATE = (
    "<r:RegistroDuplicado><sii:EstadoRegistro>Correcta</sii:EstadoRegistro></r:RegistroDuplicado>"
)


def test_each_authority_has_its_addresses() -> None:
    assert PRODUCTION.address(Service.ISSUED) == (
        "https://www1.agenciatributaria.gob.es/wlpl/SSII-FACT/ws/fe/SiiFactFEV1SOAP"
    )
    assert TEST.address(Service.YEARLY, CertificateKind.SEAL) == (
        "https://prewww10.aeat.es/wlpl/SSII-FACT/ws/pm/SiiFactCMV1SOAP"
    )
    canary = Place(Authority.CANARIAS, Stage.PRODUCTION)
    assert canary.address(Service.RECEIVED).endswith("/middleware/services/sii/SiiFactFRV1SOAP")
    assert local("https://localhost:8443/").address(Service.CONSIGNMENT) == (
        "https://localhost:8443/wlpl/SSII-FACT/ws/vb/SiiFactVBV1SOAP"
    )
    for authority in Authority:
        place = Place(authority, Stage.TEST, accept_marked=True)
        assert place.address(Service.ISSUED, on=date(2026, 1, 1)).startswith("https://")


def test_an_address_that_is_not_sure_is_not_used_unasked() -> None:
    with pytest.raises(UnknownServiceError, match="not sure"):
        Place(Authority.NAVARRA).address(Service.ISSUED)
    with pytest.raises(UnknownServiceError, match="no address"):
        Place(Authority.CANARIAS).address(Service.YEARLY)


def test_records_of_one_submission_are_of_one_book_and_differ() -> None:
    with pytest.raises(BatchError, match="several books"):
        prepare([examples.issued(), examples.received()], TITULAR)
    with pytest.raises(BatchError, match="repeat"):
        prepare([examples.issued(), examples.issued()], TITULAR)
    with pytest.raises(BatchError, match="10001"):
        prepare([examples.issued()] * 10_001, TITULAR)


def test_a_duplicate_is_known_by_its_node_and_not_by_a_code() -> None:
    sent = prepare([examples.issued("1"), examples.issued("2")], TITULAR)

    answer = read_answer(
        answer_to(
            line("2", "Incorrecto", DUPLICATE)
            + line("1", "AceptadoConErrores", "<r:CodigoErrorRegistro>2011</r:CodigoErrorRegistro>")
        ),
        sent,
    )

    assert [each.is_held for each in answer.lines] == [True, True]
    assert answer.lines[0].duplicate is not None
    assert not answer.lines[0].is_accepted


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer_to(line("9", "Correcto")), WrongAnswerError),
        (answer_to(""), WrongAnswerError),
        (answer_to(line("1", "Correcto") + line("2", "Correcto")), WrongAnswerError),
        (answer_to(line("1", "Correcto"), "RespuestaLRFacturasRecibidas"), ProtocolError),
        (Reply(200, answer_to(line("1", "Correcto")).body[:-30]), ProtocolError),
        (Reply(200, "<html>é</html>".encode("latin-1")), ProtocolError),
        (Reply(503, b""), ServiceFaultError),
    ],
)
def test_what_is_no_answer_is_a_typed_error(reply: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_answer(reply, prepare([examples.issued("1")], TITULAR))


@pytest.mark.parametrize(
    ("code", "error"), [("4118", SubmissionRefusedError), ("4112", ServiceFaultError)]
)
def test_a_fault_of_the_agency_says_who_failed(code: str, error: type[Exception]) -> None:
    body = (
        "<soap:Fault xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'>"
        f"<faultcode>soap:Client</faultcode><faultstring>Codigo[{code}].Error</faultstring>"
        "</soap:Fault>"
    )
    with pytest.raises(error):
        read_answer(Reply(500, wrap(body.encode())), prepare([examples.issued("1")], TITULAR))


def page(numbers: Sequence[str], more: str) -> Reply:
    rows = "".join(
        f"<c:RegistroRespuestaConsultaLRFacturasEmitidas><c:IDFactura>{key(n)}</c:IDFactura>"
        "<c:DatosFacturaEmitida><c:ImporteTotal>121</c:ImporteTotal></c:DatosFacturaEmitida>"
        f"<c:DatosPresentacion><sii:NIFPresentador>{TITULAR.nif}</sii:NIFPresentador>"
        "<sii:TimestampPresentacion>03-03-2026 09:00:00</sii:TimestampPresentacion>"
        "</c:DatosPresentacion><c:EstadoFactura><c:EstadoCuadre>4</c:EstadoCuadre>"
        "<c:TimestampUltimaModificacion>03-03-2026 09:00:00</c:TimestampUltimaModificacion>"
        "<c:EstadoRegistro>Correcta</c:EstadoRegistro></c:EstadoFactura>"
        "<c:DatosDescuadreContraparte><c:ImporteTotal>120.00</c:ImporteTotal>"
        "</c:DatosDescuadreContraparte></c:RegistroRespuestaConsultaLRFacturasEmitidas>"
        for n in numbers
    )
    text = (
        f'<c:RespuestaConsultaLRFacturasEmitidas xmlns:c="{RC}" xmlns:sii="{SII}">'
        f"<sii:Cabecera>{_HEAD}</sii:Cabecera><c:PeriodoLiquidacion><c:Ejercicio>2026"
        "</c:Ejercicio><c:Periodo>03</c:Periodo></c:PeriodoLiquidacion>"
        f"<c:IndicadorPaginacion>{more}</c:IndicadorPaginacion>"
        f"<c:ResultadoConsulta>ConDatos</c:ResultadoConsulta>{rows}"
        "</c:RespuestaConsultaLRFacturasEmitidas>"
    )
    return Reply(200, wrap(text.encode()))


def test_pages_follow_each_other_and_show_the_contrast() -> None:
    query = query_of(examples.issued("1"), TITULAR)
    first = read_query_answer(page(["1", "2"], "S"), query)

    following = next_page(query, first)

    assert following is not None
    assert following.stated_filter.__dict__["after"].number == "2"
    assert next_page(following, read_query_answer(page(["3"], "N"), following)) is None
    state, other = first.records[0].state, first.records[0].mismatch
    assert state is not None
    assert state.contrast is ContrastState.PARTLY
    assert other is not None
    assert other.total == Decimal("120.00")
    with pytest.raises(ProtocolError, match="no new place"):
        next_page(following, first)


def test_terms_are_of_four_working_days() -> None:
    assert deadline_of(examples.issued()) == date(2026, 3, 6)
    assert deadline_of(examples.received(entered_on=date(2026, 3, 6))) == date(2026, 3, 12)
    assert deadline_of(examples.collections()) == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("entered", "last"),
    [
        (date(2026, 4, 1), date(2026, 4, 8)),  # Good Friday and a weekend lie between.
        (date(2026, 4, 30), date(2026, 5, 7)),  # 1 May is a Friday.
        (date(2026, 12, 4), date(2026, 12, 11)),  # 8 December is a Tuesday.
        (date(2026, 12, 23), date(2026, 12, 30)),  # Christmas is a Friday.
        (date(2026, 8, 13), date(2026, 8, 19)),  # 15 August is a Saturday anyhow.
    ],
)
def test_holidays_do_not_count_in_a_term(entered: date, last: date) -> None:
    assert deadline_of(examples.received(entered_on=entered)) == last


def test_holidays_of_a_community_are_the_callers_and_unknown_years_are_told() -> None:
    record = examples.received(entered_on=date(2026, 4, 1))
    maundy_thursday = WorkingDays.adding([date(2026, 4, 2)])

    assert deadline_of(record, days=maundy_thursday) == date(2026, 4, 9)
    with pytest.raises(CalendarError, match="2027"):
        deadline_of(examples.received(entered_on=date(2026, 12, 31)))


def test_of_several_payments_the_first_one_begins_the_term() -> None:
    record = examples.collections("1", "10.00", "20.00")
    later = record.payments[0].model_copy(update={"paid_on": date(2026, 3, 9)})
    record = record.model_copy(update={"payments": (later, record.payments[1])})

    assert deadline_of(record) == date(2026, 3, 6)


class Agency:
    """Plays the book of issued invoices and its collections; loses the answers it is told to."""

    def __init__(self) -> None:
        self.book: dict[str, AnyRecord] = {}
        self.paid: list[str] = []
        self.loses = False

    def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        submission = prepare(records, titular, communication=communication)
        kind, lines = "RespuestaLRFacturasEmitidas", ""
        for record in records:
            if isinstance(record, CollectionsOfInvoice):
                kind = "RespuestaLRCobrosEmitidas"
                self.paid += [str(p.amount) for p in record.payments]
                lines += line(record.invoice.number, "Correcto")
            elif isinstance(record, IssuedCancellation):
                kind = "RespuestaLRBajaFacturasEmitidas"
                known = self.book.pop(record.invoice.number, None)
                code = "<r:CodigoErrorRegistro>3001</r:CodigoErrorRegistro>"
                lines += line(
                    record.invoice.number,
                    "Correcto" if known else "Incorrecto",
                    "" if known else code,
                )
            elif isinstance(record, IssuedRecord):
                number = record.invoice.number
                is_new = communication is Communication.REGISTER
                if is_new and number in self.book:
                    lines += line(number, "Incorrecto", DUPLICATE)
                else:
                    self.book[number] = record
                    lines += line(number, "Correcto")
        if self.loses:
            self.loses = False
            raise TransportError("lost", delivery="unknown")
        return read_answer(answer_to(lines, kind), submission)

    def query_all(self, query: Query) -> tuple[HeldRecord, ...]:
        asked = query.stated_filter.__dict__
        if "after" in asked and "period" not in asked:
            return tuple(
                HeldRecord(
                    data=f"<D><Fecha>02-03-2026</Fecha><Importe>{a}</Importe><Medio>01</Medio></D>"
                )
                for a in self.paid
            )
        record = self.book[asked["invoice"].number]
        assert isinstance(record, IssuedRecord)
        metaclass: Any = type(IssuedInvoice)
        held = metaclass("D", (IssuedInvoice,), {"__module__": __name__, "xml_type": _D})
        return (HeldRecord(data=write(held.model_construct(**dict(record.content))).decode()),)


def test_what_had_arrived_is_settled_as_accepted() -> None:
    agency, records = Agency(), [examples.issued("1"), examples.issued("2")]
    agency.loses = True
    with pytest.raises(TransportError):
        agency.submit(records, TITULAR)

    settled = send_again(agency, records, TITULAR)

    assert [each.outcome for each in settled] == [Outcome.ACCEPTED] * 2
    assert len(agency.book) == 2


def test_another_content_under_the_same_number_is_not_ours() -> None:
    agency = Agency()
    agency.submit([examples.issued("1", total=Decimal("122.00"))], TITULAR)

    (settled,) = send_again(agency, [examples.issued("1")], TITULAR)

    assert settled.outcome is Outcome.OTHER_HELD


def test_a_cancellation_that_had_arrived_is_settled() -> None:
    agency = Agency()
    agency.submit([examples.issued("1")], TITULAR)
    agency.loses = True
    with pytest.raises(TransportError):
        agency.submit([examples.cancelled("1")], TITULAR)

    (settled,) = send_again(agency, [examples.cancelled("1")], TITULAR)

    assert settled.outcome is Outcome.ACCEPTED
    assert agency.book == {}


def test_collections_are_never_counted_twice() -> None:
    agency, record = Agency(), examples.collections("1", "50.00", "50.00", "21.00")
    agency.submit([examples.collections("1", "50.00")], TITULAR)

    send_again(agency, [record], TITULAR)
    send_again(agency, [record], TITULAR)

    assert sorted(agency.paid) == ["21.00", "50.00", "50.00"]


def test_amounts_are_compared_as_numbers_and_texts_as_texts() -> None:
    (held,) = _holding(examples.issued("1", total=Decimal(121)))

    assert is_same(examples.issued("1", total=Decimal("121.00")), held.values)
    assert not is_same(examples.issued("1", description="Otra"), held.values)
    assert not is_same(examples.issued("1"), {"TipoFactura": "F1", "ImporteTotal": "121"})


def _holding(record: IssuedRecord) -> tuple[HeldRecord, ...]:
    agency = Agency()
    agency.submit([record], TITULAR)
    return agency.query_all(query_of(record, TITULAR))
