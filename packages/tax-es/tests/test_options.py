"""Legal options compared, each with its amount and article."""

from datetime import date
from decimal import Decimal

import pytest
from books import D, books, purchase, sale

from tax_es import options
from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.errors import ArgumentError, UnverifiedParameter
from tax_es.irpf import quota
from tax_es.irpf.household import Person
from tax_es.irpf.minimums import Family, Relative

DAY = date(2025, 12, 31)


def test_ways_to_estimate() -> None:
    found = options.compare_estimation(
        DAY, {"sales": D(60000)}, {"costs": D(20000)}, provisions=D(500), modules_yield=D(30000)
    )
    assert [(each.name, each.amount) for each in found] == [
        ("objective", 30000), ("simplified", 38000), ("normal", 39500),
    ]  # fmt: skip
    assert all(each.article.startswith("LIRPF") for each in found)
    assert len(options.compare_estimation(DAY, {"sales": D(1)}, {})) == 2


def test_joint_filing_helps_when_one_earns() -> None:
    persons = [Person(D(40000)), Person(D(0))]
    found = options.compare_filing(DAY, "madrid", persons)
    assert [each.name for each in found] == ["joint", "individual"]
    assert found[0].figures["general"] == 36600
    assert not found[0].marks
    both = [Person(D(40000)), Person(D(40000))]
    assert options.compare_filing(DAY, "madrid", both)[0].name == "individual"
    later = date(2026, 12, 31)
    with pytest.raises(UnverifiedParameter):
        options.compare_filing(later, "madrid", persons)
    assert options.compare_filing(later, "madrid", persons, allow_unverified=True)[0].marks


def test_one_parent_and_savings() -> None:
    family = Family(descendants=(Relative(8),))
    person = Person(D(1000), D(20000), family)
    found = options.compare_filing(DAY, "murcia", [person])
    assert found[0].name == "joint"
    assert found[0].figures["reduction"] == 2150
    for wrong in ([], [person] * 3):
        with pytest.raises(ArgumentError):
            options.compare_filing(DAY, "murcia", wrong)


def test_a_pension_plan_saves_at_the_marginal_rate() -> None:
    found = options.compare_pension(DAY, "aragon", D(30000), [D(1000), D(9000)])
    by_name = {each.name: each for each in found}
    assert by_name["pension 9000"].figures["reduced"] == 1500
    scales = (quota.scale(name, DAY) for name in ("general", "aragon"))
    rate = sum(scale.marginal_percent(D(29500)) for scale in scales)
    assert by_name["pension 1000"].figures["saved"] == rate * 10
    capped = options.compare_pension(
        DAY, "aragon", D(30000), [D(9000)], self_employed=True, net_yields=D(10000),
    )  # fmt: skip
    assert capped[0].figures["reduced"] == 3000


def test_bases_of_the_self_employed() -> None:
    low, high = options.compare_bases(date(2025, 1, 1), D(1250))
    assert (low.name, high.name) == ("min", "max")
    assert low.amount < high.amount


def test_refund_or_compensation() -> None:
    ledger = books(purchase("1", "1000"), purchase("2", "500", on="2025-12-01"))
    assert [each.name for each in options.compare_refund(ledger, Period(2025, "1T"))] == [
        "compensate"
    ]
    found = options.compare_refund(ledger, Period(2025, "4T"))
    assert [each.name for each in found] == ["refund", "compensate"]
    assert options.compare_refund(books(sale("1", "1")), Period(2025, "1T"))[0].name == "pay"


def test_a_scenario_is_the_difference_of_two_runs() -> None:
    period = Period(2025, "1T")
    before, after = (
        form303.close(books(sale("1", amount)), period).boxes for amount in ("100", "150")
    )
    moved = {each.key: each.difference for each in options.changes(before, after)}
    assert moved["07"] == 50
    assert moved["71"] == D("10.50")
    assert "01" not in moved
    only = options.changes({"a": Decimal(1)}, {"b": Decimal(2)})
    assert [(each.key, each.difference) for each in only] == [("a", -1), ("b", 2)]
