"""Legal options compared: every one is computed, each with its amount and article.

A scenario is the difference of two runs: :func:`changes` lists the figures that moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax_es import social_security
from tax_es._checks import exact
from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.closing.form303 import Options as Options303
from tax_es.irpf import direct, household, quota
from tax_es.irpf.household import Person
from tax_es.irpf.minimums import Family
from tax_es.ledger.entries import Ledger
from tax_es.parameters import series

__all__ = [
    "Change",
    "Option",
    "changes",
    "compare_bases",
    "compare_estimation",
    "compare_filing",
    "compare_pension",
    "compare_refund",
]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Option:
    """A legal option.

    Attributes:
        name: The option.
        amount: What it costs, in euros; the smallest comes first.
        article: The article that allows it.
        figures: The figures behind the amount.
        marks: Why some parameters are not confirmed.
    """

    name: str
    amount: Decimal
    article: str
    figures: Mapping[str, Decimal]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that differs between two runs.

    Attributes:
        key: Name of the figure, or box.
        before: In the first run; ``None`` where it is missing.
        after: In the second run; ``None`` where it is missing.
    """

    key: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """What the second run has more."""
        return (self.after or _ZERO) - (self.before or _ZERO)


def changes(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> tuple[Change, ...]:
    """List the figures that differ between two runs, in their order.

    Args:
        before: Values of a result, or boxes of a form.
        after: The same of the other run.
    """
    keys = dict.fromkeys((*before, *after))
    found = (Change(key, before.get(key), after.get(key)) for key in keys)
    return tuple(each for each in found if each.before != each.after)


def compare_estimation(
    day: date,
    income: Mapping[str, Decimal],
    expenses: Mapping[str, Decimal],
    *,
    provisions: Decimal = _ZERO,
    modules_yield: Decimal | None = None,
) -> tuple[Option, ...]:
    """Compare the ways to estimate the net yield of an activity.

    Args:
        day: A day of the year.
        income: Income by name, in euros.
        expenses: Expenses by name, in euros.
        provisions: Expenses that only normal estimation deducts, in euros.
        modules_yield: Net yield by modules, in euros, where the activity may use them.

    Returns:
        Options with the net yield as amount, the lowest first.

    Raises:
        NotInForceError: Nothing is recorded for that year.
    """
    normal = direct.net_yield(day, income, {**expenses, "provisions": provisions}, "normal")
    simple = direct.net_yield(day, income, expenses, "simplified")
    found = [
        Option("normal", normal["net_yield"], "LIRPF, art. 30.1", normal.values),
        Option("simplified", simple["net_yield"], "LIRPF, art. 30.2; RIRPF, art. 30",
               simple.values),
    ]  # fmt: skip
    if modules_yield is not None:
        value = exact(modules_yield, "a yield")
        found.append(Option("objective", value, "LIRPF, art. 31", {"net_yield": value}))
    return _sorted(found)


def compare_filing(
    day: date,
    territory: str,
    persons: Sequence[Person],
    *,
    family: Family | None = None,
    allow_unverified: bool = False,
) -> tuple[Option, ...]:
    """Compare filing alone with filing jointly.

    Args:
        day: Day of accrual.
        territory: Community of residence.
        persons: One parent, or both spouses.
        family: Who gives right to a minimum in the joint return; by default the relatives of both,
            what they share counted once.
        allow_unverified: Whether parameters that carry a mark may be used.

    Returns:
        Options with the gross quota of the whole family as amount, the lowest first.

    Raises:
        ArgumentError: There are not one or two persons, or a relative gives no right.
        UnverifiedParameter: Marked parameters are not allowed.
    """
    joint = household.jointly(
        day, territory, persons, family=family, allow_unverified=allow_unverified
    )
    alone = [
        household.alone(day, territory, person, allow_unverified=allow_unverified)
        for person in persons
    ]
    figures = {f"person_{n}": each["total"] for n, each in enumerate(alone, 1)}
    marks = tuple(dict.fromkeys(mark for each in alone for mark in each.marks))
    return _sorted([
        Option("individual", sum(figures.values(), _ZERO), "LIRPF, art. 82", figures, marks),
        Option("joint", joint["total"], "LIRPF, art. 84",
               {"reduction": joint["joint_reduction"], "general": joint["general_base"]},
               joint.marks),
    ])  # fmt: skip


def compare_pension(
    day: date,
    territory: str,
    general_base: Decimal,
    contributions: Sequence[Decimal],
    *,
    self_employed: bool = False,
    net_yields: Decimal | None = None,
    minimum: Decimal = Decimal(5550),
    allow_unverified: bool = False,
) -> tuple[Option, ...]:
    """Compare contributions to a pension plan by what they save this year.

    Args:
        day: Day of accrual.
        territory: Community of residence.
        general_base: Taxable general base before the reduction, in euros.
        contributions: Amounts to compare, in euros; 0 is always compared.
        self_employed: Whether contributions to a simplified employment plan count too.
        net_yields: Net yields of work and activities, for the limit of their share.
        minimum: Personal and family minimum, in euros.
        allow_unverified: The limits carry a mark and must be allowed.

    Returns:
        Options with the gross quota as amount, the lowest first; ``figures`` has what was reduced
        and what is saved.

    Raises:
        UnverifiedParameter: Marked parameters are not allowed.
    """

    def limit(name: str) -> Decimal:
        row = series("irpf_options.toml", f"pension.{name}")
        return Decimal(row.on(day, allow_unverified=allow_unverified).value)

    most = limit("individual") + (limit("self_employed") if self_employed else _ZERO)
    if net_yields is not None:
        most = min(most, net_yields * limit("share") / 100)
    found: list[Option] = []
    base_quota = _ZERO
    for amount in dict.fromkeys((_ZERO, *contributions)):
        reduced = min(exact(amount, "a contribution"), most, general_base)
        total = quota.gross_quota(
            day, territory, general_base - reduced, minimum_state=minimum,
            allow_unverified=allow_unverified,
        ).total  # fmt: skip
        base_quota = total if not amount else base_quota
        figures = {"reduced": reduced, "saved": base_quota - total}
        found.append(Option(f"pension {amount}", total, "LIRPF, arts. 51 and 52", figures))
    return _sorted(found)


def compare_bases(day: date, monthly_income: Decimal) -> tuple[Option, ...]:
    """Compare the lowest and the highest contribution base of the self-employed.

    Args:
        day: A day of the month.
        monthly_income: Net income a month, in euros.

    Returns:
        Options with the monthly contribution as amount, the lowest first.

    Raises:
        NotInForceError: Nothing is recorded for that day.
    """
    found = social_security.contribution(day, monthly_income)
    return _sorted([
        Option(name, found[f"{name}_quota"], "LGSS, art. 308", {"base": found[f"{name}_base"]})
        for name in ("min", "max")
    ])  # fmt: skip


def compare_refund(
    ledger: Ledger, period: Period, options: Options303 | None = None
) -> tuple[Option, ...]:
    """Compare compensation with refund of a negative form 303.

    Args:
        ledger: The books.
        period: The period; a refund is open in the last one of the year, or each month to who is in
            the register of monthly refund.
        options: What the form needs beside the ledger.

    Returns:
        One option when the result is not negative; else compensation and, where it is open, refund:
        the amount is what is still out of the taxpayer's hands.
    """
    closed = form303.close(ledger, period, options)
    if closed["71"] >= 0:
        return (Option("pay", closed["71"], "RIVA, art. 71", {"71": closed["71"]}),)
    amount = -closed["71"]
    found = [Option("compensate", amount, "LIVA, art. 99.Cinco", {"72": amount})]
    if period.is_last_of_year or not period.is_quarter:
        found.append(Option("refund", _ZERO, "LIVA, arts. 115 and 116", {"73": amount}))
    return _sorted(found)


def _sorted(options: list[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: option.amount))
