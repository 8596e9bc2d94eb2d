"""Descriptions (WSDL) of the sandbox's SOAP services, for clients in any language.

They are written by us, for the sandbox: no official WSDL is public. All are RPC over SOAP 1.1 with
literal messages; the caller signs them (WS-Security, X.509 token).
"""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from facturae_es.face.sandbox.b2b import B2B
from facturae_es.face.sandbox.soap import CLASSIC, CURRENT

__all__ = ["describe"]

_Fields = Sequence[str]
"""_Fields of a type: ``name type``, with ``?`` behind an optional one and ``*`` behind a list."""

_UNITS = ("oficinaContable Unidad", "organoGestor Unidad", "unidadTramitadora Unidad")
_CODES = ("codigo", "nombre")

_CURRENT_TYPES: Mapping[str, _Fields] = {
    "AnexoFile": ("anexo?", "nombre?"),
    "Anexos": ("item AnexoFile*",),
    "FacturaFile": ("factura?", "nombre?"),
    "EnviarFacturaRequest": ("correo?", "factura FacturaFile", "anexos Anexos?"),
    "EnviarFacturaResponse": ("factura Factura",),
    "DetalleFacturaRequest": ("codigoRegistro",),
    "DetalleFacturaResponse": ("factura Factura",),
    "SolicitarAnulacionRequest": ("codigoRegistro", "motivo"),
    "SolicitarAnulacionResponse": ("registro Registro", "solicitudAnulacion Solicitud"),
    "Solicitud": ("identificador", "estado", "motivo", "fecha"),
    "ConsultarEstadosResponse": (
        "estadosFactura Estados",
        "estadosAnulacion Estados",
        "estadosCesion Estados",
    ),
    "Estados": ("item EstadoDescrito*",),
    "EstadoDescrito": ("descripcion", *_CODES),
    "Estado": _CODES,
    "Registro": ("codigo", "fecha"),
    "Importe": ("valor", "moneda"),
    "Persona": ("nif", "nombre"),
    "Unidad": _CODES,
    "Relacion": _UNITS,
    "Fichero": ("identificador", "nombre", "tipo"),
    "Anejos": ("item Fichero*",),
    "Ficheros": ("facturae", "europea?", "anexos Anejos"),
    "Factura": (
        "registro Registro",
        "importe Importe",
        "serie?",
        "numero",
        "fechaExpedicion",
        "estadoTramitacion Estado",
        "estadoAnulacion Estado",
        "estadoCesion Estado?",
        "emisor Persona",
        "firmante Persona",
        "tercero Persona?",
        "receptor Persona",
        "cesionario Persona?",
        "relacion Relacion?",
        "ficheros Ficheros",
    ),
}
_CURRENT_OPERATIONS: Mapping[str, tuple[_Fields, str]] = {
    "enviarFactura": (("request EnviarFacturaRequest",), "EnviarFacturaResponse"),
    "detalleFactura": (("request DetalleFacturaRequest",), "DetalleFacturaResponse"),
    "solicitarAnulacion": (("request SolicitarAnulacionRequest",), "SolicitarAnulacionResponse"),
    "consultarEstados": ((), "ConsultarEstadosResponse"),
}

_RESULT = "resultado Resultado"
_CLASSIC_TYPES: Mapping[str, _Fields] = {
    "Resultado": ("codigo", "descripcion"),
    "Fichero": ("factura", "nombre", "mime"),
    "Anexo": ("anexo", "nombre", "mime"),
    "Anexos": ("anexo Anexo*",),
    "EnviarRequest": ("correo", "factura Fichero", "anexos Anexos"),
    "EnviarResponse": (_RESULT, "factura Enviada?"),
    "Enviada": (
        "numeroRegistro",
        "organoGestor",
        "unidadTramitadora",
        "oficinaContable",
        "identificadorEmisor",
        "numeroFactura",
        "serieFactura",
        "fechaRecepcion",
    ),
    "Estado": ("codigo", "descripcion", "motivo"),
    "Consultada": ("numeroRegistro", "tramitacion Estado", "anulacion Estado"),
    "ConsultarResponse": (_RESULT, "factura Consultada?"),
    "ListadoRequest": ("numeroRegistro*",),
    "ListadoItem": ("codigo", "descripcion?", "factura Consultada?"),
    "Listado": ("consultarListadoFactura ListadoItem*",),
    "ListadoResponse": (_RESULT, "facturas Listado?"),
    "Anulada": ("numeroRegistro", "mensaje"),
    "AnularResponse": (_RESULT, "factura Anulada?"),
    "EstadoDescrito": ("nombre", "codigo", "descripcion"),
    "Estados": ("estado EstadoDescrito*",),
    "EstadosResponse": (_RESULT, "estados Estados?"),
    "Unidad": _CODES,
    "Administraciones": ("administracion Unidad*",),
    "AdministracionesResponse": (_RESULT, "administraciones Administraciones?"),
    "OGUTOC": ("organoGestor Unidad", "unidadTramitadora Unidad", "oficinaContable Unidad"),
    "Relaciones": ("OGUTOC OGUTOC*",),
    "UnidadesResponse": (_RESULT, "relaciones Relaciones?"),
    "Nifs": ("nif*",),
    "NifsResponse": (_RESULT, "nifs Nifs?"),
}
_CLASSIC_OPERATIONS: Mapping[str, tuple[_Fields, str]] = {
    "enviarFactura": (("request EnviarRequest",), "EnviarResponse"),
    "consultarFactura": (("numeroRegistro",), "ConsultarResponse"),
    "consultarListadoFacturas": (("request ListadoRequest",), "ListadoResponse"),
    "anularFactura": (("numeroRegistro", "motivo"), "AnularResponse"),
    "consultarEstados": ((), "EstadosResponse"),
    "consultarAdministraciones": ((), "AdministracionesResponse"),
    "consultarAdministracionesRepositorio": ((), "AdministracionesResponse"),
    "consultarUnidades": ((), "UnidadesResponse"),
    "consultarUnidadesPorAdministracion": (("codigoDir",), "UnidadesResponse"),
    "consultarNIFs": ((), "NifsResponse"),
    "consultarNIFsPorAdministracion": (("codigoDir",), "NifsResponse"),
}

_STATUS = "resultStatus ResultStatus"
_ABOUT: _Fields = ("registryNumber",)
_B2B_TYPES: Mapping[str, _Fields] = {
    "ResultStatus": ("code", "detail", "message"),
    "File": ("content", "name", "mime"),
    "Status": ("code", "name", "reason"),
    "Party": ("taxIdentification", "name"),
    "Detail": (
        "registryNumber",
        "receptionDate",
        "number",
        "seriesCode",
        "totalAmount",
        "seller Party",
        "buyer Party",
        "statusInfo Status",
        "cancellationInfo Status",
    ),
    "Details": ("invoiceDetail Detail*",),
    "DetailResponse": (_STATUS, "invoiceDetail Detail?"),
    "RegisteredResponse": (_STATUS, "registeredInvoices Details?"),
    "CancellationsResponse": (_STATUS, "invoiceCancellations Details?"),
    "DownloadResponse": (_STATUS, "invoiceFile File?", "attachmentFile File?", "report?"),
    "ReportResponse": (_STATUS, "report?"),
    "Code": ("code", "name", "description"),
    "Codes": ("code Code*",),
    "CodesResponse": (_STATUS, "codes Codes?"),
    "SendRequest": ("invoiceFile File", "attachmentFile File?"),
    "AboutRequest": _ABOUT,
    "ReasonRequest": (*_ABOUT, "reason", "comment?"),
    "CommentRequest": (*_ABOUT, "comment"),
    "ListRequest": ("receivingUnit?",),
    "DownloadRequest": (*_ABOUT, "signatureValidationMode?"),
    "ValidateRequest": (*_ABOUT, "invoiceFile File"),
    "CodesRequest": ("codeType",),
    "EmptyRequest": (),
}
_B2B_OPERATIONS: Mapping[str, tuple[_Fields, str]] = {
    name: ((f"request {asked}Request",), f"{answered}Response")
    for name, asked, answered in (
        ("SendInvoice", "Send", "Detail"),
        ("GetInvoiceDetails", "About", "Detail"),
        ("RequestInvoiceCancellation", "Reason", "Detail"),
        ("GetRegisteredInvoices", "List", "Registered"),
        ("GetInvoiceCancellations", "Empty", "Cancellations"),
        ("DownloadInvoice", "Download", "Download"),
        ("ConfirmInvoiceDownload", "About", "Detail"),
        ("RejectInvoice", "Reason", "Detail"),
        ("MarkInvoiceAsPaid", "About", "Detail"),
        ("AcceptInvoiceCancellation", "About", "Detail"),
        ("RejectInvoiceCancellation", "Comment", "Detail"),
        ("ValidateInvoiceSignature", "Validate", "Report"),
        ("GetCodes", "Codes", "Codes"),
    )
}

_SERVICES = {
    "/proveedores/v1/factura": ("Proveedores", CURRENT, _CURRENT_TYPES, _CURRENT_OPERATIONS),
    "/facturasspp2": ("FacturaSSPP", CLASSIC, _CLASSIC_TYPES, _CLASSIC_OPERATIONS),
    "/sv1/invoice": ("Invoice", B2B, _B2B_TYPES, _B2B_OPERATIONS),
}


def describe(path: str, url: str) -> bytes | None:
    """Write the description of a service.

    Args:
        path: Of the service.
        url: Where it answers.

    Returns:
        The WSDL; ``None`` for a path without a service.
    """
    if path not in _SERVICES:
        return None
    name, namespace, types, operations = _SERVICES[path]
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<definitions name="{name}" targetNamespace="{namespace}" xmlns:t="{namespace}" '
        'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">\n'
        f'<types><xs:schema targetNamespace="{namespace}">',
        *(_type(type_name, fields) for type_name, fields in types.items()),
        "</xs:schema></types>\n",
    ]
    for operation, (asked, answered) in operations.items():
        given = "".join(f"<part {_typed(field)}/>" for field in asked)
        parts.append(f'<message name="{operation}Request">{given}</message>\n')
        parts.append(
            f'<message name="{operation}Response"><part name="return" type="t:{answered}"/>'
            "</message>\n"
        )
    parts.append(f'<portType name="{name}">')
    parts += [
        f'<operation name="{operation}"><input message="t:{operation}Request"/>'
        f'<output message="t:{operation}Response"/></operation>'
        for operation in operations
    ]
    body = f'<soap:body use="literal" namespace="{namespace}"/>'
    parts.append(
        f'</portType>\n<binding name="{name}Binding" type="t:{name}"><soap:binding style="rpc" '
        'transport="http://schemas.xmlsoap.org/soap/http"/>'
    )
    parts += [
        f'<operation name="{operation}"><soap:operation soapAction="{namespace}#{operation}"/>'
        f"<input>{body}</input><output>{body}</output></operation>"
        for operation in operations
    ]
    parts.append(
        f'</binding>\n<service name="{name}"><port name="{name}" binding="t:{name}Binding">'
        f'<soap:address location="{escape(url)}"/></port></service></definitions>\n'
    )
    return "".join(parts).encode("utf-8")


def _type(name: str, fields: _Fields) -> str:
    inside = "".join(f"<xs:element {_typed(field)}{_times(field)}/>" for field in fields)
    return f'<xs:complexType name="{name}"><xs:sequence>{inside}</xs:sequence></xs:complexType>'


def _typed(field: str) -> str:
    name, _, kind = field.rstrip("?*").partition(" ")
    return f'name="{name}" type="{f"t:{kind}" if kind else "xs:string"}"'


def _times(field: str) -> str:
    if field.endswith("*"):
        return ' minOccurs="0" maxOccurs="unbounded"'
    return ' minOccurs="0" nillable="true"' if field.endswith("?") else ""
