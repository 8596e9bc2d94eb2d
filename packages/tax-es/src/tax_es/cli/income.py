"""What the verb ``irpf`` computes from its options."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from tax_es.cases.income import household_quota
from tax_es.cases.reading import Case
from tax_es.cli import io
from tax_es.irpf import quota
from tax_es.trace import Result

__all__ = ["irpf_result"]


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
        told = io.read_object(source)
        case = Case(told if not isinstance(told, dict) else {**told, **allowed})
        found = household_quota(case)
        case.done()
        return found
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
