"""The unique code of an invoice."""

from datetime import date
from typing import NamedTuple

from ubl_peppol.spfe.messages.records import InvoiceReference, Reporter
from ubl_peppol.ubl25.model import Invoice

__all__ = ["UniqueCode", "reference", "unique_code"]


class UniqueCode(NamedTuple):
    """What tells an invoice from every other: compared as a whole.

    Source: Orden HAC/1028/2026, art. 6. How it is written is not stated; it is three values here.
    """

    nif: str
    """Of the issuer, without ES, in upper case, without separators."""
    number: str
    issued_on: date


def unique_code(invoice: Invoice) -> UniqueCode:
    """Return the unique code of an invoice."""
    nif = invoice.seller.nif.replace("-", "").replace(" ", "").replace(".", "")
    return UniqueCode(nif, invoice.number, invoice.issued_on)


def reference(invoice: Invoice) -> InvoiceReference:
    """Return what a status message says of an invoice."""
    code = unique_code(invoice)
    issuer = Reporter(nif=code.nif, name=invoice.seller.name)
    return InvoiceReference(number=code.number, issued_on=code.issued_on, issuer=issuer)
