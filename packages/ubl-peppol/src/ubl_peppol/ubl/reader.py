"""From UBL 2.1 to the semantic model: through the reading, driven by the terms of the records.

A record is built when cardinalities and types hold; otherwise the findings say why. What the model
has no term for is listed as a loss.

Source: CEN/TS 16931-3-2.
"""

import binascii
import types
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from lxml import etree

from einvoice_core.findings import Finding, HasLocation, Severity
from einvoice_core.lexical import DECIMAL, XML_DATE
from einvoice_core.records import Term
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.errors import InvoiceRefused
from ubl_peppol.losses import Loss
from ubl_peppol.model import Attachment, Group, Identifier, Invoice, Note, PaymentInstructions
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading import read as read_document
from ubl_peppol.reading.values import unchanged
from ubl_peppol.ubl._leftovers import leftovers
from ubl_peppol.ubl.writer import NO_ORDER

__all__ = ["Builder", "Examination", "Field", "examine", "read", "to_model"]

G = TypeVar("G", bound=Group)

_SOURCE = "EN 16931-1:2017, cardinality and data type"
# Terms whose element stands outside that of their group.
_ON_THE_DOCUMENT = frozenset({"BT-90", "BT-110", "BT-111"})


@dataclass(frozen=True, slots=True)
class Examination:
    """A document read into the model."""

    invoice: Invoice | None
    """``None`` when a finding stands in the way."""
    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]
    """What the document says and the model has no term for."""

    def require(self) -> Invoice:
        """Return the invoice.

        Raises:
            InvoiceRefused: The document does not fit the model.
        """
        if self.invoice is None:
            first = self.findings[0].message if self.findings else ""
            raise InvoiceRefused(
                f"the document does not fit EN 16931 in {len(self.findings)} places; {first}",
                self.findings,
            )
        return self.invoice


def read(xml: bytes, limits: Limits = LIMITS) -> Invoice:
    """Read a UBL 2.1 invoice or credit note.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice.
        InvoiceRefused: It does not fit the model; carries the findings.
    """
    return examine(xml, limits).require()


def examine(xml: bytes, limits: Limits = LIMITS) -> Examination:
    """Read a UBL 2.1 invoice or credit note, with what is wrong and what has no place.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice.
    """
    root = parse(xml, limits)
    with unchanged():
        return to_model(read_document(root))


def to_model(reading: Reading) -> Examination:
    """Build the strict record from a reading."""
    builder = Builder(reading)
    invoice = builder.group(reading.document, Invoice)
    builder.check_unreadable()
    losses = leftovers(reading, builder.consumed)
    if builder.findings:
        invoice = None
    return Examination(invoice, tuple(builder.findings), losses)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record with its term."""

    name: str
    term: str
    kind: type
    required: bool
    many: bool


@cache
def _fields(record: type[Group]) -> tuple[Field, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(_fields_of(record, hints))


def _fields_of(record: type[Group], hints: dict[str, Any]) -> Iterator[Field]:
    for name, info in record.model_fields.items():
        term = next(item.id for item in info.metadata if isinstance(item, Term))
        annotation = get_args(hints[name])[0]
        minimum = any(getattr(item, "min_length", None) for item in info.metadata)
        if get_origin(annotation) is tuple:
            yield Field(name, term, _plain(get_args(annotation)[0]), minimum, many=True)
        else:
            yield Field(name, term, _plain(annotation), info.is_required(), many=False)


def _plain(annotation: Any) -> type:  # noqa: ANN401 - annotations have no type
    """Strip ``None`` and annotations from a type."""
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(item for item in get_args(annotation) if item is not type(None))
    if hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    plain: type = annotation
    return plain


class Builder:
    """Builds the records from a reading; the places are those of UBL unless a subclass says so."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.table = reading.table
        self.findings: list[Finding] = []
        self.consumed: set[tuple[etree._Element, str]] = set()

    def check_unreadable(self) -> None:
        """Report the elements that the path table could not judge."""
        for verdict in self.reading.unreadable:
            self.report("UBL-PEPPOL-003", verdict.at, verdict.reason, "")

    def report(self, rule: str, at: HasLocation | Any, message: str, term: str) -> None:  # noqa: ANN401 - whatever an undecided rule points at
        """Note what does not fit the model, and where."""
        place = at.location if isinstance(at, HasLocation) else at
        self.findings.append(
            Finding(
                rule=rule,
                severity=Severity.FATAL,
                message=message,
                path=place.path if place else "",
                line=place.line if place else None,
                terms=(term,) if term else (),
                source=_SOURCE,
            )
        )

    def group(self, group: GroupReading, record: type[G]) -> G | None:
        """Build a record; ``None`` when there is nothing in it or something is wrong."""
        found = len(self.findings)
        got: dict[str, Any] = {}
        for field in _fields(record):
            if issubclass(field.kind, Group):
                items: list[Any] = self._groups(group, field, field.kind)
            else:
                items = self._values(group, field)
            got[field.name] = tuple(items) if field.many else (items[0] if items else None)
        if len(self.findings) > found or all(item in (None, ()) for item in got.values()):
            return None
        return cast(G, record.model_construct(**got))

    def _groups(self, group: GroupReading, field: Field, kind: type[Group]) -> list[Group]:
        if kind is Note:
            return [self._note(entry) for entry in group.groups("BG-1")]
        if kind is PaymentInstructions:
            return self._payment(group.groups("BG-16"))
        # BG-2 has no element of its own.
        entries = [group] if field.term == "BG-2" else group.groups(field.term)
        self._check_count(group, field, [entry.location for entry in entries[1:2]], len(entries))
        built = (self.group(entry, kind) for entry in entries[: None if field.many else 1])
        return [record for record in built if record is not None]

    def _values(self, group: GroupReading, field: Field) -> list[Any]:
        term = field.term
        values = self._found(group, term)
        self._check_count(group, field, [value.location for value in values[1:2]], len(values))
        items = []
        for value in values[: None if field.many else 1]:
            try:
                items.append(self._convert(value, field))
            except (ValueError, binascii.Error) as error:
                self.report("UBL-PEPPOL-003", value, f"{term}: {error}", term)
        return items

    def _found(self, group: GroupReading, term: str) -> list[Value]:
        """Return the occurrences of a term, wherever the syntax puts it."""
        values = group.values(term)
        if not values and term in _ON_THE_DOCUMENT:
            return self.reading.document.values(term)
        if term == "BT-9" and self.reading.is_credit_note:
            return group.values("credit-note-due") or values
        if term == "BT-13" and values and self._only_for_the_schema(group, values):
            self._consume(values[0])
            return []
        return values

    def _only_for_the_schema(self, group: GroupReading, values: list[Value]) -> bool:
        return values[0].text == NO_ORDER and group.exists("BT-14")

    def _check_count(
        self, group: GroupReading, field: Field, second: list[Any], count: int
    ) -> None:
        if count == 0 and field.required:
            self.report("UBL-PEPPOL-001", group, f"{field.term} is missing: add it", field.term)
        elif count > 1 and not field.many:
            self.report(
                "UBL-PEPPOL-002",
                second[0],
                f"{field.term} occurs {count} times: keep one",
                field.term,
            )

    def _convert(self, value: Value, field: Field) -> object:
        self._consume(value)
        if field.kind is Decimal:
            return DECIMAL.decode(value.text)
        if field.kind is date:
            return XML_DATE.decode(value.text)
        if field.kind is Identifier:
            scheme, version = self._part(value, field, 1), self._part(value, field, 2)
            return Identifier.model_construct(
                value=value.text, scheme_id=scheme, scheme_version=version
            )
        if field.kind is Attachment:
            mime_code, filename = self._part(value, field, 1), self._part(value, field, 2)
            if mime_code is None or filename is None:
                raise ValueError("the attachment lacks its mimeCode or its filename: add it")
            content = b64decode("".join(value.text.split()), validate=True)
            return Attachment.model_construct(
                content=content, mime_code=mime_code, filename=filename
            )
        return value.text

    def _part(self, value: Value, field: Field, number: int) -> str | None:
        name = self.table.parts.get(field.term, {}).get(f"{field.term}-{number}")
        text = value.part(name) if name else None
        if name and text is not None:
            self.consumed.add((value.element, name))
        return text

    def _consume(self, value: Value) -> None:
        self.consumed.add((value.element, value.attribute))

    def _note(self, group: GroupReading) -> Note:
        """Split ``#AAI#text`` into BT-21 and BT-22."""
        value = group.own
        self._consume(value)
        text = value.text
        if len(text) >= 5 and text[0] == "#" == text[4] and "#" not in text[1:4]:
            return Note.model_construct(subject_code=text[1:4], text=text[5:])
        return Note.model_construct(subject_code=None, text=text)

    def _payment(self, entries: list[GroupReading]) -> list[Group]:
        """Join the payment means that differ in the account only: UBL has one for each account."""
        built = [
            record
            for entry in entries
            if (record := self.group(entry, PaymentInstructions)) is not None
        ]
        if len(built) < 2:
            return list(built)
        first, *others = built
        for other, entry in zip(others, entries[1:], strict=False):
            shared = (other.means_code, other.means_text, other.remittance)
            if (
                shared != (first.means_code, first.means_text, first.remittance)
                or other.card is not None
                or other.direct_debit is not None
                or not other.credit_transfers
            ):
                self.report(
                    "UBL-PEPPOL-002",
                    entry,
                    "BG-16 occurs with different payment means: the norm has room for one",
                    "BG-16",
                )
        transfers = tuple(transfer for record in built for transfer in record.credit_transfers)
        return [first.model_copy(update={"credit_transfers": transfers})]
