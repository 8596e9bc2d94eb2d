"""Forms 130 and 131: payments on account of IRPF, by direct and by objective estimation.

Source:
    RIRPF, Real Decreto 439/2007 (BOE-A-2007-6820), arts. 109 to 112; Orden EHA/672/2007; record
    designs of the tax agency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es._territories import require_common
from tax_es.calendar import Period
from tax_es.closing.result import Close, Sums, finish
from tax_es.errors import FormError
from tax_es.graph import AboveZero, Graph, Linear, Node, Percent, Smallest
from tax_es.irpf.direct import Method, depreciation, hard_to_justify
from tax_es.ledger.entries import Asset, Branch, Ledger, Received
from tax_es.parameters import Parameter, series
from tax_es.trace import Step, Used, used

__all__ = [
    "Figures",
    "Modules",
    "Options",
    "close_130",
    "close_131",
    "close_from_ledger",
    "figures_of",
    "low_yield",
]

_FILE = "irpf_activity.toml"
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """Income and expenses of the year to the end of the quarter, in euros.

    Attributes:
        income: Income of the activities (box 01).
        expenses: Deductible expenses, without those hard to justify.
        withheld: Withholdings of the year to date (box 06).
        farming_income: Income of agriculture, of the quarter (box 08).
        farming_withheld: Withholdings of it, of the quarter (box 10).
        steps: Where the figures come from.
    """

    income: Decimal = _ZERO
    expenses: Decimal = _ZERO
    withheld: Decimal = _ZERO
    farming_income: Decimal = _ZERO
    farming_withheld: Decimal = _ZERO
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What forms 130 and 131 need beside the figures.

    Attributes:
        earlier: Boxes of the earlier forms of the year, in their order.
        method: ``simplified`` or ``normal`` direct estimation.
        yield_before: Net yield of the year before, in euros, for the reduction of art. 110.3.c;
            ``None`` when there was none.
        housing_loan: Whether a home bought before 2013 is paid with a loan and the income of the
            year will be below the limit (art. 110.3.d).
        ceuta_melilla: Whether the income has the deduction of Ceuta and Melilla.
        filed: Results to pay of earlier forms of the same quarter (box 18, or 14 of form 131).
        allow_unverified: Whether parameters that carry a mark may be used.
    """

    earlier: Sequence[Mapping[str, Decimal]] = ()
    method: str = Method.SIMPLIFIED
    yield_before: Decimal | None = None
    housing_loan: bool = False
    ceuta_melilla: bool = False
    filed: Decimal = _ZERO
    allow_unverified: bool = False


def figures_of(ledger: Ledger, period: Period, *, allow_unverified: bool = False) -> Figures:
    """Add up income and expenses of a ledger from 1 January to the end of a quarter.

    Sales of investment goods are gains and not income of the activity; the tax that cannot be
    deducted is part of the expense.

    Raises:
        UnverifiedParameter: An asset depreciates by a table that carries a mark.
        FormError: An entry is not in euros.
    """
    first, last = date(period.year, 1, 1), period.last_day
    sums = Sums()
    for sale in ledger.issued:
        if first <= sale.on <= last and not sale.investment_good:
            _in_euros(sale.id, sale.currency)
            income = sale.taxable_base if sale.income is None else sale.income
            if sale.branch is Branch.FARMING:
                if sale.on in period:
                    sums.add("08", income, sale.id)
                    sums.add("10", sale.withheld, sale.id)
                continue
            sums.add("01", income, sale.id)
            if sale.withheld:
                sums.add("06", sale.withheld, sale.id)
    for purchase in ledger.received:
        if first <= purchase.on <= last:
            _in_euros(purchase.id, purchase.currency)
            if spent := _expense(purchase):
                sums.add("02", spent, purchase.id)
    for cost in ledger.expenses:
        if first <= cost.paid_on <= last:
            sums.add("02", cost.amount, cost.id)
    for asset in ledger.assets:
        if amount := _depreciated(asset, first, last, allow_unverified):
            sums.add("02", amount, asset.id)
    words = {
        "01": ("ingresos computables", "income", "LIRPF, art. 28"),
        "02_before": ("gastos deducibles", "deductible expenses", "LIRPF, arts. 28 and 30"),
        "06": ("retenciones soportadas", "withholdings", "RIRPF, art. 110.3.a"),
        "08": ("ingresos agrarios", "farming income", "RIRPF, art. 110.1.c"),
        "10": ("retenciones agrarias", "withholdings of farming", "RIRPF, art. 110.3.a"),
    }
    steps = tuple(
        Step(key, sums.amount(key[:2]),
             f"sum of entries of the {'quarter' if key in ('08', '10') else 'year'}", (), article,
             es, en, (), sums.entries(key[:2]))
        for key, (es, en, article) in words.items()
    )  # fmt: skip
    income, spent, withheld, farming, of_farming = map(sums.amount, ("01", "02", "06", "08", "10"))
    return Figures(income, spent, withheld, farming, of_farming, steps)


def _in_euros(entry: str, currency: str) -> None:
    if currency != "EUR":
        raise FormError(f"{entry} is in {currency}: give its amounts in euros", entry=entry)


def _expense(entry: Received) -> Decimal:
    if entry.expense is not None:
        return entry.expense
    if entry.investment_good:
        return _ZERO
    return entry.taxable_base + entry.tax * (100 - entry.deductible_percent) / 100


def _depreciated(asset: Asset, first: date, last: date, allow: bool) -> Decimal:
    start = max(asset.in_use_since, first)
    days = (last - start).days + 1
    if days <= 0:
        return _ZERO
    whole = 366 if last.year % 4 == 0 and days == 366 else 365
    if asset.yearly is not None:
        return round_to(asset.yearly * min(days, whole) / whole)
    spent_days = max(0, (first - asset.in_use_since).days)
    rate = depreciation(first, asset.group, asset.cost, asset.percent, allow_unverified=allow)
    already = min(asset.cost, round_to(rate * spent_days / 365))
    return depreciation(
        first, asset.group, asset.cost, asset.percent, days_in_use=min(days, whole),
        already=already, allow_unverified=allow,
    )  # fmt: skip


def low_yield(day: date, yield_before: Decimal | None) -> tuple[Decimal, Parameter[object]]:
    """Return the reduction of a quarter by the net yield of the year before, and its parameter.

    Source:
        RIRPF, art. 110.3.c.
    """
    row = series(_FILE, "instalment.low_yield").on(day)
    if yield_before is not None:
        for limit, reduction in row.value:
            if exact(yield_before, "a yield") <= limit:
                return reduction, row
    return _ZERO, row


def close_130(period: Period, figures: Figures, options: Options | None = None) -> Close:
    """Close form 130 for a quarter.

    Args:
        period: The quarter.
        figures: Income and expenses of the year to date; see :func:`figures_of`.
        options: What the form needs beside them.

    Returns:
        Boxes 01 to 19, and ``hard_to_justify`` as a step of the trace.

    Raises:
        FormError: The period is no quarter, or an amount is negative that may not be.
        NotInForceError: The parameters of that year are not recorded.
    """
    _quarter("130", period)
    options = options or Options()
    day = period.last_day
    steps = list(figures.steps)
    spent, justified = figures.expenses, _ZERO
    if options.method == Method.SIMPLIFIED:
        _, justified, parameter = hard_to_justify(day, figures.income - spent)
        difference = (("01", figures.income), ("02_before", spent))
        steps.append(Step("hard_to_justify", justified, "percentage of 01 - 02_before, capped",
                          difference, "RIRPF, art. 30.2", "gastos de difícil justificación",
                          "expenses hard to justify", (parameter,)))  # fmt: skip
    reduction, low = low_yield(day, options.yield_before)
    paid = sum((max(_ZERO, each["07"]) - each.get("16", _ZERO) for each in options.earlier), _ZERO)
    given = {
        "01": figures.income,
        "02": spent + justified,
        "05": paid,
        "06": figures.withheld,
        "08": figures.farming_income,
        "10": figures.farming_withheld,
        "13": reduction,
        "18": options.filed,
        "pending_losses": _pending(options.earlier, "19", "15"),
        "housing_limit": _housing_limit(day, options, "16", yearly=figures.farming_income > 0),
    }
    if given["08"] < 0 or given["06"] < 0 or given["18"] < 0:
        raise FormError("boxes 06, 08 and 18 are not negative")
    steps += [
        Step("02", given["02"], "02_before + hard_to_justify",
             (("02_before", spent), ("hard_to_justify", justified)), "LIRPF, arts. 28 and 30",
             "gastos deducibles", "deductible expenses"),
        Step("05", paid, "positive 07 - 16 of earlier quarters", (), "RIRPF, art. 110.3",
             "pagos anteriores del año", "earlier payments of the year"),
        Step("13", reduction, "by the net yield of the year before", (), "RIRPF, art. 110.3.c",
             "minoración por rendimientos bajos", "reduction for low yields", (used(low),)),
    ]  # fmt: skip
    graph = _graph_130(day, options)
    return finish("130", period, given, steps, graph, "DR130")


def _graph_130(day: date, options: Options) -> Graph:
    direct, farming = (_rate(day, name, options) for name in ("direct", "agriculture"))
    article = "RIRPF, art. 110"
    housing = series(_FILE, "instalment.housing").on(day)
    return Graph((
        Node("03", Linear("+01 -02"), "rendimiento neto", "net yield", article),
        Node("03_positive", AboveZero("+03"), "rendimiento positivo", "positive yield", article),
        Node("04", Percent("03_positive", direct[0]), "porcentaje del rendimiento",
             "percentage of the yield", f"{article}.1.a", direct[1]),
        Node("07", Linear("+04 -05 -06"), "pago previo", "payment of part I", article),
        Node("09", Percent("08", farming[0]), "porcentaje de los ingresos agrarios",
             "percentage of farming income", f"{article}.1.c", farming[1]),
        Node("11", Linear("+09 -10"), "pago previo agrario", "payment of part II", article),
        Node("12", AboveZero("+07 +11"), "suma de pagos", "sum of payments", article),
        Node("14", Linear("+12 -13"), "diferencia", "difference", article),
        *_end("14", "15", "16", "17", "18", "19", "03_positive +08", housing,
              housing.value["direct"]),
    ))  # fmt: skip


def _end(
    difference: str, losses: str, home: str, whole: str, filed: str, result: str,
    base: str, housing: Parameter[Mapping[str, Decimal]], percent: Decimal,
) -> tuple[Node, ...]:  # fmt: skip
    """Return the boxes that both forms end with: losses, home, total, result."""
    article = "RIRPF, art. 110.3"
    return (
        Node("positive_", AboveZero(f"+{difference}"), "diferencia positiva",
             "positive difference", article),
        Node(losses, Smallest(("pending_losses", "positive_")), "resultados negativos anteriores",
             "earlier negative results", article),
        Node("rest_", Linear(f"+positive_ -{losses}"), "resto", "rest", article),
        Node("housing_base", Linear(f"+{base}"), "base de la vivienda", "base of the home",
             f"{article}.d"),
        Node("housing_", Percent("housing_base", percent), "porcentaje por vivienda",
             "percentage for the home", f"{article}.d", (used(housing),)),
        Node(home, Smallest(("housing_", "housing_limit", "rest_")),
             "pagos de la vivienda habitual", "payments for the home", f"{article}.d",
             (used(housing),)),
        Node(whole, Linear(f"+{difference} -{losses} -{home}"), "total", "total", article),
        Node(result, Linear(f"+{whole} -{filed}"), "resultado", "result", article),
    )  # fmt: skip


def _rate(day: date, name: str, options: Options) -> tuple[Decimal, tuple[Used, ...]]:
    row = series(_FILE, f"instalment.{name}").on(day)
    if not options.ceuta_melilla:
        return row.value, (used(row),)
    factor = series(_FILE, "instalment.ceuta_melilla").on(day)
    return row.value * (100 + factor.value) / 100, (used(row), used(factor))


def _housing_limit(day: date, options: Options, box: str, *, yearly: bool) -> Decimal:
    """Return how much of the payments for a home may still be subtracted."""
    if not options.housing_loan:
        return _ZERO
    value: Mapping[str, Decimal] = series(_FILE, "instalment.housing").on(day).value
    if not yearly:
        return value["quarter"]
    spent = sum((each.get(box, _ZERO) for each in options.earlier), _ZERO)
    return max(_ZERO, value["year"] - spent)


def _pending(earlier: Sequence[Mapping[str, Decimal]], result: str, spent: str) -> Decimal:
    """Return the negative results of earlier quarters that were not subtracted yet."""
    pending = _ZERO
    for each in earlier:
        pending += max(_ZERO, -each.get(result, _ZERO)) - each.get(spent, _ZERO)
    return max(_ZERO, pending)


def _quarter(model: str, period: Period) -> None:
    if not period.is_quarter:
        raise FormError(f"form {model} is for a quarter, not for {period.code}")


@dataclass(frozen=True, slots=True)
class Modules:
    """An activity in objective estimation, for form 131.

    Attributes:
        net_yield: By the data of 1 January, in euros, without the reduction for investment.
        employees: Salaried employees, which decide the percentage.
    """

    net_yield: Decimal
    employees: int = 0


def close_131(
    period: Period,
    activities: Sequence[Modules] = (),
    *,
    sales: Decimal = _ZERO,
    farming_income: Decimal = _ZERO,
    withheld: Decimal = _ZERO,
    options: Options | None = None,
) -> Close:
    """Close form 131 for a quarter.

    Args:
        period: The quarter.
        activities: Those with data of 1 January.
        sales: Of the quarter, of activities without such data, in euros.
        farming_income: Of the quarter, in euros.
        withheld: Withholdings of the quarter, in euros.
        options: What the form needs beside them.

    Returns:
        Boxes 01 to 15.

    Raises:
        FormError: The period is no quarter, or an amount is negative that may not be.
        NotInForceError: The parameters of that year are not recorded.
    """
    _quarter("131", period)
    options = options or Options()
    day = period.last_day
    rates = series(_FILE, "instalment.objective").on(day)
    factor = Decimal(1)
    parameters = [used(rates)]
    if options.ceuta_melilla:
        row = series(_FILE, "instalment.ceuta_melilla").on(day)
        factor = (100 + row.value) / Decimal(100)
        parameters.append(used(row))
    if min(sales, farming_income, withheld, options.filed) < 0:
        raise FormError("boxes 03, 05, 08 and 14 are not negative")
    if any(each.employees < 0 for each in activities):
        raise FormError("a number of employees is not negative")
    names = ("none", "one", "more")
    yields = [max(_ZERO, exact(each.net_yield, "a yield")) for each in activities]
    percents = [rates.value[names[min(each.employees, 2)]] * factor for each in activities]
    payments = sum(
        (round_to(amount * percent / 100)
         for amount, percent in zip(yields, percents, strict=True)), _ZERO,
    )  # fmt: skip
    reduction, low = low_yield(day, options.yield_before)
    article = "RIRPF, art. 110"
    inputs = tuple(
        (f"activity {n}, {percent.normalize():f} %", amount)
        for n, (amount, percent) in enumerate(zip(yields, percents, strict=True), 1)
    )
    steps = [
        Step("01", sum(yields, _ZERO), "sum of yields", inputs, f"{article}.1.b",
             "suma de rendimientos netos", "sum of net yields"),
        Step("02", payments, "percentage of each yield", inputs, f"{article}.1.b",
             "pagos por módulos", "payments by modules", tuple(parameters)),
        Step("09", reduction, "by the net yield of the year before", (), f"{article}.3.c",
             "minoración por rendimientos bajos", "reduction for low yields", (used(low),)),
    ]  # fmt: skip
    housing = series(_FILE, "instalment.housing").on(day)
    no_data, farming = (_rate(day, name, options) for name in ("no_base_data", "agriculture"))
    modules = bool(activities)
    graph = Graph((
        Node("04", Percent("03", no_data[0]), "porcentaje de las ventas", "percentage of sales",
             f"{article}.1.b", no_data[1]),
        Node("06", Percent("05", farming[0]), "porcentaje de los ingresos agrarios",
             "percentage of farming income", f"{article}.1.c", farming[1]),
        Node("07", Linear("+02 +04 +06"), "suma de pagos", "sum of payments", article),
        Node("10", Linear("+07 -08 -09"), "diferencia", "difference", article),
        *_end("10", "11", "12", "13", "14", "15", "01" if modules else "03 +05", housing,
              housing.value["objective" if modules else "agriculture"]),
    ))  # fmt: skip
    given = {
        "01": sum(yields, _ZERO),
        "02": payments,
        "03": sales,
        "05": farming_income,
        "08": withheld,
        "09": reduction,
        "14": options.filed,
        "pending_losses": _pending(options.earlier, "15", "11"),
        "housing_limit": _housing_limit(day, options, "12", yearly=True),
    }
    return finish("131", period, given, steps, graph, "DR131")


def close_from_ledger(ledger: Ledger, period: Period, options: Options | None = None) -> Close:
    """Close form 130 from a ledger; the arguments are those of :func:`close_130`.

    Raises:
        TerritoryError: The ledger is of a foral territory, or of an unknown one.
    """
    require_common(ledger.territory)
    options = options or Options()
    figures = figures_of(ledger, period, allow_unverified=options.allow_unverified)
    return close_130(period, figures, options)
