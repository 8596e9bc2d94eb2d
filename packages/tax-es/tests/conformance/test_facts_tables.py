"""The larger tables say what the compiled facts say: scales, minimums, contributions, modules."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest

from einvoice_core.testing.judges import facts
from tax_es import parameters

CENT = Decimal("0.01")
STATE = {
    "general_state": "general",
    "withholding_employees": "employee_withholding",
    "impatriates_art93_general": "impatriates",
    "art65_resident_abroad_complement": "residents_abroad",
}
MINIMUMS = {
    "taxpayer": "taxpayer", "over65_extra": "over_65", "over75_extra": "over_75",
    "desc1": "descendant_1", "desc2": "descendant_2", "desc3": "descendant_3",
    "desc4plus": "descendant_4", "desc_under3_extra": "descendant_under_3",
    "asc65": "ascendant_65", "asc75_extra": "ascendant_75", "disab33": "disability_33",
    "disab65": "disability_65", "disab_assistance": "disability_assistance",
}  # fmt: skip


def table(name: str) -> Iterator[dict[str, str]]:
    with facts(f"tax/{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def rows(cells: list[dict[str, str]]) -> list[list[Decimal]]:
    columns = ("from_eur", "rate_pct", "cumulative_quota_eur")
    return [[Decimal(cell[column]) for column in columns] for cell in cells]


def autonomous() -> dict[tuple[str, str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in table("irpf_autonomous_scales"):
        died = "-10-01" if row["note"].startswith("ONLY") else "-12-31"
        found[row["year"], row["territory"], died].append(row)
    return found


def test_autonomous_scales() -> None:
    seen = 0
    for (year, territory, day), cells in autonomous().items():
        series = parameters.series("irpf_autonomous.toml", territory)
        entry = series.on(date.fromisoformat(year + day), allow_unverified=True)
        assert entry.value == rows(cells), (year, territory)
        unsure = any(word in cells[0]["note"] for word in ("secondary", "derived", "carried"))
        assert bool(entry.mark) is unsure, (year, territory)
        seen += 1
    assert (
        seen == 7 * 16 + 1 == sum(len(s) for s in parameters.load("irpf_autonomous.toml").values())
    )


def test_the_quotas_that_are_printed_follow_from_the_percentages() -> None:
    """Recomputed from the limits and percentages alone, every community and year."""
    checked = 0
    for (year, territory, _), cells in autonomous().items():
        quota = Decimal(0)
        for before, row in pairwise(cells):
            width = Decimal(row["from_eur"]) - Decimal(before["from_eur"])
            quota += width * Decimal(before["rate_pct"]) / 100
            printed = Decimal(row["cumulative_quota_eur"])
            rounded = quota.quantize(CENT, ROUND_HALF_UP)
            assert abs(rounded - printed) <= Decimal("0.02"), (year, territory, row["bracket"])
            checked += 1
    assert checked > 600


def test_state_scales() -> None:
    found: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in table("irpf_state_scales"):
        found[row["scale"], row["year_from"], row["year_to"]].append(row)
    for (scale, year, until), cells in found.items():
        series = parameters.series("irpf_state.toml", STATE.get(scale, scale))
        entry = series.on(date(int(year), 12, 31), allow_unverified=True)
        assert entry.value == rows(cells)
        assert (entry.until.year if entry.until else "") == (int(until) if until else "")
        assert bool(entry.mark) is bool(cells[0]["note"])


def test_minimums() -> None:
    for row in table("irpf_personal_minima"):
        day = date(int(row["year"]), 12, 31)
        series = parameters.series("irpf_minimums.toml", row["territory"])
        entry = series.on(day, allow_unverified=True)
        unsure = any(word in row["note"] for word in ("interpolated", "UNVERIFIED", "carried"))
        assert bool(entry.mark) >= unsure
        for column, ours in MINIMUMS.items():
            stated, value = row[column], entry.value[ours]
            if "|" in stated:
                base, other = stated.split("|")
                assert value == Decimal(base)
                special = {k: v for k, v in entry.value.items() if k.startswith("taxpayer_")}
                assert set(special.values()) == {Decimal(other.split()[0])}
            elif stated.endswith("*"):
                assert entry.value[f"{ours}_descendant"] == Decimal(stated[:-1])
            else:
                assert value == Decimal(stated), (row["year"], row["territory"], column)


def test_contributions() -> None:
    for row in table("reta_brackets"):
        name = {"reducida": "reduced", "general": "general"}[row["table"]]
        entry = parameters.series("social_security.toml", f"brackets.{name}").on(
            date(int(row["year"]), 1, 1)
        )
        bracket = next(b for b in entry.value if b[0] == int(row["bracket"]))
        assert bracket[1:] == [
            Decimal(row["net_income_from_monthly"] or 0),
            Decimal(row["min_base"]),
            Decimal(row["max_base"]),
        ]
    for row in table("reta_rates"):
        value = parameters.series("social_security.toml", "rates").on(date(int(row["year"]), 6, 1))
        assert sum(value.value.values()) == Decimal(row["total_pct"])


@pytest.mark.parametrize(
    ("name", "file"),
    [("modulos_irpf_2025_2026", "modules_irpf"), ("modulos_iva_2025_2026", "modules_iva")],
)
def test_modules(name: str, file: str) -> None:
    stated = json.loads(facts(f"tax/{name}.json").read_text("utf-8"))["activities"]
    ours = [entry for series in parameters.load(f"{file}.toml").values() for entry in series]
    assert len(ours) == len(stated)
    for entry, activity in zip(ours, stated, strict=True):
        assert entry.value == [
            [m["n"], m["definition"], m["unit"], Decimal(m["eur_per_unit"])]
            for m in activity["modules"]
        ]
        for ours_key, key in {
            "excess": "excess_threshold_eur",
            "quarterly": "quarterly_payment_pct",
            "minimum": "minimum_quota_pct",
        }.items():
            if activity.get(key):
                assert entry.details[ours_key] == Decimal(activity[key])


def test_depreciation() -> None:
    for row in table("amortizacion_simplificada"):
        scheme = {"ED_simplificada": "direct", "estimacion_objetiva": "objective"}[row["scheme"]]
        series = parameters.series("depreciation.toml", f"{scheme}.group_{row['group']}")
        entry = series.on(date(2025, 6, 1), allow_unverified=True)
        assert entry.value == Decimal(row["max_coefficient_pct"])
        assert entry.details["years"] == int(row["max_years"])
        assert bool(entry.mark) is (scheme == "direct")


def test_hard_to_justify_expenses() -> None:
    for row in table("irpf_gdj"):
        entry = parameters.series("irpf_activity.toml", "hard_to_justify").on(
            date(int(row["year_from"]), 1, 1)
        )
        assert (entry.value, entry.details["cap"]) == (
            Decimal(row["rate_pct"]),
            Decimal(row["cap_eur"]),
        )


def test_provinces() -> None:
    from tax_es.ids import postal

    for row in table("provinces"):
        found = postal.province(row["ine_code"])
        assert (found.name, found.community) == (row["name"], row["iso_3166_2_community"])
        assert found.tax_territory == row["tax_territory"]
