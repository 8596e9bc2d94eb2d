"""Reading one invoice, in whatever format it is."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import click

from einvoice_core.inputs import Source, expand

if TYPE_CHECKING:
    from ubl_peppol.losses import Loss
    from ubl_peppol.model import Invoice

__all__ = ["facturae", "read_invoice", "single"]


def single(name: str) -> Source:
    """Return the one document that a name stands for."""
    found = list(expand([name], stdin=sys.stdin.buffer))
    if len(found) != 1:
        raise click.UsageError(f"{name} holds {len(found)} documents: name one of them")
    return found[0]


def read_invoice(
    data: bytes, profile: str = "en16931", position: int | None = None
) -> tuple[Invoice, tuple[Loss, ...]]:
    """Read Facturae, UBL 2.1, CII or an invoice of the edition of 2026, as one of that of 2017."""
    if _is_facturae(data):
        conversion = facturae().convert_document(data, profile=profile, position=position)
        return conversion.invoice, conversion.losses
    return _norm(data, profile)


def _norm(data: bytes, profile: str) -> tuple[Invoice, tuple[Loss, ...]]:
    """Read UBL 2.1 or CII, or an invoice of the edition of 2026, as one of that of 2017."""
    from einvoice_core.xml.parsing import parse
    from ubl_peppol import ubl25
    from ubl_peppol.documents import examine_any

    if not ubl25.is_2026(parse(data)):
        examined = examine_any(data)
        return examined.require(), examined.losses
    older = ubl25.to_2017(ubl25.read(data), profile=profile)
    return older.invoice, older.losses


class _Converted(Protocol):
    @property
    def invoice(self) -> Invoice:
        """The invoice."""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What did not pass unchanged."""


class _Facturae(Protocol):
    def convert_document(
        self, data: bytes, *, profile: str, position: int | None
    ) -> _Converted: ...

    def facturae_of(
        self, invoice: Invoice, *, series: str | None
    ) -> tuple[bytes, tuple[Loss, ...]]: ...


def facturae() -> _Facturae:
    """Find the conversions of the extra ``facturae``, by their name: nothing here needs them."""
    try:
        return cast(_Facturae, import_module("ubl_peppol.facturae"))
    except ImportError as error:
        raise click.UsageError('install "ubl-peppol[facturae]" for this') from error


def _is_facturae(data: bytes) -> bool:
    from lxml import etree

    from einvoice_core.xml.parsing import parse

    return etree.QName(parse(data)).localname == "Facturae"
