"""Reading books: everything that is wrong is said where it stands."""

import contextlib
import json
from typing import Any

import pytest
from books import D, sale
from hypothesis import given
from hypothesis import strategies as st

from tax_es.errors import LedgerError
from tax_es.ledger import Issued, read_csv, read_json, read_lines

GOOD: dict[str, Any] = {
    "nif": "B12345674",
    "issued": [
        {
            "id": "A-1",
            "issued_on": "2025-02-10",
            "party": {"tax_id": "A58818501"},
            "lines": [{"taxable_base": "100.10", "percent": "21"}],
        }
    ],
}


def spoilt(**fields: object) -> str:
    return json.dumps({"issued": [GOOD["issued"][0] | fields]})


def test_a_good_ledger() -> None:
    found = read_json(json.dumps(GOOD))
    assert found.issued[0].tax == D("21.02")
    assert found.issued[0].total == D("121.12")
    assert read_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "ledger"),
        ("[1]", ""),
        ("{", "ledger"),
        ('{"issued": 5}', "issued"),
        ('{"unheard": 5}', "unheard"),
        ('{"issued": [{"id": 1.5}]}', "ledger"),
        ('{"issued": [{"id": NaN}]}', "ledger"),
        (spoilt(id=""), "issued.0.id"),
        (spoilt(issued_on="2025-02-30"), "issued.0.issued_on"),
        (spoilt(issued_on=20250210), "issued.0.issued_on"),
        (spoilt(issued_on="1739145600"), "issued.0.issued_on"),
        (spoilt(currency="euros"), "issued.0.currency"),
        (spoilt(lines=[{"taxable_base": "12,50"}]), "issued.0.lines.0.taxable_base"),
        (spoilt(lines=[{"taxable_base": "1e400"}]), "issued.0.lines.0.taxable_base"),
        (spoilt(lines=[{"taxable_base": "NaN"}]), "issued.0.lines.0.taxable_base"),
        (spoilt(lines=[{}]), "issued.0.lines.0.taxable_base"),
        (spoilt(colour="red"), "issued.0.colour"),
        ("[" * 100_000, "ledger"),
    ],
)
def test_what_is_wrong_is_said(text: str, where: str) -> None:
    with pytest.raises(LedgerError) as refused:
        read_json(text)
    faults = refused.value.details["faults"]
    assert [fault.path for fault in faults] == [where]  # type: ignore[attr-defined]
    assert faults[0].message  # type: ignore[index]


def test_every_fault_is_listed() -> None:
    text = json.dumps({"issued": [GOOD["issued"][0] | {"id": ""}] * 3})
    with pytest.raises(LedgerError, match="and 2 more"):
        read_json(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (read_json, read_csv, lambda t: list(read_lines([t]))):
        with contextlib.suppress(LedgerError):
            read(text)


def test_lines_are_read_one_at_a_time() -> None:
    entry = GOOD["issued"][0] | {"side": "issued"}
    lines = [json.dumps(entry), "", json.dumps({**entry, "side": "received", "id": "7"})]
    first, second = read_lines(lines)
    assert isinstance(first, Issued)
    assert second.id == "7"
    endless = iter([json.dumps(entry)] * 3 + ["rubbish"])
    reader = read_lines(endless)
    assert [next(reader).id for _ in range(3)] == ["A-1"] * 3
    with pytest.raises(LedgerError) as refused:
        next(reader)
    assert refused.value.details["faults"][0].path == "line 4"  # type: ignore[index]
    for wrong in ('{"side": "both"}', "5", '{"side": "issued"}'):
        with pytest.raises(LedgerError):
            list(read_lines([wrong]))


CSV = """side,id,date,taxable_base,percent,surcharge_percent,tax_id,operation,investment_good
issued,A-1,2025-02-10,100,21,5.2,A58818501,,
issued,A-1,2025-02-10,50,10,,A58818501,,
issued,A-2,2025-02-11,70,,,A58818501,export,
received,77,2025-02-12,30,21,,B12345674,,true
"""


def test_a_table() -> None:
    found = read_csv(CSV)
    assert [len(entry.lines) for entry in found.issued] == [2, 1]
    assert found.issued[0].total == D("181.20")
    assert found.issued[1].operation == "export"
    assert found.received[0].investment_good


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("side,id\n", "heading"),
        (CSV.replace("percent,", "rate,", 1), "heading"),
        (CSV.replace("received,77", "given,77"), "row 5"),
        (CSV.replace(",true", ",perhaps"), "row 5"),
        (CSV.replace(",true", ",true,more"), "row 5"),
        (CSV.replace("2025-02-12", "12/02/2025"), "received.0.issued_on"),
        (CSV.replace(",30,", ",3o,"), "received.0.lines.0.taxable_base"),
    ],
)
def test_a_table_that_is_wrong(text: str, where: str) -> None:
    with pytest.raises(LedgerError) as refused:
        read_csv(text)
    assert refused.value.details["faults"][0].path == where  # type: ignore[index]


def test_what_an_entry_adds_up_to() -> None:
    entry = sale("1", "100", surcharge="5.2")
    assert (entry.taxable_base, entry.tax, entry.total) == (100, 21, D("126.20"))
    assert entry.on == entry.issued_on
