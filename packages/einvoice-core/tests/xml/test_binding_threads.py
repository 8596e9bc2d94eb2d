"""Several threads bind the same class at once."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from pydantic import create_model

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


def test_threads_that_write_other_parts_of_a_class_for_the_first_time() -> None:
    class Part(Record):
        number: Annotated[int, Xml("Number")]

    names = [f"P{number}" for number in range(40)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(20):
            fields: Any = {
                name.lower(): (Annotated[Part | None, Xml(name)], None) for name in names
            }
            whole: Any = create_model(f"Whole{turn}", __base__=Record, **fields)
            whole.xml_type = XmlType("Whole")
            write(whole())
            start = threading.Barrier(4)

            def texts(first: int, whole: Any = whole, start: threading.Barrier = start) -> bool:
                start.wait()
                return all(
                    write(whole(**{names[n].lower(): Part(number=n)}), declaration=False).decode()
                    == f"<Whole><P{n}><Number>{n}</Number></P{n}></Whole>"
                    for n in range(first, 40, 4)
                )

            with ThreadPoolExecutor(4) as pool:
                assert all(f.result() for f in [pool.submit(texts, n) for n in range(4)])
    finally:
        sys.setswitchinterval(interval)
