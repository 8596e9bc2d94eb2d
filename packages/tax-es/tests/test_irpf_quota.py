"""Gross quota, minimums and contributions: examples of the agency, both executors, refusals."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.errors import NotInForceError
from tax_es import batch, social_security
from tax_es.errors import ArgumentError, TerritoryError, UnverifiedParameter
from tax_es.graph import AboveZero, Graph, Linear, Node, Percent, Smallest, by_territory
from tax_es.irpf import quota
from tax_es.irpf.minimums import Family, Relative, minimum

D = Decimal
DAY = date(2025, 12, 31)
GRAPH = quota.graph(DAY, quota.COMMUNITIES)


def profiles(count: int, seed: int) -> tuple[dict[str, batch.Cents], np.ndarray]:
    chance = np.random.default_rng(seed)
    size = (chance.integers(0, 10 ** chance.integers(4, 10, count), count)).astype(np.int64)
    figures = {
        "general_base": size,
        "savings_base": chance.integers(0, 60_000_000, count) * chance.integers(0, 2, count),
        "minimum_state": chance.integers(555_000, 3_000_000, count),
        "minimum_autonomous": chance.integers(555_000, 3_000_000, count),
    }
    return figures, chance.integers(0, len(quota.COMMUNITIES), count)


def both_executors_agree(count: int, seed: int) -> None:
    figures, territory = profiles(count, seed)
    fast = batch.run(GRAPH, figures, territory=territory)
    scalar = [by_territory(GRAPH, index) for index in range(len(quota.COMMUNITIES))]
    for i in range(count):
        given_amounts = {key: D(int(array[i])).scaleb(-2) for key, array in figures.items()}
        found = scalar[territory[i]].run(given_amounts)
        for node in GRAPH.nodes:
            assert int(found[node.key] * 100) == fast[node.key][i], (node.key, given_amounts)


def test_both_executors_agree() -> None:
    both_executors_agree(1_500, seed=6)


@pytest.mark.long
def test_both_executors_agree_on_a_hundred_thousand_profiles() -> None:
    both_executors_agree(100_000, seed=7)


@pytest.mark.parametrize("territory", quota.COMMUNITIES)
def test_limits_of_every_bracket(territory: str) -> None:
    """On each limit, a cent below and a cent above, where an executor would go astray."""
    scale = quota.scale(territory, DAY)
    bases = [limit + step for limit in scale.limits[1:] for step in (D("-0.01"), D(0), D("0.01"))]
    zeros = np.zeros(len(bases), dtype=np.int64)
    figures = dict.fromkeys(GRAPH.inputs, zeros) | {"general_base": batch.cents(bases)}
    index = np.full(len(bases), quota.territory_index(territory))
    fast = batch.run(GRAPH, figures, territory=index, wanted=("quota2_autonomous",))
    for base, cents in zip(bases, fast["quota2_autonomous"], strict=True):
        assert int(scale.quota(base) * 100) == cents
    for limit, printed in zip(scale.limits, scale.quotas, strict=True):
        assert scale.quota(limit) == printed


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8),
    st.sampled_from(["21", "5.2", "0.5", "0.62", "1.75", "20"]),
)
def test_percentages_round_alike(amounts: list[int], percent: str) -> None:
    nodes = (
        Node("p", Percent("a", D(percent))),
        Node("z", AboveZero("+p -a")),
        Node("s", Smallest(("a", "p", "z"))),
        Node("l", Linear("-a +s")),
    )
    graph = Graph(nodes)
    fast = batch.run(graph, {"a": np.array(amounts, dtype=np.int64)})
    for i, amount in enumerate(amounts):
        found = graph.run({"a": D(amount).scaleb(-2)})
        assert {k: int(found[k] * 100) for k in "pzsl"} == {k: int(fast[k][i]) for k in "pzsl"}


def test_the_minimum_that_the_general_base_does_not_absorb_goes_to_savings() -> None:
    found = quota.gross_quota(DAY, "madrid", D(2000), D(10000), D(5550)).result
    assert found["state_general"] == found["autonomous_general"] == 0
    assert found["minimum_savings_state"] == 3550
    assert found["savings_state"] == D("652.75")  # 570 + 4000 * 10.5 % less 3550 * 9.5 %
    assert found["savings_state"] == D(570) + D(420) - D("337.25")


def test_the_day_of_death_decides_the_scale() -> None:
    before = quota.gross_quota(date(2022, 10, 27), "valencia", D(70000)).result
    after = quota.gross_quota(date(2022, 10, 28), "valencia", D(70000)).result
    assert (before["quota2_autonomous"], after["quota2_autonomous"]) == (
        D("11902.50"),
        D("11897.10"),
    )


@pytest.mark.parametrize("year", [2023, 2026])
def test_scales_that_were_not_read_are_marked(year: int) -> None:
    day = date(year, 12, 31)
    with pytest.raises(UnverifiedParameter):
        quota.gross_quota(day, "galicia", D(30000))
    found = quota.gross_quota(day, "galicia", D(30000), allow_unverified=True).result
    assert found.marks
    assert "[!]" in found.step("quota2_autonomous").sentence_es


@pytest.mark.parametrize("territory", ["navarra", "Bizkaia", "gipuzkoa", "araba", "atlantis"])
def test_foral_and_unknown_territories_are_refused(territory: str) -> None:
    with pytest.raises(TerritoryError):
        quota.gross_quota(DAY, territory, D(30000))


@pytest.mark.parametrize("year", [2015, 2019, 2027])
def test_unknown_years_are_refused(year: int) -> None:
    with pytest.raises(NotInForceError):
        quota.gross_quota(date(year, 12, 31), "madrid", D(30000))


def test_amounts_are_exact_and_not_negative() -> None:
    for bad in (1.5, D(-1), "30000"):
        with pytest.raises(ArgumentError):
            quota.gross_quota(DAY, "madrid", bad)  # type: ignore[arg-type]


def test_what_a_batch_refuses() -> None:
    figures, territory = profiles(4, 1)
    for broken in (
        {k: v for k, v in figures.items() if k != "savings_base"},
        figures | {"savings_base": figures["savings_base"][:2]},
        figures | {"savings_base": figures["savings_base"].astype(float)},
        figures | {"savings_base": np.array([0, 0, 0, 10**13])},
    ):
        with pytest.raises(ArgumentError):
            batch.run(GRAPH, broken, territory=territory)
    for wrong in (None, territory[:2], territory - 20, territory + 20, territory.astype(float)):
        with pytest.raises(ArgumentError):
            batch.run(GRAPH, figures, territory=wrong)
    with pytest.raises(ArgumentError):
        batch.cents([D("1.005")])


def test_a_trace_names_formula_inputs_article_and_parameter() -> None:
    found = quota.gross_quota(DAY, "aragon", D(23900), D(2800), D(5550)).result
    step = found.step("quota1_state")
    assert step.parameters[0].source.startswith("LIRPF")
    assert step.article == "LIRPF, art. 63.1"
    assert found.step("state_general").sentence_es == (
        "state_general: cuota estatal general = max(0, quota1_state - quota3) "
        "(quota1_state = 2667,75, quota3 = 527,25) = 2140,50. Según LIRPF, art. 63.1."
    )
    assert "= 2140.50. By LIRPF" in found.step("state_general").sentence_en
    again = quota.gross_quota(DAY, "aragon", D(23900), D(2800), D(5550)).result
    other = quota.gross_quota(DAY, "aragon", D(23901), D(2800), D(5550)).result
    assert found.digest == again.digest != other.digest


def test_minimums() -> None:
    family = Family(
        age=40,
        descendants=(Relative(16), Relative(10), Relative(1)),
        ascendants=(Relative(80, shared=2),),
    )
    found = minimum(DAY, family)
    assert found["descendants"] == 2400 + 2700 + 4000 + 2800
    assert found["ascendants"] == D("1275.00")
    assert found["total"] == 5550 + 11900 + 1275
    own = minimum(DAY, family, "madrid")
    assert own["taxpayer"] == D("5956.65")
    assert minimum(DAY, family, "murcia") == minimum(DAY, family)


def test_minimums_of_age_and_disability() -> None:
    assert minimum(DAY, Family(age=66))["taxpayer"] == 6700
    assert minimum(DAY, Family(age=76))["taxpayer"] == 8100
    assert minimum(DAY, Family(age=70), "baleares")["taxpayer"] == 6105 + 1265
    assert minimum(DAY, Family(disability=33))["disability"] == 3000
    assert minimum(DAY, Family(disability=33, assistance=True))["disability"] == 6000
    assert minimum(DAY, Family(disability=65))["disability"] == 12000
    child = Family(descendants=(Relative(12, disability=40),))
    assert minimum(DAY, child, "la_rioja")["disability"] == 3300
    assert minimum(DAY, child)["disability"] == 3000


def test_a_minimum_tied_to_the_bases_asks_for_them() -> None:
    day = date(2020, 12, 31)
    with pytest.raises(ArgumentError):
        minimum(day, Family(), "cataluna")
    assert minimum(day, Family(), "cataluna", bases=D(12450))["taxpayer"] == 6105
    assert minimum(day, Family(), "cataluna", bases=D(12451))["taxpayer"] == 5550


def test_a_minimum_that_was_not_read_is_refused() -> None:
    with pytest.raises(NotInForceError):
        minimum(date(2023, 12, 31), Family(), "baleares")
    with pytest.raises(UnverifiedParameter):
        minimum(date(2026, 12, 31), Family(), "galicia")
    with pytest.raises(ArgumentError):
        Relative(10, shared=0)


@pytest.mark.parametrize(
    ("income", "table", "number"),
    [
        ("-5", "reduced", 1), ("670", "reduced", 1), ("670.01", "reduced", 2),
        ("900", "reduced", 2), ("1166.69", "reduced", 3), ("1166.70", "general", 1),
        ("1300", "general", 1), ("1300.01", "general", 2), ("99999", "general", 12),
    ],
)  # fmt: skip
def test_brackets_of_the_self_employed(income: str, table: str, number: int) -> None:
    found = social_security.bracket(date(2025, 6, 1), D(income))
    assert (found.table, found.number) == (table, number)


def test_contributions() -> None:
    day = date(2025, 6, 1)
    assert social_security.contribution(day, D(1250), D(1200))["quota"] == D("376.80")
    with pytest.raises(ArgumentError):
        social_security.contribution(day, D(1250), D(1301))
    assert social_security.total_percent(day) == D("31.4")
    assert social_security.flat_contribution(day) == 80
    for unknown in (date(2026, 1, 1), date(2022, 12, 31)):
        with pytest.raises(NotInForceError):
            social_security.flat_contribution(unknown)
    with pytest.raises(NotInForceError):
        social_security.bracket(date(2022, 12, 31), D(1))
    assert len(social_security.brackets(day)) == 15
