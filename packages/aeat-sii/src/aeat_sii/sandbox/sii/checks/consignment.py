"""What is judged of goods in consignment."""

from collections.abc import Iterator

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, sub, text

__all__ = ["of_goods"]

_STARTS = ("01", "09")


def of_goods(case: Case) -> Iterator[str]:
    """Judge a record of goods in consignment."""
    record, kind = case.record, text(case.record, "TipoOperacion")
    declared = sub(record, "IdRegistroDeclarado")
    if (text(declared, "Ejercicio"), text(declared, "Periodo")) < ("2020", "03"):
        yield "1503"
    if kind in _STARTS and "Contraparte" not in record:
        yield "1506"
    if kind not in _STARTS and "Contraparte" in record:
        yield "1507"
    yield from _by_vat(record, "Contraparte", "1508")
    if kind == "02" and "SustitutoDestinatarioInicial" not in record:
        yield "1509"
    if kind != "02" and "SustitutoDestinatarioInicial" in record:
        yield "1510"
    yield from _by_vat(record, "SustitutoDestinatarioInicial", "1511")
    if kind == "01" and "Deposito" not in record:
        yield "1512"
    yield from _by_vat(sub(record, "Deposito"), "Depositario", "1513")
    yield from _of_movement(record, kind)


def _of_movement(record: Tree, kind: str) -> Iterator[str]:
    moved = sub(record, "OperacionIntracomunitaria")
    sent = sub(moved, "InfoExpedicionRecepcion")
    if kind in ("01", "02", "09") and not sent:
        yield "1514"
    if kind == "01":
        for name, code in (
            ("ValorBienes", "1515"),
            ("EmPartida", "1516"),
            ("EmLlegada", "1517"),
            ("FechaExpedicion", "1518"),
            ("FechaLlegada", "1519"),
        ):
            if name not in sent:
                yield code
    if kind not in _STARTS and "IdRegistroExpInicial" not in moved:
        yield "1520"
    final = sub(moved, "DestinoFinalExpedRecep")
    if kind not in ("01", "02", "09") and not final:
        yield "1522"
    if kind in ("03", "04") and "DestinatarioFinal" not in final:
        yield "1523"
    if kind not in ("01", "02", "07", "09") and "PrecioUnitario" not in final:
        yield "1524"
    yield from _by_vat(final, "DestinatarioFinal", "1525")
    if kind == "02" and "FechaSustitucion" not in sent:
        yield "1533"
    if kind != "02" and "FechaSustitucion" in sent:
        yield "1534"


def _by_vat(holder: Tree, name: str, code: str) -> Iterator[str]:
    person = sub(holder, name)
    if person and "NIF" not in person and text(person, "IDOtro", "IDType") != "02":
        yield code
