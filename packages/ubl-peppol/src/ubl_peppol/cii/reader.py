"""From CII D16B to the semantic model: the same reading and records as UBL, other places.

What the model has no term for is listed as a loss; so is what it will write in another place.

Source: CEN/TS 16931-3-3.
"""

import re
from datetime import date
from typing import Any

from lxml import etree

from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.cii._leftovers import leftovers
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.model import (
    CreditTransfer,
    DirectDebit,
    Group,
    Identifier,
    Invoice,
    Note,
    PaymentInstructions,
)
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading import read as read_document
from ubl_peppol.reading.values import collapse, string_of, unchanged
from ubl_peppol.syntax_cii import ACCRUAL_CODES, RAM
from ubl_peppol.ubl.reader import Builder, Examination, Field

__all__ = ["examine", "read", "to_model"]

_DAY = re.compile(r"[ \t\r\n]*([0-9]{4})([0-9]{2})([0-9]{2})[ \t\r\n]*", re.ASCII)
_NORM_CODES = {here: norm for norm, here in ACCRUAL_CODES.items()}
# Terms whose element stands outside that of their group.
_ON_THE_DOCUMENT = frozenset({"BT-83", "BT-89", "BT-90"})
_REFERENCE_TYPE = f"{{{RAM}}}ReferenceTypeCode"
_FROM_GROSS = {"BT-149": "gross-quantity", "BT-150": "gross-unit"}


def read(xml: bytes, limits: Limits = LIMITS) -> Invoice:
    """Read a CII D16B invoice or credit note.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice in CII.
        InvoiceRefused: It does not fit the model; carries the findings.
    """
    return examine(xml, limits).require()


def examine(xml: bytes, limits: Limits = LIMITS) -> Examination:
    """Read a CII D16B invoice, with what is wrong and what has no place.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice in CII.
    """
    root = parse(xml, limits)
    with unchanged():
        reading = read_document(root)
        if not reading.is_cii:
            raise UnknownDocumentError(
                f"the root is {str(root.tag)[:200]!r}: CII D16B is read here; for UBL there is "
                "ubl_peppol.ubl",
                root=str(root.tag),
            )
        return to_model(reading)


def to_model(reading: Reading) -> Examination:
    """Build the strict record from a reading."""
    builder = _CiiBuilder(reading)
    invoice = builder.group(reading.document, Invoice)
    builder.check_unreadable()
    losses = leftovers(reading, builder.consumed)
    if builder.findings:
        invoice = None
    return Examination(invoice, tuple(builder.findings), losses)


class _CiiBuilder(Builder):
    """Builds the records from the places of CII."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._means: GroupReading | None = None
        """The payment means whose account is being read."""

    def _groups(self, group: GroupReading, field: Field, kind: type[Group]) -> list[Group]:
        if kind is PaymentInstructions:
            return self._instructions(group.groups("BG-16"))
        if kind is DirectDebit:
            built = self.group(group, DirectDebit)
            return [] if built is None else [built]
        if kind is CreditTransfer:
            self._means = group
        if kind is Note:
            entries = (self.group(entry, Note) for entry in group.groups("BG-1"))
            return [note for note in entries if note is not None]
        return super()._groups(group, field, kind)

    def _found(self, group: GroupReading, term: str) -> list[Value]:
        if term in _ON_THE_DOCUMENT:
            return self.reading.document.values(term)
        if term == "BT-86" and self._means is not None:
            return self._means.values(term)
        if term == "BT-8":
            return self._agreed(group.values(term))
        if term in _FROM_GROSS:
            own, gross = group.values(term), group.values(_FROM_GROSS[term])
            if own and gross and own[0].text == gross[0].text:
                self._consume(gross[0])
            return own or gross
        return group.values(term)

    def _agreed(self, values: list[Value]) -> list[Value]:
        """Return one of several equal values: each breakdown repeats the code."""
        if len({value.collapsed for value in values}) != 1:
            return values
        for value in values:
            self._consume(value)
        return values[:1]

    def _convert(self, value: Value, field: Field) -> object:
        if field.kind is date:
            self._consume(value)
            return self._day(value)
        if field.term in ("BT-18", "BT-128"):
            self._consume(value)
            return self._object(value)
        if field.term == "BT-8":
            self._consume(value)
            return _NORM_CODES.get(value.collapsed, value.text)
        return super()._convert(value, field)

    def _day(self, value: Value) -> date:
        match = _DAY.fullmatch(value.text)
        if value.element.get("format") != "102" or match is None:
            raise ValueError(
                f'{value.text[:40]!r} is not a day as format="102" has it: write it like 20261231'
            )
        self.consumed.add((value.element, "format"))
        return date(int(match[1]), int(match[2]), int(match[3]))

    def _object(self, value: Value) -> Identifier:
        parent = value.element.getparent()
        codes: list[etree._Element] = [] if parent is None else parent.findall(_REFERENCE_TYPE)
        for code in codes[:1]:
            self.consumed.add((code, ""))
        scheme = string_of(codes[0]) if codes else None
        return Identifier.model_construct(value=value.text, scheme_id=scheme, scheme_version=None)

    def _instructions(self, entries: list[GroupReading]) -> list[Group]:
        """Join the payment means that differ in the account only: CII has one for each account."""
        built = [
            record
            for entry in entries
            if (record := self.group(entry, PaymentInstructions)) is not None
        ]
        if len(built) < 2:
            return list(built)
        first, *others = built
        for other, entry in zip(others, entries[1:], strict=False):
            debited = other.direct_debit.debited_account if other.direct_debit else None
            if (
                collapse(other.means_code) != collapse(first.means_code)
                or other.means_text != first.means_text
                or other.card is not None
                or debited is not None
            ):
                self.report(
                    "UBL-PEPPOL-002",
                    entry,
                    "BG-16 occurs with different payment means: the norm has room for one",
                    "BG-16",
                )
        transfers = tuple(transfer for record in built for transfer in record.credit_transfers)
        update: dict[str, Any] = {"credit_transfers": transfers}
        return [first.model_copy(update=update)]
