"""The page of an invoice for bulk runs, set by Typst: several times as fast as HTML and CSS.

Its template is that of the package; own templates are for :func:`ubl_peppol.render.pdf`.
"""

import io
import json
from functools import cache
from importlib import resources
from typing import Any

from ubl_peppol.render.errors import RenderError
from ubl_peppol.render.view import Embedded, InvoiceView, LineView, PartyView, TaxView
from ubl_peppol.render.words import WORDS, Language
from ubl_peppol.render.writing import Writing, iban

__all__ = ["fast_pdf"]


def fast_pdf(
    invoice: InvoiceView,
    *,
    language: Language = Language.SPANISH,
    embedded: Embedded | None = None,
) -> bytes:
    """Make the PDF of an invoice with the built-in template; the same bytes for the same view.

    Args:
        invoice: What to show.
        language: Words, numbers and dates.
        embedded: The invoice as data. With it the file is a PDF/A-3b (ISO 19005-3).

    Raises:
        RenderError: The page cannot be set, or the data are not text in UTF-8.
    """
    import typst

    inputs = {"data": json.dumps(_shown(invoice, language, embedded), ensure_ascii=False)}
    if embedded is not None:
        try:
            inputs["attached"] = embedded.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RenderError("the embedded data are not text in UTF-8") from error
    try:
        made = _compiler().compile(
            _template(),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-3b"] if embedded is not None else [],
        )
    except typst.TypstError as error:
        raise RenderError(f"the page cannot be set: {error}") from error
    return bytes(made)


@cache
def _template() -> bytes:
    file = resources.files("ubl_peppol.render").joinpath("templates", "invoice.typ")
    return file.read_bytes()


@cache
def _compiler() -> Any:  # noqa: ANN401 - of a library imported late
    import typst

    return typst.Compiler(ignore_system_fonts=True)


def _shown(
    invoice: InvoiceView, language: Language, embedded: Embedded | None
) -> dict[str, object]:
    """Return everything that the template shows, as texts."""
    writing, words = Writing(language, invoice.currency), WORDS[language]
    discounts = any(line.discount is not None for line in invoice.lines)
    return {
        "language": language.value,
        "words": dict(words),
        "title": invoice.title,
        "number": invoice.number,
        "issued": {
            "year": invoice.issued_on.year,
            "month": invoice.issued_on.month,
            "day": invoice.issued_on.day,
        },
        "facts": _facts(invoice, writing),
        "qr": _qr(invoice),
        "seller": _party(invoice.seller, words["seller"]),
        "buyer": _party(invoice.buyer, words["buyer"]),
        "discounts": discounts,
        "header": [
            words["description"],
            words["quantity"],
            words["price"],
            *([words["discount"]] if discounts else []),
            words["tax"],
            words["amount"],
        ],
        "lines": [_line(line, writing, discounts=discounts) for line in invoice.lines],
        "allowances": [[each.reason, writing.money(each.amount)] for each in invoice.allowances],
        "taxes": [_tax(each, writing) for each in invoice.taxes],
        "totals": [
            {"label": each.label, "amount": writing.money(each.amount), "strong": each.strong}
            for each in invoice.totals
        ],
        "payments": _payments(invoice, writing),
        "notes": list(invoice.notes),
        "attached": None
        if embedded is None
        else {"name": embedded.name, "description": embedded.description},
    }


def _facts(invoice: InvoiceView, writing: Writing) -> list[list[str]]:
    words = WORDS[writing.language]
    rows = [
        [words["number"], invoice.number],
        [words["issued"], writing.day(invoice.issued_on)],
    ]
    if invoice.operation_on is not None:
        rows.append([words["operation"], writing.day(invoice.operation_on)])
    return rows + [list(pair) for pair in invoice.references]


def _party(party: PartyView, heading: str) -> dict[str, object]:
    rows = [*party.address, *party.contact]
    return {"heading": heading, "name": party.name, "nif": party.nif, "rows": rows}


def _line(line: LineView, writing: Writing, *, discounts: bool) -> list[str]:
    quantity = writing.number(line.quantity)
    row = [
        line.description,
        f"{quantity} {line.unit}" if line.unit else quantity,
        writing.number(line.unit_price, 2),
    ]
    if discounts:
        row.append("" if line.discount is None else writing.number(line.discount, 2))
    return [*row, line.tax_label, writing.money(line.net_amount)]


def _tax(tax: TaxView, writing: Writing) -> list[str]:
    percent = "" if tax.percent is None else f"{writing.number(tax.percent)} %"
    sign = "\N{MINUS SIGN}" if tax.kind == "withheld" else ""
    label = f"{tax.label}\n{tax.reason}" if tax.reason else tax.label
    return [label, writing.money(tax.taxable_base), percent, sign + writing.money(tax.amount)]


def _payments(invoice: InvoiceView, writing: Writing) -> list[str]:
    words = WORDS[writing.language]
    rows = []
    for each in invoice.payments:
        parts = [each.means]
        if each.due_on is not None:
            parts.append(f"{words['due']}: {writing.day(each.due_on)}")
        if each.amount is not None:
            parts.append(writing.money(each.amount))
        if each.iban:
            parts.append(f"IBAN {iban(each.iban)}")
        rows.append(" · ".join(parts))
    return rows


def _qr(invoice: InvoiceView) -> dict[str, object] | None:
    if invoice.qr is None:
        return None
    import segno

    drawn = io.BytesIO()
    segno.make_qr(invoice.qr.url, error="m", boost_error=False).save(
        drawn, kind="svg", border=0, xmldecl=False
    )
    return {
        "url": invoice.qr.url,
        "svg": drawn.getvalue().decode("ascii"),
        "width": float(invoice.qr.width_mm),
        "above": invoice.qr.caption_above,
        "below": invoice.qr.caption_below,
    }
