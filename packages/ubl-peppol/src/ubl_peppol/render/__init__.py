"""The page of an invoice, as HTML and PDF (extra ``[render]``).

Nothing is computed here: amounts, QR address and legends come in a view.
"""

from ubl_peppol.render.errors import MissingLibraryError, RenderError, TemplateError
from ubl_peppol.render.page import SYSTEM_PACKAGES, html, pdf
from ubl_peppol.render.view import (
    AllowanceView,
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
    "html",
    "pdf",
]
