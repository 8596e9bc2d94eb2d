"""The page of an invoice, as HTML and PDF (extra ``[render]``).

Nothing is computed here: amounts, QR address and legends come in a view. :func:`view_of` fills it
from the semantic model; :func:`pdf` follows templates that can be replaced, :func:`fast_pdf` is for
bulk runs. Both can carry the invoice as data, as PDF/A-3.
"""

from ubl_peppol.render.errors import MissingLibraryError, RenderError, TemplateError
from ubl_peppol.render.filling import view_of
from ubl_peppol.render.page import SYSTEM_PACKAGES, html, pdf
from ubl_peppol.render.typesetting import fast_pdf
from ubl_peppol.render.view import (
    AllowanceView,
    Embedded,
    InvoiceView,
    LineView,
    PartyView,
    PaymentView,
    TaxQr,
    TaxView,
    TotalView,
)
from ubl_peppol.render.words import Language

__all__ = [
    "SYSTEM_PACKAGES",
    "AllowanceView",
    "Embedded",
    "InvoiceView",
    "Language",
    "LineView",
    "MissingLibraryError",
    "PartyView",
    "PaymentView",
    "RenderError",
    "TaxQr",
    "TaxView",
    "TemplateError",
    "TotalView",
    "fast_pdf",
    "html",
    "pdf",
    "view_of",
]
