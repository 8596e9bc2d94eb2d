"""Records of VERI*FACTU: what an invoicing system registers, chains and sends.

Every element of the official schema stands here once, in its order, beside its official name.
Records are checked for lengths, forms and code lists when they are made; relations between fields
are rules (:mod:`aeat_sii.verifactu.rules`).

Source: SuministroInformacion.xsd and SuministroLR.xsd of the tax agency, version 1.0; Orden
HAC/1177/2024, annex.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from aeat_sii._types import (
    ONLY_YES,
    YES_NO,
    Amount12,
    Country,
    Fingerprint,
    Moment,
    Nif,
    Percent,
    Text,
)
from aeat_sii.verifactu.codes import (
    Exemption,
    FingerprintKind,
    IdKind,
    InvoiceKind,
    IssuedBy,
    PreviousRejection,
    Qualification,
    RecordedBy,
    RectificationKind,
    Regime,
    TaxKind,
    Version,
)
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.records import RawXml, Record, Xml, XmlType

__all__ = [
    "DS",
    "FIRST",
    "MAX_RECORDS",
    "SF",
    "SF_LR",
    "BreakdownLine",
    "CancellationRecord",
    "CancelledInvoiceId",
    "ChainLink",
    "Chaining",
    "Header",
    "InvoiceId",
    "InvoicingSystem",
    "OtherId",
    "Person",
    "RectifiedAmounts",
    "RegistrationRecord",
    "RequestedSubmission",
    "SpanishPerson",
    "Submission",
    "SubmittedRecord",
    "VoluntarySubmission",
]

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "tike/cont/ws/"
)
SF = _BASE + "SuministroInformacion.xsd"
"""Namespace of the records."""
SF_LR = _BASE + "SuministroLR.xsd"
"""Namespace of the submission."""
DS = "http://www.w3.org/2000/09/xmldsig#"

MAX_RECORDS = 1_000
"""Records that one submission may carry."""


class _Part(Record):
    """A record whose children live in the namespace of the records."""

    xml_type: ClassVar[XmlType | None] = XmlType(child_namespace=SF)


class OtherId(_Part):
    """Identifies who has no NIF (``IDOtro``)."""

    country: Annotated[Country | None, Xml("CodigoPais")] = None
    kind: Annotated[IdKind, Xml("IDType")]
    id: Annotated[Text, Xml("ID"), Field(max_length=20)]


class SpanishPerson(_Part):
    """A person or company with a NIF (``PersonaFisicaJuridicaESType``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    nif: Annotated[Nif, Xml("NIF")]


class Person(_Part):
    """A person or company, with a NIF or another identification (``PersonaFisicaJuridicaType``)."""

    name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    nif: Annotated[Nif | None, Xml("NIF", choice="identification")] = None
    other_id: Annotated[OtherId | None, Xml("IDOtro", choice="identification")] = None


class InvoiceId(_Part):
    """Identifies an invoice at the agency (``IDFactura``)."""

    issuer_nif: Annotated[Nif, Xml("IDEmisorFactura")]
    number: Annotated[Text, Xml("NumSerieFactura"), Field(min_length=1, max_length=60)]
    issued_on: Annotated[date, Xml("FechaExpedicionFactura", AEAT_DATE)]


class CancelledInvoiceId(_Part):
    """Identifies the invoice whose record is cancelled (``IDFactura`` of a cancellation)."""

    issuer_nif: Annotated[Nif, Xml("IDEmisorFacturaAnulada")]
    number: Annotated[Text, Xml("NumSerieFacturaAnulada"), Field(min_length=1, max_length=60)]
    issued_on: Annotated[date, Xml("FechaExpedicionFacturaAnulada", AEAT_DATE)]


class RectifiedAmounts(_Part):
    """What a corrective invoice by substitution replaces (``ImporteRectificacion``)."""

    taxable_base: Annotated[Amount12, Xml("BaseRectificada")]
    output_tax: Annotated[Amount12, Xml("CuotaRectificada")]
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoRectificado")] = None


class BreakdownLine(_Part):
    """The part of an invoice taxed in one way (``DetalleDesglose``)."""

    tax: Annotated[TaxKind | None, Xml("Impuesto")] = None
    """Absent means IVA."""
    regime: Annotated[Regime | None, Xml("ClaveRegimen")] = None
    qualification: Annotated[
        Qualification | None, Xml("CalificacionOperacion", choice="treatment")
    ] = None
    exemption: Annotated[Exemption | None, Xml("OperacionExenta", choice="treatment")] = None
    rate_percent: Annotated[Percent | None, Xml("TipoImpositivo")] = None
    taxable_base: Annotated[Amount12, Xml("BaseImponibleOimporteNoSujeto")]
    base_at_cost: Annotated[Amount12 | None, Xml("BaseImponibleACoste")] = None
    output_tax: Annotated[Amount12 | None, Xml("CuotaRepercutida")] = None
    surcharge_percent: Annotated[Percent | None, Xml("TipoRecargoEquivalencia")] = None
    equivalence_surcharge: Annotated[Amount12 | None, Xml("CuotaRecargoEquivalencia")] = None


class ChainLink(_Part):
    """Names the record before this one in the chain (``RegistroAnterior``)."""

    issuer_nif: Annotated[Nif, Xml("IDEmisorFactura")]
    number: Annotated[Text, Xml("NumSerieFactura"), Field(max_length=60)]
    issued_on: Annotated[date, Xml("FechaExpedicionFactura", AEAT_DATE)]
    fingerprint: Annotated[Fingerprint, Xml("Huella")]


class Chaining(_Part):
    """Place of a record in its chain (``Encadenamiento``): the first one, or after another."""

    is_first: Annotated[Literal[True] | None, Xml("PrimerRegistro", ONLY_YES, choice="place")] = (
        None
    )
    previous: Annotated[ChainLink | None, Xml("RegistroAnterior", choice="place")] = None


FIRST = Chaining(is_first=True)
"""The place of the first record of a chain."""


class InvoicingSystem(_Part):
    """The program that made a record, and who produced it (``SistemaInformatico``)."""

    producer_name: Annotated[Text, Xml("NombreRazon"), Field(max_length=120)]
    producer_nif: Annotated[Nif | None, Xml("NIF", choice="producer")] = None
    producer_other_id: Annotated[OtherId | None, Xml("IDOtro", choice="producer")] = None
    name: Annotated[Text, Xml("NombreSistemaInformatico"), Field(max_length=30)]
    id: Annotated[Text, Xml("IdSistemaInformatico"), Field(max_length=2)]
    version: Annotated[Text, Xml("Version"), Field(max_length=50)]
    installation: Annotated[Text, Xml("NumeroInstalacion"), Field(max_length=100)]
    only_verifactu: Annotated[bool, Xml("TipoUsoPosibleSoloVerifactu", YES_NO)]
    """The program can work as VERI*FACTU only."""
    can_serve_several: Annotated[bool, Xml("TipoUsoPosibleMultiOT", YES_NO)]
    """The program can keep the invoices of several taxpayers."""
    serves_several: Annotated[bool, Xml("IndicadorMultiplesOT", YES_NO)]
    """This installation keeps the invoices of several taxpayers."""


class RegistrationRecord(_Part):
    """Record that an invoice was issued (registro de alta, ``RegistroAlta``).

    Made without ``chaining`` and ``fingerprint``; :func:`aeat_sii.verifactu.chain.link` returns
    the record that has both and can be sent.
    """

    xml_type: ClassVar[XmlType | None] = XmlType("RegistroAlta", SF, SF)

    version: Annotated[Version, Xml("IDVersion")] = Version.V1_0
    invoice: Annotated[InvoiceId, Xml("IDFactura")]
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    issuer_name: Annotated[Text, Xml("NombreRazonEmisor"), Field(max_length=120)]
    is_correction: Annotated[bool | None, Xml("Subsanacion", YES_NO)] = None
    """The record amends one that the agency holds or rejected (subsanación)."""
    previous_rejection: Annotated[PreviousRejection | None, Xml("RechazoPrevio")] = None
    kind: Annotated[InvoiceKind, Xml("TipoFactura")]
    rectification: Annotated[RectificationKind | None, Xml("TipoRectificativa")] = None
    rectified: Annotated[
        tuple[InvoiceId, ...],
        Xml("IDFacturaRectificada", inside="FacturasRectificadas"),
        Field(max_length=1_000),
    ] = ()
    substituted: Annotated[
        tuple[InvoiceId, ...],
        Xml("IDFacturaSustituida", inside="FacturasSustituidas"),
        Field(max_length=1_000),
    ] = ()
    rectified_amounts: Annotated[RectifiedAmounts | None, Xml("ImporteRectificacion")] = None
    operated_on: Annotated[date | None, Xml("FechaOperacion", AEAT_DATE)] = None
    """Day of the operation, where it is not the day of issue."""
    description: Annotated[Text, Xml("DescripcionOperacion"), Field(max_length=500)]
    is_simplified_with_recipient: Annotated[
        bool | None, Xml("FacturaSimplificadaArt7273", YES_NO)
    ] = None
    lacks_recipient: Annotated[bool | None, Xml("FacturaSinIdentifDestinatarioArt61d", YES_NO)] = (
        None
    )
    is_macrodata: Annotated[bool | None, Xml("Macrodato", YES_NO)] = None
    """The total reaches the amount from which the agency wants to be told."""
    issued_by: Annotated[IssuedBy | None, Xml("EmitidaPorTerceroODestinatario")] = None
    third_party: Annotated[Person | None, Xml("Tercero")] = None
    recipients: Annotated[
        tuple[Person, ...],
        Xml("IDDestinatario", inside="Destinatarios"),
        Field(max_length=1_000),
    ] = ()
    has_coupon: Annotated[bool | None, Xml("Cupon", YES_NO)] = None
    breakdown: Annotated[
        tuple[BreakdownLine, ...],
        Xml("DetalleDesglose", inside="Desglose"),
        Field(min_length=1, max_length=12),
    ]
    total_tax: Annotated[Amount12, Xml("CuotaTotal")]
    total: Annotated[Amount12, Xml("ImporteTotal")]
    chaining: Annotated[Chaining, Xml("Encadenamiento")] = FIRST
    system: Annotated[InvoicingSystem, Xml("SistemaInformatico")]
    recorded_at: Annotated[Moment, Xml("FechaHoraHusoGenRegistro")]
    agreement: Annotated[
        Text | None, Xml("NumRegistroAcuerdoFacturacion"), Field(max_length=15)
    ] = None
    system_agreement: Annotated[
        Text | None, Xml("IdAcuerdoSistemaInformatico"), Field(max_length=16)
    ] = None
    fingerprint_kind: Annotated[FingerprintKind, Xml("TipoHuella")] = FingerprintKind.SHA_256
    fingerprint: Annotated[Fingerprint, Xml("Huella")] = ""
    """Empty until :func:`aeat_sii.verifactu.chain.link` computes it."""
    signature: Annotated[RawXml | None, Xml("Signature", namespace=DS)] = None
    """Only systems that do not send their records sign them."""


class CancellationRecord(_Part):
    """Record that an earlier record is void (registro de anulación, ``RegistroAnulacion``)."""

    xml_type: ClassVar[XmlType | None] = XmlType("RegistroAnulacion", SF, SF)

    version: Annotated[Version, Xml("IDVersion")] = Version.V1_0
    invoice: Annotated[CancelledInvoiceId, Xml("IDFactura")]
    external_reference: Annotated[Text | None, Xml("RefExterna"), Field(max_length=60)] = None
    without_earlier_record: Annotated[bool | None, Xml("SinRegistroPrevio", YES_NO)] = None
    """The agency does not hold the record that is cancelled."""
    previous_rejection: Annotated[bool | None, Xml("RechazoPrevio", YES_NO)] = None
    recorded_by: Annotated[RecordedBy | None, Xml("GeneradoPor")] = None
    recorder: Annotated[Person | None, Xml("Generador")] = None
    chaining: Annotated[Chaining, Xml("Encadenamiento")] = FIRST
    system: Annotated[InvoicingSystem, Xml("SistemaInformatico")]
    recorded_at: Annotated[Moment, Xml("FechaHoraHusoGenRegistro")]
    fingerprint_kind: Annotated[FingerprintKind, Xml("TipoHuella")] = FingerprintKind.SHA_256
    fingerprint: Annotated[Fingerprint, Xml("Huella")] = ""
    """Empty until :func:`aeat_sii.verifactu.chain.link` computes it."""
    signature: Annotated[RawXml | None, Xml("Signature", namespace=DS)] = None
    """Only systems that do not send their records sign them."""


class VoluntarySubmission(_Part):
    """Marks of a VERI*FACTU system (``RemisionVoluntaria``)."""

    ends_on: Annotated[date | None, Xml("FechaFinVeriFactu", AEAT_DATE)] = None
    """Last day as VERI*FACTU, announced with the last submission."""
    had_incident: Annotated[bool | None, Xml("Incidencia", YES_NO)] = None
    """An incident kept the records from being sent when they were made."""


class RequestedSubmission(_Part):
    """Marks of records sent because the agency asked for them (``RemisionRequerimiento``)."""

    reference: Annotated[Text, Xml("RefRequerimiento"), Field(max_length=18)]
    is_last: Annotated[bool | None, Xml("FinRequerimiento", YES_NO)] = None


class Header(_Part):
    """Whose records a submission carries (``Cabecera``)."""

    issuer: Annotated[SpanishPerson, Xml("ObligadoEmision")]
    representative: Annotated[SpanishPerson | None, Xml("Representante")] = None
    voluntary: Annotated[VoluntarySubmission | None, Xml("RemisionVoluntaria")] = None
    requested: Annotated[RequestedSubmission | None, Xml("RemisionRequerimiento")] = None


class SubmittedRecord(_Part):
    """One record of a submission (``RegistroFactura``): a registration or a cancellation."""

    registration: Annotated[RegistrationRecord | None, Xml("RegistroAlta", choice="record")] = None
    cancellation: Annotated[
        CancellationRecord | None, Xml("RegistroAnulacion", choice="record")
    ] = None


class Submission(Record):
    """A message to the agency (``RegFactuSistemaFacturacion``): a header and 1 to 1,000 records."""

    xml_type: ClassVar[XmlType | None] = XmlType("RegFactuSistemaFacturacion", SF_LR, SF_LR)

    header: Annotated[Header, Xml("Cabecera")]
    records: Annotated[
        tuple[SubmittedRecord, ...],
        Xml("RegistroFactura"),
        Field(min_length=1, max_length=MAX_RECORDS),
    ]
