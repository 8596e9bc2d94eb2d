"""What the rules share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from einvoice_core.findings import Breach, HasLocation
from einvoice_core.money import total
from facturae_es.model import Invoice, InvoiceLine
from facturae_es.reader import Examined

__all__ = ["CENT", "SOURCE", "ZERO", "differ", "invoices", "lines", "numbered"]

T = TypeVar("T")

SOURCE = "Facturae, relations that the schema's documentation states"
ZERO = Decimal(0)
CENT = Decimal("0.01")


def invoices(examined: Examined) -> Iterator[tuple[str, Invoice]]:
    """Yield the invoices with their paths."""
    if examined.document is not None:
        yield from numbered("invoices", examined.document.invoices)


def lines(examined: Examined) -> Iterator[tuple[str, InvoiceLine]]:
    """Yield the lines of all invoices with their paths."""
    for path, invoice in invoices(examined):
        yield from numbered(f"{path}.lines", invoice.lines)


def numbered(path: str, items: tuple[T, ...]) -> Iterator[tuple[str, T]]:
    """Yield the items of a tuple with their paths."""
    for i, item in enumerate(items):
        yield f"{path}[{i}]", item


def differ(
    at: HasLocation, stated: Decimal, computed: Decimal, tolerance: Decimal = CENT
) -> Iterator[Breach]:
    """Yield a breach when two amounts differ by more than the tolerance."""
    if abs(total((stated, computed.copy_negate()))) > tolerance:
        yield Breach(at, stated=stated, computed=computed)
