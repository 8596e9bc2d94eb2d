"""From circumstances to the gross quota: minimums and scales in one step, alone and jointly."""

from dataclasses import replace
from datetime import date

import pytest
from books import D
from hypothesis import given
from hypothesis import strategies as st

from tax_es import cases
from tax_es.errors import ArgumentError, CaseError, TerritoryError, UnverifiedParameter
from tax_es.irpf import household, quota
from tax_es.irpf.household import Person, alone, jointly
from tax_es.irpf.minimums import Family, Relative, minimum

DAY = date(2025, 12, 31)
CHILDREN = (Relative(20, shared=2), Relative(1, shared=2))
OLDER = Person(D(30000), D(2000), Family(70, 40, descendants=CHILDREN, ascendants=(Relative(80),)))
YOUNGER = Person(D(0), D(0), Family(60, descendants=CHILDREN))


def test_a_joint_return_by_hand() -> None:
    """Every figure computed by hand from the amounts of arts. 57 to 60 and 84 and of Madrid."""
    found = jointly(DAY, "madrid", [OLDER, YOUNGER])
    assert found["joint_reduction"] == 3400
    assert (found["general_base"], found["savings_base"]) == (26600, 2000)
    assert found["minimum_state_taxpayer"] == 5550 + 1150
    assert found["minimum_state_descendants"] == 2400 + 2700 + 2800
    assert found["minimum_state_ascendants"] == 1150 + 1400
    assert found["minimum_state_disability"] == 3000
    assert found["minimum_state"] == 20150
    assert found["minimum_autonomous"] == D("21626.40")
    assert found["state_general"] == D("3072.75") - D("2106.75")
    assert found["autonomous_general"] == D("2711.74") - D("2075.12")
    assert found["total"] == D("1982.62")


def test_alone_what_two_share_counts_by_half() -> None:
    found = alone(DAY, "madrid", OLDER)
    assert found["minimum_state_descendants"] == (2400 + 2700 + 2800) / D(2)
    assert found["minimum_autonomous"] == minimum(DAY, OLDER.family, "madrid")["total"]
    given_minimums = quota.gross_quota(
        DAY, "madrid", D(30000), D(2000), found["minimum_state"], found["minimum_autonomous"]
    )
    assert found["total"] == given_minimums.total
    # Without circumstances only the community's own minimum differs from the plain amounts.
    assert alone(DAY, "madrid", Person(D(30000)))["minimum_autonomous"] == D("5956.65")


def test_every_figure_has_its_step() -> None:
    found = jointly(DAY, "madrid", [OLDER, YOUNGER])
    assert {step.key for step in found.trace} == set(found.values)
    step = found.step("minimum_autonomous")
    assert step.formula.startswith("minimum_autonomous_taxpayer + ")
    assert "Renta 2025" in step.parameters[0].source
    assert "art. 84.2" in found.step("joint_reduction").parameters[0].source
    words = found.step("general_base").sentence_en
    assert words.endswith("= 26600.0. By LIRPF, art. 84.2.")
    assert not found.marks
    later = date(2026, 12, 31)
    with pytest.raises(UnverifiedParameter):
        jointly(later, "madrid", [OLDER, YOUNGER])
    assert jointly(later, "madrid", [OLDER, YOUNGER], allow_unverified=True).marks


def test_the_reduction_goes_on_to_the_savings_base() -> None:
    parent = Person(D(1000), D(20000), Family(descendants=(Relative(8),)))
    found = jointly(DAY, "murcia", [parent])
    assert (found["joint_reduction"], found["general_base"]) == (2150, 0)
    assert found["savings_base"] == 20000 - 1150
    assert jointly(DAY, "murcia", [Person(D(100), D(50))])["savings_base"] == 0


def test_both_spouses_count_their_age_and_disability_once_each() -> None:
    old = Person(D(20000), D(0), Family(76, 65))
    found = jointly(DAY, "murcia", [old, old])
    assert found["minimum_state_taxpayer"] == 5550 + 2 * (1150 + 1400)
    assert found["minimum_state_disability"] == 2 * (9000 + 3000)
    islands = jointly(DAY, "baleares", [old, old])
    assert islands["minimum_autonomous_taxpayer"] == 6105 + 2 * (1265 + 1540)
    with pytest.raises(ArgumentError, match="one spouse over 65"):
        jointly(DAY, "baleares", [old, YOUNGER])


def test_relatives_of_a_joint_return() -> None:
    own = Relative(10)
    one = Person(D(1), D(0), Family(descendants=(*CHILDREN, own)))
    found = jointly(DAY, "murcia", [one, YOUNGER])
    assert found["minimum_state_descendants"] == 2400 + 2700 + 4000 + 2800
    told = jointly(DAY, "murcia", [one, YOUNGER], family=Family(descendants=(own,)))
    assert told["minimum_state_descendants"] == 2400
    twice = Person(D(1), D(0), Family(descendants=(own,)))
    with pytest.raises(ArgumentError, match="give family"):
        jointly(DAY, "murcia", [twice, twice])


@pytest.mark.parametrize(
    "family",
    [Family(descendants=(Relative(25),)), Family(ascendants=(Relative(65),))],
)
def test_relatives_without_right_are_refused(family: Family) -> None:
    with pytest.raises(ArgumentError, match="gives no right"):
        alone(DAY, "madrid", Person(D(20000), D(0), family))


def test_relatives_with_a_disability_have_no_age() -> None:
    child, parent = Relative(25, disability=33), Relative(50, disability=33)
    found = minimum(DAY, Family(descendants=(child,), ascendants=(parent,)))
    assert (found["descendants"], found["ascendants"], found["disability"]) == (2400, 1150, 6000)


@given(
    st.permutations([Relative(20), Relative(9, shared=2), Relative(1), Relative(14), Relative(2)])
)
def test_the_order_of_descendants_does_not_matter(children: list[Relative]) -> None:
    assert minimum(DAY, Family(descendants=tuple(children)))["descendants"] == (
        2400 + 2700 + 2000 + 4500 + 2800 + 4500 + 2800
    )


@given(st.decimals(0, 10**6, places=2), st.decimals(0, 10**5, places=2))
def test_one_without_income_pays_nothing_more_alone(general: D, savings: D) -> None:
    """Filing alone, the quota of a spouse without bases is zero."""
    assert alone(DAY, "galicia", Person(D(0)))["total"] == 0
    both = jointly(DAY, "galicia", [Person(general, savings), Person(D(0))])
    assert both["total"] <= alone(DAY, "galicia", Person(general, savings))["total"]


def test_what_is_refused() -> None:
    for persons in ([], [OLDER] * 3):
        with pytest.raises(ArgumentError):
            jointly(DAY, "madrid", persons)
    for wrong in (1.5, D(-1)):
        with pytest.raises(ArgumentError):
            alone(DAY, "madrid", replace(OLDER, general_base=wrong))  # type: ignore[arg-type]
        with pytest.raises(ArgumentError):
            jointly(DAY, "madrid", [replace(OLDER, savings_base=wrong)])  # type: ignore[arg-type]
    with pytest.raises(TerritoryError):
        alone(DAY, "bizkaia", OLDER)


def test_as_a_case() -> None:
    children = [{"age": 20, "shared": 2}, {"age": 1, "shared": 2}]
    told = {
        "year": 2025,
        "territory": "madrid",
        "joint": True,
        "persons": [
            {"general_base": "30000", "savings_base": "2000", "age": 70, "disability": 40,
             "descendants": children, "ascendants": [80]},
            {"general_base": "0", "age": 60, "descendants": children},
        ],
    }  # fmt: skip
    assert cases.compute(told)["total"] == "1982.62"
    for wrong in (
        told | {"joint": False},
        told | {"persons": [{"general_base": "1", "hair": "red"}], "joint": False},
        told | {"persons": [{"general_base": "1", "descendants": [{"age": 200}]}]},
    ):
        with pytest.raises(CaseError):
            cases.compute(wrong)


def test_household_offers_what_it_lists() -> None:
    assert set(household.__all__) == {"Person", "alone", "jointly"}
