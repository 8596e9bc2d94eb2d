"""Asks an authority what it holds, page by page.

A page has up to 10,000 records; the next one begins after the last record of the page before
(``ClavePaginacion``), which most books make of the record and those of payments give as a number.

Source: ConsultaLR.xsd and RespuestaConsultaLR.xsd of the tax agency, version 1.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from lxml import etree

from aeat_sii.conversation import Request
from aeat_sii.environments import CertificateKind
from aeat_sii.errors import ProtocolError
from aeat_sii.sii import filters as f
from aeat_sii.sii import held as h
from aeat_sii.sii import queries as q
from aeat_sii.sii.answers import AnsweredInvoice
from aeat_sii.sii.authorities import Authority, Place
from aeat_sii.sii.books import Service
from aeat_sii.sii.codes import InsuranceOperation
from aeat_sii.sii.messages import content
from aeat_sii.sii.namespaces import CON, RC, SII, to_canary
from aeat_sii.sii.records import (
    IssuedInvoiceKey,
    NamedInvoiceId,
    NamedIssuer,
    Person,
    SpanishPerson,
)
from einvoice_core.http import Reply
from einvoice_core.records import XmlType
from einvoice_core.soap import envelope
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import parse

__all__ = ["build_query", "next_page", "query_request_of", "read_query_answer"]

_PREFIXES = {"con": CON, "sii": SII}


@dataclass(frozen=True, slots=True)
class _Way:
    """How a query is answered, and where the page after the last record begins."""

    service: Service
    answer: type[h.QueryAnswer]
    place: Callable[[h.HeldRecord], object] | None = None


def _issued(row: h.HeldRecord) -> IssuedInvoiceKey:
    invoice = _invoice(row)
    return IssuedInvoiceKey(
        issuer_nif=invoice.issuer.nif or "", number=invoice.number, issued_on=invoice.issued_on
    )


def _invoice(row: h.HeldRecord) -> AnsweredInvoice:
    if row.invoice is None:
        raise ProtocolError("a record of the answer does not name its invoice", delivery="none")
    return row.invoice


def _named(row: h.HeldRecord) -> NamedInvoiceId:
    """Name an invoice with its issuer; the book of received invoices has the name elsewhere."""
    invoice = _invoice(row)
    name = invoice.issuer.name or row.values.get("Contraparte/NombreRazon", "")
    return NamedInvoiceId(
        issuer=NamedIssuer(name=name, nif=invoice.issuer.nif, other_id=invoice.issuer.other_id),
        number=invoice.number,
        issued_on=invoice.issued_on,
    )


def _good(row: h.HeldRecord) -> f.GoodPlace:
    named = _named(row)
    return f.GoodPlace(
        issuer=named.issuer,
        number=named.number,
        issued_on=named.issued_on,
        good_id=row.values.get("IdentificacionBien", ""),
    )


def _party(row: h.HeldRecord) -> Person:
    element = parse((row.data or "<x/>").encode("utf-8"))
    found = next((c for c in element if etree.QName(c).localname == "Contraparte"), None)
    if found is None:
        raise ProtocolError("a record of the answer does not name its party", delivery="none")
    return read(found, _NamedParty).require()


class _NamedParty(Person):
    xml_type: ClassVar[XmlType | None] = XmlType("Contraparte", RC, SII)


def _insurance(row: h.HeldRecord) -> f.InsurancePlace:
    operation = InsuranceOperation(row.values.get("ClaveOperacion", ""))
    return f.InsurancePlace(other_party=_party(row), operation=operation)


def _customer(row: h.HeldRecord) -> f.CustomerPlace:
    place = _supplier(row)
    return f.CustomerPlace.model_validate(dict(place) | {"customer": row.customer})


def _supplier(row: h.HeldRecord) -> f.SupplierPlace:
    invoice = _invoice(row)
    issuer = SpanishPerson(name=invoice.issuer.name or "", nif=invoice.issuer.nif or "")
    return f.SupplierPlace(issuer=issuer, number=invoice.number, issued_on=invoice.issued_on)


def _stock(row: h.HeldRecord) -> f.StockPlace:
    if row.stock is None:
        raise ProtocolError("a record of the answer does not name itself", delivery="none")
    return f.StockPlace(id=row.stock.id)


_WAYS: dict[type[q.Query], _Way] = {
    q.QueryIssued: _Way(Service.ISSUED, h.IssuedAnswer, _issued),
    q.QueryReceived: _Way(Service.RECEIVED, h.ReceivedAnswer, _named),
    q.QueryInvestmentGoods: _Way(Service.INVESTMENT_GOODS, h.InvestmentGoodsAnswer, _good),
    q.QueryIntraCommunity: _Way(Service.INTRA_COMMUNITY, h.IntraCommunityAnswer, _named),
    q.QueryCash: _Way(
        Service.YEARLY, h.CashAnswer, lambda row: f.PartyPlace(other_party=_party(row))
    ),
    q.QueryInsurance: _Way(Service.YEARLY, h.InsuranceAnswer, _insurance),
    q.QueryTravelAgencies: _Way(
        Service.YEARLY, h.TravelAgenciesAnswer, lambda row: f.PartyPlace(other_party=_party(row))
    ),
    q.QueryConsignment: _Way(Service.CONSIGNMENT, h.ConsignmentAnswer, _stock),
    q.QueryCollections: _Way(Service.COLLECTIONS, h.CollectionsAnswer),
    q.QueryPayments: _Way(Service.PAYMENTS, h.PaymentsAnswer),
    q.QueryProperties: _Way(Service.PROPERTIES, h.PropertiesAnswer),
    q.QueryCustomers: _Way(Service.ISSUED, h.CustomersAnswer, _customer),
    q.QueryCustomersCount: _Way(Service.ISSUED, h.CustomersCountAnswer),
    q.QuerySuppliers: _Way(Service.RECEIVED, h.SuppliersAnswer, _supplier),
    q.QuerySuppliersCount: _Way(Service.RECEIVED, h.SuppliersCountAnswer),
    q.QueryAggregates: _Way(Service.AGGREGATES, h.AggregatesAnswer),
}


def build_query(query: q.Query, authority: Authority = Authority.AEAT) -> bytes:
    """Write the SOAP envelope of a query, with the version of the authority."""
    header = query.stated_header.model_copy(update={"version": authority.version})
    stated = query.model_copy(update={"header": header})
    text = write(stated, prefixes=_PREFIXES, declaration=False)
    return envelope.wrap(to_canary(text) if authority is Authority.CANARIAS else text)


def query_request_of(
    query: q.Query, place: Place, kind: CertificateKind = CertificateKind.PERSONAL
) -> Request:
    """Make the request that carries a query.

    Raises:
        UnknownServiceError: The address of the service is not known.
    """
    url = place.address(_WAYS[type(query)].service, kind)
    return Request(url, build_query(query, place.authority))


def read_query_answer(reply: Reply, query: q.Query) -> h.QueryAnswer:
    """Read the answer to a query; raises as :func:`aeat_sii.sii.read_answer`."""
    message = content(reply)
    try:
        return read(message, _WAYS[type(query)].answer).require()
    except DocumentRefused as error:
        raise ProtocolError(
            f"the answer does not have its structure: {error.message}", delivery="none"
        ) from error


def next_page(query: q.Query, answer: h.QueryAnswer) -> q.Query | None:
    """Return the query for the page after an answer; ``None`` when it was the last.

    Raises:
        ProtocolError: The answer announces more and does not say where to go on.
    """
    if not answer.has_more:
        return None
    asked = query.stated_filter
    place = _WAYS[type(query)].place
    try:
        after: object = answer.next_after
        if place is not None:
            after = place(answer.records[-1]) if answer.records else None
    except (ValueError, DocumentRefused) as error:
        raise ProtocolError(
            f"the answer announces more, and its last record cannot be named: {error}",
            delivery="none",
        ) from error
    if after is None or after == getattr(asked, "after", None):
        raise ProtocolError("the answer announces more and says no new place", delivery="none")
    return query.model_copy(update={"filter": asked.model_copy(update={"after": after})})
