"""Form 131 from a ledger: what a business in objective estimation pays each quarter.

Source:
    RIRPF, Real Decreto 439/2007 (BOE-A-2007-6820), arts. 37 to 39 and 110.1.b; the order of modules
    of the year.
"""

from dataclasses import replace

from tax_es._territories import require_common
from tax_es.calendar import Period
from tax_es.closing.form130 import Modules, Options, close_131
from tax_es.closing.result import Close, Sums
from tax_es.errors import FormError
from tax_es.irpf import modules
from tax_es.ledger.entries import Branch, Ledger, ModuleActivity
from tax_es.trace import Step

__all__ = ["close_from_ledger"]

_WORDS = {
    "03": ("ventas de actividades sin datos-base", "sales of activities without base data",
           "RIRPF, art. 110.1.b"),
    "05": ("ingresos agrarios", "farming income", "RIRPF, art. 110.1.c"),
    "08": ("retenciones soportadas", "withholdings", "RIRPF, art. 110.3.a"),
}  # fmt: skip


def close_from_ledger(ledger: Ledger, period: Period, options: Options | None = None) -> Close:
    """Close form 131 for a quarter from a ledger.

    The activities are the ``modules`` of the books. A sale is of one of them, and then not counted,
    unless its ``branch`` says that it is of farming, or of an activity without base data.

    Args:
        ledger: The books.
        period: The quarter.
        options: What the form needs beside them.

    Returns:
        Boxes 01 to 15, with the entries behind 03, 05 and 08.

    Raises:
        FormError: The period is no quarter, an entry is not in euros, a box would be negative, or
            sales are of no activity that the books describe.
        UnverifiedParameter: The modules of an activity carry a mark.
        NotInForceError: The modules of that year are not recorded.
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
    """
    require_common(ledger.territory)
    options = options or Options()
    if not period.is_quarter:
        raise FormError(f"form 131 is for a quarter, not for {period.code}")
    sums = Sums()
    for sale in ledger.issued:
        if sale.on not in period or sale.investment_good:
            continue
        if sale.currency != "EUR":
            raise FormError(
                f"{sale.id} is in {sale.currency}: give its amounts in euros", entry=sale.id
            )
        income = sale.taxable_base if sale.income is None else sale.income
        if sale.branch is Branch.FARMING:
            sums.add("05", income, sale.id)
        elif sale.branch is Branch.NO_BASE_DATA:
            sums.add("03", income, sale.id)
        elif not ledger.modules:
            raise FormError(
                f"{sale.id} is of no activity by modules: describe it in modules, or say that its "
                "branch is farming or no_base_data",
                entry=sale.id,
            )
        if sale.withheld:
            sums.add("08", sale.withheld, sale.id)
    found = [_activity(each, period, options) for each in ledger.modules]
    closed = close_131(
        period, [activity for activity, _ in found], sales=sums.amount("03"),
        farming_income=sums.amount("05"), withheld=sums.amount("08"), options=options,
    )  # fmt: skip
    given = tuple(
        Step(box, sums.amount(box), "sum of entries of the quarter", (), article, es, en, (),
             sums.entries(box))
        for box, (es, en, article) in _WORDS.items()
    )  # fmt: skip
    yields = tuple(step for _, steps in found for step in steps)
    return replace(closed, trace=(*yields, *given, *closed.trace))


def _activity(
    each: ModuleActivity, period: Period, options: Options
) -> tuple[Modules, tuple[Step, ...]]:
    """Return the yield of an activity by its data of 1 January, and how it was reached."""
    if each.net_yield is not None:
        return Modules(each.net_yield, each.employees), ()
    found = modules.net_yield(
        period.first_day, each.iae, each.units, indices=each.indices,
        allow_unverified=options.allow_unverified,
    )  # fmt: skip
    # The keys of one activity must not hide those of another.
    names = {step.key: f"{each.id} {step.key}" for step in found.trace}
    steps = tuple(
        replace(step, key=names[step.key],
                inputs=tuple((names.get(key, key), value) for key, value in step.inputs))
        for step in found.trace
    )  # fmt: skip
    return Modules(found["net_activity"], each.employees), steps
