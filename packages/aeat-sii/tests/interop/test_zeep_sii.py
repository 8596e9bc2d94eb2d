"""zeep, with the official WSDLs of SII, calls every operation of the sandbox."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from aeat_sii import sandbox
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.sandbox.sii import OPERATIONS
from einvoice_core.testing.judges import module, official

zeep = module("zeep")
from zeep.plugins import HistoryPlugin  # noqa: E402 - after the check that it is there

NIF, OTHER = "89890001K", "89890002E"
NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=timezone(timedelta(hours=2)))
PERIOD = {"Ejercicio": "2026", "Periodo": "06"}
PERSON = {"NombreRazon": "CERTIFICADO DOS", "NIF": OTHER}
TITULAR = {"NombreRazon": "CERTIFICADO UNO", "NIF": NIF}
DAY = "15-06-2026"
GERMAN = {"NombreRazon": "KUNDE GMBH", "IDOtro": {"IDType": "02", "ID": "DE123456789"}}
TAXED = {"TipoImpositivo": "21", "BaseImponible": "100.00"}
COMMON = {
    "TipoFactura": "F1",
    "ClaveRegimenEspecialOTrascendencia": "07",
    "ImporteTotal": "121.00",
    "DescripcionOperacion": "Prueba",
    "Contraparte": PERSON,
}


def header(purpose: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"IDVersionSii": "1.1", "Titular": TITULAR}
    return made | ({"TipoComunicacion": purpose} if purpose else {})


def named(issuer: dict[str, Any]) -> dict[str, Any]:
    return {
        "IDEmisorFactura": issuer,
        "NumSerieFacturaEmisor": "A-1",
        "FechaExpedicionFacturaEmisor": DAY,
    }


ISSUED_ID = named({"NIF": NIF})
RECEIVED_ID = named({"NIF": OTHER})
RECEIVED_ID_NAMED = named(PERSON)
ASSET_ID = named(PERSON)
PERIODIC = {"PeriodoLiquidacion": PERIOD}
PAYMENT = {"Fecha": "20-06-2026", "Importe": "121.00", "Medio": "01"}
GOODS_ID = {"Ejercicio": "2026", "Periodo": "06", "IdRegistro": "C-1"}

ISSUED = PERIODIC | {
    "IDFactura": ISSUED_ID,
    "FacturaExpedida": COMMON
    | {
        "TipoDesglose": {
            "DesgloseFactura": {
                "Sujeta": {
                    "NoExenta": {
                        "TipoNoExenta": "S1",
                        "DesgloseIVA": {"DetalleIVA": [TAXED | {"CuotaRepercutida": "21.00"}]},
                    }
                }
            }
        }
    },
}
BUILDING = ISSUED | {
    "IDFactura": ISSUED_ID | {"NumSerieFacturaEmisor": "A-12"},
    "FacturaExpedida": {**ISSUED["FacturaExpedida"], "ClaveRegimenEspecialOTrascendencia": "12"},
}
RECEIVED = PERIODIC | {
    "IDFactura": RECEIVED_ID,
    "FacturaRecibida": COMMON
    | {
        "DesgloseFactura": {"DesgloseIVA": {"DetalleIVA": [TAXED | {"CuotaSoportada": "21.00"}]}},
        "FechaRegContable": DAY,
        "CuotaDeducible": "21.00",
    },
}
ASSET = PERIODIC | {
    "IDFactura": ASSET_ID,
    "BienesInversion": {
        "IdentificacionBien": "MAQUINA 1",
        "FechaInicioUtilizacion": DAY,
        "ProrrataAnualDefinitiva": "80",
    },
}
INTRA = PERIODIC | {
    "IDFactura": named(TITULAR),
    "Contraparte": GERMAN,
    "OperacionIntracomunitaria": {
        "TipoOperacion": "A",
        "ClaveDeclarado": "D",
        "EstadoMiembro": "DE",
        "DescripcionBienes": "Piezas",
        "DireccionOperador": "Strasse 1",
    },
}
CONSIGNED = {
    "ClaveDeclarante": "V",
    "IdRegistroDeclarado": GOODS_ID,
    "TipoOperacion": "01",
    "Contraparte": GERMAN,
    "Deposito": {"DireccionAlmacen": "Strasse 1"},
    "OperacionIntracomunitaria": {
        "InfoExpedicionRecepcion": {
            "ValorBienes": "100.00",
            "EmPartida": "ES",
            "EmLlegada": "DE",
            "FechaExpedicion": DAY,
            "FechaLlegada": DAY,
            "Cantidad": "1",
            "DescripBienes": "Piezas",
        }
    },
}
LARGE = PERIODIC | {"Contraparte": PERSON, "ImporteTotal": "7000.00"}
INSURED = LARGE | {"ClaveOperacion": "A"}
ASKED_AS_CUSTOMER = {"IDVersionSii": "1.1", "TitularLRFR": TITULAR}
ASKED_AS_SUPPLIER = {"IDVersionSii": "1.1", "TitularLRFE": TITULAR}
IMPUTED = {"PeriodoImputacion": {"EjercicioImputacion": "2026", "PeriodoImputacion": "06"}}

Call = tuple[str, str, tuple[Any, ...]]
CALLS: list[Call] = [
    ("SuministroFactEmitidas", "SuministroLRFacturasEmitidas", (header("A0"), [ISSUED, BUILDING])),
    ("SuministroFactEmitidas", "ConsultaLRFacturasEmitidas", (header(), PERIODIC)),
    (
        "SuministroFactEmitidas",
        "ConsultaLRFactInformadasCliente",
        (ASKED_AS_SUPPLIER, IMPUTED),
    ),
    (
        "SuministroFactEmitidas",
        "ConsultaLRFactInformadasAgrupadasCliente",
        (ASKED_AS_SUPPLIER, IMPUTED),
    ),
    (
        "SuministroCobrosEmitidas",
        "SuministroLRCobrosEmitidas",
        (header(), [{"IDFactura": ISSUED_ID, "Cobros": {"Cobro": [PAYMENT]}}]),
    ),
    ("SuministroCobrosEmitidas", "ConsultaLRCobrosEmitidas", (header(), {"IDFactura": ISSUED_ID})),
    (
        "SuministroInmueblesAdicionales",
        "SuministroLRInmueblesAdicionales",
        (
            header(),
            [
                {
                    "IDFactura": BUILDING["IDFactura"],
                    "DatosInmueble": {"DetalleInmueble": [{"SituacionInmueble": "4"}]},
                }
            ],
        ),
    ),
    (
        "SuministroInmueblesAdicionales",
        "ConsultaLRInmueblesAdicionales",
        (header(), {"IDFactura": BUILDING["IDFactura"]}),
    ),
    ("SuministroFactRecibidas", "SuministroLRFacturasRecibidas", (header("A0"), [RECEIVED])),
    ("SuministroFactRecibidas", "ConsultaLRFacturasRecibidas", (header(), PERIODIC)),
    (
        "SuministroFactRecibidas",
        "ConsultaLRFactInformadasProveedor",
        (ASKED_AS_CUSTOMER, IMPUTED),
    ),
    (
        "SuministroFactRecibidas",
        "ConsultaLRFactInformadasAgrupadasProveedor",
        (ASKED_AS_CUSTOMER, IMPUTED),
    ),
    (
        "SuministroPagosRecibidas",
        "SuministroLRPagosRecibidas",
        (header(), [{"IDFactura": RECEIVED_ID_NAMED, "Pagos": {"Pago": [PAYMENT]}}]),
    ),
    (
        "SuministroPagosRecibidas",
        "ConsultaLRPagosRecibidas",
        (header(), {"IDFactura": RECEIVED_ID_NAMED}),
    ),
    ("ConsultaLLAA", "ConsultaLLAA", (header(), PERIODIC)),
    (
        "SuministroFactEmitidas",
        "AnulacionLRFacturasEmitidas",
        (header(), [PERIODIC | {"IDFactura": ISSUED_ID}]),
    ),
    (
        "SuministroFactRecibidas",
        "AnulacionLRFacturasRecibidas",
        (header(), [PERIODIC | {"IDFactura": RECEIVED_ID_NAMED}]),
    ),
    ("SuministroBienesInversion", "SuministroLRBienesInversion", (header("A0"), [ASSET])),
    ("SuministroBienesInversion", "ConsultaLRBienesInversion", (header(), PERIODIC)),
    (
        "SuministroBienesInversion",
        "AnulacionLRBienesInversion",
        (header(), [PERIODIC | {"IDFactura": ASSET_ID, "IdentificacionBien": "MAQUINA 1"}]),
    ),
    (
        "SuministroOpIntracomunitarias",
        "SuministroLRDetOperacionIntracomunitaria",
        (header("A0"), [INTRA]),
    ),
    (
        "SuministroOpIntracomunitarias",
        "ConsultaLRDetOperacionIntracomunitaria",
        (header(), PERIODIC),
    ),
    (
        "SuministroOpIntracomunitarias",
        "AnulacionLRDetOperacionIntracomunitaria",
        (header(), [PERIODIC | {"IDFactura": named(TITULAR)}]),
    ),
    (
        "SuministroVentaBienesConsigna",
        "SuministroLRVentaBienesConsigna",
        (header("A0"), [CONSIGNED]),
    ),
    (
        "SuministroVentaBienesConsigna",
        "ConsultaLRVentaBienesConsigna",
        (header(), {"Ejercicio": "2026", "Periodo": "06"}),
    ),
    (
        "SuministroVentaBienesConsigna",
        "AnulacionLRVentaBienesConsigna",
        (header(), [{"IdRegistroDeclarado": GOODS_ID}]),
    ),
]
for book, record in (
    ("CobrosMetalico", LARGE),
    ("AgenciasViajes", LARGE),
    ("OperacionesSeguros", INSURED),
):
    cancelled = {name: value for name, value in record.items() if name != "ImporteTotal"}
    CALLS += [
        ("SuministroOpTrascendTribu", f"SuministroLR{book}", (header("A0"), [record])),
        ("SuministroOpTrascendTribu", f"ConsultaLR{book}", (header(), PERIODIC)),
        ("SuministroOpTrascendTribu", f"AnulacionLR{book}", (header(), [cancelled])),
    ]


class _Services:
    """The services of one taxpayer; every answer is judged by the official schemas."""

    def __init__(self, agency: RunningSandbox, session: Any, transport: Any) -> None:
        self._agency, self._transport, self._session = agency, transport, session
        self._made: dict[str, Any] = {}
        self._schemas: dict[str, etree.XMLSchema] = {}
        self.history = HistoryPlugin()

    def of(self, wsdl: str) -> Any:
        if wsdl not in self._made:
            client = zeep.Client(
                str(official(f"sii/aeat-v1.1/{wsdl}.wsdl")),
                transport=self._transport(session=self._session),
                plugins=[self.history],
            )
            (binding,) = client.wsdl.bindings
            (service,) = client.wsdl.services.values()
            addresses = [port.binding_options["address"] for port in service.ports.values()]
            (path,) = {urlsplit(address).path for address in addresses}
            self._made[wsdl] = client.create_service(binding, self._agency.url + path)
        return self._made[wsdl]

    def call(self, wsdl: str, operation: str, arguments: tuple[Any, ...]) -> Any:
        answer = getattr(self.of(wsdl), operation)(*arguments)
        (message,) = self.history.last_received["envelope"].iterfind("{*}Body/*")
        name = etree.QName(message).namespace.rpartition("/")[2]
        if name not in self._schemas:
            self._schemas[name] = etree.XMLSchema(etree.parse(official(f"sii/aeat-v1.1/{name}")))
        self._schemas[name].assertValid(etree.fromstring(etree.tostring(message)))
        return answer


@pytest.fixture(scope="module")
def services(zeep_session: Callable[..., Any], zeep_transport: Any) -> Iterator[_Services]:
    with sandbox.serve(clock=lambda: NOW) as agency:
        session = zeep_session(agency, agency.authority.issue(NIF, "ANA PRUEBAS DEMO"))
        yield _Services(agency, session, zeep_transport)
        session.close()


def lines_of(answer: Any) -> list[str]:
    return [line.EstadoRegistro for line in answer.RespuestaLinea]


def test_every_operation_is_called_and_its_answer_is_official(services: _Services) -> None:
    for wsdl, operation, arguments in CALLS:
        answer = services.call(wsdl, operation, arguments)

        if (
            operation.startswith("Consulta")
            and "Informadas" not in operation
            and (operation != "ConsultaLLAA")
        ):
            assert answer.ResultadoConsulta == "ConDatos", operation
        elif not operation.startswith("Consulta"):
            assert set(lines_of(answer)) <= {"Correcto", "AceptadoConErrores"}, answer
            assert answer.CSV.startswith("A-")


def test_no_operation_of_the_services_is_left_out() -> None:
    offered = {
        (file.stem, operation.get("name"))
        for file in official("sii/aeat-v1.1").glob("*.wsdl")
        for operation in etree.parse(file).iterfind("{*}portType/{*}operation")
    }

    assert {(wsdl, operation) for wsdl, operation, _ in CALLS} == offered
    assert len(offered) == len(OPERATIONS)


def test_a_repeated_record_is_told_by_its_node(services: _Services) -> None:
    record = ISSUED | {"IDFactura": ISSUED_ID | {"NumSerieFacturaEmisor": "D-1"}}
    call = ("SuministroFactEmitidas", "SuministroLRFacturasEmitidas")
    services.call(*call, (header("A0"), [record]))

    answer = services.call(*call, (header("A0"), [record]))

    assert answer.EstadoEnvio == "Incorrecto"
    assert answer.RespuestaLinea[0].RegistroDuplicado.EstadoRegistro == "Correcta"


def test_a_book_of_somebody_else_is_a_fault(services: _Services) -> None:
    somebody = {"IDVersionSii": "1.1", "Titular": PERSON}

    with pytest.raises(zeep.exceptions.Fault, match=r"Codigo\[4114\]"):
        services.call("SuministroFactEmitidas", "ConsultaLRFacturasEmitidas", (somebody, PERIODIC))
