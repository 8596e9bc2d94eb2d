"""What is judged of goods in consignment."""

from collections.abc import Iterator

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, leaves, sub, text

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
    yield from _by_vat(case, record, "Contraparte", "1508", "1149")
    if kind == "02" and "SustitutoDestinatarioInicial" not in record:
        yield "1509"
    if kind != "02" and "SustitutoDestinatarioInicial" in record:
        yield "1510"
    yield from _by_vat(case, record, "SustitutoDestinatarioInicial", "1511", "1527")
    if kind == "01" and "Deposito" not in record:
        yield "1512"
    yield from _by_vat(case, sub(record, "Deposito"), "Depositario", "1513", "1528")
    keeper = sub(record, "Deposito", "Depositario")
    if keeper and tuple(leaves(keeper, "NombreRazon")) == tuple(
        leaves(case.counterpart, "NombreRazon")
    ):
        yield "1526"
    yield from _of_movement(case, record, kind)


def _of_movement(case: Case, record: Tree, kind: str) -> Iterator[str]:
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
    yield from _by_vat(case, final, "DestinatarioFinal", "1525", "1529")
    if kind == "02" and "FechaSustitucion" not in sent:
        yield "1533"
    if kind != "02" and "FechaSustitucion" in sent:
        yield "1534"


def _by_vat(case: Case, holder: Tree, name: str, code: str, unknown: str) -> Iterator[str]:
    person = sub(holder, name)
    if not person:
        return
    if "NIF" not in person and text(person, "IDOtro", "IDType") != "02":
        yield code
    stated, other = text(person, "NIF"), text(person, "IDOtro", "ID")
    good = case.known.is_known(stated) if stated else case.known.is_known_abroad(other)
    if not good:
        yield unknown
