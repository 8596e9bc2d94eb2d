"""A thousand chained VERI*FACTU records to XML, beside zeep with the official WSDL.

The records are the same; ours are linked and written in the same run, zeep's are given as plain
values with fingerprints ready, so that it only has to write.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aeat_sii.sandbox import Service
from aeat_sii.testing import examples
from aeat_sii.verifactu import RegistrationRecord, build, link, prepare, qr, validate

COUNT = 1_000


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the best of several runs."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best * 1_000


def drafts() -> list[RegistrationRecord]:
    """Make the records without their places."""
    return [examples.registration(f"2026/{number:04}") for number in range(COUNT)]


def chained(records: list[RegistrationRecord]) -> list[RegistrationRecord]:
    """Link them one after the other."""
    linked: list[RegistrationRecord] = []
    for record in records:
        linked.append(link(record, linked[-1] if linked else None))
    return linked


def zeep_message() -> Callable[[], object] | None:
    """Make the function with which zeep writes the same message; ``None`` without its files."""
    try:
        from zeep import Client
        from zeep.transports import Transport
    except ImportError:
        return None
    folder = Path(os.environ.get("EINVOICE_OFFICIAL", "official"), "verifactu", "schema")
    if not folder.exists():
        return None

    class Offline(Transport):
        def load(self, url: str) -> bytes:
            nodtd = "xmldsig-core-schema" in url
            return (folder / "xmldsig-core-schema-nodtd.xsd" if nodtd else Path(url)).read_bytes()

    client = Client(str(folder / "SistemaFacturacion.wsdl"), transport=Offline())
    (binding,) = [name for name in client.wsdl.bindings if name.endswith("}sfVerifactu")]
    service = client.create_service(binding, "https://localhost/")
    header = {"ObligadoEmision": {"NombreRazon": "CERTIFICADO UNO", "NIF": examples.ISSUER}}
    values = [{"RegistroAlta": _values(record)} for record in chained(drafts())]
    return lambda: client.create_message(service, "RegFactuSistemaFacturacion", header, values)


def _values(record: RegistrationRecord) -> dict[str, Any]:
    line, person, system = record.breakdown[0], record.recipients[0], record.system
    previous = record.chaining.previous
    return {
        "IDVersion": "1.0",
        "IDFactura": _key(record.invoice),
        "NombreRazonEmisor": record.issuer_name,
        "TipoFactura": record.kind.value,
        "DescripcionOperacion": record.description,
        "Destinatarios": {"IDDestinatario": [{"NombreRazon": person.name, "NIF": person.nif}]},
        "Desglose": {
            "DetalleDesglose": [
                {
                    "ClaveRegimen": "01",
                    "CalificacionOperacion": "S1",
                    "TipoImpositivo": str(line.rate_percent),
                    "BaseImponibleOimporteNoSujeto": str(line.taxable_base),
                    "CuotaRepercutida": str(line.output_tax),
                }
            ]
        },
        "CuotaTotal": str(record.total_tax),
        "ImporteTotal": str(record.total),
        "Encadenamiento": {"RegistroAnterior": {**_key(previous), "Huella": previous.fingerprint}}
        if previous
        else {"PrimerRegistro": "S"},
        "SistemaInformatico": {
            "NombreRazon": system.producer_name,
            "NIF": system.producer_nif,
            "NombreSistemaInformatico": system.name,
            "IdSistemaInformatico": system.id,
            "Version": system.version,
            "NumeroInstalacion": system.installation,
            "TipoUsoPosibleSoloVerifactu": "S",
            "TipoUsoPosibleMultiOT": "N",
            "IndicadorMultiplesOT": "N",
        },
        "FechaHoraHusoGenRegistro": record.recorded_at,
        "TipoHuella": "01",
        "Huella": record.fingerprint,
    }


def _key(invoice: Any) -> dict[str, str]:  # noqa: ANN401 - an invoice or a link to one
    return {
        "IDEmisorFactura": invoice.issuer_nif,
        "NumSerieFactura": invoice.number,
        "FechaExpedicionFactura": f"{invoice.issued_on:%d-%m-%Y}",
    }


def show(what: str, took: float, note: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<36}{took:10.3f} ms  {note}")


def main() -> None:
    """Print the figures."""
    records = drafts()
    linked = chained(records)
    body = build(prepare(linked))
    address = qr.url_of(linked[0])
    both = milliseconds(lambda: build(prepare(chained(records))))
    show(f"{COUNT} records, linked and written", both, f"{len(body):,} bytes")
    show("  linked", milliseconds(lambda: chained(records)))
    show("  written", milliseconds(lambda: build(prepare(linked))))
    peer = zeep_message()
    if peer is None:
        print("  zeep was not run: it or the official WSDL is missing")
    else:
        theirs = milliseconds(peer, times=2)
        show("  zeep, written only", theirs, f"{theirs / both:.1f} times ours")
    now = examples.NOW
    show("one record judged", milliseconds(lambda: validate(linked[1], now=now)))
    show("one QR as SVG", milliseconds(lambda: qr.svg(address)))
    show("one QR as PNG", milliseconds(lambda: qr.png(address)))
    taken = milliseconds(lambda: Service(lambda: now).answer(body, examples.ISSUER), times=2)
    show(f"sandbox, {COUNT} records in a message", taken)


if __name__ == "__main__":
    main()
