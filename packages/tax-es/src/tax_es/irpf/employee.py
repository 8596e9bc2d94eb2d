"""Withholding from the pay of employees, by the text of the regulation.

Provisional: the agency's own algorithm, with the places where it cuts decimals, was not found. The
result carries that mark, and is handed out only to who allows it.

Source:
    RIRPF, Real Decreto 439/2007 (BOE-A-2007-6820), arts. 80 to 87; LIRPF, arts. 19 and 20.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError, UnverifiedParameter
from tax_es.irpf.minimums import Family, minimum
from tax_es.irpf.quota import scale
from tax_es.parameters import Parameter, series
from tax_es.trace import Result, Step, Used, frozen, used

__all__ = ["MARK", "Employee", "regularised", "withholding"]

MARK = "computed from the text of the regulation: the agency's algorithm was not found"
_ZERO = Decimal(0)
_CENT = Decimal("0.01")
# Degrees of disability in percent of arts. 57 to 60 LIRPF.
_DISABLED, _SEVERE = 33, 65


@dataclass(frozen=True, slots=True)
class Employee:
    """What the payer knows about an employee.

    Attributes:
        pay: Of the year, in euros.
        social_security: Contributions of the employee in the year, in euros.
        situation: Family situation, 1 to 3 (art. 81.1).
        family: Who gives right to a minimum; children count by half (``shared`` 2) unless the
            employee alone has the right (art. 84).
        irregular_reduction: Reductions of art. 18 LIRPF, in euros.
        alimony_spouse: Compensatory pension to the spouse, in euros.
        alimony_children: Alimony to children by a judge, without their minimum, in euros.
        pensioner: Whether the pay is a pension.
        unemployed: Whether it is a benefit of unemployment.
        mobility: Whether the employee moved for a job after unemployment (art. 19.2.f LIRPF).
        housing_loan: Whether a home bought before 2013 with a loan lowers the rate (art. 86.1).
        short_contract: Whether the contract lasts less than a year.
        artist: Whether it is the special relation of artists and their technicians.
        special_relation: Whether it is another special relation of dependence.
        ceuta_melilla: Whether the pay has the deduction of Ceuta and Melilla.
    """

    pay: Decimal
    social_security: Decimal = _ZERO
    situation: int = 3
    family: Family = field(default_factory=Family)
    irregular_reduction: Decimal = _ZERO
    alimony_spouse: Decimal = _ZERO
    alimony_children: Decimal = _ZERO
    pensioner: bool = False
    unemployed: bool = False
    mobility: bool = False
    housing_loan: bool = False
    short_contract: bool = False
    artist: bool = False
    special_relation: bool = False
    ceuta_melilla: bool = False


def withholding(day: date, employee: Employee, *, allow_unverified: bool = False) -> Result:
    """Compute the percentage that is withheld from an employee's pay.

    Args:
        day: Day of payment.
        employee: What the payer knows.
        allow_unverified: Must be true: the result is provisional.

    Returns:
        ``exempt_pay``, ``net_earnings``, ``other_expenses``, ``low_earnings_reduction``, ``base``,
        ``minimum``, ``quota``, ``rate`` (percent with two decimals, cut) and ``withheld`` (euros a
        year).

    Raises:
        UnverifiedParameter: Provisional results are not allowed.
        NotInForceError: The tables of that year are not recorded.
        ArgumentError: The situation is unknown, or an amount is a float or negative.
    """
    quota = _Quota(day, employee, allow_unverified)
    rate = _ZERO
    if employee.pay:
        rate = (quota.amount * 100 / employee.pay).quantize(_CENT, ROUND_DOWN)
    rate = _between(quota, rate)
    values = quota.values | {"rate": rate, "withheld": round_to(employee.pay * rate / 100)}
    inputs = (("quota", quota.amount), ("pay", employee.pay))
    step = Step("rate", rate, "quota / pay, with its limits", inputs, "RIRPF, arts. 80 to 87",
                "tipo de retención", "withholding rate", quota.used)  # fmt: skip
    return Result(frozen(values), (*quota.trace, step))


def regularised(
    day: date,
    before: Employee,
    after: Employee,
    *,
    paid: Decimal,
    withheld: Decimal,
    rate_before: Decimal,
    allow_unverified: bool = False,
) -> Result:
    """Compute the percentage for the rest of the year when the circumstances change (art. 87).

    Args:
        day: Day of the change.
        before: What the rate so far rests on.
        after: What the payer knows now; ``pay`` is that of the whole year.
        paid: Pay of the year until the change, in euros.
        withheld: From that pay, in euros; without the two points of a housing loan.
        rate_before: Percentage so far.
        allow_unverified: Must be true: the result is provisional.

    Returns:
        What :func:`withholding` gives for the new circumstances, with ``left_to_withhold``,
        ``left_to_pay``, ``rate`` (percent of what is left to pay) and ``withheld`` (of it, euros).

    Raises:
        UnverifiedParameter: Provisional results are not allowed.
        NotInForceError: The tables of that year are not recorded.
        ArgumentError: An amount is a float or negative, or nothing is left to pay.
    """
    old, new = (_Quota(day, each, allow_unverified) for each in (before, after))
    rest = after.pay - exact(paid, "pay")
    if paid < 0 or exact(withheld, "withheld") < 0 or exact(rate_before, "a rate") < 0 or rest <= 0:
        raise ArgumentError("pay so far and what was withheld are not negative, and pay is left")
    due = max(_ZERO, new.amount - withheld)
    grown = new.difference - old.difference
    if grown > 0:
        # No more is withheld in the year than before, and the growth of base less minimum.
        due = min(due, max(_ZERO, round_to(before.pay * rate_before / 100) + grown - withheld))
    rate = (due * 100 / rest).quantize(_CENT, ROUND_DOWN)
    if grown <= 0:
        rate = min(rate, rate_before)
    rate = _between(new, rate)
    name = "highest_ceuta_melilla" if after.ceuta_melilla else "highest"
    highest = _on(f"regularised.{name}", day)
    rate = min(rate, highest.value)
    values = new.values | {
        "left_to_withhold": due,
        "left_to_pay": rest,
        "rate": rate,
        "withheld": round_to(rest * rate / 100),
    }
    inputs = (("left_to_withhold", due), ("left_to_pay", rest), ("rate_before", rate_before))
    step = Step("rate", rate, "left_to_withhold / left_to_pay, with its limits", inputs,
                "RIRPF, art. 87", "tipo de retención regularizado", "regularised withholding rate",
                (*new.used, used(highest)))  # fmt: skip
    return Result(frozen(values), (*new.trace, step))


class _Quota:
    """Base, minimum and quota of a year's pay (arts. 81 to 85)."""

    def __init__(self, day: date, employee: Employee, allow_unverified: bool) -> None:
        if not allow_unverified:
            raise UnverifiedParameter(
                f"the withholding of employees is provisional: {MARK}", mark=MARK
            )
        if employee.situation not in (1, 2, 3):
            raise ArgumentError("the family situation is 1, 2 or 3")
        for name in ("pay", "social_security", "irregular_reduction", "alimony_spouse",
                     "alimony_children"):  # fmt: skip
            if exact(getattr(employee, name), name) < 0:
                raise ArgumentError(f"{name} is not negative")
        self.day, self.employee = day, employee
        rows = {name: _on(name, day) for name in (
            "exempt", "low_earnings", "other_expenses", "ceiling", "ceiling_pay")}  # fmt: skip
        pay, children = employee.pay, len(employee.family.descendants)
        exempt = rows["exempt"].value[employee.situation - 1][min(children, 2)]
        exempt += self._of_benefits()
        net = max(_ZERO, pay - employee.irregular_reduction - employee.social_security)
        expenses = min(net, rows["other_expenses"].value + self._further_expenses())
        low = min(net, _low_earnings(rows["low_earnings"], net))
        base = net - expenses - low - self._of_benefits()
        if children > 2:
            base -= _on("reduction.more_than_two_descendants", day).value
        base = max(_ZERO, base - employee.alimony_spouse)
        personal = minimum(day, employee.family)
        table = scale("employee_withholding", day)
        self.difference = max(_ZERO, base - personal["total"])
        amount, least = table.quota(base), personal["total"]
        if 0 < employee.alimony_children < base:
            alimony = employee.alimony_children
            amount = table.quota(alimony) + table.quota(base - alimony)
            least += _on("alimony_minimum", day).value
        amount = max(_ZERO, amount - table.quota(least)) if self.difference else _ZERO
        if pay <= rows["ceiling_pay"].value:
            ceiling = round_to(max(_ZERO, pay - exempt) * rows["ceiling"].value / 100)
            amount = min(amount, ceiling)
        self.amount = amount
        self.values: dict[str, Decimal] = {
            "exempt_pay": exempt,
            "net_earnings": net,
            "other_expenses": expenses,
            "low_earnings_reduction": low,
            "base": base,
            "minimum": personal["total"],
            "quota": amount,
        }
        self.trace = personal.trace
        marked = Used("irpf_employee", day, None, "RIRPF, arts. 80 to 87", MARK)
        self.used = (marked, table.parameter, *map(used, rows.values()))

    def _of_benefits(self) -> Decimal:
        """Return what pensions and unemployment add to the exempt pay and take off the base."""
        found = _ZERO
        if self.employee.pensioner:
            found += _on("reduction.pensioner", self.day).value
        if self.employee.unemployed:
            found += _on("reduction.unemployed", self.day).value
        return found

    def _further_expenses(self) -> Decimal:
        employee, family = self.employee, self.employee.family
        found = _on("expenses.mobility", self.day).value if employee.mobility else _ZERO
        at_work = not (employee.pensioner or employee.unemployed)
        if at_work and family.disability >= _DISABLED:
            severe = family.assistance or family.disability >= _SEVERE
            name = "disability_severe" if severe else "disability"
            found += _on(f"expenses.{name}", self.day).value
        return Decimal(found)


def _on(name: str, day: date) -> Parameter[Any]:
    return series("irpf_employee.toml", name).on(day)


def _low_earnings(row: Parameter[Any], net: Decimal) -> Decimal:
    for end, start_amount, start, slope in row.value:
        if net <= end:
            return max(_ZERO, round_to(start_amount - slope * (net - start)))
    return _ZERO


def _between(quota: _Quota, rate: Decimal) -> Decimal:
    """Return a rate with its reductions, and not below the lowest of the relation (art. 86)."""
    employee, day = quota.employee, quota.day
    if employee.housing_loan and employee.pay < _on("housing_loan_pay", day).value:
        rate = max(_ZERO, rate - _on("housing_loan", day).value)
    lowest = _ZERO
    if employee.special_relation and employee.family.disability < _DISABLED:
        lowest = _on("lowest.special_relation", day).value
    elif employee.short_contract or employee.artist:
        lowest = _on("lowest.short_contract", day).value
    rate = max(rate, lowest)
    if employee.ceuta_melilla:
        factor: Decimal = _on("ceuta_melilla", day).value
        rate = round_to(rate * (100 + factor) / 100)
    return rate
