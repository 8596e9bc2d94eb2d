"""The records of forms 180, 190, 347 and 349 stand in the layouts of the agency.

Each of our boxes and fields names the place of the file that holds it: position, length and a word
of its description. What a layout has beyond them is listed here by position, and in words in
``docs/limits.md``.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from books import CUSTOMER, GERMAN, D, books, payment, sale

from einvoice_core.testing.judges import official
from tax_es import closing
from tax_es.calendar import Period
from tax_es.closing import Close
from tax_es.errors import FormError
from tax_es.ledger import Ledger

Places = Mapping[str, tuple[int, int, str]]

HEADER = {2: "MODELO", 5: "EJERCICIO"}
"""Of every record: the model and the year of the form that is closed."""
# Type of record and NIF of the declarant; of the first record, also what only who files knows.
FILING = {1, 9, 18, 58, 59, 108, 121, 123}
AGENT = 27  # NIF of the legal representative

TOTALS: Mapping[str, Places] = {
    "180": {"perceptions": (136, 9, "PERCEPTORES"), "amount": (145, 16, "BASE RETENCIONES"),
            "withheld": (161, 15, "RETENCIONES E INGRESOS")},
    "190": {"perceptions": (136, 9, "PERCEPCIONES"), "amount": (145, 16, "PERCEPCIONES"),
            "withheld": (161, 15, "RETENCIONES E INGRESOS")},
    "347": {"persons": (136, 9, "PERSONAS"), "amount": (145, 16, "IMPORTE TOTAL ANUAL")},
    "349": {"persons": (138, 9, "OPERADORES"), "amount": (147, 15, "IMPORTE DE LAS OPERACIONES"),
            "corrections": (162, 9, "CON RECTIFICACIONES"),
            "corrected_amount": (171, 15, "IMPORTE DE LAS RECTIFICACIONES")},
}  # fmt: skip
_PERSON: Places = {"tax_id": (18, 9, "F. DEL|NIF DEL"), "name": (36, 40, "APELLIDOS")}
_UNION: Places = {"tax_id": (76, 17, "OPERADOR"), "name": (93, 40, "APELLIDOS"),
                  "key": (133, 1, "CLAVE")}  # fmt: skip
RECORDS: Mapping[str, Places] = {
    "180": {**_PERSON, "province": (76, 2, "PROVINCIA"), "modality": (78, 1, "MODALIDAD"),
            "amount": (79, 14, "BASE"), "withheld": (97, 13, "RETENCIONES"),
            "place": (115, 20, "CATASTRAL")},
    "190": {**_PERSON, "province": (76, 2, "PROVINCIA"), "key": (78, 1, "CLAVE"),
            "subkey": (79, 2, "SUBCLAVE"), "amount": (81, 27, "DINERARIAS NO DERIVADAS"),
            "withheld": (81, 27, "DINERARIAS NO DERIVADAS"),
            "amount_in_kind": (108, 40, "ESPECIE NO DERIVADAS"),
            "withheld_in_kind": (108, 40, "ESPECIE NO DERIVADAS")},
    "347": {**_PERSON, "province": (77, 4, "PROVINCIA"), "key": (82, 1, "CLAVE"),
            "amount": (83, 16, "IMPORTE ANUAL DE LAS OPERACIONES"), "cash": (101, 15, "METÁLICO"),
            "quarter_1": (136, 16, "PRIMER"), "quarter_2": (168, 16, "SEGUNDO"),
            "quarter_3": (200, 16, "TERCER"), "quarter_4": (232, 16, "CUARTO"),
            "cash_accounting": (281, 1, "CRITERIO DE"), "reverse_charge": (282, 1, "INVERSIÓN")},
    "349": {**_UNION, "amount": (134, 13, "BASE IMPONIBLE")},
}  # fmt: skip
CORRECTION: Places = {**_UNION, "period": (147, 32, "RECTIFICACIONES"),
                      "corrected": (147, 32, "RECTIFICACIONES"),
                      "declared_before": (147, 32, "RECTIFICACIONES")}  # fmt: skip

# Positions that a close does not fill, by form: of the totals, and of the records.
UNFILLED: Mapping[str, tuple[set[int], set[int]]] = {
    # Percentage, year of accrual, situation and address of the property.
    "180": (set(), {93, 110, 114, 135}),
    # Year of accrual, Ceuta or Melilla, family data, incapacity, foral shares, start-ups and aids.
    "190": ({176}, {148, 152, 153, 157, 158, 167, 168, 169, 170, 171, 184, 197, 210, 223, 229, 241,
                    245, 251, 254, 255, 282, 322, 323, 388, 389, 390}),
    # Rents of premises, insurance, property, cash of other years, operators, deposit, BDNS.
    "347": ({161, 170}, {76, 99, 100, 116, 132, 152, 184, 216, 248, 264, 283, 284, 300}),
    # Change of periodicity; the substitute of a call-off stock.
    "349": ({186}, {179, 196}),
}  # fmt: skip

LAYOUTS = {
    "180_2020": ("180", 2022), "180_2023": ("180", 2025), "190_2025": ("190", 2025),
    "347_2020": ("347", 2024), "347_2025": ("347", 2025), "349_2020": ("349", 2025),
}  # fmt: skip
NEWEST = ("180_2023", "190_2025", "347_2025", "349_2020")

CLOSES: Mapping[str, Callable[[Ledger, int], Close]] = {
    "180": closing.close_180, "190": closing.close_190, "347": closing.close_347,
    "349": lambda ledger, year: closing.close_349(ledger, Period(year, "1T")),
}  # fmt: skip


def layout(name: str) -> list[dict[int, dict[str, Any]]]:
    """Return the fields of each record by position, without blanks."""
    told = json.loads(official(f"modelos/layouts/{name}_from_pdf.json").read_text("utf-8"))
    return [
        {
            field["pos"]: field
            for field in record["fields"]
            if not field["desc"].startswith("BLANCO") and not field["desc"].startswith("SELLO")
        }
        for record in told["records"]
    ]


def closed(model: str, year: int) -> Close:
    on = f"{year}-02-10"
    return CLOSES[model](
        books(
            payment("1", "1000", "150", on), payment("2", "600", "114", on, kind="rent"),
            payment("3", "50", "10", on, kind="rent", in_kind=True), sale("4", "9000", on=on),
            sale("5", "100", None, on=on, operation="intra_community_supply", party=GERMAN),
            sale("6", "-20", None, on=on, operation="intra_community_supply", party=GERMAN,
                 modifies=True, corrects=f"{year - 1}-4T", declared_before=D(500)),
        ),
        year,
    )  # fmt: skip


def stands(places: Places, fields: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Check that each place is one of the layout, and return the positions."""
    for name, (position, length, word) in places.items():
        field = fields[position]
        assert field["len"] == length, name
        assert re.search(word, field["desc"]), (name, field["desc"])
    return {position for position, *_ in places.values()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_totals_stand_in_the_first_record(name: str) -> None:
    model, year = LAYOUTS[name]
    fields = layout(name)[0]
    assert set(closed(model, year).boxes) == set(TOTALS[model])
    for position, word in HEADER.items():
        assert word in fields[position]["desc"]
    known = stands(TOTALS[model], fields) | set(HEADER) | FILING | UNFILLED[model][0] | {391}
    period = {136} if model == "349" else set()
    assert set(fields) - known - period == set()


@pytest.mark.parametrize("name", LAYOUTS)
def test_fields_stand_in_the_record_of_a_person(name: str) -> None:
    model, year = LAYOUTS[name]
    fields = layout(name)[1]
    records = closed(model, year).records
    assert records
    assert set(records[0]) == set(RECORDS[model])
    known = stands(RECORDS[model], fields) | set(HEADER) | {1, 9, AGENT} | UNFILLED[model][1]
    assert set(fields) - known == set()
    for record in records:
        for field, (_, length, _) in RECORDS[model].items():
            if field not in ("cash_accounting", "reverse_charge") and field in record:
                assert len(record[field].replace(".", "")) <= length


@pytest.mark.parametrize("name", NEWEST)
def test_what_is_not_filled_is_in_the_newest_layout(name: str) -> None:
    for fields, left in zip(layout(name), UNFILLED[LAYOUTS[name][0]], strict=False):
        assert left <= set(fields)


def test_corrections_stand_in_their_record() -> None:
    fields = layout("349_2020")[2]
    record = closed("349", 2025).records[-1]
    assert set(record) == set(CORRECTION)
    known = stands(CORRECTION, fields) | set(HEADER) | {1, 9, *UNFILLED["349"][1]}
    assert set(fields) - known == set()


def test_rents_in_money_and_in_kind_are_records_apart() -> None:
    """A record of form 180 has one modality: 1 in money, 2 in kind."""
    found = closed("180", 2025)
    assert [(r["modality"], r["amount"], r["withheld"]) for r in found.records] == [
        ("1", "600", "114"), ("2", "50", "10"),
    ]  # fmt: skip
    assert (found["perceptions"], found["amount"], found["withheld"]) == (2, 650, 124)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_field_without_sign_refuses_what_is_negative(name: str) -> None:
    model, year = LAYOUTS[name]
    on = f"{year}-02-10"
    wrong = {
        "180": books(payment("1", "-10", "-2", on, kind="rent")),
        "190": books(payment("1", "-10", "-2", on)),
        "349": books(sale("1", "-10", None, on=on, operation="intra_community_supply",
                          party=GERMAN)),
    }.get(model)  # fmt: skip
    signed = layout(name)[1]
    if wrong is None:  # its amounts have a sign
        assert signed[83]["type"] == "Alfanumérico"
        sold = books(sale("1", "-9000", on=on))
        assert CLOSES[model](sold, year).records[0]["amount"] == "-10890.00"
        return
    with pytest.raises(FormError, match="no sign"):
        CLOSES[model](wrong, year)


@pytest.mark.parametrize(("model", "digits"), [("180", 11), ("190", 11), ("347", 13), ("349", 11)])
def test_a_field_refuses_more_digits_than_it_has(model: str, digits: int) -> None:
    huge = str(10**digits)
    ledger = {
        "180": books(payment("1", huge, "0", kind="rent")), "190": books(payment("1", huge, "0")),
        "347": books(sale("1", huge, None, operation="exempt_inland", party=CUSTOMER)),
        "349": books(sale("1", huge, None, operation="intra_community_supply", party=GERMAN)),
    }[model]  # fmt: skip
    with pytest.raises(FormError, match="digits"):
        CLOSES[model](ledger, 2025)
