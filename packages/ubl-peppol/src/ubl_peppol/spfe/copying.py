"""The faithful copy of an invoice of EN 16931:2017 for the public solution, with what it loses."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache

from einvoice_core.records import Record, Term
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import Loss, LossKind, record_in
from ubl_peppol.model import Invoice, Line, VatBreakdown
from ubl_peppol.model.parties import Buyer, Seller
from ubl_peppol.spfe.lists import BUSINESS_PROCESS, SPECIFICATION, codes
from ubl_peppol.ubl25 import model

__all__ = ["FaithfulCopy", "faithful_copy"]

_CARRIED = frozenset(
    f"BT-{number}"
    for number in (
        1, 2, 3, 5, 6, 7, 9, 10, 20, 21, 22, 25, 26, 27, 31, 33, 35, 37, 38, 39, 40, 42, 43, 44,
        48, 50, 52, 53, 54, 55, 57, 58, 73, 74, 81, 84, 92, 95, 96, 97, 99, 102, 103, 104, 106,
        107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 126, 129, 130,
        131, 136, 139, 141, 142, 143, 144, 146, 149, 151, 152, 153, 154,
    )
)  # fmt: skip
"""Terms of 2017 that the annex of the Orden has a place for."""
_REPLACED = {
    "BT-23": "the business process is that of the profile",
    "BT-24": "the specification is that of the profile",
}


@dataclass(frozen=True, slots=True)
class FaithfulCopy:
    """A copy for the public solution.

    Attributes:
        invoice: The copy.
        losses: Every datum of the source that it does not carry, and every one it had to assume.
    """

    invoice: model.Invoice
    losses: tuple[Loss, ...]


def faithful_copy(
    invoice: Invoice, *, regime: tuple[str, str] | None = None, is_copy: bool = True
) -> FaithfulCopy:
    """Make the copy of an invoice that the public solution receives.

    Args:
        invoice: The invoice, as :func:`ubl_peppol.read_any` gives it, or a conversion.
        regime: Tax and regime key of every line, such as ``("IVA", "01")``. Without it the common
            key of the tax is assumed, and the ledger says so.
        is_copy: ``False`` for the original itself in the format of the public solution.

    Raises:
        ConversionError: The type is a credit note: its amounts would change their sign; build a
            corrective invoice instead.

    Source:
        Orden HAC/1028/2026, art. 4.2; RD 238/2026, art. 6.2.
    """
    if invoice.type_code not in codes("L1"):
        raise ConversionError(
            f"type {invoice.type_code} has no place: the public solution takes "
            f"{', '.join(codes('L1'))}; a credit note becomes a corrective invoice (384)",
            term="BT-3",
        )
    ledger = list(_left_behind(invoice, ""))
    result = model.Invoice(
        specification=SPECIFICATION,
        business_process=BUSINESS_PROCESS,
        number=invoice.number,
        is_copy=is_copy or None,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        type_code=invoice.type_code,
        accrued_on=invoice.accrued_on,
        currency=invoice.currency,
        accounting_currency=invoice.accounting_currency,
        period=_period(invoice),
        preceding_invoices=tuple(
            model.PrecedingInvoice(number=each.number, issued_on=each.issued_on)
            for each in invoice.preceding_invoices
        ),
        buyer_references=(invoice.buyer_reference,) if invoice.buyer_reference else (),
        notes=tuple(
            model.Note(subject_code=each.subject_code, text=each.text) for each in invoice.notes
        ),
        seller=_party(invoice.seller, ledger),
        buyer=_party(invoice.buyer, ledger),
        payment_means=_payment(invoice),
        payment_terms=_terms(invoice),
        allowances_charges=_parts(invoice),
        tax_totals=_taxes(invoice, ledger),
        totals=model.MonetaryTotal(
            lines=invoice.totals.lines,
            without_vat=invoice.totals.without_vat,
            with_vat=invoice.totals.with_vat,
            allowances=invoice.totals.allowances,
            charges=invoice.totals.charges,
            paid=invoice.totals.paid,
            rounding=invoice.totals.rounding,
            due=invoice.totals.due,
        ),
        lines=tuple(
            _line(each, f"/lines[{place}]", regime, ledger)
            for place, each in enumerate(invoice.lines)
        ),
    )
    return FaithfulCopy(result, tuple(ledger))


def _left_behind(record: Record, path: str) -> Iterator[Loss]:
    """Yield every value of a source whose term has no place in the copy."""
    for name, term, way in _steps(type(record)):
        value = getattr(record, name)
        if value is None or value == ():
            continue
        entries = value if isinstance(value, tuple) else (value,)
        for number, entry in enumerate(entries):
            here = f"{path}/{name}[{number}]" if isinstance(value, tuple) else f"{path}/{name}"
            if way is _Way.GROUP:
                yield from _left_behind(entry, here)
            elif way is _Way.QUALIFIED:
                yield from _qualifiers(entry, here, term)
            else:
                reason = _REPLACED.get(term, "the annex of the Orden has no place for it")
                kind = LossKind.DERIVED if term in _REPLACED else LossKind.DROPPED
                yield Loss(kind, here, _shown(entry), reason, term)


class _Way(Enum):
    """What may be left behind in a field."""

    GROUP = 1
    QUALIFIED = 2
    WHOLE = 3


@cache
def _steps(kind: type[Record]) -> tuple[tuple[str, str, _Way], ...]:
    """Return the fields of a record in which something may be left behind."""
    found = []
    for name, info in kind.model_fields.items():
        term = next((each.id for each in info.metadata if isinstance(each, Term)), "")
        below = record_in(info.annotation)
        if below is not None and (not term or term.startswith("BG")):
            if _steps(below):
                found.append((name, term, _Way.GROUP))
        elif below is not None and term in _CARRIED:
            found.append((name, term, _Way.QUALIFIED))
        elif term not in _CARRIED:
            found.append((name, term, _Way.WHOLE))
    return tuple(found)


def _qualifiers(entry: Record, path: str, term: str) -> Iterator[Loss]:
    scheme = getattr(entry, "scheme_id", None)
    if scheme:
        reason = "the annex of the Orden has no scheme for it"
        yield Loss(LossKind.DROPPED, f"{path}/scheme_id", scheme, reason, term)


def _shown(entry: object) -> str:
    text = str(entry.value) if hasattr(entry, "value") else str(entry)
    return text if len(text) <= 200 else text[:200] + "…"


def _period(invoice: Invoice) -> model.Period | None:
    if invoice.period is None:
        return None
    return model.Period(starts_on=invoice.period.starts_on, ends_on=invoice.period.ends_on)


def _party(party: Seller | Buyer, ledger: list[Loss]) -> model.Party:
    address, contact = party.address, party.contact
    vat_id = party.vat_id
    tax_ids: tuple[model.TaxId, ...] = ()
    if vat_id:
        tax_ids = (model.TaxId(value=vat_id, tax="VAT"),)
    legal = party.legal_registration.value if party.legal_registration else None
    seller = isinstance(party, Seller)
    if not vat_id and legal:
        tax_ids = (model.TaxId(value=legal.removeprefix("ES"), scheme_id="FC", tax="LOC"),)
        ledger.append(
            Loss(LossKind.DERIVED, "/seller" if seller else "/buyer", legal,
                 "without a number for VAT, the party is named by its legal identifier",
                 "BT-32" if seller else "BT-47")
        )  # fmt: skip
    reached = None
    if contact is not None and (contact.telephone or contact.email):
        reached = model.Contact(telephone=contact.telephone, email=contact.email)
    return model.Party(
        address=model.Address(
            street=address.line_1,
            city=address.city,
            post_code=address.post_code,
            subdivision=address.subdivision,
            country=address.country,
        ),
        tax_ids=tax_ids,
        name=party.name,
        legal_id=legal if seller and not vat_id else None,
        legal_information=party.legal_information if isinstance(party, Seller) else None,
        contact=reached,
    )


def _payment(invoice: Invoice) -> tuple[model.PaymentMeans, ...]:
    payment = invoice.payment
    if payment is None:
        return ()
    accounts: list[str | None] = [each.account.value for each in payment.credit_transfers]
    return tuple(
        model.PaymentMeans(code=payment.means_code, account=account)
        for account in accounts or [None]
    )


def _terms(invoice: Invoice) -> tuple[model.PaymentTerms, ...]:
    return (model.PaymentTerms(note=invoice.payment_terms),) if invoice.payment_terms else ()


def _parts(invoice: Invoice) -> tuple[model.AllowanceCharge, ...]:
    return tuple(
        model.AllowanceCharge(
            is_charge=is_charge,
            amount=each.amount,
            reason=each.reason,
            vat_category=each.vat_category,
            vat_rate=each.vat_rate,
        )
        for is_charge, found in ((False, invoice.allowances), (True, invoice.charges))
        for each in found
    )


def _taxes(invoice: Invoice, ledger: list[Loss]) -> tuple[model.TaxTotal, ...]:
    totals = invoice.totals
    rows = tuple(_row(each, ledger) for each in invoice.vat_breakdown)
    vat = totals.vat
    if vat is None:
        vat = sum((each.tax for each in invoice.vat_breakdown), Decimal(0))
        ledger.append(
            Loss(LossKind.DERIVED, "/totals/vat", str(vat), "the sum of the rows", "BT-110")
        )
    found = [model.TaxTotal(amount=vat, currency=invoice.currency, breakdown=rows)]
    if totals.vat_in_accounting_currency is not None:
        found.append(
            model.TaxTotal(
                amount=totals.vat_in_accounting_currency, currency=invoice.accounting_currency
            )
        )
    return tuple(found)


def _row(row: VatBreakdown, ledger: list[Loss]) -> model.VatBreakdown:
    rate = row.rate
    if rate is None:
        rate = Decimal(0)
        reason = "the public solution wants a rate: 0 where there is none"
        ledger.append(Loss(LossKind.ASSUMED, "/vat_breakdown", row.category, reason, "BT-119"))
    return model.VatBreakdown(
        taxable_base=row.taxable_base,
        tax=row.tax,
        category=row.category,
        rate=rate,
        exemption_code=row.exemption_code,
        exemption_reason=row.exemption_reason,
    )


def _line(line: Line, path: str, regime: tuple[str, str] | None, ledger: list[Loss]) -> model.Line:
    if regime is None:
        tax, key = {"L": "IGIC", "M": "IPSI"}.get(line.vat.category, "IVA"), "01"
        reason = "the source has no regime key: that of the common regime"
        ledger.append(Loss(LossKind.ASSUMED, path, f"{tax} {key}", reason, "BT-161"))
    else:
        tax, key = regime
    parts = [
        model.LineAllowanceCharge(is_charge=False, amount=each.amount, reason=each.reason)
        for each in line.allowances
    ]
    for each in line.charges:
        reason = "a charge of a line needs a code of the list L9: RESTO is no tax"
        ledger.append(Loss(LossKind.ASSUMED, path, "RESTO", reason, "BT-ES-22"))
        parts.append(
            model.LineAllowanceCharge(
                is_charge=True, amount=each.amount, reason=each.reason, base=each.base,
                percent=each.percent, tax_code="RESTO",
            )
        )  # fmt: skip
    return model.Line(
        id=line.id,
        quantity=line.quantity,
        unit=line.unit,
        net_amount=line.net_amount,
        allowances_charges=tuple(parts),
        item=model.Item(
            name=line.item.name,
            description=line.item.description,
            vat_category=line.vat.category,
            vat_rate=line.vat.rate,
            properties=(model.ItemProperty(name="REGI", value=key, qualifier=tax),),
        ),
        price=model.Price(net=line.price.net, base_quantity=line.price.base_quantity),
    )
