"""EN 16931 and Peppol on 5 to 10,000 lines, beside the official stylesheets under saxonche.

Both sides parse the bytes and judge the rules of EN 16931 1.3.16 and Peppol BIS Billing 3.0.21.
Each size is measured several times and the median counts. The last rows say how time grows from
1,000 to 10,000 lines, and the memory of a process that judges 10,000 lines.
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
from einvoice_core.xml.parsing import parse
from ubl_peppol.reading import read
from ubl_peppol.reading.values import unchanged
from ubl_peppol.testing import simple_line, small_invoice
from ubl_peppol.validation import judge

PROFILE = ubl_peppol.PROFILES["peppol-bis-3"]
SIZES = (5, 100, 1_000, 10_000)
SHEETS = {
    "en16931": "en16931/ubl/xslt/EN16931-UBL-validation.xslt",
    "peppol": "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt",
}
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
        for _ in range(rounds if len(open(file).read()) < 1_000_000 else 3):
            begun = time.perf_counter()
            node = processor.parse_xml(xml_file_name=file)
            for sheet in compiled:
                sheet.set_global_context_item(xdm_item=node)
                sheet.transform_to_string(xdm_node=node)
            times.append((time.perf_counter() - begun) * 1000)
        answer[file] = sorted(times)[len(times) // 2]
print(json.dumps(answer))
"""
MEMORY = """
import sys
import ubl_peppol
from ubl_peppol.testing import small_invoice
ubl_peppol.validate(ubl_peppol.ubl.write(small_invoice()), profile="peppol-bis-3")
if len(sys.argv) > 1:
    with open(sys.argv[1], "rb") as file:
        ubl_peppol.validate(file.read(), profile="peppol-bis-3")
with open("/proc/self/status") as status:  # the peak of this process, not of the one that made it
    print(next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")))
"""


def main() -> None:
    """Print milliseconds and the ratio for each size."""
    for entry in ubl_peppol.census().values():
        print(entry)
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for count in SIZES:
            lines = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, count + 1)]
            files[count] = Path(folder) / f"{count}.xml"
            files[count].write_bytes(ubl_peppol.ubl.write(small_invoice(*lines)))
        peer = saxon([str(path) for path in files.values()])
        ours = {}
        for count, path in files.items():
            ours[count] = median_ms(path.read_bytes(), 40 if count < 1_000 else 7)
            theirs = peer.get(str(path))
            beside = f", saxonche {theirs:.1f} ms: {theirs / ours[count]:.1f}x" if theirs else ""
            whole = with_structure_ms(path.read_bytes())
            print(
                f"{count:>6} lines, EN 16931 and Peppol: {ours[count]:.2f} ms{beside} "
                f"(with the structure {whole:.2f} ms)"
            )
        growth = ours[10_000] / ours[1_000]
        print(f"t(10,000) / t(1,000): {growth:.1f}")
        if not Path("/proc/self/status").exists():
            return
        largest = files[10_000]
        idle, peak = memory_mib(None), memory_mib(largest)
        size = largest.stat().st_size / 2**20
        print(
            f"10,000 lines are {size:.1f} MiB: idle process {idle:.0f} MiB, peak {peak:.0f} MiB: "
            f"{(peak - idle) / size:.1f} times the file above idle"
        )


def memory_mib(path: Path | None) -> float:
    """Return the peak memory of a process that judges a file, or a small one to be idle (Linux)."""
    command = [sys.executable, "-c", MEMORY, *([str(path)] if path else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def median_ms(data: bytes, rounds: int = 9) -> float:
    """Return the median of some runs, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        root = parse(data)
        with unchanged():
            judge(read(root), PROFILE)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[1:])


def with_structure_ms(data: bytes, rounds: int = 7) -> float:
    """Return the median of ``validate``, which judges the structure as well."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ubl_peppol.validate(data, profile="peppol-bis-3")
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def saxon(files: list[str]) -> dict[str, float]:
    """Return the milliseconds of the official stylesheets, or nothing where they are missing."""
    folder = Path(os.environ.get("EINVOICE_OFFICIAL", "official"))
    sheets = [str(folder / sheet) for sheet in SHEETS.values()]
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
