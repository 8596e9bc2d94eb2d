"""A record with what it is judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.reading import limit
from aeat_sii.sandbox.sii.tables import Operation
from aeat_sii.sandbox.sii.tree import Tree, amount, day, many, sub, text

__all__ = ["Case"]

_REGIME = "ClaveRegimenEspecialOTrascendencia"
_PATHS = {
    "invoice": ("DesgloseFactura",),
    "services": ("DesgloseTipoOperacion", "PrestacionServicios"),
    "goods": ("DesgloseTipoOperacion", "Entrega"),
}
_TOLERANCE = Decimal(limit("tolerance"))


@dataclass(frozen=True, slots=True)
class Case:
    """A record that is being judged.

    Args:
        operation: What is asked for it.
        header: Of the message.
        record: The whole.
        body: Its data, where they are wrapped.
        now: The service's clock.
        known: What only the agency knows.
    """

    operation: Operation
    header: Tree
    record: Tree
    body: Tree
    now: datetime
    known: Knowledge

    @property
    def purpose(self) -> str:
        """``TipoComunicacion``."""
        return text(self.header, "TipoComunicacion")

    @property
    def titular(self) -> str:
        """NIF of the taxpayer."""
        return text(self.header, "Titular", "NIF")

    @property
    def kind(self) -> str:
        """``TipoFactura``."""
        return text(self.body, "TipoFactura")

    @property
    def issued_on(self) -> date:
        """Day of issue, or that of the clock in books without invoices."""
        return day(self.record, "IDFactura", "FechaExpedicionFacturaEmisor") or self.now.date()

    @property
    def operated_on(self) -> date | None:
        """Day of the operation, where it is stated."""
        return day(self.body, "FechaOperacion")

    @property
    def happened_on(self) -> date:
        """Day of the operation: that of issue where no other is stated."""
        return self.operated_on or self.issued_on

    @property
    def is_corrective(self) -> bool:
        """Whether the invoice corrects another."""
        return self.kind.startswith("R")

    @property
    def regimes(self) -> tuple[str, ...]:
        """The keys of regime, the main one first."""
        names = (_REGIME, f"{_REGIME}Adicional1", f"{_REGIME}Adicional2")
        return tuple(text(self.body, name) for name in names if text(self.body, name))

    @property
    def only_regime(self) -> str:
        """The key of regime when there is one alone."""
        return self.regimes[0] if len(self.regimes) == 1 else ""

    @property
    def counterpart(self) -> Tree:
        """The other party; empty without it."""
        wrapped = sub(self.body, "Contraparte")
        return wrapped or sub(self.record, "Contraparte")

    @property
    def total(self) -> Decimal | None:
        """``ImporteTotal``, where it is stated."""
        return amount(self.body, "ImporteTotal") if "ImporteTotal" in self.body else None

    def blocks(self, *kinds: str) -> Iterator[Tree]:
        """Yield the breakdowns of an issued invoice: invoice, services, goods."""
        for kind in kinds or tuple(_PATHS):
            yield from many(self.body, "TipoDesglose", *_PATHS[kind])

    def taxed(self) -> Iterator[tuple[str, Tree]]:
        """Yield the taxed lines of an issued invoice with their ``TipoNoExenta``."""
        for block in self.blocks():
            for group in many(block, "Sujeta", "NoExenta"):
                for line in many(group, "DesgloseIVA", "DetalleIVA"):
                    yield text(group, "TipoNoExenta"), line

    def exempt(self, *kinds: str) -> Iterator[Tree]:
        """Yield the exempt lines of an issued invoice."""
        for block in self.blocks(*kinds):
            yield from many(block, "Sujeta", "Exenta", "DetalleExenta")

    def not_subject(self) -> Iterator[Tree]:
        """Yield the parts of an issued invoice that are not subject to the tax."""
        for block in self.blocks():
            yield from many(block, "NoSujeta")

    def borne(self) -> Iterator[Tree]:
        """Yield the lines of a received invoice."""
        for kind in ("InversionSujetoPasivo", "DesgloseIVA"):
            yield from many(self.body, "DesgloseFactura", kind, "DetalleIVA")

    @staticmethod
    def differ(stated: Decimal, computed: Decimal) -> bool:
        """Tell whether two amounts differ by more than is tolerated (as for VERI*FACTU)."""
        return abs(stated - computed) > _TOLERANCE
