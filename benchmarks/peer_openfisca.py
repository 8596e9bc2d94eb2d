"""The gross quota of the tax benchmark as a small system of OpenFisca, written by us.

A program for a Python that has ``openfisca-core`` and knows nothing of our packages: it is told the
scales and the figures by a file of JSON and answers with the CPU seconds of one simulation. The
variables have the names and the formulas of ``tax_es.irpf.quota``.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity("person", "persons", "A taxpayer", is_person=True)
INPUTS = ("general_base", "savings_base", "minimum_state", "minimum_autonomous")
ROUNDS = 5


def variable(name: str, formula: object = None, kind: type = float) -> type[Variable]:
    """Make a yearly variable of a person."""
    body = {
        "value_type": kind,
        "entity": PERSON,
        "definition_period": DateUnit.YEAR,
        "label": name,
        "__module__": __name__,
    }
    return type(name, (Variable,), body | ({"formula": formula} if formula else {}))


def of_scale(base: str, scale: str) -> object:
    """Return a formula that applies one scale of the state."""
    return lambda person, period, parameters: parameters(period)[scale].calc(person(base, period))


def of_territory(base: str, names: list[str]) -> object:
    """Return a formula that applies the scale of each person's territory."""

    def formula(person, period, parameters):  # noqa: ANN001, ANN202 - the shape that OpenFisca asks for
        bases, place = person(base, period), person("territory", period)
        quota = np.zeros_like(bases)
        for index, name in enumerate(names):
            here = place == index
            quota[here] = parameters(period)[name].calc(bases[here])
        return quota

    return formula


def above_zero(more: str, less: str) -> object:
    """Return a formula that subtracts, and ends at zero."""
    return lambda person, period: np.maximum(person(more, period) - person(less, period), 0)


def smallest(one: str, other: str) -> object:
    """Return a formula that takes the smaller of two."""
    return lambda person, period: np.minimum(person(one, period), person(other, period))


def total(*keys: str) -> object:
    """Return a formula that adds."""
    return lambda person, period: sum(person(key, period) for key in keys)


def formulas(territories: list[str]) -> dict[str, object]:
    """Return the variables that are computed, each with its formula."""
    made: dict[str, object] = {}
    for side, savings, quota in (("state", "5", ("1", "3")), ("autonomous", "6", ("2", "4"))):
        for base, number in zip(("general_base", f"used_{side}"), quota, strict=True):
            made[f"quota{number}"] = (
                of_scale(base, "general") if side == "state" else of_territory(base, territories)
            )
        made |= {
            f"used_{side}": smallest(f"minimum_{side}", "general_base"),
            f"general_{side}": above_zero(f"quota{quota[0]}", f"quota{quota[1]}"),
            f"rest_{side}": above_zero(f"minimum_{side}", f"used_{side}"),
            f"rest_used_{side}": smallest(f"rest_{side}", "savings_base"),
            f"quota{savings}": of_scale("savings_base", f"savings_{side}"),
            f"quota_rest_{side}": of_scale(f"rest_used_{side}", f"savings_{side}"),
            f"savings_{side}": above_zero(f"quota{savings}", f"quota_rest_{side}"),
        }
    sides = ("general_state", "savings_state", "general_autonomous", "savings_autonomous")
    return made | {"total": total(*sides)}


def system(scales: dict[str, list[list[float]]], territories: list[str]) -> TaxBenefitSystem:
    """Make the system with its parameters and variables."""
    made = TaxBenefitSystem([PERSON])
    day = "2025-01-01"
    made.parameters = ParameterNode(
        "",
        data={
            name: {
                "brackets": [
                    {"threshold": {day: {"value": a}}, "rate": {day: {"value": b / 100}}}
                    for a, b in brackets
                ]
            }
            for name, brackets in scales.items()
        },
    )
    made.add_variables(*(variable(name) for name in INPUTS), variable("territory", kind=int))
    made.add_variables(*(variable(key, each) for key, each in formulas(territories).items()))
    return made


def main() -> None:
    """Simulate, save the totals and print the lowest CPU seconds and the kind of their numbers."""
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    figures = {name: np.load(path) for name, path in told["figures"].items()}
    found, best = np.zeros(0), float("inf")
    rules = system(told["scales"], told["territories"])
    for _ in range(ROUNDS):
        simulation = SimulationBuilder().build_default_simulation(rules, told["count"])
        for name, values in figures.items():
            simulation.set_input(name, "2025", values)
        start = time.process_time()
        found = simulation.calculate("total", "2025")
        best = min(best, time.process_time() - start)
    np.save(told["found"], found)
    print(json.dumps({"seconds": best, "kind": str(found.dtype)}))


if __name__ == "__main__":
    main()
