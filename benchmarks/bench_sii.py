"""SII: records to XML beside zeep on the same records, judged, read, kept and sent to the sandbox.

Processor time, the best of several runs. zeep is given values that are ready and only has to write
them; ours are records that are ready.
"""

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from lxml import etree

from aeat_sii.sandbox import SiiService
from aeat_sii.sii import build, outbox, prepare, read_submission, validate
from aeat_sii.sii.records import IssuedRecord
from aeat_sii.testing import examples, sii_examples
from aeat_sii.verifactu.store import open_sqlite
from einvoice_core.xml.parsing import parse

COUNT = 1_000
PATH = "/wlpl/SSII-FACT/ws/fe/SiiFactFEV1SOAP"


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the least processor time of several runs."""
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def zeep_writer(body: bytes) -> Callable[[], object] | None:
    """Make the function with which zeep writes the same message; ``None`` without its files."""
    try:
        from zeep import Client
        from zeep.transports import Transport
    except ImportError:
        return None
    wsdl = Path(os.environ.get("EINVOICE_OFFICIAL", "official"), "sii/aeat-v1.1")
    if not wsdl.exists():
        return None

    class Offline(Transport):
        def load(self, url: str) -> bytes:
            return Path(url).read_bytes()

    client = Client(str(wsdl / "SuministroFactEmitidas.wsdl"), transport=Offline())
    (message,) = parse(body).iterfind("{*}Body/*")
    element = client.get_element(message.tag)
    value = element.parse(message, client.wsdl.types)

    def write() -> bytes:
        parent = etree.Element("parent")
        element.render(parent, value)
        return etree.tostring(parent[0])

    return write


def show(what: str, took_s: float, note: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<36}{COUNT / took_s:10,.0f} records/s  {took_s * 1_000:8.1f} ms  {note}")


def main() -> None:
    """Print the figures."""
    titular, now = sii_examples.TITULAR, examples.NOW
    records = [sii_examples.issued(f"2026/{number:04}") for number in range(COUNT)]
    submission = prepare(records, titular)
    body = build(submission)
    ours = seconds(lambda: build(submission))
    show("written", ours, f"{len(body):,} bytes")
    peer = zeep_writer(body)
    if peer is None:
        print("  zeep was not run: it or the official WSDL is missing")
    else:
        theirs = seconds(peer, times=2)
        show("  zeep, the same records", theirs, f"{theirs / ours:.1f} times ours")
    show("read", seconds(lambda: read_submission(body)))
    show("judged", seconds(lambda: [validate(each, titular, now=now) for each in records], times=2))
    show("put in an outbox in memory", seconds(lambda: put_all(records), times=2))
    show("taken by the sandbox", seconds(lambda: taken(body), times=2))


def put_all(records: list[IssuedRecord]) -> None:
    """Put all into a new outbox, in one transaction."""
    with closing(open_sqlite(":memory:")) as connection, outbox.transactions(connection)() as here:
        outbox.create_tables(here)
        for record in records:
            outbox.put(here, outbox.Box("tenant"), record, sii_examples.TITULAR)


def taken(body: bytes) -> None:
    """Send all to a new sandbox."""
    status, _ = SiiService(lambda: examples.NOW).answer(body, sii_examples.TITULAR.nif, PATH)
    if status != 200:
        raise SystemExit("the sandbox has refused the message")


if __name__ == "__main__":
    main()
