"""Code lists of the format, as enums.

A member that is younger than version 3.2 is listed in :data:`SINCE` with the version that added it.
The value is what the document holds; the name is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from facturae_es.facets import Version

__all__ = [
    "COUNTRIES",
    "CURRENCIES",
    "LANGUAGES",
    "SINCE",
    "AttachmentCompression",
    "AttachmentEncoding",
    "AttachmentFormat",
    "CorrectionMethod",
    "InvoiceClass",
    "InvoiceDocumentType",
    "InvoiceIssuerType",
    "Modality",
    "PaymentMeans",
    "PersonType",
    "ReasonCode",
    "ResidenceType",
    "RoleType",
    "SpecialTaxableEventCode",
    "TaxType",
    "UnitOfMeasure",
]


class Modality(StrEnum):
    """One invoice or several in one file (``ModalityType``)."""

    SINGLE = "I"
    BATCH = "L"


class InvoiceIssuerType(StrEnum):
    """Who draws up the invoice (``InvoiceIssuerTypeType``)."""

    SUPPLIER = "EM"
    CUSTOMER = "RE"
    THIRD_PARTY = "TE"


class PersonType(StrEnum):
    """Natural or legal person (``PersonTypeCodeType``)."""

    INDIVIDUAL = "F"
    LEGAL_ENTITY = "J"


class ResidenceType(StrEnum):
    """Where a party resides for tax (``ResidenceTypeCodeType``)."""

    SPAIN = "R"
    EUROPEAN_UNION = "U"
    ELSEWHERE = "E"


class InvoiceDocumentType(StrEnum):
    """Complete, abridged or self-billed (``InvoiceDocumentTypeType``)."""

    COMPLETE = "FC"
    SIMPLIFIED = "FA"
    SELF_BILLED = "AF"


class InvoiceClass(StrEnum):
    """Original, corrective, summary, and their copies (``InvoiceClassType``)."""

    ORIGINAL = "OO"
    CORRECTIVE = "OR"
    SUMMARY = "OC"
    COPY_OF_ORIGINAL = "CO"
    COPY_OF_CORRECTIVE = "CR"
    COPY_OF_SUMMARY = "CC"


class RoleType(StrEnum):
    """Task of an administrative centre (``RoleTypeCodeType``).

    In a buyer of the Spanish administrations the first four are, in order, the accounting office
    (oficina contable), the managing body (órgano gestor), the processing unit (unidad
    tramitadora) and the proposing body (órgano proponente).
    """

    FISCAL = "01"
    RECEIVER = "02"
    PAYER = "03"
    BUYER = "04"
    COLLECTOR = "05"
    SELLER = "06"
    PAYMENT_RECEIVER = "07"
    COLLECTION_RECEIVER = "08"
    ISSUER = "09"


class TaxType(StrEnum):
    """Taxes (``TaxTypeCodeType``)."""

    IVA = "01"
    IPSI = "02"
    IGIC = "03"
    IRPF = "04"
    OTHER = "05"
    ITPAJD = "06"
    IE = "07"
    RA = "08"
    IGTECM = "09"
    IECDPCAC = "10"
    IIIMAB = "11"
    ICIO = "12"
    IMVDN = "13"
    IMSN = "14"
    IMGSN = "15"
    IMPN = "16"
    REIVA = "17"
    REIGIC = "18"
    REIPSI = "19"
    IPS = "20"
    RLEA = "21"
    IVPEE = "22"
    SPENT_NUCLEAR_FUEL_PRODUCTION = "23"
    NUCLEAR_WASTE_STORAGE = "24"
    IDEC = "25"
    CANARY_TOBACCO = "26"
    IGFEI = "27"
    IRNR = "28"
    IS = "29"


class UnitOfMeasure(StrEnum):
    """Units of a quantity (``UnitOfMeasureType``)."""

    UNIT = "01"
    HOUR = "02"
    KILOGRAM = "03"
    LITRE = "04"
    OTHER = "05"
    BOX = "06"
    TRAY = "07"
    BARREL = "08"
    JERRICAN = "09"
    BAG = "10"
    CARBOY = "11"
    BOTTLE = "12"
    CANISTER = "13"
    TETRA_BRIK = "14"
    CENTILITRE = "15"
    CENTIMETRE = "16"
    BIN = "17"
    DOZEN = "18"
    CASE = "19"
    DEMIJOHN = "20"
    GRAM = "21"
    KILOMETRE = "22"
    CAN = "23"
    BUNCH = "24"
    METRE = "25"
    MILLIMETRE = "26"
    SIX_PACK = "27"
    PACKAGE = "28"
    PORTION = "29"
    ROLL = "30"
    ENVELOPE = "31"
    TUB = "32"
    CUBIC_METRE = "33"
    SECOND = "34"
    WATT = "35"
    KILOWATT_HOUR = "36"


class PaymentMeans(StrEnum):
    """How an instalment is paid (``PaymentMeansType``)."""

    CASH = "01"
    DIRECT_DEBIT = "02"
    RECEIPT = "03"
    CREDIT_TRANSFER = "04"
    ACCEPTED_BILL_OF_EXCHANGE = "05"
    DOCUMENTARY_CREDIT = "06"
    CONTRACT_AWARD = "07"
    BILL_OF_EXCHANGE = "08"
    TRANSFERABLE_PROMISSORY_NOTE = "09"
    NON_TRANSFERABLE_PROMISSORY_NOTE = "10"
    CHEQUE = "11"
    OPEN_ACCOUNT_REIMBURSEMENT = "12"
    SPECIAL = "13"
    SET_OFF = "14"
    POSTGIRO = "15"
    CERTIFIED_CHEQUE = "16"
    BANKERS_DRAFT = "17"
    CASH_ON_DELIVERY = "18"
    CARD = "19"


class SpecialTaxableEventCode(StrEnum):
    """Why an operation bears no tax (``SpecialTaxableEventCodeType``)."""

    EXEMPT = "01"
    NOT_SUBJECT = "02"


class AttachmentFormat(StrEnum):
    """File formats of an attachment (``AttachmentFormatType``)."""

    XML = "xml"
    DOC = "doc"
    GIF = "gif"
    RTF = "rtf"
    PDF = "pdf"
    XLS = "xls"
    JPG = "jpg"
    BMP = "bmp"
    TIFF = "tiff"
    HTML = "html"


class AttachmentCompression(StrEnum):
    """Compression of an attachment (``AttachmentCompressionAlgorithmType``)."""

    ZIP = "ZIP"
    GZIP = "GZIP"
    NONE = "NONE"


class AttachmentEncoding(StrEnum):
    """Encoding of an attachment (``AttachmentEncodingType``)."""

    BASE64 = "BASE64"
    BER = "BER"
    DER = "DER"
    NONE = "NONE"


class ReasonCode(StrEnum):
    """What a corrective invoice corrects, with its fixed text (``ReasonCodeType``)."""

    INVOICE_NUMBER = "01"
    INVOICE_SERIES = "02"
    ISSUE_DATE = "03"
    ISSUER_NAME = "04"
    RECEIVER_NAME = "05"
    ISSUER_NIF = "06"
    RECEIVER_NIF = "07"
    ISSUER_ADDRESS = "08"
    RECEIVER_ADDRESS = "09"
    OPERATION_DETAIL = "10"
    TAX_PERCENT = "11"
    TAX_AMOUNT = "12"
    DATE_OR_PERIOD = "13"
    INVOICE_CLASS = "14"
    LEGAL_LITERALS = "15"
    TAXABLE_BASE = "16"
    OUTPUT_TAX_COMPUTATION = "80"
    WITHHOLDING_COMPUTATION = "81"
    RETURNED_PACKAGING = "82"
    DISCOUNTS = "83"
    COURT_OR_ADMINISTRATIVE_RULING = "84"
    UNPAID_TAX_IN_INSOLVENCY = "85"

    @property
    def description(self) -> str:
        """Return the fixed text that goes with the code (``ReasonDescriptionType``)."""
        return _REASONS[self]


class CorrectionMethod(StrEnum):
    """How a corrective invoice corrects (``CorrectionMethodType``)."""

    COMPLETE = "01"
    DIFFERENCES = "02"
    VOLUME_DISCOUNT = "03"
    AUTHORISED_BY_TAX_AGENCY = "04"

    @property
    def description(self) -> str:
        """Return the fixed text that goes with the code (``CorrectionMethodDescriptionType``)."""
        return _METHODS[self]


_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "01": "Número de la factura",
        "02": "Serie de la factura",
        "03": "Fecha expedición",
        "04": "Nombre y apellidos/Razón Social-Emisor",
        "05": "Nombre y apellidos/Razón Social-Receptor",
        "06": "Identificación fiscal Emisor/obligado",
        "07": "Identificación fiscal Receptor",
        "08": "Domicilio Emisor/Obligado",
        "09": "Domicilio Receptor",
        "10": "Detalle Operación",
        "11": "Porcentaje impositivo a aplicar",
        "12": "Cuota tributaria a aplicar",
        "13": "Fecha/Periodo a aplicar",
        "14": "Clase de factura",
        "15": "Literales legales",
        "16": "Base imponible",
        "80": "Cálculo de cuotas repercutidas",
        "81": "Cálculo de cuotas retenidas",
        "82": "Base imponible modificada por devolución de envases / embalajes",
        "83": "Base imponible modificada por descuentos y bonificaciones",
        "84": "Base imponible modificada por resolución firme, judicial o administrativa",
        "85": (
            "Base imponible modificada cuotas repercutidas no satisfechas. "
            "Auto de declaración de concurso"
        ),
    }
)

_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "01": "Rectificación íntegra",
        "02": "Rectificación por diferencias",
        "03": ("Rectificación por descuento por volumen de operaciones durante un periodo"),
        "04": "Autorizadas por la Agencia Tributaria",
    }
)

SINCE: Mapping[type[StrEnum], Mapping[str, Version]] = MappingProxyType(
    {
        TaxType: {tax.value: Version.V3_2_1 for tax in TaxType if tax > TaxType.REIPSI},
        UnitOfMeasure: {UnitOfMeasure.KILOWATT_HOUR.value: Version.V3_2_2},
        AttachmentFormat: {AttachmentFormat.HTML.value: Version.V3_2_2},
    }
)
"""First version with a code; codes that are not listed are as old as 3.2."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTRIES = _words("""
    AFG ALB DZA ASM AND AGO AIA ATG ARG ARM ABW AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BMU
    BTN BOL BIH BWA BRA BRN BGR BFA BDI KHM CMR CAN CPV CYM CAF TCD CHL CHN COD COL COM COG COK
    CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST ETH FLK FRO FJI FIN FRA GUF
    PYF GAB GMB GEO GGY DEU GHA GIB GRC GRL GRD GLP GUM GTM GIN GNB GUY HTI HND HKG HUN ISL IND
    IDN IMN IRN IRQ IRL ISR ITA JAM JEY JPN JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR
    LBY LIE LTU LUX MAC MKD MDG MWI MYS MDV MLI MLT MHL MTQ MRT MUS MYT MEX FSM MDA MCO MNE MNG
    MSR MAR MOZ MMR NAM NRU NPL NLD ANT NCL NZL NIC NER NGA NIU NFK MNP NOR OMN PAK PLW PAN PNG
    PRY PSE PER PHL PCN POL PRT PRI QAT REU ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC
    SLE SGP SVK SVN SLB SOM ZAF ESP LKA SHN SPM SDN SUR SJM SWZ SWE CHE SYR TWN TJK TZA THA TGO
    TKL TON TTO TUN TUR TKM TLS TCA TUV UGA UKR ARE GBR USA URY UZB VUT VAT VEN VNM VGB VIR WLF
    ESH YEM ZAR ZMB ZWE
""")
"""ISO 3166-1 alpha-3 codes that the schemas list (``CountryType``)."""

CURRENCIES = _words("""
    AFN ALL AMD ANG AOA ARS AUD AWG AZN BAD BBD BDT BGN BHD BIF BMD BND BOB BRL BRR BSD BWP BYR
    BZD CAD CDF CDP CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DRP DZD EEK EGP ESP ETB EUR FJD
    FKP GBP GEK GHC GIP GMD GNF GTQ GWP GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD
    JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGF MNC MNT
    MOP MRO MUR MVR MWK MXN MYR MZM NGN NIC NIO NIS NOK NPR NZD OMR PAB PEI PEN PES PGK PHP PKR
    PLN PYG QAR RMB RON RUB RWF SAR SBD SCR SDP SEK SGD SHP SKK SLL SOL SOS SRD STD SVC SYP SZL
    THB TJS TMM TND TOP TPE TRY TTD TWD TZS UAH UGS USD UYP UYU VEF VND VUV WST XAF XCD XOF YER
    ZAR ZMK ZWD
""")
"""Currency codes that the schemas list, withdrawn ones among them (``CurrencyCodeType``)."""

LANGUAGES = _words("""
    ar be bg ca cs da de el en es et eu fi fr ga gl hr hu is it lv lt mk mt nl no pl pt ro ru sk
    sl sq sr sv tr uk
""")
"""ISO 639-1 codes that the schemas list (``LanguageCodeType``)."""
