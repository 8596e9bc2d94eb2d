"""VERI*FACTU: records to XML beside zeep, durable appends beside the disk, the sandbox over HTTPS.

The records are the same; ours are linked and written in the same run, zeep's are given as plain
values with fingerprints ready, so that it only has to write. The chain store acknowledges after the
disk has synchronised; the disk's own rate is measured in the same run.
"""

import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lxml import etree

from aeat_sii import sandbox
from aeat_sii.environments import local
from aeat_sii.sandbox import Service
from aeat_sii.testing import examples
from aeat_sii.verifactu import RegistrationRecord, build, link, prepare, qr, validate
from aeat_sii.verifactu.store import ChainStore, Key, open_sqlite
from einvoice_core import http
from einvoice_core.certificates import load_pkcs12

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
    operation = "RegFactuSistemaFacturacion"
    return lambda: etree.tostring(client.create_message(service, operation, header, values))


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


def appends_per_second(folder: Path, issuers: int = 32, each: int = 100) -> float:
    """Measure durable appends of many issuers to one store, each to a chain of its own taxpayer."""
    with ChainStore(open_sqlite(folder / "chain.db")) as store:
        drafts_of = [examples.registration(f"{number}") for number in range(each)]

        def issue(issuer: int) -> None:
            for draft in drafts_of:
                store.append(Key(f"tenant-{issuer}"), draft)

        return rate(issue, issuers) * each


def rate(work: Callable[[int], object], threads: int) -> float:
    """Run the same work in threads at once and return how many of them end in a second."""
    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    started = time.perf_counter()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return threads / (time.perf_counter() - started)


def syncs_per_second(folder: Path, count: int = 200) -> float:
    """Measure how often the disk synchronises a page that was written behind the last one."""
    handle = os.open(folder / "sync", os.O_CREAT | os.O_WRONLY)
    started = time.perf_counter()
    for _ in range(count):
        os.write(handle, b"x" * 4096)
        os.fdatasync(handle)
    took = time.perf_counter() - started
    os.close(handle)
    return count / took


def requests_per_second(clients: int = 4, each: int = 250) -> tuple[float, float]:
    """Measure the sandbox over HTTPS: one record in each request, connections kept.

    The clients are threads of another process, as a program under test is, and their requests are
    ready before the clock starts.

    Returns:
        Requests in a second, and the milliseconds of processor that the sandbox took for one.
    """
    with sandbox.serve(wait_s=0) as agency:
        credential = agency.authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
        first = link(examples.registration(), None)
        bodies = [
            build(prepare([link(examples.registration(f"{number}"), first)]))
            for number in range(clients * each)
        ]
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        arguments = (theirs, agency.url, agency.authority.pem, credential.to_pkcs12(b"x"), bodies)
        asking = spawn.Process(target=ask_all, args=(*arguments, clients))
        asking.start()
        ours.recv()
        began = time.process_time()
        ours.send("go")
        took: float = ours.recv()
        busy = time.process_time() - began
        asking.join()
        return len(bodies) / took, busy / len(bodies) * 1000


def ask_all(
    pipe: Connection, url: str, root: bytes, pkcs12: bytes, bodies: list[bytes], clients: int
) -> None:
    """Send the requests from as many threads as clients, and tell how many seconds it took."""
    credential = load_pkcs12(pkcs12, b"x")
    address = local(url).verifactu()

    def ask(client: int) -> None:
        with http.client(credential=credential, trust=root, timeout=60) as connection:
            for body in bodies[client::clients]:
                connection.post(address, content=body, headers={"Content-Type": "text/xml"})

    pipe.send("ready")
    pipe.recv()
    pipe.send(clients / rate(ask, clients))


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
    written = milliseconds(lambda: build(prepare(linked)))
    show("  written", written)
    peer = zeep_message()
    if peer is None:
        print("  zeep was not run: it or the official WSDL is missing")
    else:
        theirs = milliseconds(peer)
        times = f"{theirs / written:.1f} times ours written, {theirs / both:.1f} times both"
        show("  zeep, written only", theirs, times)
    now = examples.NOW
    show("one record judged", milliseconds(lambda: validate(linked[1], now=now)))
    show("one QR as SVG", milliseconds(lambda: qr.svg(address)))
    show("one QR as PNG", milliseconds(lambda: qr.png(address)))
    taken = milliseconds(lambda: Service(lambda: now).answer(body, examples.ISSUER), times=2)
    show(f"sandbox, {COUNT} records in a message", taken)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        disk, appended = syncs_per_second(Path(folder)), appends_per_second(Path(folder))
    print(f"  {'disk, fdatasync':<36}{disk:10.0f} /s")
    times = f"{appended / disk:.1f} times the disk"
    print(f"  {'chain store, 32 issuers':<36}{appended:10.0f} /s  {times}")
    requests, each = requests_per_second()
    took = f"{each:.2f} ms of processor each"
    print(f"  {'sandbox over HTTPS':<36}{requests:10.0f} requests/s  {took}")


if __name__ == "__main__":
    main()
