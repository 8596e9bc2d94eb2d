"""Methods of statsmodels and scikit-learn, behind the extras ``forecast`` and ``anomalies``.

The arithmetic is that of binary floats: what comes back is a prediction or a rank, never an amount
that somebody owes.
"""

import warnings
from collections.abc import Sequence
from decimal import Decimal

from tax_es.errors import ArgumentError

__all__ = ["ets", "isolation_ranks", "theta"]


def ets(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    """Predict by exponential smoothing with damped trend and, from two years on, a season."""
    if len(set(history)) == 1:
        return [history[0]] * horizon
    import numpy as np
    from statsmodels.tsa.holtwinters import (  # type: ignore[import-untyped]  # it ships no types
        ExponentialSmoothing,
    )

    seasonal = "add" if len(history) >= 2 * season and season > 1 else None
    with warnings.catch_warnings():
        # Short histories do not always converge; the back-test tells what that costs.
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(
            np.array([str(value) for value in history], dtype=np.float64),
            trend="add" if len(history) > season else None,
            damped_trend=len(history) > season,
            seasonal=seasonal,
            seasonal_periods=season if seasonal else None,
            initialization_method="estimated",
        )
        values = model.fit().forecast(horizon)
    return _decimals(values)


def theta(history: Sequence[Decimal], season: int, horizon: int) -> list[Decimal]:
    """Predict by the Theta method, with the season taken out from two years on."""
    if len(set(history)) == 1:
        return [history[0]] * horizon
    import numpy as np
    from statsmodels.tsa.forecasting.theta import (  # type: ignore[import-untyped]  # no types
        ThetaModel,
    )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        amounts = np.array([str(value) for value in history], dtype=np.float64)
        seasonal = len(history) >= 2 * season and season > 1
        model = ThetaModel(
            amounts, period=season, deseasonalize=seasonal, use_test=False, method="additive"
        )
        values = model.fit().forecast(horizon)
    return _decimals(values)


def _decimals(values: Sequence[object]) -> list[Decimal]:
    found = [Decimal(str(value)) for value in values]
    if not all(value.is_finite() for value in found):
        raise ArgumentError("the method gives no number on this history: choose another")
    return found


def isolation_ranks(rows: Sequence[Sequence[Decimal]], share: Decimal) -> list[bool]:
    """Tell which rows an isolation forest sets apart.

    Args:
        rows: Numbers of each entry.
        share: Percent of entries to set apart, above 0 and up to 50.

    Returns:
        For each row, whether it is among them; the same rows give the same answer.
    """
    import numpy as np
    from sklearn.ensemble import (  # type: ignore[import-untyped]  # it ships no types
        IsolationForest,
    )

    table = np.array([[str(cell) for cell in row] for row in rows], dtype=np.float64)
    forest = IsolationForest(contamination=np.float64(str(share / 100)), random_state=0)
    return [label == -1 for label in forest.fit_predict(table)]
