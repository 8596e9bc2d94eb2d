from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

pytest.importorskip("weasyprint", reason="the page needs the extra [render]", exc_type=ImportError)
pypdfium2 = pytest.importorskip("pypdfium2", reason="the reader of the page is a test tool")
zxingcpp = pytest.importorskip("zxingcpp", reason="the decoder of the QR is a test tool")

from ubl_peppol.render import (  # noqa: E402 - after the skips
    AllowanceView,
    InvoiceView,
    Language,
    LineView,
    PartyView,
    PaymentView,
    RenderError,
    TaxQr,
    TaxView,
    TemplateError,
    TotalView,
    html,
    pdf,
)

URL = "https://example.test/ValidarQR?nif=A58818501&numserie=F%2F2026-1&fecha=24-11-2026&importe=121.00"


def view(**changes: object) -> InvoiceView:
    base = InvoiceView(
        title="Factura",
        number="F/2026-1",
        issued_on=date(2026, 11, 24),
        seller=PartyView(name="Talleres <Ñ> & Cía", nif="A58818501", address=("Calle Uno 1",)),
        buyer=PartyView(name="Cliente", nif="B12345674"),
        lines=(
            LineView(
                description="Revisión",
                quantity=Decimal("1.5"),
                unit="h",
                unit_price=Decimal("66.666666"),
                tax_label="IVA 21 %",
                net_amount=Decimal("1234567.89"),
            ),
        ),
        taxes=(
            TaxView(
                label="IVA",
                taxable_base=Decimal(100),
                percent=Decimal(21),
                amount=Decimal(21),
            ),
        ),
        totals=(TotalView(label="Total", amount=Decimal(121), strong=True),),
        qr=TaxQr(url=URL, caption_above="QR tributario:", caption_below="VERI*FACTU"),
    )
    return base.model_copy(update=changes)


def test_the_page_says_what_the_view_says() -> None:
    page = html(view())
    assert "Talleres &lt;Ñ&gt; &amp; Cía" in page
    assert "24 de noviembre de 2026" in page
    assert "1.234.567,89" in page
    assert "66,666666" in page
    assert "1,5 h" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.SPANISH, "Fecha de expedición"),
        (Language.CATALAN, "Data d&#39;expedició"),
        (Language.BASQUE, "Igorpen-data"),
        (Language.GALICIAN, "Data de expedición"),
        (Language.ENGLISH, "Issue date"),
    ],
)
def test_the_page_speaks_five_languages(language: Language, words: str) -> None:
    page = html(view(), language=language)
    assert words in page
    assert f'<html lang="{language.value}">' in page


def test_the_tax_qr_is_read_back_from_the_drawn_page() -> None:
    document = pypdfium2.PdfDocument(pdf(view()))
    image = document[0].render(scale=200 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == URL
    width_mm = abs(code.position.top_right.x - code.position.top_left.x) / 200 * 25.4
    assert 34 <= width_mm <= 36
    text = document[0].get_textpage().get_text_range()
    assert "QR tributario:" in text
    assert "VERI*FACTU" in text
    document.close()


def test_many_lines_flow_over_pages() -> None:
    line = view().lines[0]
    document = pypdfium2.PdfDocument(
        pdf(
            view(
                lines=(line,) * 80,
                allowances=(AllowanceView(reason="Rappel", amount=Decimal(-5)),),
                payments=(PaymentView(means="Transferencia", iban="ES9121000418450200051332"),),
                notes=("Primera nota",),
            )
        )
    )
    assert len(document) >= 2
    assert "Página 2 de" in document[1].get_textpage().get_text_range()
    document.close()


def test_a_name_cannot_leave_the_string_of_the_footer() -> None:
    seller = view().seller.model_copy(update={"name": 'A"; } </style><b>\n\\'})
    page = html(view(seller=seller))
    assert "</style><b>" not in page
    assert pdf(view(seller=seller)).startswith(b"%PDF")


def test_an_own_template_is_used_and_cannot_reach_out(tmp_path: Path) -> None:
    (tmp_path / "invoice.html.j2").write_text("{{ invoice.number }}", encoding="utf-8")
    assert html(view(), templates=tmp_path) == "F/2026-1"
    (tmp_path / "invoice.html.j2").write_text("{{ invoice.__class__.__mro__ }}", encoding="utf-8")
    with pytest.raises(TemplateError):
        html(view(), templates=tmp_path)


@pytest.mark.parametrize(
    "template", ["{{ missing.name }}", "{% if %}", "{{ invoice.number | nofilter }}", "{{ 1/0 }}"]
)
def test_a_wrong_template_is_refused(tmp_path: Path, template: str) -> None:
    (tmp_path / "invoice.html.j2").write_text(template, encoding="utf-8")
    with pytest.raises(TemplateError) as refused:
        html(view(), templates=tmp_path)
    assert refused.value.code == "render.template"


def test_a_page_that_refers_to_a_file_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    (tmp_path / "invoice.html.j2").write_text(f'<img src="{secret.as_uri()}">', encoding="utf-8")
    with pytest.raises(RenderError):
        pdf(view(), templates=tmp_path)


@pytest.mark.parametrize("width", ["29", "41", 35.5])
def test_a_qr_of_the_wrong_size_is_refused(width: object) -> None:
    with pytest.raises(ValidationError):
        TaxQr.model_validate({"url": URL, "caption_above": "QR", "width_mm": width})
