"""Every value says from when it applies and which text says so."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from einvoice_core.errors import BadParameterError, NotInForceError
from tax_es import parameters
from tax_es.errors import ConditionError, UnverifiedParameter
from tax_es.parameters import Parameter, Publication, State

CITED = re.compile(r"(BOE-A-\d{4}-\d+)\).*(art\.|arts\.|disp\. |anexo)")
KNOWN = {
    "kinds", "name", "excess", "quarterly", "minimum", "cap", "years", "debit", "shift", "rows",
    "design", "boxes",
}  # fmt: skip
ROWS = list(parameters.every())


@pytest.mark.parametrize("entry", ROWS, ids=[f"{row.name} {row.since}" for row in ROWS])
def test_a_value_names_the_text_that_fixes_it(entry: Parameter[Any]) -> None:
    """Gazette reference and article; without them the row is marked and refused by default."""
    assert CITED.search(entry.source) or entry.mark


def test_every_file_of_parameters_is_looked_at() -> None:
    assert len(parameters.files()) >= 18
    assert {row.name.partition(".")[0] for row in ROWS} == {
        name.removesuffix(".toml") for name in parameters.files()
    }


def test_a_row_has_only_columns_that_are_read() -> None:
    assert {column for row in ROWS for column in row.details} <= KNOWN
    assert all(bool(row.condition) is bool(row.condition_text) for row in ROWS)


def test_a_condition_has_one_meaning() -> None:
    said: dict[str, set[str]] = {}
    for row in ROWS:
        if row.condition:
            said.setdefault(row.condition, set()).add(row.condition_text)
    assert len(said) == 8
    assert all(len(texts) == 1 for texts in said.values())


def test_every_day_of_publication_lies_in_the_year_of_its_reference() -> None:
    import tomllib
    from importlib import resources

    text = resources.files("tax_es").joinpath("params/norms.toml").read_text("utf-8")
    for reference, row in tomllib.loads(text).items():
        if "published" not in row:
            continue
        assert reference.split("-")[2] == str(row["published"].year), reference


def test_a_reference_that_nobody_checked_says_so_in_the_value() -> None:
    (doubt,) = parameters.doubts("Orden HAP/1074/2014 (BOE-A-2014-6665), art. 3")
    assert doubt == "reference BOE-A-2014-6665 unchecked: not found in any copy of the gazette"
    assert parameters.doubts("Ley 37/1992 (BOE-A-1992-28740), art. 90") == ()
    assert [row.name for row in parameters.every() if row.doubts] == []
    marked = {row.since for row in parameters.every() if row.name == "interest.late" and row.mark}
    assert marked == {date(2024, 1, 1), date(2025, 7, 1), date(2026, 1, 1)}


TWO_TEXTS = """
[[rate]]
since  = 2020-01-01
value  = 18.0
source = "Ley 1/2019 (BOE-A-2019-100), art. 1"
published = 2019-12-20

[[rate]]
since  = 2025-01-01
value  = 21.0
source = "Ley 2/2024 (BOE-A-2024-100), art. 1"
published = 2024-12-20

[[rate]]
since  = 2025-01-01
value  = 20.0
source = "Ley 3/2025 (BOE-A-2025-300), art. 1, which changes the whole year"
published = 2025-12-10
"""


@pytest.mark.parametrize(
    ("known_on", "value"),
    [
        (date(2024, 12, 19), "18"),
        (date(2024, 12, 20), "21"),
        (date(2025, 12, 9), "21"),
        (date(2025, 12, 10), "20"),
        (None, "20"),
    ],
)
def test_as_known_on_a_day_later_texts_are_left_out(known_on: date | None, value: str) -> None:
    rates = parameters.parse(TWO_TEXTS, "x")["rate"]
    assert rates.on(date(2025, 6, 1), known_on=known_on).value == Decimal(value)


def test_a_change_is_not_known_before_it_is_published() -> None:
    general = parameters.series("iva.toml", "general")
    assert general.on(date(2012, 9, 1), known_on=date(2012, 7, 13)).value == 18
    assert general.on(date(2012, 9, 1), known_on=date(2012, 7, 14)).value == 21
    with pytest.raises(NotInForceError):
        general.on(date(2012, 9, 1), known_on=date(1992, 12, 28))


def test_what_is_not_recorded_about_a_publication_is_said() -> None:
    texts = TWO_TEXTS.replace("published = 2024-12-20\n", "")
    rates = parameters.parse(texts, "x")["rate"]
    assert rates.on(date(2025, 6, 1), known_on=date(2023, 12, 31)).value == 18
    assert rates.on(date(2025, 6, 1), known_on=date(2024, 12, 31)).value == 21
    with pytest.raises(UnverifiedParameter, match="not recorded"):
        rates.on(date(2025, 6, 1), known_on=date(2024, 6, 1))


def test_a_scale_of_a_manual_is_not_guessed_to_be_known() -> None:
    text = TWO_TEXTS.replace('(BOE-A-2019-100), art. 1"', '"').replace("published = 2019-12-20", "")
    with pytest.raises(UnverifiedParameter):
        parameters.parse(text, "x")["rate"].on(date(2021, 1, 1), known_on=date(2022, 1, 1))


def test_the_publication_comes_from_the_newest_norm() -> None:
    both = "Ley 37/1992 (BOE-A-1992-28740), by RDL 20/2012 (BOE-A-2012-9364)"
    day = date(2012, 7, 14)
    assert parameters.publication(both, date(2012, 9, 1)) == Publication(day, day)
    amended = parameters.publication("Ley 37/1992 (BOE-A-1992-28740)", date(2015, 1, 1))
    assert amended == Publication(date(1992, 12, 29), date(2015, 1, 1))
    assert parameters.publication("a manual", day) is None


def test_states() -> None:
    general = list(parameters.series("iva.toml", "general"))
    assert general[0].state(date(2026, 1, 1)) is State.LAPSED
    assert general[-1].state(date(2026, 1, 1)) is State.IN_FORCE
    assert general[-1].state(date(2000, 1, 1)) is State.FUTURE
    states = {row.state(row.since) for row in ROWS}
    assert states == {State.IN_FORCE, State.CONDITIONAL, State.PROVISIONAL}


def test_a_condition_is_named_and_resolved() -> None:
    gas = parameters.series("iva_temporary.toml", "gas_biomass")
    day = date(2026, 8, 15)
    with pytest.raises(ConditionError) as refused:
        gas.on(day)
    name = str(refused.value.details["condition"])
    assert gas.on(day, conditions={name: True}, allow_unverified=True).value == 10
    with pytest.raises(NotInForceError):
        gas.on(day, conditions={name: False})


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "value = 3",
        "[[x]]\nvalue = 1.0\nsource = 'y'",
        "[[x]]\nsince = 2020-01-01\nvalue = 1.0\nsource = ' '",
        "[[x]]\nsince = 2020-01-01\nuntil = 2019-01-01\nvalue = 1.0\nsource = 'y'",
        TWO_TEXTS.replace("2025-12-10", "2024-12-20"),
        TWO_TEXTS.replace("since  = 2020-01-01", "since  = 2020-01-01\nuntil = 2025-02-02"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(BadParameterError):
        parameters.parse(text, "x")


def test_the_version_names_the_whole_of_the_parameters() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", parameters.version())
    assert parameters.norm_name("BOE-A-2012-9364") == "Real Decreto-ley 20/2012"
    assert parameters.norm_name("BOE-A-1900-1") == "BOE-A-1900-1"


EDGES = [
    (file, name, entry)
    for file in parameters.files()
    for name, values in parameters.load(file).items()
    for entry in values
]


@pytest.mark.parametrize(
    ("file", "name", "entry"), EDGES, ids=[f"{f} {n} {e.since}" for f, n, e in EDGES]
)
def test_the_day_before_and_the_day_after_each_change(
    file: str, name: str, entry: Parameter[Any]
) -> None:
    """On its first and last day a value applies; a day earlier or later, another or none."""
    conditions = {row.condition: True for row in ROWS if row.condition}

    def on(day: date) -> Parameter[Any] | None:
        values = parameters.series(file, name)
        try:
            return values.on(day, conditions=conditions, allow_unverified=True)
        except NotInForceError:
            return None

    assert on(entry.since) == entry
    assert on(entry.since - timedelta(days=1)) != entry
    if entry.until:
        assert on(entry.until) == entry
        assert on(entry.until + timedelta(days=1)) != entry
