"""Differentiated sectors of the prorrata, in forms 303 and 390."""

import json
import re
from typing import Any

import pytest
from books import D, books, purchase, sale

from tax_es import closing
from tax_es.calendar import Period
from tax_es.closing import Sector, form303, form390, sectors
from tax_es.closing.by_number import close_form
from tax_es.errors import ArgumentError, FormError
from tax_es.ledger import Ledger, read_json

Q1, Q4 = Period(2025, "1T"), Period(2025, "4T")
SECTORS = {1: Sector(D(60)), 2: Sector(D(10))}


def entries() -> Ledger:
    """A shop (1) and a clinic (2), and what both use."""
    return books(
        sale("s1", "10000", sector=1),
        sale("s2", "5000", None, sector=1, operation="exempt_inland"),
        sale("s3", "3000", None, sector=2, operation="exempt_inland"),
        sale("s4", "700", sector=2, on="2025-11-02"),
        sale("s5", "400", sector=2, on="2025-11-02", investment_good=True),
        purchase("p1", "1000", sector=1),
        purchase("p2", "500", sector=2),
        purchase("p3", "300"),
        purchase("p4", "100.10", "10", sector=1, investment_good=True),
        purchase("p5", "1000", sector=1, on="2025-12-01", operation="import"),
    )


def test_each_sector_deducts_by_its_own_prorrata() -> None:
    found = form303.close(entries(), Q1, form303.Options(prorrata=D(50), sectors=SECTORS))
    assert found["28"] == 1800
    # 60 % of 210, 10 % of 105, 50 % of 63.
    assert found["29"] == D("126.00") + D("10.50") + D("31.50")
    assert found["31"] == D("6.01")  # 60 % of 10.01 is 6.006
    step = found.step("29")
    assert set(step.entries) == {"p1", "p2", "p3"}
    assert "60 % of the sum of entries of sector 1" in step.formula


def test_a_sector_may_use_the_special_prorrata() -> None:
    ledger = books(
        purchase("1", "1000", sector=1, use="right"),
        purchase("2", "1000", sector=1, use="no_right"),
        purchase("3", "1000", sector=1),
        purchase("4", "1000", sector=2, use="right"),
    )
    options = form303.Options(sectors={1: Sector(D(60), special=True), 2: Sector(D(10))})
    assert form303.close(ledger, Q1, options)["29"] == 210 + 126 + 21
    year = form390.close(ledger, 2025, (), form390.Options(sectors=options.sectors))
    # The year has no operations in either sector: the definitive percentage is 100.
    assert year["606"] == 210 + 210 + 210


def test_the_last_form_of_the_year_tells_each_sector() -> None:
    options = form303.Options(
        prorrata=D(50), yearly_volume=True,
        sectors={1: Sector(D(60), regularisation=D(7)), 2: Sector(D(10), definitive=D(20))},
    )  # fmt: skip
    found = form303.close(entries(), Q4, options)
    assert [found[box] for box in ("501", "502", "504")] == [15000, 10000, 67]
    # The investment good that was sold counts in the volume and not in the prorrata.
    assert [found[box] for box in ("506", "507", "509")] == [3700, 700, 20]
    assert (found["700"], found["701"]) == (1000, D("140.70"))  # 67 % of 210
    assert (found["702"], found["703"]) == (D("100.10"), D("6.71"))
    assert (found["704"], found["705"]) == (1000, D("140.70"))
    assert (found["716"], found["717"]) == (7, D("140.70") * 2 + D("6.71") + 7)
    assert (found["718"], found["719"], found["735"]) == (500, 21, 21)
    assert found["43"] == 7
    assert (found["80"], found["83"], found["99"], found["88"]) == (11100, 8000, 400, 18700)
    assert found.step("700").entries == ("p1",)


def test_the_year_of_form_390() -> None:
    chosen = ("sector.1.percent=60", "sector.2.percent=10", "sector.2.definitive=20")
    found = close_form("390", entries(), Period(2025, "0A"), chosen)
    assert (found["139"], found["140"]) == (1000, D("140.70"))
    assert (found["145"], found["143"], found["144"]) == (0, 1000, D("140.70"))
    assert (found["155"], found["172"]) == (D("140.70") * 2 + D("6.71"), 21)
    # 67 % of 210, 20 % of 105, the whole of 63.
    assert found["606"] == D("140.70") + 21 + 63
    assert [dict(record) for record in found.records] == [
        {"sector": "1", "operations": "15000", "with_right": "10000", "prorrata": "G",
         "percent": "67"},
        {"sector": "2", "operations": "3700", "with_right": "700", "prorrata": "G",
         "percent": "20"},
    ]  # fmt: skip
    assert "139" not in close_form("390", books(), Period(2025, "0A")).boxes


def test_options_as_texts() -> None:
    chosen = ("prorrata=50", "sector.1.percent=60", "sector.2.percent=10")
    assert close_form("303", entries(), Q1, chosen)["29"] == 168
    for wrong in ("sector.x.percent=1", "sector.1=5", "sector.1.colour=1", "sector.1.percent=a"):
        with pytest.raises(ArgumentError):
            close_form("303", entries(), Q1, (wrong,))
    with pytest.raises(ArgumentError):
        close_form("390", entries(), Period(2025, "0A"), ("prorrata=5",))


def refused(action: Any) -> None:
    with pytest.raises((FormError, ArgumentError)):
        action()


def test_what_is_refused() -> None:
    with pytest.raises(FormError, match="sector 1"):
        form303.close(entries(), Q1)
    with pytest.raises(FormError, match="sector 1"):
        form390.close(entries(), 2025)
    for wrong in ({0: Sector()}, {10: Sector()}, {1: Sector(D(101))}, {1: Sector(0.5)}):  # type: ignore[arg-type]
        refused(lambda wrong=wrong: form303.close(Ledger(), Q1, form303.Options(sectors=wrong)))
    many = {number: Sector() for number in range(1, 5)}
    assert form303.close(Ledger(), Q1, form303.Options(sectors=many))["45"] == 0
    year = form303.Options(sectors=many, yearly_volume=True)
    with pytest.raises(FormError, match="form 390"):
        form303.close(Ledger(), Q4, year)
    with pytest.raises(FormError, match="3 sectors"):
        form390.close(Ledger(), 2025, (), form390.Options(sectors=many))


def test_a_ledger_names_sectors_as_numbers() -> None:
    told = {"received": [{"id": "1", "issued_on": "2025-02-01", "sector": 2,
                          "lines": [{"taxable_base": "100", "percent": "21"}]}]}  # fmt: skip
    assert read_json(json.dumps(told)).received[0].sector == 2


def test_no_box_has_two_meanings() -> None:
    boxes = [box for each in (*sectors.LISTS_303, *sectors.PRORRATAS_303) for box in each]
    assert len(boxes) == len(set(boxes)) == 2 * 18 + 5 * 3
    boxes = [box for each in sectors.LISTS_390 for box in each]
    assert len(boxes) == len(set(boxes)) == 3 * 18
    assert all(re.fullmatch(r"\d{3}", box) for box in boxes)
    assert "Sector" in closing.__all__
