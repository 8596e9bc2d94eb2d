"""The semantic model has every term of EN 16931-1:2017, and the path table a place for each."""

import re
from typing import get_args, get_type_hints

from einvoice_core.records import Term
from einvoice_core.testing.judges import official
from ubl_peppol import model
from ubl_peppol.reading.table import ubl_table

# BT-4 was never given; BG-2, BT-21 and BT-22 have no element of their own in UBL.
TERMS = frozenset(f"BT-{number}" for number in range(1, 166) if number != 4)
GROUPS = frozenset(f"BG-{number}" for number in range(1, 33))
WITHOUT_ELEMENT = {"BG-2", "BT-21", "BT-22"}


def terms_of_the_model() -> set[str]:
    found = set()
    for name in model.__all__:
        record = getattr(model, name)
        if isinstance(record, type) and issubclass(record, model.Group):
            for hint in get_type_hints(record, include_extras=True).values():
                found |= {item.id for item in get_args(hint)[1:] if isinstance(item, Term)}
    return found


def test_the_model_has_every_term_and_group() -> None:
    assert terms_of_the_model() == TERMS | GROUPS


def test_every_term_that_official_files_name_is_in_the_model() -> None:
    found = set()
    for path in official("peppol/billing/3.0.19/structure/syntax").rglob("*.xml"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r">\s*(B[TG]-[0-9]+)(?:-[0-9])?\s*<", text))
    schematron = official("en16931/ubl/schematron/preprocessed").glob("*.sch")
    for path in schematron:
        found |= set(re.findall(r"\((B[TG]-[0-9]+)\)", path.read_text(encoding="utf-8")))
    assert len(found) > 150
    assert found <= terms_of_the_model()


def test_every_term_has_a_place_in_ubl() -> None:
    assert terms_of_the_model() - ubl_table().ids == WITHOUT_ELEMENT
