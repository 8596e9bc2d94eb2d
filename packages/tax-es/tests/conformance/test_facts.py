"""The tables of the package say what the compiled facts say, row by row."""

import csv
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import resources

from einvoice_core.testing.judges import facts
from tax_es import Rate, Tax, iva
from tax_es._params import RateTable
from tax_es.ids import nif

Span = tuple[str, Decimal, str, str]


def table(name: str) -> Iterator[dict[str, str]]:
    with facts(f"tax/{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def stated(name: str, kind: str, percent: str, prefix: str = "") -> set[Span]:
    """Return the rows of a table of facts, with the columns that hold kind and percentage."""
    return {
        (
            row[kind].removeprefix(prefix),
            Decimal(row[percent]),
            row["valid_from"],
            row["valid_to"],
        )
        for row in table(name)
    }


def ours(file: str) -> dict[Span, Rate]:
    return {
        (rate.kind, rate.percent, str(rate.since), str(rate.until or "")): rate
        for rate in RateTable(Tax.IVA, file)
    }


def test_the_cases_of_identifiers() -> None:
    cases = json.loads(facts("tax/cases/identifiers.json").read_text("utf-8"))["cases"]
    expected = {case["id"]: case["expected"] for case in cases}
    assert {case["id"]: nif.check(case["value"]).valid for case in cases} == expected


def test_iva() -> None:
    expected = stated("iva_rates", "tier", "rate_pct")
    assert {span for span in ours("iva.toml") if span[0] != "zero"} == expected


def test_temporary_iva() -> None:
    found = ours("iva_temporary.toml")
    assert set(found) == stated("iva_temporary_rates", "product_group", "rate_pct")


def test_temporary_iva_is_marked_where_the_facts_are_not_sure() -> None:
    unsure = {
        (row["product_group"], row["valid_from"])
        for row in table("iva_temporary_rates")
        if row["certainty"] != "sure" or "precio" in row["condition"]
    }
    rates = ours("iva_temporary.toml").values()
    assert {(r.kind, str(r.since)) for r in rates if r.condition or r.mark} == unsure


def test_surcharge() -> None:
    expected = stated("recargo_equivalencia_rates", "key", "recargo_pct", "temporary_")
    assert set(ours("surcharge.toml")) == expected


def test_withholding() -> None:
    found = set(ours("withholding.toml"))
    factor = {
        ("ceuta_melilla_factor", *span[1:]) for span in ours("withholding_ceuta_melilla.toml")
    }
    assert found | factor == stated("irpf_withholding_rates", "code", "rate_pct")


def test_igic() -> None:
    expected = {
        Decimal(row["rate_pct"]) for row in table("igic_ipsi_rates") if row["tax"] == "IGIC"
    }
    assert {rate.percent for rate in iva.rates_on(date(2026, 1, 1), "canarias")} == expected


def test_shapes_of_vat_numbers() -> None:
    text = resources.files("tax_es").joinpath("params/eu_vat.toml").read_text("utf-8")
    patterns = {p: row["pattern"] for p, row in tomllib.loads(text)["countries"].items()}
    assert patterns == {
        row["prefix"]: row["pattern_after_prefix"] for row in table("eu_vat_formats")
    }
