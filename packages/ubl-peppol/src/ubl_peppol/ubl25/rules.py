"""Rules that the 2026 edition of EN 16931 adds or changes, as far as they are publicly known.

The norm was not read: each rule is transcribed from public readings that agree, and says so in its
source. Rules of 2017 that stay are not repeated, and those that were withdrawn are in
:data:`ubl_peppol.ubl25.edition.WITHDRAWN`. Known by number only, and not judged, is BR-CO-36.
"""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Breach, Report, RuleSet, Severity
from einvoice_core.money import total
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol import structure
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.reading.values import product, unchanged
from ubl_peppol.ubl25.documents import INVOICE
from ubl_peppol.ubl25.edition import NOW_WITH_SCHEME, Trust
from ubl_peppol.ubl25.nodes import ZERO, Node, summed

__all__ = ["rules", "validate"]

_Breaches = Iterator[Breach]
_SOURCE = f"EN 16931-1:2026 ({Trust.TRANSCRIBED})"
_CENT, _TWO_CENTS, _PERCENT = Decimal("0.01"), Decimal("0.02"), Decimal("0.01")
_TOTAL = "cac:LegalMonetaryTotal"
_PARTY = "cac:AccountingSupplierParty/cac:Party"
rules: RuleSet[Node] = RuleSet(_SOURCE, name="en16931-2026")
"""The rules, by their ids in the norm."""


@rules.rule(
    "BR-CO-13",
    message="The total without VAT (BT-109) is {stated}; lines, allowances and charges make "
    "{computed}: correct it.",
    terms=("BT-109",),
)
def _without_vat(doc: Node) -> _Breaches:
    """BT-109 is the sum of BT-131 less BT-92 plus BT-99."""
    stated = doc.number(f"{_TOTAL}/cbc:TaxExclusiveAmount")
    parts = doc.all("cac:AllowanceCharge")
    charges = [each for each in parts if each.text("cbc:ChargeIndicator") == "true"]
    allowances = [each for each in parts if each not in charges]
    computed = total(
        (
            summed(doc.all("cac:InvoiceLine"), "cbc:LineExtensionAmount"),
            summed(charges, "cbc:Amount"),
            ZERO - summed(allowances, "cbc:Amount"),
        )
    )
    if stated is not None and stated != computed:
        yield Breach(doc.at(f"{_TOTAL}/cbc:TaxExclusiveAmount"), stated=stated, computed=computed)


@rules.rule(
    "BR-CO-16",
    message="The amount due (BT-115) is {stated}; the total with VAT, what is paid, rounded and "
    "charged for third parties make {computed}: correct it.",
    terms=("BT-115",),
)
def _due(doc: Node) -> _Breaches:
    """BT-115 is BT-112 less BT-113 plus the sum of BT-179 plus BT-114."""
    stated = doc.number(f"{_TOTAL}/cbc:PayableAmount")
    with_vat = doc.number(f"{_TOTAL}/cbc:TaxInclusiveAmount")
    if stated is None or with_vat is None:
        return
    computed = total(
        (
            with_vat,
            ZERO - (doc.number(f"{_TOTAL}/cbc:PrepaidAmount") or ZERO),
            summed(doc.all("cac:CollectionInvoiceLine"), "cbc:TaxInclusiveLineExtensionAmount"),
            doc.number(f"{_TOTAL}/cbc:PayableRoundingAmount") or ZERO,
        )
    )
    if stated != computed:
        yield Breach(doc.at(f"{_TOTAL}/cbc:PayableAmount"), stated=stated, computed=computed)


@rules.rule(
    "BR-CO-25",
    message="Something is due and neither a due date (BT-9) nor terms of payment (BT-20) say when.",
    terms=("BT-9", "BT-20"),
)
def _when(doc: Node) -> _Breaches:
    """With an amount due above zero, BT-9 or a BT-20 is present."""
    due = doc.number(f"{_TOTAL}/cbc:PayableAmount")
    if due is None or due <= 0 or doc.text("cbc:DueDate"):
        return
    if not any(each.text("cbc:Note") for each in doc.all("cac:PaymentTerms")):
        yield Breach(doc)


@rules.rule(
    "BR-CO-32",
    message="The net amount of the line (BT-131) is {stated}; price, quantity, allowances and "
    "charges make {computed}: correct it.",
    terms=("BT-131",),
)
def _line_net(doc: Node) -> _Breaches:
    """BT-131 agrees with price, quantity, allowances and charges within two units."""
    for line in doc.all("cac:InvoiceLine"):
        stated, price = (
            line.number("cbc:LineExtensionAmount"),
            line.number("cac:Price/cbc:PriceAmount"),
        )
        quantity = line.number("cbc:InvoicedQuantity")
        if stated is None or price is None or quantity is None:
            continue
        base = line.number("cac:Price/cbc:BaseQuantity")
        if base == 0:
            continue
        parts = line.all("cac:AllowanceCharge")
        signed = [
            amount if each.text("cbc:ChargeIndicator") == "true" else -amount
            for each in parts
            if (amount := each.number("cbc:Amount")) is not None
        ]
        computed = total((product(quantity, price) / (base or 1), *signed))
        if abs(stated - computed) > _TWO_CENTS:
            yield Breach(line, stated=stated, computed=computed)


_LEVELS = {
    "BR-CO-28": (
        "order",
        "cac:OrderReference/cbc:ID",
        "cac:OrderLineReference/cac:OrderReference/cbc:ID",
    ),
    "BR-CO-29": (
        "despatch advice",
        "cac:DespatchDocumentReference/cbc:ID",
        "cac:DespatchLineReference/cac:DocumentReference/cbc:ID",
    ),
    "BR-CO-30": (
        "receiving advice",
        "cac:ReceiptDocumentReference/cbc:ID",
        "cac:ReceiptLineReference/cac:DocumentReference/cbc:ID",
    ),
    "BR-CO-40": ("delivery", "cac:Delivery", "cac:Delivery"),
    "BR-CO-45": (
        "delivery note",
        "cac:DeliveryNoteDocumentReference/cbc:ID",
        "cac:Delivery/cac:DeliveryNoteDocumentReference/cbc:ID",
    ),
    "BR-CO-46": (
        "sales order",
        "cac:OrderReference/cbc:SalesOrderID",
        "cac:OrderLineReference/cac:OrderReference/cbc:SalesOrderID",
    ),
    "BR-CO-47": (
        "preceding invoice",
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
    ),
}
"""Rule → what is meant, its place in the header, and its place in a line."""


@rules.family(
    _LEVELS, message="The {name} is given for the invoice and for a line: keep one of both."
)
def _one_level(doc: Node, row: tuple[str, str, str]) -> _Breaches:
    """A reference is given for the invoice or for its lines, never for both."""
    name, header, in_line = row
    if doc.one(header) is None:
        return
    for line in doc.all("cac:InvoiceLine"):
        found = line.one(in_line)
        if found is not None:
            yield Breach(found, name=name)
            return


@rules.rule("BR-CO-34", message="A charge has a reason code and a code of a tax: keep one of both.")
def _one_code(doc: Node) -> _Breaches:
    """The reason code of a charge and the code of a tax other than VAT exclude each other."""
    for each in doc.all("cac:AllowanceCharge"):
        if len(each.all("cbc:AllowanceChargeReasonCode")) > 1:
            yield Breach(each)


@rules.rule(
    "BR-CO-35", message="A charge of a line has a reason code and a code of a tax: keep one."
)
def _one_code_of_line(doc: Node) -> _Breaches:
    """The same in a line."""
    for each in doc.all("cac:InvoiceLine/cac:AllowanceCharge"):
        if len(each.all("cbc:AllowanceChargeReasonCode")) > 1:
            yield Breach(each)


def _disagreeing(doc: Node, *, charges: bool) -> _Breaches:
    places = (*doc.all("cac:AllowanceCharge"), *doc.all("cac:InvoiceLine/cac:AllowanceCharge"))
    for each in places:
        if (each.text("cbc:ChargeIndicator") == "true") is not charges:
            continue
        amount, base = each.number("cbc:Amount"), each.number("cbc:BaseAmount")
        percent = each.number("cbc:MultiplierFactorNumeric")
        if amount is None or base is None or percent is None:
            continue
        computed = product(base, percent, _PERCENT)
        if abs(amount - computed) > _TWO_CENTS:
            yield Breach(each, stated=amount, computed=computed)


@rules.rule(
    "BR-CO-38",
    message="The allowance is {stated}; its percentage of the base is {computed}: correct it.",
)
def _allowances(doc: Node) -> _Breaches:
    """Amount, base and percentage of an allowance agree."""
    yield from _disagreeing(doc, charges=False)


@rules.rule(
    "BR-CO-39",
    message="The charge is {stated}; its percentage of the base is {computed}: correct it.",
)
def _charges(doc: Node) -> _Breaches:
    """Amount, base and percentage of a charge agree."""
    yield from _disagreeing(doc, charges=True)


@rules.rule(
    "BR-CO-48",
    message="BT-111 is {stated}; BT-110 at the exchange rate is {multiplied}, or {divided} the "
    "other way: correct one of them.",
    severity=Severity.WARNING,
    terms=("BT-110", "BT-111", "BT-167"),
)
def _exchanged(doc: Node) -> _Breaches:
    """BT-111 is BT-110 at the rate BT-167; its direction is not known, either is taken."""
    rate = doc.number("cac:TaxExchangeRate/cbc:CalculationRate")
    currency = doc.text("cbc:DocumentCurrencyCode")
    own = other = None
    for each in doc.all("cac:TaxTotal"):
        amount = each.one("cbc:TaxAmount")
        if amount is not None and amount.element.get("currencyID") == currency:
            own = amount.number()
        elif amount is not None:
            other = amount.number()
    if not rate or own is None or other is None:
        return
    multiplied, divided = product(own, rate), own / rate
    if all(abs(other - each) > _CENT for each in (multiplied, divided)):
        first, second = (round(each, 2) for each in (multiplied, divided))
        yield Breach(doc, stated=other, multiplied=first, divided=second)


@rules.rule("BR-DEC-44", message="The net price (BT-146) {price} has more than four decimals.")
def _price_decimals(doc: Node) -> _Breaches:
    """BT-146 has at most two decimals more than the currency, which has two."""
    if doc.text("cbc:DocumentCurrencyCode") != "EUR":
        return
    for line in doc.all("cac:InvoiceLine"):
        price = line.number("cac:Price/cbc:PriceAmount")
        if price is not None and -int(price.as_tuple().exponent) > 4:
            yield Breach(line, price=price)


_NATIONAL = frozenset("NDFIJ")
_NATIONAL_PLACES = {
    "BR-N-2": ("line", "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", ""),
    "BR-N-3": ("allowance", "cac:AllowanceCharge", "false"),
    "BR-N-4": ("charge", "cac:AllowanceCharge", "true"),
}
"""Rule → what is meant, its place, and the indicator of an allowance or charge."""


@rules.family(
    _NATIONAL_PLACES,
    message="The {name} is of a national scheme and the seller has no tax number: state it.",
    terms=("BT-31", "BT-32", "BT-63"),
)
def _national(doc: Node, row: tuple[str, str, str]) -> _Breaches:
    """With a category of a national scheme the seller has BT-31, BT-32 or BT-63."""
    name, path, indicator = row
    for each in doc.all(path):
        if indicator and each.text("cbc:ChargeIndicator") != indicator:
            continue
        code = each.text("cac:TaxCategory/cbc:ID") if indicator else each.text()
        if code in _NATIONAL and not _identified(doc):
            yield Breach(each, name=name)
            return


def _identified(doc: Node) -> bool:
    company = "cac:PartyTaxScheme/cbc:CompanyID"
    return any(doc.text(f"{party}/{company}") for party in (_PARTY, "cac:TaxRepresentativeParty"))


_BUYER = "cac:AccountingCustomerParty/cac:Party"
_SCHEMES = {
    NOW_WITH_SCHEME[term]: (term, path)
    for term, path in (
        ("BT-29", f"{_PARTY}/cac:PartyIdentification/cbc:ID"),
        ("BT-30", f"{_PARTY}/cac:PartyLegalEntity/cbc:CompanyID"),
        ("BT-46", f"{_BUYER}/cac:PartyIdentification/cbc:ID"),
        ("BT-47", f"{_BUYER}/cac:PartyLegalEntity/cbc:CompanyID"),
        ("BT-60", "cac:PayeeParty/cac:PartyIdentification/cbc:ID"),
        ("BT-61", "cac:PayeeParty/cac:PartyLegalEntity/cbc:CompanyID"),
        ("BT-71", "cac:Delivery/cac:DeliveryLocation/cbc:ID"),
    )
}


@rules.family(
    _SCHEMES, message="{value!r} ({term}) does not say which scheme gives it: state schemeID."
)
def _scheme(doc: Node, row: tuple[str, str]) -> _Breaches:
    """The identifier of a party or place has the scheme that gives it."""
    term, path = row
    for each in doc.all(path):
        if not each.element.get("schemeID"):
            yield Breach(each, value=each.text(), term=term)


def validate(xml: bytes, *, limits: Limits = LIMITS) -> Report:
    """Judge an invoice by the grammar of UBL 2.5 and by these rules.

    The rules that stay from 2017 are not judged on UBL 2.5; the report names them as skipped.

    Args:
        xml: The document as it came.
        limits: How large a document may be.

    Raises:
        XmlRefused: The bytes are not a document.
        UnknownDocumentError: It is not an invoice of UBL.
    """
    root = parse(xml, limits)
    if root.tag != INVOICE:
        raise UnknownDocumentError(
            f"the root is {str(root.tag)[:200]!r}: a UBL Invoice is wanted here", root=root.tag
        )
    return _judged(root)


def _judged(root: etree._Element) -> Report:
    with unchanged():
        report = structure.validate(root, grammar=structure.ubl25())
        report += rules.validate(Node(root), MAX_FINDINGS - len(report.findings))
    kept = "rules that stay from 2017 are judged on UBL 2.1 and CII: convert it for them"
    return report + Report(layers_skipped={"en16931-2017": kept})
