"""Everything that can stop an operation on a Facturae document.

FacturaeError                    facturae
├── NotFacturaeError             facturae.not_facturae
├── UnsupportedVersionError      facturae.unsupported_version
├── VersionLossError             facturae.version_loss          (``losses`` says what would go)
├── TotalsError                  facturae.totals
└── TwiceError                   facturae.twice

What is not XML is refused by ``einvoice_core.xml`` with its own codes (``xml.*``); so is a document
without the structure of its version (``xml.document``, which carries the findings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice_core.errors import EInvoiceError

if TYPE_CHECKING:
    from facturae_es.versions import Loss

__all__ = [
    "FacturaeError",
    "NotFacturaeError",
    "TotalsError",
    "TwiceError",
    "UnsupportedVersionError",
    "VersionLossError",
]


class FacturaeError(EInvoiceError):
    """An operation on a Facturae document could not be done."""

    code = "facturae"


class NotFacturaeError(FacturaeError):
    """The root of the document is not ``Facturae`` in a namespace of the format."""

    code = "facturae.not_facturae"


class UnsupportedVersionError(FacturaeError):
    """The version cannot be read or written: an assignment of credit in 3.0 or 3.1, for one."""

    code = "facturae.unsupported_version"


class VersionLossError(FacturaeError):
    """The other version cannot carry everything that the document holds."""

    code = "facturae.version_loss"

    def __init__(self, message: str, losses: tuple[Loss, ...]) -> None:
        super().__init__(message, losses=len(losses))
        self.losses = losses


class TotalsError(FacturaeError):
    """The totals of an invoice cannot be computed from what was given."""

    code = "facturae.totals"


class TwiceError(FacturaeError):
    """Two documents of a run would be written under the same name."""

    code = "facturae.twice"
