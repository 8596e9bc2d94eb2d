"""Makes the query for a whole period of a book, or for what belongs to one invoice.

Filters with more conditions are those of :mod:`aeat_sii.sii.filters`.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from aeat_sii.errors import DraftError
from aeat_sii.sii import filters as f
from aeat_sii.sii import queries as q
from aeat_sii.sii.records import (
    IssuedInvoiceKey,
    NamedInvoiceId,
    NamedIssuer,
    Period,
    SpanishPerson,
)

__all__ = ["Asked", "query_of_invoice", "query_of_period"]


class Asked(StrEnum):
    """What can be asked for."""

    ISSUED = "issued"
    RECEIVED = "received"
    INVESTMENT_GOODS = "investment_goods"
    INTRA_COMMUNITY = "intra_community"
    CASH = "cash"
    INSURANCE = "insurance"
    TRAVEL_AGENCIES = "travel_agencies"
    CONSIGNMENT = "consignment"
    AGGREGATES = "aggregates"
    """Sums of the books of a period (libros agregados)."""
    CUSTOMERS = "customers"
    """What customers have declared of the titular."""
    CUSTOMERS_COUNT = "customers_count"
    SUPPLIERS = "suppliers"
    """What suppliers have declared of the titular."""
    SUPPLIERS_COUNT = "suppliers_count"
    COLLECTIONS = "collections"
    """Of an issued invoice."""
    PAYMENTS = "payments"
    """Of a received invoice."""
    PROPERTIES = "properties"
    """Further buildings of an issued invoice."""

    @property
    def is_of_an_invoice(self) -> bool:
        """Whether it is asked for by invoice and not by period."""
        return self in (Asked.COLLECTIONS, Asked.PAYMENTS, Asked.PROPERTIES)


_OF_PERIOD: dict[Asked, Callable[[f.QueryHeader, Period], q.Query]] = {
    Asked.ISSUED: lambda header, period: q.QueryIssued(
        header=header, filter=f.IssuedFilter(period=period)
    ),
    Asked.RECEIVED: lambda header, period: q.QueryReceived(
        header=header, filter=f.ReceivedFilter(period=period)
    ),
    Asked.INVESTMENT_GOODS: lambda header, period: q.QueryInvestmentGoods(
        header=header, filter=f.InvestmentGoodsFilter(period=period)
    ),
    Asked.INTRA_COMMUNITY: lambda header, period: q.QueryIntraCommunity(
        header=header, filter=f.IntraCommunityFilter(period=period)
    ),
    Asked.CASH: lambda header, period: q.QueryCash(
        header=header, filter=f.CashFilter(period=period)
    ),
    Asked.INSURANCE: lambda header, period: q.QueryInsurance(
        header=header, filter=f.InsuranceFilter(period=period)
    ),
    Asked.TRAVEL_AGENCIES: lambda header, period: q.QueryTravelAgencies(
        header=header, filter=f.TravelAgenciesFilter(period=period)
    ),
    Asked.CONSIGNMENT: lambda header, period: q.QueryConsignment(
        header=header, filter=f.ConsignmentFilter(year=period.year, period=period.code)
    ),
    Asked.AGGREGATES: lambda header, period: q.QueryAggregates(
        header=header, filter=f.AggregatesFilter(period=period)
    ),
}
_OF_OTHERS: dict[Asked, Callable[[SpanishPerson, f.AttributionPeriod], q.Query]] = {
    Asked.CUSTOMERS: lambda who, period: q.QueryCustomers(
        header=f.CustomersHeader(titular=who), filter=f.CustomersFilter(period=period)
    ),
    Asked.CUSTOMERS_COUNT: lambda who, period: q.QueryCustomersCount(
        header=f.CustomersHeader(titular=who), filter=f.CustomersCountFilter(period=period)
    ),
    Asked.SUPPLIERS: lambda who, period: q.QuerySuppliers(
        header=f.SuppliersHeader(titular=who), filter=f.SuppliersFilter(period=period)
    ),
    Asked.SUPPLIERS_COUNT: lambda who, period: q.QuerySuppliersCount(
        header=f.SuppliersHeader(titular=who), filter=f.SuppliersCountFilter(period=period)
    ),
}


def query_of_period(what: Asked, titular: SpanishPerson, period: Period) -> q.Query:
    """Make the query for all that is held of a period.

    Args:
        what: Which book, the sums of the books, or what others have declared.
        titular: Whose books they are.
        period: Year and period.

    Raises:
        DraftError: It is asked for by invoice.
    """
    if what in _OF_OTHERS:
        attributed = f.AttributionPeriod(year=period.year, code=period.code)
        return _OF_OTHERS[what](titular, attributed)
    if what not in _OF_PERIOD:
        raise DraftError(f"{what.value} are asked for by invoice: use query_of_invoice")
    return _OF_PERIOD[what](f.QueryHeader(titular=titular), period)


def query_of_invoice(
    what: Asked,
    titular: SpanishPerson,
    number: str,
    issued_on: date,
    *,
    issuer: SpanishPerson | None = None,
) -> q.Query:
    """Make the query for the collections, payments or buildings of an invoice.

    Args:
        what: Which of the three.
        titular: Whose books they are.
        number: Series and number of the invoice.
        issued_on: Its day.
        issuer: Of a received invoice; by default the titular.

    Raises:
        DraftError: It is asked for by period.
    """
    header = f.QueryHeader(titular=titular)
    if what is Asked.PAYMENTS:
        who = issuer or titular
        named = NamedInvoiceId(
            issuer=NamedIssuer(name=who.name, nif=who.nif), number=number, issued_on=issued_on
        )
        return q.QueryPayments(header=header, filter=f.OfReceivedFilter(invoice=named))
    key = IssuedInvoiceKey(issuer_nif=titular.nif, number=number, issued_on=issued_on)
    if what is Asked.COLLECTIONS:
        return q.QueryCollections(header=header, filter=f.OfIssuedFilter(invoice=key))
    if what is Asked.PROPERTIES:
        return q.QueryProperties(header=header, filter=f.PropertiesFilter(invoice=key))
    raise DraftError(f"{what.value} is asked for by period: use query_of_period")
