"""The sandbox's answers to queries (``ConsultaFactuSistemaFacturacion``).

Source: tax agency, description of the web service v1.0.3, 6.4.3; ConsultaLR.xsd and
RespuestaConsultaLR.xsd, version 1.0.
"""

from datetime import date
from xml.sax.saxutils import escape

from lxml import etree

from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.reading import day
from aeat_sii.sandbox.register import Register, State, Stored
from aeat_sii.sandbox.soap import SOAP
from aeat_sii.sandbox.structure import LRC, SF, BadStructureError, check, text_of
from aeat_sii.sandbox.writing import copy, said, sf
from tax_es.ids import nif

__all__ = ["answer"]

_Q = LRC.replace("ConsultaLR", "RespuestaConsultaLR")
_STATES = {
    State.CORRECT: "Correcto",
    State.WITH_ERRORS: "AceptadoConErrores",
    State.CANCELLED: "Anulado",
}
_BEFORE_SYSTEM = [
    "RefExterna",
    "Subsanacion",
    "RechazoPrevio",
    "TipoFactura",
    "TipoRectificativa",
    "FacturasRectificadas",
    "FacturasSustituidas",
    "ImporteRectificacion",
    "FechaOperacion",
    "DescripcionOperacion",
    "FacturaSimplificadaArt7273",
    "FacturaSinIdentifDestinatarioArt61d",
    "Macrodato",
    "EmitidaPorTerceroODestinatario",
    "Tercero",
    "Destinatarios",
    "Cupon",
    "Desglose",
    "CuotaTotal",
    "ImporteTotal",
    "Encadenamiento",
]
_AFTER_SYSTEM = [
    "FechaHoraHusoGenRegistro",
    "NumRegistroAcuerdoFacturacion",
    "IdAcuerdoSistemaInformatico",
    "TipoHuella",
    "Huella",
]


def answer(
    message: etree._Element,
    register: Register,
    known: Knowledge,
    holder_nif: str | None,
    page_rows: int,
) -> bytes:
    """Answer a query about the records of VERI*FACTU systems.

    Args:
        message: The query.
        register: What is held.
        known: Who may ask for whom.
        holder_nif: NIF of the certificate that opened the connection.
        page_rows: Rows of an answer.

    Raises:
        BadStructureError: The query is refused.
    """
    wrong = check(message, "ConsultaFactuSistemaFacturacion", "1100")
    if wrong:
        raise BadStructureError(wrong[0].code)
    header, wanted = message.find(f"{{{LRC}}}Cabecera"), message.find(f"{{{LRC}}}FiltroConsulta")
    if header is None or wanted is None:
        raise BadStructureError("4102")
    asker = _asker(header, known, holder_nif)
    options = message.find(f"{{{LRC}}}DatosAdicionalesRespuesta")
    shows_name = _text(options, "MostrarNombreRazonEmisor") == "S"
    shows_system = _text(options, "MostrarSistemaInformatico") == "S"
    if header.find(f"{{{SF}}}Destinatario") is not None and shows_system:
        raise BadStructureError("1272")
    _check_filter(wanted)
    _check_system(wanted, register)
    rows = [stored for stored in register if _is_asked(stored, header, wanted, asker)]
    rows.sort(key=lambda stored: (stored.stored_at is None, stored.stored_at, stored.request_id))
    page = wanted.find(f"{{{LRC}}}ClavePaginacion")
    if page is not None:
        keys = [_key_texts(stored) for stored in rows]
        last = tuple(text_of(page, name) for name in _KEY)
        if last not in keys:
            raise BadStructureError("1104")
        rows = rows[keys.index(last) + 1 :]
    return _written(
        header, wanted, rows[:page_rows], shows_name, shows_system, len(rows) > page_rows
    )


_KEY = ("IDEmisorFactura", "NumSerieFactura", "FechaExpedicionFactura")


def _key_texts(stored: Stored) -> tuple[str, str, str]:
    return stored.key.issuer, stored.key.number, stored.key.issued_on


def _text(element: etree._Element | None, name: str) -> str:
    return "" if element is None else (element.findtext(f"{{{LRC}}}{name}") or "").strip()


def _asker(header: etree._Element, known: Knowledge, holder_nif: str | None) -> str:
    recipient = header.find(f"{{{SF}}}Destinatario")
    asker = text_of(header, "ObligadoEmision", "NIF") or text_of(recipient, "NIF")
    if not known.is_known(asker):
        raise BadStructureError("4104" if recipient is None else "4107", f"NIF: {asker}")
    if holder_nif is None:
        raise BadStructureError("4108")
    if recipient is not None and header.find(f"{{{SF}}}IndicadorRepresentante") is not None:
        raise BadStructureError("1261")
    as_representative = text_of(header, "IndicadorRepresentante") == "S"
    allowed = holder_nif == asker or known.may_act_for(holder_nif, asker) or as_representative
    if not allowed:
        raise BadStructureError("4140" if recipient is None else "4132")
    if known.is_suspended(asker):
        raise BadStructureError("4141")
    return holder_nif if as_representative else ""


def _check_filter(wanted: etree._Element) -> None:
    number = wanted.findtext(f"{{{LRC}}}NumSerieFactura") or ""
    if any(character in "<>\"'=" for character in number):
        raise BadStructureError("1287")
    other = wanted.find(f"{{{LRC}}}Contraparte")
    stated = text_of(other, "NIF")
    if stated and not text_of(other, "NombreRazon") and not nif.check(stated).is_entity:
        raise BadStructureError("1283")
    first, last = _range(wanted)
    if first and last and first > last:
        raise BadStructureError("1250")


def _check_system(wanted: etree._Element, register: Register) -> None:
    """Refuse a filter that fits several systems (an incomplete one may)."""
    system = wanted.find(f"{{{LRC}}}SistemaInformatico")
    if system is None:
        return
    found = {
        (text_of(named, "NombreSistemaInformatico"), text_of(named, "Version"))
        for stored in register
        if stored.registration is not None
        for named in [stored.registration.find(f"{{{SF}}}SistemaInformatico")]
        if _is_system(named, system)
    }
    if len(found) > 1:
        raise BadStructureError("1285")


def _is_system(named: etree._Element | None, filter_: etree._Element) -> bool:
    return named is not None and all(
        text_of(named, etree.QName(child).localname) == text_of(child)
        for child in filter_.iterchildren("*")
        if not len(child)
    )


def _range(wanted: etree._Element) -> tuple[date | None, date | None]:
    asked = wanted.find(f"{{{LRC}}}FechaExpedicionFactura")
    exact = text_of(asked, "FechaExpedicionFactura")
    first = exact or text_of(asked, "RangoFechaExpedicion", "Desde")
    last = exact or text_of(asked, "RangoFechaExpedicion", "Hasta")
    return (day(first) if first else None), (day(last) if last else None)


def _is_asked(
    stored: Stored, header: etree._Element, wanted: etree._Element, representative: str
) -> bool:
    record = stored.registration
    issuer, recipient = (
        text_of(header, "ObligadoEmision", "NIF"),
        text_of(header, "Destinatario", "NIF"),
    )
    recipients = (
        []
        if record is None
        else [text_of(node) for node in record.iterfind(f"{{{SF}}}Destinatarios//{{{SF}}}NIF")]
    )
    other = text_of(wanted.find(f"{{{LRC}}}Contraparte"), "NIF")
    if issuer:
        if stored.key.issuer != issuer or (other and other not in recipients):
            return False
    elif recipient not in recipients or (other and stored.key.issuer != other):
        return False
    if representative and stored.representative != representative:
        return False
    accrued = text_of(record, "FechaOperacion") or stored.key.issued_on
    period = wanted.find(f"{{{LRC}}}PeriodoImputacion")
    if (accrued[6:], accrued[3:5]) != (text_of(period, "Ejercicio"), text_of(period, "Periodo")):
        return False
    first, last = _range(wanted)
    issued = day(stored.key.issued_on)
    if (first and issued < first) or (last and issued > last):
        return False
    for name, value in (
        ("NumSerieFactura", stored.key.number),
        ("RefExterna", text_of(record, "RefExterna")),
    ):
        asked = _text(wanted, name)
        if asked and asked != value:
            return False
    system = wanted.find(f"{{{LRC}}}SistemaInformatico")
    named = None if record is None else record.find(f"{{{SF}}}SistemaInformatico")
    return system is None or _is_system(named, system)


def _written(
    header: etree._Element,
    wanted: etree._Element,
    rows: list[Stored],
    shows_name: bool,
    shows_system: bool,
    more: bool,
) -> bytes:
    period = wanted.find(f"{{{LRC}}}PeriodoImputacion")
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<env:Envelope xmlns:env="{SOAP}"><env:Header/><env:Body>',
        f'<q:RespuestaConsultaFactuSistemaFacturacion xmlns:q="{_Q}" xmlns:sf="{SF}">',
        "<q:Cabecera>",
        *(copy(child) for child in header.iterchildren("*")),
        f"</q:Cabecera><q:PeriodoImputacion><q:Ejercicio>{text_of(period, 'Ejercicio')}"
        f"</q:Ejercicio><q:Periodo>{text_of(period, 'Periodo')}</q:Periodo>"
        "</q:PeriodoImputacion>",
        f"<q:IndicadorPaginacion>{'S' if more else 'N'}</q:IndicadorPaginacion>",
        f"<q:ResultadoConsulta>{'ConDatos' if rows else 'SinDatos'}</q:ResultadoConsulta>",
        *(_row(stored, shows_name, shows_system) for stored in rows),
    ]
    if more:
        parts.append(f"<q:ClavePaginacion>{_named(rows[-1])}</q:ClavePaginacion>")
    parts.append("</q:RespuestaConsultaFactuSistemaFacturacion></env:Body></env:Envelope>")
    return "".join(parts).encode()


def _named(stored: Stored) -> str:
    return "".join(sf(name, text) for name, text in zip(_KEY, _key_texts(stored), strict=True))


def _row(stored: Stored, shows_name: bool, shows_system: bool) -> str:
    record = stored.registration
    name = "RegistroRespuestaConsultaFactuSistemaFacturacion"
    moment = stored.stored_at.replace(microsecond=0).isoformat() if stored.stored_at else ""
    data = [_q("NombreRazonEmisor", text_of(record, "NombreRazonEmisor"))] if shows_name else []
    names = [*_BEFORE_SYSTEM, *(["SistemaInformatico"] if shows_system else []), *_AFTER_SYSTEM]
    for each in names:
        child = None if record is None else record.find(f"{{{SF}}}{each}")
        if child is not None:
            data.append(_as_answer(child))
    if stored.representative:
        data.append(_q("NifRepresentante", stored.representative))
    parts = [
        f"<q:{name}><q:IDFactura>{_named(stored)}</q:IDFactura>",
        f"<q:DatosRegistroFacturacion>{''.join(data)}</q:DatosRegistroFacturacion>",
        "<q:DatosPresentacion>",
        sf("NIFPresentador", stored.presenter) + sf("TimestampPresentacion", moment),
        sf("IdPeticion", stored.request_id),
        f"</q:DatosPresentacion><q:EstadoRegistro>{_q('TimestampUltimaModificacion', moment)}",
        _q("EstadoRegistro", _STATES[stored.state]),
    ]
    if stored.code:
        parts += [_q("CodigoErrorRegistro", stored.code)]
        parts += [_q("DescripcionErrorRegistro", said(stored.code))]
    return "".join([*parts, f"</q:EstadoRegistro></q:{name}>"])


# Declared in the schema of the answer together with their children.
_OWN_WRAPPERS = ("FacturasRectificadas", "FacturasSustituidas", "Destinatarios", "Encadenamiento")


def _as_answer(element: etree._Element) -> str:
    """Write an element of a record in the namespace of the answer, its content as it was."""
    name = etree.QName(element).localname
    children = list(element.iterchildren("*"))
    if not children:
        return _q(name, text_of(element))
    own = name in _OWN_WRAPPERS
    inner = "".join(_as_answer(child) if own else copy(child) for child in children)
    return f"<q:{name}>{inner}</q:{name}>"


def _q(name: str, text: str) -> str:
    return f"<q:{name}>{escape(text)}</q:{name}>"
