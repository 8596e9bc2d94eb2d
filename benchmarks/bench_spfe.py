"""UBL 2.5 for the public solution, 100 lines: copied, written, read and judged."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from ubl_peppol import spfe, ubl, ubl25
from ubl_peppol.testing import simple_line, small_invoice


def main() -> None:
    """Print milliseconds, and the ratio to writing and reading the same invoice in UBL 2.1."""
    lines = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, 101)]
    source = small_invoice(*lines)
    copy = spfe.faithful_copy(source).invoice
    old, new = ubl.write(source), ubl25.write(copy)
    beside = {
        "copy": (lambda: spfe.faithful_copy(source), None),
        "write": (lambda: ubl25.write(copy), lambda: ubl.write(source)),
        "read": (lambda: ubl25.read(new), lambda: ubl.read(old)),
        "validate": (lambda: spfe.validate(new), None),
    }
    for name, (ours, peer) in beside.items():
        took = median_ms(ours)
        ratio = f", UBL 2.1 {median_ms(peer):.2f} ms: {median_ms(peer) / took:.1f}x" if peer else ""
        print(f"100 lines, {name}: {took:.2f} ms{ratio}")


def median_ms(run: Callable[[], object], rounds: int = 30) -> float:
    """Return the median of some runs, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
