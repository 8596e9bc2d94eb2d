"""Checks of the lines (ES-SPFE-040 to 054)."""

from decimal import Decimal

from einvoice_core.findings import Breach
from einvoice_core.money import total
from ubl_peppol.reading.values import product
from ubl_peppol.spfe.lists import REGIMES, codes
from ubl_peppol.spfe.rules._base import Breaches, Document, Node, check, summed
from ubl_peppol.ubl25.nodes import ZERO

__all__: list[str] = []

_LINE = "cac:InvoiceLine"
_CATEGORY = "cac:Item/cac:ClassifiedTaxCategory"
_REQUIRED = {
    "BT-126": "cbc:ID",
    "BT-129": "cbc:InvoicedQuantity",
    "BT-131": "cbc:LineExtensionAmount",
    "BT-146": "cac:Price/cbc:PriceAmount",
    "BT-151": f"{_CATEGORY}/cbc:ID",
    "BT-153": "cac:Item/cbc:Name",
}
_TWO_CENTS = Decimal("0.02")


def _properties(line: Node, name: str) -> list[Node]:
    found = line.all("cac:Item/cac:AdditionalItemProperty")
    return [each for each in found if each.text("cbc:Name") == name]


@check("ES-SPFE-040", "{term} is missing in a line: state it.")
def _required(doc: Document) -> Breaches:
    """There is a line, and each has identifier, quantity, unit, amount, price, category, name."""
    found = doc.all(_LINE)
    if not found:
        yield Breach(doc, term="BG-25")
    for line in found:
        for term, path in _REQUIRED.items():
            if not line.text(path):
                yield Breach(line, term=term)
        if not line.attribute("cbc:InvoicedQuantity", "unitCode"):
            yield Breach(line, term="BT-130")


@check("ES-SPFE-041", "Two lines are {number!r} (BT-126): number them apart.")
def _unique(doc: Document) -> Breaches:
    """The identifier of a line is its own."""
    seen: set[str] = set()
    for line in doc.all(_LINE):
        number = line.text("cbc:ID")
        if number in seen:
            yield Breach(line.at("cbc:ID"), number=number)
        seen.add(number)


@check("ES-SPFE-042", "The line has {count} regime keys (REGI): state one or two.")
def _regime(doc: Document) -> Breaches:
    """A line has one or two regime keys."""
    for line in doc.all(_LINE):
        if (count := len(_properties(line, "REGI"))) not in (1, 2):
            yield Breach(line, count=count)


@check("ES-SPFE-043", "{key!r} is not a regime key of {tax!r}: see the lists L3A, L3B and L3C.")
def _regime_key(doc: Document) -> Breaches:
    """A regime key is in the list of its tax."""
    for line in doc.all(_LINE):
        for each in _properties(line, "REGI"):
            tax, key = each.text("cbc:ValueQualifier"), each.text("cbc:Value")
            if tax not in REGIMES or key not in codes(REGIMES[tax]):
                yield Breach(each, key=key, tax=tax)


@check("ES-SPFE-044", "A line of category {category} wants a regime key of {tax}.")
def _regime_of_category(doc: Document) -> Breaches:
    """The tax of a regime key is that of the category of the line."""
    for line in doc.all(_LINE):
        category = line.text(f"{_CATEGORY}/cbc:ID")
        tax = {"L": "IGIC", "M": "IPSI"}.get(category, "IVA")
        found = _properties(line, "REGI")
        if found and all(each.text("cbc:ValueQualifier") != tax for each in found):
            yield Breach(line, category=category, tax=tax)


@check(
    "ES-SPFE-045", "The cadastral reference (RCAT) needs a value and a situation of the list L6."
)
def _cadastre(doc: Document) -> Breaches:
    """A line has one cadastral reference at most, with its situation."""
    for line in doc.all(_LINE):
        found = _properties(line, "RCAT")
        for number, each in enumerate(found):
            situation = each.text("cbc:ValueQualifier")
            if number or not each.text("cbc:Value") or situation not in codes("L6"):
                yield Breach(each)


@check("ES-SPFE-046", "Regime key 11 is for a lease of premises: state the cadastral reference.")
def _lease(doc: Document) -> Breaches:
    """A lease of business premises has a cadastral reference."""
    for line in doc.all(_LINE):
        leased = any(each.text("cbc:Value") == "11" for each in _properties(line, "REGI"))
        if leased and not _properties(line, "RCAT"):
            yield Breach(line)


@check("ES-SPFE-048", "A discount of a line has no {what}: state it.")
def _allowances(doc: Document) -> Breaches:
    """A discount of a line has amount and reason."""
    for each in _line_parts(doc, "false"):
        yield from _parts(each)


@check("ES-SPFE-049", "A charge of a line has no {what}: state it.")
def _charges(doc: Document) -> Breaches:
    """A charge of a line has amount, reason and a code of the list L9."""
    for each in _line_parts(doc, "true"):
        yield from _parts(each)
        if each.text("cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode") not in codes("L9"):
            yield Breach(each, what="tax code of the list L9 (RESTO when it is no tax)")


def _line_parts(doc: Document, indicator: str) -> list[Node]:
    found = doc.all(f"{_LINE}/cac:AllowanceCharge")
    return [each for each in found if each.text("cbc:ChargeIndicator") == indicator]


def _parts(each: Node) -> Breaches:
    if not each.text("cbc:Amount"):
        yield Breach(each, what="amount")
    if not each.text("cbc:AllowanceChargeReason"):
        yield Breach(each, what="reason")


@check("ES-SPFE-054", "The line says {stated}; price, quantity and discounts make {computed}.")
def _net_amount(doc: Document) -> Breaches:
    """The net amount of a line is what price, quantity and discounts make, within two cents."""
    for line in doc.all(_LINE):
        stated, price = line.number("cbc:LineExtensionAmount"), line.number(_REQUIRED["BT-146"])
        quantity = line.number("cbc:InvoicedQuantity")
        base = line.number("cac:Price/cbc:BaseQuantity")
        if stated is None or price is None or quantity is None or base == 0:
            continue
        parts = line.all("cac:AllowanceCharge")
        plus = summed((p for p in parts if p.text("cbc:ChargeIndicator") == "true"), "cbc:Amount")
        minus = summed((p for p in parts if p.text("cbc:ChargeIndicator") == "false"), "cbc:Amount")
        computed = total((product(price, quantity) / (base or 1), plus, ZERO - minus))
        if abs(stated - computed) > _TWO_CENTS:
            shown = computed.quantize(Decimal("0.01"))
            yield Breach(line.at("cbc:LineExtensionAmount"), stated=stated, computed=shown)
