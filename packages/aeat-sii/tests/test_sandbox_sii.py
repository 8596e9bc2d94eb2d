"""The sandbox of SII decides like the agency's list of codes says, on its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from aeat_sii import sandbox
from aeat_sii.sandbox import Fault, Knowledge, SiiService
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.sandbox.sii import OPERATIONS, Contrast
from aeat_sii.testing import sii_attempts
from einvoice_core import http
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority

NIF, OTHER = "89890001K", "89890002E"
NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=timezone(timedelta(hours=2)))
BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "ssii/fact/ws/"
)
ISSUED_PATH = OPERATIONS[f"{{{BASE}SuministroLR.xsd}}SuministroLRFacturasEmitidas"].path
PERIOD = (
    "<s:PeriodoLiquidacion><s:Ejercicio>2026</s:Ejercicio><s:Periodo>06</s:Periodo>"
    "</s:PeriodoLiquidacion>"
)
PARTY = f"<s:Contraparte><s:NombreRazon>X</s:NombreRazon><s:NIF>{OTHER}</s:NIF></s:Contraparte>"


def message(root: str, inside: str, purpose: str = "", titular: str = NIF) -> bytes:
    space = "ConsultaLR" if root.startswith("Consulta") else "SuministroLR"
    kind = f"<s:TipoComunicacion>{purpose}</s:TipoComunicacion>" if purpose else ""
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<m:{root} xmlns:m="{BASE}{space}.xsd" xmlns:s="{BASE}SuministroInformacion.xsd">'
        "<s:Cabecera><s:IDVersionSii>1.1</s:IDVersionSii><s:Titular><s:NombreRazon>X"
        f"</s:NombreRazon><s:NIF>{titular}</s:NIF></s:Titular>{kind}</s:Cabecera>{inside}"
        f"</m:{root}></e:Body></e:Envelope>"
    ).encode()


def named(issuer: str, number: str = "A-1", day: str = "15-06-2026") -> str:
    return (
        f"<m:IDFactura><s:IDEmisorFactura>{issuer}</s:IDEmisorFactura>"
        f"<s:NumSerieFacturaEmisor>{number}</s:NumSerieFacturaEmisor>"
        f"<s:FechaExpedicionFacturaEmisor>{day}</s:FechaExpedicionFacturaEmisor></m:IDFactura>"
    )


TAXED = (
    "<s:TipoDesglose><s:DesgloseFactura><s:Sujeta><s:NoExenta><s:TipoNoExenta>S1</s:TipoNoExenta>"
    "<s:DesgloseIVA><s:DetalleIVA><s:TipoImpositivo>21</s:TipoImpositivo><s:BaseImponible>100.00"
    "</s:BaseImponible><s:CuotaRepercutida>21.00</s:CuotaRepercutida></s:DetalleIVA>"
    "</s:DesgloseIVA></s:NoExenta></s:Sujeta></s:DesgloseFactura></s:TipoDesglose>"
)


def issued(number: str = "A-1", regime: str = "01", purpose: str = "A0") -> bytes:
    return message(
        "SuministroLRFacturasEmitidas",
        f"<m:RegistroLRFacturasEmitidas>{PERIOD}{named(f'<s:NIF>{NIF}</s:NIF>', number)}"
        "<m:FacturaExpedida><s:TipoFactura>F1</s:TipoFactura>"
        f"<s:ClaveRegimenEspecialOTrascendencia>{regime}</s:ClaveRegimenEspecialOTrascendencia>"
        "<s:ImporteTotal>121.00</s:ImporteTotal><s:DescripcionOperacion>X</s:DescripcionOperacion>"
        f"{PARTY}{TAXED}</m:FacturaExpedida></m:RegistroLRFacturasEmitidas>",
        purpose,
    )


def received(holder: str = NIF, issuer: str = OTHER, number: str = "A-1") -> bytes:
    party = f"<s:NombreRazon>X</s:NombreRazon><s:NIF>{issuer}</s:NIF>"
    return message(
        "SuministroLRFacturasRecibidas",
        f"<m:RegistroLRFacturasRecibidas>{PERIOD}{named(f'<s:NIF>{issuer}</s:NIF>', number)}"
        "<m:FacturaRecibida><s:TipoFactura>F1</s:TipoFactura>"
        "<s:ClaveRegimenEspecialOTrascendencia>01</s:ClaveRegimenEspecialOTrascendencia>"
        "<s:ImporteTotal>121.00</s:ImporteTotal><s:DescripcionOperacion>X</s:DescripcionOperacion>"
        "<s:DesgloseFactura><s:DesgloseIVA><s:DetalleIVA><s:TipoImpositivo>21</s:TipoImpositivo>"
        "<s:BaseImponible>100.00</s:BaseImponible><s:CuotaSoportada>21.00</s:CuotaSoportada>"
        "</s:DetalleIVA></s:DesgloseIVA></s:DesgloseFactura>"
        f"<s:Contraparte>{party}</s:Contraparte><s:FechaRegContable>16-06-2026"
        "</s:FechaRegContable><s:CuotaDeducible>21.00</s:CuotaDeducible></m:FacturaRecibida>"
        "</m:RegistroLRFacturasRecibidas>",
        "A0",
        holder,
    )


def cancelled(number: str = "A-1") -> bytes:
    return message(
        "BajaLRFacturasEmitidas",
        f"<m:RegistroLRBajaExpedidas>{PERIOD}{named(f'<s:NIF>{NIF}</s:NIF>', number)}"
        "</m:RegistroLRBajaExpedidas>",
    )


def collected(number: str = "A-1") -> bytes:
    return message(
        "SuministroLRCobrosEmitidas",
        f"<m:RegistroLRCobros>{named(f'<s:NIF>{NIF}</s:NIF>', number)}<m:Cobros><s:Cobro><s:Fecha>"
        "20-06-2026</s:Fecha><s:Importe>121.00</s:Importe><s:Medio>01</s:Medio></s:Cobro>"
        "</m:Cobros></m:RegistroLRCobros>",
    )


def asked(more: str = "") -> bytes:
    inside = f"<m:FiltroConsulta>{PERIOD}{more}</m:FiltroConsulta>"
    return message("ConsultaLRFacturasEmitidas", inside)


@pytest.fixture
def service() -> SiiService:
    return SiiService(lambda: NOW)


def send(service: SiiService, body: bytes, holder: str | None = NIF, path: str = "") -> str:
    root = re.search(rb"<m:(\w+) ", body)
    assert root
    tags = {tag.rpartition("}")[2]: operation for tag, operation in OPERATIONS.items()}
    status, answer = service.answer(body, holder, path or tags[root[1].decode()].path)
    assert status in (200, 500)
    return answer.decode()


def play(service: SiiService, message: tuple[bytes, str, str | None]) -> str:
    body, path, holder = message
    return service.answer(body, holder, path)[1].decode()


def codes_in(answer: str) -> list[str]:
    found = re.findall(r"CodigoErrorRegistro>([0-9]+)<|Codigo\[([0-9]+)\]", answer)
    return [one or other for one, other in found]


def states_in(answer: str) -> list[str]:
    return re.findall(r"<r:EstadoRegistro>(\w+)<", answer)


@pytest.mark.parametrize(
    ("steps", "state", "code"),
    [
        ([issued()], "Correcto", ""),
        ([issued(purpose="A1")], "Incorrecto", "3002"),
        ([issued(), issued(purpose="A1")], "Correcto", ""),
        ([issued(), issued()], "Incorrecto", ""),
        ([cancelled()], "Incorrecto", "3002"),
        ([issued(), cancelled()], "Correcto", ""),
        ([issued(), cancelled(), cancelled()], "Incorrecto", "3001"),
        ([issued(), cancelled(), issued(purpose="A1")], "Incorrecto", "3001"),
        ([issued(), cancelled(), issued()], "Correcto", ""),
        ([collected()], "Incorrecto", "3002"),
        ([issued(), collected()], "Incorrecto", "3005"),
        ([issued(regime="07"), collected()], "Correcto", ""),
        ([issued(regime="07"), cancelled(), collected()], "Incorrecto", "3003"),
    ],
)
def test_movements_follow_what_is_held(
    service: SiiService, steps: list[bytes], state: str, code: str
) -> None:
    *before, last = steps
    for body in before:
        assert states_in(send(service, body)) == ["Correcto"]

    answer = send(service, last)

    assert states_in(answer) == [state]
    assert codes_in(answer) == ([code] if code else [])


def test_a_duplicate_shows_what_is_held_and_leaves_it(service: SiiService) -> None:
    send(service, issued())
    (held,) = service.register.of(NIF, "issued")

    answer = send(service, issued())

    assert "<r:RegistroDuplicado><sii:EstadoRegistro>Correcta<" in answer
    assert held.csv in answer
    assert service.register.of(NIF, "issued") == (held,)


def test_a_submission_is_accepted_in_part(service: SiiService) -> None:
    first, second = issued().decode(), issued("A-2").decode()
    record = re.compile("<m:RegistroLRFacturasEmitidas>.*</m:RegistroLRFacturasEmitidas>")
    bad = record.search(second)
    assert bad
    wrong = bad[0].replace(">21.00<", ">99.00<")
    both = first.replace("</m:SuministroLR", wrong + "</m:SuministroLR")

    answer = send(service, both.encode())

    assert "<r:EstadoEnvio>ParcialmenteCorrecto<" in answer
    assert "<r:CSV>" in answer
    assert states_in(answer) == ["Correcto", "Incorrecto"]
    assert codes_in(answer) == ["1233"]


def test_the_same_seed_gives_the_same_answers() -> None:
    one, other = SiiService(lambda: NOW, seed=7), SiiService(lambda: NOW, seed=7)

    assert send(one, issued()) == send(other, issued())


def test_good_records_are_refused_at_random_for_a_rehearsal() -> None:
    def verdicts(seed: int) -> list[str]:
        service = SiiService(lambda: NOW, seed=seed, refused_percent=50)
        return [states_in(send(service, issued(f"A-{number}")))[0] for number in range(20)]

    assert verdicts(1) == verdicts(1)
    assert set(verdicts(1)) == {"Correcto", "Incorrecto"}


def test_pages_follow_one_another(service: SiiService) -> None:
    service.page_rows = 2
    for number in range(5):
        send(service, issued(f"P-{number}"))
    seen: list[str] = []
    page = ""
    for _ in range(3):
        answer = send(service, asked(page))
        numbers = re.findall(r"<sii:NumSerieFacturaEmisor>([^<]*)<", answer)
        seen += numbers
        page = named(f"<s:NIF>{NIF}</s:NIF>", numbers[-1]).replace("IDFactura", "ClavePaginacion")

    assert seen == [f"P-{number}" for number in range(5)]
    assert "<rc:IndicadorPaginacion>N<" in answer


def test_a_page_after_a_row_that_is_none_is_a_fault(service: SiiService) -> None:
    page = named(f"<s:NIF>{NIF}</s:NIF>", "?").replace("IDFactura", "ClavePaginacion")

    assert codes_in(send(service, asked(page))) == ["1105"]


@pytest.mark.parametrize(
    ("theirs", "delay_s", "state"),
    [
        (None, 0, Contrast.NOT_FOUND),
        (received(OTHER, NIF), 0, Contrast.AGREED),
        (received(OTHER, NIF), 60, Contrast.IN_PROCESS),
        (received(OTHER, NIF).replace(b">100.00<", b">99.00<"), 0, Contrast.PARTIAL),
    ],
)
def test_the_books_of_both_parties_are_compared(
    service: SiiService, theirs: bytes | None, delay_s: int, state: Contrast
) -> None:
    service.contrast_s = delay_s
    send(service, issued())
    if theirs:
        assert states_in(send(service, theirs, OTHER)) == ["Correcto"]

    answer = send(service, asked())

    assert f"<rc:EstadoCuadre>{state}<" in answer
    assert ("DatosDescuadreContraparte" in answer) == (state is Contrast.PARTIAL)
    assert "ConDatos" in send(service, asked(f"<m:EstadoCuadre>{state}</m:EstadoCuadre>"))
    assert "SinDatos" in send(service, asked("<m:EstadoCuadre>1</m:EstadoCuadre>"))


def test_simplified_invoices_are_not_compared(service: SiiService) -> None:
    simplified = sii_attempts.message("issued", {"TipoFactura": "F2", "Contraparte": False})
    assert states_in(play(service, simplified)) == ["Correcto"]

    answer = send(service, asked())

    assert f"<rc:EstadoCuadre>{Contrast.NOT_APPLICABLE}<" in answer
    assert "TimestampEstadoCuadre" not in answer


def test_a_cancelled_invoice_of_the_other_party_is_not_found(service: SiiService) -> None:
    send(service, issued())
    send(service, received(OTHER, NIF), OTHER)
    assert f"<rc:EstadoCuadre>{Contrast.AGREED}<" in send(service, asked())
    named_issuer = {"IDEmisorFactura": {"NombreRazon": "X", "NIF": NIF}, "Titular/NIF": OTHER}
    body, path, _ = sii_attempts.message("cancel_received", named_issuer)

    assert states_in(service.answer(body, OTHER, path)[1].decode()) == ["Correcto"]

    assert f"<rc:EstadoCuadre>{Contrast.NOT_FOUND}<" in send(service, asked())


DOUBLE = {
    "issued": None,
    "received": None,
    "assets": None,
    "intra_community": "3009",
    "cash": "3008",
    "insurance": "3012",
    "travel_agencies": "3013",
    "consignment": "3020",
}


@pytest.mark.parametrize(("book", "code"), DOUBLE.items(), ids=DOUBLE)
def test_a_duplicate_of_every_book_has_its_node(
    service: SiiService, book: str, code: str | None
) -> None:
    message = sii_attempts.message(book, {})
    first = play(service, message)
    csv = re.findall("<r:CSV>([^<]*)<", first)

    again = play(service, message)

    assert states_in(again) == ["Incorrecto"]
    assert codes_in(again) == ([code] if code else [])
    assert "<r:RegistroDuplicado><sii:EstadoRegistro>Correcta<" in again
    assert re.findall("<r:CSV>([^<]*)<", again) == csv


def test_a_taxpayer_sees_what_the_other_party_has_sent(service: SiiService) -> None:
    send(service, received(OTHER, NIF, "B-7"), OTHER)
    imputed = (
        "<m:FiltroConsulta><s:PeriodoImputacion><s:EjercicioImputacion>2026</s:EjercicioImputacion>"
        "<s:PeriodoImputacion>06</s:PeriodoImputacion></s:PeriodoImputacion></m:FiltroConsulta>"
    )
    for root in ("ConsultaLRFactInformadasCliente", "ConsultaLRFactInformadasAgrupadasCliente"):
        body = message(root, imputed).replace(b"s:Titular>", b"s:TitularLRFE>")

        answer = send(service, body)

        assert f"<sii:NIF>{OTHER}</sii:NIF></rc:Cliente>" in answer
        assert ("B-7" in answer) != ("<rc:NumeroFacturas>1<" in answer)
        assert codes_in(send(service, body, OTHER)) == ["4130"]


def test_the_books_are_summed(service: SiiService) -> None:
    for number in ("T-1", "T-2"):
        send(service, issued(number))
    send(service, received())
    send(service, issued("T-3"))
    send(service, cancelled("T-3"))
    inside = f"<m:FiltroConsulta>{PERIOD}</m:FiltroConsulta>"

    answer = send(service, message("ConsultaLLAA", inside))

    assert "<rc:BI_RegimenGeneral21>200.00<" in answer
    assert "<rc:TotalCuota>42.00<" in answer
    assert "<rc:TotalDeducir>21.00<" in answer
    assert codes_in(send(service, message("ConsultaLLAA", inside), OTHER)) == ["4136"]


def test_who_may_not_send_gets_a_fault(service: SiiService) -> None:
    known = Knowledge(is_known=lambda nif: nif != NIF)

    assert codes_in(send(service, issued(), None)) == ["4110"]
    assert codes_in(send(service, issued(), OTHER)) == ["4114"]
    assert codes_in(send(replace(service, known=known), issued())) == ["4104"]
    suspended = Knowledge(is_suspended=lambda nif: True)
    assert codes_in(send(replace(service, known=suspended), issued())) == ["4118"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "4102"),
        (b"<m:x /> text", "4103"),
        ("<m:SuministroLR á/>".encode("latin-1"), "4126"),
        (b'<!DOCTYPE m [<!ENTITY a "b">]><m:x />', "4103"),
        (issued().replace(b"m:SuministroLRFacturasEmitidas", b"m:Nada"), "4108"),
    ],
)
def test_what_is_no_message_is_a_fault(service: SiiService, body: bytes, code: str) -> None:
    status, answer = service.answer(body, NIF, ISSUED_PATH)

    assert status == 500
    assert codes_in(answer.decode()) == [code]


def test_a_message_for_another_service_is_a_fault(service: SiiService) -> None:
    path = "/wlpl/SSII-FACT/ws/fr/SiiFactFRV1SOAP"

    assert codes_in(send(service, issued(), path=path)) == ["4124"]


def test_more_than_ten_thousand_records_are_a_fault(service: SiiService) -> None:
    record = cancelled().partition(b"</s:Cabecera>")[2].partition(b"</m:BajaLR")[0]

    answer = send(service, cancelled().replace(record, record * 10_001))

    assert codes_in(answer) == ["4117"]


@pytest.fixture(scope="module")
def agency(authority: ThrowawayAuthority) -> Iterator[tuple[RunningSandbox, list[Fault]]]:
    plan: list[Fault] = []
    with sandbox.serve(
        clock=lambda: NOW, authority=authority, faults=lambda: plan.pop() if plan else None
    ) as running:
        yield running, plan


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.TRUNCATED])
def test_a_lost_answer_over_https_leaves_the_record_held(
    agency: tuple[RunningSandbox, list[Fault]], credential: Credential, fault: Fault
) -> None:
    running, plan = agency
    body = issued(f"L-{fault}")
    url = running.url + ISSUED_PATH
    with http.client(credential=credential, trust=running.authority.pem, timeout=10) as connection:
        plan.append(fault)
        with pytest.raises(http.RemoteProtocolError):
            connection.post(url, content=body)

        answer = connection.post(url, content=body).text

    assert "RegistroDuplicado" in answer


@pytest.mark.parametrize("fault", [Fault.SOAP_FAULT, Fault.UNAVAILABLE])
def test_a_failure_over_https_leaves_nothing(
    agency: tuple[RunningSandbox, list[Fault]], credential: Credential, fault: Fault
) -> None:
    running, plan = agency
    body = issued(f"F-{fault}")
    url = running.url + ISSUED_PATH
    with http.client(credential=credential, trust=running.authority.pem, timeout=10) as connection:
        plan.append(fault)
        assert connection.post(url, content=body).status_code >= 500

        assert states_in(connection.post(url, content=body).text) == ["Correcto"]


def test_a_certificate_of_somebody_else_is_refused_over_https(
    agency: tuple[RunningSandbox, list[Fault]],
) -> None:
    running, _ = agency
    somebody = running.authority.issue(OTHER, "OTRA PRUEBAS DEMO")
    url = running.url + ISSUED_PATH
    with http.client(credential=somebody, trust=running.authority.pem, timeout=10) as connection:
        assert codes_in(connection.post(url, content=issued()).text) == ["4114"]


def test_the_same_seed_plays_the_same_faults(
    authority: ThrowawayAuthority, credential: Credential
) -> None:
    def heard(seed: int) -> list[str]:
        plan = sandbox.seeded(
            seed, {Fault.LOST_REPLY: 20, Fault.SOAP_FAULT: 20, Fault.UNAVAILABLE: 20}
        )
        found = []
        with sandbox.serve(clock=lambda: NOW, authority=authority, faults=plan) as running:
            trust = running.authority.pem
            with http.client(credential=credential, trust=trust, timeout=10) as connection:
                for number in range(12):
                    try:
                        reply = connection.post(
                            running.url + ISSUED_PATH, content=issued(f"S-{number}")
                        )
                    except http.RemoteProtocolError:
                        found.append("lost")
                    else:
                        found.append(f"{reply.status_code} {states_in(reply.text)}")
        return found

    first = heard(3)

    assert heard(3) == first
    assert heard(4) != first
    assert {"lost", "200 ['Correcto']"} < set(first)
