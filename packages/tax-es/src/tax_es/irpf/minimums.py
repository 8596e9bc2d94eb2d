"""Personal and family minimum, of the state and of the community of residence.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), arts. 56 to 61.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from einvoice_core.errors import NotInForceError
from einvoice_core.money import round_to
from tax_es.errors import ArgumentError
from tax_es.irpf.quota import COMMUNITIES, territory_index
from tax_es.parameters import Parameter, load, series
from tax_es.trace import Result, Step, frozen, used

__all__ = ["Family", "Relative", "minimum"]

# Ages in years and degrees in percent of arts. 57 to 60, part of the rules rather than amounts.
_INFANT, _ADULT, _OLD, _VERY_OLD = 3, 25, 65, 75
_DISABLED, _SEVERE = 33, 65


@dataclass(frozen=True, slots=True)
class Relative:
    """A descendant or ascendant who gives right to a minimum.

    Attributes:
        age: On the day of accrual.
        shared: Among how many taxpayers the minimum is divided.
        disability: Degree of disability, in percent.
        assistance: Whether the help of others or reduced mobility is accredited.
    """

    age: int
    shared: int = 1
    disability: int = 0
    assistance: bool = False

    def __post_init__(self) -> None:
        if not (0 <= self.age <= 130 and self.shared >= 1 and 0 <= self.disability <= 100):
            raise ArgumentError("age is 0 to 130, shared at least 1, disability 0 to 100")


@dataclass(frozen=True, slots=True)
class Family:
    """The taxpayer and the relatives who give right to a minimum.

    Attributes:
        age: Of the taxpayer, on the day of accrual.
        disability: Degree of disability of the taxpayer, in percent.
        assistance: Whether the help of others or reduced mobility is accredited.
        descendants: Those under 25, or with a disability; in any order.
        ascendants: Those over 65, or with a disability.
        spouse: In a joint return the other spouse, whose age and disability count as well
            (art. 84.2.2); ``None`` otherwise.

    Who lives with the taxpayer and has little income of its own (arts. 58.1, 59.1 and 61) is for
    the caller to know.
    """

    age: int = 40
    disability: int = 0
    assistance: bool = False
    descendants: tuple[Relative, ...] = ()
    ascendants: tuple[Relative, ...] = ()
    spouse: Relative | None = None


def minimum(
    day: date,
    family: Family,
    territory: str = "",
    *,
    bases: Decimal | None = None,
    allow_unverified: bool = False,
) -> Result:
    """Compute the personal and family minimum.

    Args:
        day: Day of accrual.
        family: Who gives right to it.
        territory: Community of residence, for its own minimum; by default that of the state.
        bases: Sum of the general and the savings base, in euros, where the community ties its
            minimum to it.
        allow_unverified: Whether amounts that carry a mark may be used.

    Returns:
        ``taxpayer``, ``descendants``, ``ascendants``, ``disability`` and ``total``, in euros,
        rounded to the cent.

    Raises:
        NotInForceError: No amounts are recorded for that day.
        TerritoryError: The territory is foral, or unknown.
        UnverifiedParameter: The amounts carry a mark.
        ArgumentError: The community needs the bases, and they are not given; a relative gives no
            right to a minimum; or the amount of a joint return is not recorded.
    """
    _refuse_without_right(family)
    entry = _amounts(day, territory, allow_unverified)
    amounts: Mapping[str, Decimal] = entry.value
    parts = {
        "taxpayer": _taxpayer(family, amounts, bases),
        "descendants": _descendants(family, amounts),
        "ascendants": _ascendants(family, amounts),
        "disability": _disability(family, amounts),
    }
    parts["total"] = sum(parts.values(), Decimal(0))
    words = {
        "taxpayer": ("mínimo del contribuyente", "minimum of the taxpayer", "57"),
        "descendants": ("mínimo por descendientes", "minimum for descendants", "58"),
        "ascendants": ("mínimo por ascendientes", "minimum for ascendants", "59"),
        "disability": ("mínimo por discapacidad", "minimum for disability", "60"),
        "total": ("mínimo personal y familiar", "personal and family minimum", "56"),
    }
    trace = tuple(
        Step(key, value, es=words[key][0], en=words[key][1],
             article=f"LIRPF, art. {words[key][2]}", parameters=(used(entry),))
        for key, value in parts.items()
    )  # fmt: skip
    return Result(frozen(parts), trace)


def _amounts(day: date, territory: str, allow: bool) -> Parameter[Mapping[str, Decimal]]:
    state = series("irpf_minimums.toml", "state")
    if not territory:
        return state.on(day, allow_unverified=allow)
    name = COMMUNITIES[territory_index(territory)]
    own = load("irpf_minimums.toml").get(name)
    if own is None:
        return state.on(day, allow_unverified=allow)
    entries = list(own)
    if any(entry.applies_on(day) for entry in entries):
        return own.on(day, allow_unverified=allow)
    if entries[0].since < day < entries[-1].since:
        raise NotInForceError(f"the minimum of {name} is not recorded for {day}", name=name)
    return state.on(day, allow_unverified=allow)


def _refuse_without_right(family: Family) -> None:
    for child in family.descendants:
        if child.age >= _ADULT and child.disability < _DISABLED:
            raise ArgumentError(
                f"a descendant of {child.age} without disability gives no right: leave it out"
            )
    for parent in family.ascendants:
        if parent.age <= _OLD and parent.disability < _DISABLED:
            raise ArgumentError(
                f"an ascendant of {parent.age} without disability gives no right: leave it out"
            )


def _taxpayer(family: Family, amounts: Mapping[str, Decimal], bases: Decimal | None) -> Decimal:
    ages = [family.age] + ([family.spouse.age] if family.spouse else [])
    old = sum(age > _OLD for age in ages)
    own = amounts["taxpayer"]
    if old and "taxpayer_over_65" in amounts:
        if old != len(ages):
            raise ArgumentError(
                "the minimum of this community for one spouse over 65 and one not is not recorded"
            )
        own = amounts["taxpayer_over_65"]
    if "taxpayer_low_income" in amounts:
        if bases is None:
            raise ArgumentError("the minimum of this community depends on the bases: give them")
        if bases <= amounts["low_income"]:
            own += amounts["taxpayer_low_income"] - amounts["taxpayer"]
    return (
        own + old * amounts["over_65"] + sum(age > _VERY_OLD for age in ages) * amounts["over_75"]
    )


def _descendants(family: Family, amounts: Mapping[str, Decimal]) -> Decimal:
    total = Decimal(0)
    by_age = sorted(family.descendants, key=lambda child: child.age, reverse=True)
    for order, child in enumerate(by_age, 1):
        own = amounts[f"descendant_{min(order, 4)}"]
        if child.age < _INFANT:
            own += amounts["descendant_under_3"]
        total += own / child.shared
    return round_to(total)


def _ascendants(family: Family, amounts: Mapping[str, Decimal]) -> Decimal:
    total = Decimal(0)
    for parent in family.ascendants:
        own = amounts["ascendant_65"]
        if parent.age > _VERY_OLD:
            own += amounts["ascendant_75"]
        total += own / parent.shared
    return round_to(total)


def _disability(family: Family, amounts: Mapping[str, Decimal]) -> Decimal:
    taxpayer = Relative(family.age, 1, family.disability, family.assistance)
    total = Decimal(0)
    for relative, suffix in (
        (taxpayer, ""),
        *(((family.spouse, ""),) if family.spouse else ()),
        *((child, "_descendant") for child in family.descendants),
        *((parent, "") for parent in family.ascendants),
    ):
        if relative.disability < _DISABLED:
            continue
        severe = relative.disability >= _SEVERE
        key = "disability_65" if severe else "disability_33"
        own = amounts.get(key + suffix, amounts[key])
        if relative.assistance or severe:
            own += amounts["disability_assistance"]
        total += own / relative.shared
    return round_to(total)
