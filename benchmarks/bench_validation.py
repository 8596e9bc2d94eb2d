"""EN 16931 validation (UBL with Peppol, and CII) of 5, 100 and 1,000 lines, beside the official stylesheets under saxonche.

The stylesheets hold all the official rules and we hold those that ``ubl_peppol.census`` counts: the
ratio compares what a user runs today with what runs here, not rule by rule.
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

import ubl_peppol
from ubl_peppol.testing import simple_line, small_invoice

SHEETS = {
    "UBL": (
        "en16931/ubl/xslt/EN16931-UBL-validation.xslt",
        "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt",
    ),
    "CII": ("en16931/cii/xslt/EN16931-CII-validation.xslt",),
}
PROFILES = {"UBL": "peppol-bis-3", "CII": "en16931"}
SAXON = """
import json, sys, time
from saxonche import PySaxonProcessor
sheets, files, rounds = json.load(sys.stdin)
with PySaxonProcessor(license=False) as processor:
    compiler = processor.new_xslt30_processor()
    compiled = [compiler.compile_stylesheet(stylesheet_file=sheet) for sheet in sheets]
    answer = {}
    for file in files:
        times = []
        for _ in range(rounds):
            begun = time.perf_counter()
            node = processor.parse_xml(xml_file_name=file)
            for sheet in compiled:
                sheet.set_global_context_item(xdm_item=node)
                sheet.transform_to_string(xdm_node=node)
            times.append((time.perf_counter() - begun) * 1000)
        answer[file] = sorted(times)[len(times) // 2]
print(json.dumps(answer))
"""


def main() -> None:
    """Print milliseconds and the ratio for each size."""
    for entry in ubl_peppol.census().values():
        print(entry)
    for syntax in SHEETS:
        compare(syntax)


def compare(syntax: str) -> None:
    """Print them for one syntax."""
    write = ubl_peppol.ubl.write if syntax == "UBL" else ubl_peppol.cii.write
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for count in (5, 100, 1_000):
            lines = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, count + 1)]
            files[count] = Path(folder) / f"{count}.xml"
            files[count].write_bytes(write(small_invoice(*lines)))
        peer = saxon(syntax, [str(path) for path in files.values()])
        for count, path in files.items():
            ours = median_ms(path.read_bytes(), PROFILES[syntax])
            theirs = peer.get(str(path))
            beside = f", saxonche {theirs:.1f} ms: {theirs / ours:.1f}x" if theirs else ""
            print(f"{count:>6} lines, {syntax} as {PROFILES[syntax]}: {ours:.2f} ms{beside}")


def median_ms(data: bytes, profile: str, rounds: int = 9) -> float:
    """Return the median of some runs, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        ubl_peppol.validate(data, profile=profile)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[1:])


def saxon(syntax: str, files: list[str]) -> dict[str, float]:
    """Return the milliseconds of the official stylesheets, or nothing where they are missing."""
    folder = Path(os.environ.get("EINVOICE_OFFICIAL", "official"))
    sheets = [str(folder / sheet) for sheet in SHEETS[syntax]]
    if not all(Path(sheet).exists() for sheet in sheets):
        print("saxonche: the official stylesheets are not here (EINVOICE_OFFICIAL)")
        return {}
    task = json.dumps([sheets, files, 9])
    command = [sys.executable, "-c", SAXON]
    done = subprocess.run(command, input=task, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
