"""What can keep an invoice from being drawn.

RenderError                     render
├── MissingLibraryError         render.missing_library
└── TemplateError               render.template
"""

from einvoice_core.errors import EInvoiceError

__all__ = ["MissingLibraryError", "RenderError", "TemplateError"]


class RenderError(EInvoiceError):
    """The page could not be made."""

    code = "render"


class MissingLibraryError(RenderError):
    """A library of the system that no wheel brings is not installed."""

    code = "render.missing_library"


class TemplateError(RenderError):
    """A template is missing, wrong, or reaches for something it may not use."""

    code = "render.template"
