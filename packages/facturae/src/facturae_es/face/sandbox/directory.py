"""Invented units of an invented administration, in the shape of the directory (DIR3)."""

from dataclasses import dataclass

__all__ = ["RELATIONS", "Unit", "UnitRelation"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UnitRelation:
    """Accounting office, managing body and processing unit that belong together."""

    office: Unit
    body: Unit
    unit: Unit
    administration: Unit
    nif: str

    @property
    def codes(self) -> tuple[str, str, str]:
        """The three codes, in the order of the roles 01, 02 and 03."""
        return self.office.code, self.body.code, self.unit.code


_TOWN = Unit("LA9990001", "Ayuntamiento Inventado")
_STATE = Unit("EA9990001", "Ministerio Inventado")

RELATIONS = (
    UnitRelation(
        Unit("LA9990011", "Intervención"), _TOWN, Unit("LA9990012", "Obras"), _TOWN, "P9900001J"
    ),
    UnitRelation(
        Unit("LA9990011", "Intervención"), _TOWN, Unit("LA9990013", "Fiestas"), _TOWN, "P9900001J"
    ),
    UnitRelation(
        Unit("EA9990011", "Oficina contable"),
        Unit("EA9990012", "Secretaría General"),
        Unit("EA9990013", "Compras"),
        _STATE,
        "S9900001D",
    ),
)
"""The relations that the sandbox knows unless it is told others."""
