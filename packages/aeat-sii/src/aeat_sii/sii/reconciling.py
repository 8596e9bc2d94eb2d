"""Finds out what an authority holds after an answer was lost, by sending again and by asking.

What may have arrived is sent again: a modification or a cancellation can be repeated, and a
registration that had arrived comes back as a duplicate (``RegistroDuplicado``). Whether the record
that is held is ours, its content says. Payments and buildings have no duplicates, and a second
submission might count twice: they are asked for first, and of payments only the missing are sent.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

from aeat_sii.errors import BatchError
from aeat_sii.sii import filters as f
from aeat_sii.sii import queries as q
from aeat_sii.sii.answers import Answer, AnswerLine
from aeat_sii.sii.books import home_of
from aeat_sii.sii.codes import Communication, LineState, StoredState
from aeat_sii.sii.held import HeldRecord, values_of
from aeat_sii.sii.keys import key_of, key_of_line
from aeat_sii.sii.records import (
    AnyRecord,
    CashReceipt,
    CollectionsOfInvoice,
    ConsignmentOperation,
    IgicIssuedRecord,
    IgicReceivedRecord,
    InsuranceRecord,
    IntraCommunityRecord,
    InvestmentGoodRecord,
    IssuedRecord,
    Part,
    PaymentsOfInvoice,
    PropertiesOfInvoice,
    ReceivedRecord,
    SpanishPerson,
    Titular,
    TravelAgencyRecord,
)
from einvoice_core.records import XmlType
from einvoice_core.xml.binding import write
from einvoice_core.xml.parsing import parse

__all__ = ["Outcome", "Sender", "Settled", "is_same", "query_of", "send_again", "settle_line"]

_WITH_CONTENT = (
    IssuedRecord,
    IgicIssuedRecord,
    ReceivedRecord,
    IgicReceivedRecord,
    InvestmentGoodRecord,
)
_ALREADY_CANCELLED = "3001"
"""The record is already out of the book."""


class Sender(Protocol):
    """What speaks to the authority: :class:`aeat_sii.sii.Client`."""

    def submit(
        self,
        records: Sequence[AnyRecord],
        titular: Titular,
        *,
        communication: Communication = Communication.REGISTER,
    ) -> Answer:
        """Send records."""
        ...

    def query_all(self, query: q.Query) -> tuple[HeldRecord, ...]:
        """Ask what is held."""
        ...


class Outcome(StrEnum):
    """What is known of a record now."""

    ACCEPTED = "accepted"
    WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"
    """The authority does not hold it, for the reason of the line."""
    OTHER_HELD = "other_held"
    """The authority holds another content under the same identification: modify it (A1)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A record with what is known of it.

    Args:
        record: What was sent.
        outcome: What is known.
        line: What the authority said of it in the last submission; ``None`` when it did not need
            to be sent again.
        csv: Verification code of the submission that brought it, where it is known.
    """

    record: AnyRecord
    outcome: Outcome
    line: AnswerLine | None = None
    csv: str | None = None


def send_again(
    client: Sender,
    records: Sequence[AnyRecord],
    titular: Titular,
    *,
    communication: Communication = Communication.REGISTER,
) -> tuple[Settled, ...]:
    """Send records whose answer was lost, and settle each of them.

    Args:
        client: Speaks to the authority.
        records: Of one book, as they were sent.
        titular: Whose books they are.
        communication: As they were sent.

    Returns:
        One outcome for each record, in their order.

    Raises:
        AeatError: The authority did not answer again; nothing is settled, and this may be repeated.
    """
    if not records:
        raise BatchError("no records to settle")
    layout, cancels = home_of(records[0])
    settled: dict[int, Settled] = {}
    waiting: dict[int, AnyRecord] = dict(enumerate(records))
    if layout.is_additive and not cancels:
        for number, record in enumerate(records):
            missing = _missing(client, record, titular)
            if missing is None:
                settled[number] = Settled(waiting.pop(number), Outcome.ACCEPTED)
            else:
                waiting[number] = missing
    if waiting:
        again = list(waiting.values())
        answer = client.submit(again, titular, communication=communication)
        lines = {key_of_line(line): line for line in answer.lines}
        for number, sent in waiting.items():
            line = lines[key_of(sent)]
            verdict = settle_line(client, records[number], line, titular)
            settled[number] = replace(verdict, csv=answer.csv if line.is_accepted else line.csv)
    return tuple(settled[number] for number in range(len(records)))


def settle_line(client: Sender, record: AnyRecord, line: AnswerLine, titular: Titular) -> Settled:
    """Say what the authority holds of a record by its line of an answer.

    Args:
        client: Asks what is held, where the line says that something is.
        record: What was sent.
        line: What the authority said of it.
        titular: Whose books they are.

    Raises:
        AeatError: The authority did not say what it holds.
    """
    _, cancels = home_of(record)
    if line.is_accepted:
        with_errors = line.state is LineState.WITH_ERRORS
        return Settled(record, Outcome.WITH_ERRORS if with_errors else Outcome.ACCEPTED, line)
    if cancels and line.code == _ALREADY_CANCELLED:
        return Settled(record, Outcome.ACCEPTED, line)
    if line.duplicate is None or line.duplicate.state is StoredState.CANCELLED:
        return Settled(record, Outcome.REJECTED, line)
    rows = client.query_all(query_of(record, titular))
    if not any(is_same(record, row.values) for row in rows):
        return Settled(record, Outcome.OTHER_HELD, line)
    with_errors = line.duplicate.state is StoredState.WITH_ERRORS
    return Settled(record, Outcome.WITH_ERRORS if with_errors else Outcome.ACCEPTED, line)


def _missing(client: Sender, record: AnyRecord, titular: Titular) -> AnyRecord | None:
    """Return the record with those payments or buildings that are not held; ``None`` for none."""
    rows = Counter(_normal(row.values) for row in client.query_all(query_of(record, titular)))
    field = "properties" if isinstance(record, PropertiesOfInvoice) else "payments"
    parts: tuple[Part, ...] = getattr(record, field)
    left = []
    for part in parts:
        named = _normal(_leaves(part))
        if rows[named]:
            rows[named] -= 1
        else:
            left.append(part)
    if not left or isinstance(record, PropertiesOfInvoice):
        # Whether buildings add to those before or replace them is not published: all of them go.
        return record if left else None
    return record.model_copy(update={field: tuple(left)})


def is_same(record: AnyRecord, held: Mapping[str, str]) -> bool:
    """Whether everything that a record says is held; the authority may hold more beside it.

    Args:
        record: What was sent.
        held: ``HeldRecord.values``.
    """
    said = _leaves(record)
    if isinstance(record, _WITH_CONTENT):
        said = _leaves(record.content)
    dropped = ("PeriodoLiquidacion/", "IDFactura/", "IdRegistroDeclarado/")
    wanted = {k: v for k, v in said.items() if not k.startswith(dropped)}
    if isinstance(record, IntraCommunityRecord):
        renamed = ("OperacionIntracomunitaria/", "DetOperIntracomunitarias/")
        wanted = {k.replace(*renamed): v for k, v in wanted.items()}
    return set(_normal(wanted)) <= set(_normal(held))


def _leaves(record: Part) -> dict[str, str]:
    kind = type(record)
    namespace = kind.xml_type.child_namespace if kind.xml_type else ""
    content = {"__module__": __name__, "xml_type": XmlType("Registro", "", namespace)}
    metaclass: Any = type(kind)
    named: type[Part] = metaclass("Named", (kind,), content)
    return values_of(parse(write(named.model_construct(**dict(record)))))


_AMOUNTS = re.compile(
    r"(?:.*/)?(?:Importe|Base|Cuota|TipoImpositivo|TipoRecargo|Porcent|Valor|Precio|Regulariz|Prorr)"
    r"[^/]*"
)


def _normal(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((path, _number(path, text)) for path, text in values.items() if text))


def _number(path: str, text: str) -> str:
    """Write amounts in one way: the authority may answer 121.00 to 121."""
    if not _AMOUNTS.fullmatch(path):
        return text
    try:
        return f"{Decimal(text):.2f}"
    except InvalidOperation:
        return text


def query_of(record: AnyRecord, titular: Titular) -> q.Query:
    """Make the query that finds what is held under the identification of a record.

    Raises:
        BatchError: A cancellation is no record to ask for.
    """
    header = f.QueryHeader(titular=SpanishPerson(name=titular.name, nif=titular.nif))
    match record:
        case IssuedRecord() | IgicIssuedRecord():
            issued = f.IssuedInvoiceFilter(
                number=record.invoice.number, issued_on=record.invoice.issued_on
            )
            return q.QueryIssued(
                header=header, filter=f.IssuedFilter(period=record.period, invoice=issued)
            )
        case ReceivedRecord() | IgicReceivedRecord():
            return q.QueryReceived(
                header=header,
                filter=f.ReceivedFilter(
                    period=record.period,
                    invoice=f.InvoiceFilter(
                        number=record.invoice.number, issued_on=record.invoice.issued_on
                    ),
                ),
            )
        case InvestmentGoodRecord():
            return q.QueryInvestmentGoods(
                header=header,
                filter=f.InvestmentGoodsFilter(period=record.period, good_id=record.content.id),
            )
        case IntraCommunityRecord():
            return q.QueryIntraCommunity(
                header=header,
                filter=f.IntraCommunityFilter(
                    period=record.period, invoice=f.InvoiceFilter(number=record.invoice.number)
                ),
            )
        case TravelAgencyRecord():
            return q.QueryTravelAgencies(
                header=header, filter=f.TravelAgenciesFilter(period=record.period)
            )
        case CashReceipt():
            return q.QueryCash(header=header, filter=f.CashFilter(period=record.period))
        case InsuranceRecord():
            return q.QueryInsurance(header=header, filter=f.InsuranceFilter(period=record.period))
        case ConsignmentOperation():
            stock = record.stock
            return q.QueryConsignment(
                header=header,
                filter=f.ConsignmentFilter(year=stock.year, period=stock.period, id=stock.id),
            )
        case CollectionsOfInvoice():
            return q.QueryCollections(
                header=header, filter=f.OfIssuedFilter(invoice=record.invoice)
            )
        case PaymentsOfInvoice():
            return q.QueryPayments(header=header, filter=f.OfReceivedFilter(invoice=record.invoice))
        case PropertiesOfInvoice():
            return q.QueryProperties(
                header=header, filter=f.PropertiesFilter(invoice=record.invoice)
            )
    raise BatchError("a cancellation is no record to ask for")
