"""Send an invoice to FACe in UBL under FACe's CIUS, with the DIR3 units in the buyer reference."""

from datetime import date
from decimal import Decimal

import facturae_es
import ubl_peppol
from facturae_es import face
from facturae_es.codes import RoleType
from facturae_es.face import sandbox
from facturae_es.model import Address
from ubl_peppol.facturae import to_en16931

PLACE = Address(
    street="Calle Mayor, 1", post_code="28013", town="Madrid", province="Madrid", country="ESP"
)
CIUS = "cius-es-face-1.0.0"


def main() -> None:
    relation = sandbox.RELATIONS[0]
    roles = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
    units = [
        facturae_es.centre(code, role, PLACE)
        for code, role in zip(relation.codes, roles, strict=True)
    ]
    document = facturae_es.build(
        facturae_es.company("B12345674", "Ejemplos Inventados, S.L.", PLACE),
        facturae_es.company(relation.nif, "Ayuntamiento Inventado", PLACE, centres=units),
        number="2026-17",
        issued_on=date(2026, 3, 2),
        lines=[
            facturae_es.Line(
                description="Consultoría",
                quantity=Decimal(8),
                unit_price=Decimal("125.00"),
                taxes=(facturae_es.Tax(rate_percent=Decimal(21)),),
            )
        ],
    )
    xml = ubl_peppol.ubl.write(to_en16931(document, profile=CIUS).invoice)
    assert ubl_peppol.validate(xml, profile=CIUS).findings == ()

    # The sandbox plays FACe on this machine.
    with sandbox.serve() as double:
        credential = double.authority.issue("12345678Z", organization_nif="B12345674")
        api = face.Rest(face.local(double.url))
        with face.Client(api, credential, trust=double.authority.pem) as client:
            sent = face.Submission("2026-17.xml", xml, "facturas@example.org")
            registered = client.call(api.submit(sent))
            print(
                f"{registered.number} of {registered.amount} EUR: {registered.registry_code[:6]}…"
            )


if __name__ == "__main__":
    main()
