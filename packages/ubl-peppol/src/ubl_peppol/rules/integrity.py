"""Integrity of EN 16931: what must be there, and what must not be blank (BR-01 to BR-65)."""

from collections.abc import Iterator

from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import GroupReading, Reading
from ubl_peppol.rules._common import en_rules, label, missing, shown

__all__ = ["integrity"]

integrity = en_rules("en16931-integrity")

_NOT_BLANK = {
    "BR-01": ("document", "BT-24"),
    "BR-02": ("document", "BT-1"),
    "BR-03": ("document", "BT-2"),
    "BR-04": ("document", "BT-3"),
    "BR-05": ("document", "BT-5"),
    "BR-06": ("document", "BT-27"),
    "BR-07": ("document", "BT-44"),
    "BR-09": ("BG-5", "BT-40"),
    "BR-11": ("BG-8", "BT-55"),
    "BR-18": ("BG-11", "BT-62"),
    "BR-20": ("BG-12", "BT-69"),
    "BR-21": ("BG-25", "BT-126"),
    "BR-25": ("BG-25", "BT-153"),
    "BR-52": ("document-reference", "document-reference-id"),
}


@integrity.family(
    _NOT_BLANK,
    wants=lambda row: (row[0], [row[1]]),
    message="{term} is missing or blank: fill it in.",
)
def term_is_filled_in(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """A mandatory term of the group is present and not blank."""
    group_id, term = place
    for group in invoice.groups(group_id):
        if not group.text(term):
            yield missing(group, term)


_PRESENT = {
    "BR-12": ("BG-22", "BT-106"),
    "BR-13": ("BG-22", "BT-109"),
    "BR-14": ("BG-22", "BT-112"),
    "BR-15": ("BG-22", "BT-115"),
    "BR-22": ("BG-25", "BT-129"),
    "BR-23": ("BG-25", "BT-130"),
    "BR-24": ("BG-25", "BT-131"),
    "BR-26": ("BG-25", "BT-146"),
    "BR-31": ("BG-20", "BT-92"),
    "BR-32": ("BG-20", "vat-category"),
    "BR-36": ("BG-21", "BT-99"),
    "BR-37": ("BG-21", "vat-category"),
    "BR-41": ("BG-27", "BT-136"),
    "BR-43": ("BG-28", "BT-141"),
    "BR-45": ("BG-23", "BT-116"),
    "BR-46": ("BG-23", "BT-117"),
    "BR-47": ("BG-23", "BT-118"),
    "BR-49": ("BG-16", "BT-81"),
    "BR-55": ("BG-3", "BT-25"),
    "BR-56": ("BG-11", "BT-63"),
    "BR-57": ("BG-15", "BT-80"),
    "BR-CO-04": ("BG-25", "line-vat-category"),
}


@integrity.family(
    _PRESENT,
    wants=lambda row: (row[0], [row[1]]),
    message="{term} is missing: add it.",
)
def term_is_present(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """A mandatory term of the group is present."""
    group_id, term = place
    for group in invoice.groups(group_id):
        if not group.exists(term):
            yield missing(group, term)


_GROUP_PRESENT = {
    "BR-08": ("document", "BG-5"),
    "BR-10": ("document", "BG-8"),
    "BR-16": ("document", "BG-25"),
    "BR-19": ("BG-11", "BG-12"),
    "BR-CO-18": ("document", "BG-23"),
}


@integrity.family(
    _GROUP_PRESENT,
    wants=lambda row: (row[0], [row[1]]),
    message="The group {group} is missing: add it.",
)
def group_is_present(invoice: Reading, place: tuple[str, str]) -> Iterator[Breach]:
    """A mandatory group is present."""
    outer, inner = place
    for group in invoice.groups(outer):
        if not group.groups(inner):
            yield Breach(at=group, group=label(inner))


_REASONED = {
    "BR-33": ("BG-20", "BT-97", "BT-98"),
    "BR-38": ("BG-21", "BT-104", "BT-105"),
    "BR-42": ("BG-27", "BT-139", "BT-140"),
    "BR-44": ("BG-28", "BT-144", "BT-145"),
    "BR-CO-21": ("BG-20", "BT-97", "BT-98"),
    "BR-CO-22": ("BG-21", "BT-104", "BT-105"),
    "BR-CO-23": ("BG-27", "BT-139", "BT-140"),
    "BR-CO-24": ("BG-28", "BT-144", "BT-145"),
}


@integrity.family(
    _REASONED,
    on=lambda row: row[0],
    message="There is neither a reason ({reason}) nor its code ({code}): give one.",
)
def allowance_or_charge_has_a_reason(
    invoice: Reading, place: tuple[str, str, str]
) -> Iterator[Breach]:
    """An allowance or charge has a reason, a reason code, or both."""
    group_id, reason, code = place
    for group in invoice.groups(group_id):
        if not (group.exists(reason) or group.exists(code)):
            yield Breach(at=group, reason=reason, code=code)


_SCHEMED = {
    "BR-62": ("BG-4", "BT-34", "BT-34-1"),
    "BR-63": ("BG-7", "BT-49", "BT-49-1"),
    "BR-64": ("BG-25", "BT-157", "BT-157-1"),
    "BR-65": ("BG-25", "BT-158", "BT-158-1"),
}


@integrity.family(
    _SCHEMED,
    on=lambda row: row[0],
    message="{term} is {value!r} without its scheme ({part}): add it.",
)
def identifier_has_a_scheme(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """The identifier says which scheme gives it."""
    group_id, term, part = place
    for group in invoice.groups(group_id):
        for value in group.values(term):
            if invoice.part(value, term, part) is None:
                yield Breach(at=value, term=label(term), value=value.collapsed, part=part)


@integrity.rule(
    "BR-17",
    on="BG-10",
    terms=["BT-59", "BT-60", "BT-27"],
    message="The payee (BG-10) has the name {name}: it needs one, and must differ from the "
    "seller in name and identifier; leave the group out when the seller is paid.",
)
def payee_differs_from_the_seller(invoice: Reading) -> Iterator[Breach]:
    """The payee has a name and is not the seller."""
    for payee in invoice.groups("BG-10"):
        sellers = invoice.document.groups("BG-4")
        same_name = _shared(payee, "BT-59", sellers, "BT-28")
        same_id = _shared(payee, "payee-identifier", sellers, "seller-identifier")
        if not payee.exists("BT-59") or same_name or same_id:
            yield Breach(at=payee, name=shown(", ".join(payee.texts("BT-59"))))


def _shared(payee: GroupReading, term: str, sellers: list[GroupReading], of_seller: str) -> bool:
    theirs = {text for seller in sellers for text in seller.texts(of_seller)}
    return any(text in theirs for text in payee.texts(term))


@integrity.rule(
    "BR-27",
    on="BG-25",
    terms=["BT-146"],
    message="The net price is {price}: it must be given and not be negative.",
)
def net_price_is_not_negative(invoice: Reading) -> Iterator[Breach]:
    """The net price of the item (BT-146) is not negative."""
    for line in invoice.groups("BG-25"):
        if not any(value.at_least(0) for value in line.values("BT-146")):
            yield Breach(at=line.node("BT-146"), price=shown(", ".join(line.texts("BT-146"))))


@integrity.rule(
    "BR-28",
    on="BG-25",
    terms=["BT-148"],
    message="The gross price is {price}: it must not be negative.",
)
def gross_price_is_not_negative(invoice: Reading) -> Iterator[Breach]:
    """The gross price of the item (BT-148) is not negative."""
    for line in invoice.groups("BG-25"):
        prices = line.values("BT-148")
        if prices and not any(price.at_least(0) for price in prices):
            yield Breach(at=prices[0], price=", ".join(line.texts("BT-148")))


_PERIODS = {"BR-29": ("BG-14", "BT-73", "BT-74"), "BR-30": ("BG-26", "BT-134", "BT-135")}


@integrity.family(
    _PERIODS,
    on=lambda row: row[0],
    message="The period ends on {ends_on}, before it starts on {starts_on}.",
)
def period_ends_after_it_starts(invoice: Reading, place: tuple[str, str, str]) -> Iterator[Breach]:
    """A period does not end before it starts."""
    group_id, first, last = place
    for period in invoice.groups(group_id):
        starts_on, ends_on = period.one(first), period.one(last)
        if starts_on is not None and ends_on is not None and ends_on.day < starts_on.day:
            yield Breach(at=ends_on, starts_on=starts_on, ends_on=ends_on)


@integrity.rule(
    "BR-48",
    on="BG-23",
    terms=["BT-119"],
    message="The VAT breakdown of category {category} has no rate (BT-119): add it.",
)
def breakdown_has_a_rate(invoice: Reading) -> Iterator[Breach]:
    """Each VAT breakdown has a rate, unless it is not subject to VAT (O)."""
    for entry in invoice.groups("BG-23"):
        categories = [value.collapsed for value in entry.values("BT-118")]
        if not entry.exists("BT-119") and "O" not in categories:
            yield Breach(at=entry, category=shown(", ".join(categories)))


@integrity.rule(
    "BR-50",
    on="BG-16",
    terms=["BT-84"],
    message="The credit transfer has no account (BT-84): add the IBAN.",
)
def credit_transfer_has_an_account(invoice: Reading) -> Iterator[Breach]:
    """An account to transfer to is identified."""
    for means in invoice.groups("BG-16"):
        if any(code in ("30", "58") for code in means.texts("BT-81")):
            for account in means.groups("BG-17"):
                if not account.text("BT-84"):
                    yield missing(account, "BT-84")


@integrity.rule(
    "BR-51",
    on="BG-16",
    terms=["BT-87"],
    severity=Severity.WARNING,
    message="The card number shows {length} characters: keep at most the last ten.",
)
def card_number_is_cut(invoice: Reading) -> Iterator[Breach]:
    """Of the number of a card at most the first six and last four digits are shown."""
    for means in invoice.groups("BG-16"):
        for card in means.groups("BG-18"):
            for number in card.values("BT-87"):
                if len(number.collapsed) > 10:
                    yield Breach(at=number, length=len(number.collapsed))


@integrity.rule(
    "BR-53",
    on="BT-6",
    terms=["BT-6", "BT-111"],
    message="VAT is accounted in {currency} (BT-6), but no total VAT is given in it: add BT-111.",
)
def tax_total_in_the_accounting_currency(invoice: Reading) -> Iterator[Breach]:
    """With a VAT accounting currency (BT-6) the total VAT in it (BT-111) is given."""
    given = {
        invoice.part(value, "total-tax", "currency")
        for entry in invoice.groups("tax-total")
        for value in entry.values("total-tax")
    }
    for currency in invoice.values("BT-6"):
        if currency.text not in given:
            yield Breach(at=currency, currency=currency)
            return


@integrity.rule(
    "BR-54",
    on="BG-32",
    terms=["BT-160", "BT-161"],
    message="The item attribute lacks its {lack}: give name and value.",
)
def item_attribute_is_complete(invoice: Reading) -> Iterator[Breach]:
    """An item attribute (BG-32) has a name and a value."""
    for attribute in invoice.groups("BG-32"):
        for term in ("BT-160", "BT-161"):
            if not attribute.exists(term):
                yield Breach(at=attribute, lack=label(term))
                break


@integrity.rule(
    "BR-61",
    on="BG-16",
    terms=["BT-81", "BT-84"],
    message="Payment means {code} is a credit transfer, but no account (BT-84) is given: add it.",
)
def transfer_names_an_account(invoice: Reading) -> Iterator[Breach]:
    """A credit transfer names the account to pay to."""
    for means in invoice.groups("BG-16"):
        code = means.text("BT-81")
        accounts = means.groups("BG-17")
        if code in ("30", "58") and not any(account.exists("BT-84") for account in accounts):
            yield Breach(at=means, code=code)
