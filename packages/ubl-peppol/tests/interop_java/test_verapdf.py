"""veraPDF judges our pages as PDF/A-3b.

The program comes from Maven: the session ``interop_java`` of nox runs this folder. Without Maven,
or when it finds neither the program nor a way to fetch it, these tests skip and say so.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import ubl_peppol
from einvoice_core.testing import judges
from ubl_peppol.render import Embedded, Language, TaxQr, fast_pdf, pdf, view_of
from ubl_peppol.testing import full_invoice, small_invoice

HERE = Path(__file__).parent
QR = TaxQr(url="https://example.test/q?n=1", caption_above="QR tributario:")
pytestmark = pytest.mark.filterwarnings("ignore:.*sRGB2014.icc")


@pytest.fixture(scope="session")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """Return what gives veraPDF's verdict of a file."""
    folder = tmp_path_factory.mktemp("verapdf")
    listing = folder / "classpath"
    command = [judges.program("mvn"), "-B", "-q", "-f", str(HERE / "pom.xml")]
    command += ["dependency:build-classpath", f"-Dmdep.outputFile={listing}"]
    # What was fetched once is enough; only then is the network asked.
    for offline in (["-o"], []):
        if subprocess.run([*command, *offline], capture_output=True, check=False).returncode == 0:
            break
    else:
        reason = "Maven cannot fetch veraPDF"
        if os.environ.get("EINVOICE_JUDGES") == "required":
            pytest.fail(f"a required judge is missing: {reason}")
        pytest.skip(reason)
    java = [judges.program("java"), "-cp", listing.read_text().strip()]

    def judge(made: bytes) -> str:
        target = folder / "page.pdf"
        target.write_bytes(made)
        program = [*java, "org.verapdf.apps.GreenfieldCliWrapper", "-f", "3b", "--format", "text"]
        done = subprocess.run([*program, str(target)], capture_output=True, text=True, check=False)
        return done.stdout.split()[0] if done.stdout else done.stderr

    return judge


@pytest.mark.parametrize("renderer", [fast_pdf, pdf])
@pytest.mark.parametrize("language", list(Language))
def test_a_page_is_pdf_a_3b(
    verdict: Callable[[bytes], str], renderer: Callable[..., bytes], language: Language
) -> None:
    for invoice in (small_invoice(), full_invoice()):
        embedded = Embedded(data=ubl_peppol.ubl.write(invoice))
        view = view_of(invoice, language=language, qr=QR)
        assert verdict(renderer(view, language=language, embedded=embedded)) == "PASS"


def test_a_page_without_data_is_told_apart(verdict: Callable[[bytes], str]) -> None:
    assert verdict(pdf(view_of(small_invoice()))) == "FAIL"
