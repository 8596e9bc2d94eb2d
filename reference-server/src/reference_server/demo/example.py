"""The invoice that the demo issues when it is given none; everybody in it is invented."""

from datetime import date, timedelta
from typing import Any

import facturae_es
from facturae_es.model import Address, ContactDetails, Party

__all__ = ["BUYER", "SELLER", "draft"]

SELLER: Party = facturae_es.person(
    "99999990S",
    "Lucía",
    "Demostración",
    Address(
        street="Calle del Ejemplo 7, 2.º B",
        post_code="50001",
        town="Zaragoza",
        province="Zaragoza",
        country="ESP",
    ),
    second_surname="Ficticia",
    contact=ContactDetails(email="lucia@example.test"),
)
BUYER: Party = facturae_es.company(
    "B12345674",
    "Cliente de Muestra, S.L.",
    Address(
        street="Avenida de la Prueba 12",
        post_code="28013",
        town="Madrid",
        province="Madrid",
        country="ESP",
    ),
)


def draft(today: date) -> dict[str, Any]:
    """Make the body of the draft: two rates of IVA, a discount and a withholding of IRPF."""
    withheld = [{"rate": "professional_general"}]
    return {
        "lines": [
            {
                "description": "Diseño de la tienda en línea",
                "quantity": "20",
                "unit": "02",
                "unit_price": "45.00",
                "taxes": [{"rate": "general"}],
                "discounts": [{"reason": "Cliente habitual", "percent": "5"}],
                "withholdings": withheld,
            },
            {
                "description": "Manual impreso",
                "quantity": "3",
                "unit_price": "12.50",
                "taxes": [{"rate": "super_reduced"}],
                "withholdings": withheld,
            },
        ],
        "receiver_transaction": "PED-2026-118",
        "payments": [
            {"due_on": (today + timedelta(days=30)).isoformat(), "iban": "ES9121000418450200051332"}
        ],
    }
