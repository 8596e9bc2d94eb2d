"""Code lists of the SII records, as enums whose values are the official codes.

Source: SuministroInformacion.xsd of the tax agency, version 1.1 (in production since 01/02/2026),
and of the Canary Islands, version 1.0, whose further values are marked IGIC.
"""

from enum import StrEnum

from aeat_sii.codes import COUNTRIES, IdKind, LineState, StoredState, SubmissionState

__all__ = [
    "COUNTRIES",
    "MEMBER_STATES",
    "Communication",
    "ContrastState",
    "DeclarantKind",
    "Exemption",
    "IdKind",
    "InsuranceOperation",
    "IntraCommunityOperation",
    "InvoiceKind",
    "LineState",
    "NotExempt",
    "PartyRole",
    "PaymentMeans",
    "PropertySituation",
    "RectificationKind",
    "Regime",
    "StockOperation",
    "StoredState",
    "SubmissionState",
    "Version",
]

MEMBER_STATES = frozenset(
    [
        "DE",
        "AT",
        "BE",
        "BG",
        "CZ",
        "CY",
        "HR",
        "DK",
        "SK",
        "SI",
        "ES",
        "EE",
        "FI",
        "FR",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "GB",
        "RO",
        "SE",
    ]
)
"""Member states of the schema; the United Kingdom stays for old periods."""


class Version(StrEnum):
    """Version of the message (``IDVersionSii``)."""

    V1_1 = "1.1"
    """Of the tax agency and the foral authorities."""
    V1_0 = "1.0"
    """Of the Canary Islands."""


class Communication(StrEnum):
    """What a submission does (``TipoComunicacion``)."""

    REGISTER = "A0"
    """Register (alta)."""
    MODIFY = "A1"
    """Modify or correct (modificación)."""
    MODIFY_TRAVELLERS = "A4"
    """Modify an invoice of the travellers' regime."""
    REFUND_TRAVELLERS = "A5"
    """Register a refund of the travellers' regime."""
    MODIFY_REFUND = "A6"
    """Modify a refund of the travellers' regime."""


class InvoiceKind(StrEnum):
    """Kind of invoice (``TipoFactura``)."""

    F1 = "F1"
    """Invoice (RD 1619/2012, arts. 6, 7.2 and 7.3)."""
    F2 = "F2"
    """Simplified invoice, or one without recipient (RD 1619/2012, art. 6.1.d)."""
    R1 = "R1"
    """Corrective invoice: error founded in law, and Ley 37/1992, art. 80.Uno, Dos and Seis."""
    R2 = "R2"
    """Corrective invoice: insolvency (Ley 37/1992, art. 80.Tres)."""
    R3 = "R3"
    """Corrective invoice: bad debt (Ley 37/1992, art. 80.Cuatro)."""
    R4 = "R4"
    """Corrective invoice: the rest."""
    R5 = "R5"
    """Corrective invoice of a simplified one."""
    F3 = "F3"
    """Invoice that replaces simplified invoices already declared."""
    F4 = "F4"
    """Summary entry of simplified invoices (asiento resumen)."""
    F5 = "F5"
    """Import (DUA)."""
    F6 = "F6"
    """Other accounting documents."""
    LC = "LC"
    """Customs: complementary assessment."""
    AJ = "AJ"
    """Adjustment of profit margins (regimes 03 and 05)."""
    ART_25_ONE = "24"
    """IGIC only (Ley 19/1994, art. 25)."""
    ART_25_TWO = "25"
    """IGIC only (Ley 19/1994, art. 25)."""

    @property
    def is_corrective(self) -> bool:
        """Whether it corrects another invoice."""
        return self.value.startswith("R")


class RectificationKind(StrEnum):
    """How a corrective invoice says what changes (``TipoRectificativa``)."""

    SUBSTITUTION = "S"
    DIFFERENCE = "I"


class Regime(StrEnum):
    """Special regime or tax relevance (``ClaveRegimenEspecialOTrascendencia``).

    Issued and received invoices give some numbers different meanings; the numbers are kept.
    """

    R01 = "01"
    """General regime."""
    R02 = "02"
    """Issued: export. Received: compensations of the agricultural regime (REAGYP)."""
    R03 = "03"
    """Used goods, art and antiques."""
    R04 = "04"
    """Investment gold."""
    R05 = "05"
    """Travel agencies."""
    R06 = "06"
    """Group of entities, advanced level."""
    R07 = "07"
    """Cash accounting."""
    R08 = "08"
    """Operations under IPSI or IGIC."""
    R09 = "09"
    """Issued: travel agencies that mediate in the name of others. Received: intra-community
    acquisitions and services."""
    R10 = "10"
    """Issued: collections for third parties of professional fees."""
    R11 = "11"
    """Issued: letting of business premises subject to withholding."""
    R12 = "12"
    """Letting of business premises not subject to withholding; received: letting."""
    R13 = "13"
    """Issued: letting of both kinds. Received: import without DUA."""
    R14 = "14"
    """Issued: works for public bodies, tax due later. Received: first half of 2017."""
    R15 = "15"
    """Issued: tax due later in operations of continuous performance."""
    R16 = "16"
    """First half of 2017 and other operations before the entry into the SII."""
    R17 = "17"
    """One-stop shop (OSS and IOSS)."""
    R18 = "18"
    """IGIC only."""
    R19 = "19"
    """IGIC only."""
    R20 = "20"
    """IGIC only."""


class NotExempt(StrEnum):
    """Kind of an operation that is subject and not exempt (``TipoNoExenta``)."""

    S1 = "S1"
    """Without reverse charge."""
    S2 = "S2"
    """With reverse charge."""
    S3 = "S3"
    """Both in one invoice."""


class Exemption(StrEnum):
    """Why an operation is exempt (``CausaExencion``)."""

    E1 = "E1"
    """Ley 37/1992, art. 20."""
    E2 = "E2"
    """Ley 37/1992, art. 21: exports."""
    E3 = "E3"
    """Ley 37/1992, art. 22."""
    E4 = "E4"
    """Ley 37/1992, arts. 23 and 24."""
    E5 = "E5"
    """Ley 37/1992, art. 25: intra-community supplies."""
    E6 = "E6"
    """Another cause."""
    E7 = "E7"
    """IGIC only."""
    E8 = "E8"
    """IGIC only."""


class PropertySituation(StrEnum):
    """Where a building lies (``SituacionInmueble``)."""

    SPAIN = "1"
    """Spain except the Basque Country and Navarre, with a cadastral reference."""
    FORAL = "2"
    """Basque Country or Navarre."""
    WITHOUT_REFERENCE = "3"
    """Spain, without a cadastral reference."""
    ABROAD = "4"
    CANARY_WITHOUT_REFERENCE = "5"
    """IGIC only."""


class PaymentMeans(StrEnum):
    """How a payment was made (``Medio``)."""

    TRANSFER = "01"
    CHEQUE = "02"
    UNPAID_AT_THE_LIMIT = "03"
    """Not collected: 31 December of the following year, when the tax falls due all the same."""
    OTHER = "04"
    DIRECT_DEBIT = "05"


class IntraCommunityOperation(StrEnum):
    """Movement of goods (``TipoOperacion`` of intra-community operations)."""

    FOR_REPORTS_OR_WORK = "A"
    """Goods sent or received for reports, appraisals or work on them."""
    TRANSFER = "B"
    """Transfers of goods and intra-community acquisitions assimilated to them."""


class PartyRole(StrEnum):
    """Role of the declared party (``ClaveDeclarado``)."""

    DECLARANT = "D"
    SENDER = "R"
    """Remitente."""


class InsuranceOperation(StrEnum):
    """Insurance operation (``ClaveOperacion``)."""

    COMPENSATION = "A"
    """Compensations paid."""
    PREMIUM = "B"
    """Premiums collected."""


class DeclarantKind(StrEnum):
    """Side of the declarant in a consignment (``ClaveDeclarante``)."""

    SELLER = "V"
    BUYER = "A"


class StockOperation(StrEnum):
    """Operation of goods in consignment (``TipoOperacion``), by its official number."""

    O01 = "01"
    """Dispatch or arrival of goods."""
    O02 = "02"
    """Substitution of the recipient."""
    O03 = "03"
    O04 = "04"
    O05 = "05"
    O06 = "06"
    O07 = "07"
    O08 = "08"
    O09 = "09"
    O10 = "10"
    O11 = "11"
    O12 = "12"


class ContrastState(StrEnum):
    """What the comparison with the other party's book says (``EstadoCuadre``)."""

    NOT_APPLICABLE = "1"
    IN_PROGRESS = "2"
    """Waiting for a first comparison."""
    NOT_CONTRASTED = "3"
    """The other party has not declared the invoice."""
    PARTLY = "4"
    """The other party has declared it with other data."""
    CONTRASTED = "5"
