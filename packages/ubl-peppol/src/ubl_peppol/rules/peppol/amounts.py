"""Rules of Peppol on allowances, charges and lines."""

from collections.abc import Iterator
from decimal import Decimal

from einvoice_core.findings import Breach, Undecided
from einvoice_core.money import total
from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.reading.values import collapse, difference, divide, product, round_half_up
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._nodes import text_nodes
from ubl_peppol.rules.peppol._set import common

__all__ = [
    "amount_is_base_times_percent",
    "base_quantity_is_positive",
    "indicator_is_a_word",
    "line_net_amount_is_computed",
    "line_period_is_inside",
    "line_refers_to_one_object",
    "net_price_is_gross_less_discount",
    "percentage_and_base_go_together",
    "price_has_no_charge",
    "reference_of_a_line_is_an_object",
    "units_agree",
]

_SLACK = Decimal("0.02")
_PERCENT = Decimal("0.01")


def _by_kind(invoice: Reading, line: GroupReading) -> list[Value]:
    return line.values("credited-quantity" if invoice.is_credit_note else "invoiced-quantity")


def _slack(expected: Decimal, value: Decimal) -> bool:
    return difference(expected, value).copy_abs() <= _SLACK


@common.rule(
    "PEPPOL-EN16931-R040",
    on="rated-allowance",
    message="The amount is {amount}, but {percent} % of {base} is {computed}.",
)
def amount_is_base_times_percent(invoice: Reading) -> Iterator[Breach]:
    """The amount of an allowance or charge = base x percentage, within 0.02."""
    for entry in invoice.groups("rated-allowance"):
        if not (entry.exists("rated-base") and entry.exists("rated-percent")):
            continue
        terms = (entry.one("rated-amount"), entry.one("rated-base"), entry.one("rated-percent"))
        for amount, base, percent in entry.rows(*terms):
            if base is None or percent is None:
                break
            computed = product(base, percent, _PERCENT)
            if not _slack(amount or Decimal(0), computed):
                yield Breach(
                    at=entry.node("rated-amount"),
                    amount=amount or 0,
                    percent=percent,
                    base=base,
                    computed=round_half_up(computed),
                )
                break


_HALVES = {
    "PEPPOL-EN16931-R041": ("rated-percent", "rated-base", "a percentage", "the base amount"),
    "PEPPOL-EN16931-R042": ("rated-base", "rated-percent", "a base amount", "the percentage"),
}


@common.family(
    _HALVES,
    on=lambda _: "rated-allowance",
    message="The allowance or charge has {has}: add {lacks}.",
)
def percentage_and_base_go_together(
    invoice: Reading, place: tuple[str, str, str, str]
) -> Iterator[Breach]:
    """The percentage and the base of an allowance or charge go together."""
    given, other, has, lacks = place
    for entry in invoice.groups("rated-allowance"):
        if entry.exists(given) and not entry.exists(other):
            yield Breach(at=entry, has=has, lacks=lacks)


@common.rule(
    "PEPPOL-EN16931-R043",
    on="rated-allowance",
    message="The indicator is {value!r}: write true for a charge, false for an allowance.",
)
def indicator_is_a_word(invoice: Reading) -> Iterator[Breach]:
    """The indicator of an allowance or charge is the word true or false."""
    for entry in invoice.groups("rated-allowance"):
        # R041 and R042 stand before this rule in the artefact: what they judge, it does not.
        if entry.exists("rated-percent") == entry.exists("rated-base"):
            value = text_nodes(value.element for value in entry.values("rated-indicator"))
            value = collapse(value)
            if value not in ("true", "false"):
                yield Breach(at=entry.node("rated-indicator"), value=value)


@common.rule(
    "PEPPOL-EN16931-R044",
    on="price-allowance",
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


@common.rule(
    "PEPPOL-EN16931-R046",
    on="price-allowance",
    terms=["BT-146", "BT-147", "BT-148"],
    message="The net price is {net}, but gross price {gross} - discount {discount} is {computed}.",
)
def net_price_is_gross_less_discount(invoice: Reading) -> Iterator[Breach]:
    """The net price = the gross price - the discount."""
    for price in invoice.groups("BG-29"):
        for entry in price.groups("price-allowance"):
            if not entry.exists("price-allowance-base"):
                continue
            net = price.amount("BT-146")
            if net is None:
                # Without a net price the published rule does not read the others.
                yield Breach(
                    at=price.node("BT-146"),
                    net="not given",
                    gross=shown(", ".join(entry.texts("price-allowance-base"))),
                    discount=shown(", ".join(entry.texts("price-allowance-amount"))),
                    computed="what it should be",
                )
                continue
            terms = (entry.one("price-allowance-base"), entry.one("price-allowance-amount"))
            for stated, gross, discount in entry.rows(price.one("BT-146"), *terms):
                computed = None
                if gross is not None and discount is not None:
                    computed = difference(gross, discount)
                if stated != computed:
                    yield Breach(
                        at=price.node("BT-146"),
                        net=shown(stated),
                        gross=shown(gross),
                        discount=shown(discount),
                        computed=shown(computed),
                    )
                    break


@common.rule(
    "PEPPOL-EN16931-R100",
    on="line-document",
    terms=["BT-128"],
    message="The line refers to {count} objects: keep one.",
)
def line_refers_to_one_object(invoice: Reading) -> Iterator[Breach]:
    """A line refers to one object at most."""
    for line in invoice.groups("BG-25"):
        count = len(line.groups("line-document"))
        if count > 1:
            yield Breach(at=line, count=count)


@common.rule(
    "PEPPOL-EN16931-R101",
    on="line-document",
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


@common.family(
    _INSIDE,
    on=lambda _: "BG-26",
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
                if not day.text:
                    # Nothing is compared with nothing: the published rule says no at once.
                    yield Breach(at=day, verb=verb, day="no day", side=side, limit=limits[0])
                    continue
                if len(limits) > 1:
                    raise Undecided(limits[1], "the period of the invoice occurs twice: keep one")
                early = day.day < limits[0].day
                if early if side == "before" else day.day > limits[0].day:
                    yield Breach(at=day, verb=verb, day=day, side=side, limit=limits[0])


@common.rule(
    "PEPPOL-EN16931-R120",
    on="BG-25",
    terms=["BT-131", "BT-129", "BT-146", "BT-149"],
    message="The net amount of the line is {stated}, but quantity x price / base quantity "
    "+ charges - allowances is {computed}.",
)
def line_net_amount_is_computed(invoice: Reading) -> Iterator[Breach]:
    """The net amount of a line = quantity x price + charges - allowances, within 0.02."""
    for line in invoice.groups("BG-25"):
        quantities = _by_kind(invoice, line)
        if len(quantities) > 1:
            raise Undecided(quantities[1], "the quantity occurs twice: keep one")
        charges, allowances = _amounts(line, "true"), _amounts(line, "false")
        terms = (line.one("BT-131"), line.one("BT-146"), line.one("BT-149"))
        quantity = quantities[0] if quantities else None
        for row in line.rows(quantity, *terms, *charges, *allowances):
            stated, computed = _net_amount(row, len(charges))
            if stated != computed and not _slack(stated, computed):
                yield Breach(
                    at=line.node("BT-131"), stated=stated, computed=round_half_up(computed)
                )
                break


def _net_amount(row: tuple[Decimal | None, ...], charges: int) -> tuple[Decimal, Decimal]:
    """Return the net amount of a line as it is stated and as it is computed."""
    quantity, stated, price, base, *others = row
    gross = price or Decimal(0)
    if base and base != 1:
        gross = divide(gross, base)
    if quantity is not None:
        gross = product(quantity, gross)
    if others:
        added = total(amount for amount in others[:charges] if amount is not None)
        taken = total(amount for amount in others[charges:] if amount is not None)
        gross = difference(total((gross, round_half_up(added))), round_half_up(taken))
    return stated or Decimal(0), gross


def _amounts(line: GroupReading, indicator: str) -> list[Value]:
    return [
        value
        for entry in line.groups("line-allowance")
        if entry.text("line-indicator") == indicator
        for value in entry.values("line-amount")
    ]


@common.rule(
    "PEPPOL-EN16931-R121",
    on="BG-25",
    terms=["BT-149"],
    message="The base quantity of the price is {value}: it must be above 0.",
)
def base_quantity_is_positive(invoice: Reading) -> Iterator[Breach]:
    """The base quantity of a price is above 0."""
    for line in invoice.groups("BG-25"):
        value = line.amount("BT-149")
        if value is not None and value <= 0:
            yield Breach(at=line.node("BT-149"), value=value)


@common.rule(
    "PEPPOL-EN16931-R130",
    on="BG-25",
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
