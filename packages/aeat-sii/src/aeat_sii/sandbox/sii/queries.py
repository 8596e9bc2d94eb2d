"""The sandbox's answers to queries about the books of SII."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from aeat_sii.sandbox.grammar import BadStructureError
from aeat_sii.sandbox.sii.contrast import contrast_of, counterpart_of, difference, state_of
from aeat_sii.sandbox.sii.keys import key_of
from aeat_sii.sandbox.sii.register import Held, Register, State
from aeat_sii.sandbox.sii.tables import Operation, said
from aeat_sii.sandbox.sii.totals import totals_of
from aeat_sii.sandbox.sii.tree import Field, Tree, Value, day, sub, text
from aeat_sii.sandbox.sii.writing import moment

__all__ = ["Query"]

_MODIFIED = ("FacturaModificada", "OperacionModificada", "CobroModificado", "RegistroModificado")
_INVOICES = ("issued", "received")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that is being answered.

    Args:
        operation: Which one.
        message: As it came.
        register: The books of everybody.
        now: The service's clock.
        page_rows: Rows of an answer.
        contrast_s: Seconds that the comparison of two books takes.
    """

    operation: Operation
    message: Tree
    register: Register
    now: datetime
    page_rows: int
    contrast_s: int

    @property
    def _header(self) -> Tree:
        return sub(self.message, "Cabecera")

    @property
    def _filter(self) -> Tree:
        name = next(name for name in self.message if name.startswith("FiltroConsulta"))
        return sub(self.message, name)

    @property
    def _titular(self) -> Tree:
        return next(sub(self._header, name) for name in self._header if name.startswith("Titular"))

    def answer(self) -> Tree:
        """Return the values of the answer.

        Raises:
            BadStructureError: The query is refused.
        """
        nif = text(self._titular, "NIF")
        if self.operation.does == "query":
            held = [each for each in self.register.of(nif, self.operation.book) if self._fits(each)]
            pairs: list[tuple[tuple[str, ...], Value]] = [(h.key, self._row(h)) for h in held]
            return self._paged(pairs)
        if self.operation.does == "query_attached":
            return self._attached(nif)
        if self.operation.does == "informed":
            return self._informed(nif)
        period = sub(self._filter, "PeriodoLiquidacion")
        year, part = text(period, "Ejercicio"), text(period, "Periodo")
        if (year, part) < ("2020", "06"):
            raise BadStructureError("4139")
        totals = totals_of(self.register, nif, year, part)
        return {
            "Cabecera": self._header,
            "PeriodoLiquidacion": period,
            self.operation.line: totals,
        }

    def _fits(self, held: Held) -> bool:
        asked, record = self._filter, held.record
        for name in ("PeriodoLiquidacion", "IDFactura", "Contraparte"):
            if name in asked and not _holds(sub(record, name), sub(asked, name)):
                return False
        declared = sub(record, "IdRegistroDeclarado")
        for name in ("Ejercicio", "Periodo", "IdRegistro"):
            if name in asked and text(asked, name) != text(declared, name):
                return False
        for name in ("IdentificacionBien", "ClaveOperacion"):
            if name in asked and text(asked, name) != text(record, name):
                return False
        for name in _MODIFIED:
            if name in asked and (text(asked, name) == "S") != held.is_modified:
                return False
        if not _within(held.changed_at.date(), sub(asked, "FechaPresentacion")):
            return False
        state = self._contrast(held)
        if "EstadoCuadre" in asked and text(asked, "EstadoCuadre") != text(state, "EstadoCuadre"):
            return False
        return "FechaCuadre" not in asked or _within(
            day(state, "TimestampEstadoCuadre"), sub(asked, "FechaCuadre")
        )

    def _contrast(self, held: Held) -> Tree:
        if held.book not in _INVOICES:
            return {}
        return state_of(held, self.register, self.now, self.contrast_s)

    def _row(self, held: Held) -> Tree:
        record = held.record
        state: dict[str, Field] = {
            **self._contrast(held),
            "TimestampUltimaModificacion": moment(held.changed_at),
            "EstadoRegistro": held.state,
        }
        if held.code:
            state["CodigoErrorRegistro"] = held.code
            state["DescripcionErrorRegistro"] = said(held.code)
        row: dict[str, Field] = {
            **{name: value for name, value in record.items() if isinstance(value, Mapping)},
            self.operation.data: _data(held),
            "DatosPresentacion": _presentation(held.presenter, held.changed_at, held.csv),
            self.operation.state: state,
        }
        other = counterpart_of(held, self.register) if held.book in _INVOICES else None
        if other and text(state, "EstadoCuadre") == "4":
            row["DatosDescuadreContraparte"] = difference(held, other)
        return row

    def _paged(self, rows: list[tuple[tuple[str, ...], Value]]) -> Tree:
        page = self._filter.get("ClavePaginacion", "")
        if page:
            last = (
                (page,) if isinstance(page, str) else key_of(sub(self._filter, "ClavePaginacion"))
            )
            here = [i for i, (key, _) in enumerate(rows) if key[-len(last) :] == last]
            if not here:
                raise BadStructureError("1105", "ClavePaginacion no es de una fila de la consulta.")
            rows = rows[here[0] + 1 :]
        shown = rows[: self.page_rows]
        answer: dict[str, Field] = {
            **{name: value for name, value in self._filter.items() if name != "ClavePaginacion"},
            "Cabecera": self._header,
            "IndicadorPaginacion": "S" if len(rows) > len(shown) else "N",
            "ResultadoConsulta": "ConDatos" if shown else "SinDatos",
            self.operation.line: [row for _, row in shown],
        }
        if len(rows) > len(shown):
            answer["ClavePaginacion"] = shown[-1][0][-1]
        return answer

    def _attached(self, nif: str) -> Tree:
        held = self.register.find(
            nif, self.operation.book, key_of({"IDFactura": sub(self._filter, "IDFactura")})
        )
        if held is None:
            raise BadStructureError("3503")
        rows: list[tuple[tuple[str, ...], Value]] = [
            (
                (str(number),),
                {
                    self.operation.data: each.data,
                    "DatosPresentacion": _presentation(each.presenter, each.stored_at, each.csv),
                },
            )
            for number, each in enumerate(held.attached.get(self.operation.body, ()), 1)
        ]
        return self._paged(rows)

    def _informed(self, nif: str) -> Tree:
        """Answer with what customers, or suppliers, have in their own books of the taxpayer."""
        party = "Cliente" if self.operation.book == "received" else "Proveedor"
        held = [each for each in self.register if self._informs(each, nif, party)]
        if not self.operation.data:
            counts: dict[tuple[str, str], int] = {}
            for each in held:
                who = each.holder_name, each.holder
                counts[who] = counts.get(who, 0) + 1
            return self._paged(
                [
                    ((who[1],), {party: _person(*who), "NumeroFacturas": str(count)})
                    for who, count in counts.items()
                ]
            )
        return self._paged([self._informed_row(each, party) for each in held])

    def _informs(self, held: Held, nif: str, party: str) -> bool:
        asked = self._filter
        named = held.key[0] if party == "Cliente" else text(held.record, "Contraparte", "NIF")
        if (held.book, named) != (self.operation.book, nif) or held.state is State.CANCELLED:
            return False
        period = sub(asked, "PeriodoImputacion")
        own = sub(held.record, "PeriodoLiquidacion")
        if (text(period, "EjercicioImputacion"), text(period, "PeriodoImputacion")) != (
            text(own, "Ejercicio"),
            text(own, "Periodo"),
        ):
            return False
        if party in asked and text(asked, party, "NIF") != held.holder:
            return False
        number = text(asked, "NumSerieFacturaEmisor")
        if number and number != text(held.record, "IDFactura", "NumSerieFacturaEmisor"):
            return False
        state = contrast_of(held, self.register, self.now, self.contrast_s)
        if text(asked, "EstadoCuadre") not in ("", state):
            return False
        issued = day(held.record, "IDFactura", "FechaExpedicionFacturaEmisor")
        operated = day(held.record, "FechaOperacion") or issued
        return _within(issued, sub(asked, "FechaExpedicion")) and _within(
            operated, sub(asked, "FechaOperacion")
        )

    def _informed_row(self, held: Held, party: str) -> tuple[tuple[str, ...], Value]:
        identification = sub(held.record, "IDFactura")
        issuer = self._titular if party == "Cliente" else _person(held.holder_name, held.holder)
        row: dict[str, Value] = {
            "IDFactura": {**identification, "IDEmisorFactura": issuer},
            "PeriodoLiquidacion": sub(held.record, "PeriodoLiquidacion"),
            self.operation.data: _data(held),
            party: _person(held.holder_name, held.holder),
            "EstadoFactura": self._contrast(held),
        }
        # A customer's page key ends with the customer, since two may have the same number.
        return (*held.key, held.holder) if party == "Cliente" else held.key, row


def _data(held: Held) -> Tree:
    return {
        **held.record,
        "DetOperIntracomunitarias": sub(held.record, "OperacionIntracomunitaria"),
        "Cobros": "S" if held.attached.get("Cobros") else "N",
        "Pagos": "S" if held.attached.get("Pagos") else "N",
    }


def _presentation(presenter: str, instant: datetime, csv: str) -> Tree:
    return {"NIFPresentador": presenter, "TimestampPresentacion": moment(instant), "CSV": csv}


def _person(name: str, nif: str) -> Tree:
    return {"NombreRazon": name, "NIF": nif}


def _holds(record: Tree, asked: Tree) -> bool:
    """Tell whether a record has the texts of a filter; names of persons do not count."""
    for name, value in asked.items():
        if isinstance(value, Mapping):
            if not _holds(sub(record, name), value):
                return False
        elif name != "NombreRazon" and value != text(record, name):
            return False
    return True


def _within(found: date | None, asked: Tree) -> bool:
    first, last = day(asked, "Desde"), day(asked, "Hasta")
    if first is None and last is None:
        return True
    return found is not None and (first or found) <= found <= (last or found)
