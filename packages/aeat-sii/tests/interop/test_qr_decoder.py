"""The tax QR is read back, and two encoders that share nothing draw the same modules."""

import io
import random
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aeat_sii.environments import TEST
from aeat_sii.testing import examples
from aeat_sii.verifactu import qr
from aeat_sii.verifactu.records import RegistrationRecord
from einvoice_core.testing.judges import module, program

zxingcpp, Image = module("zxingcpp"), module("PIL.Image")


def decoded(data: bytes) -> object:
    (found,) = zxingcpp.read_barcodes(
        Image.open(io.BytesIO(data)), formats=zxingcpp.BarcodeFormat.QRCode
    )
    return found


@pytest.mark.parametrize("size_mm", [30, 35, 40])
@pytest.mark.parametrize("dpi", [150, 300, 600])
def test_the_printed_qr_says_its_address(size_mm: int, dpi: int) -> None:
    address = qr.url_of(examples.registration("A&B 2026/0001"), environment=TEST)

    found = decoded(qr.png(address, size_mm=size_mm, quiet_zone_mm=2, dpi=dpi))

    assert found.text == address
    assert found.ec_level == "M"


def test_qr_of_all_lengths_are_read() -> None:
    numbers = random.Random(7)  # noqa: S311 - test data
    for length in range(1, 61):
        number = "".join(chr(numbers.randint(33, 126)) for _ in range(length))
        record = examples.registration()
        record = record.model_copy(
            update={"invoice": record.invoice.model_copy(update={"number": number})}
        )

        found = decoded(qr.png(qr.url_of(record)))

        assert qr.parse(found.text).number == number


def test_the_size_in_the_file_is_the_size_asked_for() -> None:
    image = Image.open(io.BytesIO(qr.png(qr.url_of(example()), size_mm=40)))
    found = decoded(qr.png(qr.url_of(example()), size_mm=40))

    pixels = found.position.top_right.x - found.position.top_left.x
    side = pixels / image.info["dpi"][0] * 25.4

    assert 39 <= side <= 41


def example() -> RegistrationRecord:
    return examples.registration()


@pytest.mark.parametrize("length", [1, 7, 20, 33, 46, 59])
def test_zbar_reads_what_zxing_draws(length: int, tmp_path: Path) -> None:
    """zxing-cpp draws where it is installed, so another program has to read it."""
    address = qr.url_of(examples.registration("A&" * (length // 2) + "B"), environment=TEST)
    path = tmp_path / "qr.png"
    path.write_bytes(qr.png(address))

    read = subprocess.run(
        [program("zbarimg"), "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", path],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert read.stdout.strip() == address


@pytest.mark.parametrize("length", [1, 20, 59])
def test_the_strokes_of_the_svg_are_the_modules(length: int) -> None:
    address = qr.url_of(examples.registration("A&" * (length // 2) + "B"), environment=TEST)
    root = ElementTree.fromstring(qr.svg(address))  # noqa: S314 - ours
    path = root.findall("{*}path")[1].attrib["d"]
    side = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (side, side), 255)
    for start in path.removeprefix("M").split("M"):
        x, y = (int(float(number)) for number in re.match(r"(\d+) (\d+)", start).groups())
        for command, run in re.findall(r"([hm])(\d+)", start):
            if command == "h":
                image.paste(0, (x, y, x + int(run), y + 1))
            x += int(run)
    drawn = io.BytesIO()
    image.resize((side * 4, side * 4)).save(drawn, "PNG")

    assert decoded(drawn.getvalue()).text == address


def test_without_zxing_segno_draws_and_the_qr_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "_modules", qr.modules_by_segno)
    address = qr.url_of(examples.registration("A&B 2026/0001"), environment=TEST)

    found = decoded(qr.png(address, size_mm=30))

    assert (found.text, found.ec_level) == (address, "M")
