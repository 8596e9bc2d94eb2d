"""Address an invoice to the three DIR3 units of a public body."""

from datetime import date
from decimal import Decimal

import facturae_es as facturae
from facturae_es.codes import RoleType
from facturae_es.model import Address, Facturae, Party

MADRID = Address(
    street="Calle de la Prueba, 5", post_code="28013", town="Madrid", province="Madrid",
    country="ESP",
)  # fmt: skip
UNITS = {
    RoleType.FISCAL: ("L01280796", "Oficina contable"),
    RoleType.RECEIVER: ("LA0007407", "Órgano gestor"),
    RoleType.PAYER: ("LA0007408", "Unidad tramitadora"),
}
"""The codes are in the directory DIR3; the body tells its suppliers which to use."""


def council(*roles: RoleType) -> Party:
    units = [facturae.centre(UNITS[role][0], role, MADRID, name=UNITS[role][1]) for role in roles]
    return facturae.company("P9900001J", "Ayuntamiento Inventado", MADRID, centres=units)


def invoice_to(buyer: Party) -> Facturae:
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    line = facturae.Line(
        description="Consultoría",
        unit_price=Decimal("600.00"),
        taxes=(facturae.Tax(rate_percent=Decimal(21)),),
        # FACe recommends the file of the contract in the first line.
        file_reference="EXP-2026-001",
    )
    return facturae.build(seller, buyer, "17", date(2026, 3, 2), [line], series="A")


def main() -> None:
    right = invoice_to(council(*UNITS))
    assert facturae.validate_record(right).findings == ()
    for centre in right.parties.buyer.administrative_centres:
        print(f"{centre.role}: {centre.centre_code} {centre.description}")

    # Two of the three: FACe would refuse it.
    (finding,) = facturae.validate_record(
        invoice_to(council(RoleType.FISCAL, RoleType.PAYER))
    ).findings
    print(f"{finding.rule} ({finding.severity}): {finding.message}")
    assert finding.rule == "FACTURAE-048"

    # None at all: the NIF says that the buyer is public, so this is a warning.
    (finding,) = facturae.validate_record(invoice_to(council())).findings
    print(f"{finding.rule} ({finding.severity}): {finding.message}")
    assert finding.rule == "FACTURAE-049"


if __name__ == "__main__":
    main()
