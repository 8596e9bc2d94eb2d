"""Code lists of the VERI*FACTU records, as enums whose values are the official codes.

Source: lists L1 to L22 of the record layout of the tax agency (v1.0, 28/10/2024), with the values
that its validation document (v1.2.2, 08/04/2026) adds for IGIC and IPSI.
"""

from enum import StrEnum

from aeat_sii.codes import COUNTRIES, IdKind, LineState, StoredState, SubmissionState

__all__ = [
    "COUNTRIES",
    "AnomalyKind",
    "EventKind",
    "Exemption",
    "FingerprintKind",
    "IdKind",
    "InvoiceKind",
    "IssuedBy",
    "LineState",
    "OperationKind",
    "PreviousRejection",
    "Qualification",
    "RecordedBy",
    "RectificationKind",
    "Regime",
    "StoredState",
    "SubmissionState",
    "TaxKind",
    "Version",
]


class Version(StrEnum):
    """Version of the record layout (``IDVersion``)."""

    V1_0 = "1.0"


class TaxKind(StrEnum):
    """Tax that a line of the breakdown speaks of (``Impuesto``)."""

    IVA = "01"
    IPSI = "02"
    """Tax of Ceuta and Melilla."""
    IGIC = "03"
    """Tax of the Canary Islands."""
    OTHER = "05"


class InvoiceKind(StrEnum):
    """Kind of invoice (``TipoFactura``)."""

    F1 = "F1"
    """Invoice with recipient (RD 1619/2012, arts. 6, 7.2 and 7.3)."""
    F2 = "F2"
    """Simplified invoice, or one without recipient (RD 1619/2012, art. 6.1.d)."""
    F3 = "F3"
    """Invoice that replaces simplified invoices already recorded."""
    R1 = "R1"
    """Corrective invoice: error founded in law, and Ley 37/1992, art. 80.Uno, Dos and Seis."""
    R2 = "R2"
    """Corrective invoice: insolvency proceedings (Ley 37/1992, art. 80.Tres)."""
    R3 = "R3"
    """Corrective invoice: bad debts (Ley 37/1992, art. 80.Cuatro)."""
    R4 = "R4"
    """Corrective invoice: any other reason."""
    R5 = "R5"
    """Corrective invoice of a simplified invoice."""

    @property
    def is_corrective(self) -> bool:
        """Whether the invoice corrects others (factura rectificativa)."""
        return self.value.startswith("R")


class RectificationKind(StrEnum):
    """How a corrective invoice states its amounts (``TipoRectificativa``)."""

    SUBSTITUTION = "S"
    DIFFERENCE = "I"


class PreviousRejection(StrEnum):
    """Whether the agency rejected an earlier attempt (``RechazoPrevio``)."""

    NO = "N"
    YES = "S"
    NOT_AT_THE_AGENCY = "X"
    """Rejected or not, the agency does not hold the record."""


class IssuedBy(StrEnum):
    """Who issued the invoice in the name of the issuer (``EmitidaPorTerceroODestinatario``)."""

    RECIPIENT = "D"
    THIRD_PARTY = "T"


class RecordedBy(StrEnum):
    """Who made the cancellation record (``GeneradoPor``)."""

    ISSUER = "E"
    RECIPIENT = "D"
    THIRD_PARTY = "T"


class Regime(StrEnum):
    """Regime of a line of the breakdown (``ClaveRegimen``); 17 to 20 depend on the tax."""

    GENERAL = "01"
    EXPORT = "02"
    USED_GOODS = "03"
    INVESTMENT_GOLD = "04"
    TRAVEL_AGENCIES = "05"
    GROUP_OF_ENTITIES = "06"
    CASH_ACCOUNTING = "07"
    OTHER_TERRITORY = "08"
    """Subject to the indirect tax of another Spanish territory."""
    TRAVEL_AGENCY_MEDIATION = "09"
    COLLECTION_FOR_THIRD_PARTIES = "10"
    BUSINESS_PREMISES_LEASE = "11"
    PENDING_PUBLIC_WORKS = "14"
    PENDING_CONTINUOUS_SUPPLY = "15"
    ONE_STOP_SHOP = "17"
    IGIC_RETAILER = "17"
    EQUIVALENCE_SURCHARGE = "18"
    IGIC_SMALL_BUSINESS = "18"
    FARMING = "19"
    IGIC_INTERNAL_EXEMPT = "19"
    SIMPLIFIED = "20"
    IGIC_SUBJECT_TO_IPSI = "20"
    IGIC_SIMPLIFIED = "21"


class Qualification(StrEnum):
    """How the tax applies to a line (``CalificacionOperacion``)."""

    S1 = "S1"
    """Subject and not exempt, without reverse charge."""
    S2 = "S2"
    """Subject and not exempt, with reverse charge (inversión del sujeto pasivo)."""
    N1 = "N1"
    """Not subject (Ley 37/1992, arts. 7, 14 and others)."""
    N2 = "N2"
    """Not subject because of the place of supply."""


class Exemption(StrEnum):
    """Reason of an exemption (``OperacionExenta``); the articles depend on the tax."""

    E1 = "E1"
    """IVA: Ley 37/1992, art. 20."""
    E2 = "E2"
    """IVA: Ley 37/1992, art. 21."""
    E3 = "E3"
    """IVA: Ley 37/1992, art. 22."""
    E4 = "E4"
    """IVA: Ley 37/1992, arts. 23 and 24."""
    E5 = "E5"
    """IVA: Ley 37/1992, art. 25."""
    E6 = "E6"
    """Any other reason; IGIC: Ley 19/1994, art. 47."""
    E7 = "E7"
    """IGIC only: Decreto Legislativo 1/2025 of the Canary Islands, art. 90."""
    E8 = "E8"
    """IGIC only: Ley 20/1991."""


class FingerprintKind(StrEnum):
    """Algorithm of the fingerprint (``TipoHuella``)."""

    SHA_256 = "01"


class EventKind(StrEnum):
    """What a system that does not send its records notes down (``TipoEvento``)."""

    STARTED = "01"
    """The system begins to work as NO VERI*FACTU."""
    STOPPED = "02"
    """The system ceases to work as NO VERI*FACTU."""
    RECORD_CHECK_LAUNCHED = "03"
    RECORD_ANOMALY = "04"
    EVENT_CHECK_LAUNCHED = "05"
    EVENT_ANOMALY = "06"
    BACKUP_RESTORED = "07"
    RECORDS_EXPORTED = "08"
    EVENTS_EXPORTED = "09"
    SUMMARY = "10"
    OTHER = "90"


class AnomalyKind(StrEnum):
    """What is wrong with a record or an event (``TipoAnomalia``)."""

    FINGERPRINT = "01"
    SIGNATURE = "02"
    OTHER_INTEGRITY = "03"
    MISSING_PREVIOUS = "04"
    """Not the first, and the one before is not there."""
    MISSING_NEXT = "05"
    """Not the last, and the one after is not there."""
    OTHER_CHAIN_RECORD = "06"
    WRONG_FINGERPRINT_IN_NEXT = "07"
    """The one after names another fingerprint."""
    WRONG_PREVIOUS_FINGERPRINT = "08"
    """It names another fingerprint than that of the one before."""
    OTHER_CHAIN_FINGERPRINT = "09"
    OTHER_CHAIN = "10"
    BEFORE_PREVIOUS = "11"
    """Made before the one before it."""
    AFTER_NEXT = "12"
    """Made after the one after it."""
    IN_THE_FUTURE = "13"
    OTHER_DATES = "14"
    OTHER_TRACE = "15"
    OTHER = "90"


class OperationKind(StrEnum):
    """What a line of the answer speaks of (``TipoOperacion``)."""

    REGISTRATION = "Alta"
    CANCELLATION = "Anulacion"
