"""Every value says from when it applies and which text says so."""

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from einvoice_core.timeline import Dated, load_timelines

CITED = re.compile(r"(BOE-A-\d{4}-\d+)\).*(art\.|arts\.|disp\. )")
DATED = ["iva", "iva_temporary", "igic", "surcharge", "withholding", "withholding_ceuta_melilla"]
KNOWN = {"condition", "condition_text", "mark", "kinds"}


def rows() -> Iterator[tuple[str, Dated[object]]]:
    for file in DATED:
        for name, timeline in load_timelines("tax_es", f"params/{file}.toml").items():
            for entry in timeline:
                yield f"{file} {name} {entry.since}", entry


ROWS = list(rows())


def test_every_file_of_parameters_is_looked_at() -> None:
    found = {path.name for path in resources.files("tax_es").joinpath("params").iterdir()}
    assert found == {f"{name}.toml" for name in [*DATED, "eu_vat"]}


@pytest.mark.parametrize(("name", "entry"), ROWS, ids=[name for name, _ in ROWS])
def test_a_value_names_the_text_that_fixes_it(name: str, entry: Dated[object]) -> None:
    """Gazette reference and article; without them the row is marked and refused by default."""
    assert CITED.search(entry.source) or entry.details.get("mark")


@pytest.mark.parametrize(("name", "entry"), ROWS, ids=[name for name, _ in ROWS])
def test_a_row_has_only_columns_that_are_read(name: str, entry: Dated[object]) -> None:
    assert entry.details.keys() <= KNOWN
    assert ("condition" in entry.details) is ("condition_text" in entry.details)


def test_a_condition_has_one_meaning() -> None:
    said: dict[str, set[str]] = {}
    for _, entry in ROWS:
        if name := entry.details.get("condition"):
            said.setdefault(name, set()).add(entry.details["condition_text"])
    assert len(said) == 8
    assert all(len(texts) == 1 for texts in said.values())
