"""Time of closing forms and of the gross quota, scalar and in batch, beside OpenFisca.

Run it with ``python benchmarks/bench_tax_engine.py``. OpenFisca wants libraries of its own:
``nox -s benchmarks`` makes an environment for it, or ``EINVOICE_OPENFISCA_PYTHON`` names a Python
that has ``openfisca-core``. It computes the same quota of the same taxpayers in that process. Its
floats, and the quotas that the law prints rounded, give other cents: how many is shown.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from tax_es import batch
from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.closing.form130 import Figures, close_130
from tax_es.graph import by_territory
from tax_es.irpf import quota
from tax_es.ledger import Issued, Ledger, Received, TaxLine

DAY = date(2025, 12, 31)
PERIOD = Period(2025, "1T")
COUNT = 1_000_000
PEER = Path(__file__).with_name("peer_openfisca.py")
ENVIRONMENT = "EINVOICE_OPENFISCA_PYTHON"


def best_of(work: Callable[[], object], rounds: int = 7) -> float:
    """Return the lowest CPU seconds of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def books(count: int) -> Ledger:
    """Make books with as many invoices, half of them received."""
    day = date(2025, 2, 10)
    sales = tuple(
        Issued(id=f"A-{n}", issued_on=day, lines=(TaxLine(taxable_base="100.10", percent="21"),))
        for n in range(count // 2)
    )
    bought = tuple(
        Received(id=f"P-{n}", issued_on=day, lines=(TaxLine(taxable_base="50.05", percent="10"),))
        for n in range(count // 2)
    )
    return Ledger(issued=sales, received=bought)


def forms() -> None:
    """Print the time of forms."""
    small, large = books(20), books(10_000)
    median = statistics.median(best_of(lambda: form303.close(small, PERIOD), 1) for _ in range(30))
    print(f"form 303 of 20 invoices, with trace   {median * 1_000:8.2f} ms   (goal 5)")
    figures = Figures(Decimal(30000), Decimal(12000), Decimal(1500))
    print(
        f"form 130, with trace                  "
        f"{best_of(lambda: close_130(PERIOD, figures)) * 1_000:8.2f} ms   (goal 5)"
    )
    print(
        f"form 303 of 10,000 invoices           "
        f"{best_of(lambda: form303.close(large, PERIOD)):8.3f} s    (goal 0.25)"
    )


def profiles() -> tuple[dict[str, batch.Cents], np.ndarray]:
    """Make taxpayers with bases of every size in every territory."""
    chance = np.random.default_rng(1)
    figures = {
        "general_base": chance.integers(0, 12_000_000, COUNT),
        "savings_base": chance.integers(0, 3_000_000, COUNT),
        "minimum_state": chance.integers(555_000, 1_500_000, COUNT),
        "minimum_autonomous": chance.integers(555_000, 1_500_000, COUNT),
    }
    return figures, chance.integers(0, len(quota.COMMUNITIES), COUNT)


def gross_quota() -> None:
    """Print the speed of the gross quota, in batch and one by one."""
    graph = quota.graph(DAY, quota.COMMUNITIES)
    figures, territory = profiles()
    spent = best_of(lambda: batch.run(graph, figures, territory=territory, wanted=("total",)), 5)
    print(f"gross quota in batch                  {COUNT / spent / 1e6:8.2f} million/s (goal 1.5)")
    graphs = [by_territory(graph, index) for index in range(len(quota.COMMUNITIES))]
    rows = [
        (graphs[territory[n]], {k: Decimal(int(v[n])).scaleb(-2) for k, v in figures.items()})
        for n in range(500)
    ]
    one = best_of(lambda: [each.run(row) for each, row in rows]) / len(rows)
    print(
        f"gross quota one by one, with trace    {one * 1e6:8.0f} us     "
        f"{one * COUNT / spent:8.0f} times the batch"
    )
    checked = batch.run(graph, figures, territory=territory)["total"]
    if any(
        each.run(row)["total"] != int(checked[n]) / Decimal(100)
        for n, (each, row) in enumerate(rows)
    ):
        raise SystemExit("the two executors differ")
    peer(figures, territory, checked, spent)


def peer(
    figures: dict[str, batch.Cents], territory: np.ndarray, exact: batch.Cents, spent: float
) -> None:
    """Print the speed of OpenFisca for the same quota, and what its floats lose."""
    python = os.environ.get(ENVIRONMENT)
    if not python:
        print(f"OpenFisca: not run; let {ENVIRONMENT} name a Python that has openfisca-core")
        return
    names = ("general", "savings_state", "savings_autonomous", *quota.COMMUNITIES)
    scales = {name: quota.scale(name, DAY) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        arrays = {name: each / 100 for name, each in figures.items()} | {"territory": territory}
        for name, values in arrays.items():
            np.save(Path(folder, f"{name}.npy"), values)
        told = {
            "count": COUNT,
            "figures": {name: f"{folder}/{name}.npy" for name in arrays},
            "territories": quota.COMMUNITIES,
            "scales": {
                name: [[float(a), float(b)] for a, b in zip(s.limits, s.percents, strict=True)]
                for name, s in scales.items()
            },
            "found": f"{folder}/found.npy",
        }
        file = Path(folder, "told.json")
        file.write_text(json.dumps(told), "utf-8")
        done = subprocess.run([python, PEER, file], capture_output=True, text=True, check=True)
        found = np.load(told["found"]).astype(np.float64)
    answer = json.loads(done.stdout)
    away = np.abs(np.rint(found * 100).astype(np.int64) - exact)
    print(
        f"the same by OpenFisca                 {COUNT / answer['seconds'] / 1e6:8.2f} million/s"
        f"   {answer['seconds'] / spent:5.1f} times the time of the batch"
    )
    print(
        f"totals of OpenFisca ({answer['kind']}) at another cent: {np.count_nonzero(away):,} of "
        f"{COUNT:,}, the farthest {int(away.max())} cents away"
    )


def main() -> None:
    """Print every figure."""
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}")
    forms()
    gross_quota()


if __name__ == "__main__":
    main()
