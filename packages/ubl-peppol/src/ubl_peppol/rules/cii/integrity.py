"""Integrity in CII (BR-01 to BR-65): the functions of UBL where the conditions are alike."""

from collections.abc import Iterator

from lxml import etree

from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.reading.values import collapse
from ubl_peppol.rules._common import label, shown
from ubl_peppol.rules.cii._common import children, is_vat, model, only
from ubl_peppol.rules.integrity import integrity, term_is_filled_in, term_is_present
from ubl_peppol.syntax_cii import RAM, RSM

__all__ = ["allowance_or_charge_has_a_reason", "group_is_present"]

_TRANSACTION = f"{{{RSM}}}SupplyChainTradeTransaction"
_BREAKDOWN = f"{{{RAM}}}ApplicableHeaderTradeSettlement/{{{RAM}}}ApplicableTradeTax"

_NOT_BLANK = {
    "BR-01": ("document", "BT-24"),
    "BR-02": ("document", "BT-1"),
    "BR-03": ("document", "issue-day"),
    "BR-04": ("document", "BT-3"),
    "BR-05": ("document", "BT-5"),
    "BR-06": ("document", "BT-27"),
    "BR-07": ("document", "BT-44"),
    "BR-09": ("document", "BT-40"),
    "BR-11": ("document", "BT-55"),
    "BR-18": ("BG-11", "BT-62"),
    "BR-20": ("BG-11", "BT-69"),
    "BR-21": ("BG-25", "BT-126"),
    "BR-25": ("BG-25", "BT-153"),
    "BR-52": ("any-document", "document-id"),
    "BR-56": ("BG-11", "BT-63"),
}
model.family(_NOT_BLANK, message="{term} is missing or blank: fill it in.")(term_is_filled_in)

_PRESENT = {
    "BR-12": ("BG-22", "BT-106"),
    "BR-13": ("BG-22", "BT-109"),
    "BR-14": ("BG-22", "BT-112"),
    "BR-15": ("BG-22", "BT-115"),
    "BR-22": ("BG-25", "BT-129"),
    "BR-23": ("BG-25", "BT-130"),
    "BR-24": ("BG-25", "BT-131"),
    "BR-26": ("BG-25", "BT-146"),
    "BR-49": ("BG-16", "BT-81"),
}
model.family(_PRESENT, message="{term} is missing: add it.")(term_is_present)

_GROUP_PRESENT = {
    "BR-08": ("document", "BG-5"),
    "BR-10": ("document", "BG-8"),
    "BR-19": ("BG-11", "BG-12"),
    "BR-CO-18": ("BG-25", "BG-23"),
}


@model.family(_GROUP_PRESENT, message="The group {group} is missing: add it.")
def group_is_present(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """A mandatory group is present."""
    outer, inner = place
    if inner == "BG-23":
        # Asked of each line, and answered for the document.
        lines = invoice.groups(outer)
        if lines and not (invoice.document.groups(inner) or _breakdown_of_a_part(invoice)):
            at = lines[0] if invoice.is_fragment else invoice.document
            yield Breach(at=at, group=label(inner))
        return
    for group in invoice.groups(outer):
        if not group.groups(inner):
            yield Breach(at=group, group=label(inner))


def _breakdown_of_a_part(invoice: Reading) -> bool:
    """Whether the transaction stands alone, or in what stands alone, and has a VAT breakdown."""
    return invoice.is_fragment and any(
        transaction.find(_BREAKDOWN) is not None for transaction in invoice.root.iter(_TRANSACTION)
    )


@model.rule("BR-16", message="The group BG-25 is missing: add a line.", terms=["BG-25"])
def document_has_a_line(invoice: Reading) -> Iterator[Breach]:
    """An invoice has a line, wherever it stands."""
    if not invoice.groups("BG-25"):
        yield Breach(at=invoice.document)


@model.rule(
    "BR-55", message="The preceding invoice has no number (BT-25): add it.", terms=["BT-25"]
)
def preceding_invoice_has_a_number(invoice: Reading) -> Iterator[Breach]:
    """A preceding invoice (BG-3) is referred to by its number."""
    for group in invoice.document.groups("BG-3"):
        if not group.text("BT-25"):
            yield Breach(at=group.node("BT-25"))


# The conditions of these are the same in both artefacts.
for _rule in ("BR-27", "BR-28", "BR-54"):
    _same = integrity.rules[_rule]
    model.rule(_rule, message=_same.message, terms=_same.terms, severity=_same.severity)(
        _same.check
    )

_SCHEMED = {"BR-62": ("BG-4", "BT-34"), "BR-63": ("BG-7", "BT-49")}


@model.family(_SCHEMED, message="The electronic address ({term}) has no scheme: add schemeID.")
def electronic_address_has_a_scheme(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """The first electronic address of a party says which scheme gives it."""
    party, term = place
    endpoints = [group.groups("endpoint") for group in invoice.document.groups(party)]
    if not any(endpoints):
        return
    addresses = [
        value for found in endpoints if found for value in children(found[0].element, "URIID")
    ]
    address = only([value for value in addresses if value.part("schemeID") is not None], term)
    if address is None or not collapse(address.part("schemeID") or ""):
        yield Breach(at=addresses[0] if addresses else invoice.document, term=label(term))


@model.rule(
    "BR-64",
    terms=["BT-157-1"],
    message="The identifier of the item (BT-157) has no scheme: add it.",
)
def item_identifier_has_a_scheme(invoice: Reading) -> Iterator[Breach]:
    """The standard identifier of an item says which scheme gives it."""
    for line in invoice.groups("BG-25"):
        values = line.values("BT-157")
        schemed = only([value for value in values if value.part("schemeID") is not None], "BT-157")
        if values and (schemed is None or not collapse(schemed.part("schemeID") or "")):
            yield Breach(at=values[0])


@model.rule(
    "BR-65", terms=["BT-158-1"], message="The classification {code!r} (BT-158) has no list: add it."
)
def classification_has_a_scheme(invoice: Reading) -> Iterator[Breach]:
    """The classification of an item says which list it is from."""
    for group in invoice.groups("product-class"):
        values = group.values("class-code")
        listed = only([value for value in values if value.part("listID") is not None], "BT-158")
        if values and (listed is None or not collapse(listed.part("listID") or "")):
            yield Breach(at=values[0], code=values[0].collapsed)


@model.rule(
    "BR-51",
    terms=["BT-87"],
    message="The card number shows {length} characters: keep at most the last ten.",
)
def card_number_is_cut(invoice: Reading) -> Iterator[Breach]:
    """Of the number of a card at most the first six and last four digits are shown."""
    for card in invoice.groups("card"):
        number = card.text("card-number")
        if len(number) > 10:
            yield Breach(at=card.node("card-number"), length=len(number))


@model.rule("BR-50", terms=["BT-84"], message="The credit transfer has no account: add the IBAN.")
def credit_transfer_has_an_account(invoice: Reading) -> Iterator[Breach]:
    """An account to transfer to is identified."""
    for account in invoice.groups("transfer-account"):
        if not (account.text("iban") or account.text("proprietary")):
            yield Breach(at=account)


@model.rule("BR-61", terms=["BT-84"], message="The credit transfer names no account: add it.")
def transfer_names_an_account(invoice: Reading) -> Iterator[Breach]:
    """A credit transfer names the account to pay to."""
    for account in invoice.groups("transfer-account"):
        if not (account.exists("iban") or account.exists("proprietary")):
            yield Breach(at=account)


@model.rule("BR-57", terms=["BT-80"], message="The place of delivery has no country: add BT-80.")
def place_of_delivery_has_a_country(invoice: Reading) -> Iterator[Breach]:
    """A deliver to address has a country."""
    for delivery in invoice.document.groups("BG-13"):
        if delivery.groups("BG-15") and not delivery.text("BT-80"):
            yield Breach(at=delivery.groups("BG-15")[0])


@model.rule(
    "BR-53",
    terms=["BT-6", "BT-111"],
    message="VAT is accounted in {currency} (BT-6): give the total VAT in it (BT-111), and let it "
    "differ from the currency of the invoice.",
)
def tax_total_in_the_accounting_currency(invoice: Reading) -> Iterator[Breach]:
    """With a VAT accounting currency, other than that of the invoice, the total in it is given."""
    currencies = set(invoice.document.texts("BT-6"))
    if not currencies:
        return
    same = currencies & set(invoice.document.texts("BT-5"))
    for totals in invoice.groups("BG-22"):
        given = {
            invoice.part(value, "total-tax", "currency") for value in totals.values("total-tax")
        }
        if not currencies & given or same:
            yield Breach(at=totals.node("total-tax"), currency=", ".join(sorted(currencies)))


_PERIODS = {"BR-29": "BG-14", "BR-30": "BG-26"}


@model.family(
    _PERIODS,
    terms=["BT-73", "BT-74", "BT-134", "BT-135"],
    message="The period ends on {ends_on}, before it starts on {starts_on}.",
)
def period_ends_after_it_starts(invoice: Reading, group_id: str) -> Iterator[Breach]:
    """A period does not end before it starts; days in format 102 compare as texts."""
    for period in invoice.groups(group_id):
        if not (period.exists("starts") and period.exists("ends")):
            continue
        starts, ends = period.texts("first-day"), period.texts("last-day")
        if not any(end >= start for end in ends for start in starts):
            yield Breach(
                at=period,
                starts_on=shown(", ".join(starts)),
                ends_on=shown(", ".join(ends)),
            )


_NO_DAY = {"BR-CO-19": "BG-14", "BR-CO-20": "BG-26"}


@model.family(
    _NO_DAY,
    terms=["BT-73", "BT-74", "BT-134", "BT-135"],
    message="The period says neither when it starts nor when it ends: give one or both.",
)
def period_has_a_day(invoice: Reading, group_id: str) -> Iterator[Breach]:
    """A period has a start, an end, or both."""
    for period in invoice.groups(group_id):
        if not (period.exists("starts") or period.exists("ends")):
            yield Breach(at=period)


@model.rule(
    "BR-17",
    terms=["BT-59", "BT-60", "BT-61", "BT-27"],
    message="The payee (BG-10) has the name {name}: it needs one, and must differ from the seller "
    "in name, identifier and registration; leave the group out when the seller is paid.",
)
def payee_differs_from_the_seller(invoice: Reading) -> Iterator[Breach]:
    """The payee has a name and is not the seller."""
    for payee in invoice.groups("BG-10"):
        sellers = _sellers_beside(payee.element)
        shared = any(
            set(payee.texts(term)) & set(_texts(sellers, *names))
            for term, names in (
                ("BT-59", ("Name",)),
                ("plain-id", ("ID",)),
                ("BT-61", ("SpecifiedLegalOrganization", "ID")),
            )
        )
        if not payee.exists("BT-59") or shared:
            yield Breach(at=payee, name=shown(", ".join(payee.texts("BT-59"))))


def _sellers_beside(payee: etree._Element) -> list[etree._Element]:
    settlement = payee.getparent()
    transaction = settlement.getparent() if settlement is not None else None
    if transaction is None:
        return []
    return _below([transaction], "ApplicableHeaderTradeAgreement", "SellerTradeParty")


def _below(found: list[etree._Element], *names: str) -> list[etree._Element]:
    for name in names:
        found = [value.element for element in found for value in children(element, name)]
    return found


def _texts(found: list[etree._Element], *names: str) -> list[str]:
    *inner, last = names
    return [value.text for element in _below(found, *inner) for value in children(element, last)]


@model.rule(
    "BR-CO-26",
    terms=["BT-29", "BT-30", "BT-31"],
    message="The seller cannot be identified: add a VAT number (BT-31), a legal registration "
    "(BT-30) or another identifier (BT-29).",
)
def seller_can_be_identified(invoice: Reading) -> Iterator[Breach]:
    """The seller has an identifier (BT-29), a legal registration (BT-30) or a VAT id (BT-31)."""
    for seller in invoice.groups("BG-4"):
        if not any(seller.exists(term) for term in ("BT-29", "BT-30", "BT-31")):
            yield Breach(at=seller)


def _flags(invoice: Reading, group_id: str, wanted: str) -> Iterator[GroupReading]:
    """The indicators that say a word exactly; one that says both is taken for an allowance."""
    for flag in invoice.groups(group_id):
        texts = flag.texts("indicator")
        if wanted in texts and (wanted == "false" or "false" not in texts):
            yield flag


_FLAGGED_AMOUNT = {
    "BR-31": ("charge-flag", "false", "BT-92"),
    "BR-36": ("charge-flag", "true", "BT-99"),
    "BR-41": ("line-charge-flag", "false", "BT-136"),
    "BR-43": ("line-charge-flag", "true", "BT-141"),
}


@model.family(_FLAGGED_AMOUNT, message="{term} is missing: add it.")
def allowance_or_charge_has_an_amount(
    invoice: Reading, place: tuple[str, str, str]
) -> Iterator[Breach]:
    """An allowance or charge has an amount."""
    group_id, wanted, term = place
    for flag in _flags(invoice, group_id, wanted):
        if not children(flag.element.getparent(), "ActualAmount"):
            yield Breach(at=flag, term=label(term))


_FLAGGED_CATEGORY = {"BR-32": ("false", "BT-95"), "BR-37": ("true", "BT-102")}


@model.family(_FLAGGED_CATEGORY, message="{term} is missing: add the VAT category.")
def allowance_or_charge_has_a_category(
    invoice: Reading, place: tuple[str, str]
) -> Iterator[Breach]:
    """An allowance or charge of the document has a VAT category."""
    wanted, term = place
    for flag in _flags(invoice, "charge-flag", wanted):
        taxes = children(flag.element.getparent(), "CategoryTradeTax")
        vat = [tax for tax in taxes if is_vat(tax.element)]
        if not any(children(tax.element, "CategoryCode") for tax in vat):
            yield Breach(at=flag, term=label(term))


_FLAGGED_REASON = {
    "BR-33": ("charge-flag", "false", "BT-97", "BT-98"),
    "BR-38": ("charge-flag", "true", "BT-104", "BT-105"),
    "BR-42": ("line-charge-flag", "false", "BT-139", "BT-140"),
    "BR-44": ("line-charge-flag", "true", "BT-144", "BT-145"),
    "BR-CO-21": ("charge-flag", "false", "BT-97", "BT-98"),
    "BR-CO-22": ("charge-flag", "true", "BT-104", "BT-105"),
    "BR-CO-23": ("line-charge-flag", "false", "BT-139", "BT-140"),
    "BR-CO-24": ("line-charge-flag", "true", "BT-144", "BT-145"),
}


@model.family(
    _FLAGGED_REASON, message="There is neither a reason ({reason}) nor its code ({code}): give one."
)
def allowance_or_charge_has_a_reason(
    invoice: Reading, place: tuple[str, str, str, str]
) -> Iterator[Breach]:
    """An allowance or charge has a reason, a reason code, or both."""
    group_id, wanted, reason, code = place
    for flag in _flags(invoice, group_id, wanted):
        entry = flag.element.getparent()
        if not (children(entry, "Reason") or children(entry, "ReasonCode")):
            yield Breach(at=flag, reason=reason, code=code)


_FLAGGED_DECIMALS = {
    "BR-DEC-01": ("charge-flag", "false", "BT-92", "ActualAmount"),
    "BR-DEC-02": ("charge-flag", "false", "BT-93", "BasisAmount"),
    "BR-DEC-05": ("charge-flag", "true", "BT-99", "ActualAmount"),
    "BR-DEC-06": ("charge-flag", "true", "BT-100", "BasisAmount"),
    "BR-DEC-24": ("line-charge-flag", "false", "BT-136", "ActualAmount"),
    "BR-DEC-25": ("line-charge-flag", "false", "BT-137", "BasisAmount"),
    "BR-DEC-27": ("line-charge-flag", "true", "BT-141", "ActualAmount"),
    "BR-DEC-28": ("line-charge-flag", "true", "BT-142", "BasisAmount"),
}


@model.family(_FLAGGED_DECIMALS, message="{term} is {value}: round it to two decimals.")
def amount_of_an_entry_has_two_decimals(
    invoice: Reading, place: tuple[str, str, str, str]
) -> Iterator[Breach]:
    """The amount has at most two decimals, counted as it is written."""
    group_id, wanted, term, name = place
    for flag in _flags(invoice, group_id, wanted):
        values = children(flag.element.getparent(), name)
        value = values[0] if values and name == "ActualAmount" else only(values, term)
        if value is not None and len(value.text.partition(".")[2]) > 2:
            yield Breach(at=value, term=label(term), value=value.collapsed)


_ALWAYS_TRUE = ("BR-CO-05", "BR-CO-06", "BR-CO-07", "BR-CO-08", "BR-AF-09", "BR-AG-09")


@model.family(
    dict.fromkeys(_ALWAYS_TRUE, ""), message="Nothing: people judge that.", severity=Severity.FATAL
)
def people_judge_that(_: Reading, __: str) -> Iterator[Breach]:
    """The published condition is always true."""
    return iter(())
