"""The page as PDF/A-3 with the invoice in it, from any format; set fast or from a template."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("weasyprint", reason="the page needs the extra [render]", exc_type=ImportError)
pytest.importorskip("typst", reason="the fast page needs the extra [render]")
pypdf = pytest.importorskip("pypdf", reason="the reader of attachments is a test tool")
pypdfium2 = pytest.importorskip("pypdfium2", reason="the reader of the page is a test tool")
zxingcpp = pytest.importorskip("zxingcpp", reason="the decoder of the QR is a test tool")

import facturae_es  # noqa: E402 - after the skips
import ubl_peppol  # noqa: E402
from ubl_peppol import spfe, ubl25  # noqa: E402
from ubl_peppol.cli import main  # noqa: E402
from ubl_peppol.facturae import to_facturae  # noqa: E402
from ubl_peppol.render import (  # noqa: E402
    Embedded,
    Language,
    RenderError,
    TaxQr,
    fast_pdf,
    pdf,
    view_of,
)
from ubl_peppol.testing import full_invoice, simple_line, small_invoice  # noqa: E402

# WeasyPrint leaves the file of its colour profile to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:.*sRGB2014.icc")

URL = "https://example.test/ValidarQR?nif=A58818501&numserie=F%2F2026-1&fecha=24-11-2026&importe=121.00"
QR = TaxQr(url=URL, caption_above="QR tributario:", caption_below="VERI*FACTU")
DATA = ubl_peppol.ubl.write(small_invoice())
Renderer = Callable[..., bytes]


@pytest.mark.parametrize("renderer", [fast_pdf, pdf])
def test_the_invoice_is_inside_as_an_alternative_of_the_page(
    renderer: Renderer, tmp_path: Path
) -> None:
    target = tmp_path / "invoice.pdf"
    target.write_bytes(renderer(view_of(small_invoice()), embedded=Embedded(data=DATA)))
    reader = pypdf.PdfReader(target)
    assert reader.attachments == {"factura.xml": [DATA]}
    told = reader.xmp_metadata.rdf_root.toxml()
    assert "pdfaid" in told
    associated = reader.root_object["/AF"].get_object()
    assert {each.get_object()["/AFRelationship"].lower() for each in associated} == {"/alternative"}
    assert reader.metadata.title.endswith(small_invoice().number)
    assert "/OutputIntents" in reader.root_object


def test_the_fast_page_is_the_same_for_the_same_invoice() -> None:
    view = view_of(small_invoice(), qr=QR)
    assert fast_pdf(view, embedded=Embedded(data=DATA)) == fast_pdf(
        view, embedded=Embedded(data=DATA)
    )


def test_the_qr_of_the_fast_page_is_read_back() -> None:
    document = pypdfium2.PdfDocument(fast_pdf(view_of(small_invoice(), qr=QR)))
    image = document[0].render(scale=200 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == URL
    width_mm = abs(code.position.top_right.x - code.position.top_left.x) / 200 * 25.4
    assert 34 <= width_mm <= 36
    document.close()


@pytest.mark.parametrize("language", list(Language))
def test_both_pages_say_the_same_numbers(language: Language) -> None:
    lines = [simple_line(n, Decimal(n), Decimal("1234.5")) for n in range(1, 4)]
    invoice = small_invoice(*lines)
    view = view_of(invoice, language=language)
    for renderer in (fast_pdf, pdf):
        document = pypdfium2.PdfDocument(renderer(view, language=language))
        text = document[0].get_textpage().get_text_range()
        assert invoice.number in text
        assert view.totals[-1].label in " ".join(text.split())
        shown = "8,962.47" if language is Language.ENGLISH else "8.962,47"
        assert shown in text.replace("\xa0", " "), text
        document.close()


def test_a_text_is_no_markup_of_the_typesetter() -> None:
    hostile = '#eval("1") *x* $y$ \\n #import "@preview/x:1.0.0"'
    note = ubl_peppol.model.Note(text=hostile)
    invoice = small_invoice().model_copy(update={"notes": (note,)})
    document = pypdfium2.PdfDocument(fast_pdf(view_of(invoice)))
    assert '#eval("1") *x* $y$' in document[0].get_textpage().get_text_range()
    document.close()


def test_many_lines_flow_over_pages_of_the_fast_renderer() -> None:
    lines = [simple_line(n, Decimal(1), Decimal(1)) for n in range(1, 121)]
    document = pypdfium2.PdfDocument(fast_pdf(view_of(small_invoice(*lines))))
    assert len(document) >= 3
    document.close()


def test_data_that_are_no_text_are_refused() -> None:
    with pytest.raises(RenderError):
        fast_pdf(view_of(small_invoice()), embedded=Embedded(data=b"\xff\xfe"))


def documents() -> dict[str, bytes]:
    return {
        "ubl": ubl_peppol.ubl.write(full_invoice()),
        "cii": ubl_peppol.cii.write(small_invoice()),
        "facturae": facturae_es.write(to_facturae(small_invoice()).document),
        "spfe": ubl25.write(spfe.faithful_copy(small_invoice()).invoice),
    }


@pytest.mark.parametrize("name", ["ubl", "cii", "facturae", "spfe"])
def test_the_command_takes_every_format(name: str, tmp_path: Path) -> None:
    source = tmp_path / f"{name}.xml"
    source.write_bytes(documents()[name])
    done = CliRunner().invoke(main, ["render", str(source)])
    assert done.exit_code == 0, done.output
    made = pypdf.PdfReader(tmp_path / f"{name}.pdf")
    assert made.attachments == {"factura.xml": [source.read_bytes()]}
    done = CliRunner().invoke(main, ["render", str(source), "--format", "html", "-l", "eu"])
    assert done.exit_code == 0, done.output
    assert "Ordaintzeko guztira" in (tmp_path / f"{name}.html").read_text("utf-8")


def test_the_command_makes_many_and_says_which_cannot_be_read(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    for number in range(3):
        (inside / f"{number}.xml").write_bytes(DATA)
    (inside / "wrong.xml").write_bytes(b"<a/>")
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["render", str(inside), "-o", str(out)])
    assert done.exit_code == 2
    assert "wrong.xml" in done.output
    assert sorted(path.name for path in out.iterdir()) == ["0.pdf", "1.pdf", "2.pdf"]


def test_an_own_template_makes_the_pdf(tmp_path: Path) -> None:
    (tmp_path / "invoice.html.j2").write_text(
        "<p>Propia {{ invoice.number }}</p>", encoding="utf-8"
    )
    source = tmp_path / "a.xml"
    source.write_bytes(DATA)
    done = CliRunner().invoke(main, ["render", str(source), "--templates", str(tmp_path)])
    assert done.exit_code == 0, done.output
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    assert "Propia" in document[0].get_textpage().get_text_range()
    document.close()


def test_the_view_shows_what_the_invoice_says() -> None:
    view = view_of(full_invoice())
    assert view.issued_on == full_invoice().issued_on
    assert isinstance(view.issued_on, date)
    assert view.totals[-1].amount == full_invoice().totals.due
    assert len(view.lines) == len(full_invoice().lines)
