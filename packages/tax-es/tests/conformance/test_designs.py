"""The boxes of every form are those that the agency's record designs print."""

import json
import re
from datetime import date

import pytest

from einvoice_core.testing.judges import official
from tax_es import closing
from tax_es.calendar import Period
from tax_es.closing import form303, form390, sectors
from tax_es.closing.design303 import VOLUME
from tax_es.closing.form130 import Figures, close_130, close_131
from tax_es.ledger import Ledger
from tax_es.parameters import series

DESIGNS_303 = {
    "DR303e22": Period(2022, "4T"), "DR303e23": Period(2023, "4T"),
    "DR303e24": Period(2024, "2T"), "DR303e24v200": Period(2024, "4T"),
    "DR303e25": Period(2025, "4T"), "DR303e26v101": Period(2026, "4T"),
}  # fmt: skip


def printed(name: str) -> dict[str, str]:
    """Return the boxes of a design, each with the description of its field."""
    records = json.loads(official(f"modelos/layouts/{name}.json").read_text("utf-8"))["records"]
    return {
        box: field["desc"]
        for record in records
        for field in record["fields"]
        for box in re.findall(r"\[(\d+) ?\]", field["desc"])
    }


@pytest.mark.parametrize("name", DESIGNS_303)
def test_form_303(name: str) -> None:
    boxes = printed(name)
    period = DESIGNS_303[name]
    options = form303.Options(yearly_volume=period.is_last_of_year)
    ours = set(form303.close(Ledger(), period, options).boxes)
    # 72 and 73 are marks of the kind of return in the file, boxes on the form; 89 to 92 and 107
    # share the tax among foral authorities; from 500 on they are sectors, activities and prorratas.
    assert ours - boxes.keys() == {"72", "73"}
    left = {box for box in boxes.keys() - ours if int(box) < 500}
    volume = set() if period.is_last_of_year else {*VOLUME, "88"}
    assert left == {"89", "90", "91", "92", "107"} | volume


@pytest.mark.parametrize("name", DESIGNS_303)
def test_the_formulas_of_form_303(name: str) -> None:
    """A description such as ``( [46] + [58] + [76] ) [64]`` is the formula of our node."""
    records = json.loads(official(f"modelos/layouts/{name}.json").read_text("utf-8"))["records"]
    period = DESIGNS_303[name]
    options = form303.Options(yearly_volume=period.is_last_of_year)
    closed = form303.close(Ledger(), period, options)
    checked = set()
    for field in (field for record in records for field in record["fields"]):
        found = re.search(r"\(\s*(\[\d+\](?:\s*[+-]\s*\[\d+\])+)\s*\)", field["desc"])
        boxes = re.findall(r"\[(\d+)\]", field["desc"])
        if not found or "Si 1T" in field["desc"]:
            continue
        terms = re.findall(r"([+-]?)\s*\[(\d+)\]", found[1])
        box = next((b for b in reversed(boxes) if b not in {t for _, t in terms}), None)
        if box is None or box not in closed.boxes:
            continue
        ours = closed.step(box)
        signs = re.findall(r"([+-]?) ?(\w+)", ours.formula)
        assert {(s or "+", b) for s, b in signs} == {(s or "+", b) for s, b in terms}, box
        checked.add(box)
    assert {"45", "46", "57", "58", "64", "69", "71"} <= checked


@pytest.mark.parametrize("name", DESIGNS_303)
def test_the_percentages_of_form_303(name: str) -> None:
    """A row whose percentage is a constant of the design takes that one."""
    period = DESIGNS_303[name]
    entry = series("form_303.toml", "design").on(period.last_day)
    records = json.loads(official(f"modelos/layouts/{name}.json").read_text("utf-8"))["records"]
    constants = {}
    for field in (field for record in records for field in record["fields"]):
        box = re.search(r"Tipo %.*\[(\d+)\]", field["desc"])
        content = re.fullmatch(r'Constante "(\d{5})".*', field.get("content") or "", re.DOTALL)
        if box and content and "Nota 8" not in field["content"]:
            constants[box[1]] = int(content[1])
    rows = [*entry.details["rows"]["vat"], *entry.details["rows"]["surcharge"]]
    ours = {row[1]: [int(percent * 100) for percent in row[3:]] for row in rows if row[3:]}
    for box, constant in constants.items():
        assert constant in ours[box], box
    assert constants or name == "DR303e22"


@pytest.mark.parametrize("year", range(2021, 2026))
def test_form_390(year: int) -> None:
    boxes = printed({2023: "dr390e2023v100"}.get(year, f"dr390e{year}"))
    ours = set(form390.close(Ledger(), year).boxes)
    assert ours <= {str(int(b)).zfill(2) for b in boxes} | boxes.keys()
    rates = series("form_390.toml", "design").on(date(year, 1, 1)).details["rows"]
    for group, rows in rates.items():
        for percent, base, quota in rows:
            shown = f"{percent.normalize():f}".replace(".", ",")
            for box in (base, quota):
                says = "Tipo " in boxes[box]
                assert says or year == 2021
                assert not says or f"Tipo {shown}%" in boxes[box], (group, box)
                words = ("Cuota",) if box == quota else ("Base", "base")
                assert any(word in boxes[box] for word in words), (group, box)


def test_forms_130_and_131() -> None:
    assert set(close_130(Period(2025, "1T"), Figures()).boxes) == set(printed("DR130e15v12"))
    assert set(close_131(Period(2026, "1T")).boxes) == set(printed("DR131_2026"))


def test_form_123() -> None:
    assert set(closing.close_123(Ledger(), Period(2025, "1T")).boxes) == set(printed("DR123e24"))
    old = set(closing.close_123(Ledger(), Period(2023, "1T")).boxes)
    assert old - set(printed("DR123e15v13")) == {"06"}  # its field prints the sum, not its number


def test_form_115() -> None:
    ours = set(closing.close_115(Ledger(), Period(2025, "1T")).boxes)
    assert ours - set(printed("DR115e15v13")) == {"05"}  # likewise


def test_form_111_has_three_boxes_for_each_group() -> None:
    """The design prints no numbers: its fields stand in the order of the boxes."""
    layout = official("modelos/layouts/dr111e16v18-v2-2021-05.json").read_text("utf-8")
    fields = [
        field["desc"]
        for record in json.loads(layout)["records"]
        for field in record["fields"]
        if re.match(r"Rendim|Premios|Ganancias|Contraprest|Total liquidación", field["desc"])
    ]
    ours = closing.close_111(Ledger(), Period(2025, "1T"))
    assert len(fields) == len(ours.boxes) == 30
    words = ("trabajo", "actividades", "premios", "forestales", "imagen")
    for number, description in enumerate(fields[:27]):
        step = ours.step(f"{number + 1:02d}")
        group = next(
            word for word in words if word in description.lower().replace("económicas", "")
        )
        assert group in step.es


@pytest.mark.parametrize(
    ("name", "lists"),
    [*((name, sectors.LISTS_303) for name in DESIGNS_303),
     *((name, sectors.LISTS_390) for name in (
         "dr390e2021", "dr390e2022", "dr390e2023v100", "dr390e2024", "dr390e2025"))],
)  # fmt: skip
def test_the_boxes_of_sectors(name: str, lists: tuple[tuple[str, ...], ...]) -> None:
    """Each box of a sector is described by the design as what we fill it with."""
    boxes = printed(name)
    rows = ("Interiores.*corrientes|Interiores.*servic", "Interiores.*inversi",
            "Importac.*corrient", "Importac.*inversi", "intracom.*corrient",
            "intracom.*inversi", "Compensac", "Rectificaci")  # fmt: skip
    for number, found in enumerate(lists, 1):
        for row, words in enumerate(rows):
            base, quota = boxes[found[2 * row]], boxes[found[2 * row + 1]]
            assert re.search(f"Diferenc.* {number} .*({words}).*Base", base), base
            assert re.search(f"Diferenc.* {number} .*({words}).*Cuota", quota), quota
        assert "Regularizaci" in boxes[found[16]]
        assert "Suma de deducciones" in boxes[found[17]]
    if lists is sectors.LISTS_303:
        for number, (whole, right, percent) in enumerate(sectors.PRORRATAS_303, 1):
            assert re.search(f"Prorratas - {number} - Importe de operaciones \\[", boxes[whole])
            assert "con derecho" in boxes[right]
            assert "% de prorrata" in boxes[percent]
