"""Margin schemes: used goods, art, antiques and collectors' items, and travel agencies.

The tax is inside the margin: base = margin * 100 / (100 + percent).

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), arts. 137 (operation by operation), 138 (global) and 145
    (travel agencies).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to, total
from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.iva.rates import rate
from tax_es.trace import Result, Step, frozen

__all__ = ["global_margin", "of_operation"]


def of_operation(day: date, price: Decimal, cost: Decimal, kind: str = "general") -> Result:
    """Compute base and tax of one operation.

    Args:
        day: Day of accrual.
        price: Price of the sale, tax included, in euros.
        cost: Price of the purchase, tax included, in euros.
        kind: Kind of the rate; travel agencies have the general one.

    Returns:
        ``margin``, ``taxable_base``, ``tax`` and ``percent``; without a margin there is no tax.
        The tax is rounded to the cent, and the base is the rest of the margin.

    Raises:
        NotInForceError: No rate is recorded for that day.
        ArgumentError: An amount is a float, or negative.

    Source:
        LIVA, arts. 137.Uno and 145.Uno.
    """
    sale, purchase = exact(price, "a price"), exact(cost, "a cost")
    if sale < 0 or purchase < 0:
        raise ArgumentError("prices are not negative")
    return _taxed(day, max(Decimal(0), sale - purchase), kind, "LIVA, arts. 137 and 145")


def global_margin(
    day: date,
    sales: Iterable[Decimal],
    purchases: Iterable[Decimal],
    kind: str = "general",
    *,
    stock_change: Decimal = Decimal(0),
    carried: Decimal = Decimal(0),
) -> Result:
    """Compute base and tax of a period by the global margin.

    Args:
        day: Last day of the period.
        sales: Sales of the period, tax included, in euros.
        purchases: Purchases of the period, tax included, in euros.
        kind: Kind of the rate.
        stock_change: Final less initial stock, in the yearly regularisation; it adds to the margin.
        carried: Negative margins of earlier periods that were not used yet, in euros.

    Returns:
        ``margin``, ``taxable_base``, ``tax``, ``percent`` and ``carried`` (a negative margin, as a
        positive amount, adds to the purchases of the next period).

    Raises:
        NotInForceError: No rate is recorded for that day.
        ArgumentError: An amount is a float, or ``carried`` is negative.

    Source:
        LIVA, art. 138.
    """
    if exact(carried, "a margin") < 0:
        raise ArgumentError("a negative margin is carried as a positive amount")
    sold = total(exact(each, "a sale") for each in sales)
    bought = total(exact(each, "a purchase") for each in purchases)
    margin = sold - bought + exact(stock_change, "a stock") - carried
    found = _taxed(day, max(Decimal(0), margin), kind, "LIVA, art. 138")
    left = max(Decimal(0), -margin)
    return Result(frozen({**found.values, "carried": left}), found.trace)


def _taxed(day: date, margin: Decimal, kind: str, article: str) -> Result:
    percent = rate(day, kind).percent
    tax = round_to(margin * percent / (100 + percent))
    values = {"margin": margin, "taxable_base": margin - tax, "tax": tax, "percent": percent}
    inputs = (("margin", margin), ("percent", percent))
    steps = (
        Step("tax", tax, "margin * percent / (100 + percent)", inputs, article,
             "cuota del margen", "tax of the margin"),
        Step("taxable_base", values["taxable_base"], "margin - tax",
             (("margin", margin), ("tax", tax)), article, "base imponible del margen",
             "base of the margin"),
    )  # fmt: skip
    return Result(frozen(values), steps)
