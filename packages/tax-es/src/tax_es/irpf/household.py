"""The gross quota from who people are: circumstances, minimums, scales, alone or jointly.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), arts. 56 to 66, 73 to 76, and 82 to 84.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.irpf import minimums, quota
from tax_es.irpf.minimums import Family, Relative
from tax_es.parameters import series
from tax_es.trace import Result, Step, frozen, used

__all__ = ["Person", "alone", "jointly"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Person:
    """A taxpayer of a family unit.

    Attributes:
        general_base: Taxable general base, in euros, before the reduction of joint filing.
        savings_base: Taxable savings base, in euros.
        family: Who gives right to a minimum when filing alone; what both parents share has 2 in
            ``shared``.
    """

    general_base: Decimal
    savings_base: Decimal = _ZERO
    family: Family = field(default_factory=Family)


def alone(day: date, territory: str, person: Person, *, allow_unverified: bool = False) -> Result:
    """Compute the gross quota of a person: minimums of the circumstances, then the scales.

    Args:
        day: Day of accrual: 31 December of the year, or the day of death.
        territory: Autonomous community of residence.
        person: Bases and circumstances.
        allow_unverified: Whether parameters that carry a mark may be used.

    Returns:
        The figures of :func:`tax_es.irpf.quota.gross_quota`, and before them ``minimum_state`` and
        ``minimum_autonomous``, each also by its parts (``minimum_state_descendants``), in euros.
        Every one has a step in the trace.

    Raises:
        NotInForceError: Amounts or scales are not recorded for that day.
        TerritoryError: The territory is foral, or unknown.
        UnverifiedParameter: A parameter carries a mark.
        ArgumentError: A base is a float or negative, or a relative gives no right to a minimum.
    """
    general = exact(person.general_base, "general_base")
    savings = exact(person.savings_base, "savings_base")
    return _quota(day, territory, general, savings, person.family, (), allow_unverified)


def jointly(
    day: date,
    territory: str,
    persons: Sequence[Person],
    *,
    family: Family | None = None,
    allow_unverified: bool = False,
) -> Result:
    """Compute the gross quota of a joint return.

    The reduction lowers the general base first and then the savings base, none below zero. A
    spouse adds its age and disability to the minimum, and no second minimum of a taxpayer.

    Args:
        day: Day of accrual.
        territory: Autonomous community of residence.
        persons: Both spouses, or one parent who does not live with the other one.
        family: Who gives right to a minimum in the joint return; by default the relatives of both,
            what they share counted once and whole.
        allow_unverified: Whether parameters that carry a mark may be used.

    Returns:
        As :func:`alone`, and ``general_before``, ``savings_before`` and ``joint_reduction``.

    Raises:
        NotInForceError: Amounts or scales are not recorded for that day.
        TerritoryError: The territory is foral, or unknown.
        UnverifiedParameter: A parameter carries a mark.
        ArgumentError: There are not one or two persons, a base is a float or negative, a relative
            gives no right, or relatives are shared in a way that ``family`` must tell.
    """
    if len(persons) not in (1, 2):
        raise ArgumentError("a family unit has one or two taxpayers here")
    for person in persons:
        if exact(person.general_base, "general_base") < 0 or exact(person.savings_base, "base") < 0:
            raise ArgumentError("bases are not negative: losses are compensated before the quota")
    row = series("irpf_options.toml", "joint.spouses" if len(persons) == 2 else "joint.one_parent")
    entry = row.on(day, allow_unverified=allow_unverified)
    reduction: Decimal = entry.value
    general = sum((person.general_base for person in persons), _ZERO)
    savings = sum((person.savings_base for person in persons), _ZERO)
    lower = max(_ZERO, general - reduction)
    rest = max(_ZERO, savings - max(_ZERO, reduction - general))
    article = "LIRPF, art. 84.2"
    steps = (
        Step("general_before", general, "sum of the persons", (), "LIRPF, art. 84.5",
             "base general acumulada", "general base of all"),
        Step("savings_before", savings, "sum of the persons", (), "LIRPF, art. 84.5",
             "base del ahorro acumulada", "savings base of all"),
        Step("joint_reduction", reduction, "", (), article, "reducción por tributación conjunta",
             "reduction of joint filing", (used(entry),)),
        Step("general_base", lower, "max(0, general_before - joint_reduction)",
             (("general_before", general), ("joint_reduction", reduction)), article,
             "base general reducida", "reduced general base"),
        Step("savings_base", rest, "savings_before less what the general base did not absorb",
             (("savings_before", savings), ("general_before", general),
              ("joint_reduction", reduction)), article,
             "base del ahorro reducida", "reduced savings base"),
    )  # fmt: skip
    whole = family or _together([person.family for person in persons])
    return _quota(day, territory, lower, rest, whole, steps, allow_unverified)


def _together(families: Sequence[Family]) -> Family:
    """Return the family of a joint return: what both share counts once and whole."""
    first, *others = families
    if not others:
        return first
    other = others[0]
    return replace(
        first,
        descendants=_merged(first.descendants, other.descendants),
        ascendants=_merged(first.ascendants, other.ascendants),
        spouse=Relative(other.age, 1, other.disability, other.assistance),
    )


def _merged(one: tuple[Relative, ...], two: tuple[Relative, ...]) -> tuple[Relative, ...]:
    left = list(two)
    found: list[Relative] = []
    for each in one:
        if each in left:
            left.remove(each)
            if each.shared != 2:
                raise ArgumentError(
                    "both persons name the same relative, which is not shared by two: give family"
                )
            each = replace(each, shared=1)
        found.append(each)
    return (*found, *left)


def _quota(
    day: date, territory: str, general: Decimal, savings: Decimal, family: Family,
    before: tuple[Step, ...], allow: bool,
) -> Result:  # fmt: skip
    steps = list(before)
    totals: dict[str, Decimal] = {}
    for side, place in (("state", ""), ("autonomous", territory)):
        found = minimums.minimum(
            day, family, place, bases=general + savings, allow_unverified=allow
        )
        name = f"minimum_{side}"
        parts = [key for key in found.values if key != "total"]
        inputs = tuple((f"{name}_{key}", found[key]) for key in parts)
        formula = " + ".join(key for key, _ in inputs)
        for step in found.trace:
            key = name if step.key == "total" else f"{name}_{step.key}"
            extra = {"formula": formula, "inputs": inputs} if step.key == "total" else {}
            steps.append(replace(step, key=key, **extra))  # type: ignore[arg-type]  # of a Step
        totals[name] = found["total"]
    found = quota.gross_quota(
        day, territory, general, savings, totals["minimum_state"], totals["minimum_autonomous"],
        allow_unverified=allow,
    ).result  # fmt: skip
    values = {step.key: step.value for step in steps} | dict(found.values)
    return Result(frozen(values), (*steps, *found.trace))
