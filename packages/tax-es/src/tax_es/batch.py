"""The second executor of a graph: integer cents over arrays, equal to the cent to the scalar one.

Needs the extra ``batch`` (numpy). Amounts are arrays of int64 in cents, of at most 10^12 in
absolute value; the result has the same shape.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tax_es.errors import ArgumentError
from tax_es.graph import AboveZero, Graph, Linear, Operation, Percent, ScaleOf, Share, Smallest
from tax_es.scales import Scale

__all__ = ["Cents", "cents", "run"]

Cents: TypeAlias = NDArray[np.int64]
_LARGEST = 10**12
_CHUNK = 1 << 15
# Percentages are integers of a millionth; keys of a table of scales hold the territory above them.
_MILLION = 10**6
_TERRITORY = 41


def cents(amounts: list[Decimal]) -> Cents:
    """Convert amounts in euros to cents.

    Raises:
        ArgumentError: An amount has more than two decimals.
    """
    scaled = [amount.scaleb(2) for amount in amounts]
    if any(value != int(value) for value in scaled):
        raise ArgumentError("amounts of a batch have at most two decimals")
    return np.array([int(value) for value in scaled], dtype=np.int64)


def run(
    graph: Graph,
    figures: Mapping[str, Cents],
    *,
    territory: NDArray[np.integer] | None = None,
    wanted: tuple[str, ...] = (),
) -> dict[str, Cents]:
    """Compute a graph over arrays.

    Args:
        graph: The computation.
        figures: Inputs by key, arrays of int64 in cents and of one length.
        territory: Index of the scale of each case, where the graph has several.
        wanted: Keys to return; by default every node.

    Returns:
        Arrays of int64 in cents.

    Raises:
        ArgumentError: An input is missing, is not an array of integers, has another length, or is
            too large to compute exactly.
    """
    arrays = {key: _checked(key, figures) for key in graph.inputs}
    length = len(next(iter(arrays.values())))
    if any(len(array) != length for array in arrays.values()):
        raise ArgumentError("the inputs of a batch have one length")
    if territory is not None and len(territory) != length:
        raise ArgumentError("the territories of a batch have the length of its inputs")
    keys = wanted or tuple(node.key for node in graph.nodes)
    tables = {
        node.key: _Table(node.operation.scales)
        for node in graph.nodes
        if isinstance(node.operation, ScaleOf)
    }
    found = {key: np.empty(length, dtype=np.int64) for key in keys}
    for start in range(0, length, _CHUNK):
        part = slice(start, start + _CHUNK)
        place = territory[part] if territory is not None else None
        columns = {key: array[part] for key, array in arrays.items()}
        for node in graph.nodes:
            columns[node.key] = _compute(node.operation, columns, tables.get(node.key), place)
        for key, array in found.items():
            array[part] = columns[key]
    return found


class _Table:
    """The brackets of all territories in one sorted list, so that one search finds the bracket."""

    def __init__(self, scales: tuple[Scale, ...]) -> None:
        starts, quotas, percents = [], [], []
        for index, scale in enumerate(scales):
            for limit, percent, quota in zip(
                scale.limits, scale.percents, scale.quotas, strict=True
            ):
                starts.append((index << _TERRITORY) + int(limit * 100))
                quotas.append(int(quota * 100))
                percents.append(_millionths(percent))
        self.starts = np.array(starts, dtype=np.int64)
        self.quotas = np.array(quotas, dtype=np.int64)
        self.percents = np.array(percents, dtype=np.int64)
        self.several = len(scales) > 1

    def quota(self, base: Cents, territory: NDArray[np.integer] | None) -> Cents:
        key = np.maximum(base, 0)
        if self.several:
            if territory is None:
                raise ArgumentError("the graph has a scale for each territory: give theirs")
            key += territory.astype(np.int64) << _TERRITORY
        index = self.starts.searchsorted(key, side="right")
        index -= 1
        key -= self.starts.take(index)
        key *= self.percents.take(index)
        key += _MILLION // 2
        key //= _MILLION
        key += self.quotas.take(index)
        return key


def _compute(
    operation: Operation,
    columns: Mapping[str, Cents],
    table: _Table | None,
    territory: NDArray[np.integer] | None,
) -> Cents:
    if table is not None:
        return table.quota(columns[operation.inputs[0]], territory)
    match operation:
        case Linear():
            return _sum(operation, columns)
        case AboveZero():
            return np.maximum(_sum(operation.linear, columns), 0)
        case Smallest():
            first, *others = (columns[key] for key in operation.inputs)
            for other in others:
                first = np.minimum(first, other)
            return first
        case Percent():
            return _divided(columns[operation.key] * _millionths(operation.percent), _MILLION)
        case Share():
            return _divided(columns[operation.key] * columns[operation.percent], 10_000)
    raise ArgumentError(f"no batch for {type(operation).__name__}")


def _divided(product: Cents, unit: int) -> Cents:
    """Divide and round, halves away from zero, as the scalar executor does."""
    half = unit // 2
    moved = np.where(product >= 0, product + half, product - half + unit - 1)
    return np.asarray(moved // unit, dtype=np.int64)


def _sum(operation: Linear, columns: Mapping[str, Cents]) -> Cents:
    (sign, first), *others = operation.terms
    total = columns[first].copy() if sign > 0 else -columns[first]
    for sign, key in others:
        if sign > 0:
            total += columns[key]
        else:
            total -= columns[key]
    return total


def _millionths(percent: Decimal) -> int:
    scaled = percent * _MILLION / 100
    if scaled != int(scaled):
        raise ArgumentError(f"{percent} % has more than four decimals")
    return int(scaled)


def _checked(key: str, figures: Mapping[str, Cents]) -> Cents:
    if key not in figures:
        raise ArgumentError(f"missing: {key}", missing=(key,))
    array: object = figures[key]
    if not isinstance(array, np.ndarray) or array.dtype != np.int64:
        raise ArgumentError(f"{key} is an array of int64, in cents")
    if len(array) and max(int(array.max()), -int(array.min())) > _LARGEST:
        raise ArgumentError(f"{key} has an amount above {_LARGEST} cents")
    return array
