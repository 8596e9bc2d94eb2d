"""Time of closing forms and of the gross quota, scalar and in batch, beside OpenFisca.

Run it with ``python benchmarks/bench_tax_engine.py``. OpenFisca wants libraries of its own: with
``EINVOICE_OPENFISCA_PYTHON`` naming a Python that has ``openfisca-core``, its scale of one
territory is timed on the same bases in that process. Its floats, and the quotas that the law prints
rounded, give another cent here and there: how often is shown.
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
PEER = """
import json, sys, time
import numpy as np
from openfisca_core.taxscales import MarginalRateTaxScale
told = json.load(open(sys.argv[1]))
bases = np.load(told["bases"])
scale = MarginalRateTaxScale()
for limit, percent in told["brackets"]:
    scale.add_bracket(limit, percent / 100)
best = 1e9
for _ in range(5):
    start = time.process_time()
    found = scale.calc(bases)
    best = min(best, time.process_time() - start)
np.save(told["found"], found)
print(best)
"""


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
    peer(figures["general_base"])


def peer(bases: batch.Cents) -> None:
    """Print the speed of one scale beside OpenFisca, and what its floats lose."""
    python = os.environ.get("EINVOICE_OPENFISCA_PYTHON")
    if not python:
        print("OpenFisca: not run; let EINVOICE_OPENFISCA_PYTHON name a Python that has it")
        return
    scale = quota.scale("madrid", DAY)
    table = quota.graph(DAY, ("madrid",))
    zeros = np.zeros(COUNT, dtype=np.int64)
    figures = dict.fromkeys(table.inputs, zeros) | {"general_base": bases}

    def ours() -> dict[str, batch.Cents]:
        return batch.run(table, figures, wanted=("quota2_autonomous",))

    only = type(table)(tuple(n for n in table.nodes if n.key == "quota2_autonomous"))
    spent = best_of(lambda: batch.run(only, {"general_base": bases}), 5)
    with tempfile.TemporaryDirectory() as folder:
        paths = {"bases": f"{folder}/bases.npy", "found": f"{folder}/found.npy"}
        np.save(paths["bases"], bases / 100)
        brackets = [[float(a), float(b)] for a, b in zip(scale.limits, scale.percents, strict=True)]
        told = Path(folder, "told.json")
        told.write_text(json.dumps({**paths, "brackets": brackets}), "utf-8")
        done = subprocess.run(
            [python, "-c", PEER, str(told)], capture_output=True, text=True, check=True
        )
        found = np.load(paths["found"])
    theirs = float(done.stdout)
    exact = ours()["quota2_autonomous"]
    differ = int(np.count_nonzero(np.rint(found * 100).astype(np.int64) != exact))
    print(
        f"one scale of {COUNT:,} bases         {COUNT / spent / 1e6:8.2f} million/s   "
        f"OpenFisca {COUNT / theirs / 1e6:8.2f}   {theirs / spent:5.2f} times"
    )
    print(f"quotas that OpenFisca rounds to another cent: {differ:,}")


def main() -> None:
    """Print every figure."""
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}")
    forms()
    gross_quota()


if __name__ == "__main__":
    main()
