"""Run every benchmark of this folder and print its figures beside a fixed loop.

    python benchmarks/run.py              all of them
    python benchmarks/run.py facturae     those whose name contains a word

Each ``bench_*.py`` is a program that prints milliseconds and, where a peer is at hand, the ratio to
it. Nothing is judged here: a figure of a shared machine is no promise. The calibration loop, ten
million additions, tells how fast the machine was at that moment.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def calibrate() -> float:
    """Return the seconds that ten million additions take."""
    started = time.perf_counter()
    number = 0
    while number < 10_000_000:
        number += 1
    return time.perf_counter() - started


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    words = sys.argv[1:]
    found = sorted(HERE.glob("bench_*.py"))
    chosen = [path for path in found if not words or any(word in path.stem for word in words)]
    failed: list[str] = []
    for path in chosen:
        print(f"\n{path.stem.removeprefix('bench_')} (calibration {calibrate():.2f} s)", flush=True)
        if subprocess.run([sys.executable, str(path)], check=False).returncode:
            failed.append(path.stem)
    for name in failed:
        print(f"{name} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
