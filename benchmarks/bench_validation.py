"""EN 16931 and Peppol on 5 to 10,000 lines, beside the official stylesheets under saxonche.

Both sides parse the bytes and judge the rules of EN 16931 1.3.16 and Peppol BIS Billing 3.0.21.
Each size is measured equally often on both sides, after one run that warms up, and the fastest run
counts. A document whose shape never came before is measured apart. The last rows say how time grows
from 1,000 to 10,000 lines, how long the command takes for one file from its start to its end, and
the memory of a process that judges 10,000 lines, or an attachment of 100 MB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from decimal import Decimal
from pathlib import Path

import ubl_peppol
from einvoice_core.xml.parsing import parse
from ubl_peppol.reading import read
from ubl_peppol.reading.table import ubl_table
from ubl_peppol.reading.values import unchanged
from ubl_peppol.testing import simple_line, small_invoice
from ubl_peppol.validation import judge

PROFILE = ubl_peppol.PROFILES["peppol-bis-3"]
ROUNDS = {5: 200, 100: 40, 1_000: 9, 10_000: 3}
"""Lines → how often each side judges them."""
SHEETS = {
    "en16931": "en16931/ubl/xslt/EN16931-UBL-validation.xslt",
    "peppol": "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt",
}
SAXON = """
import json, sys, time
from saxonche import PySaxonProcessor
sheets, files = json.load(sys.stdin)
with PySaxonProcessor(license=False) as processor:
    compiler = processor.new_xslt30_processor()
    compiled = [compiler.compile_stylesheet(stylesheet_file=sheet) for sheet in sheets]
    answer = {}
    for file, rounds in files.items():
        times = []
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            node = processor.parse_xml(xml_file_name=file)
            for sheet in compiled:
                sheet.set_global_context_item(xdm_item=node)
                sheet.transform_to_string(xdm_node=node)
            times.append((time.perf_counter() - begun) * 1000)
        answer[file] = min(times[1:])
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
        for count in ROUNDS:
            lines = [simple_line(n, Decimal(n), Decimal("7.25")) for n in range(1, count + 1)]
            files[count] = Path(folder) / f"{count}.xml"
            files[count].write_bytes(ubl_peppol.ubl.write(small_invoice(*lines)))
        peer = saxon({str(path): ROUNDS[count] for count, path in files.items()})
        ours = {}
        for count, path in files.items():
            ours[count] = fastest_ms(path.read_bytes(), ROUNDS[count])
            theirs = peer.get(str(path))
            beside = f", saxonche {theirs:.1f} ms: {theirs / ours[count]:.1f}x" if theirs else ""
            whole = with_structure_ms(path.read_bytes())
            print(
                f"{count:>6} lines, EN 16931 and Peppol: {ours[count]:.2f} ms{beside} "
                f"(with the structure {whole:.2f} ms)"
            )
        fresh = fastest_ms(files[5].read_bytes(), ROUNDS[5], forget=True)
        print(f"{5:>6} lines in a shape that never came before: {fresh:.2f} ms")
        growth = ours[10_000] / ours[1_000]
        print(f"t(10,000) / t(1,000): {growth:.1f}")
        cold = cold_ms(files[5])
        print(f"ubl-peppol validate, one file, from start to end: {cold:.0f} ms")
        if not Path("/proc/self/status").exists():
            return
        largest = Path(folder) / "attachment.xml"
        largest.write_bytes(with_attachment(75 * 2**20))
        for what, path in (("10,000 lines", files[10_000]), ("An attachment", largest)):
            idle, peak = memory_mib(None), memory_mib(path)
            size = path.stat().st_size / 2**20
            print(
                f"{what} of {size:.1f} MiB: idle process {idle:.0f} MiB, peak {peak:.0f} MiB, the "
                f"bytes themselves among them: {(peak - idle) / size:.2f} times the file above idle"
            )


def with_attachment(size: int) -> bytes:
    """Return an invoice with an attached file of so many bytes."""
    reference = b"".join(
        (
            b"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>",
            b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">',
            b64encode(os.urandom(size)),
            b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>",
            b"</cac:AdditionalDocumentReference>",
        )
    )
    before = b"<cac:AccountingSupplierParty>"
    return ubl_peppol.ubl.write(small_invoice()).replace(before, reference + before, 1)


def cold_ms(path: Path, rounds: int = 7) -> float:
    """Return the fastest of some runs of the command on a file."""
    command = [sys.executable, "-m", "ubl_peppol", "validate", str(path)]
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run([*command, "--profile", "peppol-bis-3"], capture_output=True, check=True)
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def memory_mib(path: Path | None) -> float:
    """Return the peak memory of a process that judges a file, or a small one to be idle (Linux)."""
    command = [sys.executable, "-c", MEMORY, *([str(path)] if path else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def fastest_ms(data: bytes, rounds: int, *, forget: bool = False) -> float:
    """Return the fastest of some runs, after those that warm up.

    Args:
        data: The document.
        rounds: How often it is judged.
        forget: Whether each run forgets the shapes of the documents before it.
    """
    times = []
    for _ in range(rounds + 3):  # a shape that came twice is known
        if forget:
            ubl_table().shapes.forget()
        begun = time.perf_counter()
        root = parse(data)
        with unchanged():
            judge(read(root), PROFILE)
        times.append((time.perf_counter() - begun) * 1000)
    return min(times[3:])


def with_structure_ms(data: bytes, rounds: int = 7) -> float:
    """Return the fastest of some runs of ``validate``, which judges the structure as well."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ubl_peppol.validate(data, profile="peppol-bis-3")
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def saxon(files: dict[str, int]) -> dict[str, float]:
    """Return the milliseconds of the official stylesheets, or nothing where they are missing.

    Args:
        files: File → how often it is judged.
    """
    folder = Path(os.environ.get("EINVOICE_OFFICIAL", "official"))
    sheets = [str(folder / sheet) for sheet in SHEETS.values()]
    if not all(Path(sheet).exists() for sheet in sheets):
        print("saxonche: the official stylesheets are not here (EINVOICE_OFFICIAL)")
        return {}
    task = json.dumps([sheets, files])
    command = [sys.executable, "-c", SAXON]
    done = subprocess.run(command, input=task, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
