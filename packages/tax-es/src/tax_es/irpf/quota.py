"""Gross quota of the year (cuota íntegra): state and autonomous scale, savings base, minimums.

Source:
    LIRPF, Ley 35/2006 (BOE-A-2006-20764), arts. 56, 62 to 66 and 73 to 76.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from tax_es._checks import exact, require_day, require_year
from tax_es._territories import COMMUNITIES, community
from tax_es.errors import ArgumentError
from tax_es.graph import AboveZero, Graph, Linear, Node, ScaleOf, Smallest, by_territory
from tax_es.parameters import load, series
from tax_es.scales import Scale
from tax_es.trace import Result

__all__ = ["COMMUNITIES", "Quota", "accrual", "graph", "gross_quota", "scale", "territory_index"]


@dataclass(frozen=True, slots=True)
class Quota:
    """The gross quota, figure by figure.

    Attributes:
        result: Figures by name, with their trace: ``quota1_state``, ``quota2_autonomous``,
            ``quota3`` and ``quota4`` (scales of the minimum), ``state_general``,
            ``autonomous_general``, ``savings_state``, ``savings_autonomous``, ``state_total``,
            ``autonomous_total`` and ``total``.
    """

    result: Result

    @property
    def total(self) -> Decimal:
        """State and autonomous quota, in euros."""
        return self.result["total"]


def accrual(year: int) -> date:
    """Return the day on which the tax of a year accrues (LIRPF, art. 12.2).

    Raises:
        ArgumentError: It is no year of the calendar.
    """
    require_year(year)
    return date(year, 12, 31)


def territory_index(territory: str) -> int:
    """Return the number of a territory in :data:`COMMUNITIES`.

    Raises:
        TerritoryError: It is foral, or unknown.
    """
    return COMMUNITIES.index(community(territory))


def scale(name: str, day: date, *, allow_unverified: bool = False) -> Scale:
    """Return a scale on a day.

    Args:
        name: A territory of :data:`COMMUNITIES`, or a name in ``params/irpf_state.toml`` such as
            ``general``, ``savings_state``, ``savings_autonomous`` or ``employee_withholding``.
        day: Day of accrual: 31 December, or the day of death.
        allow_unverified: Whether a scale that carries a mark may be returned.

    Raises:
        NotInForceError: No scale is recorded for that day.
        TerritoryError: The territory is foral, or unknown.
        UnverifiedParameter: The scale carries a mark.
    """
    require_day(day)
    if name in load("irpf_state.toml"):
        entry = series("irpf_state.toml", name).on(day, allow_unverified=allow_unverified)
    else:
        name = COMMUNITIES[territory_index(name)]
        entry = series("irpf_autonomous.toml", name).on(day, allow_unverified=allow_unverified)
    return Scale.read(entry)


@cache
def graph(day: date, territories: tuple[str, ...], *, allow_unverified: bool = False) -> Graph:
    """Return the computation of the gross quota on a day, for one or several territories.

    Args:
        day: Day of accrual.
        territories: Whose scales; a batch numbers them in this order.
        allow_unverified: Whether scales that carry a mark may be used.

    Returns:
        A graph whose inputs are ``general_base``, ``savings_base``, ``minimum_state`` and
        ``minimum_autonomous``, none of them negative.

    Raises:
        NotInForceError: A scale is not recorded for that day.
        TerritoryError: A territory is foral, or unknown.
        UnverifiedParameter: A scale carries a mark.
    """
    state, own_state, own_autonomous = (
        scale(name, day) for name in ("general", "savings_state", "savings_autonomous")
    )
    autonomous = tuple(scale(name, day, allow_unverified=allow_unverified) for name in territories)

    def of(key: str, base: str, scales: tuple[Scale, ...], es: str, en: str, art: str) -> Node:
        parameters = (scales[0].parameter,) if len(scales) == 1 else ()
        return Node(key, ScaleOf(base, scales), es, en, f"LIRPF, art. {art}", parameters)

    minimum_es, minimum_en = "parte del mínimo en la base general", "minimum in the general base"
    rest_es, rest_en = "parte del mínimo en la base del ahorro", "minimum in the savings base"
    nodes = (
        Node(
            "minimum_general_state",
            Smallest(("minimum_state", "general_base")),
            minimum_es,
            minimum_en,
            "LIRPF, art. 56.2",
        ),
        Node(
            "minimum_general_autonomous",
            Smallest(("minimum_autonomous", "general_base")),
            minimum_es,
            minimum_en,
            "LIRPF, art. 56.2",
        ),
        of("quota1_state", "general_base", (state,), "escala estatal de la base general",
           "state scale of the general base", "63.1"),
        of("quota2_autonomous", "general_base", autonomous, "escala autonómica de la base general",
           "autonomous scale of the general base", "74.1"),
        of("quota3", "minimum_general_state", (state,), "escala estatal del mínimo",
           "state scale of the minimum", "63.1"),
        of("quota4", "minimum_general_autonomous", autonomous, "escala autonómica del mínimo",
           "autonomous scale of the minimum", "74.1"),
        Node("state_general", AboveZero("+quota1_state -quota3"), "cuota estatal general",
             "state quota of the general base", "LIRPF, art. 63.1"),
        Node("autonomous_general", AboveZero("+quota2_autonomous -quota4"),
             "cuota autonómica general", "autonomous quota of the general base",
             "LIRPF, art. 74.1"),
        Node("rest_state", Linear("+minimum_state -minimum_general_state"), rest_es, rest_en,
             "LIRPF, art. 56.2"),
        Node("rest_autonomous", Linear("+minimum_autonomous -minimum_general_autonomous"), rest_es,
             rest_en, "LIRPF, art. 56.2"),
        Node("minimum_savings_state", Smallest(("rest_state", "savings_base")), rest_es, rest_en,
             "LIRPF, art. 66"),
        Node("minimum_savings_autonomous", Smallest(("rest_autonomous", "savings_base")), rest_es,
             rest_en, "LIRPF, art. 76"),
        of("quota5_state", "savings_base", (own_state,), "escala estatal del ahorro",
           "state scale of savings", "66"),
        of("quota6_autonomous", "savings_base", (own_autonomous,), "escala autonómica del ahorro",
           "autonomous scale of savings", "76"),
        of("quota7", "minimum_savings_state", (own_state,), "escala estatal del resto del mínimo",
           "state savings scale of the rest of the minimum", "66"),
        of("quota8", "minimum_savings_autonomous", (own_autonomous,),
           "escala autonómica del resto del mínimo",
           "autonomous savings scale of the rest of the minimum", "76"),
        Node("savings_state", AboveZero("+quota5_state -quota7"), "cuota estatal del ahorro",
             "state quota of savings", "LIRPF, art. 66"),
        Node("savings_autonomous", AboveZero("+quota6_autonomous -quota8"),
             "cuota autonómica del ahorro", "autonomous quota of savings", "LIRPF, art. 76"),
        Node("state_total", Linear("+state_general +savings_state"), "cuota íntegra estatal",
             "state gross quota", "LIRPF, art. 62"),
        Node("autonomous_total", Linear("+autonomous_general +savings_autonomous"),
             "cuota íntegra autonómica", "autonomous gross quota", "LIRPF, art. 73"),
        Node("total", Linear("+state_total +autonomous_total"), "cuota íntegra", "gross quota",
             "LIRPF, arts. 62 and 73"),
    )  # fmt: skip
    return Graph(nodes)


def gross_quota(
    day: date,
    territory: str,
    general_base: Decimal,
    savings_base: Decimal = Decimal(0),
    minimum_state: Decimal = Decimal(0),
    minimum_autonomous: Decimal | None = None,
    *,
    allow_unverified: bool = False,
) -> Quota:
    """Compute the gross quota of a year.

    Args:
        day: Day of accrual: 31 December of the year, or the day of death.
        territory: Autonomous community of residence.
        general_base: Taxable general base (base liquidable general), in euros; not negative.
        savings_base: Taxable savings base (base liquidable del ahorro), in euros; not negative.
        minimum_state: Personal and family minimum of the state, in euros.
        minimum_autonomous: That of the community; by default that of the state.
        allow_unverified: Whether scales that carry a mark may be used; the trace then says so.

    Returns:
        The figures, each rounded to the cent where a scale is applied, with their trace.

    Raises:
        NotInForceError: A scale is not recorded for that day.
        TerritoryError: The territory is foral, or unknown.
        UnverifiedParameter: A scale carries a mark.
        ArgumentError: An amount is a float, or negative.
    """
    amounts = {
        "general_base": general_base,
        "savings_base": savings_base,
        "minimum_state": minimum_state,
        "minimum_autonomous": minimum_state if minimum_autonomous is None else minimum_autonomous,
    }
    for key, amount in amounts.items():
        if exact(amount, key) < 0:
            raise ArgumentError(f"{key} is not negative: losses are compensated before the quota")
    name = COMMUNITIES[territory_index(territory)]
    whole = graph(day, (name,), allow_unverified=allow_unverified)
    return Quota(by_territory(whole, 0).run(amounts))
