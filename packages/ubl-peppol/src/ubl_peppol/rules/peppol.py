"""Rules of Peppol BIS Billing 3 that hold in every country (PEPPOL-EN16931-, PEPPOL-COMMON-).

The national rules of that artefact (102 ids) are not here yet.
"""

from collections.abc import Iterator
from decimal import Decimal

from einvoice_core.findings import Breach, RuleSet, Severity, Undecided
from einvoice_core.money import total
from ubl_peppol.codelists import code_list
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import difference, divide, product, round_half_up
from ubl_peppol.rules._common import PEPPOL_RELEASE, label, shown
from ubl_peppol.rules._identifiers import SHAPES

__all__ = ["peppol"]

peppol: RuleSet[Reading] = RuleSet(PEPPOL_RELEASE, "peppol")

SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROCESSES = {
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0": "01",
    "urn:peppol:france:billing:regulated": "01",
    "urn:peppol:france:billing:non-regulated": "01",
    "urn:peppol:bis:billing_with_response": "02",
}
_SLACK = Decimal("0.02")
_PERCENT = Decimal("0.01")


def _process(invoice: Reading) -> str:
    return _PROCESSES.get(invoice.document.text("BT-23"), "")


def _within_germany(invoice: Reading) -> bool:
    return _country(invoice, "BG-5", "BT-40") == _country(invoice, "BG-8", "BT-55") == "DE"


def _country(invoice: Reading, group_id: str, term: str) -> str:
    found = [
        value for address in invoice.document.groups(group_id) for value in address.values(term)
    ]
    if len(found) > 1:
        raise Undecided(found[1], "a party has two countries here: keep one")
    return found[0].collapsed.upper() if found else ""


def _by_kind(invoice: Reading, line: GroupReading) -> list[Value]:
    return line.values("credited-quantity" if invoice.is_credit_note else "invoiced-quantity")


def _slack(expected: Decimal, value: Decimal) -> bool:
    return difference(expected, value).copy_abs() <= _SLACK


# -- the document --


@peppol.rule(
    "PEPPOL-EN16931-R001",
    terms=["BT-23"],
    message="The business process (BT-23) is missing: add the ProfileID of Peppol billing.",
)
def business_process_is_given(invoice: Reading) -> Iterator[Breach]:
    """The business process is given."""
    if not invoice.document.exists("BT-23"):
        yield Breach(at=invoice.document)


@peppol.rule(
    "PEPPOL-EN16931-R002",
    terms=["BT-22"],
    message="There are {count} notes: join them into one.",
)
def there_is_one_note(invoice: Reading) -> Iterator[Breach]:
    """There is one note at most, except between German parties."""
    notes = invoice.document.groups("BG-1")
    if len(notes) > 1 and not _within_germany(invoice):
        yield Breach(at=notes[1], count=len(notes))


@peppol.rule(
    "PEPPOL-EN16931-R003",
    terms=["BT-10", "BT-13"],
    message="There is neither a buyer reference (BT-10) nor a purchase order (BT-13): add one.",
)
def buyer_can_find_the_order(invoice: Reading) -> Iterator[Breach]:
    """A buyer reference or a purchase order is given."""
    if not (invoice.document.exists("BT-10") or invoice.document.exists("BT-13")):
        yield Breach(at=invoice.document)


@peppol.rule(
    "PEPPOL-EN16931-R004",
    terms=["BT-24"],
    message="The specification (BT-24) is {value!r}: it must begin with that of Peppol billing 3.",
)
def specification_is_peppol(invoice: Reading) -> Iterator[Breach]:
    """The specification identifier is that of Peppol BIS Billing 3."""
    value = invoice.document.text("BT-24")
    if not value.startswith(SPECIFICATION) or "::" in value:
        yield Breach(at=invoice.document.node("BT-24"), value=value)


@peppol.rule(
    "PEPPOL-EN16931-R005",
    terms=["BT-6", "BT-5"],
    message="The VAT accounting currency {currency} (BT-6) is that of the invoice: leave it out.",
)
def accounting_currency_differs(invoice: Reading) -> Iterator[Breach]:
    """The VAT accounting currency differs from the currency of the invoice."""
    for value in invoice.values("accounting-currency-code"):
        currency = invoice.document.text("BT-5")
        if value.collapsed == currency:
            yield Breach(at=value, currency=currency)


@peppol.rule(
    "PEPPOL-EN16931-R007",
    terms=["BT-23"],
    message="The business process (BT-23) is {value!r}, which is not one of Peppol billing.",
)
def business_process_is_known(invoice: Reading) -> Iterator[Breach]:
    """The business process is one of Peppol billing."""
    if not _process(invoice):
        yield Breach(at=invoice.document.node("BT-23"), value=invoice.document.text("BT-23"))


@peppol.rule("PEPPOL-EN16931-R008", message="The element is empty: fill it in or leave it out.")
def no_element_is_empty(invoice: Reading) -> Iterator[Breach]:
    """No element is empty."""
    for element in invoice.empty:
        yield Breach(at=GroupReading(element))


_ENDPOINTS = {
    "PEPPOL-EN16931-R010": ("buyer-party", "BT-49"),
    "PEPPOL-EN16931-R020": ("seller-party", "BT-34"),
}


@peppol.family(_ENDPOINTS, message="The electronic address {term} is missing: add it.")
def party_has_an_electronic_address(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """Seller and buyer have an electronic address."""
    group_id, term = place
    for party in invoice.groups(group_id):
        if not party.exists("endpoint"):
            yield Breach(at=party, term=label(term))


@peppol.rule(
    "PEPPOL-EN16931-R051",
    message="The amount is in {currency}: amounts are in the currency of the invoice, {wanted}.",
)
def amounts_are_in_the_document_currency(invoice: Reading) -> Iterator[Breach]:
    """Amounts are in the currency of the invoice, but for the VAT in the accounting currency."""
    wanted = invoice.document.texts("BT-5")
    for value in invoice.values("document-amount"):
        currency = invoice.part(value, "document-amount", "currency")
        if currency not in wanted:
            yield Breach(at=value, currency=shown(currency), wanted=", ".join(wanted))


@peppol.rule(
    "PEPPOL-EN16931-R053",
    terms=["BG-23"],
    message="There are {count} total taxes with a breakdown: keep exactly one.",
)
def one_tax_total_has_the_breakdown(invoice: Reading) -> Iterator[Breach]:
    """One total tax has the VAT breakdown."""
    count = sum(bool(entry.groups("BG-23")) for entry in invoice.document.groups("tax-total"))
    if count != 1:
        yield Breach(at=invoice.document, count=count)


@peppol.rule(
    "PEPPOL-EN16931-R054",
    terms=["BT-111", "BT-6"],
    message="There are {count} total taxes without a breakdown: {wanted} is right, because a VAT "
    "accounting currency (BT-6) is {given}.",
)
def one_tax_total_is_in_the_accounting_currency(invoice: Reading) -> Iterator[Breach]:
    """One total tax has no breakdown with a VAT accounting currency, none without it."""
    count = sum(not entry.groups("BG-23") for entry in invoice.document.groups("tax-total"))
    given = invoice.document.exists("BT-6")
    if count != int(given):
        yield Breach(
            at=invoice.document,
            count=count,
            wanted=int(given),
            given="given" if given else "not given",
        )


@peppol.rule(
    "PEPPOL-EN16931-R055",
    terms=["BT-110", "BT-111"],
    message="The total VAT in the accounting currency and in that of the invoice must have the "
    "same sign, and both must be given.",
)
def both_tax_totals_have_the_same_sign(invoice: Reading) -> Iterator[Breach]:
    """The total VAT has the same sign in both currencies."""
    document = invoice.document
    if not document.exists("BT-6"):
        return
    accounting = _taxes_in(invoice, document.text("BT-6"))
    own = _taxes_in(invoice, document.text("BT-5"))
    credit = any(tax.at_most(0) for tax in accounting) and any(tax.at_most(0) for tax in own)
    debit = any(tax.at_least(0) for tax in accounting) and any(tax.at_least(0) for tax in own)
    if not (credit or debit):
        yield Breach(at=document.node("BT-6"))


def _taxes_in(invoice: Reading, currency: str) -> list[Value]:
    return [
        value
        for entry in invoice.document.groups("tax-total")
        for value in entry.values("total-tax")
        if invoice.part(value, "total-tax", "currency") == currency
    ]


@peppol.rule(
    "PEPPOL-EN16931-R061",
    terms=["BT-89"],
    message="Payment means {code} is a direct debit: give the mandate (BT-89).",
)
def direct_debit_has_a_mandate(invoice: Reading) -> Iterator[Breach]:
    """A direct debit names the mandate."""
    for means in invoice.groups("BG-16"):
        codes = [value.collapsed for value in means.values("BT-81")]
        mandates = means.groups("BG-19")
        # A doubled code keeps the published rule from looking at the payment means at all.
        if codes in (["49"], ["59"]) and not any(mandate.exists("BT-89") for mandate in mandates):
            yield Breach(at=means, code=codes[0])


@peppol.rule(
    "PEPPOL-EN16931-R080",
    terms=["BT-11"],
    message="There are {count} references to a project (type 50): keep one.",
)
def credit_note_has_one_project(invoice: Reading) -> Iterator[Breach]:
    """A credit note refers to one project at most."""
    count = len(invoice.document.groups("project-reference"))
    if count > 1:
        yield Breach(at=invoice.document, count=count)


# -- allowances and charges --


@peppol.rule(
    "PEPPOL-EN16931-R040",
    message="The amount is {amount}, but {percent} % of {base} is {computed}.",
)
def amount_is_base_times_percent(invoice: Reading) -> Iterator[Breach]:
    """The amount of an allowance or charge = base x percentage, within 0.02."""
    for entry in invoice.groups("rated-allowance"):
        base, percent = entry.amount("rated-base"), entry.amount("rated-percent")
        if base is None or percent is None:
            continue
        amount = entry.amount("rated-amount") or Decimal(0)
        computed = product(base, percent, _PERCENT)
        if not _slack(amount, computed):
            yield Breach(
                at=entry.node("rated-amount"),
                amount=amount,
                percent=percent,
                base=base,
                computed=round_half_up(computed),
            )


_HALVES = {
    "PEPPOL-EN16931-R041": ("rated-percent", "rated-base", "a percentage", "the base amount"),
    "PEPPOL-EN16931-R042": ("rated-base", "rated-percent", "a base amount", "the percentage"),
}


@peppol.family(_HALVES, message="The allowance or charge has {has}: add {lacks}.")
def percentage_and_base_go_together(
    invoice: Reading, place: tuple[str, str, str, str]
) -> Iterator[Breach]:
    """The percentage and the base of an allowance or charge go together."""
    given, other, has, lacks = place
    for entry in invoice.groups("rated-allowance"):
        if entry.exists(given) and not entry.exists(other):
            yield Breach(at=entry, has=has, lacks=lacks)


@peppol.rule(
    "PEPPOL-EN16931-R043",
    message="The indicator is {value!r}: write true for a charge, false for an allowance.",
)
def indicator_is_a_word(invoice: Reading) -> Iterator[Breach]:
    """The indicator of an allowance or charge is the word true or false."""
    for entry in invoice.groups("rated-allowance"):
        # R041 and R042 stand before this rule in the artefact: what they judge, it does not.
        if entry.exists("rated-percent") == entry.exists("rated-base"):
            value = entry.text("rated-indicator")
            if value not in ("true", "false"):
                yield Breach(at=entry.node("rated-indicator"), value=value)


@peppol.rule(
    "PEPPOL-EN16931-R044",
    terms=["BT-147"],
    message="The indicator of a price is {value!r}: a price has discounts only (false).",
)
def price_has_no_charge(invoice: Reading) -> Iterator[Breach]:
    """A price has a discount, never a charge."""
    for price in invoice.groups("BG-29"):
        for entry in price.groups("price-allowance"):
            value = entry.text("price-indicator")
            if value != "false":
                yield Breach(at=entry.node("price-indicator"), value=value)


@peppol.rule(
    "PEPPOL-EN16931-R046",
    terms=["BT-146", "BT-147", "BT-148"],
    message="The net price is {net}, but gross price {gross} - discount {discount} is {computed}.",
)
def net_price_is_gross_less_discount(invoice: Reading) -> Iterator[Breach]:
    """The net price = the gross price - the discount."""
    for price in invoice.groups("BG-29"):
        for entry in price.groups("price-allowance"):
            gross = entry.amount("price-allowance-base")
            if gross is None:
                continue
            net, discount = price.amount("BT-146"), entry.amount("price-allowance-amount")
            computed = None if discount is None else difference(gross, discount)
            if net is None or net != computed:
                yield Breach(
                    at=price.node("BT-146"),
                    net=shown(net),
                    gross=gross,
                    discount=shown(discount),
                    computed=shown(computed),
                )


# -- lines --


@peppol.rule(
    "PEPPOL-EN16931-R100",
    terms=["BT-128"],
    message="The line refers to {count} objects: keep one.",
)
def line_refers_to_one_object(invoice: Reading) -> Iterator[Breach]:
    """A line refers to one object at most."""
    for line in invoice.groups("BG-25"):
        count = len(line.groups("line-document"))
        if count > 1:
            yield Breach(at=line, count=count)


@peppol.rule(
    "PEPPOL-EN16931-R101",
    terms=["BT-128"],
    message="The document reference of the line is not an object identifier: give type 130.",
)
def reference_of_a_line_is_an_object(invoice: Reading) -> Iterator[Breach]:
    """The document reference of a line is an invoiced object (type 130)."""
    for line in invoice.groups("BG-25"):
        references = line.groups("line-document")
        types = [text for entry in references for text in entry.texts("line-document-type")]
        if references and "130" not in types:
            yield Breach(at=references[0])


_INSIDE = {
    "PEPPOL-EN16931-R110": ("BT-134", "BT-73", "starts", "before"),
    "PEPPOL-EN16931-R111": ("BT-135", "BT-74", "ends", "after"),
}


@peppol.family(
    _INSIDE,
    message="The period of the line {verb} on {day}, {side} that of the invoice ({limit}).",
)
def line_period_is_inside(invoice: Reading, place: tuple[str, str, str, str]) -> Iterator[Breach]:
    """The period of a line lies inside that of the invoice."""
    of_line, of_invoice, verb, side = place
    limits = [
        value for period in invoice.document.groups("BG-14") for value in period.values(of_invoice)
    ]
    if not limits:
        return
    for line in invoice.document.groups("BG-25"):
        for period in line.groups("BG-26"):
            for day in period.values(of_line):
                if len(limits) > 1:
                    raise Undecided(limits[1], "the period of the invoice occurs twice: keep one")
                early = day.day < limits[0].day
                if early if side == "before" else day.day > limits[0].day:
                    yield Breach(at=day, verb=verb, day=day, side=side, limit=limits[0])


@peppol.rule(
    "PEPPOL-EN16931-R120",
    terms=["BT-131", "BT-129", "BT-146", "BT-149"],
    message="The net amount of the line is {stated}, but quantity x price / base quantity "
    "+ charges - allowances is {computed}.",
)
def line_net_amount_is_computed(invoice: Reading) -> Iterator[Breach]:
    """The net amount of a line = quantity x price + charges - allowances, within 0.02."""
    for line in invoice.groups("BG-25"):
        stated = line.amount("BT-131") or Decimal(0)
        quantities = _by_kind(invoice, line)
        if len(quantities) > 1:
            raise Undecided(quantities[1], "the quantity occurs twice: keep one")
        quantity = quantities[0].decimal if quantities else Decimal(1)
        price = line.amount("BT-146") or Decimal(0)
        base = line.amount("BT-149") or Decimal(1)
        gross = product(quantity, divide(price, base))
        charges, allowances = _sum(line, "true"), _sum(line, "false")
        computed = total((gross, charges, allowances.copy_negate()))
        if not _slack(stated, computed):
            yield Breach(at=line.node("BT-131"), stated=stated, computed=round_half_up(computed))


def _sum(line: GroupReading, indicator: str) -> Decimal:
    return round_half_up(
        total(
            amount
            for entry in line.groups("line-allowance")
            if entry.text("line-indicator") == indicator
            for amount in entry.amounts("line-amount")
        )
    )


@peppol.rule(
    "PEPPOL-EN16931-R121",
    terms=["BT-149"],
    message="The base quantity of the price is {value}: it must be above 0.",
)
def base_quantity_is_positive(invoice: Reading) -> Iterator[Breach]:
    """The base quantity of a price is above 0."""
    for line in invoice.groups("BG-25"):
        value = line.amount("BT-149")
        if value is not None and value <= 0:
            yield Breach(at=line.node("BT-149"), value=value)


@peppol.rule(
    "PEPPOL-EN16931-R130",
    terms=["BT-150", "BT-130"],
    message="The price is for {unit}, but the quantity of the line is in {wanted}.",
)
def units_agree(invoice: Reading) -> Iterator[Breach]:
    """The unit of the base quantity is that of the quantity."""
    for line in invoice.groups("BG-25"):
        if not line.exists("BT-129"):
            continue
        wanted = [invoice.part(value, "quantity", "unit") for value in _by_kind(invoice, line)]
        for price in line.groups("BG-29"):
            for unit in price.values("BT-150"):
                if unit.text not in wanted:
                    yield Breach(
                        at=unit, unit=unit, wanted=", ".join(shown(text) for text in wanted)
                    )


# -- codes and dates --

_TYPES = {
    "PEPPOL-EN16931-P0100": ("PEPPOL-EN16931-P0100", "invoice-type-code"),
    "PEPPOL-EN16931-P0101": ("PEPPOL-EN16931-P0101", "credit-note-type-code"),
}


@peppol.family(_TYPES, terms=["BT-3"], message="The type code {code} is not one of Peppol billing.")
def type_code_is_of_peppol(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The type code is one that Peppol billing takes."""
    rule, term = place
    for value in invoice.values(term):
        if _process(invoice) and value.collapsed not in code_list(rule):
            yield Breach(at=value, code=value)


@peppol.rule(
    "PEPPOL-EN16931-P0112",
    terms=["BT-3"],
    message="Type code {code} stands between German parties only: use 380 and name the earlier "
    "invoice (BG-3), or a credit note (381).",
)
def some_types_are_german(invoice: Reading) -> Iterator[Breach]:
    """Partial (326) and corrective (384) invoices stand between German parties."""
    for value in invoice.values("invoice-type-code"):
        if value.collapsed in ("326", "384") and not _within_germany(invoice):
            yield Breach(at=value, code=value)


_EXEMPTIONS = {
    "PEPPOL-EN16931-P0104": ("VATEX-EU-G", "G"),
    "PEPPOL-EN16931-P0105": ("VATEX-EU-O", "O"),
    "PEPPOL-EN16931-P0106": ("VATEX-EU-IC", "K"),
    "PEPPOL-EN16931-P0107": ("VATEX-EU-AE", "AE"),
    "PEPPOL-EN16931-P0108": ("VATEX-EU-D", "E"),
    "PEPPOL-EN16931-P0109": ("VATEX-EU-F", "E"),
    "PEPPOL-EN16931-P0110": ("VATEX-EU-I", "E"),
    "PEPPOL-EN16931-P0111": ("VATEX-EU-J", "E"),
}


@peppol.family(
    _EXEMPTIONS,
    terms=["BT-121", "BT-118"],
    message="The exemption {code} goes with category {wanted}, not {category}.",
)
def exemption_fits_the_category(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """An exemption code goes with its VAT category."""
    code, wanted = place
    for entry in invoice.groups("tax-category"):
        # A doubled code keeps the published rule from looking at the category at all.
        codes = [text.upper() for text in entry.texts("reason-code")]
        if codes == [code] and entry.text("category") != wanted:
            yield Breach(at=entry, code=code, wanted=wanted, category=shown(entry.text("category")))


_CODES = {
    "PEPPOL-EN16931-CL002": "plain-allowance-reason",
    "PEPPOL-EN16931-CL003": "plain-charge-reason",
    "PEPPOL-EN16931-CL006": "tax-point-code",
}


@peppol.family(
    {rule: (rule, term) for rule, term in _CODES.items()},
    message="{code!r} is not in the code list of this element: replace it.",
)
def code_is_listed(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The code is one of its list."""
    rule, term = place
    for value in invoice.values(term):
        if value.collapsed not in code_list(rule):
            yield Breach(at=value, code=value.collapsed)


_PARTS = {
    "PEPPOL-EN16931-CL001": ("attached-file", "BT-125-1", False),
    "PEPPOL-EN16931-CL007": ("amount", "currency", True),
    "PEPPOL-EN16931-CL008": ("electronic-address", "BT-34-1", False),
}


@peppol.family(
    {rule: (rule, *place) for rule, place in _PARTS.items()},
    message="{code!r} is not in the list for this attribute: replace it.",
)
def attribute_is_listed(invoice: Reading, place: tuple[str, str, str, bool]) -> Iterator[Breach]:
    """The MIME code, currency or address scheme is one of its list."""
    rule, term, part, wanted = place
    for value in invoice.values(term):
        code = invoice.part(value, term, part)
        if (code is None and wanted) or (code is not None and code not in code_list(rule)):
            yield Breach(at=value, code=shown(code))


@peppol.rule(
    "PEPPOL-EN16931-F001",
    message="{value!r} is not a date of ten characters: write it like 2026-12-31.",
)
def date_has_no_time_zone(invoice: Reading) -> Iterator[Breach]:
    """A date has the form YYYY-MM-DD and is a day of the calendar."""
    for value in invoice.values("date"):
        if len(value.text) != 10 or not _is_day(value):
            yield Breach(at=value, value=value.text[:40])


def _is_day(value: Value) -> bool:
    try:
        return value.day > 0
    except Undecided:
        return False


# -- identifiers --

_FATAL_SCHEMES = {
    "PEPPOL-COMMON-R040": "0088",
    "PEPPOL-COMMON-R041": "0192",
    "PEPPOL-COMMON-R042": "0184",
    "PEPPOL-COMMON-R043": "0208",
    "PEPPOL-COMMON-R049": "0007",
    "PEPPOL-COMMON-R050": "0151",
    "PEPPOL-COMMON-R052": "0096",
    "PEPPOL-COMMON-R053": "0198",
}
_WARNED_SCHEMES = {
    "PEPPOL-COMMON-R044": "0201",
    "PEPPOL-COMMON-R045": "0210",
    "PEPPOL-COMMON-R046": "9907",
    "PEPPOL-COMMON-R047": "0211",
    "PEPPOL-COMMON-R054": "0106",
    "PEPPOL-COMMON-R055": "0190",
    "PEPPOL-COMMON-R056-1": "9944",
    "PEPPOL-COMMON-R057": "0217",
}
_AS_WRITTEN = frozenset({"0096", "0184", "0198"})
"""Schemes whose identifiers are judged with their white space."""
_IDENTIFIER_MESSAGE = "{value!r} is not an identifier of the scheme {scheme}: correct it."


def _misshapen(invoice: Reading, scheme: str) -> Iterator[Breach]:
    term = "electronic-address" if scheme == "9907" else "identifier"
    part = "BT-34-1" if scheme == "9907" else "scheme-id"
    fits = SHAPES[scheme]
    for value in invoice.values(term):
        if invoice.part(value, term, part) == scheme:
            text = value.text if scheme in _AS_WRITTEN else value.collapsed
            if not fits(text):
                yield Breach(at=value, value=text, scheme=scheme)


@peppol.family(_FATAL_SCHEMES, message=_IDENTIFIER_MESSAGE)
def identifier_fits_its_scheme(invoice: Reading, scheme: str) -> Iterator[Breach]:
    """An identifier has the form and the check digits of its scheme."""
    yield from _misshapen(invoice, scheme)


@peppol.family(_WARNED_SCHEMES, message=_IDENTIFIER_MESSAGE, severity=Severity.WARNING)
def identifier_looks_like_its_scheme(invoice: Reading, scheme: str) -> Iterator[Breach]:
    """An identifier has the form of its scheme."""
    yield from _misshapen(invoice, scheme)


@peppol.rule(
    "PEPPOL-COMMON-R056-2",
    terms=["BT-31", "BT-48", "BT-63"],
    severity=Severity.WARNING,
    message="{value!r} is not a Dutch VAT number: it has the form NL123456789B01.",
)
def dutch_vat_number_fits(invoice: Reading) -> Iterator[Breach]:
    """A VAT number that begins with NL is a Dutch one."""
    for value in invoice.values("nl-vat-number"):
        # An identifier with a scheme of its own is judged by that, which comes first.
        scheme = invoice.part(value, "nl-vat-number", "scheme-id")
        if scheme in SHAPES and scheme != "9907":
            continue
        text = value.collapsed
        if text.startswith("NL") and not SHAPES["9944"](text):
            yield Breach(at=value, value=text)
