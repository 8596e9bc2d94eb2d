"""Worked cases with extreme values in any field: an answer or a typed error, nothing else."""

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.errors import EInvoiceError
from tax_es import cases

BASES: dict[str, dict[str, Any]] = {
    "identifiers": {"value": "12345678Z", "kind": "nif"},
    "irpf_quotas": {
        "year": 2025, "territory": "aragon", "general_base": "23900", "savings_base": "2800",
        "minimum": "5550", "minimum_autonomous": "5550", "death_on": "2025-06-30",
        "allow_unverified": True,
    },
    "irpf_household": {
        "year": 2025, "territory": "aragon", "joint": True, "allow_unverified": True,
        "persons": [
            {"general_base": "20000", "savings_base": "10", "age": 66, "disability": 33,
             "assistance": True, "descendants": [{"age": 2, "shared": 2, "disability": 65}],
             "ascendants": [80]},
            {"general_base": "1000", "age": 40, "descendants": [
                {"age": 2, "shared": 2, "disability": 65}]},
        ],
    },
    "irpf_employee": {
        "on": "2025-07-01", "pay": "30000", "social_security": "1905", "situation": 3, "age": 66,
        "disability": 33, "descendants": [{"age": 2, "shared": 2}], "alimony_children": "100",
        "alimony_spouse": "10", "irregular_reduction": "1", "mobility": True, "artist": True,
        "before": {"pay": "29000"}, "paid": "1000", "withheld": "100", "rate_before": "10",
        "allow_unverified": True,
    },
    "irpf_direct_estimation": {
        "year": 2025, "income": {"sales": "50000"}, "expenses_registered": {"rent": "9000"},
        "adjustments": {"meals": "100", "amortization_additional": "50"},
        "excluded": {"gain": "1"}, "method": "simplified", "renounces_hard_to_justify": False,
    },
    "irpf_modules": {
        "year": 2025, "iae": "419.1", "units": {"1": "1", "2": "1", "3": "40"},
        "hours": {"all_year_employees": 1, "new_employees": 1, "hours_each": "900",
                  "convention": "1800"},
        "previous_year_employees_units": "1", "investment_incentive": "100", "indices": [],
        "special_index": "1", "extraordinary_expenses": "1", "general_reduction_pct": "5",
        "other_income": "1", "allow_unverified": True,
    },
    "modelo130": {
        "year": 2025, "period": "2T", "income_ytd": "20000", "expenses_ytd": "8000",
        "withholdings_ytd": "100", "prior_positive_07": ["500"], "prior_16": ["1"],
        "prior_negative_19": ["10"], "previous_year_net": "9000", "loan": True,
        "ceuta_melilla": False, "complementary": "0", "agricultural_income": "10",
        "agricultural_withholdings": "1", "hard_to_justify_pct": "5", "method": "simplified",
    },
    "modelo131": {
        "year": 2025, "period": "2T", "activities": [{"net_yield": "9000", "employees": 1}],
        "sales": "1000", "agricultural_income": "10", "withholdings": "1",
        "previous_year_net": "9000", "loan": True, "prior_16": ["1"],
    },
    "reta": {"year": 2025, "net_monthly": "1250", "base": "1000"},
    "iva_303_general": {
        "period": "2025-4T", "territory": "peninsula", "regime": "general",
        "sales": [{"base": "1000", "rate": "21", "kind": "goods", "recargo": "5.2"}],
        "purchases": [
            {"base": "100", "rate": "10", "use": "common", "deductible_pct": "50", "tax": "10"}
        ], "exports": ["5"], "imports": ["7"],
        "corrections_accrued": ["-1"], "prorrata": "50", "special_prorrata": False,
        "previous_to_compensate": "3", "applied": "1", "refund": False, "customs_pending": "1",
        "investment_goods_regularisation": "1", "prorrata_regularisation": "1",
    },
    "iva_303_rectification": {
        "year": 2025, "original": {"69": "1000", "71": "1000"}, "refund": True,
        "first_rectification": {"new_69": "700", "109": "0"},
        "second_rectification": {"new_69": "900"}, "refunds_agreed": "0",
    },
    "iva_prorrata": {
        "year": 2025, "right": "1000", "no_right": "400", "vat_right_only": "10",
        "vat_no_right_only": "5", "vat_common": "20",
    },
    "iva_investment_goods": {
        "year": 2025, "cost_vat": "4200", "years": 5, "initial_pct": "50",
        "years_left": 3, "taxed_sale": True, "sale_vat": "100",
    },
    "iva_simplified": {
        "year": 2025, "iae": "419.1", "units_january": {"1": "1"}, "units_year": {"1": "2"},
        "quarterly_pct": "6", "paid_on_account": "10", "vat_borne": "100", "aib": ["10"],
        "fixed_assets": [{"base": "10", "rate": "21"}], "refunded_abroad": "1",
        "investment_goods_regularisation": "1",
    },
    "iva_compensation": {"year": 2025, "boxes": {"110": "100", "66": "50"}},
}  # fmt: skip

EXTREMES: list[Any] = [
    None, True, False, "", " ", "x", "ñ" * 300, "\x00", "NaN", "Infinity", "-Infinity", "1e400",
    "-0", "0", "-1", "0.001", "1e-30", "100", "101", "999999999999999", "-" + "9" * 60, "9" * 400,
    0, -1, 1, 2, 13, 400, 1899, 1992, 2019, 2022, 2023, 2024, 2026, 2027, 9999, 10_000, 10**18,
    10**400, -(10**18), 1.5, float("nan"), float("inf"), "2025", "2025-0A", "2025-13", "2026-1T",
    "9999-4T", "0000-1T", "10000-1T", "2025-02-30", "0001-01-01", "9999-12-31", "1T", "5T", "12",
    "navarra", "bizkaia", "Atlantis", "ceuta", "canarias", "madrid", "general", "normal",
    "simplified", "export", "investment", "iban", "cups", "vat", "419.1", "721.2", "٣", "²",
    [], {}, [None], [[]], [{}], [1.5], ["1"] * 50, {"": ""}, {"1": None}, {"x": "1"}, {"²": "1"},
    {"1": "-5"}, {"99": "1"}, {"1": "9" * 80}, {"base": "1"}, [{"base": "NaN"}], ["1e400"],
    [{"base": "1", "rate": "-5"}], [{"base": "1", "rate": "1e9"}], {1: "1"}, [{1: 2}],
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each field, those inside objects and lists included."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, each in items:
        yield from places(each, (*path, key))


def put(case: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        case = case[key]
    case[path[-1]] = value


def answer(case: Any, topic: str) -> None:
    """Compute a case: an answer that JSON can hold, or an error of ours with a code."""
    found: dict[str, Any] = {}
    with contextlib.suppress(EInvoiceError):
        found = cases.compute(case, topic)
    json.dumps(found, allow_nan=False)
    for value in found.values():
        assert value not in ("NaN", "Infinity", "-Infinity")


@pytest.mark.parametrize("topic", BASES)
def test_the_plain_case_has_an_answer(topic: str) -> None:
    assert cases.compute(BASES[topic], topic)


def test_every_topic_is_here() -> None:
    assert set(BASES) == set(cases.topics())


@pytest.mark.parametrize("topic", BASES)
def test_each_extreme_in_each_field(topic: str) -> None:
    broken: list[str] = []
    for path in places(BASES[topic]):
        for value in EXTREMES:
            case = copy.deepcopy(BASES[topic])
            put(case, path, value)
            try:
                answer(case, topic)
            except Exception as error:  # noqa: BLE001 - all are told at once, with their field
                broken.append(f"{path} = {str(value)[:40]!r}: {type(error).__name__}: {error}")
    assert not broken, "\n".join(broken)


_AMOUNTS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.integers(-(10**30), 10**30), st.text(max_size=8), st.floats(), st.sampled_from(EXTREMES),
)  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_several_extremes_at_once(data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(sorted(BASES)))
    case = copy.deepcopy(BASES[topic])
    paths = [path for path in places(case) if len(path) == 1]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4)):
        put(case, path, data.draw(_AMOUNTS))
    answer(case, data.draw(st.sampled_from([topic, ""])))
