"""A line on the terminal that says how far the work is."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

__all__ = ["with_progress"]

T = TypeVar("T")

_PERIOD_S = 0.1
_CLEAR = "\r\x1b[K"


def with_progress(
    items: Iterable[T],
    unit: str = "files",
    *,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Pass items on and count them on a terminal; elsewhere nothing is shown.

    How many will come is not known: names are expanded while the work goes on.

    Args:
        items: What is worked on.
        unit: What they are called.
        stream: Where the line goes; by default standard error.
        clock: Says how the time passes.
    """
    stream = stream or sys.stderr
    if not stream.isatty():
        yield from items
        return
    start = shown = clock()
    count = 0
    try:
        for item in items:
            count += 1
            now = clock()
            if now - shown >= _PERIOD_S:
                shown = now
                rate = count / (now - start)
                stream.write(f"{_CLEAR}{count:,} {unit}, {rate:,.0f} each second")
                stream.flush()
            yield item
    finally:
        if shown != start:
            stream.write(_CLEAR)
            stream.flush()
