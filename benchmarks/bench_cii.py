"""EN 16931 on CII of 5 to 1,000 lines, beside the official stylesheet under saxonche.

Both sides parse the bytes and judge the 806 rules; ours judges the structure too.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from bench_validation import SAXON

import ubl_peppol
from ubl_peppol.testing import simple_line, small_invoice

SHEET = "en16931/cii/xslt/EN16931-CII-validation.xslt"


def main() -> None:
    """Print milliseconds and the ratio for each size."""
    print(ubl_peppol.census()["EN16931-CII-1.3.16"])
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for count in (5, 100, 1_000):
            lines = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, count + 1)]
            files[count] = Path(folder) / f"{count}.xml"
            files[count].write_bytes(ubl_peppol.cii.write(small_invoice(*lines)))
        peer = saxon([str(path) for path in files.values()])
        for count, path in files.items():
            ours = median_ms(path.read_bytes(), 40 if count < 1_000 else 7)
            theirs = peer.get(str(path))
            beside = f", saxonche {theirs:.1f} ms: {theirs / ours:.1f}x" if theirs else ""
            print(f"{count:>6} lines, CII: {ours:.2f} ms{beside}")


def median_ms(data: bytes, rounds: int) -> float:
    """Return the median of some runs, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        ubl_peppol.validate(data)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[1:])


def saxon(files: list[str]) -> dict[str, float]:
    """Return the milliseconds of the official stylesheet, or nothing where it is missing."""
    sheet = Path(os.environ.get("EINVOICE_OFFICIAL", "official")) / SHEET
    if not sheet.exists():
        print("saxonche: the official stylesheet is not here (EINVOICE_OFFICIAL)")
        return {}
    task = json.dumps([[str(sheet)], files, 9])
    command = [sys.executable, "-c", SAXON]
    done = subprocess.run(command, input=task, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
