"""Every change of every dated percentage: the day before it and the day itself.

The table says a second time, day by day, what ``params`` holds, so that no value moves unseen; it
was not read anew from the laws. A first day of a row, or a day after a last one, that is missing
here fails the tests.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from books import books, sale

from einvoice_core.errors import NotInForceError
from tax_es import iva
from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.errors import ConditionError, FormError, TerritoryError, UnverifiedParameter
from tax_es.irpf import withholding_rate
from tax_es.parameters import Series, load

# File, kind: then day, percentage of the day before, percentage of the day; - where none applies.
CHANGES = """
iva general: 1993-01-01 - 15; 1995-01-01 15 16; 2010-07-01 16 18; 2012-09-01 18 21
iva reduced: 1993-01-01 - 6; 1995-01-01 6 7; 2010-07-01 7 8; 2012-09-01 8 10
iva super_reduced: 1993-01-01 - 3; 1995-01-01 3 4
iva zero: 2022-04-10 - 0
iva_temporary housing: 2011-08-20 - 4; 2013-01-01 4 -
iva_temporary covid_medical_supplies: 2020-04-23 - 0; 2020-11-01 0 0; 2021-05-01 0 0; 2022-07-01 0 -
iva_temporary covid_tests_vaccines: 2020-12-24 - 0; 2023-01-01 0 -
iva_temporary surgical_masks: 2020-11-19 - 4; 2022-07-01 4 -
iva_temporary electricity_small: 2021-06-26 - 10; 2022-07-01 10 5; 2024-01-01 5 10; 2025-01-01 10 -
iva_temporary electricity_small: 2026-03-22 - 10; 2026-06-01 10 10; 2026-07-01 10 -
iva_temporary electricity_small: 2026-08-01 - 10; 2026-09-01 10 10; 2026-10-01 10 -
iva_temporary electricity_social: 2024-01-01 - 10; 2025-01-01 10 -
iva_temporary natural_gas: 2022-10-01 - 5; 2024-01-01 5 10; 2024-04-01 10 -
iva_temporary biomass: 2022-10-01 - 5; 2023-01-01 5 5; 2024-01-01 5 10; 2024-07-01 10 -
iva_temporary gas_biomass: 2026-03-22 - 10; 2026-06-01 10 10; 2026-07-01 10 -
iva_temporary gas_biomass: 2026-08-01 - 10; 2026-09-01 10 10; 2026-10-01 10 -
iva_temporary motor_fuels: 2026-03-22 - 10; 2026-06-01 10 10; 2026-07-01 10 -
iva_temporary food_basic: 2023-01-01 - 0; 2024-10-01 0 2; 2025-01-01 2 4
iva_temporary olive_oil: 2023-01-01 - 5; 2024-07-01 5 0; 2024-10-01 0 2; 2025-01-01 2 4
iva_temporary seed_oil_pasta: 2023-01-01 - 5; 2024-10-01 5 7.5; 2025-01-01 7.5 10
surcharge general: 1993-01-01 - 4; 2012-09-01 4 5.2
surcharge reduced: 1993-01-01 - 1; 2012-09-01 1 1.4
surcharge super_reduced: 1993-01-01 - 0.5
surcharge tobacco: 1997-01-01 - 1.75
surcharge iva_0: 2023-01-01 - 0; 2024-10-01 0 -
surcharge iva_2: 2024-10-01 - 0.26; 2025-01-01 0.26 -
surcharge iva_5: 2022-07-01 - 0.5; 2023-01-01 0.5 0.62; 2024-10-01 0.62 -
surcharge iva_7.5: 2024-10-01 - 1; 2025-01-01 1 -
withholding professional_general: 2007-01-01 - 15; 2012-09-01 15 21; 2015-01-01 21 19
withholding professional_general: 2015-07-12 19 15
withholding professional_new: 2015-07-12 - 7
withholding professional_special7: 2015-07-12 - 7
withholding professional_special7_artists: 2023-01-26 - 7
withholding urban_rent: 2019-01-01 - 19
withholding objective_estimation: 2007-04-21 - 1
withholding agriculture: 2007-01-01 - 2
withholding livestock_fattening: 2007-01-01 - 1
withholding forestry: 2007-01-01 - 2
withholding intellectual_property: 2023-01-01 - 15
withholding courses_conferences: 2015-07-12 - 15
withholding image_rights: 2015-01-01 - 24
withholding movable_capital: 2016-01-01 - 19
withholding prizes: 2016-01-01 - 19
withholding directors: 2015-01-01 - 35
withholding directors_small: 2015-07-12 - 19
withholding_ceuta_melilla professional: 2018-07-05 - -60
igic zero: 2020-01-01 - 0; 2024-12-30 0 0
igic reduced: 2020-01-01 - 3; 2024-12-30 3 3
igic housing: 2024-12-30 - 5
igic general: 2020-01-01 - 7; 2024-12-30 7 7
igic increased: 2020-01-01 - 9.5; 2024-12-30 9.5 9.5
igic increased_second: 2020-01-01 - 15; 2024-12-30 15 15
igic tobacco: 2020-01-01 - 20; 2024-12-30 20 20
ipsi lowest: 1991-03-26 - 0.5
ipsi highest: 1991-03-26 - 10
"""

Change = tuple[str, str, date, str, str]


def changes() -> list[Change]:
    found: list[Change] = []
    for text in CHANGES.strip().splitlines():
        name, _, steps = text.partition(": ")
        file, kind = name.split()
        for step in steps.split("; "):
            day, before, after = step.split()
            found.append((file, kind, date.fromisoformat(day), before, after))
    return found


FILES = sorted({file for file, *_ in changes()})


def percent(values: Series[Decimal], day: date) -> str:
    """Return the percentage of a day with every condition met, or a dash."""
    met = {entry.condition: True for entry in values if entry.condition}
    try:
        found = values.on(day, conditions=met, allow_unverified=True)
    except NotInForceError:
        return "-"
    return f"{found.value.normalize():f}"


@pytest.mark.parametrize(("file", "kind", "day", "before", "after"), changes())
def test_the_day_before_and_the_day(
    file: str, kind: str, day: date, before: str, after: str
) -> None:
    values = load(f"{file}.toml")[kind]
    assert (percent(values, day - timedelta(days=1)), percent(values, day)) == (before, after)


@pytest.mark.parametrize("file", FILES)
def test_no_change_of_a_table_is_missing_above(file: str) -> None:
    listed = {(kind, day) for each, kind, day, *_ in changes() if each == file}
    held: set[tuple[str, date]] = set()
    for kind, values in load(f"{file}.toml").items():
        for entry in values:
            held.add((kind, entry.since))
            if entry.until is not None:
                held.add((kind, entry.until + timedelta(days=1)))
    assert listed == held


@pytest.mark.parametrize(("file", "kind", "day", "before", "after"), changes())
def test_the_public_function_says_the_same_or_refuses(
    file: str, kind: str, day: date, before: str, after: str
) -> None:
    """Marks and conditions are refused with their type; nothing else differs from the table."""
    ask = {
        "iva": lambda d: iva.rate(d, kind),
        "igic": lambda d: iva.rate(d, kind, "canarias"),
        "iva_temporary": lambda d: iva.temporary_rate(d, kind),
        "surcharge": lambda d: iva.surcharge(d, kind),
        "withholding": lambda d: withholding_rate(d, kind),
        "withholding_ceuta_melilla": lambda d: withholding_rate(d, territory="ceuta"),
        "ipsi": lambda d: iva.rate(d, territory="melilla"),
    }[file]
    entries = tuple(load(f"{file}.toml")[kind])
    for asked, expected in ((day - timedelta(days=1), before), (day, after)):
        entry = next((each for each in entries if each.applies_on(asked)), None)
        if file == "ipsi":
            with pytest.raises(TerritoryError):
                ask(asked)
        elif entry is None:
            assert expected == "-"
            with pytest.raises(NotInForceError):
                ask(asked)
        elif entry.condition or entry.mark:
            with pytest.raises(ConditionError if entry.condition else UnverifiedParameter):
                ask(asked)
        elif file == "withholding_ceuta_melilla":
            assert ask(asked).percent == 6  # 40 % of the 15 % of the day
        else:
            assert ask(asked).percent == Decimal(expected)


# Design: day of a sale, then VAT that passes and that does not, surcharge that does and does not.
DESIGNS = {
    "DR303 2022": ("2022-02-01", "21", "0", "5.2", "0"),
    "DR303 2023": ("2023-02-01", "5", "2", "0.62", "0.26"),
    "DR303 2023 ": ("2024-08-31", "0", "7.5", "1.75", "1"),
    "DR303 2024 from September": ("2024-09-01", "2", "7.5", "0.26", "1"),
    "DR303 2024 from October": ("2024-10-01", "7.5", "5", "1", "0.62"),
    "DR303 2025": ("2025-02-01", "4", "2", "0.5", "0.26"),
    "DR303 2026": ("2026-02-01", "10", "7.5", "1.4", "1"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_each_design_of_form_303_takes_its_percentages(name: str) -> None:
    day, good, bad, surcharge, no_surcharge = DESIGNS[name]
    period = Period(int(day[:4]), day[5:7])
    closed = form303.close(books(sale("1", "100", good, on=day, surcharge=surcharge)), period)
    assert closed.design == name.strip()
    assert closed["27"] == Decimal(good) + Decimal(surcharge)
    for wrong in (sale("2", "100", bad, on=day), sale("2", "100", "21", on=day,
                                                      surcharge=no_surcharge)):  # fmt: skip
        with pytest.raises(FormError, match=r"2: the design .* takes no"):
            form303.close(books(sale("1", "100", good, on=day), wrong), period)


def test_every_design_is_in_the_table() -> None:
    held = {entry.value for entry in load("form_303.toml")["design"]}
    assert {name.strip() for name in DESIGNS} == held
