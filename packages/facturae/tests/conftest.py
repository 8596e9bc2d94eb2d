"""Documents that the tests change, and the way to change one field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from einvoice_core.records import Record
from facturae_es import building, parts
from facturae_es.codes import (
    CorrectionMethod,
    InvoiceIssuerType,
    ReasonCode,
    ResidenceType,
    RoleType,
    TaxType,
)
from facturae_es.model import (
    Address,
    AmountsWithheld,
    Disbursement,
    Facturae,
    LegalEntity,
    OverseasAddress,
    Party,
    PaymentInKind,
    PaymentOnAccount,
    Period,
    Subsidy,
    TaxIdentification,
    ThirdParty,
)
from facturae_es.totals import Adjustment, Line, Settlement, Tax, Withholding

Change = Callable[[Facturae, str, object], Facturae]
"""Returns a copy of a document in which one field has another value."""

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)
IVA = Tax(rate_percent=Decimal("21.00"))


def _change(record: Any, steps: list[str], value: object) -> Any:  # noqa: ANN401 - any record
    name, _, index = steps[0].partition("[")
    old = getattr(record, name)
    if index:
        i = int(index[:-1])
        new = value if len(steps) == 1 else _change(old[i], steps[1:], value)
        return record.model_copy(update={name: (*old[:i], new, *old[i + 1 :])})
    new = value if len(steps) == 1 else _change(old, steps[1:], value)
    return record.model_copy(update={name: new})


@pytest.fixture(scope="session")
def change() -> Change:
    def apply(document: Facturae, path: str, value: object) -> Facturae:
        assert re.fullmatch(r"[a-z_0-9.\[\]]+", path)
        changed = _change(document, path.split("."), value)
        assert isinstance(changed, Record)
        return changed

    return apply


@pytest.fixture(scope="session")
def seller() -> Party:
    return parts.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)


@pytest.fixture(scope="session")
def buyer() -> Party:
    centres = [
        parts.centre(f"L0128079{n}", role, MADRID, name="Unidad inventada")
        for n, role in enumerate((RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER))
    ]
    return parts.company("Q2812345C", "Ayuntamiento Inventado", MADRID, centres=centres)


@pytest.fixture(scope="session")
def simple(seller: Party, buyer: Party) -> Facturae:
    """One line, one tax."""
    line = Line(description="Consultoría", quantity=2, unit_price="150", taxes=(IVA,))
    return building.build(seller, buyer, "17", date(2026, 3, 2), [line], series="A")


@pytest.fixture(scope="session")
def rich(buyer: Party) -> Facturae:
    """Everything that totals know: discounts, charges, surcharge, withholding, settlement."""
    seller = parts.person(
        "12345678Z", "Inventada", "Pérez", MADRID, second_surname="Gómez", reference="42"
    )
    lines = [
        Line(
            description="Género",
            quantity=Decimal(7),
            unit_price=Decimal("10.35"),
            discounts=(Adjustment(reason="Volumen", percent=Decimal(5)),),
            charges=(Adjustment(reason="Embalaje", amount=Decimal("1.50")),),
            taxes=(IVA.model_copy(update={"surcharge_percent": Decimal("5.20")}),),
            withholdings=(Withholding(rate_percent=Decimal(15)),),
            period=Period(starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28)),
        ),
        Line(
            description="Libros",
            unit_price=Decimal("40.00"),
            taxes=(Tax(rate_percent=Decimal(4)),),
        ),
    ]
    settlement = Settlement(
        subsidies=(Subsidy(description="Plan inventado", amount=Decimal("5.00")),),
        payments_on_account=(PaymentOnAccount(paid_on=date(2026, 2, 1), amount=Decimal("10.00")),),
        disbursements=(Disbursement(amount=Decimal("3.20")),),
        financial_expenses=Decimal("1.10"),
        amounts_withheld=AmountsWithheld(reason="Garantía", amount=Decimal("2.00")),
        payment_in_kind=PaymentInKind(reason="Género", amount=Decimal("4.00")),
    )
    period = Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    made = building.invoice(
        "18",
        date(2026, 3, 2),
        lines,
        series="R",
        discounts=[Adjustment(reason="Pronto pago", percent=Decimal(2))],
        charges=[Adjustment(reason="Portes", amount=Decimal("6.00"))],
        settlement=settlement,
        corrective=parts.correction(
            ReasonCode.TAXABLE_BASE,
            CorrectionMethod.DIFFERENCES,
            period,
            number="3",
            issued_on=date(2026, 1, 15),
        ),
        period=period,
        description="Factura de prueba",
        legal_texts=["Texto legal inventado"],
        note="Nota",
    )
    payable = made.totals.executable_amount
    made = made.model_copy(
        update={
            "payment_details": (
                parts.transfer(date(2026, 4, 1), payable, "ES79 2100 0813 6101 2345 6789"),
            )
        }
    )
    third = ThirdParty(
        tax_identification=TaxIdentification(
            person_type="J", residence_type=ResidenceType.EUROPEAN_UNION, nif="PT123456789"
        ),
        legal_entity=LegalEntity(
            corporate_name="Terceira, Lda.",
            overseas_address=OverseasAddress(
                street="Rua Inventada, 1",
                post_code_and_town="1000-001 Lisboa",
                province="Lisboa",
                country="PRT",
            ),
        ),
    )
    document = building.batch(seller, buyer, [made], third_party=third)
    assert document.file_header.issuer_type is InvoiceIssuerType.THIRD_PARTY
    assert made.taxes_withheld[0].tax_type is TaxType.IRPF
    return document
