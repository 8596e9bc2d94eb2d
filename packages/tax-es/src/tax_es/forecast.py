"""Forecast of the next periods: each with an interval, its method, and its error in the past.

The baseline repeats the same period of the year before. A method that does not beat it in the
back-test should not be believed, and the back-test stands beside each prediction.

Source:
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., sections 5.2 to 5.8.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from types import MappingProxyType

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError, UnknownKindError

__all__ = ["METHODS", "Prediction", "forecast"]

_ZERO = Decimal(0)
# Two-sided normal quantiles of the intervals that are offered.
_QUANTILES = {80: Decimal("1.2816"), 95: Decimal("1.9600")}
_Method = Callable[[Sequence[Decimal], int, int], list[Decimal]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A figure of a period to come.

    Attributes:
        step: How many periods ahead.
        value: In euros.
        low: Lower end of the interval, in euros.
        high: Upper end of the interval, in euros.
        level: Percent of the interval.
        method: Name of the method.
        backtest_error: Mean absolute error of the method in the past, at this distance, in euros;
            ``None`` when the history is too short to know.
        baseline_error: The same of the seasonal-naive baseline.
    """

    step: int
    value: Decimal
    low: Decimal
    high: Decimal
    level: int
    method: str
    backtest_error: Decimal | None
    baseline_error: Decimal | None


def _seasonal_naive(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    return [history[len(history) - season + step % season] for step in range(horizon)]


def _mean(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    recent = history[-season:]
    return [sum(recent, _ZERO) / len(recent)] * horizon


def _seasonal_drift(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    """The same period of the year before, moved by the growth of the last year."""
    base = _seasonal_naive(history, season, horizon)
    if len(history) < 2 * season:
        return base
    last = sum(history[-season:], _ZERO)
    growth = (last - sum(history[-2 * season : -season], _ZERO)) / season
    return [value + growth * (step // season + 1) for step, value in enumerate(base)]


def _ets(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    from tax_es._statistics import ets

    return ets(history, season, horizon)


def _theta(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    from tax_es._statistics import theta

    return theta(history, season, horizon)


METHODS: Mapping[str, _Method] = MappingProxyType({
    "seasonal_naive": _seasonal_naive,
    "seasonal_drift": _seasonal_drift,
    "mean": _mean,
    "ets": _ets,
    "theta": _theta,
})  # fmt: skip
"""Methods by name: the baseline, the baseline with growth, the mean of the last year, and those of
the extra ``forecast``: exponential smoothing and Theta (statsmodels)."""


def forecast(
    history: Sequence[Decimal],
    *,
    horizon: int = 4,
    season: int = 4,
    method: str = "seasonal_naive",
    level: int = 80,
) -> tuple[Prediction, ...]:
    """Predict the next periods.

    Args:
        history: Amounts of the past periods, the oldest first, in euros.
        horizon: How many periods to predict.
        season: Periods of a year: 4 or 12.
        method: A name of :data:`METHODS`.
        level: Percent of the interval: 80 or 95.

    Returns:
        Predictions rounded to the cent. The interval comes from the errors of the method in the
        past and grows with the years ahead.

    Raises:
        ArgumentError: The history is shorter than two years (by exponential smoothing and Theta,
            than two years and a period), or holds a float.
        UnknownKindError: There is no such method, or its extra is not installed.
    """
    if method in ("ets", "theta") and find_spec("statsmodels") is None:
        raise UnknownKindError(f"{method} needs the extra 'forecast'", known=tuple(METHODS))
    if method not in METHODS:
        raise UnknownKindError(f"{method!r} is no method", known=tuple(METHODS))
    if level not in _QUANTILES or not 1 <= horizon <= 10 * season or season < 1:
        raise ArgumentError("the level is 80 or 95, the horizon 1 to ten years")
    amounts = [exact(value, "an amount") for value in history]
    if len(amounts) < 2 * season:
        raise ArgumentError(f"two years of history are needed: {2 * season} periods")
    errors = _backtest(METHODS[method], amounts, season, horizon)
    if 1 not in errors:
        raise ArgumentError(f"{method} needs {2 * season + 1} periods: without a past, no interval")
    baseline = _backtest(_seasonal_naive, amounts, season, horizon)
    spread = _deviation(errors.get(1, []))
    values = METHODS[method](amounts, season, horizon)
    found: list[Prediction] = []
    for step, value in enumerate(values, 1):
        years = (step - 1) // season + 1
        reach = _QUANTILES[level] * spread * Decimal(years).sqrt()
        found.append(
            Prediction(
                step, round_to(value), round_to(value - reach), round_to(value + reach), level,
                method, _mean_error(errors.get(step, [])), _mean_error(baseline.get(step, [])),
            )
        )  # fmt: skip
    return tuple(found)


def _backtest(
    method: _Method, amounts: Sequence[Decimal], season: int, horizon: int
) -> dict[int, list[Decimal]]:
    """Return the errors at each distance, from every origin with a year of history."""
    errors: dict[int, list[Decimal]] = {}
    # What estimates a season needs two years before the first origin.
    first = season if method in (_seasonal_naive, _mean, _seasonal_drift) else 2 * season
    for origin in range(first, len(amounts)):
        ahead = min(horizon, len(amounts) - origin)
        for step, value in enumerate(method(amounts[:origin], season, ahead), 1):
            errors.setdefault(step, []).append(amounts[origin + step - 1] - value)
    return errors


def _mean_error(errors: Sequence[Decimal]) -> Decimal | None:
    return round_to(sum(map(abs, errors), _ZERO) / len(errors)) if errors else None


def _deviation(errors: Sequence[Decimal]) -> Decimal:
    if not errors:
        return _ZERO
    return (sum((error * error for error in errors), _ZERO) / len(errors)).sqrt()
