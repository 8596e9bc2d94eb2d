"""Foral territories and unknown places are refused wherever a territory is asked for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tax_es import cases, irpf, iva
from tax_es.calendar import Period
from tax_es.closing.by_number import MODELS, close_form
from tax_es.errors import TerritoryError
from tax_es.irpf.household import Person
from tax_es.ledger import Ledger

DAY = date(2025, 12, 31)
FORAL = (
    "navarra", "Nafarroa", "Comunidad Foral de Navarra", "Álava", "ARABA", "Araba/Álava", "Bizkaia",
    "vizcaya", "Gipuzkoa", "Guipúzcoa", "País Vasco", "euskadi", "foral_bizkaia",
)  # fmt: skip
QUESTIONS: dict[str, Callable[[str], object]] = {
    "rate": lambda place: iva.rate(DAY, territory=place),
    "withholding": lambda place: irpf.withholding_rate(DAY, territory=place),
    "scale": lambda place: irpf.quota.scale(place, DAY),
    "quota": lambda place: irpf.gross_quota(DAY, place, Decimal(1)),
    "minimum": lambda place: irpf.minimums.minimum(DAY, irpf.minimums.Family(), place),
    "household": lambda place: irpf.household.alone(DAY, place, Person(Decimal(1))),
    "case": lambda place: cases.compute({"period": "2025-1T", "sales": ["1"], "territory": place}),
}


@pytest.mark.parametrize("place", FORAL)
@pytest.mark.parametrize("question", QUESTIONS)
def test_foral_territories(question: str, place: str) -> None:
    with pytest.raises(TerritoryError, match="foral"):
        QUESTIONS[question](place)


@pytest.mark.parametrize("place", ["Atlantis", "portugal", "peninsula2", " "])
@pytest.mark.parametrize("question", QUESTIONS)
def test_unknown_places(question: str, place: str) -> None:
    with pytest.raises(TerritoryError):
        QUESTIONS[question](place)


@pytest.mark.parametrize("place", [*FORAL, "Atlantis", ""])
@pytest.mark.parametrize("model", MODELS)
def test_no_form_is_closed_for_them(model: str, place: str) -> None:
    yearly = model in ("390", "347", "190", "180")
    with pytest.raises(TerritoryError):
        close_form(model, Ledger(territory=place), Period(2025, "0A" if yearly else "1T"))


@pytest.mark.parametrize("place", ["peninsula", "Castilla y León", "Illes Balears", "CEUTA"])
def test_places_that_declare_to_the_state(place: str) -> None:
    assert close_form("303", Ledger(territory=place), Period(2025, "1T"))["71"] == 0
