"""The SOAP services for suppliers: the current one and the classic one.

Source: FACe, manual SOAP for suppliers 2.0.0, section 5; the classic one as programs speak it.
"""

from collections.abc import Callable, Mapping

from lxml import etree

from einvoice_core.testing.service import Answer, Call
from facturae_es.face.sandbox._messages import (
    Content,
    answered,
    file_octets,
    local_name,
    opened,
    refused,
    text_at,
)
from facturae_es.face.sandbox.desk import Desk, RefusedError
from facturae_es.face.sandbox.directory import Unit
from facturae_es.face.sandbox.register import (
    ASSIGNMENT,
    CANCELLATION,
    PROCESSING,
    Held,
    StateError,
)

__all__ = ["CLASSIC", "CURRENT", "answer"]

CURRENT = "https://se-ws-face.redsara.es/proveedores/v1/factura"
CLASSIC = "https://webservice.face.gob.es"

_Handler = Callable[[Desk, str, etree._Element], Content]


def answer(desk: Desk, call: Call) -> Answer:
    """Answer a request to one of the services; the path says to which."""
    current = call.path == "/proveedores/v1/factura"
    namespace, handlers = (CURRENT, _CURRENT) if current else (CLASSIC, _CLASSIC)
    try:
        caller, message = opened(desk, call)
        name = local_name(message)
        handler = handlers.get(name)
        if handler is None or etree.QName(message).namespace != namespace:
            raise RefusedError(404, f"No encontrado: {name}")
        return answered(namespace, name, handler(desk, caller, message))
    except RefusedError as error:
        if current or error.status == 401:
            return refused(error)
        words = [error.said, *(text for texts in error.reasons.values() for text in texts)]
        result = (("codigo", str(error.status)), ("descripcion", ". ".join(words)))
        return answered(namespace, name, (("resultado", result),))
    except StateError as error:
        if current:
            return refused(RefusedError(409, str(error)))
        result = (("codigo", "409"), ("descripcion", str(error)))
        return answered(namespace, name, (("resultado", result),))


def _submit(desk: Desk, caller: str, message: etree._Element) -> Content:
    held = _taken(desk, caller, message, "anexo")
    return (("factura", _invoice(desk, held)),)


def _taken(desk: Desk, caller: str, message: etree._Element, name: str) -> Held:
    asked = _child(message, "request")
    content = file_octets(text_at(asked, "factura", "factura"))
    file, email = text_at(asked, "factura", "nombre"), text_at(asked, "correo")
    if not (content and file):
        raise RefusedError(400, "Solicitud incorrecta: falta la factura o su nombre")
    attached = tuple(
        (text_at(item, "nombre"), file_octets(text_at(item, "anexo")))
        for item in _child(asked, "anexos").iterchildren("*")
        if local_name(item) in ("item", name)
    )
    return desk.take(caller, content, file, email, attached)


def _detail(desk: Desk, caller: str, message: etree._Element) -> Content:
    held = desk.show(caller, text_at(message, "request", "codigoRegistro"))
    return (("factura", _invoice(desk, held)),)


def _cancel(desk: Desk, caller: str, message: etree._Element) -> Content:
    code, reason = (text_at(message, "request", name) for name in ("codigoRegistro", "motivo"))
    held = desk.show(caller, code)
    if not reason:
        raise RefusedError(400, "Solicitud incorrecta: falta el motivo")
    desk.register.request_cancellation(code, reason)
    asked = (
        ("identificador", held.cancellation_id),
        ("estado", CANCELLATION["4200"][0]),
        ("motivo", reason),
        ("fecha", held.cancellation.at.isoformat()),
    )
    return (("registro", _registry(held)), ("solicitudAnulacion", asked))


def _states(desk: Desk, caller: str, message: etree._Element) -> Content:
    tables = (
        ("estadosFactura", PROCESSING),
        ("estadosAnulacion", CANCELLATION),
        ("estadosCesion", ASSIGNMENT),
    )
    return [(name, _table(table)) for name, table in tables]


def _table(table: Mapping[str, tuple[str, str]]) -> Content:
    return [
        ("item", (("descripcion", description), ("codigo", code), ("nombre", name)))
        for code, (name, description) in table.items()
    ]


def _invoice(desk: Desk, held: Held) -> Content:
    document = held.document
    relation = desk.relation_of(document)
    units = (
        (
            ("oficinaContable", _unit(relation.office)),
            ("organoGestor", _unit(relation.body)),
            ("unidadTramitadora", _unit(relation.unit)),
        )
        if relation
        else None
    )
    attachments = [
        ("item", (("identificador", f"{n:013}"), ("nombre", name), ("tipo", "application/pdf")))
        for n, (name, _) in enumerate(held.attachments)
    ]
    files = (("facturae", held.code[-13:]), ("europea", None), ("anexos", attachments))
    return (
        ("registro", _registry(held)),
        ("importe", (("valor", document.amount), ("moneda", document.currency))),
        ("serie", document.series),
        ("numero", document.number),
        ("fechaExpedicion", f"{document.issued_on}T00:00:00.000+01:00"),
        ("estadoTramitacion", _state(held.state.code, PROCESSING)),
        ("estadoAnulacion", _state(held.cancellation.code, CANCELLATION)),
        ("estadoCesion", None),
        ("emisor", _party(document.seller)),
        ("firmante", _party(document.signer)),
        ("tercero", None),
        ("receptor", _party(document.buyer)),
        ("cesionario", None),
        ("relacion", units),
        ("ficheros", files),
    )


def _registry(held: Held) -> Content:
    return (("codigo", held.code), ("fecha", held.registered_at.isoformat()))


def _state(code: str, table: Mapping[str, tuple[str, str]]) -> Content:
    return (("codigo", code), ("nombre", table[code][0]))


def _party(party: tuple[str, str]) -> Content:
    return (("nif", party[0]), ("nombre", party[1]))


def _unit(unit: Unit) -> Content:
    return (("codigo", unit.code), ("nombre", unit.name))


_DONE: Content = (("codigo", "0"), ("descripcion", "Correcto"))


def _classic_submit(desk: Desk, caller: str, message: etree._Element) -> Content:
    held = _taken(desk, caller, message, "anexo")
    centres, document = held.document.centres, held.document
    told = (
        ("numeroRegistro", held.code),
        ("organoGestor", centres.get("02", "")),
        ("unidadTramitadora", centres.get("03", "")),
        ("oficinaContable", centres.get("01", "")),
        ("identificadorEmisor", document.seller[0]),
        ("numeroFactura", document.number),
        ("serieFactura", document.series),
        ("fechaRecepcion", held.registered_at.isoformat()),
    )
    return (("resultado", _DONE), ("factura", told))


def _classic_detail(desk: Desk, caller: str, message: etree._Element) -> Content:
    held = desk.show(caller, text_at(message, "numeroRegistro"))
    return (("resultado", _DONE), ("factura", _classic_states(held)))


def _classic_list(desk: Desk, caller: str, message: etree._Element) -> Content:
    codes = [c.text or "" for c in _child(message, "request").iterchildren("*")]
    items: list[tuple[str, Content]] = []
    for code in codes:
        try:
            shown = _classic_states(desk.show(caller, code.strip()))
            items.append(("consultarListadoFactura", (("codigo", "0"), ("factura", shown))))
        except RefusedError as error:
            told = (("codigo", str(error.status)), ("descripcion", error.said))
            items.append(("consultarListadoFactura", told))
    return (("resultado", _DONE), ("facturas", items))


def _classic_states(held: Held) -> Content:
    return (
        ("numeroRegistro", held.code),
        ("tramitacion", _classic_state(held.state.code, PROCESSING, held.state.comment)),
        (
            "anulacion",
            _classic_state(held.cancellation.code, CANCELLATION, held.cancellation.comment),
        ),
    )


def _classic_state(code: str, table: Mapping[str, tuple[str, str]], why: str) -> Content:
    return (("codigo", code), ("descripcion", table[code][0]), ("motivo", why))


def _classic_cancel(desk: Desk, caller: str, message: etree._Element) -> Content:
    code, reason = text_at(message, "numeroRegistro"), text_at(message, "motivo")
    desk.show(caller, code)
    if not reason:
        raise RefusedError(400, "Solicitud incorrecta: falta el motivo")
    desk.register.request_cancellation(code, reason)
    told = (("numeroRegistro", code), ("mensaje", "Solicitud de anulación registrada"))
    return (("resultado", _DONE), ("factura", told))


def _classic_catalogue(desk: Desk, caller: str, message: etree._Element) -> Content:
    rows = [
        ("estado", (("nombre", name), ("codigo", code), ("descripcion", text)))
        for table in (PROCESSING, CANCELLATION)
        for code, (name, text) in table.items()
    ]
    return (("resultado", _DONE), ("estados", rows))


def _classic_administrations(desk: Desk, caller: str, message: etree._Element) -> Content:
    found = {each.administration.code: each.administration for each in desk.relations}
    rows = [("administracion", _unit(unit)) for unit in found.values()]
    return (("resultado", _DONE), ("administraciones", rows))


def _classic_units(desk: Desk, caller: str, message: etree._Element) -> Content:
    code = text_at(message, "codigoDir")
    rows = [
        (
            "OGUTOC",
            (
                ("organoGestor", _unit(each.body)),
                ("unidadTramitadora", _unit(each.unit)),
                ("oficinaContable", _unit(each.office)),
            ),
        )
        for each in desk.relations
        if code in ("", each.administration.code)
    ]
    return (("resultado", _DONE), ("relaciones", rows))


def _classic_tax_numbers(desk: Desk, caller: str, message: etree._Element) -> Content:
    code = text_at(message, "codigoDir")
    found = dict.fromkeys(
        each.nif for each in desk.relations if code in ("", each.administration.code)
    )
    return (("resultado", _DONE), ("nifs", [("nif", nif) for nif in found]))


def _child(element: etree._Element, name: str) -> etree._Element:
    inside = (child for child in element.iterchildren("*") if local_name(child) == name)
    found = next(inside, None)
    return found if found is not None else etree.Element(name)


_CURRENT: Mapping[str, _Handler] = {
    "enviarFactura": _submit,
    "detalleFactura": _detail,
    "solicitarAnulacion": _cancel,
    "consultarEstados": _states,
}
_CLASSIC: Mapping[str, _Handler] = {
    "enviarFactura": _classic_submit,
    "consultarFactura": _classic_detail,
    "consultarListadoFacturas": _classic_list,
    "anularFactura": _classic_cancel,
    "consultarEstados": _classic_catalogue,
    "consultarAdministraciones": _classic_administrations,
    "consultarAdministracionesRepositorio": _classic_administrations,
    "consultarUnidades": _classic_units,
    "consultarUnidadesPorAdministracion": _classic_units,
    "consultarNIFs": _classic_tax_numbers,
    "consultarNIFsPorAdministracion": _classic_tax_numbers,
}
