"""From Facturae to the semantic model of EN 16931 (extra ``[facturae]``).

What the model has no place for is not lost in silence: it is in the ledger of the conversion, and
what would change the amount to pay is refused. The equivalence surcharge (recargo de equivalencia)
has no element in EN 16931:2017, so an invoice that charges it is refused. A withholding is written
as a note; the amount due is then the one before the withholding.

No official table relates the two formats; this one is ours.
"""

import tomllib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

from einvoice_core.money import allocate, round_to, total
from facturae_es.codes import (
    InvoiceClass,
    InvoiceDocumentType,
    PaymentMeans,
    ResidenceType,
    SpecialTaxableEventCode,
    TaxType,
    UnitOfMeasure,
)
from facturae_es.model import Address as SpanishAddress
from facturae_es.model import (
    Charge,
    Discount,
    Facturae,
    InvoiceLine,
    OutputTax,
    Party,
    WithheldTax,
)
from facturae_es.model import Invoice as FacturaeInvoice
from ubl_peppol.errors import NotExpressibleError
from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.model import (
    Attachment,
    Buyer,
    BuyerAddress,
    BuyerContact,
    CreditTransfer,
    DirectDebit,
    DocumentAllowance,
    DocumentCharge,
    Identifier,
    Invoice,
    Item,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    LineVat,
    Note,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    ProcessControl,
    Seller,
    SellerAddress,
    SellerContact,
    SupportingDocument,
    Totals,
    VatBreakdown,
)

__all__ = ["EN16931", "Conversion", "to_en16931"]

EN16931 = "urn:cen.eu:en16931:2017"
"""Specification (BT-24) of a document that follows the norm and nothing else."""

ZERO = Decimal(0)
SPANISH_VAT_SCHEME = "9920"
"""Code of the Spanish VAT number among the electronic addresses (EAS)."""
NOT_DEFINED = "1"
"""Code of a means of payment that is not defined (UNTDID 4461)."""
CREDIT_TRANSFER = "30"
MAX_SHOWN = 200

_MEANS: Mapping[PaymentMeans, str] = MappingProxyType(
    {
        PaymentMeans.CASH: "10",
        PaymentMeans.DIRECT_DEBIT: "49",
        PaymentMeans.CREDIT_TRANSFER: CREDIT_TRANSFER,
        PaymentMeans.ACCEPTED_BILL_OF_EXCHANGE: "44",
        PaymentMeans.BILL_OF_EXCHANGE: "24",
        PaymentMeans.CHEQUE: "23",
        PaymentMeans.POSTGIRO: "50",
        PaymentMeans.CERTIFIED_CHEQUE: "25",
        PaymentMeans.BANKERS_DRAFT: "22",
        PaymentMeans.CARD: "54",
    }
)
_UNITS: Mapping[UnitOfMeasure, str] = MappingProxyType(
    {
        UnitOfMeasure.UNIT: "C62",
        UnitOfMeasure.HOUR: "HUR",
        UnitOfMeasure.KILOGRAM: "KGM",
        UnitOfMeasure.LITRE: "LTR",
        UnitOfMeasure.BOX: "XBX",
        UnitOfMeasure.TRAY: "XDS",
        UnitOfMeasure.BARREL: "XBA",
        UnitOfMeasure.JERRICAN: "XJY",
        UnitOfMeasure.BAG: "XBG",
        UnitOfMeasure.CARBOY: "XCO",
        UnitOfMeasure.BOTTLE: "XBO",
        UnitOfMeasure.CANISTER: "XCI",
        UnitOfMeasure.CENTILITRE: "CLT",
        UnitOfMeasure.CENTIMETRE: "CMT",
        UnitOfMeasure.BIN: "XBI",
        UnitOfMeasure.DOZEN: "DZN",
        UnitOfMeasure.CASE: "XCS",
        UnitOfMeasure.DEMIJOHN: "XDJ",
        UnitOfMeasure.GRAM: "GRM",
        UnitOfMeasure.KILOMETRE: "KMT",
        UnitOfMeasure.CAN: "XCA",
        UnitOfMeasure.BUNCH: "XBH",
        UnitOfMeasure.METRE: "MTR",
        UnitOfMeasure.MILLIMETRE: "MMT",
        UnitOfMeasure.PACKAGE: "XPK",
        UnitOfMeasure.PORTION: "PTN",
        UnitOfMeasure.ROLL: "XRO",
        UnitOfMeasure.ENVELOPE: "XEN",
        UnitOfMeasure.TUB: "XTB",
        UnitOfMeasure.CUBIC_METRE: "MTQ",
        UnitOfMeasure.SECOND: "SEC",
        UnitOfMeasure.WATT: "WTT",
        UnitOfMeasure.KILOWATT_HOUR: "KWH",
    }
)
_ATTACHMENTS: Mapping[str, str] = MappingProxyType({"pdf": "application/pdf", "xml": "text/xml"})
_TAX_NAMES: Mapping[TaxType, str] = MappingProxyType(
    {TaxType.IVA: "IVA", TaxType.IPSI: "IPSI", TaxType.IGIC: "IGIC", TaxType.IRPF: "IRPF"}
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """An invoice of the semantic model, and what did not pass unchanged."""

    invoice: Invoice
    losses: tuple[Loss, ...]


@dataclass(slots=True)
class _Ledger:
    losses: list[Loss] = field(default_factory=list)

    def add(self, kind: LossKind, source: str, value: object, reason: str, term: str = "") -> None:
        self.losses.append(Loss(kind, source, str(value)[:MAX_SHOWN], reason, term))

    def drop(self, source: str, value: object, reason: str = "EN 16931 has no term for it") -> None:
        if value not in (None, "", ()):
            self.add(LossKind.DROPPED, source, value, reason)


@dataclass(frozen=True, slots=True)
class _Category:
    """VAT category and rate, with the reason why no tax is charged."""

    code: str
    rate: Decimal | None
    reason: str = ""

    @property
    def key(self) -> tuple[str, Decimal | None]:
        return self.code, self.rate


def to_en16931(
    document: Facturae, position: int = 0, *, specification: str = EN16931
) -> Conversion:
    """Convert one invoice of a Facturae document.

    Args:
        document: The file.
        position: Which of its invoices, from 0.
        specification: What BT-24 says.

    Returns:
        The invoice and the ledger: every datum that was dropped, moved, derived or assumed.

    Raises:
        NotExpressibleError: Something has no place and may not be left out: an equivalence
            surcharge, two taxes on one line, a tax that is neither IVA, IGIC nor IPSI, or something
            that changes the amount to pay.
    """
    invoice = document.invoices[position]
    ledger = _Ledger()
    _refuse(invoice)
    categories = [_category_of(line, number) for number, line in enumerate(invoice.lines, 1)]
    lines = tuple(
        _line(line, number, category, ledger)
        for number, (line, category) in enumerate(zip(invoice.lines, categories, strict=True), 1)
    )
    allowances, charges = _document_level(invoice, lines, categories)
    breakdown = _breakdown(invoice, lines, categories, allowances, charges)
    totals = _totals(invoice, lines, ledger)
    outside = all(category.code == "O" for category in categories)
    islands = any(category.code in {"L", "M"} for category in categories)
    issued = invoice.issue_data
    first_due, terms = _due(invoice, totals.due, ledger)
    converted = Invoice(
        number=_number(invoice),
        issued_on=issued.issued_on,
        type_code=_type_code(invoice),
        currency=issued.currency,
        accrued_on=issued.operation_on,
        due_on=first_due,
        buyer_reference=_centres(document.parties.buyer, ledger),
        contract=issued.receiver_contract,
        purchase_order=issued.receiver_transaction,
        tender=issued.file_reference,
        payment_terms=terms,
        notes=tuple(Note(text=text) for text in _notes(invoice, ledger)),
        process=ProcessControl(specification=specification),
        preceding_invoices=_preceding(invoice, ledger),
        seller=_seller(document.parties.seller, ledger, outside=outside, islands=islands),
        buyer=_buyer(document.parties.buyer, ledger, outside=outside),
        period=Period(
            starts_on=issued.invoicing_period.starts_on, ends_on=issued.invoicing_period.ends_on
        )
        if issued.invoicing_period
        else None,
        payment=_payment(invoice, ledger),
        allowances=allowances,
        charges=charges,
        totals=totals,
        vat_breakdown=breakdown,
        supporting_documents=_attachments(invoice, ledger),
        lines=lines,
    )
    _rest(document, invoice, ledger)
    return Conversion(converted, tuple(ledger.losses))


def _refuse(invoice: FacturaeInvoice) -> None:
    """Refuse what EN 16931 cannot hold and nobody may leave out."""
    for tax in invoice.taxes_outputs:
        if tax.surcharge_amount and tax.surcharge_amount.total:
            raise NotExpressibleError(
                f"the invoice charges an equivalence surcharge of {tax.surcharge_amount.total}: "
                "EN 16931:2017 has no element for it; send it as Facturae",
                term="BG-23",
            )
        if tax.tax_type not in {TaxType.IVA, TaxType.IGIC, TaxType.IPSI}:
            raise NotExpressibleError(
                f"tax {tax.tax_type.value} is neither IVA nor IGIC nor IPSI: EN 16931 has no "
                "category for it",
                term="BT-118",
            )
    totals = invoice.totals
    for name, value in (
        ("reimbursable expenses", totals.total_disbursements),
        ("financial expenses", totals.financial_expenses),
        ("an amount withheld", totals.amounts_withheld),
        ("a payment in kind", totals.payment_in_kind),
    ):
        if value:
            raise NotExpressibleError(
                f"the invoice has {name}, which change the amount to pay and have no term",
                term="BT-115",
            )
    issued = invoice.issue_data
    if issued.tax_currency != issued.currency:
        raise NotExpressibleError(
            f"the invoice is in {issued.currency} and its taxes in {issued.tax_currency}: "
            "convert the tax total (BT-111) yourself",
            term="BT-111",
        )


def _category_of(line: InvoiceLine, number: int) -> _Category:
    if len(line.taxes_outputs) != 1:
        raise NotExpressibleError(
            f"line {number} has {len(line.taxes_outputs)} taxes: a line of EN 16931 has one",
            term="BT-151",
        )
    tax = line.taxes_outputs[0]
    if tax.tax_type is TaxType.IGIC:
        return _Category("L", tax.rate_percent)
    if tax.tax_type is TaxType.IPSI:
        return _Category("M", tax.rate_percent)
    if tax.rate_percent != 0:
        return _Category("S", tax.rate_percent)
    event = line.special_taxable_event
    if event is None:
        return _Category("Z", ZERO)
    if event.code is SpecialTaxableEventCode.NOT_SUBJECT:
        return _Category("O", None, event.reason)
    return _Category("E", ZERO, event.reason)


def _line(line: InvoiceLine, number: int, category: _Category, ledger: _Ledger) -> Line:
    at = f"InvoiceLine[{number}]"
    unit = _UNITS.get(line.unit) if line.unit else "C62"
    if unit is None or line.unit is None:
        unit = unit or "ZZ"
        reason = "the unit has no code in Recommendation 20" if line.unit else "no unit is stated"
        ledger.add(LossKind.ASSUMED, f"{at}/UnitOfMeasure", unit, reason, "BT-130")
    quantity, price = line.quantity, line.unit_price
    if price < 0:
        quantity, price = -quantity, -price
        ledger.add(
            LossKind.DERIVED,
            f"{at}/UnitPriceWithoutTax",
            line.unit_price,
            "a price is not negative: the sign goes to the quantity",
            "BT-146",
        )
    name, _, rest = line.description.partition("\n")
    for source, value in (
        ("IssuerContractReference", line.issuer_contract),
        ("ReceiverContractReference", line.receiver_contract),
        ("IssuerTransactionReference", line.issuer_transaction),
        ("FileReference", line.file_reference),
        ("DeliveryNotesReferences", line.delivery_notes),
        ("TransactionDate", line.transaction_on),
        ("Extensions", line.extensions),
    ):
        ledger.drop(f"{at}/{source}", value)
    return Line(
        id=_plain(line.sequence_number) if line.sequence_number is not None else str(number),
        note=line.additional_information,
        quantity=_trimmed(quantity),
        unit=unit,
        net_amount=_cents(line.gross_amount, f"{at}/GrossAmount", ledger),
        order_line=None,
        period=LinePeriod(starts_on=line.period.starts_on, ends_on=line.period.ends_on)
        if line.period
        else None,
        allowances=tuple(
            LineAllowance(
                amount=_cents(item.amount, f"{at}/Discount", ledger), reason=item.reason or None
            )
            for item in line.discounts
        ),
        charges=tuple(
            LineCharge(
                amount=_cents(item.amount, f"{at}/Charge", ledger), reason=item.reason or None
            )
            for item in line.charges
        ),
        price=Price(net=_trimmed(price)),
        vat=LineVat(category=category.code, rate=_rate(category.rate)),
        item=Item(
            name=name.strip() or line.description.strip(),
            description=rest.strip() or None,
            seller_id=line.article_code,
        ),
    )


def _document_level(
    invoice: FacturaeInvoice, lines: Sequence[Line], categories: Sequence[_Category]
) -> tuple[tuple[DocumentAllowance, ...], tuple[DocumentCharge, ...]]:
    """Spread general discounts and charges over the categories, as the taxable bases say.

    Each is shared out in proportion to the lines; the last one takes what is left to the bases that
    the document states.
    """
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for line, category in zip(lines, categories, strict=True):
        sums[category.key] = sums.get(category.key, ZERO) + line.net_amount
    items: list[tuple[int, Discount | Charge]] = [
        *((-1, item) for item in invoice.totals.general_discounts if item.amount),
        *((1, item) for item in invoice.totals.general_surcharges if item.amount),
    ]
    if not items:
        return (), ()
    keys = list(sums)
    bases = _stated_bases(invoice, keys)
    left = [base - sums[key] for key, base in zip(keys, bases, strict=True)]
    allowances: list[DocumentAllowance] = []
    charges: list[DocumentCharge] = []
    for number, (sign, item) in enumerate(items, 1):
        amount = round_to(item.amount)
        weights = [abs(sums[key]) for key in keys]
        if number == len(items):
            shares = tuple(sign * change for change in left)
            if total(shares) != amount:
                raise NotExpressibleError(
                    "the taxable bases do not follow from the lines and the general discounts and "
                    "charges: compute the totals again",
                    term="BT-116",
                )
        else:
            shares = allocate(amount, weights)
        for place, (key, share) in enumerate(zip(keys, shares, strict=True)):
            left[place] -= sign * share
            if not share:
                continue
            common = {
                "amount": round_to(share),
                "vat_category": key[0],
                "vat_rate": _rate(key[1]),
                "reason": item.reason or None,
            }
            if sign < 0:
                allowances.append(DocumentAllowance.model_validate(common))
            else:
                charges.append(DocumentCharge.model_validate(common))
    return tuple(allowances), tuple(charges)


def _stated_bases(
    invoice: FacturaeInvoice, keys: Sequence[tuple[str, Decimal | None]]
) -> list[Decimal]:
    """Return the taxable base that the document states for each category and rate."""
    rows: dict[tuple[str, Decimal | None], Decimal] = {}
    for key in keys:
        found = [tax for tax in invoice.taxes_outputs if _belongs(tax, key)]
        if len(found) != 1 or sum(_belongs(found[0], other) for other in keys) != 1:
            raise NotExpressibleError(
                "general discounts cannot be spread: the taxes of the invoice do not match those "
                "of its lines",
                term="BT-116",
            )
        rows[key] = round_to(found[0].taxable_base.total)
    return [rows[key] for key in keys]


def _belongs(tax: OutputTax, key: tuple[str, Decimal | None]) -> bool:
    kind = {"L": TaxType.IGIC, "M": TaxType.IPSI}.get(key[0], TaxType.IVA)
    return tax.tax_type is kind and tax.rate_percent == (key[1] or ZERO)


def _breakdown(
    invoice: FacturaeInvoice,
    lines: Sequence[Line],
    categories: Sequence[_Category],
    allowances: Sequence[DocumentAllowance],
    charges: Sequence[DocumentCharge],
) -> tuple[VatBreakdown, ...]:
    reasons: dict[tuple[str, Decimal | None], list[str]] = {}
    bases: dict[tuple[str, Decimal | None], Decimal] = {}
    for line, category in zip(lines, categories, strict=True):
        bases[category.key] = bases.get(category.key, ZERO) + line.net_amount
        known = reasons.setdefault(category.key, [])
        if category.reason and category.reason not in known:
            known.append(category.reason)
    for allowance in allowances:
        bases[_key(allowance.vat_category, allowance.vat_rate)] -= allowance.amount
    for charge in charges:
        bases[_key(charge.vat_category, charge.vat_rate)] += charge.amount
    rows = []
    for key, base in bases.items():
        tax = total(
            row.tax_amount.total
            for row in invoice.taxes_outputs
            if _belongs(row, key) and row.tax_amount and key[0] not in {"E", "O", "Z"}
        )
        rows.append(
            VatBreakdown(
                taxable_base=round_to(base),
                tax=round_to(tax),
                category=key[0],
                rate=_rate(key[1]),
                exemption_reason="; ".join(reasons[key]) or None,
            )
        )
    return tuple(rows)


def _key(category: str, rate: Decimal | None) -> tuple[str, Decimal | None]:
    return category, rate


def _totals(invoice: FacturaeInvoice, lines: Sequence[Line], ledger: _Ledger) -> Totals:
    totals = invoice.totals
    sum_of_lines = total(line.net_amount for line in lines)
    discounts = round_to(total(item.amount for item in totals.general_discounts))
    surcharges = round_to(total(item.amount for item in totals.general_surcharges))
    without_vat = round_to(sum_of_lines - discounts + surcharges)
    if without_vat != round_to(totals.gross_amount_before_taxes):
        raise NotExpressibleError(
            f"the lines, rounded to cents, come to {without_vat} and the invoice states "
            f"{totals.gross_amount_before_taxes}: compute the totals again, rounding each line",
            term="BT-109",
        )
    vat = round_to(totals.total_tax_outputs)
    paid = round_to(total(item.amount for item in totals.payments_on_account))
    granted = round_to(total(item.amount for item in totals.subsidies))
    if granted:
        ledger.add(
            LossKind.MOVED,
            "InvoiceTotals/Subsidies",
            granted,
            "a subsidy is written as an amount paid",
            "BT-113",
        )
    with_vat = without_vat + vat
    return Totals(
        lines=round_to(sum_of_lines),
        allowances=discounts or None,
        charges=surcharges or None,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        paid=(paid + granted) or None,
        due=with_vat - paid - granted,
    )


def _notes(invoice: FacturaeInvoice, ledger: _Ledger) -> Iterable[str]:
    if invoice.issue_data.description:
        yield invoice.issue_data.description
    for tax in invoice.taxes_withheld:
        if tax.tax_amount and tax.tax_amount.total:
            text = _withheld(tax, invoice.issue_data.currency)
            ledger.add(
                LossKind.MOVED,
                "TaxesWithheld/Tax",
                text,
                "EN 16931:2017 has no withholding: it is a note, and the amount due is the one "
                "before it",
                "BT-22",
            )
            yield text
    yield from invoice.legal_literals or ()
    if invoice.additional_data and invoice.additional_data.information:
        yield invoice.additional_data.information
    corrective = invoice.header.corrective
    if corrective:
        yield f"{corrective.reason_description} ({corrective.method_description})"


def _withheld(tax: WithheldTax, currency: str) -> str:
    name = _TAX_NAMES.get(tax.tax_type, f"impuesto {tax.tax_type.value}")
    amount = tax.tax_amount.total if tax.tax_amount else ZERO
    return (
        f"Retención de {name} {_plain(tax.rate_percent)} % sobre "
        f"{_plain(tax.taxable_base.total)} {currency}: {_plain(amount)} {currency}"
    )


def _type_code(invoice: FacturaeInvoice) -> str:
    if invoice.header.invoice_class in {InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE}:
        return "384"
    if invoice.header.document_type is InvoiceDocumentType.SELF_BILLED:
        return "389"
    return "380"


def _number(invoice: FacturaeInvoice) -> str:
    series = invoice.header.series
    return f"{series}/{invoice.header.number}" if series else invoice.header.number


def _preceding(invoice: FacturaeInvoice, ledger: _Ledger) -> tuple[PrecedingInvoice, ...]:
    corrective = invoice.header.corrective
    if corrective is None:
        return ()
    ledger.add(
        LossKind.MOVED,
        "Corrective/ReasonCode",
        corrective.reason.value,
        "reason and method of a correction are a note",
        "BT-22",
    )
    ledger.drop("Corrective/TaxPeriod", corrective.tax_period)
    if not corrective.invoice_number:
        return ()
    series = corrective.invoice_series
    number = f"{series}/{corrective.invoice_number}" if series else corrective.invoice_number
    return (PrecedingInvoice(number=number, issued_on=corrective.invoice_issued_on),)


def _seller(party: Party, ledger: _Ledger, *, outside: bool, islands: bool) -> Seller:
    at = "SellerParty"
    place, contact = _place(party, at, ledger), _contact(party, at, ledger)
    vat_id = _vat_id(party)
    nif = party.tax_identification.nif
    entity = party.legal_entity
    registered = entity.registration_data if entity else None
    legal = "; ".join(str(v) for v in registered.__dict__.values() if v) if registered else ""
    return Seller(
        name=_name(party),
        trading_name=entity.trade_name if entity else None,
        legal_registration=Identifier(value=nif),
        vat_id=None if outside or islands else vat_id,
        tax_registration=nif if islands else None,
        legal_information=legal or None,
        electronic_address=_endpoint(party, at, ledger),
        address=SellerAddress(
            line_1=place.line,
            city=place.city,
            post_code=place.post_code,
            subdivision=place.subdivision,
            country=place.country,
        ),
        contact=SellerContact(
            point=contact.person, telephone=contact.telephone, email=contact.email
        )
        if contact
        else None,
    )


def _buyer(party: Party, ledger: _Ledger, *, outside: bool) -> Buyer:
    at = "BuyerParty"
    place, contact = _place(party, at, ledger), _contact(party, at, ledger)
    entity = party.legal_entity
    return Buyer(
        name=_name(party),
        trading_name=entity.trade_name if entity else None,
        legal_registration=Identifier(value=party.tax_identification.nif),
        vat_id=None if outside else _vat_id(party),
        electronic_address=_endpoint(party, at, ledger),
        address=BuyerAddress(
            line_1=place.line,
            city=place.city,
            post_code=place.post_code,
            subdivision=place.subdivision,
            country=place.country,
        ),
        contact=BuyerContact(point=contact.person, telephone=contact.telephone, email=contact.email)
        if contact
        else None,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    line: str | None
    city: str | None
    post_code: str | None
    subdivision: str | None
    country: str


@dataclass(frozen=True, slots=True)
class _Contact:
    person: str | None
    telephone: str | None
    email: str | None


def _place(party: Party, at: str, ledger: _Ledger) -> _Place:
    holder = party.legal_entity or party.individual
    near = holder.address_in_spain if holder else None
    far = holder.overseas_address if holder else None
    if isinstance(near, SpanishAddress):
        return _Place(near.street, near.town, near.post_code, near.province, "ES")
    if far is None:
        raise NotExpressibleError(f"{at} has no address", term="BG-5")
    ledger.add(
        LossKind.MOVED,
        f"{at}/OverseasAddress/PostCodeAndTown",
        far.post_code_and_town,
        "post code and town are one text: it stands as the city",
        "BT-37",
    )
    return _Place(far.street, far.post_code_and_town, None, far.province, _country(far.country))


def _contact(party: Party, at: str, ledger: _Ledger) -> _Contact | None:
    holder = party.legal_entity or party.individual
    details = holder.contact_details if holder else None
    if details is None:
        return None
    for source, value in (
        ("TeleFax", details.fax),
        ("WebAddress", details.web_address),
        ("CnoCnae", details.cno_cnae),
        ("INETownCode", details.ine_town_code),
        ("AdditionalContactDetails", details.additional_details),
    ):
        ledger.drop(f"{at}/ContactDetails/{source}", value)
    if not (details.contact_persons or details.telephone or details.email):
        return None
    return _Contact(details.contact_persons, details.telephone, details.email)


def _name(party: Party) -> str:
    if party.legal_entity:
        return party.legal_entity.corporate_name
    person = party.individual
    names = (person.name, person.first_surname, person.second_surname) if person else ()
    return " ".join(name for name in names if name)


def _vat_id(party: Party) -> str | None:
    identification = party.tax_identification
    if identification.residence_type is ResidenceType.SPAIN:
        return "ES" + identification.nif.removeprefix("ES")
    if identification.residence_type is ResidenceType.EUROPEAN_UNION:
        return identification.nif
    return None


def _endpoint(party: Party, at: str, ledger: _Ledger) -> Identifier | None:
    if party.tax_identification.residence_type is not ResidenceType.SPAIN:
        return None
    value = _vat_id(party) or ""
    ledger.add(
        LossKind.DERIVED,
        f"{at}/TaxIdentification",
        value,
        "the electronic address is taken to be the VAT number",
        "BT-34" if at == "SellerParty" else "BT-49",
    )
    return Identifier(value=value, scheme_id=SPANISH_VAT_SCHEME)


def _centres(buyer: Party, ledger: _Ledger) -> str | None:
    """Write the administrative centres as roles and codes: the buyer routes the invoice by them."""
    pairs = [
        f"{centre.role.value if centre.role else ''}:{centre.centre_code}"
        for centre in buyer.administrative_centres or ()
        if centre.centre_code
    ]
    if not pairs:
        return None
    text = "|".join(pairs)
    ledger.add(
        LossKind.MOVED,
        "BuyerParty/AdministrativeCentres",
        text,
        "role and code of each centre are the buyer reference; their names and addresses are not",
        "BT-10",
    )
    return text


def _due(invoice: FacturaeInvoice, due: Decimal, ledger: _Ledger) -> tuple[date | None, str | None]:
    plan = invoice.payment_details
    days = sorted({item.due_on for item in plan})
    if not days:
        if due <= 0:
            return None, None
        terms = "Sin vencimiento indicado"
        ledger.add(
            LossKind.ASSUMED,
            "PaymentDetails",
            terms,
            "an amount is due and the source says neither when nor how",
            "BT-20",
        )
        return None, terms
    if len(plan) == 1:
        return days[0], None
    currency = invoice.issue_data.currency
    terms = "; ".join(f"{item.due_on}: {_plain(item.amount)} {currency}" for item in plan)
    ledger.add(
        LossKind.MOVED,
        "PaymentDetails/Installment",
        terms,
        "the instalments are written in the payment terms; the due date is that of the first",
        "BT-20",
    )
    return days[0], terms


def _payment(invoice: FacturaeInvoice, ledger: _Ledger) -> PaymentInstructions | None:
    plan = invoice.payment_details
    if not plan:
        return None
    means = plan[0].payment_means
    code = _MEANS.get(means, NOT_DEFINED)
    others = {item.payment_means.value for item in plan} - {means.value}
    ledger.drop("Installment/PaymentMeans", ", ".join(sorted(others)), "only one means is held")
    accounts: dict[str, CreditTransfer] = {}
    for item in plan:
        account = item.account_to_be_credited
        number = (account.iban or account.account_number) if account else None
        if account and number and number not in accounts:
            accounts[number] = CreditTransfer(
                account=Identifier(value=number),
                service_provider=Identifier(value=account.bic) if account.bic else None,
            )
        ledger.drop("Installment/CollectionAdditionalInformation", item.additional_information)
    if code == CREDIT_TRANSFER and not accounts:
        code = NOT_DEFINED
    if code == NOT_DEFINED:
        ledger.add(
            LossKind.ASSUMED,
            "Installment/PaymentMeans",
            means.value,
            "the means has no code that fits, or a transfer names no account",
            "BT-81",
        )
    debited = plan[0].account_to_be_debited
    debit = None
    if code == "49" and debited and (debited.iban or debited.account_number):
        debit = DirectDebit(debited_account=debited.iban or debited.account_number)
    return PaymentInstructions(
        means_code=code,
        remittance=plan[0].payment_reference,
        credit_transfers=tuple(accounts.values()),
        direct_debit=debit,
    )


def _attachments(invoice: FacturaeInvoice, ledger: _Ledger) -> tuple[SupportingDocument, ...]:
    additional = invoice.additional_data
    made = []
    for number, item in enumerate(additional.attachments or () if additional else (), 1):
        mime = _ATTACHMENTS.get(item.file_format.value.lower())
        at = f"RelatedDocuments/Attachment[{number}]"
        try:
            content = b64decode(item.data, validate=False)
        except (Base64Error, ValueError):
            mime = None
            content = b""
        if mime is None or not content:
            ledger.drop(at, item.file_format.value, "the norm does not allow this kind of file")
            continue
        name = f"attachment-{number}.{item.file_format.value.lower()}"
        made.append(
            SupportingDocument(
                reference=name,
                description=item.description,
                attachment=Attachment(content=content, mime_code=mime, filename=name),
            )
        )
    return tuple(made)


def _rest(document: Facturae, invoice: FacturaeInvoice, ledger: _Ledger) -> None:
    """List what no term holds."""
    header = document.file_header
    for source, value in (
        ("FileHeader/ThirdParty", header.third_party),
        ("FileHeader/FactoringAssignmentData", header.factoring),
        ("Facturae/Extensions", document.extensions),
        ("InvoiceIssueData/PlaceOfIssue", invoice.issue_data.place_of_issue),
        ("InvoiceIssueData/ExchangeRateDetails", invoice.issue_data.exchange_rate),
    ):
        ledger.drop(source, value)
    if invoice.additional_data:
        ledger.drop("AdditionalData/RelatedInvoice", invoice.additional_data.related_invoice)
        ledger.drop("AdditionalData/Extensions", invoice.additional_data.extensions)
    ledger.drop(
        "Facturae/Signature",
        document.signature and "ds:Signature",
        "the signature speaks of the original document",
    )


def _cents(value: Decimal, source: str, ledger: _Ledger) -> Decimal:
    rounded = round_to(value)
    if rounded != value:
        ledger.add(LossKind.DERIVED, source, value, "an amount has two decimals", "BT-131")
    return rounded


def _rate(value: Decimal | None) -> Decimal | None:
    return None if value is None else _trimmed(value)


def _trimmed(value: Decimal) -> Decimal:
    """Write a number without the zeros that end it, which mean nothing here."""
    return Decimal(_plain(value))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def _countries() -> Mapping[str, str]:
    file = resources.files("ubl_peppol").joinpath("codelists/iso3166.toml")
    alpha2: dict[str, str] = tomllib.loads(file.read_text("utf-8"))["alpha2"]
    return MappingProxyType(alpha2)


def _country(alpha3: str) -> str:
    try:
        return _countries()[alpha3]
    except KeyError:
        raise NotExpressibleError(
            f"country {alpha3!r} has no two-letter code", term="BT-40"
        ) from None
