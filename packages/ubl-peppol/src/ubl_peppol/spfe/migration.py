"""What an invoice of the 2017 edition lacks for the 2026 one and for the public solution."""

from dataclasses import dataclass

from ubl_peppol.model import Identifier, Invoice
from ubl_peppol.spfe.lists import codes
from ubl_peppol.ubl25.edition import NOW_WITH_SCHEME, Trust

__all__ = ["Lack", "migrate"]


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing to add or to change.

    Attributes:
        term: Business term.
        target: ``en16931-2026`` or ``es-spfe-1.0.0``.
        what: What to do.
        rule: Rule that asks for it.
        trust: How far that is known.
    """

    term: str
    target: str
    what: str
    rule: str
    trust: Trust


_EN, _ES = "en16931-2026", "es-spfe-1.0.0"


def migrate(invoice: Invoice) -> tuple[Lack, ...]:
    """List what an invoice of 2017 lacks for 2026 and for the public solution.

    Args:
        invoice: As :func:`ubl_peppol.read_any` returns it.

    Returns:
        What to add or to change, first for the norm, then for the public solution.
    """
    return (*_schemes(invoice), *_header(invoice), *_parties(invoice), *_lines(invoice))


def _schemes(invoice: Invoice) -> list[Lack]:
    seller, buyer, payee = invoice.seller, invoice.buyer, invoice.payee
    delivered = invoice.delivery.location if invoice.delivery else None
    identifiers: list[tuple[str, Identifier | None]] = []
    identifiers += [("BT-29", each) for each in seller.identifiers]
    identifiers += [
        ("BT-30", seller.legal_registration),
        ("BT-46", buyer.identifier),
        ("BT-47", buyer.legal_registration),
        ("BT-60", payee.identifier if payee else None),
        ("BT-61", payee.legal_registration if payee else None),
        ("BT-71", delivered),
    ]
    return [
        Lack(term, _EN, f"{found.value!r} needs the scheme that gives it",
             NOW_WITH_SCHEME[term], Trust.TRANSCRIBED)
        for term, found in identifiers
        if found is not None and not found.scheme_id
    ]  # fmt: skip


def _explicit(term: str, what: str, rule: str, trust: Trust = Trust.EXPLICIT) -> Lack:
    return Lack(term, _ES, what, rule, trust)


def _header(invoice: Invoice) -> list[Lack]:
    found = [
        _explicit("BT-24", "state the specification of the profile", "ES-SPFE-002"),
        _explicit("BT-23", "state the business process of the profile", "ES-SPFE-003"),
    ]
    if invoice.type_code not in codes("L1"):
        what = f"{invoice.type_code} is not admitted: a credit is a corrective invoice (384)"
        found.append(_explicit("BT-3", what, "ES-SPFE-006"))
    if invoice.type_code in ("381", "384", "471"):
        found.append(_explicit("BT-ES-27", "state the kind, R1 to R4", "ES-SPFE-081"))
        found.append(_explicit("BT-ES-28", "state the mode, I or S", "ES-SPFE-081"))
    found += [
        _explicit("BT-26", f"{each.number} needs its date", "ES-SPFE-085")
        for each in invoice.preceding_invoices
        if each.issued_on is None
    ]
    if invoice.currency != "EUR" and invoice.totals.vat_in_accounting_currency is None:
        found.append(_explicit("BT-111", "state the VAT in euros", "ES-SPFE-007"))
    found += [
        _explicit("BT-125", f"take the file of {each.reference!r} out", "ES-SPFE-004")
        for each in invoice.supporting_documents
        if each.attachment is not None
    ]
    return found


def _parties(invoice: Invoice) -> list[Lack]:
    found = []
    if not (invoice.seller.vat_id or "").startswith("ES"):
        found.append(_explicit("BT-31", "state the NIF of the seller, with ES", "ES-SPFE-021"))
    if not (invoice.buyer.vat_id or "").startswith("ES"):
        found.append(_explicit("BT-48", "state the NIF of the buyer, with ES", "ES-SPFE-025"))
    for address, names in (
        (invoice.seller.address, ("BT-35", "BT-37", "BT-38", "BT-39")),
        (invoice.buyer.address, ("BT-50", "BT-52", "BT-53", "BT-54")),
    ):
        street, *rest = names
        if not address.line_1:
            found.append(_explicit(street, "state the street", "ES-SPFE-028"))
        if address.country == "ES":
            parts = (address.city, address.post_code, address.subdivision)
            found += [
                _explicit(name, "an address in Spain needs it", "ES-SPFE-029")
                for name, part in zip(rest, parts, strict=True)
                if not part
            ]
    return found


def _lines(invoice: Invoice) -> list[Lack]:
    found = [
        _explicit("BT-161", f"line {line.id} needs a regime key (REGI)", "ES-SPFE-042")
        for line in invoice.lines
    ]
    found += [
        _explicit("BT-ES-22", f"a charge of line {line.id} needs a code of L9", "ES-SPFE-049")
        for line in invoice.lines
        if line.charges
    ]
    categories = {row.category for row in invoice.vat_breakdown}
    found += [
        _explicit("BT-118", f"category {each} is not admitted", "ES-SPFE-047")
        for each in sorted(categories - set(codes("L4")))
    ]
    return found
