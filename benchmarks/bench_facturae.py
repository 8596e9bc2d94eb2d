"""Time of a Facturae invoice: build, write, read, validate, sign, verify; a folder of them; peers.

Run it with ``python benchmarks/bench_facturae.py``. Peers, where they are installed: xsdata, with
classes that it generates from the official schema when ``EINVOICE_OFFICIAL`` names its folder,
pydantic-xml with the same elements and types, and signxml. Everything but the folder runs in this
process, one after the other; a figure is the time of the processor in the best of many runs.
"""

import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from peers_facturae import pydantic_xml_reader

import facturae_es as facturae
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority
from facturae_es.model import Address, Facturae

FILES = 10_000
REPEAT = 7
MOST = 500
SECONDS = 1.0
PRICES = [Decimal(1_000 + n * 7_919 % 9_000) / 100 for n in range(1_000)]
"""Different ones, so that nothing that remembers values has an easy time."""


def side_by_side(*runs: Callable[[], object]) -> list[float]:
    """Return the milliseconds of the processor that each takes at best, run in turns."""
    times = [float("inf")] * len(runs)
    started = time.perf_counter()
    turns = 0
    # Short runs are repeated until their best is no accident of the machine.
    while turns < REPEAT or (turns < MOST and time.perf_counter() - started < SECONDS):
        turns += 1
        for number, run in enumerate(runs):
            before = time.process_time_ns()
            run()
            times[number] = min(times[number], time.process_time_ns() - before)
    return [nanoseconds / 1_000_000 for nanoseconds in times]


def best(run: Callable[[], object]) -> float:
    """Return the milliseconds of the processor that something takes at best."""
    return side_by_side(run)[0]


def build(count: int) -> Facturae:
    """Build an invoice with that many lines, no two of which cost the same."""
    address = Address(
        street="Calle de la Prueba, 5",
        post_code="28013",
        town="Madrid",
        province="Madrid",
        country="ESP",
    )
    iva = facturae.Tax(rate_percent=Decimal(21))
    lines = [
        facturae.Line(
            description=f"Producto {n}",
            quantity=Decimal(n % 97 + 1),
            unit_price=PRICES[n],
            taxes=(iva,),
        )
        for n in range(count)
    ]
    seller = facturae.company("B12345674", "Ejemplos Inventados, S.L.", address)
    buyer = facturae.person("12345678Z", "Inventada", "Pérez", address)
    return facturae.build(seller, buyer, "1", date(2026, 3, 2), lines)


def xsdata_classes(folder: str) -> Any:  # noqa: ANN401 - a module that is generated
    """Return the module that xsdata generates from the official schema, or ``None``."""
    schema = Path(os.environ.get("EINVOICE_OFFICIAL", "official"))
    schema = (schema / "facturae/xsd-lxml/Facturaev3_2_2.xsd").resolve()
    if importlib.util.find_spec("xsdata") is None or not schema.exists():
        return None
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "xsdata", "generate", str(schema)]
    command += ["--package", "generated_facturae", "--structure-style", "single-package"]
    subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": tools}, capture_output=True, check=True
    )
    sys.path.insert(0, folder)
    return importlib.import_module("generated_facturae")


def signxml_sign(credential: Credential, key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes] | None:
    """Return a function that signs under the same policy with signxml, or ``None``.

    Its key is loaded already, as ours is: reading it from PEM each time would cost 40 ms.
    """
    try:
        from signxml import DigestAlgorithm, algorithms
        from signxml.xades import XAdESDataObjectFormat, XAdESSignaturePolicy, XAdESSigner
    except ImportError:
        return None
    policy = XAdESSignaturePolicy(
        Identifier=facturae.signing.POLICY.identifier,
        Description=facturae.signing.POLICY.description,
        DigestMethod=DigestAlgorithm.SHA256,
        DigestValue=list(facturae.signing.POLICY.digests.values())[1],
    )
    inclusive = algorithms.CanonicalizationMethod.CANONICAL_XML_1_0

    def sign(xml: bytes) -> bytes:
        signer = XAdESSigner(
            signature_policy=policy,
            claimed_roles=["emisor"],
            data_object_format=XAdESDataObjectFormat(MimeType="text/xml"),
            c14n_algorithm=inclusive,
        )
        signed = signer.sign(etree.fromstring(xml), key=key, cert=[credential.certificate])
        return bytes(etree.tostring(signed))

    return sign


def show(name: str, ours: float, peer: float | None = None, who: str = "") -> None:
    """Print a line of the table."""
    ratio = f"{peer:9.2f} ms  {peer / ours:6.1f} x  {who}" if peer is not None else ""
    print(f"  {name:<22}{ours:9.2f} ms  {ratio}")


def measure(
    count: int,
    sign: Callable[[bytes], bytes],
    peer_sign: Callable[[bytes], bytes] | None,
    generated: Any,  # noqa: ANN401 - a module that is generated
) -> None:
    """Print the table for an invoice with that many lines."""
    document = build(count)
    xml = facturae.write(document)
    signed = sign(xml)
    read_ms = write_ms = both_ms = None
    if generated is not None:
        from xsdata.formats.dataclass.parsers import XmlParser
        from xsdata.formats.dataclass.serializers import XmlSerializer

        parser, serializer = XmlParser(), XmlSerializer()
        tree = parser.from_bytes(xml, generated.Facturae)
        read_ms = best(lambda: parser.from_bytes(xml, generated.Facturae))
        write_ms = best(lambda: serializer.render(tree))
    sign_ms = None if peer_sign is None else best(lambda: peer_sign(xml))
    if write_ms is not None and sign_ms is not None:
        both_ms = write_ms + sign_ms
    print(f"{count} lines")
    show("build", best(lambda: build(count)))
    show("write", best(lambda: facturae.write(document)), write_ms, "xsdata")
    show("sign", best(lambda: sign(xml)), sign_ms, "signxml")
    whole = best(lambda: sign(facturae.write(build(count))))
    show("build, write and sign", whole, both_ms, "xsdata (write) + signxml")
    show("read", best(lambda: facturae.read(xml)), read_ms, "xsdata")
    peer_read = pydantic_xml_reader()
    if peer_read is not None:
        assert len(peer_read(xml).invoices[0].lines) == count  # noqa: S101 - both read all of it
        ours, peer = side_by_side(lambda: facturae.read(xml), lambda: peer_read(xml))
        show("", ours, peer, "pydantic-xml")
    show("validate", best(lambda: facturae.validate(xml)))
    show("verify", best(lambda: facturae.verify(signed)))


def folder_of_documents() -> None:
    """Validate 10,000 files with the command, and print time and memory after 1,000 and at the end.

    The memory is that of the process that reports, and the largest of those that judge.
    """
    document = facturae.write(build(10))
    command = [sys.executable, "-m", "facturae_es", "validate", "--quiet", "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        for count in (FILES // 10, FILES):
            for n in range(count):
                (Path(folder) / f"{n:05}.xml").write_bytes(document)
            started = time.perf_counter()
            report = Path(folder) / "report.json"
            done = subprocess.Popen([*command, "-o", str(report), folder])
            _, _, used = os.wait4(done.pid, 0)
            took = time.perf_counter() - started
            each = took / count * 1000
            print(f"{count:>7} files of 10 lines: {took:.1f} s, {each:.2f} ms each on", end=" ")
            print(f"{os.cpu_count()} processors, {used.ru_maxrss / 1024:.0f} MiB at most")


def main() -> None:
    """Print the tables for 10 and for 1,000 lines, and the figures of a folder."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime(2026, 7, 1, 9, tzinfo=UTC)
    credential = ThrowawayAuthority(clock=lambda: now).issue(
        nif="12345678Z", name="Inventada Pérez", key=key
    )
    peer_sign = signxml_sign(credential, key)
    print(f"raw RSA: {best(lambda: key.sign(b'', padding.PKCS1v15(), hashes.SHA256())):.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        generated = xsdata_classes(folder)
        for count in (10, 1_000):
            measure(
                count,
                lambda xml: facturae.sign(xml, credential, clock=lambda: now),
                peer_sign,
                generated,
            )
    folder_of_documents()


if __name__ == "__main__":
    main()
