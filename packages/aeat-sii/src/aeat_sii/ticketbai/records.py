"""The file of an invoice (``TicketBai``), as the official schema 1.2.2 has it."""

from datetime import date, datetime, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from aeat_sii._types import YES_NO, Amount12, Country, Percent, Text
from einvoice_core.lexical import AEAT_DATE, Codec
from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml import binding
from einvoice_core.xml.parsing import LIMITS, Limits, parse

__all__ = [
    "NAMESPACE",
    "Breakdown",
    "BreakdownKind",
    "ByOperation",
    "Contents",
    "Corrective",
    "Detail",
    "Developer",
    "Device",
    "Exempt",
    "Header",
    "Heading",
    "InvoicePart",
    "Issuer",
    "NotExempt",
    "NotSubject",
    "OtherId",
    "OtherInvoice",
    "Previous",
    "Recipient",
    "RegimeKey",
    "ReplacedAmounts",
    "Software",
    "Subject",
    "Subjects",
    "Taxed",
    "TicketBai",
    "Trace",
    "read",
    "write",
]

NAMESPACE = "urn:ticketbai:emision"


def _decode_time(text: str) -> time:
    return datetime.strptime(text.strip(), "%H:%M:%S").time()  # noqa: DTZ007 - a time of the day


_TIME: Codec[time] = Codec("time of the day", _decode_time, lambda value: f"{value:%H:%M:%S}")
_Text20 = Annotated[Text, Field(min_length=1, max_length=20)]
_Text120 = Annotated[Text, Field(min_length=1, max_length=120)]
_Text250 = Annotated[Text, Field(min_length=1, max_length=250)]
_Nif = Annotated[str, Field(pattern=r"^([A-Z][0-9]{7}[0-9A-Z]|[0-9]{8}[A-Z])$")]
"""Eight digits and a letter, or a letter, seven digits and a control character."""
_IdKind = Literal["02", "03", "04", "05", "06"]
_Regime = Literal[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "17",
    "19", "51", "52", "53", "54",
]  # fmt: skip


class OtherId(Record):
    """Identifies who has no NIF (``IDOtro``)."""

    country: Annotated[Country | None, Xml("CodigoPais")] = None
    kind: Annotated[_IdKind, Xml("IDType")]
    id: Annotated[_Text20, Xml("ID")]


class Issuer(Record):
    """Who issues the invoice (``Emisor``)."""

    nif: Annotated[_Nif, Xml("NIF")]
    name: Annotated[_Text120, Xml("ApellidosNombreRazonSocial")]


class Recipient(Record):
    """Who receives it (``IDDestinatario``)."""

    nif: Annotated[_Nif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None
    name: Annotated[_Text120, Xml("ApellidosNombreRazonSocial")]
    post_code: Annotated[_Text20 | None, Xml("CodigoPostal")] = None
    address: Annotated[_Text250 | None, Xml("Direccion")] = None


class Subjects(Record):
    """Issuer and recipients (``Sujetos``)."""

    issuer: Annotated[Issuer, Xml("Emisor")]
    recipients: Annotated[
        tuple[Recipient, ...], Xml("IDDestinatario", inside="Destinatarios"), Field(max_length=100)
    ] = ()
    several_recipients: Annotated[bool | None, Xml("VariosDestinatarios", YES_NO)] = None
    issued_by: Annotated[Literal["N", "T", "D"] | None, Xml("EmitidaPorTercerosODestinatario")] = (
        None
    )
    """The issuer itself (N), a third party (T) or the recipient (D)."""


class ReplacedAmounts(Record):
    """What a corrective invoice by substitution replaces (``ImporteRectificacionSustitutiva``)."""

    taxable_base: Annotated[Amount12, Xml("BaseRectificada")]
    output_tax: Annotated[Amount12, Xml("CuotaRectificada")]
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoRectificada")] = None


class Corrective(Record):
    """Why and how an invoice corrects (``FacturaRectificativa``)."""

    code: Annotated[Literal["R1", "R2", "R3", "R4", "R5"], Xml("Codigo")]
    kind: Annotated[Literal["S", "I"], Xml("Tipo")]
    replaced: Annotated[ReplacedAmounts | None, Xml("ImporteRectificacionSustitutiva")] = None


class OtherInvoice(Record):
    """An invoice that is corrected or substituted (``IDFacturaRectificadaSustituida``)."""

    series: Annotated[_Text20 | None, Xml("SerieFactura")] = None
    number: Annotated[_Text20, Xml("NumFactura")]
    issued_on: Annotated[date, Xml("FechaExpedicionFactura", AEAT_DATE)]


class Heading(Record):
    """Number, day and kind (``CabeceraFactura``)."""

    series: Annotated[_Text20 | None, Xml("SerieFactura")] = None
    number: Annotated[_Text20, Xml("NumFactura")]
    issued_on: Annotated[date, Xml("FechaExpedicionFactura", AEAT_DATE)]
    issued_at: Annotated[time, Xml("HoraExpedicionFactura", _TIME)]
    is_simplified: Annotated[bool | None, Xml("FacturaSimplificada", YES_NO)] = None
    replaces_simplified: Annotated[
        bool | None, Xml("FacturaEmitidaSustitucionSimplificada", YES_NO)
    ] = None
    corrective: Annotated[Corrective | None, Xml("FacturaRectificativa")] = None
    others: Annotated[
        tuple[OtherInvoice, ...],
        Xml("IDFacturaRectificadaSustituida", inside="FacturasRectificadasSustituidas"),
        Field(max_length=100),
    ] = ()


class Detail(Record):
    """A line of the invoice (``IDDetalleFactura``)."""

    description: Annotated[_Text250, Xml("DescripcionDetalle")]
    quantity: Annotated[Amount, Xml("Cantidad")]
    unit_price: Annotated[Amount, Xml("ImporteUnitario")]
    discount: Annotated[Amount | None, Xml("Descuento")] = None
    total: Annotated[Amount, Xml("ImporteTotal")]
    """With its taxes."""


class RegimeKey(Record):
    """A regime of the operation (``IDClave``)."""

    code: Annotated[_Regime, Xml("ClaveRegimenIvaOpTrascendencia")]


class Contents(Record):
    """What the invoice is about (``DatosFactura``)."""

    operated_on: Annotated[date | None, Xml("FechaOperacion", AEAT_DATE)] = None
    description: Annotated[_Text250, Xml("DescripcionFactura")]
    details: Annotated[
        tuple[Detail, ...],
        Xml("IDDetalleFactura", inside="DetallesFactura"),
        Field(max_length=1_000),
    ] = ()
    total: Annotated[Amount12, Xml("ImporteTotalFactura")]
    withheld: Annotated[Amount12 | None, Xml("RetencionSoportada")] = None
    base_at_cost: Annotated[Amount12 | None, Xml("BaseImponibleACoste")] = None
    regimes: Annotated[
        tuple[RegimeKey, ...], Xml("IDClave", inside="Claves"), Field(min_length=1, max_length=3)
    ]


class Exempt(Record):
    """An exempt base (``DetalleExenta``)."""

    cause: Annotated[Literal["E1", "E2", "E3", "E4", "E5", "E6"], Xml("CausaExencion")]
    taxable_base: Annotated[Amount12, Xml("BaseImponible")]


class Taxed(Record):
    """Base and tax of one rate (``DetalleIVA``)."""

    taxable_base: Annotated[Amount12, Xml("BaseImponible")]
    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    output_tax: Annotated[Amount12 | None, Xml("CuotaImpuesto")] = None
    surcharge_percent: Annotated[Percent | None, Xml("TipoRecargoEquivalencia")] = None
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoEquivalencia")] = None
    of_retailer: Annotated[
        bool | None, Xml("OperacionEnRecargoDeEquivalenciaORegimenSimplificado", YES_NO)
    ] = None
    """The issuer is under the equivalence surcharge or the simplified regime."""


class NotExempt(Record):
    """What bears the tax (S1), or whose recipient owes it (S2) (``DetalleNoExenta``)."""

    kind: Annotated[Literal["S1", "S2"], Xml("TipoNoExenta")]
    rates: Annotated[
        tuple[Taxed, ...],
        Xml("DetalleIVA", inside="DesgloseIVA"),
        Field(min_length=1, max_length=12),
    ]


class NotSubject(Record):
    """What is not subject to the tax (``DetalleNoSujeta``)."""

    cause: Annotated[Literal["OT", "RL", "VT", "IE"], Xml("Causa")]
    amount: Annotated[Amount12, Xml("Importe")]


class Subject(Record):
    """What is subject to the tax (``Sujeta``)."""

    exempt: Annotated[tuple[Exempt, ...], Xml("DetalleExenta", inside="Exenta")] = ()
    not_exempt: Annotated[tuple[NotExempt, ...], Xml("DetalleNoExenta", inside="NoExenta")] = ()


class Breakdown(Record):
    """The tax of an invoice, or of its goods or services (``DesgloseFactura`` and others)."""

    subject: Annotated[Subject | None, Xml("Sujeta")] = None
    not_subject: Annotated[tuple[NotSubject, ...], Xml("DetalleNoSujeta", inside="NoSujeta")] = ()


class ByOperation(Record):
    """Services and goods apart, which a foreign recipient asks for (``DesgloseTipoOperacion``)."""

    services: Annotated[Breakdown | None, Xml("PrestacionServicios")] = None
    goods: Annotated[Breakdown | None, Xml("Entrega")] = None


class BreakdownKind(Record):
    """One of both forms of the breakdown (``TipoDesglose``)."""

    invoice: Annotated[Breakdown | None, Xml("DesgloseFactura", choice="form")] = None
    by_operation: Annotated[ByOperation | None, Xml("DesgloseTipoOperacion", choice="form")] = None


class InvoicePart(Record):
    """The invoice (``Factura``)."""

    heading: Annotated[Heading, Xml("CabeceraFactura")]
    contents: Annotated[Contents, Xml("DatosFactura")]
    breakdown: Annotated[BreakdownKind, Xml("TipoDesglose")]


class Previous(Record):
    """The invoice before this one in the chain (``EncadenamientoFacturaAnterior``)."""

    series: Annotated[_Text20 | None, Xml("SerieFacturaAnterior")] = None
    number: Annotated[_Text20, Xml("NumFacturaAnterior")]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaAnterior", AEAT_DATE)]
    signature_value: Annotated[
        Text, Xml("SignatureValueFirmaFacturaAnterior"), Field(min_length=1, max_length=100)
    ]
    """The first hundred characters of its ``SignatureValue``."""


class Developer(Record):
    """Who made the program (``EntidadDesarrolladora``)."""

    nif: Annotated[_Nif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class Software(Record):
    """The program (``Software``)."""

    licence: Annotated[_Text20, Xml("LicenciaTBAI")]
    developer: Annotated[Developer, Xml("EntidadDesarrolladora")]
    name: Annotated[_Text120, Xml("Nombre")]
    version: Annotated[_Text20, Xml("Version")]


class Trace(Record):
    """Place in the chain, and the program (``HuellaTBAI``)."""

    previous: Annotated[Previous | None, Xml("EncadenamientoFacturaAnterior")] = None
    software: Annotated[Software, Xml("Software")]
    device: Annotated[Annotated[Text, Field(max_length=30)] | None, Xml("NumSerieDispositivo")] = (
        None
    )


class Header(Record):
    """The version (``Cabecera``)."""

    version: Annotated[Literal["1.2"], Xml("IDVersionTBAI")] = "1.2"


class TicketBai(Record):
    """The file of an invoice, without its signature."""

    xml_type: ClassVar[XmlType | None] = XmlType("TicketBai", NAMESPACE)

    header: Annotated[Header, Xml("Cabecera")] = Header()
    subjects: Annotated[Subjects, Xml("Sujetos")]
    invoice: Annotated[InvoicePart, Xml("Factura")]
    trace: Annotated[Trace, Xml("HuellaTBAI")]


class Device(Record):
    """The program that issues, as it was registered with the treasury, and where it runs."""

    licence: _Text20
    developer_nif: _Nif
    name: _Text120
    version: _Text20
    serial: Annotated[Text, Field(max_length=30)] | None = None


def write(document: TicketBai) -> bytes:
    """Write the file, ready to be signed."""
    return binding.write(document)


def read(xml: bytes, limits: Limits = LIMITS) -> TicketBai:
    """Read a file, with or without its signature.

    Raises:
        XmlRefused: The bytes are not a document.
        DocumentRefused: It does not follow the schema; carries the findings.
    """
    root = parse(xml, limits)
    for signature in root.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        root.remove(signature)
    return binding.read(root, TicketBai).require()
