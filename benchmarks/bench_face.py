"""Time of a conversation with the sandbox of FACe: submit an invoice, ask for it; REST and SOAP.

Run it with ``python benchmarks/bench_face.py``. Client and sandbox share this process and talk over
HTTPS on the loopback, so a figure holds both sides: signing the request, the judgement of signature
and units, the answer. The ratio compares it with a bare request to the same server, refused at the
door, which is what the connection alone costs.
"""

import ssl
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import facturae_es as facturae
from einvoice_core.certificates import Credential
from facturae_es import face
from facturae_es.codes import RoleType
from facturae_es.face import sandbox
from facturae_es.model import Address

COUNT = 50
ROLES = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)


def signed(number: int, credential: Credential) -> bytes:
    """Make an invoice of one line for the first buyer that the sandbox knows."""
    address = Address(
        street="Calle de la Prueba, 5",
        post_code="28013",
        town="Madrid",
        province="Madrid",
        country="ESP",
    )
    relation = sandbox.RELATIONS[0]
    units = [
        facturae.centre(code, role, address)
        for code, role in zip(relation.codes, ROLES, strict=True)
    ]
    line = facturae.Line(
        description="Consultoría",
        unit_price=Decimal("60.00"),
        taxes=(facturae.Tax(rate_percent=Decimal(21)),),
    )
    made = facturae.invoice(str(number), date(2026, 3, 2), [line], series="B")
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", address)
    buyer = facturae.company(relation.nif, "Ayuntamiento Inventado", address, centres=units)
    return facturae.sign(facturae.write(facturae.batch(seller, buyer, [made])), credential)


def milliseconds(run: Callable[[int], object]) -> float:
    """Return the time that one of many takes, on the clock."""
    started = time.perf_counter()
    for number in range(COUNT):
        run(number)
    return (time.perf_counter() - started) * 1000 / COUNT


def show(name: str, took: float, bare: float) -> None:
    """Print a line of the table."""
    ratio = f"{took / bare:5.1f} x a bare request"
    print(f"  {name:<16}{took:8.2f} ms  {1000 / took:7.0f} a second  {ratio}")


def main() -> None:
    """Print the table."""
    with sandbox.serve() as double:
        credential = double.authority.issue("12345678Z", organization_nif="B12345674")
        documents = [signed(number, credential) for number in range(3 * COUNT)]
        trusted = ssl.create_default_context(cadata=double.authority.pem.decode())
        plain = HTTPSConnection(urlsplit(double.url).netloc, context=trusted)

        def knock(_: int) -> None:
            plain.request("GET", "/v1/relations")
            plain.getresponse().read()

        bare = milliseconds(knock)
        plain.close()
        show("bare request", bare, bare)
        environment = face.local(double.url)
        apis = (face.Rest(environment), face.Soap(environment), face.SoapClassic(environment))
        for start, api in enumerate(apis):
            with face.Client(api, credential, trust=double.authority.pem) as client:
                codes: list[str] = []

                def submit(
                    number: int,
                    api: face.Rest | face.Soap | face.SoapClassic = api,
                    client: face.Client = client,
                    codes: list[str] = codes,
                    start: int = start,
                ) -> None:
                    document = documents[start * COUNT + number]
                    delivery = face.Submission(f"{number}.xsig", document, "a@example.org")
                    codes.append(client.call(api.submit(delivery)).registry_code)

                def ask(
                    number: int,
                    api: face.Rest | face.Soap | face.SoapClassic = api,
                    client: face.Client = client,
                    codes: list[str] = codes,
                ) -> None:
                    client.call(api.invoice(codes[number]))

                print(type(api).__name__)
                show("submit", milliseconds(submit), bare)
                show("ask", milliseconds(ask), bare)


if __name__ == "__main__":
    main()
