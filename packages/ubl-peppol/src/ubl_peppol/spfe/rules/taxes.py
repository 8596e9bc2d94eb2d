"""Checks of discounts, charges and taxes (ES-SPFE-047, 050 to 053, 060 to 063, 092)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Breach
from einvoice_core.money import total
from tax_es.iva import surcharge
from ubl_peppol.reading.values import product
from ubl_peppol.spfe.lists import codes
from ubl_peppol.spfe.rules._base import Breaches, Document, Node, check
from ubl_peppol.ubl25.nodes import ZERO

__all__: list[str] = []

_LINE_CATEGORY = "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory"
_ROW_CATEGORY = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
_PART_CATEGORY = "cac:AllowanceCharge/cac:TaxCategory"
_Key = tuple[str, Decimal]


@check("ES-SPFE-047", "The category {category!r} with the scheme {scheme!r}: see the list L4; VAT.")
def _categories(doc: Document) -> Breaches:
    """A category of VAT is in the list L4, and its scheme is VAT."""
    for path in (_LINE_CATEGORY, _ROW_CATEGORY, _PART_CATEGORY):
        for each in doc.all(path):
            category, scheme = each.text("cbc:ID"), each.text("cac:TaxScheme/cbc:ID")
            if category not in codes("L4") or scheme != "VAT":
                yield Breach(each, category=category, scheme=scheme)


@check("ES-SPFE-050", "A discount or charge has no {what}: state it.")
def _document_parts(doc: Document) -> Breaches:
    """A discount or charge of the invoice has amount, category and reason."""
    wanted = {
        "amount": "cbc:Amount",
        "category": "cac:TaxCategory/cbc:ID",
        "reason": "cbc:AllowanceChargeReason",
    }
    for each in doc.all("cac:AllowanceCharge"):
        for what, path in wanted.items():
            if not each.text(path):
                yield Breach(each, what=what)


@check("ES-SPFE-051", "The other tax of a charge needs one code of the list L9 and one amount.")
def _other_taxes(doc: Document) -> Breaches:
    """A tax other than VAT in a charge has a code, and its amount in both places."""
    for each in doc.all("cac:AllowanceCharge/cac:TaxTotal"):
        rows = each.all("cac:TaxSubtotal")
        known = [
            row
            for row in rows
            if row.text("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode") in codes("L9")
            and row.number("cbc:TaxAmount") == each.number("cbc:TaxAmount")
        ]
        if len(rows) != 1 or known != rows:
            yield Breach(each)


@check("ES-SPFE-052", "Something is exempt (E), and nothing says why: state BT-195, 120 or 121.")
def _exempt(doc: Document) -> Breaches:
    """What is exempt says why."""
    rows = [each for each in doc.all(_ROW_CATEGORY) if each.text("cbc:ID") == "E"]
    lines = [each for each in doc.all(_LINE_CATEGORY) if each.text("cbc:ID") == "E"]
    reasoned = [
        each
        for each in (*rows, *lines)
        if each.text("cbc:TaxExemptionReason") or each.text("cbc:TaxExemptionReasonCode")
    ]
    if (rows or lines) and not reasoned:
        yield Breach((rows or lines)[0])


@check("ES-SPFE-053", "A row of reverse charge (AE) has no tax and says why.")
def _reverse_charge(doc: Document) -> Breaches:
    """Reverse charge bears no tax and says why."""
    for row in doc.rows():
        category = row.one("cac:TaxCategory")
        if category is None or category.text("cbc:ID") != "AE":
            continue
        said = category.text("cbc:TaxExemptionReason") or category.text(
            "cbc:TaxExemptionReasonCode"
        )
        if row.number("cbc:TaxAmount") or not said:
            yield Breach(row)


@check("ES-SPFE-060", "The VAT breakdown lacks {what}: state it.")
def _breakdown(doc: Document) -> Breaches:
    """There is a VAT breakdown, and each row has base, amount, category and rate."""
    rows = doc.rows()
    if not rows:
        yield Breach(doc, what="every row (BG-23)")
    wanted = {
        "a base": "cbc:TaxableAmount",
        "an amount": "cbc:TaxAmount",
        "a category": "cac:TaxCategory/cbc:ID",
        "a rate (0 where there is none)": "cac:TaxCategory/cbc:Percent",
    }
    for row in rows:
        for what, path in wanted.items():
            if not row.text(path):
                yield Breach(row, what=what)


def _key(category: Node) -> _Key:
    return category.text("cbc:ID"), category.number("cbc:Percent") or ZERO


def _used(doc: Document) -> Iterator[tuple[_Key, Decimal]]:
    for line in doc.all("cac:InvoiceLine"):
        category = line.one("cac:Item/cac:ClassifiedTaxCategory")
        if category is not None:
            yield _key(category), line.number("cbc:LineExtensionAmount") or ZERO
    for part in doc.all("cac:AllowanceCharge"):
        category = part.one("cac:TaxCategory")
        if category is not None:
            amount = part.number("cbc:Amount") or ZERO
            sign = 1 if part.text("cbc:ChargeIndicator") == "true" else -1
            yield _key(category), amount * sign


def _bases(doc: Document) -> dict[_Key, Decimal]:
    found: dict[_Key, list[Decimal]] = {}
    for key, amount in _used(doc):
        found.setdefault(key, []).append(amount)
    return {key: total(amounts) for key, amounts in found.items()}


def _rows_by_key(doc: Document) -> dict[_Key, list[Node]]:
    found: dict[_Key, list[Node]] = {}
    for row in doc.rows():
        category = row.one("cac:TaxCategory")
        if category is not None:
            found.setdefault(_key(category), []).append(row)
    return found


@check("ES-SPFE-061", "{category} at {rate} % has {count} rows in the breakdown: it wants one.")
def _one_row(doc: Document) -> Breaches:
    """Each category and rate that is used has one row of the breakdown, and no other has one."""
    rows, used = _rows_by_key(doc), _bases(doc)
    for key in {**used, **rows}:
        count = len(rows.get(key, ()))
        if count == 1 and key not in used and key[0] != "N":
            count = -1
        if count != 1 and not (key[0] == "N" and key not in used):
            yield Breach(
                (rows.get(key) or [doc])[0], category=key[0], rate=key[1],
                count="no line, and" if count < 0 else count,
            )  # fmt: skip


@check("ES-SPFE-062", "{category} at {rate} %: base {base} and tax {tax}; lines make {wanted}.")
def _row_amounts(doc: Document) -> Breaches:
    """For S, L and M the base is what lines make, and the tax is base times rate."""
    bases = _bases(doc)
    for (category, rate), rows in _rows_by_key(doc).items():
        for row in rows if category in ("S", "L", "M") else ():
            base, tax = row.number("cbc:TaxableAmount"), row.number("cbc:TaxAmount")
            wanted = bases.get((category, rate), ZERO)
            if base is None or tax is None:
                continue
            far = abs(tax - product(base, rate) / 100) >= doc.readings.tax_tolerance
            if base != wanted or far:
                yield Breach(
                    row, category=category, rate=rate, base=base, tax=tax,
                    wanted=f"{wanted} and {(wanted * rate / 100).quantize(Decimal('0.01'))}",
                )  # fmt: skip


@cache
def _legal_surcharges(day: date, vat_rate: Decimal) -> frozenset[Decimal]:
    found = set()
    for kind in (vat_rate, "tobacco"):
        try:
            found.add(surcharge(day, kind, allow_unverified=True).percent)
        except EInvoiceError:  # no surcharge goes with that rate on that day
            continue
    return frozenset(found)


@check("ES-SPFE-063", "A surcharge of {rate} % on {base}: no row S has that base, or no such rate.")
def _surcharge(doc: Document) -> Breaches:
    """A row of surcharge (N) has the base of a row S and the rate that goes with it that day."""
    rows = _rows_by_key(doc)
    day = doc.day("cbc:TaxPointDate") or doc.day("cbc:IssueDate")
    taxed = [(row.number("cbc:TaxableAmount"), key[1]) for key in rows for row in rows[key]
             if key[0] == "S"]  # fmt: skip
    for (category, rate), found in rows.items():
        for row in found if category == "N" and rate > 0 else ():
            base = row.number("cbc:TaxableAmount")
            rates = [vat_rate for amount, vat_rate in taxed if amount == base]
            legal = day is None or any(rate in _legal_surcharges(day, each) for each in rates)
            if not rates or not legal:
                yield Breach(row, rate=rate, base=base)


@check("ES-SPFE-092", "{amount} has more than two decimals, or there is no VAT total.")
def _decimals(doc: Document) -> Breaches:
    """Amounts in euros have two decimals at most, and a breakdown has a total."""
    if doc.rows() and not doc.text("cac:TaxTotal/cbc:TaxAmount"):
        yield Breach(doc.at("cac:TaxTotal"), amount="nothing")
    for element in doc.element.iter("{*}TaxAmount", "{*}TaxableAmount"):
        if element.get("currencyID") != "EUR":
            continue
        node = Node(element)
        amount = node.number()
        exponent = amount.as_tuple().exponent if amount is not None else 0
        if isinstance(exponent, int) and exponent < -2:
            yield Breach(node, amount=amount)
