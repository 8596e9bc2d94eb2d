"""What the sandbox of SII holds against a record beyond its structure.

The agency's list gives each code a text and no condition: every condition here is inferred from
that text (docs/limits.md), and codes whose text leaves the condition open are not judged.
"""

from collections.abc import Iterator

from aeat_sii.sandbox.sii.checks import consignment, issued, rates, received, shared
from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.checks.shared import first_month

__all__ = ["Case", "first_month", "rejections", "warnings"]


def rejections(case: Case) -> Iterator[str]:
    """Yield the codes for which a record is rejected."""
    if case.operation.does == "cancel" or case.operation.tax == "igic":
        return
    yield from shared.of_period(case)
    if case.operation.does == "attach":
        yield from shared.of_payments(case)
        return
    yield from shared.of_people(case)
    if case.operation.book in ("issued", "received"):
        yield from shared.of_invoice(case)
    if case.operation.book == "issued":
        yield from issued.of_invoice(case)
        yield from issued.of_breakdown(case)
        yield from rates.of_issued(case)
    elif case.operation.book == "received":
        yield from received.of_invoice(case)
        yield from rates.of_received(case)
    elif case.operation.book == "consignment":
        yield from consignment.of_goods(case)


def warnings(case: Case) -> Iterator[str]:
    """Yield the codes with which a record is accepted with errors."""
    if case.operation.tax == "igic":
        return
    if case.operation.book == "issued":
        yield from issued.admitted(case)
    elif case.operation.book == "received":
        yield from received.admitted(case)
    yield from shared.admitted(case)
