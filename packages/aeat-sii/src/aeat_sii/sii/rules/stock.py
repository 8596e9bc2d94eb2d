"""Rules on goods in consignment (venta de bienes en consigna)."""

from collections.abc import Iterator

from aeat_sii.sii.codes import IdKind, StockOperation
from aeat_sii.sii.records import ConsignmentOperation, Movement, Person
from aeat_sii.sii.rules._case import Case, at, rule_set, value
from einvoice_core.findings import Breach

__all__ = ["rules"]

rules = rule_set("sii-stock")

_FIRST = (StockOperation.O01, StockOperation.O09)


@rules.rule("1506", message="Operation {operation} names the other party.")
def first_dispatches_name_the_other_party(case: Case) -> Iterator[Breach]:
    """Contraparte stands with TipoOperacion 01 and 09."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation in _FIRST and record.other_party is None:
        yield Breach(at("Contraparte"), operation=record.operation.value)


@rules.rule("1507", message="Operation {operation} does not name the other party.")
def later_operations_name_no_other_party(case: Case) -> Iterator[Breach]:
    """Contraparte stands with TipoOperacion 01 and 09 only."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation not in _FIRST and record.other_party is not None:
        yield Breach(at("Contraparte"), operation=record.operation.value)


@rules.rule("1512", message="Operation 01 names the depot.")
def dispatches_name_the_depot(case: Case) -> Iterator[Breach]:
    """Deposito stands with TipoOperacion 01."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation is StockOperation.O01 and record.depot is None:
        yield Breach(at("Deposito"))


@rules.rule("1520", message="Operation {operation} names the first dispatch.")
def later_operations_name_the_first_dispatch(case: Case) -> Iterator[Breach]:
    """IdRegistroExpInicial stands unless TipoOperacion is 01 or 09."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation not in _FIRST and record.content.first_dispatch is None:
        yield Breach(at("IdRegistroExpInicial"), operation=record.operation.value)


@rules.rule("1503", message="Goods in consignment are told from 2020/03 on; this is {period}.")
def stock_is_told_from_its_period_on(case: Case) -> Iterator[Breach]:
    """IdRegistroDeclarado is of March 2020 or later."""
    record = case.record
    if isinstance(record, ConsignmentOperation):
        period = f"{record.stock.year}/{record.stock.period}"
        if period < value("consignment_since"):
            yield Breach(at("IdRegistroDeclarado"), period=period)


def _person(record: ConsignmentOperation, name: str) -> Person | None:
    destination = record.content.destination
    return {
        "Contraparte": record.other_party,
        "SustitutoDestinatarioInicial": record.substitute,
        "Depositario": record.depot.keeper if record.depot else None,
        "DestinatarioFinal": destination.recipient if destination else None,
    }[name]


@rules.family(
    {
        "1508": "Contraparte",
        "1511": "SustitutoDestinatarioInicial",
        "1513": "Depositario",
        "1525": "DestinatarioFinal",
    },
    message="{name} is identified by a VAT number.",
)
def people_have_a_vat_number(case: Case, name: str) -> Iterator[Breach]:
    """Everybody without a NIF has IDType 02."""
    record = case.record
    if isinstance(record, ConsignmentOperation):
        person = _person(record, name)
        other = person.other_id if person else None
        if other and other.kind is not IdKind.VAT_NUMBER:
            yield Breach(at(name), name=name)


@rules.rule("1526", message="Who keeps the goods is not the other party.")
def keepers_are_not_the_other_party(case: Case) -> Iterator[Breach]:
    """Depositario differs from Contraparte."""
    record = case.record
    if isinstance(record, ConsignmentOperation):
        keeper, other = _person(record, "Depositario"), record.other_party
        if keeper and other and (keeper.nif, keeper.other_id) == (other.nif, other.other_id):
            yield Breach(at("Deposito", "Depositario"))


@rules.family(
    {"1509": True, "1510": False},
    message="Operation 02, and no other, names who was foreseen first.",
)
def substitutions_name_the_first_recipient(case: Case, missing: bool) -> Iterator[Breach]:
    """SustitutoDestinatarioInicial stands with TipoOperacion 02, and with no other."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    substitutes, stands = record.operation is StockOperation.O02, record.substitute is not None
    if (substitutes and not stands) if missing else (stands and not substitutes):
        yield Breach(at("SustitutoDestinatarioInicial"))


@rules.rule("1514", message="Operation {operation} tells of the movement of the goods.")
def movements_are_told(case: Case) -> Iterator[Breach]:
    """InfoExpedicionRecepcion stands with TipoOperacion 01, 02 and 09."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation in (*_FIRST, StockOperation.O02) and record.content.movement is None:
        yield Breach(at("InfoExpedicionRecepcion"), operation=record.operation.value)


@rules.family(
    {
        "1515": "value",
        "1516": "from_state",
        "1517": "to_state",
        "1518": "sent_on",
        "1519": "arrived_on",
    },
    message="Operation 01 states value, states and days of the movement.",
)
def dispatches_tell_all(case: Case, field: str) -> Iterator[Breach]:
    """ValorBienes, EmPartida, EmLlegada and both days stand with TipoOperacion 01."""
    record = case.record
    if not isinstance(record, ConsignmentOperation) or record.operation is not StockOperation.O01:
        return
    movement: Movement | None = record.content.movement
    if movement is None or getattr(movement, field) is None:
        yield Breach(at("InfoExpedicionRecepcion"))


@rules.family(
    {"1533": True, "1534": False},
    message="Operation 02, and no other, states the day of the substitution.",
)
def substitutions_state_their_day(case: Case, missing: bool) -> Iterator[Breach]:
    """FechaSustitucion stands with TipoOperacion 02, and with no other."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    movement, substitutes = record.content.movement, record.operation is StockOperation.O02
    stands = movement is not None and movement.substituted_on is not None
    if (substitutes and not stands) if missing else (stands and not substitutes):
        yield Breach(at("InfoExpedicionRecepcion", "FechaSustitucion"))


@rules.family(
    {"1522": "destination", "1523": "recipient", "1524": "unit_price"},
    message="Operation {operation} tells what became of the goods: buyer and price of a sale.",
)
def ends_are_told(case: Case, field: str) -> Iterator[Breach]:
    """DestinoFinalExpedRecep, DestinatarioFinal and PrecioUnitario stand with their operations."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    exempt = {
        "destination": ("01", "02", "09"),
        "recipient": tuple(each.value for each in StockOperation if each not in ("03", "04")),
        "unit_price": ("01", "02", "07", "09"),
    }[field]
    end = record.content.destination
    missing = end is None or (field != "destination" and getattr(end, field) is None)
    if record.operation.value not in exempt and missing:
        yield Breach(at("DestinoFinalExpedRecep"), operation=record.operation.value)
