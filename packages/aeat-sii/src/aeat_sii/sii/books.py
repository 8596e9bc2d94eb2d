"""The books (libros registro): what each takes, which service keeps it, and how it answers.

Source: the ten WSDLs of the tax agency, version 1.1, and those of the Canary Islands.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import get_args

from aeat_sii.errors import BatchError
from aeat_sii.sii import records as r
from einvoice_core.records import Record

__all__ = ["BOOKS", "IGIC_BOOKS", "Book", "Layout", "Service", "home_of", "layout_of"]


class Service(StrEnum):
    """A web service; each has an address of its own (its last part, by the tax agency)."""

    ISSUED = "issued"
    RECEIVED = "received"
    INVESTMENT_GOODS = "investment_goods"
    INTRA_COMMUNITY = "intra_community"
    YEARLY = "yearly"
    """Cash, insurance and travel agencies (operaciones con trascendencia tributaria)."""
    COLLECTIONS = "collections"
    PAYMENTS = "payments"
    CONSIGNMENT = "consignment"
    PROPERTIES = "properties"
    AGGREGATES = "aggregates"
    """Aggregated amounts (libros agregados): queries only."""


class Book(StrEnum):
    """A book, or an annex to one."""

    ISSUED = "issued"
    """Facturas expedidas."""
    RECEIVED = "received"
    """Facturas recibidas."""
    INVESTMENT_GOODS = "investment_goods"
    """Bienes de inversión."""
    INTRA_COMMUNITY = "intra_community"
    """Determinadas operaciones intracomunitarias."""
    CASH = "cash"
    """Cobros en metálico de más de 6.000 euros."""
    INSURANCE = "insurance"
    """Operaciones de seguros."""
    TRAVEL_AGENCIES = "travel_agencies"
    """Agencias de viajes."""
    CONSIGNMENT = "consignment"
    """Venta de bienes en consigna."""
    COLLECTIONS = "collections"
    """Cobros de facturas emitidas (criterio de caja)."""
    PAYMENTS = "payments"
    """Pagos de facturas recibidas (criterio de caja)."""
    PROPERTIES = "properties"
    """Inmuebles adicionales of an issued invoice."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a book.

    Args:
        book: Which one.
        service: Where it is kept.
        submission: Message that registers and modifies.
        answer: Name of the element of its answer.
        cancellation: Message that cancels; ``None`` where there is none.
        cancellation_answer: Name of the element of its answer.
    """

    book: Book
    service: Service
    submission: type[r.Submission]
    answer: str
    cancellation: type[r.Submission] | None = None
    cancellation_answer: str = ""

    @property
    def is_additive(self) -> bool:
        """Whether a second submission adds to the first one instead of being its duplicate.

        So it is with payments and buildings: their answers have no node for a duplicate.
        """
        return self.cancellation is None

    def message(self, *, cancels: bool) -> type[r.Submission]:
        """Return the class of the message.

        Raises:
            BatchError: The book has no cancellation.
        """
        if not cancels:
            return self.submission
        if self.cancellation is None:
            raise BatchError(f"the book {self.book.value} takes no cancellations")
        return self.cancellation


BOOKS: dict[Book, Layout] = {
    layout.book: layout
    for layout in (
        Layout(
            Book.ISSUED,
            Service.ISSUED,
            r.SubmitIssued,
            "RespuestaLRFacturasEmitidas",
            r.CancelIssued,
            "RespuestaLRBajaFacturasEmitidas",
        ),
        Layout(
            Book.RECEIVED,
            Service.RECEIVED,
            r.SubmitReceived,
            "RespuestaLRFacturasRecibidas",
            r.CancelReceived,
            "RespuestaLRBajaFacturasRecibidas",
        ),
        Layout(
            Book.INVESTMENT_GOODS,
            Service.INVESTMENT_GOODS,
            r.SubmitInvestmentGoods,
            "RespuestaLRBienesInversion",
            r.CancelInvestmentGoods,
            "RespuestaLRBajaBienesInversion",
        ),
        Layout(
            Book.INTRA_COMMUNITY,
            Service.INTRA_COMMUNITY,
            r.SubmitIntraCommunity,
            "RespuestaLRDetOperacionesIntracomunitarias",
            r.CancelIntraCommunity,
            "RespuestaLRBajaDetOperacionesIntracomunitarias",
        ),
        Layout(
            Book.CASH,
            Service.YEARLY,
            r.SubmitCash,
            "RespuestaLRCobrosMetalico",
            r.CancelCash,
            "RespuestaLRBajaCobrosMetalico",
        ),
        Layout(
            Book.INSURANCE,
            Service.YEARLY,
            r.SubmitInsurance,
            "RespuestaLROperacionesSeguros",
            r.CancelInsurance,
            "RespuestaLRBajaOperacionesSeguros",
        ),
        Layout(
            Book.TRAVEL_AGENCIES,
            Service.YEARLY,
            r.SubmitTravelAgencies,
            "RespuestaLRAgenciasViajes",
            r.CancelTravelAgencies,
            "RespuestaLRBajaAgenciasViajes",
        ),
        Layout(
            Book.CONSIGNMENT,
            Service.CONSIGNMENT,
            r.SubmitConsignment,
            "RespuestaLRVentaBienesConsigna",
            r.CancelConsignment,
            "RespuestaLRBajaVentaBienesConsigna",
        ),
        Layout(
            Book.COLLECTIONS,
            Service.COLLECTIONS,
            r.SubmitCollections,
            "RespuestaLRCobrosEmitidas",
        ),
        Layout(Book.PAYMENTS, Service.PAYMENTS, r.SubmitPayments, "RespuestaLRPagosRecibidas"),
        Layout(
            Book.PROPERTIES,
            Service.PROPERTIES,
            r.SubmitProperties,
            "RespuestaLRInmueblesAdicionales",
        ),
    )
}
"""Every book with its messages, as the tax agency and the foral authorities take them."""

IGIC_BOOKS: dict[Book, Layout] = {
    Book.ISSUED: replace(BOOKS[Book.ISSUED], submission=r.SubmitIgicIssued),
    Book.RECEIVED: replace(BOOKS[Book.RECEIVED], submission=r.SubmitIgicReceived),
}
"""The books whose records are others in the Canary Islands; cancellations are the same."""


def _records_of(message: type[r.Submission]) -> type[Record]:
    """Return the class of the records in a message."""
    held: type[Record] = get_args(message.model_fields["records"].annotation)[0]
    return held


_HOMES: dict[type[Record], tuple[Layout, bool]] = {}
for _layout in BOOKS.values():
    _HOMES[_records_of(_layout.submission)] = (_layout, False)
    if _layout.cancellation is not None:
        _HOMES[_records_of(_layout.cancellation)] = (_layout, True)
for _layout in IGIC_BOOKS.values():
    _HOMES[_records_of(_layout.submission)] = (_layout, False)


def home_of(record: r.AnyRecord) -> tuple[Layout, bool]:
    """Return the book of a record, and whether the record cancels."""
    return _HOMES[type(record)]


def layout_of(message: r.Submission) -> tuple[Layout, bool]:
    """Return the book of a message, and whether it cancels."""
    return home_of(message.stated_records[0])
