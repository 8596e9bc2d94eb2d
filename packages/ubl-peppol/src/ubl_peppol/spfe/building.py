"""An invoice for the public solution from what a Spanish business knows of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to, total
from ubl_peppol.spfe.lists import BUSINESS_PROCESS, SPECIFICATION
from ubl_peppol.ubl25 import model

__all__ = ["Charge", "Collected", "Correction", "LineInput", "SpfeParty", "Withheld", "build"]

_ZERO = Decimal("0.00")
_Key = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class SpfeParty:
    """Seller or buyer.

    Attributes:
        nif: NIF, without the prefix of the country.
        name: Name or company name.
        street: Street and number.
        city: Municipality.
        post_code: Post code.
        province: Province.
        country: ISO 3166-1 code.
        has_vat_id: Whether it has a number for VAT (NIF-IVA); else it is named by its NIF alone.
        telephone: Telephone.
        email: E-mail address.
    """

    nif: str
    name: str
    street: str
    city: str
    post_code: str
    province: str
    country: str = "ES"
    has_vat_id: bool = True
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A discount or a charge, of the invoice or of a line; amounts without VAT.

    Attributes:
        amount: How much.
        reason: Why.
        is_charge: A charge, or else a discount.
        vat_category: Of the invoice only: its category.
        vat_rate: Of the invoice only: its rate, in percent.
        other_tax: Code of the list L9 where the charge is a tax other than VAT.
        other_tax_base: Its base.
        other_tax_rate: Its rate, in percent.
    """

    amount: Decimal
    reason: str
    is_charge: bool = False
    vat_category: str = "S"
    vat_rate: Decimal | None = Decimal(21)
    other_tax: str | None = None
    other_tax_base: Decimal | None = None
    other_tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line.

    Attributes:
        name: What is invoiced.
        quantity: How much of it.
        price: Net price of a unit.
        unit: Unit of UN/ECE Recommendation 20.
        vat_category: Category of the list L4: ``S``, ``E``, ``AE``, ``L`` for IGIC, ``M`` for IPSI…
        vat_rate: Rate in percent; 0 where there is none.
        regimes: Tax and regime key: ``(("IVA", "01"),)``.
        surcharge_percent: Rate of the equivalence surcharge on the line.
        exemption_code: Why it is exempt (VATEX).
        cadastral_reference: Reference and situation (list L6) of a property.
        description: More on what is invoiced.
        base_quantity: Quantity that the price is for.
        charges: Discounts and charges of the line.
        information: Further texts (``INFO``).
        id: Its number; its place where none is given.
    """

    name: str
    quantity: Decimal
    price: Decimal
    unit: str = "C62"
    vat_category: str = "S"
    vat_rate: Decimal | None = Decimal(21)
    regimes: Sequence[tuple[str, str]] = (("IVA", "01"),)
    surcharge_percent: Decimal | None = None
    exemption_code: str | None = None
    cadastral_reference: tuple[str, str] | None = None
    description: str | None = None
    base_quantity: Decimal | None = None
    charges: Sequence[Charge] = ()
    information: Sequence[str] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A withholding (retención).

    Attributes:
        rate: In percent.
        base: What it is of; the total without VAT where none is given.
        concept: Key of the list L5.
        description: What the recipient reads.
    """

    rate: Decimal
    base: Decimal | None = None
    concept: str = "01"
    description: str = "Retención IRPF"


@dataclass(frozen=True, slots=True)
class Collected:
    """A disbursement (suplido), a tax for a third party or a reduction; a positive amount."""

    amount: Decimal
    description: str
    code: str = "SUPL"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a corrective invoice says of itself.

    Attributes:
        kind: R1 to R4 (list L2A).
        by: ``I`` for differences, ``S`` for substitution.
        base: By substitution: base of the corrected invoice.
        tax: By substitution: tax of it.
        surcharge: By substitution: equivalence surcharge of it.
        kind_text: The kind in words.
        by_text: The mode in words.
    """

    kind: str
    by: str
    base: Decimal | None = None
    tax: Decimal | None = None
    surcharge: Decimal | None = None
    kind_text: str | None = None
    by_text: str | None = None


def build(
    *,
    number: str,
    issued_on: date,
    seller: SpfeParty,
    buyer: SpfeParty,
    lines: Sequence[LineInput],
    type_code: str = "",
    currency: str = "EUR",
    due_on: date | None = None,
    accrued_on: date | None = None,
    issued_at: str | None = None,
    period: tuple[date, date] | None = None,
    charges: Sequence[Charge] = (),
    withholdings: Sequence[Withheld] = (),
    withholding_text: str | None = None,
    collected: Sequence[Collected] = (),
    correction: Correction | None = None,
    corrects: Sequence[tuple[str, date]] = (),
    exemptions: Iterable[tuple[str, str | None, str | None]] = (),
    third_party: tuple[str, str] | None = None,
    is_copy: bool | None = None,
    qr: tuple[str, str] | None = None,
    authorisations: Sequence[tuple[str, str | None]] = (),
    buyer_references: Sequence[str] = (),
    notes: Sequence[tuple[str | None, str]] = (),
    account: str | None = None,
    payment_means: str = "30",
    payment_terms: str | None = None,
    paid: Decimal | None = None,
    paid_on: date | None = None,
) -> model.Invoice:
    """Build an invoice of the profile ``es-spfe-1.0.0`` and compute its totals.

    Args:
        number: Series and number.
        issued_on: Day of issue.
        seller: Who sells.
        buyer: Who buys.
        lines: What is invoiced.
        type_code: Of the list L1; 384 for a correction and 380 otherwise, where none is given.
        currency: Of the amounts; one other than EUR needs the VAT in euros, see docs/limits.md.
        due_on: Until when it is to be paid.
        accrued_on: Day of the operations, where it is not that of issue.
        issued_at: Time of issue, as xsd:time.
        period: First and last day that a summary invoice covers.
        charges: Discounts and charges of the whole invoice.
        withholdings: Withholdings; they lower what is to be paid.
        withholding_text: What the recipient reads of them together.
        collected: Disbursements, taxes for third parties and reductions.
        correction: What a corrective invoice says of itself.
        corrects: Number and day of each invoice that it corrects.
        exemptions: Category, code and text of the reason of a row of the breakdown.
        third_party: NIF and name of who issues in place of the seller.
        is_copy: ``True`` for a faithful copy.
        qr: System (VERIFACTU or TICKETBAI) and address of the tax QR.
        authorisations: Number and text of each authorisation to invoice.
        buyer_references: References that the buyer asked for.
        notes: Subject code and text of each note.
        account: IBAN to pay to.
        payment_means: Of UNTDID 4461.
        payment_terms: Terms in words.
        paid: What was paid before.
        paid_on: Day of the effective payment, where it is known at issue.

    Returns:
        The invoice; each tax is the base of its rate times the rate, rounded once to the cent.
    """
    built = tuple(_line(each, place) for place, each in enumerate(lines, start=1))
    parts = tuple(_part(each) for each in charges)
    breakdown = _breakdown(lines, built, parts, tuple(exemptions))
    minus = [each.amount or _ZERO for each in parts if not each.is_charge]
    plus = [each.amount or _ZERO for each in parts if each.is_charge]
    sum_of_lines = total(each.net_amount or _ZERO for each in built)
    without = total((sum_of_lines, *plus, *(-each for each in minus)))
    vat = total(row.tax or _ZERO for row in breakdown)
    withholding = _withholding(withholdings, without)
    third = [_collected(each) for each in collected]
    if withholding is not None:
        text = withholding_text or withholdings[0].description
        amount = -(withholding.amount or _ZERO)
        third.append(model.ThirdPartyCharge(code="RETE", amount=amount, description=text))
    with_vat = total((without, vat))
    due = total((with_vat, *(each.amount or _ZERO for each in third), -(paid or _ZERO)))
    return model.Invoice(
        specification=SPECIFICATION,
        business_process=BUSINESS_PROCESS,
        number=number,
        is_copy=is_copy,
        issued_on=issued_on,
        issued_at=issued_at,
        due_on=due_on,
        type_code=type_code or ("384" if correction else "380"),
        accrued_on=accrued_on,
        currency=currency,
        period=model.Period(starts_on=period[0], ends_on=period[1]) if period else None,
        preceding_invoices=tuple(
            model.PrecedingInvoice(number=each, issued_on=day) for each, day in corrects
        ),
        supporting_documents=(*_corrections(correction), *_references(qr, authorisations)),
        buyer_references=tuple(buyer_references),
        notes=tuple(model.Note(subject_code=code, text=text) for code, text in notes),
        seller=_party(seller, is_seller=True, third_party=third_party),
        buyer=_party(buyer, is_seller=False),
        payment_means=(model.PaymentMeans(code=payment_means, account=account),) if account else (),
        payment_terms=(model.PaymentTerms(note=payment_terms),) if payment_terms else (),
        paid_on=paid_on,
        allowances_charges=parts,
        tax_totals=(model.TaxTotal(amount=vat, currency=currency, breakdown=breakdown),),
        withholding=withholding,
        totals=model.MonetaryTotal(
            lines=sum_of_lines,
            without_vat=without,
            with_vat=with_vat,
            allowances=total(minus) if minus else None,
            charges=total(plus) if plus else None,
            paid=paid,
            due=due,
        ),
        third_party_charges=tuple(third),
        lines=built,
    )


def _party(
    party: SpfeParty, *, is_seller: bool, third_party: tuple[str, str] | None = None
) -> model.Party:
    identified = (
        model.TaxId(value=f"ES{party.nif}", tax="VAT")
        if party.has_vat_id
        else model.TaxId(value=party.nif, scheme_id="FC", tax="LOC")
    )
    contact = None
    if party.telephone or party.email:
        contact = model.Contact(telephone=party.telephone, email=party.email)
    issuers: tuple[model.Issuer, ...] = ()
    if third_party is not None:
        issuers = (
            model.Issuer(
                type_code="FacturaciónPorTercero",
                tax_ids=(model.TaxId(value=third_party[0], scheme_id="FC", tax="LOC"),),
                name=third_party[1],
            ),
        )
    return model.Party(
        address=model.Address(
            street=party.street,
            city=party.city,
            post_code=party.post_code,
            subdivision=party.province,
            country=party.country,
        ),
        tax_ids=(identified,),
        name=party.name,
        legal_id=party.nif if is_seller and not party.has_vat_id else None,
        contact=contact,
        issuers=issuers,
    )


def _line(line: LineInput, place: int) -> model.Line:
    gross = line.quantity * line.price / (line.base_quantity or 1)
    adjusted = [each.amount if each.is_charge else -each.amount for each in line.charges]
    properties = [
        model.ItemProperty(name="REGI", value=key, qualifier=tax) for tax, key in line.regimes
    ]
    if line.cadastral_reference is not None:
        reference, situation = line.cadastral_reference
        properties.append(model.ItemProperty(name="RCAT", value=reference, qualifier=situation))
    properties += [model.ItemProperty(name="INFO", value=text) for text in line.information]
    return model.Line(
        id=line.id or str(place),
        quantity=line.quantity,
        unit=line.unit,
        net_amount=round_to(total((gross, *adjusted))),
        allowances_charges=tuple(
            model.LineAllowanceCharge(
                is_charge=each.is_charge,
                amount=each.amount,
                reason=each.reason,
                tax_code=(each.other_tax or "RESTO") if each.is_charge else None,
            )
            for each in line.charges
        ),
        item=model.Item(
            name=line.name,
            description=line.description,
            vat_category=line.vat_category,
            vat_rate=line.vat_rate,
            exemption_code=line.exemption_code,
            properties=tuple(properties),
        ),
        price=model.Price(
            net=line.price,
            base_quantity=line.base_quantity,
            base_unit=line.unit if line.base_quantity is not None else None,
        ),
    )


def _part(charge: Charge) -> model.AllowanceCharge:
    other = None
    if charge.other_tax is not None:
        row = model.OtherTax(
            base=charge.other_tax_base,
            amount=charge.amount,
            rate=charge.other_tax_rate,
            code=charge.other_tax,
        )
        other = model.OtherTaxes(amount=charge.amount, taxes=(row,))
    return model.AllowanceCharge(
        is_charge=charge.is_charge,
        amount=charge.amount,
        reason=charge.reason,
        vat_category=charge.vat_category,
        vat_rate=charge.vat_rate,
        other_taxes=other,
    )


def _breakdown(
    inputs: Sequence[LineInput],
    lines: Sequence[model.Line],
    parts: Sequence[model.AllowanceCharge],
    exemptions: Sequence[tuple[str, str | None, str | None]],
) -> tuple[model.VatBreakdown, ...]:
    bases: dict[_Key, list[Decimal]] = {}
    surcharged: dict[Decimal, list[Decimal]] = {}
    for source, line in zip(inputs, lines, strict=True):
        amount = line.net_amount or _ZERO
        bases.setdefault((source.vat_category, source.vat_rate or Decimal(0)), []).append(amount)
        if source.surcharge_percent is not None:
            surcharged.setdefault(source.surcharge_percent, []).append(amount)
    for part in parts:
        amount = part.amount or _ZERO
        key = (part.vat_category or "S", part.vat_rate or Decimal(0))
        bases.setdefault(key, []).append(amount if part.is_charge else -amount)
    reasons = {category: (code, text) for category, code, text in exemptions}
    rows = [(category, rate, total(found)) for (category, rate), found in bases.items()]
    rows += [("N", rate, total(found)) for rate, found in surcharged.items()]
    return tuple(
        model.VatBreakdown(
            taxable_base=base,
            tax=round_to(base * rate / 100),
            category=category,
            rate=rate,
            exemption_code=reasons.get(category, (None, None))[0],
            exemption_reason=reasons.get(category, (None, None))[1],
        )
        for category, rate, base in rows
    )


def _withholding(
    withholdings: Sequence[Withheld], without: Decimal
) -> model.WithholdingTotal | None:
    if not withholdings:
        return None
    rows = []
    for each in withholdings:
        base = without if each.base is None else each.base
        amount = round_to(base * each.rate / 100)
        rows.append(
            model.Withholding(base=base, amount=amount, rate=each.rate, concept=each.concept)
        )
    return model.WithholdingTotal(
        amount=total(row.amount or _ZERO for row in rows), withholdings=tuple(rows)
    )


def _collected(entry: Collected) -> model.ThirdPartyCharge:
    amount = -entry.amount if entry.code == "MINO" else entry.amount
    return model.ThirdPartyCharge(code=entry.code, amount=amount, description=entry.description)


def _corrections(correction: Correction | None) -> list[model.SupportingDocument]:
    if correction is None:
        return []
    found = [
        model.SupportingDocument(
            id="RECT:TIPO", type_code=correction.kind, description=correction.kind_text
        ),
        model.SupportingDocument(
            id="RECT:MODALIDAD", type_code=correction.by, description=correction.by_text
        ),
    ]
    amounts = (
        ("Base", correction.base),
        ("Cuota", correction.tax),
        ("CuotaRecargo", correction.surcharge),
    )
    found += [
        model.SupportingDocument(id="RECT:IMPORTES", type_code=code, description=str(amount))
        for code, amount in amounts
        if amount is not None
    ]
    return found


def _references(
    qr: tuple[str, str] | None, authorisations: Sequence[tuple[str, str | None]]
) -> list[model.SupportingDocument]:
    found = []
    if qr is not None:
        system, url = qr
        found.append(
            model.SupportingDocument(id="QR", uuid=url, type_code="916", description=system)
        )
    found += [
        model.SupportingDocument(id="AUT", uuid=number, type_code="916", description=text)
        for number, text in authorisations
    ]
    return found
