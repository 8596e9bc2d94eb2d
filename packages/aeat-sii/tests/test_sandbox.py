"""The sandbox decides like the agency, on its own."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from aeat_sii import sandbox
from aeat_sii.sandbox import Fault, Knowledge, Service, State, create_app, scripted, seeded
from aeat_sii.sandbox.fingerprint import fingerprints
from aeat_sii.sandbox.soap import MAX_REQUEST
from aeat_sii.testing import examples, strategies
from aeat_sii.testing.examples import ISSUER, line
from aeat_sii.verifactu import (
    Answer,
    AnyRecord,
    CancellationRecord,
    Header,
    InvoiceId,
    RegistrationRecord,
    SpanishPerson,
    build,
    link,
    prepare,
    read_answer,
)
from aeat_sii.verifactu.records import VoluntarySubmission
from einvoice_core.http import ASGITransport, AsyncClient, Reply
from einvoice_core.xml.binding import write
from einvoice_core.xml.parsing import parse

HEADER = Header(issuer=SpanishPerson(name="CERTIFICADO UNO", nif=ISSUER))


@pytest.fixture
def service(clock: Callable[[], datetime]) -> Service:
    return Service(clock)


def send(
    service: Service, records: Iterable[AnyRecord], header: Header = HEADER, holder: str = ISSUER
) -> Answer:
    submission = prepare(tuple(records), header)
    status, body = service.answer(build(submission), holder)
    return read_answer(Reply(status, body), submission)


def verdict(service: Service, record: AnyRecord) -> str:
    """Send one record; return its code, or the empty text."""
    (answered,) = send(service, [record]).lines
    return answered.code or ""


def first(**changes: object) -> RegistrationRecord:
    return link(examples.registration(**changes), None)


def fault_code(service: Service, body: bytes, holder: str | None = ISSUER) -> str:
    status, answer = service.answer(body, holder)
    match = re.search(rb"Codigo\[([0-9]+)\]", answer)
    assert status == 500
    assert match
    return match[1].decode()


def test_a_right_record_is_held(service: Service) -> None:
    record = first()

    answer = send(service, [record])

    (held,) = service.register.of(ISSUER)
    assert held.state is State.CORRECT
    assert held.csv == answer.csv
    assert held.fingerprint == record.fingerprint
    assert answer.presentation
    assert answer.presentation.presenter_nif == ISSUER
    assert answer.wait_s == 60


def test_the_same_seed_and_clock_give_the_same_answers(clock: Callable[[], datetime]) -> None:
    answers = [send(Service(clock, seed=seed), [first()]) for seed in (1, 1, 2)]

    assert answers[0] == answers[1]
    assert answers[0].csv != answers[2].csv


MATRIX = [
    # What is held, Subsanacion, RechazoPrevio, the code that comes back.
    (None, None, None, ""),
    (None, False, "N", ""),
    (None, True, "X", ""),
    (None, True, None, "3002"),
    (None, True, "N", "3002"),
    (None, True, "S", "3002"),
    ("held", None, None, "3000"),
    ("held", False, "N", "3000"),
    ("held", True, "X", "3000"),
    ("held", True, None, ""),
    ("held", True, "S", ""),
    ("cancelled", None, None, "3000"),
    ("cancelled", True, "X", "3000"),
    ("cancelled", True, "N", ""),
    ("cancelled", True, "S", ""),
]


@pytest.mark.parametrize(("held", "correction", "rejection", "code"), MATRIX)
def test_the_matrix_of_registrations(
    service: Service, held: str | None, correction: bool | None, rejection: str | None, code: str
) -> None:
    _hold(service, held)
    record = link(
        examples.registration(is_correction=correction, previous_rejection=rejection),
        first(),
    )

    assert verdict(service, record) == code


@pytest.mark.parametrize(
    ("held", "without", "code", "state"),
    [
        (None, None, "3002", None),
        (None, False, "3002", None),
        (None, True, "", State.CANCELLED),
        ("held", None, "", State.CANCELLED),
        ("held", True, "3000", State.CORRECT),
        ("cancelled", None, "", State.CANCELLED),
        ("cancelled", True, "3001", State.CANCELLED),
    ],
)
def test_the_matrix_of_cancellations(
    service: Service, held: str | None, without: bool | None, code: str, state: State | None
) -> None:
    _hold(service, held)
    record = link(examples.cancellation(without_earlier_record=without), first())

    assert verdict(service, record) == code
    assert [stored.state for stored in service.register.of(ISSUER)] == ([state] if state else [])


def _hold(service: Service, held: str | None) -> None:
    if held:
        send(service, [first()])
    if held == "cancelled":
        send(service, [link(examples.cancellation(), first())])


def test_a_correction_brings_a_cancelled_record_back(service: Service) -> None:
    _hold(service, "cancelled")

    send(service, [link(examples.registration(is_correction=True), first())])

    assert [stored.state for stored in service.register.of(ISSUER)] == [State.CORRECT]


def test_a_duplicate_says_how_the_first_is_held(service: Service) -> None:
    odd = first().model_copy(update={"fingerprint": "0" * 64})
    assert verdict(service, odd) == "2000"

    (answered,) = send(service, [first()]).lines

    assert answered.duplicate is not None
    assert answered.duplicate.state == "AceptadaConErrores"
    assert answered.duplicate.code == "2000"
    assert answered.duplicate.request_id == service.register.of(ISSUER)[0].request_id


def test_the_second_first_record_is_a_warning(service: Service) -> None:
    assert verdict(service, first(number="1")) == ""
    assert verdict(service, first(number="2")) == "2007"


@pytest.mark.parametrize(
    ("fingerprint", "code"), [("A", "2002"), ("a" * 64, "2003"), ("A" * 64, "")]
)
def test_the_fingerprint_of_the_previous_record_is_looked_at(
    service: Service, fingerprint: str, code: str
) -> None:
    before = first(number="0").model_copy(update={"fingerprint": fingerprint})

    assert verdict(service, link(examples.registration(), before)) == code


REJECTED = {
    "1108": {"invoice": InvoiceId(issuer_nif="89890002E", number="1", issued_on=date(2026, 7, 1))},
    "1112": {"invoice": InvoiceId(issuer_nif=ISSUER, number="1", issued_on=date(2026, 7, 2))},
    "1152": {"invoice": InvoiceId(issuer_nif=ISSUER, number="1", issued_on=date(2024, 10, 27))},
    "1130": {"number": "A<1>"},
    "1114": {"kind": "R1"},
    "1115": {"rectification": "I"},
    "1118": {"kind": "R1", "rectification": "S"},
    "1124": {"breakdown": (line(rate_percent=Decimal(20), output_tax=Decimal(20)),)},
    "1139": {"total": Decimal(100_000_000)},
    "1142": {"breakdown": (line(output_tax=Decimal(32)),)},
    "1153": {"previous_rejection": "X"},
    "1161": {"previous_rejection": "S"},
    "1177": {"system": examples.system(id="Ñ1")},
    "1189": {"recipients": ()},
    "1190": {"kind": "F2"},
    "1198": {"breakdown": (line(qualification="S2"),)},
    "1207": {"breakdown": (line(tax="03", qualification="N1"),)},
    "1208": {"breakdown": (line(output_tax=None),)},
    "1238": {"breakdown": (line(qualification=None, exemption="E1"),)},
    "1245": {"breakdown": (line(regime=None),)},
    "2004": {"recorded_at": examples.NOW + timedelta(minutes=5)},
    "2005": {"total": Decimal(200)},
    "2006": {"total_tax": Decimal(200)},
}


@pytest.mark.parametrize("code", REJECTED)
def test_a_wrong_record_gets_its_code(service: Service, code: str) -> None:
    record = first(**REJECTED[code]).model_copy(update={})
    submission = prepare([record], HEADER)
    status, body = service.answer(build(submission), ISSUER)

    found = re.search(rb"<r:CodigoErrorRegistro>([0-9]+)<", body)

    assert status == 200
    assert found
    assert found[1].decode() == code
    assert len(service.register.of(ISSUER)) == (1 if code.startswith("2") else 0)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">F1<", ">F9<", "1106"),
        (">01-07-2026<", ">31-02-2026<", "1105"),
        (">21.00<", ">21,00<", "1100"),
        (">121.00<", ">1e2<", "1100"),
        (">121.00<", ">00000000000000121.00<", "1267"),
        (">2026-07-01T09:00:00+02:00<", ">2026-07-01<", "1244"),
        (">01</sum1:TipoHuella>", ">02</sum1:TipoHuella>", "1247"),
        (">01</sum1:TipoHuella>", ">001</sum1:TipoHuella>", "1263"),
        (">77<", ">7777<", "1177"),
        (">89890002E<", ">89890002<", "1123"),
    ],
)
def test_a_wrong_value_rejects_its_record_only(
    service: Service, old: str, new: str, code: str
) -> None:
    wrong, right = first(number="1"), first(number="2")
    text = build(prepare([wrong, right], HEADER)).decode()

    _, body = service.answer(text.replace(old, new, 1).encode(), ISSUER)

    assert re.findall(rb"<r:CodigoErrorRegistro>([0-9]+)<", body) == [code.encode()]
    assert [stored.key.number for stored in service.register.of(ISSUER)] == ["2"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<sum1:TipoFactura>F1</sum1:TipoFactura>", "", "4102"),
        ("sum1:TipoFactura>", "sum1:Tipo>", "4102"),
        ("</sum1:RegistroAlta>", "<sum1:Otro/></sum1:RegistroAlta>", "4103"),
        ("<sum1:CuotaTotal>21.00", "x<sum1:CuotaTotal>21.00", "4103"),
        ("21.00<", "<sum1:A/><", "4103"),
        ("sum1:RegistroAlta>", "sum1:Registro>", "4136"),
        ("89890001K", "8989000", "4116"),
        ("89890001K", "89890001A", "4104"),
        (">2026/0001<", "><", "4103"),
        (">01-07-2026<", ">2026-07-01<", "4106"),
        ("RegFactuSistemaFacturacion", "ConsultaFactuSistemaFacturacion", "4103"),
        ("RegFactuSistemaFacturacion", "Otro", "4103"),
        ("schemas.xmlsoap.org/soap", "example.com/soap", "4103"),
        ("sum:Cabecera>", "sum:Otra>", "4102"),
    ],
)
def test_a_wrong_structure_refuses_the_whole_message(
    service: Service, old: str, new: str, code: str
) -> None:
    text = build(prepare([first()], HEADER)).decode()
    assert old in text

    assert fault_code(service, text.replace(old, new).encode()) == code
    assert service.register.of(ISSUER) == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "4138"),
        (b"   ", "4138"),
        (b"not xml", "4103"),
        ("<a>á</a>".encode("latin-1"), "4119"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "4119"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "4103"),
        (b"<a>" * 300 + b"</a>" * 300, "4103"),
    ],
)
def test_what_is_no_message_is_a_fault(service: Service, body: bytes, code: str) -> None:
    assert fault_code(service, body) == code


def test_more_than_a_thousand_records_are_a_fault(service: Service) -> None:
    text = build(prepare([first()], HEADER)).decode()
    start, end = text.index("<sum:RegistroFactura>"), text.index("</sum:RegFactu")
    slot = text[start:end]

    assert fault_code(service, (text[:start] + slot * 1_001 + text[end:]).encode()) == "4114"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"voluntary": VoluntarySubmission(ends_on=date(2026, 12, 31))}, ""),
        ({"voluntary": VoluntarySubmission(ends_on=date(2025, 12, 31))}, ""),
        ({"voluntary": VoluntarySubmission(ends_on=date(2027, 12, 31))}, "4120"),
        ({"voluntary": VoluntarySubmission(ends_on=date(2026, 6, 30))}, "4120"),
        ({"requested": {"reference": "REQ1"}}, "4126"),
        ({"representative": SpanishPerson(name="X", nif="89890002F")}, "4105"),
    ],
)
def test_the_header_is_looked_at(service: Service, header: dict[str, object], code: str) -> None:
    changed = Header(issuer=HEADER.issuer, **header)
    body = build(prepare([first()], changed))

    if code:
        assert fault_code(service, body) == code
    else:
        assert service.answer(body, ISSUER)[0] == 200


def test_who_may_send_is_for_the_test_to_say(clock: Callable[[], datetime]) -> None:
    body = build(prepare([first()], HEADER))
    service = Service(
        clock, known=Knowledge(may_act_for=lambda holder, taxpayer: holder == "12345678Z")
    )

    assert service.answer(body, "12345678Z")[0] == 200
    assert fault_code(service, body, "89890002E") == "4112"
    assert fault_code(service, body, None) == "4108"


def test_the_census_is_for_the_test_to_say(clock: Callable[[], datetime]) -> None:
    service = Service(clock, known=Knowledge(is_known=lambda nif: nif != ISSUER))

    assert fault_code(service, build(prepare([first()], HEADER))) == "4104"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.registrations())
def test_both_readings_of_the_fingerprint_agree(record: RegistrationRecord) -> None:
    assert next(fingerprints(parse(write(record)))) == record.fingerprint


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.cancellations())
def test_both_readings_agree_on_cancellations(record: CancellationRecord) -> None:
    assert next(fingerprints(parse(write(record)))) == record.fingerprint


@pytest.mark.parametrize(
    ("sent", "hashed"), [("121.10", "121.1"), ("121.1", "121.10"), ("121", "121.00")]
)
def test_an_amount_hashed_with_other_decimals_is_taken(
    service: Service, sent: str, hashed: str
) -> None:
    record = first(total=Decimal(hashed))
    record = record.model_copy(update={"total": Decimal(sent)})

    assert verdict(service, record) == ""


def test_a_comment_in_a_value_changes_nothing(service: Service) -> None:
    text = build(prepare([first()], HEADER)).decode().replace(">21.00<", ">21<!-- -->.00<")

    _, body = service.answer(text.encode(), ISSUER)

    assert b"<r:EstadoEnvio>Correcto<" in body


def test_faults_come_in_the_order_of_the_script() -> None:
    plan = scripted([None, Fault.SLOW])

    assert [plan(), plan(), plan()] == [None, Fault.SLOW, None]


def test_faults_of_a_seed_are_the_same_again() -> None:
    shares = {Fault.LOST_REPLY: 20, Fault.GARBAGE: 10}
    one, other = seeded(7, shares), seeded(7, shares)
    played = [one() for _ in range(1_000)]

    assert played == [other() for _ in range(1_000)]
    assert 150 < played.count(Fault.LOST_REPLY) < 250
    assert 50 < played.count(Fault.GARBAGE) < 150


@pytest.mark.parametrize("shares", [{Fault.SLOW: 101}, {Fault.SLOW: -1}])
def test_shares_are_percentages(shares: dict[Fault, int]) -> None:
    with pytest.raises(ValueError, match="percentages"):
        seeded(1, shares)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", sandbox.VERIFACTU_PATH, 405),
        ("POST", "/other", 404),
        ("POST", sandbox.VERIFACTU_PATH, 500),
    ],
)
def test_the_application_answers_without_a_server(
    service: Service, method: str, path: str, status: int
) -> None:
    import asyncio

    async def ask() -> int:
        transport = ASGITransport(app=create_app(service))
        async with AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return (await client.request(method, path)).status_code

    assert asyncio.run(ask()) == status


def test_good_records_are_refused_at_random_for_a_rehearsal() -> None:
    service = Service(lambda: examples.NOW, seed=1, refused_percent=50)
    bodies = [build(prepare([first(number=f"R/{n}")], HEADER)) for n in range(20)]

    answers = [service.answer(body, ISSUER)[1] for body in bodies]

    refused = sum(b"CodigoErrorRegistro>1100<" in answer for answer in answers)
    assert 0 < refused < 20
    assert len(service.register.of(ISSUER)) == 20 - refused


def test_a_huge_request_is_refused(service: Service) -> None:
    import asyncio

    async def ask() -> int:
        transport = ASGITransport(app=create_app(service))
        async with AsyncClient(transport=transport, base_url="http://sandbox") as client:
            body = b"x" * (MAX_REQUEST + 1)
            return (await client.post(sandbox.VERIFACTU_PATH, content=body)).status_code

    assert asyncio.run(ask()) == 413
