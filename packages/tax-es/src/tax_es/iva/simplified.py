"""Simplified regime: quota of the year by modules, payments on account, result of the last quarter.

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), art. 123; Orden HAC/1347/2024 (BOE-A-2024-24949), anexo
    II, kept for 2026 by Orden HAC/1425/2025 (BOE-A-2025-25272).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.irpf.modules import activity, valued
from tax_es.parameters import series
from tax_es.trace import Result, Step, frozen, used

__all__ = ["payment_on_account", "year"]

_FILE = "modules_iva.toml"
_ORDER = "Orden HAC/1347/2024, anexo II"


def payment_on_account(
    day: date, iae: str, units_january: Mapping[int, Decimal], percent: Decimal | None = None
) -> Result:
    """Compute the payment of each of the first three quarters.

    Args:
        day: A day of the year.
        iae: Heading of the activity, such as ``672.1``.
        units_january: Units of each module on 1 January, or at the start of the activity.
        percent: By default that of the activity.

    Returns:
        ``base_quota_january``, ``quarterly_pct`` and ``quarterly``, rounded to the cent.

    Raises:
        UnknownKindError: No activity or module has that name.
        NotInForceError: Nothing is recorded for that year.
        ArgumentError: A number is a float or negative, or the percentage is not recorded.
    """
    found = activity(_FILE, iae, day, quarterly=percent)
    amounts = valued(found, units_january)
    quota = sum(amounts.values(), Decimal(0))
    share = found.details.get("quarterly") if percent is None else exact(percent, "a percentage")
    if share is None:
        raise ArgumentError(f"the quarterly percentage of {found.key} is not recorded: give it")
    values = {
        "base_quota_january": quota,
        "quarterly_pct": share,
        "quarterly": round_to(quota * share / 100),
    }
    shown = tuple((f"module {number}", amount) for number, amount in amounts.items())
    steps = (
        Step("base_quota_january", quota, "sum of units * euros of each module", shown, _ORDER,
             "cuota devengada con los datos base", "quota by the data of 1 January",
             (found.parameter,)),
        Step("quarterly", values["quarterly"], "percentage of base_quota_january",
             (("base_quota_january", quota), ("quarterly_pct", share)), _ORDER,
             "ingreso a cuenta del trimestre", "payment on account of the quarter",
             (found.parameter,)),
    )  # fmt: skip
    return Result(frozen(values), steps)


def year(
    day: date,
    iae: str,
    units: Mapping[int, Decimal],
    tax_borne: Decimal,
    *,
    acquisitions: Decimal = Decimal(0),
    reverse_charge: Decimal = Decimal(0),
    assets_sold: Decimal = Decimal(0),
    assets_bought: Decimal = Decimal(0),
    regularisation: Decimal = Decimal(0),
    paid_on_account: Decimal = Decimal(0),
    refunded_abroad: Decimal = Decimal(0),
    percent: Decimal | None = None,
) -> Result:
    """Compute the quota of the year and the result of the last quarter.

    Args:
        day: A day of the year.
        iae: Heading of the activity.
        units: Average units of each module in the year.
        tax_borne: Input tax of current operations, in euros, without that of fixed assets.
        acquisitions: Tax of intra-community acquisitions, in euros.
        reverse_charge: Tax that the customer owes by reverse charge, in euros.
        assets_sold: Output tax of fixed assets, in euros.
        assets_bought: Input tax of fixed assets, in euros.
        regularisation: Of investment goods, in euros; positive when more may be deducted.
        paid_on_account: Payments of the first three quarters together, in euros.
        refunded_abroad: Input tax refunded by other Member States, which adds to the minimum.
        percent: Paid each quarter, which tells apart activities of one heading.

    Returns:
        ``accrued_year``, ``hard_to_justify``, ``minimum``, ``derived``, ``annual`` and
        ``result_4T``, rounded to the cent.

    Raises:
        UnknownKindError: No activity or module has that name.
        NotInForceError: Nothing is recorded for that year.
        ArgumentError: A number is a float or negative, or the minimum is not recorded.
    """
    found = activity(_FILE, iae, day, quarterly=percent)
    least = found.details.get("minimum")
    if least is None:
        raise ArgumentError(f"the minimum percentage of {found.key} is not recorded")
    amounts = valued(found, units)
    accrued = sum(amounts.values(), Decimal(0))
    row = series("irpf_activity.toml", "simplified_iva.hard_to_justify").on(day)
    justified = round_to(accrued * row.value / 100)
    minimum = round_to(accrued * least / 100) + exact(refunded_abroad, "a refund")
    current = accrued - exact(tax_borne, "input tax") - justified
    derived = max(current, minimum)
    annual = (
        derived
        + exact(acquisitions, "tax of acquisitions")
        + exact(reverse_charge, "tax by reverse charge")
        + exact(assets_sold, "tax of assets")
        - exact(assets_bought, "tax of assets")
        - exact(regularisation, "a regularisation")
    )
    values = {
        "accrued_year": accrued,
        "hard_to_justify": justified,
        "minimum": minimum,
        "derived": derived,
        "annual": annual,
        "result_4T": annual - exact(paid_on_account, "payments"),
    }
    shown = tuple((f"module {number}", amount) for number, amount in amounts.items())
    steps = (
        Step("accrued_year", accrued, "sum of units * euros of each module", shown, _ORDER,
             "cuota devengada anual", "accrued quota of the year", (found.parameter,)),
        Step("hard_to_justify", justified, "percentage of accrued_year",
             (("accrued_year", accrued), ("percent", row.value)), "LIVA, art. 123.Uno.A",
             "cuotas de difícil justificación", "input tax hard to justify", (used(row),)),
        Step("minimum", minimum, "percentage of accrued_year + refunds",
             (("accrued_year", accrued), ("percent", least)), "LIVA, art. 123.Uno.A",
             "cuota mínima", "minimum quota", (found.parameter,)),
        Step("derived", derived, "max(accrued_year - tax_borne - hard_to_justify, minimum)",
             (("accrued_year", accrued), ("tax_borne", tax_borne),
              ("hard_to_justify", justified), ("minimum", minimum)), "LIVA, art. 123.Uno",
             "cuota derivada del régimen simplificado", "derived quota"),
        Step("annual", annual,
             "derived + acquisitions + reverse_charge + assets_sold - assets_bought"
             " - regularisation",
             (("derived", derived), ("acquisitions", acquisitions),
              ("reverse_charge", reverse_charge), ("assets_sold", assets_sold),
              ("assets_bought", assets_bought), ("regularisation", regularisation)),
             "LIVA, art. 123.Uno.B and C", "cuota anual", "quota of the year"),
        Step("result_4T", values["result_4T"], "annual - paid_on_account",
             (("annual", annual), ("paid_on_account", paid_on_account)), "RIVA, art. 39",
             "resultado del cuarto trimestre", "result of the fourth quarter"),
    )  # fmt: skip
    return Result(frozen(values), steps)
