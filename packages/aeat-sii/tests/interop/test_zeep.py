"""zeep, with the official WSDL, sends records to the sandbox: a client that we did not write."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from aeat_sii import sandbox
from aeat_sii.sandbox.server import RunningSandbox
from einvoice_core.testing.judges import module, official

zeep = module("zeep")

ISSUER = "89890001K"
NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=timezone(timedelta(hours=2)))
RECORDED = "2026-07-01T09:00:00+02:00"


Operation = Callable[..., Any]
"""An operation of the WSDL; zeep has no types."""


@pytest.fixture(scope="module")
def agency() -> Iterator[RunningSandbox]:
    with sandbox.serve(clock=lambda: NOW) as running:
        yield running


@pytest.fixture(scope="module")
def services(
    agency: RunningSandbox, zeep_session: Callable[..., Any], zeep_transport: Any
) -> Iterator[dict[str, Any]]:
    session = zeep_session(agency, agency.authority.issue(ISSUER, "ANA PRUEBAS DEMO"))
    client = zeep.Client(
        str(official("verifactu/schema/SistemaFacturacion.wsdl")),
        transport=zeep_transport(session=session),
    )
    paths = {
        "sfVerifactu": sandbox.VERIFACTU_PATH,
        "sfRequerimiento": sandbox.REQUESTED_PATH,
    }
    yield {
        name.rpartition("}")[2]: client.create_service(
            name, agency.url + paths[name.rpartition("}")[2]]
        )
        for name in client.wsdl.bindings
    }
    session.close()


@pytest.fixture(scope="module")
def send(services: dict[str, Any]) -> Operation:
    operation: Operation = services["sfVerifactu"].RegFactuSistemaFacturacion
    return operation


def header() -> dict[str, Any]:
    return {"ObligadoEmision": {"NombreRazon": "CERTIFICADO UNO", "NIF": ISSUER}}


def registration(number: str, previous: dict[str, str] | None = None) -> dict[str, Any]:
    """Make the record as zeep wants it, and its fingerprint by hand."""
    before = previous["Huella"] if previous else ""
    text = (
        f"IDEmisorFactura={ISSUER}&NumSerieFactura={number}&FechaExpedicionFactura=01-07-2026"
        f"&TipoFactura=F1&CuotaTotal=21.00&ImporteTotal=121.00&Huella={before}"
        f"&FechaHoraHusoGenRegistro={RECORDED}"
    )
    return {
        "IDVersion": "1.0",
        "IDFactura": {
            "IDEmisorFactura": ISSUER,
            "NumSerieFactura": number,
            "FechaExpedicionFactura": "01-07-2026",
        },
        "NombreRazonEmisor": "CERTIFICADO UNO",
        "TipoFactura": "F1",
        "DescripcionOperacion": "Prueba",
        "Destinatarios": {
            "IDDestinatario": [{"NombreRazon": "CERTIFICADO DOS", "NIF": "89890002E"}]
        },
        "Desglose": {
            "DetalleDesglose": [
                {
                    "ClaveRegimen": "01",
                    "CalificacionOperacion": "S1",
                    "TipoImpositivo": "21",
                    "BaseImponibleOimporteNoSujeto": "100.00",
                    "CuotaRepercutida": "21.00",
                }
            ]
        },
        "CuotaTotal": "21.00",
        "ImporteTotal": "121.00",
        "Encadenamiento": {"RegistroAnterior": previous} if previous else {"PrimerRegistro": "S"},
        "SistemaInformatico": {
            "NombreRazon": "PROGRAMAS DE PRUEBA SL",
            "NIF": ISSUER,
            "NombreSistemaInformatico": "Prueba",
            "IdSistemaInformatico": "77",
            "Version": "1",
            "NumeroInstalacion": "1",
            "TipoUsoPosibleSoloVerifactu": "S",
            "TipoUsoPosibleMultiOT": "N",
            "IndicadorMultiplesOT": "N",
        },
        "FechaHoraHusoGenRegistro": datetime.fromisoformat(RECORDED),
        "TipoHuella": "01",
        "Huella": hashlib.sha256(text.encode()).hexdigest().upper(),
    }


def link_of(record: dict[str, Any]) -> dict[str, str]:
    return {**record["IDFactura"], "Huella": record["Huella"]}


def test_two_chained_records_are_accepted(send: Operation) -> None:
    first = registration("Z-1")
    second = registration("Z-2", link_of(first))

    answer = send(header(), [{"RegistroAlta": first}, {"RegistroAlta": second}])

    assert answer.EstadoEnvio == "Correcto"
    assert answer.CSV.startswith("A-")
    assert answer.DatosPresentacion.NIFPresentador == ISSUER
    assert [line.EstadoRegistro for line in answer.RespuestaLinea] == ["Correcto", "Correcto"]


def test_a_repeated_record_is_a_duplicate_and_a_wrong_fingerprint_a_warning(
    send: Operation,
) -> None:
    first = registration("Z-3")
    wrong = registration("Z-4", link_of(first)) | {"Huella": "0" * 64}
    send(header(), [{"RegistroAlta": first}])

    answer = send(header(), [{"RegistroAlta": first}, {"RegistroAlta": wrong}])

    duplicate, warned = answer.RespuestaLinea
    assert answer.EstadoEnvio == "ParcialmenteCorrecto"
    assert duplicate.CodigoErrorRegistro == 3000
    assert duplicate.RegistroDuplicado.EstadoRegistroDuplicado in ("Correcta", "AceptadaConErrores")
    assert (warned.EstadoRegistro, warned.CodigoErrorRegistro) == ("AceptadoConErrores", 2000)


def test_a_record_for_someone_else_is_a_fault(send: Operation) -> None:
    someone = {"ObligadoEmision": {"NombreRazon": "CERTIFICADO DOS", "NIF": "89890002E"}}

    with pytest.raises(zeep.exceptions.Fault, match=r"Codigo\[4112\]"):
        send(someone, [{"RegistroAlta": registration("Z-5")}])


def test_every_operation_of_the_wsdl_is_called(services: dict[str, Any]) -> None:
    client_operations = {
        (name, operation) for name, service in services.items() for operation in dir(service)
    }
    called = {
        ("sfVerifactu", "RegFactuSistemaFacturacion"),
        ("sfVerifactu", "ConsultaFactuSistemaFacturacion"),
        ("sfRequerimiento", "RegFactuSistemaFacturacion"),
    }

    assert {pair for pair in client_operations if pair[1].endswith("Facturacion")} == called


def test_a_query_finds_what_was_sent(services: dict[str, Any], send: Operation) -> None:
    first = registration("Z-10")
    send(header(), [{"RegistroAlta": first}])

    answer = services["sfVerifactu"].ConsultaFactuSistemaFacturacion(
        {"IDVersion": "1.0", **header()},
        {
            "PeriodoImputacion": {"Ejercicio": "2026", "Periodo": "07"},
            "NumSerieFactura": "Z-10",
        },
        {"MostrarNombreRazonEmisor": "S", "MostrarSistemaInformatico": "S"},
    )

    (row,) = answer.RegistroRespuestaConsultaFactuSistemaFacturacion
    assert answer.ResultadoConsulta == "ConDatos"
    assert row.IDFactura.NumSerieFactura == "Z-10"
    assert row.DatosRegistroFacturacion.Huella == first["Huella"]
    assert row.DatosRegistroFacturacion.SistemaInformatico.IdSistemaInformatico == "77"


def test_records_are_handed_over_on_request(services: dict[str, Any]) -> None:
    answer = services["sfRequerimiento"].RegFactuSistemaFacturacion(
        {
            **header(),
            "RemisionRequerimiento": {"RefRequerimiento": "REQ1", "FinRequerimiento": "S"},
        },
        [{"RegistroAlta": registration("Z-11")}],
    )

    assert answer.EstadoEnvio == "Correcto"


def test_a_request_without_reference_is_a_fault(services: dict[str, Any]) -> None:
    with pytest.raises(zeep.exceptions.Fault, match=r"Codigo\[4125\]"):
        services["sfRequerimiento"].RegFactuSistemaFacturacion(
            header(), [{"RegistroAlta": registration("Z-12")}]
        )
