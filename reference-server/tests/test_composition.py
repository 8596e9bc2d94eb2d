from datetime import date
from decimal import Decimal

import pytest

from einvoice_core.errors import NotInForceError
from reference_server.demo.example import BUYER, SELLER
from reference_server.services.invoices.composition import compose
from reference_server.services.invoices.schemas import Draft

ISSUED = date(2026, 11, 24)


def draft(**changes: object) -> Draft:
    body = {
        "client_id": "c",
        "series": "F",
        "lines": [{"description": "x", "unit_price": "100"}],
        **changes,
    }
    return Draft.model_validate(body)


@pytest.mark.parametrize(
    ("operated_on", "total"),
    [("2012-08-31", "118.00"), ("2012-09-01", "121.00"), (None, "121.00")],
)
def test_the_day_of_the_operation_decides_the_rate(operated_on: str | None, total: str) -> None:
    document = compose(draft(operation_on=operated_on), SELLER, BUYER, 1, ISSUED)
    assert document.invoices[0].totals.invoice_total == Decimal(total)


def test_a_day_before_the_tables_is_refused() -> None:
    with pytest.raises(NotInForceError):
        compose(draft(operation_on="1980-01-01"), SELLER, BUYER, 1, ISSUED)


def test_the_last_payment_takes_what_the_others_leave() -> None:
    payments = [
        {"due_on": "2026-12-01", "amount": "21.00"},
        {"due_on": "2027-01-01", "iban": "ES91 2100 0418 4502 0005 1332"},
    ]
    document = compose(draft(payments=payments), SELLER, BUYER, 1, ISSUED)
    first, last = document.invoices[0].payment_details
    assert (first.amount, last.amount) == (Decimal("21.00"), Decimal("100.00"))
    assert last.account_to_be_credited is not None
    assert last.account_to_be_credited.iban == "ES9121000418450200051332"


def test_igic_has_named_rates_and_ipsi_has_none() -> None:
    igic = [
        {"description": "x", "unit_price": "100", "taxes": [{"tax_type": "03", "rate": "general"}]}
    ]
    document = compose(draft(lines=igic), SELLER, BUYER, 1, ISSUED)
    assert document.invoices[0].totals.total_tax_outputs == Decimal("7.00")
    ipsi = [
        {"description": "x", "unit_price": "100", "taxes": [{"tax_type": "02", "rate": "general"}]}
    ]
    with pytest.raises(Exception, match="no named rates"):
        compose(draft(lines=ipsi), SELLER, BUYER, 1, ISSUED)
