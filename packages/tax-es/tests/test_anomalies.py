"""Checks that find what was put in, and nothing in good books."""

import random
from decimal import Decimal

import pytest
from books import CUSTOMER, GERMAN, D, books, line, purchase, sale

from tax_es import anomalies
from tax_es.calendar import Period
from tax_es.errors import ArgumentError
from tax_es.ledger import Issued, Ledger, Party, Received, TaxLine


def good(count: int = 200) -> Ledger:
    """Books without a fault, in which amounts vary as amounts do."""
    chance = random.Random(5)  # noqa: S311 - the same books in every run
    entries: list[Issued | Received] = []
    for n in range(1, count + 1):
        month, day = 1 + n * 11 // count, 1 + n % 28
        on = f"2025-{month:02d}-{min(day, 28):02d}"
        entries.append(purchase(f"P{n}", str(chance.randint(100, 200)), on=on))
    days = sorted(f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
                  for _ in range(count))  # fmt: skip
    for n, on in enumerate(days, 1):
        percent = chance.choice(["4", "10", "21"])
        entries.append(sale(f"A-{n}", str(chance.randint(100, 200)), percent, on=on))
    return books(*entries)


def test_good_books_have_no_anomaly() -> None:
    ledger = good()
    assert anomalies.audit(ledger, Period(2025, "0A")) == ()
    assert anomalies.outliers(ledger.issued) == anomalies.outliers(ledger.received) == ()


def with_tax(entry: Issued, tax: str) -> Issued:
    (only,) = entry.lines
    return entry.model_copy(update={"lines": (only.model_copy(update={"tax": D(tax)}),)})


@pytest.mark.parametrize(
    ("entries", "check", "entry"),
    [
        ([sale("A-1", "1"), sale("A-1", "2")], "duplicate", "A-1"),
        ([purchase("7", "1"), purchase("7", "2")], "duplicate", "7"),
        ([sale("A-1", "1"), sale("A-3", "2")], "gap", "A-3"),
        ([sale("A-1", "1"), sale("A-9", "2")], "gap", "A-9"),
        ([sale("A-1", "1", on="2025-02-02"), sale("A-2", "1", on="2025-02-01")], "order", "A-2"),
        ([sale("1", "100", "18")], "rate_not_in_force", "1"),
        ([sale("1", "100", "7.5", on="2025-01-01")], "rate_not_in_force", "1"),
        ([sale("1", "100", "21", surcharge="1.4")], "surcharge_not_in_force", "1"),
        ([with_tax(sale("1", "100"), "21.02")], "tax_mismatch", "1"),
        ([sale("1", "1", party=Party(tax_id="B12345670"))], "invalid_tax_id", "1"),
        ([sale("1", "1", None, operation="intra_community_supply",
               party=Party(tax_id="DE1", country="DE"))], "invalid_tax_id", "1"),
        ([sale("1", "1", on="2026-02-01")], "out_of_period", "1"),
        ([sale("1", "1", currency="USD")], "currency", "1"),
        ([sale("1", "-1")], "negative_base", "1"),
    ],
)  # fmt: skip
def test_each_check_finds_its_fault(
    entries: list[Issued | Received], check: str, entry: str
) -> None:
    found = anomalies.audit(books(*entries), Period(2025, "0A"))
    assert [(each.check, each.entry) for each in found] == [(check, entry)]
    assert found[0].message
    assert found[0].is_certain


@pytest.mark.parametrize(
    "entry",
    [
        sale("1", "-100", modifies=True),
        sale("1", "100", "5", on="2024-03-01"),
        sale("1", "100", "21", surcharge="1.75"),
        sale("1", "100", "21", surcharge="5.2"),
        with_tax(sale("1", "100"), "21.01"),
        sale("1", "100", None, operation="export", party=GERMAN),
        sale("1", "100", "18", on="2013-01-15", modifies=True),
        purchase("1", "100", "12", operation="farming_compensation"),
        sale("1", "1", party=Party(country="US", tax_id="12-3456789")),
    ],
)
def test_what_is_allowed_is_not_reported(entry: Issued | Received) -> None:
    assert anomalies.audit(books(entry)) == ()


def test_two_suppliers_may_use_one_number() -> None:
    entries = [purchase("7", "1"), purchase("7", "2", party=CUSTOMER)]
    assert anomalies.audit(books(*entries)) == ()


def test_an_unusual_amount_is_unusual_and_not_wrong() -> None:
    ledger = good()
    odd = purchase("X", "90000")
    (found,) = anomalies.outliers([*ledger.received, odd])
    assert (found.check, found.entry, found.is_certain) == ("outlier", "X", False)
    assert anomalies.outliers([odd, *ledger.received[:5]]) == ()
    assert anomalies.outliers([purchase(str(n), "5") for n in range(20)]) == ()


def test_a_round_trip() -> None:
    ours = books(sale("1", "100"), sale("2", "50"), purchase("3", "70"))
    assert anomalies.round_trip(ours, ours) == ()
    changed = sale("1", "100").model_copy(update={"lines": (line("100", "10"),)})
    theirs = books(changed, purchase("3", "70"), purchase("4", "1"))
    found = anomalies.round_trip(ours, theirs)
    assert [(each.check, each.entry) for each in found] == [
        ("round_trip", "1"), ("missing", "2"), ("unknown", "4"),
    ]  # fmt: skip
    assert "tax 21.00 here, 10.00" in found[0].message


def test_an_entry_of_an_unknown_operation_does_not_stop_the_audit() -> None:
    entry = Issued(id="1", issued_on="2025-01-01", operation="gift",  # type: ignore[arg-type]
                   lines=(TaxLine(taxable_base=Decimal(1)),))  # fmt: skip
    assert anomalies.audit(books(entry)) == ()


def test_an_isolation_forest_sets_the_odd_one_apart() -> None:
    ledger = good()
    odd = sale("X-1", "250000", on="2025-06-15")
    found = anomalies.isolated([*ledger.issued, odd])
    assert "X-1" in {each.entry for each in found}
    assert len(found) <= 4
    assert found == anomalies.isolated([*ledger.issued, odd])
    assert anomalies.isolated(ledger.issued[:31]) == ()
    for share in (D(0), D(51)):
        with pytest.raises(ArgumentError):
            anomalies.isolated(ledger.issued, share=share)
