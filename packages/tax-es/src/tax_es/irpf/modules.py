"""Objective estimation (módulos) of activities outside agriculture.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), art. 31; Orden HAC/1347/2024 (BOE-A-2024-24949), anexo
    II, kept for 2026 by Orden HAC/1425/2025 (BOE-A-2025-25272).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.parameters import Parameter, load, series
from tax_es.trace import Result, Step, Used, frozen, used

__all__ = ["Activity", "activity", "net_yield", "units_of_staff", "valued"]

_FILE = "irpf_activity.toml"
_HOURS_OF_A_YEAR = 366 * 24


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity and its modules.

    Attributes:
        key: Heading of the IAE as the order writes it, with ``#2`` for a second one.
        name: Official name.
        modules: Number, definition, unit and euros a unit.
        parameter: The row that says so.
        details: Further columns of the row.
    """

    key: str
    name: str
    modules: tuple[tuple[int, str, str, Decimal], ...]
    parameter: Used
    details: Mapping[str, Any]

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers of the modules."""
        return frozenset(number for number, *_ in self.modules)


def activity(
    file: str,
    iae: str,
    day: date,
    *,
    quarterly: Decimal | None = None,
    allow_unverified: bool = False,
) -> Activity:
    """Return an activity by its heading; ``672.1, 2 y 3`` answers to each of its three.

    Args:
        file: ``modules_irpf.toml`` or ``modules_iva.toml``.
        iae: Heading of the tax on economic activities, such as ``673.1``; ``722 #2`` where two
            activities share one.
        day: A day of the year.
        quarterly: Percentage paid each quarter, which tells apart activities of one heading.
        allow_unverified: Whether a row that carries a mark may be used.

    Raises:
        UnknownKindError: No activity has that heading, or several; ``details["known"]`` lists them.
        NotInForceError: Nothing is recorded for that day.
        UnverifiedParameter: The row carries a mark.
    """
    table = load(file)
    found = [each for each in table if iae == each or iae in _headings(each)]
    if len(found) > 1:
        rows = {key: table[key].on(day, allow_unverified=True) for key in found}
        fits = [k for k, row in rows.items() if quarterly == row.details.get("quarterly")]
        found = fits if quarterly is not None else found
    if len(found) != 1:
        known = tuple(found or table)
        listed = f": say which of {', '.join(known)}" if found else ""
        raise UnknownKindError(f"not one activity has the heading {iae!r}{listed}", known=known)
    (key,) = found
    entry: Parameter[Any] = table[key].on(day, allow_unverified=allow_unverified)
    modules = tuple((n, words, unit, euros) for n, words, unit, euros in entry.value)
    return Activity(key, entry.details["name"], modules, used(entry), entry.details)


def _headings(key: str) -> Iterable[str]:
    """Yield the headings of ``672.1, 2 y 3``: 672.1, 672.2 and 672.3."""
    first, *others = re.findall(r"[\d.]+", key.partition(" #")[0]) or [""]
    yield first
    group = first.partition(".")[0]
    yield from (f"{group}.{other}" for other in others)


def valued(
    found: Activity, units: Mapping[int, Decimal], *, round_each: bool = True
) -> dict[int, Decimal]:
    """Return the euros of each module.

    Raises:
        UnknownKindError: The activity has no module of a given number.
        ArgumentError: A number of units is a float, or negative.
    """
    unknown = set(units) - found.numbers
    if unknown:
        raise UnknownKindError(
            f"{found.key} has no module {sorted(unknown)}", known=tuple(sorted(found.numbers))
        )
    amounts: dict[int, Decimal] = {}
    for number, words, _, euros in found.modules:
        count = exact(units.get(number, Decimal(0)), words)
        if count < 0:
            raise ArgumentError(f"module {number} has a negative number of units")
        amounts[number] = round_to(count * euros) if round_each else count * euros
    return amounts


def units_of_staff(all_year: int, hours: Iterable[Decimal], full_time: Decimal) -> Decimal:
    """Compute the units of salaried personnel: whole years, and hours over those of the agreement.

    Args:
        all_year: Employees of the whole year at full time.
        hours: Hours of each other employee in the year.
        full_time: Hours a year of the collective agreement, or 1,800.

    Returns:
        Units with two decimals, cut and not rounded, as the agency's manual does.

    Raises:
        ArgumentError: A number is a float, or is none of hours of a year; or the employees are
            negative.
    """
    worked = [exact(each, "hours") for each in hours]
    if all_year < 0 or not all(0 <= each <= _HOURS_OF_A_YEAR for each in worked):
        raise ArgumentError(f"employees are not negative; hours are 0 to {_HOURS_OF_A_YEAR}")
    if not 1 <= exact(full_time, "hours") <= _HOURS_OF_A_YEAR:
        raise ArgumentError(f"hours of full time are 1 to {_HOURS_OF_A_YEAR}")
    parts = sum(worked, Decimal(0)) / full_time
    return all_year + parts.quantize(Decimal("0.01"), ROUND_DOWN)


def net_yield(
    day: date,
    iae: str,
    units: Mapping[int, Decimal],
    *,
    staff_module: int = 1,
    staff_before: Decimal | None = None,
    investment: Decimal = Decimal(0),
    indices: Iterable[str] = (),
    special_index: Decimal = Decimal(1),
    extraordinary_expenses: Decimal = Decimal(0),
    general_reduction_percent: Decimal | None = None,
    other_income: Decimal = Decimal(0),
    allow_unverified: bool = False,
) -> Result:
    """Compute the net yield of an activity in a year.

    Args:
        day: A day of the year.
        iae: Heading of the activity.
        units: Units of each module, by its number.
        staff_module: Number of the module of salaried personnel; its definition must say so.
        staff_before: Units of salaried personnel of the year before, for the incentive to growth.
        investment: Depreciation of the assets, in euros (minoración por incentivos a la inversión).
        indices: Correction indices that apply, by their names in ``params``, in any order; that of
            excess is added where the yield exceeds the threshold of the activity and no index of
            small size applies.
        special_index: Index of the activity itself, such as those of taxis, where one applies.
        extraordinary_expenses: Of fire, flood and the like, communicated to the agency, in euros.
        general_reduction_percent: By default the one of the year.
        other_income: Such as temporary benefits, in euros.
        allow_unverified: Whether rows that carry a mark may be used.

    Returns:
        ``net_previous``, ``coef_increase``, ``coef_brackets``, ``employment_reduction``,
        ``net_reduced``, ``net_modules``, ``general_reduction`` and ``net_activity``.

    Raises:
        UnknownKindError: No activity, module or index has that name.
        NotInForceError: Nothing is recorded for that year.
        UnverifiedParameter: A row carries a mark.
        ArgumentError: A number is a float or negative, or the threshold of excess was not read.
    """
    found = activity("modules_irpf.toml", iae, day, allow_unverified=allow_unverified)
    amounts = valued(found, units)
    previous = sum(amounts.values(), Decimal(0))
    staff = _Staff.of(day, found, staff_module, exact(units.get(staff_module, Decimal(0)), "staff"),
                      staff_before)  # fmt: skip
    reduced = previous - staff.reduction - exact(investment, "an investment")
    chosen = [
        series(_FILE, f"objective.index.{name}").on(day, allow_unverified=allow_unverified)
        for name in sorted(indices)
    ]
    corrected = round_to(reduced * exact(special_index, "an index"))
    for entry in chosen:
        corrected = round_to(corrected * entry.value)
    small = any("small" in entry.name for entry in chosen)
    modules, excess = corrected, found.details.get("excess")
    parameters = [found.parameter, *map(used, chosen)]
    if not small:
        if excess is None:
            raise ArgumentError(f"the threshold of excess of {found.key} was not read in its order")
        if corrected > excess:
            index = series(_FILE, "objective.index.excess").on(day)
            parameters.append(used(index))
            modules = excess + round_to((corrected - excess) * index.value)
    percent = general_reduction_percent
    reduction_row: tuple[Used, ...] = ()
    if percent is None:
        row = series(_FILE, "objective.general_reduction").on(
            day, allow_unverified=allow_unverified
        )
        percent, reduction_row = row.value, (used(row),)
    reduction = round_to(max(Decimal(0), modules) * exact(percent, "a percentage") / 100)
    activity_yield = (
        modules
        - reduction
        - exact(extraordinary_expenses, "expenses")
        + exact(other_income, "income")
    )
    values = {
        "net_previous": previous,
        "coef_increase": staff.increase,
        "coef_brackets": staff.brackets,
        "employment_reduction": staff.reduction,
        "net_reduced": reduced,
        "net_modules": modules,
        "general_reduction": reduction,
        "net_activity": activity_yield,
    }
    order = "Orden HAC/1347/2024, anexo II"
    shown = tuple((f"module {number}", amount) for number, amount in amounts.items())
    steps = (
        Step("net_previous", previous, "sum of units * euros of each module", shown, order,
             "rendimiento neto previo", "yield before reductions", (found.parameter,)),
        Step("employment_reduction", staff.reduction,
             "(coef_increase + coef_brackets) * euros of a unit of staff",
             (("coef_increase", staff.increase), ("coef_brackets", staff.brackets)), order,
             "minoración por incentivos al empleo", "incentive to employment", staff.parameters),
        Step("net_reduced", reduced, "net_previous - employment_reduction - investment",
             (("net_previous", previous), ("employment_reduction", staff.reduction),
              ("investment", investment)), order, "rendimiento neto minorado", "reduced yield"),
        Step("net_modules", modules, "net_reduced with its indices", (("net_reduced", reduced),),
             order, "rendimiento neto de módulos", "yield of modules", tuple(parameters)),
        Step("general_reduction", reduction, "percentage of net_modules",
             (("net_modules", modules), ("percent", percent)), "LIRPF, disp. adicional 36",
             "reducción general", "general reduction", reduction_row),
        Step("net_activity", activity_yield,
             "net_modules - general_reduction - extraordinary_expenses + other_income",
             (("net_modules", modules), ("general_reduction", reduction),
              ("extraordinary_expenses", extraordinary_expenses), ("other_income", other_income)),
             "LIRPF, art. 31; RIRPF, art. 37.4", "rendimiento neto de la actividad",
             "net yield of the activity"),
    )  # fmt: skip
    return Result(frozen(values), steps)


@dataclass(frozen=True, slots=True)
class _Staff:
    """The incentive to employment."""

    increase: Decimal
    brackets: Decimal
    reduction: Decimal
    parameters: tuple[Used, ...]

    @classmethod
    def of(
        cls, day: date, found: Activity, module: int, units: Decimal, before: Decimal | None
    ) -> "_Staff":
        row = next((row for row in found.modules if row[0] == module), None)
        if row is None or "asalariado" not in row[1] or "no asalariado" in row[1] or not units:
            return cls(Decimal(0), Decimal(0), Decimal(0), ())
        growth = series(_FILE, "objective.employment_growth").on(day)
        steps = series(_FILE, "objective.employment_brackets").on(day)
        grown = Decimal(0)
        if before is not None:
            grown = max(Decimal(0), units - exact(before, "units"))
        increase = grown * growth.value
        brackets, start, rest = Decimal(0), Decimal(0), units - grown
        for end, coefficient in steps.value:
            width = (min(rest, end) if end else rest) - start
            if width <= 0:
                break
            brackets += width * coefficient
            start = end
        reduction = round_to((increase + brackets) * row[3])
        return cls(increase, brackets, reduction, (used(growth), used(steps)))
