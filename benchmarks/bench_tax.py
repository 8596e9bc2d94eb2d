"""Time of checking identifiers and asking for rates, beside python-stdnum.

Run it with ``python benchmarks/bench_tax.py``. The peer runs in this process, on the same numbers,
in turns with ours; importing is timed in processes of its own.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from tax_es import irpf, iva, output_tax
from tax_es.ids import nif, vat

try:
    from stdnum.es import nif as peer_nif
    from stdnum.eu import vat as peer_vat
except ImportError:
    peer_nif = peer_vat = None

COUNT = 2_000
ROUNDS = 15
DAY = date(2026, 11, 24)


def numbers() -> list[str]:
    """Make valid numbers of every form, and as many with a wrong control character."""
    chance = random.Random(1)  # noqa: S311 - the same numbers in every run, nothing secret
    starts = "01234567XYZKLMABCDEFGHJNPQRSUVW"
    made: list[str] = []
    for _ in range(COUNT // 2):
        number = nif.complete(f"{chance.choice(starts)}{chance.randrange(10**7):07d}")
        made += [number, number[:8] + ("A" if number[8] != "A" else "B")]
    return made


def medians(work: Sequence[Callable[[], object]]) -> list[float]:
    """Return the median milliseconds of each piece of work, done in turns."""
    times: list[list[float]] = [[] for _ in work]
    for _ in range(ROUNDS):
        for each, do in zip(times, work, strict=True):
            started = time.perf_counter()
            do()
            each.append((time.perf_counter() - started) * 1_000)
    return [statistics.median(each) for each in times]


def show(what: str, ours: float, peer: float | None = None) -> None:
    """Print a line: microseconds of one call and, with a peer, how many times faster."""
    line = f"{what:<34} {ours * 1_000 / COUNT:8.2f} us"
    if peer is not None:
        line += f"   python-stdnum {peer * 1_000 / COUNT:8.2f} us   {peer / ours:5.2f} times"
    print(line)


def compare(what: str, ours: Callable[[str], object], peer: object, texts: list[str]) -> None:
    """Time a check of texts, beside the peer where it is installed."""
    work: list[Callable[[], object]] = [lambda: [ours(text) for text in texts]]
    if peer is not None:
        is_valid = peer.is_valid  # type: ignore[attr-defined]  # a module of the peer
        work.append(lambda: [is_valid(text) for text in texts])
    show(what, *medians(work))


def import_times() -> None:
    """Print the CPU time of importing the package and of pydantic, each in a fresh process."""
    programs = {"pydantic": "import pydantic.main", "tax_es": "import tax_es"}
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(7):
        for name, program in programs.items():
            code = (
                f"import time; a = time.process_time(); {program}; print(time.process_time() - a)"
            )
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            spent[name].append(float(done.stdout) * 1_000)
    ours, peer = (statistics.median(spent[name]) for name in ("tax_es", "pydantic"))
    print(f"import tax_es {ours:.0f} ms, pydantic alone {peer:.0f} ms: {ours / peer:.2f} times")


def main() -> None:
    """Print every figure."""
    texts = numbers()
    compare("check a NIF", nif.check, peer_nif, texts)
    written = [f"ES {text[:8]}-{text[8:]}" for text in texts]
    compare("check a NIF with separators", nif.check, peer_nif, written)
    foreign = ["DE136695976", "IT00743110157", "FR61954506077", "PL8567346215"] * (COUNT // 4)
    compare("check a VAT number", vat.check, peer_vat, foreign)
    base = Decimal("1234.50")
    for what, ask in {
        "IVA rate of a day": lambda: iva.rate(DAY),
        "kind of a percentage": lambda: iva.kind_of(Decimal(21), DAY),
        "output tax of a base": lambda: output_tax(base, DAY),
        "withholding rate of a day": lambda: irpf.withholding_rate(DAY),
    }.items():
        show(what, *medians([lambda ask=ask: [ask() for _ in range(COUNT)]]))
    import_times()


if __name__ == "__main__":
    main()
