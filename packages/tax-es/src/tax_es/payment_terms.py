"""Late payment between businesses: due dates, interest by half-year, compensation, average period.

Source:
    Ley 3/2004 (BOE-A-2004-21830), arts. 4 to 8; average period: Resolución del ICAC de 29 de enero
    de 2016 (BOE-A-2016-1136), art. 5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from einvoice_core.money import round_to
from tax_es._checks import exact, require_day
from tax_es.errors import ArgumentError
from tax_es.parameters import series
from tax_es.trace import Result, Step, frozen, used

__all__ = ["Debt", "average_period", "compensation", "due_on", "late_interest"]

_FILE = "interest.toml"


def due_on(received_on: date, agreed_days: int | None = None) -> date:
    """Return the day on which a debt is due.

    Args:
        received_on: Day of receipt of the goods or services.
        agreed_days: Days agreed; by default those of the law.

    Raises:
        ArgumentError: More days were agreed than the law allows, or a negative number.
        NotInForceError: The terms of that day are not recorded.

    Source:
        Ley 3/2004, art. 4.1 and 4.3.
    """
    require_day(received_on)
    days: int = series(_FILE, "term.default").on(received_on).value
    longest: int = series(_FILE, "term.longest").on(received_on).value
    if agreed_days is not None:
        if not 0 <= agreed_days <= longest:
            raise ArgumentError(f"a term of 0 to {longest} days may be agreed, not {agreed_days}")
        days = agreed_days
    return received_on + timedelta(days=days)


def late_interest(
    amount: Decimal, due: date, paid_on: date, *, allow_unverified: bool = False
) -> Result:
    """Compute the interest of a late payment.

    Args:
        amount: Debt, VAT included, in euros.
        due: Last day to pay.
        paid_on: Day of payment.
        allow_unverified: Whether percentages that carry a mark may be used.

    Returns:
        ``interest``, rounded to the cent once, and ``days``; a step for each half-year. A year has
        365 days.

    Raises:
        NotInForceError: The percentage of a half-year is not recorded.
        UnverifiedParameter: A percentage carries a mark.
        ArgumentError: The amount is a float, or negative.

    Source:
        Ley 3/2004, arts. 5 to 7.
    """
    require_day(due)
    require_day(paid_on)
    debt = exact(amount, "an amount")
    if debt < 0:
        raise ArgumentError("a debt is not negative")
    start, interest, days = due + timedelta(days=1), Decimal(0), 0
    steps: list[Step] = []
    while start <= paid_on:
        row = series(_FILE, "late").on(start, allow_unverified=allow_unverified)
        half = date(start.year, 6, 30) if start.month <= 6 else date(start.year, 12, 31)
        end = min(half, paid_on)
        span = (end - start).days + 1
        part = debt * row.value * span / 36_500
        interest += part
        days += span
        steps.append(Step(f"{start} to {end}", part, "amount * percent * days / 36500",
                          (("amount", debt), ("percent", row.value), ("days", Decimal(span))),
                          "Ley 3/2004, art. 7", "interés de demora", "late interest",
                          (used(row),)))  # fmt: skip
        start = end + timedelta(days=1)
    total = round_to(interest)
    steps.append(Step("interest", total, "sum of half-years, rounded", (), "Ley 3/2004, art. 7",
                      "interés de demora", "late interest"))  # fmt: skip
    return Result(frozen({"interest": total, "days": Decimal(days)}), tuple(steps))


def compensation(paid_late_on: date) -> Decimal:
    """Return what a late debtor owes for the cost of collection, in euros.

    Raises:
        NotInForceError: Nothing is recorded for that day.

    Source:
        Ley 3/2004, art. 8.1.
    """
    value: Decimal = series(_FILE, "compensation").on(paid_late_on).value
    return value


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt to a supplier.

    Attributes:
        amount: In euros.
        received_on: Day of receipt of the invoice, or of the goods or services.
        paid_on: Day of payment; ``None`` while it is pending.
    """

    amount: Decimal
    received_on: date
    paid_on: date | None = None


def average_period(debts: Iterable[Debt], on: date) -> Result:
    """Compute the average payment period to suppliers (periodo medio de pago).

    Args:
        debts: Paid and pending debts.
        on: Day on which the pending ones are looked at.

    Returns:
        ``paid_ratio``, ``pending_ratio`` and ``average``, in days with two decimals; ``paid`` and
        ``pending``, in euros.

    Raises:
        ArgumentError: There is no debt, or an amount is a float or negative.
    """
    require_day(on)
    paid = pending = paid_days = pending_days = Decimal(0)
    for debt in debts:
        amount = exact(debt.amount, "an amount")
        if amount < 0:
            raise ArgumentError("a debt is not negative")
        days = ((debt.paid_on or on) - debt.received_on).days
        if debt.paid_on:
            paid, paid_days = paid + amount, paid_days + amount * days
        else:
            pending, pending_days = pending + amount, pending_days + amount * days
    if not paid + pending:
        raise ArgumentError("without debts there is no average period")
    values = {
        "paid": paid,
        "pending": pending,
        "paid_ratio": round_to(paid_days / paid) if paid else Decimal(0),
        "pending_ratio": round_to(pending_days / pending) if pending else Decimal(0),
        "average": round_to((paid_days + pending_days) / (paid + pending)),
    }
    step = Step("average", values["average"],
                "(paid_ratio * paid + pending_ratio * pending) / (paid + pending)",
                tuple(values.items())[:4], "Resolución del ICAC de 29 de enero de 2016, art. 5",
                "periodo medio de pago", "average payment period")  # fmt: skip
    return Result(frozen(values), (step,))
