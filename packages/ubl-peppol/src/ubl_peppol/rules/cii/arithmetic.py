"""Sums, decimals and conditions between terms in CII (BR-CO-, BR-DEC-).

Where the published condition forgets to ask for decimals it computes in doubles, and so it is done
here: at the edge of a cent that decides.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from einvoice_core.findings import Breach
from einvoice_core.money import total
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import collapse, divide, product, round_half_up, string_of
from ubl_peppol.rules._common import shown
from ubl_peppol.rules.cii._common import (
    as_float,
    codes_of,
    entries,
    first_decimal,
    is_vat,
    model,
    only,
    round_double,
    same_double,
    sum_of_doubles,
    whole,
)
from ubl_peppol.rules.decimals import amount_has_two_decimals
from ubl_peppol.syntax_cii import RAM

__all__ = ["breakdowns", "with_category"]

_LINE_AMOUNT = "/".join(
    f"{{{RAM}}}{name}"
    for name in (
        "IncludedSupplyChainTradeLineItem",
        "SpecifiedLineTradeSettlement",
        "SpecifiedTradeSettlementLineMonetarySummation",
        "LineTotalAmount",
    )
)
_HUNDRED = Decimal(100)
_OTHER_PATTERN = ("L", "M", "O")


def breakdowns(invoice: Reading) -> list[GroupReading]:
    """Return the VAT breakdowns that no rule of a category has taken before.

    The artefact judges an element by the first of its rules that fits; those of IGIC, IPSI and "not
    subject to VAT" name the breakdown itself, so the general ones never see it.
    """
    return invoice.remember("cii breakdowns", _breakdowns)


def _breakdowns(invoice: Reading) -> list[GroupReading]:
    own = {id(group) for code in _OTHER_PATTERN for group in with_category(invoice, code)}
    return [group for group in invoice.groups("BG-23") if id(group) not in own]


def with_category(invoice: Reading, code: str) -> list[GroupReading]:
    """Return the breakdowns of the transaction that are judged as of a category."""
    found = []
    for group in invoice.groups("BG-23"):
        if not _in_transaction(group) or code not in group.texts("BT-118"):
            continue
        taken = [other for other in _OTHER_PATTERN if other in group.texts("BT-118")]
        if code in _OTHER_PATTERN and taken[0] != code:
            continue
        kinds = group.values("tax")
        if len(kinds) == 1 and kinds[0].text.upper() == "VAT":
            found.append(group)
    return found


def _in_transaction(group: GroupReading) -> bool:
    settlement = group.element.getparent()
    above = settlement.getparent() if settlement is not None else None
    return above is not None and str(above.tag).endswith("}SupplyChainTradeTransaction")


@model.rule(
    "BR-CO-09",
    terms=["BT-31", "BT-48", "BT-63"],
    message="The VAT number {number!r} does not begin with a country code, such as ES.",
)
def vat_number_begins_with_a_country(invoice: Reading) -> Iterator[Breach]:
    """A VAT identifier begins with the code of the country that gave it; Greece may use EL."""
    line = _prefixes(invoice)
    for number in invoice.values("vat-number"):
        if f" {number.text[:2]} " not in line:
            yield Breach(at=number, number=number.text)


def _prefixes(invoice: Reading) -> str:
    return invoice.remember("cii prefixes", lambda _: f" {' '.join(sorted(codes_of('BR-CO-09')))} ")


@model.rule(
    "BR-CO-10",
    terms=["BT-106", "BT-131"],
    message="BT-106 says {stated}, but the lines add up to {computed}.",
)
def line_net_total_is_the_sum_of_the_lines(invoice: Reading) -> Iterator[Breach]:
    """The sum of line net amounts (BT-106) equals Σ line net amount (BT-131)."""
    for totals in invoice.groups("BG-22"):
        stated = totals.amount("BT-106")
        computed = _sum_of_lines(totals)
        if stated != computed:
            yield Breach(at=totals.node("BT-106"), stated=shown(stated), computed=shown(computed))


def _sum_of_lines(totals: GroupReading) -> Decimal:
    settlement = totals.element.getparent()
    above = settlement.getparent() if settlement is not None else None
    found_at = above.iterfind(_LINE_AMOUNT) if above is not None else ()
    amounts = [Value(string_of(element), element) for element in found_at]
    found = sum_of_doubles(amounts)
    if found != found or found in (float("inf"), float("-inf")):
        only([amounts[0], amounts[0]], "an amount that is no number")
    return round_half_up(Decimal(found))


_DOCUMENT_SUMS = {
    "BR-CO-11": ("BT-107", False, "allowances"),
    "BR-CO-12": ("BT-108", True, "charges"),
}


@model.family(
    _DOCUMENT_SUMS, message="{term} says {stated}, but the document {what} add up to {computed}."
)
def total_of_allowances_or_charges(
    invoice: Reading, place: tuple[str, bool, str]
) -> Iterator[Breach]:
    """The total of document allowances (BT-107) or charges (BT-108) equals their sum."""
    term, charge, what = place
    for totals in invoice.groups("BG-22"):
        found = entries(invoice, charge)
        stated = totals.values(term)
        if not found and not stated:
            continue
        amounts = [group.values("amount")[0] for group in found if group.exists("amount")]
        computed = _to_the_cent(sum_of_doubles(amounts))
        if not any(_is(value, computed, amounts) for value in stated):
            yield Breach(
                at=totals.node(term),
                term=term,
                stated=shown(", ".join(totals.texts(term))),
                what=what,
                computed=computed,
            )


def _is(value: Value, computed: float, added: list[Value]) -> bool:
    """Whether a value is what was computed: the sum of nothing is an integer, others a double."""
    stated = as_float(value)
    return same_double(stated, computed) if added else stated == computed


def _to_the_cent(value: float) -> float:
    return round_double(value * 10 * 10) / 100


@model.rule(
    "BR-CO-13",
    terms=["BT-109", "BT-106", "BT-107", "BT-108"],
    message="BT-109 says {stated}, but lines - allowances + charges is {computed}.",
)
def total_without_vat(invoice: Reading) -> Iterator[Breach]:
    """The total without VAT (BT-109) = lines (BT-106) - allowances (107) + charges (108)."""
    for totals in invoice.groups("BG-22"):
        stated, lines = first_decimal(totals, "BT-109"), first_decimal(totals, "BT-106")
        less, more = first_decimal(totals, "BT-107"), first_decimal(totals, "BT-108")
        computed = None
        if lines is not None:
            computed = round_half_up(total((lines, -(less or Decimal(0)), more or Decimal(0))))
        if stated is None or stated != computed:
            yield Breach(at=totals.node("BT-109"), stated=shown(stated), computed=shown(computed))


@model.rule(
    "BR-CO-14",
    terms=["BT-110", "BT-117"],
    message="The total VAT is {stated}, but the breakdown adds up to {computed}.",
)
def total_vat_is_the_sum_of_the_breakdown(invoice: Reading) -> Iterator[Breach]:
    """The total VAT (BT-110) equals Σ tax of the VAT breakdown (BT-117)."""
    currencies = invoice.document.texts("BT-5")
    for value in invoice.values("tax-total"):
        if value.part("currencyID") not in currencies:
            continue
        taxes = [
            tax for entry in invoice.document.groups("BG-23") for tax in entry.values("BT-117")
        ]
        computed = _to_the_cent(sum_of_doubles(taxes))
        if not _is(value, computed, taxes):
            yield Breach(at=value, stated=value, computed=computed)


@model.rule(
    "BR-CO-15",
    terms=["BT-112", "BT-109", "BT-110"],
    message="BT-112 says {stated}, but the total without VAT plus the total VAT in {currency} is "
    "{computed}.",
)
def total_with_vat(invoice: Reading) -> Iterator[Breach]:
    """The total with VAT (BT-112) = the total without VAT (BT-109) + the total VAT (BT-110)."""
    groups = invoice.document.groups("BG-22")
    with_vat = _first(groups, "BT-112")
    without = _first(groups, "BT-109")
    for currency in invoice.values("BT-5"):
        taxes = [
            value
            for group in groups
            for value in group.values("total-tax")
            if value.part("currencyID") == currency.text
        ]
        stated = with_vat.decimal if with_vat else None
        base = without.decimal if without else None
        computed = None
        if len(taxes) == 1 and base is not None:
            computed = round_half_up(total((base, taxes[0].decimal)))
        if stated is not None and stated in (computed, base):
            continue
        yield Breach(
            at=with_vat or invoice.document,
            stated=shown(stated),
            currency=currency,
            computed=shown(computed),
        )
        return


def _first(groups: Iterable[GroupReading], term: str) -> Value | None:
    return next((value for group in groups for value in group.values(term)), None)


@model.rule(
    "BR-CO-16",
    terms=["BT-115", "BT-112", "BT-113", "BT-114"],
    message="BT-115 says {stated}, but total with VAT - paid + rounding is {computed}.",
)
def amount_due(invoice: Reading) -> Iterator[Breach]:
    """The amount due (BT-115) = total with VAT (BT-112) - paid (BT-113) + rounding (BT-114)."""
    for totals in invoice.groups("BG-22"):
        due, with_vat = first_decimal(totals, "BT-115"), first_decimal(totals, "BT-112")
        paid, rounding = first_decimal(totals, "BT-113"), first_decimal(totals, "BT-114")
        computed = None
        if with_vat is not None:
            computed = total((with_vat, -(paid or Decimal(0)), rounding or Decimal(0)))
        if due is None or due != computed:
            yield Breach(at=totals.node("BT-115"), stated=shown(due), computed=shown(computed))


@model.rule(
    "BR-CO-03",
    terms=["BT-7", "BT-8"],
    message="The tax point is given as a date (BT-7) and as a code (BT-8): keep one.",
)
def tax_point_is_date_or_code(invoice: Reading) -> Iterator[Breach]:
    """The date (BT-7) and the code (BT-8) of the tax point exclude each other."""
    if invoice.document.exists("tax-point-date") and invoice.document.exists("tax-point-code"):
        for group in breakdowns(invoice)[:1]:
            yield Breach(at=group)


_IN_BREAKDOWN = {"BR-45": "BT-116", "BR-46": "BT-117"}


@model.family(_IN_BREAKDOWN, message="{term} is missing: add it.")
def breakdown_has_an_amount(invoice: Reading, term: str) -> Iterator[Breach]:
    """A VAT breakdown has its taxable amount and its tax."""
    for group in breakdowns(invoice):
        if not group.exists(term):
            yield Breach(at=group, term=term)


@model.rule("BR-47", terms=["BT-118"], message="The VAT breakdown has no category: add it.")
def breakdown_has_a_category(invoice: Reading) -> Iterator[Breach]:
    """A VAT breakdown has a category."""
    for group in breakdowns(invoice):
        if not (is_vat(group.element) and group.exists("BT-118")):
            yield Breach(at=group)


@model.rule("BR-48", terms=["BT-119"], message="The VAT breakdown has no rate (BT-119): add it.")
def breakdown_has_a_rate(invoice: Reading) -> Iterator[Breach]:
    """Each VAT breakdown has a rate, unless it is not subject to VAT (O)."""
    for group in breakdowns(invoice):
        if not (is_vat(group.element) and (group.exists("BT-119") or "O" in group.texts("BT-118"))):
            yield Breach(at=group)


@model.rule("BR-CO-04", terms=["BT-151"], message="The line has no VAT category (BT-151): add it.")
def line_has_a_category(invoice: Reading) -> Iterator[Breach]:
    """A line has a VAT category."""
    for line in invoice.groups("BG-25"):
        taxes = [
            tax for group in line.groups("line-settlement") for tax in group.groups("line-tax")
        ]
        vat = [tax for tax in taxes if is_vat(tax.element)]
        if not any(tax.exists("category") for tax in vat):
            yield Breach(at=line)


@model.rule(
    "BR-CO-17",
    terms=["BT-117", "BT-116", "BT-119"],
    message="The tax is {tax}, but {base} at {rate} % is {computed}.",
)
def tax_is_base_times_rate(invoice: Reading) -> Iterator[Breach]:
    """The tax of a category (BT-117) = its taxable amount (BT-116) x rate (BT-119), within 1."""
    for group in breakdowns(invoice):
        kind = only(group.values("tax"), "the type of the tax")
        rate = None
        if not group.exists("BT-117"):
            # Nothing else is looked at: without a tax no part of the condition can hold.
            yield Breach(at=group, tax="nothing", base="", rate="", computed="not stated")
            continue
        if kind is not None and collapse(kind.text.upper()) == "VAT":
            rate = group.amount("BT-119")
        tax = group.amount("BT-117")
        computed = None
        if rate is None or whole(rate) == 0:
            holds = tax is not None and whole(tax) == 0
        else:
            base = group.amount("BT-116")
            if base is not None:
                computed = round_half_up(product(base.copy_abs(), divide(rate, _HUNDRED)))
            holds = tax is not None and computed is not None and _within_one(tax, computed)
        if not holds:
            yield Breach(
                at=group.node("BT-117"),
                tax=shown(tax),
                base=shown(", ".join(group.texts("BT-116"))),
                rate=shown(rate),
                computed=shown(computed),
            )


def _within_one(tax: Decimal, computed: Decimal) -> bool:
    return total((tax.copy_abs(), computed.copy_negate())).copy_abs() <= 1


_TWO_DECIMALS = {
    "BR-DEC-09": ("BG-22", "BT-106"),
    "BR-DEC-10": ("BG-22", "BT-107"),
    "BR-DEC-11": ("BG-22", "BT-108"),
    "BR-DEC-12": ("BG-22", "BT-109"),
    "BR-DEC-14": ("BG-22", "BT-112"),
    "BR-DEC-16": ("BG-22", "BT-113"),
    "BR-DEC-17": ("BG-22", "BT-114"),
    "BR-DEC-18": ("BG-22", "BT-115"),
    "BR-DEC-23": ("BG-25", "BT-131"),
}
_DECIMALS_MESSAGE = "{term} is {value}: round it to two decimals."
model.family(_TWO_DECIMALS, message=_DECIMALS_MESSAGE)(amount_has_two_decimals)

_BREAKDOWN_DECIMALS = {"BR-DEC-19": "BT-116", "BR-DEC-20": "BT-117"}


@model.family(_BREAKDOWN_DECIMALS, message=_DECIMALS_MESSAGE)
def amount_of_a_breakdown_has_two_decimals(invoice: Reading, term: str) -> Iterator[Breach]:
    """The amount of a VAT breakdown has at most two decimals, counted as it is written."""
    for group in breakdowns(invoice):
        if len(group.raw(term).partition(".")[2]) > 2:
            yield Breach(at=group.node(term), term=term, value=group.text(term))


_TOTAL_DECIMALS = {"BR-DEC-13": "BT-5", "BR-DEC-15": "BT-6"}


@model.family(
    _TOTAL_DECIMALS,
    terms=["BT-110", "BT-111"],
    message="The total VAT is {value}: round it to two decimals.",
)
def total_vat_has_two_decimals(invoice: Reading, currency: str) -> Iterator[Breach]:
    """The total VAT in a currency has at most two decimals."""
    codes = invoice.document.texts(currency)
    for totals in invoice.groups("BG-22"):
        values = totals.values("total-tax")
        if values and not any(_fits(value, codes, currency) for value in values):
            yield Breach(at=values[0], value=values[0])


def _fits(value: Value, codes: tuple[str, ...], currency: str) -> bool:
    if value.part("currencyID") in codes:
        number = as_float(value)
        return same_double(number, round_double(number * 100) / 100)
    return currency == "BT-5" or not codes
