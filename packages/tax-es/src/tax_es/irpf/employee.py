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

__all__ = ["MARK", "Employee", "withholding"]

MARK = "computed from the text of the regulation: the agency's algorithm was not found"


@dataclass(frozen=True, slots=True)
class Employee:
    """What the payer knows about an employee.

    Attributes:
        pay: Of the year, in euros.
        social_security: Contributions of the employee in the year, in euros.
        situation: Family situation, 1 to 3 (art. 81.1).
        family: Who gives right to a minimum.
        irregular_reduction: Reductions of art. 18 LIRPF, in euros.
        alimony_spouse: Compensatory pension to the spouse, in euros.
        pensioner: Whether the pay is a pension.
        unemployed: Whether it is a benefit of unemployment.
        short_contract: Whether the contract lasts less than a year.
        special_relation: Whether it is a special relation of dependence.
        ceuta_melilla: Whether the pay has the deduction of Ceuta and Melilla.
    """

    pay: Decimal
    social_security: Decimal = Decimal(0)
    situation: int = 3
    family: Family = field(default_factory=Family)
    irregular_reduction: Decimal = Decimal(0)
    alimony_spouse: Decimal = Decimal(0)
    pensioner: bool = False
    unemployed: bool = False
    short_contract: bool = False
    special_relation: bool = False
    ceuta_melilla: bool = False


def withholding(day: date, employee: Employee, *, allow_unverified: bool = False) -> Result:
    """Compute the percentage that is withheld from an employee's pay.

    Args:
        day: Day of payment.
        employee: What the payer knows.
        allow_unverified: Must be true: the result is provisional.

    Returns:
        ``exempt_pay``, ``net_earnings``, ``low_earnings_reduction``, ``base``, ``minimum``,
        ``quota``, ``rate`` (percent with two decimals, cut) and ``withheld`` (euros a year).

    Raises:
        UnverifiedParameter: Provisional results are not allowed.
        NotInForceError: The tables of that year are not recorded.
        ArgumentError: The situation is unknown, or an amount is a float or negative.
    """
    if not allow_unverified:
        raise UnverifiedParameter(f"the withholding of employees is provisional: {MARK}", mark=MARK)
    if employee.situation not in (1, 2, 3):
        raise ArgumentError("the family situation is 1, 2 or 3")
    pay = exact(employee.pay, "pay")
    if pay < 0 or exact(employee.social_security, "contributions") < 0:
        raise ArgumentError("pay and contributions are not negative")
    rows = {name: _on(name, day) for name in (
        "exempt", "low_earnings", "other_expenses", "ceiling", "ceiling_pay")}  # fmt: skip
    children = len(employee.family.descendants)
    limit = rows["exempt"].value[employee.situation - 1][min(children, 2)]
    limit += _extra_exempt(employee, day)
    net = max(Decimal(0), pay - employee.irregular_reduction - employee.social_security)
    low = _low_earnings(rows["low_earnings"], net)
    base = net - rows["other_expenses"].value - low - employee.alimony_spouse
    if children > 2:
        base -= _on("reduction.more_than_two_descendants", day).value
    if employee.pensioner:
        base -= _on("reduction.pensioner", day).value
    base = max(Decimal(0), base)
    personal = minimum(day, employee.family)
    table = scale("employee_withholding", day)
    quota = max(Decimal(0), table.quota(base) - table.quota(personal["total"]))
    if pay <= limit:
        quota = Decimal(0)
    elif pay <= rows["ceiling_pay"].value:
        quota = min(quota, round_to((pay - limit) * rows["ceiling"].value / 100))
    rate = (quota * 100 / pay).quantize(Decimal("0.01"), ROUND_DOWN) if pay else Decimal(0)
    rate = _lowest(employee, day, rate)
    values = {
        "exempt_pay": limit,
        "net_earnings": net,
        "low_earnings_reduction": low,
        "base": base,
        "minimum": personal["total"],
        "quota": quota,
        "rate": rate,
        "withheld": round_to(pay * rate / 100),
    }
    marked = Used("irpf_employee", day, None, "RIRPF, arts. 80 to 87", MARK)
    parameters = (marked, table.parameter, *map(used, rows.values()))
    step = Step(
        "rate",
        rate,
        "quota / pay, with its limits",
        (("quota", quota), ("pay", pay)),
        "RIRPF, arts. 80 to 87",
        "tipo de retención",
        "withholding rate",
        parameters,
    )
    return Result(frozen(values), (*personal.trace, step))


def _on(name: str, day: date) -> Parameter[Any]:
    return series("irpf_employee.toml", name).on(day)


def _extra_exempt(employee: Employee, day: date) -> Decimal:
    """Pensions and unemployment raise the exempt pay by their own reductions (art. 81.1)."""
    if employee.pensioner:
        return Decimal(_on("reduction.pensioner", day).value)
    return Decimal(_on("reduction.unemployed", day).value) if employee.unemployed else Decimal(0)


def _low_earnings(row: Parameter[Any], net: Decimal) -> Decimal:
    for end, start_amount, start, slope in row.value:
        if net <= end:
            return max(Decimal(0), round_to(start_amount - slope * (net - start)))
    return Decimal(0)


def _lowest(employee: Employee, day: date, rate: Decimal) -> Decimal:
    lowest = Decimal(0)
    if employee.special_relation:
        lowest = _on("lowest.special_relation", day).value
    elif employee.short_contract:
        lowest = _on("lowest.short_contract", day).value
    rate = max(rate, lowest)
    if employee.ceuta_melilla:
        factor: Decimal = _on("ceuta_melilla", day).value
        rate = round_to(rate * (100 + factor) / 100)
    return rate
