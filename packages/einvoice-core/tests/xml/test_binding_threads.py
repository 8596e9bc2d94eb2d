"""Several threads bind the same class at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from einvoice_core.records import Record, Xml, XmlType
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse


def test_threads_that_meet_a_class_for_the_first_time() -> None:
    for _ in range(30):

        class Inner(Record):
            texts: Annotated[tuple[str, ...], Xml("Text", inside="Texts")]
            more: Annotated[str | None, Xml("More")] = None

        class Outer(Record):
            xml_type = XmlType("Outer")
            inner: Annotated[tuple[Inner, ...], Xml("Inner")]

        record = Outer(inner=(Inner(texts=("a", "b"), more="c"),) * 3)
        start = threading.Barrier(4)

        def there_and_back(record: Outer = record, start: threading.Barrier = start) -> bool:
            start.wait()
            return read(parse(write(record)), type(record)).require() == record

        with ThreadPoolExecutor(4) as pool:
            assert all(f.result() for f in [pool.submit(there_and_back) for _ in range(4)])
