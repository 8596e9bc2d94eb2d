"""What the entry point for worked cases refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es import cases
from tax_es.errors import CaseError, TaxError

RETA = {"year": 2026, "net_monthly": "1250"}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({}, "no kind of case"),
        ({"colour": "red"}, "no kind of case"),
        ({"net_monthly": "1"}, "lacks year"),
        (RETA | {"net_monthly": 1.5}, "write amounts as texts"),
        (RETA | {"net_monthly": "1,5"}, "decimal"),
        (RETA | {"discount": "5"}, "nothing reads discount"),
        (RETA | {"year": "2026.5"}, "whole number"),
        ('{"net_monthly": 1.5}', "with a point"),
        ("rubbish", "not JSON"),
        ("[1]", "object"),
        ({"period": "2025-1T", "sales": [{"base": "1", "colour": "red"}]}, "nothing reads colour"),
        ({"period": "2025-1T", "sales": [{"base": "1", "kind": "magic"}]}, "no kind of sale"),
        ({"period": "2025-1T", "sales": "1"}, "is a list"),
        ({"period": "2025-1T", "sales": ["1"], "regime": "margin"}, "general regime"),
        ({"boxes": {"99": "1"}}, "nothing reads box 99"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_answered(case: object, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        cases.compute(case)  # type: ignore[arg-type]


def test_a_topic_may_be_named() -> None:
    assert cases.compute(RETA, "reta") == cases.compute(RETA)
    assert "reta" in cases.topics()
    with pytest.raises(CaseError):
        cases.compute(RETA, "horoscope")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("ES9121000418450200051332", True), ("ES9121000418450200051331", False),
        ("DE136695976", True), ("ESB12345674", True), ("9872023VH5797S0001WX", True),
        ("ES1234123456789012JY", True), ("B12345670", False),
    ],
)  # fmt: skip
def test_an_identifier_tells_its_kind_by_its_shape(value: str, valid: bool) -> None:
    assert cases.compute({"value": value})["valid"] is valid


def test_later_quarters_of_the_same_kind() -> None:
    third = cases.compute(
        {
            "period": "2025-3T",
            "sales": [{"base": "10000", "rate": "21"}],
            "exempt_supplies": ["500"],
            "isp_purchases": [{"base": "1000", "kind": "services"}],
            "imports_investment_goods": ["2000"],
            "previous_to_compensate": "100",
            "prorrata": "90",
        }
    )
    assert third["isp_quota"] == "210.00"
    assert third["deductible_imports"] == "378.00"
    assert third["to_pay"] == str(2100 + 210 - 189 - 378 - 100) + ".00"
    sale = {"cost_vat": "4200", "initial_pct": "50", "years_left": "3", "taxed_sale": True}
    assert cases.compute(sale)["amount"] == "1260.00"


@given(st.dictionaries(st.sampled_from(["value", "year", "net_monthly", "period", "sales", "iae",
                                        "units", "right", "no_right", "boxes", "cost_vat"]),
                       st.one_of(st.none(), st.text(max_size=5), st.integers(-5, 3000),
                                 st.lists(st.integers(), max_size=2)), max_size=4))  # fmt: skip
def test_no_case_breaks_the_entry_point(case: dict[str, object]) -> None:
    from einvoice_core.errors import EInvoiceError

    try:
        cases.compute(case)
    except (TaxError, EInvoiceError):
        return


def test_a_refund_that_was_asked_for_counts_as_agreed() -> None:
    found = cases.compute(
        {
            "original": {"69": "-1000", "71": "-1000", "73": "1000"},
            "first_rectification": {"new_69": "-400"},
        }
    )
    assert (found["first.70"], found["first.109"], found["first.71"]) == ("0", "1000", "600.00")
    assert found["71"] == "600.00"


@pytest.mark.parametrize("name", ["Cataluña", "CATALUNYA", "cataluna"])
def test_territories_as_people_write_them(name: str) -> None:
    case = {"year": 2025, "territory": name, "general_base": "30000"}
    assert cases.compute(case) == cases.compute(case | {"territory": "cataluna"})
    assert cases.compute(case | {"territory": "Castilla-La Mancha"})
    with pytest.raises(TaxError):
        cases.compute(case | {"territory": "País Vasco"})


@pytest.mark.parametrize(
    ("value", "valid"), [("1234-1234-16 1234567890", True), ("01000", True), ("53000", False)]
)
def test_account_and_postal_codes_are_told_by_their_digits(value: str, valid: bool) -> None:
    assert cases.compute({"value": value})["valid"] is valid


def test_a_foral_form_is_refused() -> None:
    from tax_es.errors import TerritoryError

    with pytest.raises(TerritoryError):
        cases.compute({"period": "2025-1T", "sales": ["1"], "territory": "bizkaia"})


@pytest.mark.parametrize("year", [0, -1, 10000, 10**30])
def test_a_year_that_no_calendar_has_is_refused(year: int) -> None:
    with pytest.raises(CaseError, match="year is a number from"):
        cases.compute({"year": year, "net_monthly": "1250"})


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_corrective_forms_of_designs_without_box_111(year: int) -> None:
    case = {
        "year": year,
        "original": {"69": "1000", "71": "1000"},
        "first_rectification": {"new_69": "1300"},
    }
    assert cases.compute(case)["first.71"] == "300.00"
    with pytest.raises(TaxError, match="ask for a rectification"):
        cases.compute(case | {"first_rectification": {"new_69": "700"}})


def test_a_negative_number_of_employees_is_not_several() -> None:
    case = {"period": "2025-1T", "activities": [{"net_yield": "9000", "employees": -1}]}
    with pytest.raises(TaxError, match="not negative"):
        cases.compute(case, "modelo131")
