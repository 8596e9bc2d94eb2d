"""What the verbs ``irpf`` and ``withholding`` compute from their options."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import click

from tax_es.cases.income import household_quota
from tax_es.cases.pay import pay_result
from tax_es.cases.reading import Case
from tax_es.cli import io
from tax_es.irpf import quota
from tax_es.trace import Result

__all__ = ["irpf_result", "pay_of"]


def irpf_result(
    source: str | None,
    year: int | None,
    territory: str | None,
    general_base: Decimal | None,
    savings_base: Decimal,
    minimum: Decimal | None,
    minimum_autonomous: Decimal | None,
    allow_unverified: bool,
    circumstances: Mapping[str, Any],
) -> Result:
    """Compute the gross quota of a year.

    Args:
        source: A file with a household; then no other option but ``allow_unverified`` counts.
        year: The year.
        territory: Autonomous community.
        general_base: In euros.
        savings_base: In euros.
        minimum: Personal and family minimum of the state; by default by the circumstances.
        minimum_autonomous: That of the community; by default that of the state.
        allow_unverified: Whether parameters that carry a mark may be used.
        circumstances: Age, disability and relatives, as a case has them.

    Raises:
        UsageError: Options are missing, or contradict each other.
        TaxError: The engine refuses.
    """
    allowed = {"allow_unverified": True} if allow_unverified else {}
    if source:
        return _of_file(source, allow_unverified, household_quota)
    if year is None or territory is None or general_base is None:
        raise click.UsageError("give --input, or --year, --territory and --general-base")
    if minimum is None and minimum_autonomous is None:
        person = {**circumstances, "general_base": general_base, "savings_base": savings_base}
        given = {"year": year, "territory": territory, "persons": [person], **allowed}
        return household_quota(Case(given))
    if minimum is None:
        raise click.UsageError("--minimum-autonomous goes with --minimum")
    return quota.gross_quota(
        quota.accrual(year), territory, general_base, savings_base, minimum, minimum_autonomous,
        allow_unverified=allow_unverified,
    ).result  # fmt: skip


def pay_of(source: str, allow_unverified: bool) -> Result:
    """Compute the withholding of an employee that a file describes.

    Raises:
        TaxError: The file is no such case, or the engine refuses it.
    """
    return _of_file(source, allow_unverified, pay_result)


def _of_file(source: str, allow_unverified: bool, answer: Callable[[Case], Result]) -> Result:
    told = io.read_object(source)
    if allow_unverified and isinstance(told, dict):
        told = {**told, "allow_unverified": True}
    case = Case(told)
    found = answer(case)
    case.done()
    return found
