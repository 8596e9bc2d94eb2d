"""Each step of the demo in milliseconds, beside a peer where one is at hand.

Signing stands beside signxml, validation beside the official stylesheets under saxonche.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import facturae_es
import ubl_peppol
from einvoice_core.testing.authority import ThrowawayAuthority
from reference_server.demo import run
from ubl_peppol.facturae import to_en16931

ROUNDS = 5
STYLESHEET = "en16931/ubl/xslt/EN16931-UBL-validation.xslt"
SAXON = """
import sys, time
from saxonche import PySaxonProcessor
with PySaxonProcessor(license=False) as processor:
    compiler = processor.new_xslt30_processor()
    sheet = compiler.compile_stylesheet(stylesheet_file=sys.argv[1])
    times = []
    for _ in range(int(sys.argv[3])):
        begun = time.perf_counter()
        sheet.transform_to_string(source_file=sys.argv[2])
        times.append((time.perf_counter() - begun) * 1000)
print(sorted(times)[len(times) // 2])
"""


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of some runs, after one that warms up."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def steps(folder: Path) -> Path:
    """Print the steps, the first run and the median of the next ones; return the UBL written."""
    runs = [run(None, folder) for _ in range(ROUNDS)]
    print(f"{'step':<12}{'first':>10}{'median':>10}  ms")
    for position, first in enumerate(runs[0].steps):
        later = statistics.median(each.steps[position].ms for each in runs[1:])
        print(f"{first.name:<12}{first.ms:>10.1f}{later:>10.1f}")
    return next(Path(file) for file in runs[0].files if file.endswith(".ubl.xml"))


def signing(folder: Path) -> None:
    """Print the time to sign the demo's document, beside signxml's plain XMLDSig."""
    from lxml import etree
    from signxml import XMLSigner

    credential = ThrowawayAuthority().issue(nif="99999972C", name="Prueba")
    signed = next(folder.glob("*.xsig")).read_bytes()
    root = etree.fromstring(signed)
    root.remove(root[-1])
    unsigned = etree.tostring(root)
    ours = median_ms(lambda: facturae_es.sign(unsigned, credential), 20)
    signer = XMLSigner()
    theirs = median_ms(
        lambda: signer.sign(
            etree.fromstring(unsigned), key=credential.key, cert=[credential.certificate]
        ),
        20,
    )
    print(f"sign: XAdES-EPES {ours:.2f} ms, signxml XMLDSig {theirs:.2f} ms: {theirs / ours:.1f}x")


def validation(ubl: Path, folder: Path) -> None:
    """Print the time to judge the demo's UBL, beside the official EN 16931 stylesheet."""
    data = ubl.read_bytes()
    ours = median_ms(lambda: ubl_peppol.validate(data), 20)
    rules = len(ubl_peppol.rules_of("en16931"))
    converted = facturae_es.read(next(folder.glob("*.xsig")).read_bytes())
    mapped = median_ms(lambda: to_en16931(converted), 20)
    print(f"map to EN 16931: {mapped:.2f} ms; validate: {ours:.2f} ms with {rules} rules")
    official = Path(os.environ.get("EINVOICE_OFFICIAL", "official"))
    sheet = official / STYLESHEET
    if not sheet.is_file():
        found = sorted(official.glob("en16931/ubl/**/*.xsl*"))
        if not found:
            print("saxonche: no official stylesheet at hand (EINVOICE_OFFICIAL), not run")
            return
        sheet = found[0]
    command = [sys.executable, "-c", SAXON, str(sheet), str(ubl), "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        print(f"saxonche: did not run: {done.stderr.strip().splitlines()[-1:]}")
        return
    theirs = float(done.stdout)
    print(f"saxonche, EN 16931 stylesheet (all its rules): {theirs:.2f} ms: {theirs / ours:.1f}x")


def main() -> None:
    """Run the demo some times and the peers beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ubl = steps(folder)
        signing(folder)
        validation(ubl, folder)


if __name__ == "__main__":
    main()
