"""A computation as data: nodes in order, each with its formula, article and sentence.

One graph has two executors: :meth:`Graph.run` with decimals and a trace, one case at a time, and
``tax_es.batch`` with integer cents over arrays. Both round at the same nodes, to the cent, halves
away from zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from einvoice_core.money import round_to
from tax_es._checks import exact
from tax_es.errors import ArgumentError
from tax_es.scales import Scale
from tax_es.trace import Result, Step, Used, frozen

__all__ = [
    "AboveZero",
    "Graph",
    "Linear",
    "Node",
    "Operation",
    "Percent",
    "ScaleOf",
    "Share",
    "Smallest",
    "by_territory",
]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of figures, some of them subtracted: ``Linear("+27 -45")``."""

    expression: str

    @property
    def terms(self) -> tuple[tuple[int, str], ...]:
        """The figures, each with 1 or -1."""
        return tuple((-1 if t[0] == "-" else 1, t.lstrip("+-")) for t in self.expression.split())

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read."""
        return tuple(key for _, key in self.terms)

    @property
    def formula(self) -> str:
        """The formula, for people."""
        words = [f"{'- ' if sign < 0 else '+ '}{key}" for sign, key in self.terms]
        return " ".join(words).removeprefix("+ ")

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals."""
        return sum((sign * figures[key] for sign, key in self.terms), _ZERO)


@dataclass(frozen=True, slots=True)
class AboveZero:
    """A sum of figures, or 0 when it is negative."""

    expression: str

    @property
    def linear(self) -> Linear:
        """The sum itself."""
        return Linear(self.expression)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read."""
        return self.linear.inputs

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return f"max(0, {self.linear.formula})"

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals."""
        return max(_ZERO, self.linear.of(figures))


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest of some figures."""

    inputs: tuple[str, ...]

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return f"min({', '.join(self.inputs)})"

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals."""
        return min(figures[key] for key in self.inputs)


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage of a figure, rounded to the cent."""

    key: str
    percent: Decimal

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read."""
        return (self.key,)

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return f"{self.percent.normalize():f} % * {self.key}"

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals."""
        return round_to(figures[self.key] * self.percent / 100)


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage, itself a figure, of another figure, rounded to the cent."""

    key: str
    percent: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read."""
        return (self.key, self.percent)

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return f"{self.key} * {self.percent} %"

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals."""
        return round_to(figures[self.key] * figures[self.percent] / 100)


@dataclass(frozen=True, slots=True)
class ScaleOf:
    """A progressive scale of a figure; ``scales`` has one for each territory, in their order."""

    key: str
    scales: tuple[Scale, ...]
    index: int = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read."""
        return (self.key,)

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return f"scale({self.key})"

    def of(self, figures: Mapping[str, Decimal]) -> Decimal:
        """Compute with decimals, by the scale of ``index``."""
        return self.scales[self.index].quota(figures[self.key])


Operation = Linear | AboveZero | Smallest | Percent | Share | ScaleOf


@dataclass(frozen=True, slots=True)
class Node:
    """A figure and how it is computed.

    Attributes:
        key: Name of the figure, or box of a form.
        operation: How it is computed.
        es: What it is, in Spanish.
        en: What it is, in English.
        article: The article that says so.
        parameters: Values of the law behind the operation.
    """

    key: str
    operation: Operation
    es: str = ""
    en: str = ""
    article: str = ""
    parameters: tuple[Used, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each reads only inputs and nodes before it.

    Attributes:
        nodes: The figures.
    """

    nodes: tuple[Node, ...]

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Keys that are read and not computed."""
        computed: set[str] = set()
        wanted: dict[str, None] = {}
        for node in self.nodes:
            wanted |= {key: None for key in node.operation.inputs if key not in computed}
            computed.add(node.key)
        return tuple(wanted)

    def run(self, figures: Mapping[str, Decimal]) -> Result:
        """Compute every node with decimals.

        Args:
            figures: The inputs, in euros; more than the graph reads may be given.

        Returns:
            Inputs and nodes by key, and a step for each node.

        Raises:
            ArgumentError: An input is missing, or is a float.
        """
        missing = [key for key in self.inputs if key not in figures]
        if missing:
            raise ArgumentError(f"missing: {', '.join(missing)}", missing=tuple(missing))
        found = {key: exact(value, key) for key, value in figures.items()}
        steps: list[Step] = []
        for node in self.nodes:
            operation = node.operation
            value = operation.of(found)
            inputs = tuple((key, found[key]) for key in operation.inputs)
            found[node.key] = value
            steps.append(
                Step(
                    node.key,
                    value,
                    operation.formula,
                    inputs,
                    node.article,
                    node.es,
                    node.en,
                    node.parameters,
                )
            )
        return Result(frozen(found), tuple(steps))


def by_territory(graph: Graph, index: int) -> Graph:
    """Return the graph with the scales of one territory chosen."""
    nodes = tuple(
        Node(
            node.key,
            ScaleOf(node.operation.key, node.operation.scales, index),
            node.es,
            node.en,
            node.article,
            (node.operation.scales[index].parameter,),
        )
        if isinstance(node.operation, ScaleOf) and len(node.operation.scales) > 1
        else node
        for node in graph.nodes
    )
    return Graph(nodes)
