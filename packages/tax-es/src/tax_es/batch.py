"""The second executor of a graph: integer cents over arrays, equal to the cent to the scalar one.

Needs the extra ``batch`` (numpy). Amounts are arrays of int64 in cents, of at most 10^12 in
absolute value; the result has the same shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tax_es.errors import ArgumentError
from tax_es.graph import AboveZero, Graph, Linear, Operation, Percent, ScaleOf, Share, Smallest
from tax_es.irpf.minimums import DISABLED, OLD, SEVERE, VERY_OLD, amounts_of
from tax_es.scales import Scale

__all__ = ["Cents", "Families", "cents", "minimums", "run"]

Cents: TypeAlias = NDArray[np.int64]
_LARGEST = 10**12
_CHUNK = 1 << 15
# Percentages are integers of a millionth; keys of a table of scales hold the territory above them.
_MILLION = 10**6
_TERRITORY = 41
_MOST_RELATIVES = 100


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
            too large to compute exactly; or a territory has no scale.
    """
    arrays = {key: _checked(key, figures) for key in graph.inputs}
    length = len(next(iter(arrays.values())))
    if any(len(array) != length for array in arrays.values()):
        raise ArgumentError("the inputs of a batch have one length")
    if territory is not None and len(territory) != length:
        raise ArgumentError("the territories of a batch have the length of its inputs")
    _check_places(territory, [
        len(node.operation.scales)
        for node in graph.nodes
        if isinstance(node.operation, ScaleOf) and len(node.operation.scales) > 1
    ])  # fmt: skip
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


@dataclass(frozen=True)
class Families:
    """Circumstances of taxpayers, one of each in every array of int64, all of one length.

    What they do not tell (relatives with a disability, each shared in another way, joint returns)
    is for :func:`tax_es.irpf.minimums.minimum`, one by one.

    Attributes:
        age: Of the taxpayer, on the day of accrual.
        disability: Degree of the taxpayer, in percent.
        assistance: 1 where the help of others or reduced mobility is accredited, 0 otherwise.
        descendants: How many give right to a minimum.
        under_3: How many of them are younger than three.
        shared: Among how many taxpayers the minimum for descendants is divided, 1 or 2.
        ascendants: How many give right to a minimum.
        over_75: How many of them are older than 75.
    """

    age: Cents
    disability: Cents
    assistance: Cents
    descendants: Cents
    under_3: Cents
    shared: Cents
    ascendants: Cents
    over_75: Cents

    def __post_init__(self) -> None:
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, array in arrays.items():
            _checked(name, arrays)
            if array.shape != self.age.shape or (len(array) and int(array.min()) < 0):
                raise ArgumentError(f"{name} is not negative, and has the length of the others")
        sizes = (self.age <= 130, self.disability <= 100, self.assistance <= 1,
                 self.under_3 <= self.descendants, self.over_75 <= self.ascendants,
                 (self.shared == 1) | (self.shared == 2), self.descendants <= _MOST_RELATIVES,
                 self.ascendants <= _MOST_RELATIVES)  # fmt: skip
        if not all(bool(size.all()) for size in sizes):
            raise ArgumentError(
                "age is at most 130, disability 100, shared 1 or 2; no more are under 3 or over 75 "
                f"than there are; {_MOST_RELATIVES} relatives at most"
            )


def minimums(
    day: date,
    territories: Sequence[str],
    families: Families,
    *,
    territory: NDArray[np.integer] | None = None,
    bases: Cents | None = None,
    allow_unverified: bool = False,
) -> Cents:
    """Compute the personal and family minimum over arrays.

    Args:
        day: Day of accrual.
        territories: Communities whose minimums are used, numbered in this order; an empty name is
            the minimum of the state.
        families: The circumstances.
        territory: Index of the community of each taxpayer, where there are several.
        bases: Sum of the bases, in cents, where a community ties its minimum to them.
        allow_unverified: Whether amounts that carry a mark may be used.

    Returns:
        Array of int64 in cents, equal to :func:`tax_es.irpf.minimums.minimum`.

    Raises:
        NotInForceError: No amounts are recorded for that day.
        TerritoryError: A territory is foral, or unknown.
        UnverifiedParameter: Amounts carry a mark.
        ArgumentError: The territories or the bases are missing, or have another length.
    """
    rows = [amounts_of(day, name, allow_unverified=allow_unverified) for name in territories]
    if territory is None:
        if len(rows) != 1:
            raise ArgumentError("there are several territories: give that of each taxpayer")
        place = np.zeros(len(families.age), dtype=np.int64)
    else:
        _check_places(territory, [len(rows)])
        place = np.asarray(territory, dtype=np.int64)
    if len(place) != len(families.age) or (bases is not None and len(bases) != len(place)):
        raise ArgumentError("territories and bases have the length of the families")

    def amount(name: str, other: str = "") -> Cents:
        values = [row.get(name, row[other] if other else Decimal(0)) for row in rows]
        return cents(values).take(place)

    old, very_old = families.age > OLD, families.age > VERY_OLD
    own = np.where(old, amount("taxpayer_over_65", "taxpayer"), amount("taxpayer"))
    if any("taxpayer_low_income" in row for row in rows):
        if bases is None:
            raise ArgumentError("the minimum of a community depends on the bases: give them")
        low = amount("taxpayer_low_income")
        own += np.where((low > 0) & (bases <= amount("low_income")), low - amount("taxpayer"), 0)
    own += old * amount("over_65") + very_old * amount("over_75")
    children = families.under_3 * amount("descendant_under_3")
    for order in range(1, 4):
        children += (families.descendants >= order) * amount(f"descendant_{order}")
    children += np.maximum(families.descendants - 3, 0) * amount("descendant_4")
    own += (children + families.shared - 1) // families.shared
    own += families.ascendants * amount("ascendant_65") + families.over_75 * amount("ascendant_75")
    severe = families.disability >= SEVERE
    disabled = families.disability >= DISABLED
    own += disabled * np.where(severe, amount("disability_65"), amount("disability_33"))
    helped = disabled & (severe | (families.assistance == 1))
    own += helped * amount("disability_assistance")
    return own


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


def _check_places(territory: NDArray[np.integer] | None, sizes: Sequence[int]) -> None:
    """Refuse the index of a territory that the graph does not have."""
    if territory is None or not sizes or not len(territory):
        return
    if not np.issubdtype(territory.dtype, np.integer):
        raise ArgumentError("territories are an array of integers")
    if int(territory.min()) < 0 or int(territory.max()) >= min(sizes):
        raise ArgumentError(f"the index of a territory is 0 to {min(sizes) - 1}")


def _checked(key: str, figures: Mapping[str, Cents]) -> Cents:
    if key not in figures:
        raise ArgumentError(f"missing: {key}", missing=(key,))
    array: object = figures[key]
    if not isinstance(array, np.ndarray) or array.dtype != np.int64:
        raise ArgumentError(f"{key} is an array of int64, in cents")
    if len(array) and max(int(array.max()), -int(array.min())) > _LARGEST:
        raise ArgumentError(f"{key} has an amount above {_LARGEST} cents")
    return array
