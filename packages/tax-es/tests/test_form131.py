"""Form 131 from a ledger: modules, sales without base data, farming, earlier quarters."""

import json
from typing import Any

import pytest
from books import D, books, sale

from tax_es.calendar import Period
from tax_es.closing import form131
from tax_es.closing.by_number import close_form
from tax_es.closing.form130 import Options, close_from_ledger
from tax_es.errors import ArgumentError, FormError, TerritoryError, UnknownKindError
from tax_es.irpf import modules
from tax_es.ledger import Ledger, ModuleActivity, read_json

Q1, Q2 = Period(2025, "1T"), Period(2025, "2T")


def activity(yearly: str, employees: int = 0, **fields: Any) -> ModuleActivity:
    return ModuleActivity(id=f"A{employees}", employees=employees, net_yield=D(yearly), **fields)


def test_the_yield_of_the_books_decides_and_not_their_sales() -> None:
    ledger = books(
        sale("1", "9000", withheld=D(30)), sale("2", "9000", on="2025-04-01", withheld=D(40)),
        modules=(activity("10000"), activity("20000", 1), activity("30000", 5)),
    )  # fmt: skip
    found = close_form("131", ledger, Q1)
    assert (found["01"], found["02"], found["08"]) == (60000, 2000, 30)
    assert found["15"] == 1970
    assert found.step("08").entries == ("1",)
    assert close_form("131", ledger, Q2)["08"] == 40


def test_the_modules_give_the_yield_with_its_trace() -> None:
    units = {1: D(1), 2: D(1), 3: D(40), 4: D(20)}
    each = ModuleActivity(id="bakery", iae="419.1", employees=1, units=units)
    found = close_form("131", books(modules=(each,)), Q1)
    expected = modules.net_yield(Q1.first_day, "419.1", units)["net_activity"]
    assert found["01"] == expected > 0
    assert found.step("bakery net_activity").value == expected
    # The keys of two activities of one heading stay apart.
    both = close_form("131", books(modules=(each, each.model_copy(update={"id": "b"}))), Q1)
    assert both["01"] == 2 * expected
    keys = [step.key for step in both.trace]
    assert len(keys) == len(set(keys))


def test_branches() -> None:
    ledger = books(
        sale("1", "1000", branch="no_base_data"), sale("2", "2000", branch="farming"),
        sale("3", "700", branch="farming", on="2025-05-01"),
    )  # fmt: skip
    found = close_form("131", ledger, Q1)
    assert (found["04"], found["06"], found["15"]) == (20, 40, 60)
    assert (found.step("03").entries, found.step("05").entries) == (("1",), ("2",))
    direct = close_from_ledger(ledger, Q2, Options(method="normal"))
    assert (direct["01"], direct["08"], direct["09"]) == (1000, 700, 14)
    assert direct.step("08").entries == ("3",)


def test_a_negative_quarter_is_subtracted_later() -> None:
    ledger = books(sale("1", "1", withheld=D(300)), modules=(activity("10000"),))
    first = close_form("131", ledger, Q1)
    assert first["15"] == -100
    second = close_form("131", ledger, Q2)
    assert (second["11"], second["15"]) == (100, 100)


@pytest.mark.parametrize("model", ["130", "131"])
def test_what_was_filed_before_is_of_the_quarter_asked_for(model: str) -> None:
    """It must not turn an earlier quarter into a negative one, whose result would be carried."""
    ledger = books(sale("1", "5000"), sale("2", "5000", on="2025-05-01"),
                   modules=(activity("10000"),))  # fmt: skip
    plain, filed = (close_form(model, ledger, Q2, chosen) for chosen in ((), ("filed=5000",)))
    assert plain["15" if model == "131" else "19"] - 5000 == filed["15" if model == "131" else "19"]


def test_refusals() -> None:
    ledger = books(modules=(activity("10000"),))
    with pytest.raises(FormError, match="of no activity by modules"):
        close_form("131", books(sale("1", "1")), Q1)
    with pytest.raises(ArgumentError, match="for a quarter"):
        close_form("131", ledger, Period(2025, "0A"))
    with pytest.raises(FormError, match="for a quarter"):
        form131.close_from_ledger(ledger, Period(2025, "01"))
    with pytest.raises(ArgumentError, match="is no option"):
        close_form("131", ledger, Q1, ("method=normal",))
    with pytest.raises(FormError, match="in USD"):
        close_form("131", books(sale("1", "1", currency="USD"), modules=ledger.modules), Q1)
    with pytest.raises(TerritoryError):
        close_form("131", books(territory="navarra"), Q1)
    with pytest.raises(UnknownKindError):
        close_form("131", Ledger(modules=(ModuleActivity(id="x", iae="1", employees=0),)), Q1)


def test_activities_are_read_from_json() -> None:
    told = {"modules": [{"id": "bakery", "iae": "419.1", "employees": 0, "units": {"2": "1"}}]}
    found = close_form("131", read_json(json.dumps(told)), Q1)
    assert found["01"] == modules.net_yield(Q1.first_day, "419.1", {2: D(1)})["net_activity"]
