"""Send an invoice to FACe, lose the answer, find it again, and follow it until it is paid."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import facturae_es as facturae
from einvoice_core.errors import EInvoiceError
from facturae_es import face
from facturae_es.codes import RoleType
from facturae_es.face import sandbox
from facturae_es.model import Address

MADRID = Address(
    street="Calle de la Prueba, 5",
    post_code="28013",
    town="Madrid",
    province="Madrid",
    country="ESP",
)


def invoice_for(relation: sandbox.UnitRelation) -> bytes:
    """Write an invoice that names the three units of a public buyer."""
    roles = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
    units = [
        facturae.centre(code, role, MADRID)
        for code, role in zip(relation.codes, roles, strict=True)
    ]
    line = facturae.Line(
        description="Consultoría",
        quantity=Decimal(10),
        unit_price=Decimal("60.00"),
        taxes=(facturae.Tax(rate_percent=Decimal(21)),),
    )
    made = facturae.invoice("17", date(2026, 3, 2), [line], series="A")
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", MADRID)
    buyer = facturae.company(relation.nif, "Ayuntamiento Inventado", MADRID, centres=units)
    return facturae.write(facturae.batch(seller, buyer, [made]))


def main() -> None:
    # The sandbox plays FACe on this machine; it loses the answer to the first request.
    with sandbox.serve(faults=sandbox.scripted([sandbox.Fault.LOST_REPLY])) as double:
        # Your own: load_pkcs12(Path("mine.p12").read_bytes(), password), registered with FACe.
        credential = double.authority.issue("12345678Z", organization_nif="B12345674")
        # The real thing: face.Rest(face.staging()), and no `trust`.
        api = face.Rest(face.local(double.url))
        signed = facturae.sign(
            invoice_for(sandbox.RELATIONS[0]), credential, clock=lambda: datetime.now(UTC)
        )
        delivery = face.Submission("17.xsig", signed, "facturas@example.org")

        with face.Client(api, credential, trust=double.authority.pem) as client:
            submit = api.submit(delivery)
            try:
                invoice = client.call(submit)
            except EInvoiceError as error:
                # Nobody knows whether FACe has it. Sending the same document again finds out.
                print(f"no answer: {error.code}, delivery {error.details['delivery']}")
                invoice = client.resend(submit)
            print(f"registered as {invoice.registry_code}")
            assert len(double.service.register) == 1

            # Meanwhile the administration works; here we do its part.
            states = []
            for _ in range(3):
                double.service.register.advance(invoice.registry_code)
                status = client.call(api.invoice(invoice.registry_code)).processing
                if status is not None:
                    print(f"{status.code} {status.name}")
                    states.append(status.processing)
            assert states[-1] is face.ProcessingState.PAID

            # Units that do not belong together: refused with the reason, nothing is registered.
            mixed = replace(sandbox.RELATIONS[0], office=sandbox.RELATIONS[-1].office)
            wrong = facturae.sign(invoice_for(mixed), credential)
            try:
                client.call(api.submit(face.Submission("18.xsig", wrong, "facturas@example.org")))
            except face.RefusedError as error:
                print(error.details["reasons"])
            assert len(double.service.register) == 1


if __name__ == "__main__":
    main()
