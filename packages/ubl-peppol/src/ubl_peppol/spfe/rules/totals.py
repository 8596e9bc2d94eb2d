"""Checks of the totals, of withholdings and of charges for third parties (064 to 073)."""

from decimal import Decimal

from einvoice_core.findings import Breach
from einvoice_core.money import total
from ubl_peppol.reading.values import product
from ubl_peppol.spfe.lists import codes
from ubl_peppol.spfe.rules._base import Breaches, Document, Node, check, summed
from ubl_peppol.ubl25.nodes import ZERO

__all__: list[str] = []

_TOTAL = "cac:LegalMonetaryTotal"
_CENT = Decimal("0.01")
_COLLECTED = "cbc:TaxInclusiveLineExtensionAmount"
_REDUCING = ("RETE", "MINO")


def _stated(doc: Document, name: str) -> Decimal | None:
    return doc.number(f"{_TOTAL}/cbc:{name}")


def _vat(doc: Document) -> Node | None:
    """Return the VAT in the currency of the invoice (BT-110)."""
    currency = doc.text("cbc:DocumentCurrencyCode")
    found = doc.all("cac:TaxTotal")
    return next(
        (each for each in found if each.attribute("cbc:TaxAmount", "currencyID") == currency), None
    )


@check("ES-SPFE-064", "{term} is {stated}; what it sums makes {computed}.")
def _sums(doc: Document) -> Breaches:
    """The sums of lines, discounts and charges are right, and so is the total without VAT."""
    parts = doc.all("cac:AllowanceCharge")
    minus = [each for each in parts if each.text("cbc:ChargeIndicator") == "false"]
    plus = [each for each in parts if each.text("cbc:ChargeIndicator") == "true"]
    lines = summed(doc.all("cac:InvoiceLine"), "cbc:LineExtensionAmount")
    taken, added = summed(minus, "cbc:Amount"), summed(plus, "cbc:Amount")
    rows = (
        ("BT-106", "LineExtensionAmount", lines, True),
        ("BT-107", "AllowanceTotalAmount", taken, bool(minus)),
        ("BT-108", "ChargeTotalAmount", added, bool(plus)),
        ("BT-109", "TaxExclusiveAmount", total((lines, added, ZERO - taken)), True),
    )
    for term, name, computed, wanted in rows:
        stated = _stated(doc, name)
        if (stated is None and wanted) or (stated is not None and stated != computed):
            yield Breach(
                doc.at(f"{_TOTAL}/cbc:{name}"), term=term, stated=stated, computed=computed
            )


@check("ES-SPFE-065", "BT-110 is {stated}; the rows of the breakdown add up to {computed}.")
def _vat_total(doc: Document) -> Breaches:
    """The VAT (BT-110) is there and is the sum of the rows."""
    found = _vat(doc)
    stated = found.number("cbc:TaxAmount") if found else None
    rows = found.all("cac:TaxSubtotal") if found else []
    if not doc.readings.surcharge_in_vat_total:
        rows = [row for row in rows if row.text("cac:TaxCategory/cbc:ID") != "N"]
    computed = summed(rows, "cbc:TaxAmount")
    if stated != computed:
        yield Breach(found or doc, stated=stated, computed=computed)


@check("ES-SPFE-066", "BT-112 is {stated}; total without VAT and VAT make {computed}.")
def _with_vat(doc: Document) -> Breaches:
    """The total with VAT is that without VAT and the VAT."""
    without, stated = _stated(doc, "TaxExclusiveAmount"), _stated(doc, "TaxInclusiveAmount")
    found = _vat(doc)
    if without is None or found is None:
        return
    computed = total((without, found.number("cbc:TaxAmount") or ZERO))
    if stated != computed:
        yield Breach(doc.at(f"{_TOTAL}/cbc:TaxInclusiveAmount"), stated=stated, computed=computed)


def _collected_sum(doc: Document) -> Decimal:
    """Add up BT-179 with the sign that counts."""
    found = doc.all("cac:CollectionInvoiceLine")
    amounts = [(each.text("cbc:ID"), each.number(_COLLECTED) or ZERO) for each in found]
    if doc.readings.reductions == "positive":
        amounts = [(code, -each if code in _REDUCING else each) for code, each in amounts]
    return total(amount for _, amount in amounts)


@check("ES-SPFE-067", "BT-115 is {stated}; the totals make {computed}.")
def _due(doc: Document) -> Breaches:
    """What is to be paid follows from the totals and the charges for third parties."""
    with_vat, stated = _stated(doc, "TaxInclusiveAmount"), _stated(doc, "PayableAmount")
    if with_vat is None:
        return
    paid = _stated(doc, "PrepaidAmount") or ZERO
    rounding = _stated(doc, "PayableRoundingAmount") or ZERO
    computed = total((with_vat, ZERO - paid, _collected_sum(doc), rounding))
    if stated != computed:
        yield Breach(doc.at(f"{_TOTAL}/cbc:PayableAmount"), stated=stated, computed=computed)


@check("ES-SPFE-068", "A charge for a third party lacks {what}: state it.")
def _collected(doc: Document) -> Breaches:
    """A charge for a third party has a code of the list L7, an amount and a description."""
    for each in doc.all("cac:CollectionInvoiceLine"):
        if each.text("cbc:ID") not in codes("L7"):
            yield Breach(each, what="a code of the list L7")
        if not each.text(_COLLECTED):
            yield Breach(each, what="its amount (BT-179)")
        if not each.text("cac:Item/cbc:Description"):
            yield Breach(each, what="its description (BT-180)")


@check("ES-SPFE-069", "RETE stands {count} times: once, together with WithholdingTaxTotal.")
def _withheld_once(doc: Document) -> Breaches:
    """A withholding stands once as a charge, and as the total of withholdings."""
    count, tax = len(doc.collected("RETE")), doc.one("cac:WithholdingTaxTotal")
    if count > 1 or bool(count) != (tax is not None):
        yield Breach(tax or doc.collected("RETE")[0], count=count)


@check("ES-SPFE-070", "BT-ES-17 is {stated}: it must be {parts}, the sum of its parts, and RETE.")
def _withheld_sum(doc: Document) -> Breaches:
    """The total of withholdings is the sum of them, and what RETE says."""
    found = doc.one("cac:WithholdingTaxTotal")
    if found is None:
        return
    stated = found.number("cbc:TaxAmount")
    parts = summed(found.all("cac:TaxSubtotal"), "cbc:TaxAmount")
    said = [abs(each.number(_COLLECTED) or ZERO) for each in doc.collected("RETE")]
    if stated != parts or any(abs(parts) != each for each in said):
        yield Breach(found, stated=stated, parts=parts)


@check("ES-SPFE-071", "A withholding needs base, amount, rate, a key of L5, category S and WTH.")
def _withholdings(doc: Document) -> Breaches:
    """A withholding is complete, and is base times rate within a cent."""
    for row in doc.all("cac:WithholdingTaxTotal/cac:TaxSubtotal"):
        base, amount = row.number("cbc:TaxableAmount"), row.number("cbc:TaxAmount")
        rate = row.number("cac:TaxCategory/cbc:Percent")
        scheme = row.text("cac:TaxCategory/cac:TaxScheme/cbc:ID")
        key = row.text("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode")
        named = key in codes("L5") and row.text("cac:TaxCategory/cbc:ID") == "S" and scheme == "WTH"
        if (
            base is None
            or amount is None
            or rate is None
            or not named
            or abs(amount - product(base, rate) / 100) > _CENT
        ):
            yield Breach(row)


@check("ES-SPFE-072", "{code} is {amount}: the sign does not fit.")
def _signs(doc: Document) -> Breaches:
    """What reduces is negative and what adds is positive, while the total is."""
    whole = _stated(doc, "TaxInclusiveAmount")
    if whole is None or whole <= 0:
        return
    reversed_signs = doc.readings.reductions == "positive"
    for each in doc.collected("RETE", "MINO", "SUPL", "IEDMT", "OTROS"):
        code, amount = each.text("cbc:ID"), each.number(_COLLECTED)
        reduces = code in _REDUCING and not reversed_signs
        if amount is not None and (amount > 0 if reduces else amount < 0):
            yield Breach(each, code=code, amount=amount)


@check("ES-SPFE-073", "Taxes for a third party stand with IEDMT or OTROS only: amount, S and VAT.")
def _collected_taxes(doc: Document) -> Breaches:
    """A tax breakdown of a charge for a third party stands with a tax or levy only."""
    for each in doc.all("cac:CollectionInvoiceLine"):
        for row in each.all("cac:TaxTotal/cac:TaxSubtotal"):
            right = (
                each.text("cbc:ID") in ("IEDMT", "OTROS")
                and row.text("cbc:TaxAmount")
                and row.text("cac:TaxCategory/cbc:ID") == "S"
                and row.text("cac:TaxCategory/cac:TaxScheme/cbc:ID") == "VAT"
            )
            if not right:
                yield Breach(row)
