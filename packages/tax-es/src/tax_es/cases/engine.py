"""Which function answers a case, and how its answer compares with what is expected."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from tax_es.cases import income, pay, vat
from tax_es.cases.reading import Case, amount
from tax_es.errors import CaseError
from tax_es.trace import plain

__all__ = ["Difference", "compare", "compute", "topic_of", "topics"]

_Answer = Mapping[str, object]
_TOPICS: Mapping[str, Callable[[Case], _Answer]] = {
    "identifiers": vat.identifiers,
    "irpf_employee": pay.pay,
    "irpf_direct_estimation": income.direct_estimation,
    "irpf_modules": income.objective_estimation,
    "irpf_quotas": income.quotas,
    "irpf_household": income.household,
    "modelo130": income.form_130,
    "modelo131": income.form_131,
    "reta": income.contributions,
    "iva_303_general": vat.form_303,
    "iva_303_rectification": vat.rectification,
    "iva_prorrata": vat.prorrata,
    "iva_investment_goods": vat.investment_goods,
    "iva_simplified": vat.simplified,
    "iva_compensation": vat.compensation,
}
# The first topic whose fields a case has is its own.
_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("identifiers", frozenset({"value"})),
    ("irpf_household", frozenset({"persons"})),
    ("irpf_employee", frozenset({"pay"})),
    ("irpf_employee", frozenset({"annual_pay"})),
    ("irpf_quotas", frozenset({"general_base"})),
    ("irpf_direct_estimation", frozenset({"expenses_registered"})),
    ("iva_simplified", frozenset({"iae", "units_january"})),
    ("iva_simplified", frozenset({"iae", "vat_borne"})),
    ("irpf_modules", frozenset({"iae", "units"})),
    ("modelo130", frozenset({"income_ytd"})),
    ("reta", frozenset({"net_monthly"})),
    ("iva_303_rectification", frozenset({"original", "first_rectification"})),
    ("iva_compensation", frozenset({"boxes"})),
    ("iva_investment_goods", frozenset({"cost_vat"})),
    ("iva_prorrata", frozenset({"right", "no_right"})),
    ("iva_303_general", frozenset({"period"})),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """An output that is not what was expected.

    Attributes:
        key: Name of the output.
        expected: What the case says.
        found: What the engine says; ``None`` where it has no such output.
    """

    key: str
    expected: object
    found: object


def topics() -> tuple[str, ...]:
    """Return the kinds of cases."""
    return tuple(_TOPICS)


def topic_of(fields: Mapping[str, Any]) -> str:
    """Tell the kind of a case by its fields.

    Raises:
        CaseError: No kind has such fields.
    """
    if not isinstance(fields, Mapping):
        raise CaseError("a case is an object of JSON")
    names = {name for name, value in fields.items() if value is not None}
    for topic, needed in _SIGNS:
        if needed <= names:
            return topic
    raise CaseError(f"no kind of case has the fields {', '.join(sorted(map(str, names)))}")


def compute(case: Mapping[str, Any] | str, topic: str = "") -> dict[str, Any]:
    """Compute the outputs of a case.

    Args:
        case: The object, or its JSON text; ``expected`` is not read.
        topic: A name of :func:`topics`; by default told by the fields.

    Returns:
        Outputs by name; amounts and percentages as texts with a point. Where a case asks for
        several answers, their names hold a point, such as ``first.71``.

    Raises:
        CaseError: A field is missing, is no exact amount, or is one that nothing reads.
        TaxError: The engine refuses the case, with the code of the reason.
    """
    fields = _parsed(case) if isinstance(case, str) else case
    name = topic or topic_of(fields)
    if name not in _TOPICS:
        raise CaseError(f"{name!r} is no kind of case: use one of {', '.join(_TOPICS)}")
    reader = Case(fields)
    if name in ("iva_prorrata", "iva_303_general"):
        # Two files of cases hold a second kind.
        name = topic_of(fields)
    try:
        answer = _TOPICS[name](reader)
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(f"a field of the case: {first['msg']}", fields=first["loc"]) from error
    reader.done()
    return {key: _written(value) for key, value in answer.items()}


def compare(case: Mapping[str, Any], topic: str = "") -> tuple[Difference, ...]:
    """Return where the outputs of a case differ from what it expects; nothing when none does."""
    found = compute(case, topic)
    differences: list[Difference] = []
    for name, expected in case.items():
        if not name.startswith("expected"):
            continue
        prefix = name.removeprefix("expected").lstrip("_")
        wanted = expected if isinstance(expected, Mapping) else {"valid": expected}
        for key, value in wanted.items():
            path = f"{prefix}.{key}" if prefix else str(key)
            if not _same(value, found.get(path)):
                differences.append(Difference(path, value, found.get(path)))
    return tuple(differences)


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or found is None:
        return expected is found
    try:
        return amount(expected, "expected") == amount(found, "found")
    except CaseError:
        return expected == found


def _written(value: object) -> object:
    return plain(value) if isinstance(value, Decimal) else value


def _refuse(token: str) -> object:
    raise CaseError(f"{token[:40]} is a number with a point: write amounts as texts, '12.50'")


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        found: object = json.loads(text, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"the case is not JSON: {error}") from error
    if not isinstance(found, Mapping):
        raise CaseError("a case is an object of JSON")
    return found
