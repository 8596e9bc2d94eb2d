"""Forecasts: the baseline, intervals, and the error that stands beside each prediction."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.forecast import METHODS, forecast

D = Decimal
SEASONAL = [D(n) for n in (100, 200, 300, 400)] * 4


def test_a_perfect_season_is_repeated_without_error() -> None:
    found = forecast(SEASONAL, horizon=6)
    assert [each.value for each in found] == [100, 200, 300, 400, 100, 200]
    assert all(each.low == each.value == each.high for each in found)
    assert all(each.backtest_error == 0 for each in found)


def test_growth_is_seen_by_the_method_that_looks_for_it() -> None:
    growing = [value + 40 * (n // 4) for n, value in enumerate(SEASONAL)]
    plain = forecast(growing, horizon=1)[0]
    drift = forecast(growing, horizon=1, method="seasonal_drift")[0]
    assert (plain.value, drift.value) == (220, 260)
    assert plain.backtest_error == 40
    assert drift.backtest_error is not None
    assert drift.backtest_error < drift.baseline_error  # type: ignore[operator]


def test_the_interval_grows_with_level_and_years() -> None:
    noisy = [value + D(n * 7 % 5) for n, value in enumerate(SEASONAL)]
    narrow, wide = (forecast(noisy, horizon=8, level=level) for level in (80, 95))
    assert wide[0].high - wide[0].low > narrow[0].high - narrow[0].low > 0
    assert narrow[4].high - narrow[4].low > narrow[0].high - narrow[0].low


def test_a_distance_without_a_past_has_no_error() -> None:
    found = forecast(SEASONAL[:8], horizon=8)
    assert found[0].backtest_error is not None
    assert found[7].backtest_error is None


def test_what_a_forecast_refuses() -> None:
    with pytest.raises(UnknownKindError):
        forecast(SEASONAL, method="oracle")
    for arguments in ({"level": 99}, {"horizon": 0}, {"horizon": 999}):
        with pytest.raises(ArgumentError):
            forecast(SEASONAL, **arguments)
    with pytest.raises(ArgumentError):
        forecast(SEASONAL[:7])
    with pytest.raises(ArgumentError):
        forecast([1.5] * 8)  # type: ignore[list-item]


@given(
    st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=8, max_size=30),
    st.sampled_from(["seasonal_naive", "seasonal_drift", "mean"]),
)
def test_a_prediction_lies_in_its_interval(history: list[Decimal], method: str) -> None:
    for each in forecast(history, method=method):
        assert each.low <= each.value <= each.high


@pytest.mark.parametrize("method", ["ets", "theta"])
def test_methods_of_the_extra_follow_a_season_and_a_trend(method: str) -> None:
    assert method in METHODS
    growing = [value + 40 * (n // 4) + n % 3 for n, value in enumerate(SEASONAL[:12])]
    (found,) = forecast(growing, horizon=1, method=method)
    assert abs(found.value - 220) < 60
    assert found.backtest_error is not None
    assert [each.value for each in forecast([D(5)] * 9, method=method)] == [5] * 4


@pytest.mark.parametrize("method", ["ets", "theta"])
def test_no_prediction_without_an_interval(method: str) -> None:
    with pytest.raises(ArgumentError, match="9 periods"):
        forecast(SEASONAL[:8], method=method)
    found = forecast([value + n % 3 for n, value in enumerate(SEASONAL[:9])], method=method)
    assert all(each.low < each.value < each.high for each in found)
