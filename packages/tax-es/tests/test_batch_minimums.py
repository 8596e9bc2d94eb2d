"""Minimums over arrays: equal to the cent to those of one family, in every community."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from tax_es import batch
from tax_es.batch import Families
from tax_es.errors import ArgumentError, TerritoryError, UnverifiedParameter
from tax_es.irpf import household, quota
from tax_es.irpf.household import Person
from tax_es.irpf.minimums import Family, Relative, minimum

DAY = date(2025, 12, 31)


def families(count: int, seed: int) -> Families:
    chance = np.random.default_rng(seed)

    def most(limit: np.ndarray | int) -> np.ndarray:
        return chance.integers(0, limit, count, endpoint=True)

    descendants, ascendants = most(6), most(3)
    return Families(
        age=most(100), disability=most(100) * most(1), assistance=most(1),
        descendants=descendants, under_3=most(descendants), shared=1 + most(1),
        ascendants=ascendants, over_75=most(ascendants),
    )  # fmt: skip


def family(told: Families, i: int) -> Family:
    shared, young = int(told.shared[i]), int(told.under_3[i])
    old = int(told.over_75[i])
    return Family(
        int(told.age[i]), int(told.disability[i]), bool(told.assistance[i]),
        tuple(Relative(1 if n < young else 14, shared) for n in range(int(told.descendants[i]))),
        tuple(Relative(80 if n < old else 70) for n in range(int(told.ascendants[i]))),
    )  # fmt: skip


def both_agree(count: int, seed: int, day: date, territories: tuple[str, ...]) -> None:
    told, chance = families(count, seed), np.random.default_rng(seed)
    place = chance.integers(0, len(territories), count)
    bases = chance.integers(0, 2_600_000, count)
    fast = batch.minimums(day, territories, told, territory=place, bases=bases)
    for i in range(count):
        one = minimum(
            day, family(told, i), territories[place[i]], bases=Decimal(int(bases[i])).scaleb(-2)
        )
        assert int(one["total"] * 100) == fast[i], (territories[place[i]], family(told, i))


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2024, 2025])
def test_both_agree(year: int) -> None:
    both_agree(500, year, date(year, 12, 31), ("", *quota.COMMUNITIES))


@pytest.mark.long
def test_both_agree_on_a_hundred_thousand_families() -> None:
    both_agree(100_000, 3, DAY, ("", *quota.COMMUNITIES))


def test_the_quota_of_many_from_their_circumstances() -> None:
    told, count = families(200, 5), 200
    chance = np.random.default_rng(5)
    place = chance.integers(0, len(quota.COMMUNITIES), count)
    figures = {
        "general_base": chance.integers(0, 9_000_000, count),
        "savings_base": chance.integers(0, 900_000, count),
        "minimum_state": batch.minimums(DAY, ("",), told),
        "minimum_autonomous": batch.minimums(DAY, quota.COMMUNITIES, told, territory=place),
    }
    graph = quota.graph(DAY, quota.COMMUNITIES)
    fast = batch.run(graph, figures, territory=place, wanted=("total",))["total"]
    for i in range(count):
        bases = (
            Decimal(int(figures[key][i])).scaleb(-2) for key in ("general_base", "savings_base")
        )
        one = household.alone(DAY, quota.COMMUNITIES[place[i]], Person(*bases, family(told, i)))
        assert int(one["total"] * 100) == fast[i]


def test_what_minimums_refuse() -> None:
    told = families(4, 1)
    for name, value in (
        ("age", 131), ("age", -1), ("disability", 101), ("assistance", 2), ("shared", 3),
        ("shared", 0), ("descendants", 101), ("under_3", 7), ("over_75", 4),
    ):  # fmt: skip
        with pytest.raises(ArgumentError):
            replace(told, **{name: np.full(4, value)})
    for wrong in (np.zeros(3, dtype=np.int64), np.zeros(4), [1, 2, 3, 4]):
        with pytest.raises(ArgumentError):
            replace(told, age=wrong)
    for index in (np.full(4, 2), np.full(4, -1), np.zeros(4)):
        with pytest.raises(ArgumentError, match="territor"):
            batch.minimums(DAY, ("madrid", "murcia"), told, territory=index)
    with pytest.raises(ArgumentError, match="several territories"):
        batch.minimums(DAY, ("madrid", "murcia"), told)
    with pytest.raises(ArgumentError, match="length"):
        batch.minimums(DAY, ("madrid",), told, territory=np.zeros(3, dtype=np.int64))
    with pytest.raises(ArgumentError, match="bases"):
        batch.minimums(date(2020, 12, 31), ("cataluna",), told)
    with pytest.raises(TerritoryError):
        batch.minimums(DAY, ("navarra",), told)
    with pytest.raises(UnverifiedParameter):
        batch.minimums(date(2026, 12, 31), ("madrid",), told)
    marked = batch.minimums(date(2026, 12, 31), ("madrid",), told, allow_unverified=True)
    assert len(marked) == 4
