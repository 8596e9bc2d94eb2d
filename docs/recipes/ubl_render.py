"""Print an invoice as a PDF/A-3 that carries it as data, in five languages, from a template."""

import tempfile
from pathlib import Path

import ubl_peppol
from ubl_peppol.render import Embedded, Language, TaxQr, fast_pdf, html, view_of
from ubl_peppol.testing import small_invoice


def main() -> None:
    xml = ubl_peppol.ubl.write(small_invoice())
    invoice = ubl_peppol.ubl.read(xml)
    # The address of the QR and its legends come from the authority's package, such as aeat_sii.
    qr = TaxQr(url="https://example.test/q?n=1", caption_above="QR tributario:")

    for language in Language:
        view = view_of(invoice, language=language, qr=qr)
        page = html(view, language=language)
        made = fast_pdf(view, language=language, embedded=Embedded(data=xml))
        assert made == fast_pdf(view, language=language, embedded=Embedded(data=xml))
        print(f"{language}: {view.title}, {len(page)} characters of HTML, {len(made)} bytes of PDF")

    # An own template: `pdf` and `html` take a folder with invoice.html.j2, invoice.css or both.
    with tempfile.TemporaryDirectory() as folder:
        own = "<h1>{{ invoice.title }} {{ invoice.number }}</h1>"
        Path(folder, "invoice.html.j2").write_text(own, encoding="utf-8")
        print(html(view_of(invoice), templates=Path(folder)))


if __name__ == "__main__":
    main()
