"""Rules on records of any book, and on what invoices issued and received share."""

from collections.abc import Iterator

from aeat_sii.sii.codes import Communication, IdKind, InvoiceKind, RectificationKind, Regime
from aeat_sii.sii.records import IssuedRecord, OtherId, ReceivedRecord
from aeat_sii.sii.rules._case import Case, at, people, rule_set, value
from einvoice_core.findings import Breach, Location
from tax_es.ids import nif

__all__ = ["rules"]

rules = rule_set("sii-shared")

_QUARTERS = {"1T": 1, "2T": 4, "3T": 7, "4T": 10, "0A": 1}


@rules.rule("1153", message="{nif} is not a NIF: {reason}.")
def every_nif_is_well_formed(case: Case) -> Iterator[Breach]:
    """Each NIF of the record has its control character."""
    for path, part in people(case.record):
        text = getattr(part, "nif", None) or getattr(part, "issuer_nif", None)
        verdict = nif.check(text) if text else None
        if verdict is not None and not verdict.valid:
            yield Breach(Location(path), nif=text, reason=verdict.reason)


@rules.rule("1124", message="An identification of kind {kind} names its country.")
def other_identifications_name_their_country(case: Case) -> Iterator[Breach]:
    """CodigoPais is stated unless the identification is a VAT number."""
    for path, part in people(case.record):
        kind = getattr(part, "kind", None)
        if path.endswith("other_id") and kind != "02" and getattr(part, "country", None) is None:
            yield Breach(Location(path), kind=kind)


def _others(case: Case) -> Iterator[tuple[str, OtherId]]:
    for path, part in people(case.record):
        if isinstance(part, OtherId):
            yield path, part


@rules.rule("1168", message="Kind {kind} does not go with country {country}.")
def spain_goes_with_passport_or_unknown_nif(case: Case) -> Iterator[Breach]:
    """CodigoPais is ES with IDType 03 and 07 only, and with 07 always."""
    for path, other in _others(case):
        spanish = other.country == "ES"
        wrong = spanish and other.kind not in (IdKind.PASSPORT, IdKind.NOT_IN_CENSUS)
        missing = not spanish and other.kind is IdKind.NOT_IN_CENSUS
        if wrong or missing:
            yield Breach(Location(path), kind=other.kind.value, country=other.country or "-")


@rules.rule("1169", message="{id} is not a NIF: {reason}.")
def unregistered_people_have_a_nif(case: Case) -> Iterator[Breach]:
    """ID is a NIF with IDType 07."""
    for path, other in _others(case):
        verdict = nif.check(other.id)
        if other.kind is IdKind.NOT_IN_CENSUS and not verdict.valid:
            yield Breach(Location(path), id=other.id, reason=verdict.reason)


@rules.rule("1126", message="The period is of {year}, after this year ({this_year}).")
def periods_are_not_of_later_years(case: Case) -> Iterator[Breach]:
    """Ejercicio is the present year or an earlier one; operations to come have their own (1187)."""
    period = case.period
    if period and case.happened_on <= case.today and int(period.year) > case.today.year:
        yield Breach(at("PeriodoLiquidacion"), year=period.year, this_year=case.today.year)


@rules.rule("1145", message="The period {period} begins after today ({today}).")
def periods_have_begun(case: Case) -> Iterator[Breach]:
    """Periodo is the present one or an earlier one."""
    period = case.period
    if period is None or case.happened_on > case.today or int(period.year) != case.today.year:
        return
    if _month(period.code) > case.today.month:
        yield Breach(at("PeriodoLiquidacion"), period=period.code, today=case.today)


def _month(code: str) -> int:
    return _QUARTERS.get(code) or int(code)


@rules.rule("1211", message="A quarter of {year}: quarters are stated from 2018 on.")
def quarters_are_of_2018_and_later(case: Case) -> Iterator[Breach]:
    """Periodo is a quarter from Ejercicio 2018 on only."""
    period = case.period
    if period and period.code.endswith("T") and int(period.year) < 2018:
        yield Breach(at("PeriodoLiquidacion"), year=period.year)


@rules.rule("1361", message="Regime 17 is for periods from {since} on; this is {year}/{period}.")
def regime_17_has_its_periods(case: Case) -> Iterator[Breach]:
    """With regime 17, the period is July 2021 or later."""
    period, since = case.period, value("one_stop_shop")
    if not period or Regime.R17 not in case.regimes:
        return
    if (int(period.year), _month(period.code)) < (since.year, since.month):
        yield Breach(at("PeriodoLiquidacion"), since=since, year=period.year, period=period.code)


@rules.rule("1547", message="Kind AJ is for periods of 2023 and later, not of {year}.")
def adjustments_are_of_2023_and_later(case: Case) -> Iterator[Breach]:
    """With AJ, Ejercicio is 2023 or later."""
    period = case.period
    if period and case.kind is InvoiceKind.AJ and int(period.year) < 2023:
        yield Breach(at("PeriodoLiquidacion"), year=period.year)


@rules.rule("1125", message="The invoice is issued on {day}, after today ({today}).")
def invoices_are_not_issued_in_the_future(case: Case) -> Iterator[Breach]:
    """FechaExpedicionFacturaEmisor is not after the present day."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        day = record.invoice.issued_on
        if day > case.today:
            yield Breach(at("IDFactura"), day=day, today=case.today)


@rules.family(
    {"1196": "FechaExpedicionFacturaEmisor", "1197": "FechaOperacion"},
    message="{day} lies more than twenty years back.",
)
def invoices_are_of_the_last_twenty_years(case: Case, name: str) -> Iterator[Breach]:
    """FechaExpedicionFacturaEmisor and FechaOperacion are of the last twenty years."""
    invoice = case.invoice
    day = case.issued_on if name.startswith("FechaExp") else invoice and invoice.operated_on
    today = case.today
    if day and (day.year + 20, day.month, day.day) < (today.year, today.month, today.day):
        yield Breach(at(name), day=day)


@rules.rule("1300", message="Issued on {issued}, before the operation ({day}).")
def invoices_are_issued_after_the_operation(case: Case) -> Iterator[Breach]:
    """The day of issue is not before FechaOperacion, but for regimes 14 and 15 and A4."""
    if {Regime.R14, Regime.R15} & set(case.regimes):
        return
    if case.communication is Communication.MODIFY_TRAVELLERS:
        return
    if case.invoice and case.issued_on < case.happened_on:
        yield Breach(at("FechaOperacion"), issued=case.issued_on, day=case.happened_on)


@rules.rule("1127", message="A summary entry (F4) names its last invoice.")
def summaries_name_their_last_invoice(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin stands in a summary entry."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        is_summary = record.content.kind is InvoiceKind.F4
        if is_summary and record.invoice.last_number is None:
            yield Breach(at("IDFactura"))


@rules.rule("1128", message="Only a summary entry (F4) names a last invoice; this is {kind}.")
def only_summaries_name_a_last_invoice(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin stands in nothing but a summary entry."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        kind = record.content.kind
        if kind is not InvoiceKind.F4 and record.invoice.last_number is not None:
            yield Breach(at("IDFactura"), kind=kind.value)


@rules.rule("1165", message="First and last number of the summary entry are equal.")
def summaries_are_of_several_invoices(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin differs from NumSerieFacturaEmisor."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        invoice = record.invoice
        if invoice.last_number == invoice.number:
            yield Breach(at("IDFactura"))


@rules.rule("1134", message="A corrective invoice ({kind}) says how it corrects.")
def corrective_invoices_say_how(case: Case) -> Iterator[Breach]:
    """TipoRectificativa stands in a corrective invoice."""
    invoice = case.invoice
    if invoice and invoice.kind.is_corrective and invoice.rectification is None:
        yield Breach(at("TipoRectificativa"), kind=invoice.kind.value)


@rules.rule("1135", message="An invoice of kind {kind} corrects nothing.")
def other_invoices_correct_nothing(case: Case) -> Iterator[Breach]:
    """TipoRectificativa stands in nothing but a corrective invoice."""
    invoice = case.invoice
    if invoice and not invoice.kind.is_corrective and invoice.rectification is not None:
        yield Breach(at("TipoRectificativa"), kind=invoice.kind.value)


@rules.rule("1136", message="Only F3 groups simplified invoices; this is {kind}.")
def only_f3_groups_invoices(case: Case) -> Iterator[Breach]:
    """FacturasAgrupadas stands in F3 only."""
    invoice = case.invoice
    if invoice and invoice.grouped and invoice.kind is not InvoiceKind.F3:
        yield Breach(at("FacturasAgrupadas"), kind=invoice.kind.value)


@rules.rule("1137", message="An invoice of kind {kind} names corrected invoices.")
def only_corrective_invoices_name_others(case: Case) -> Iterator[Breach]:
    """FacturasRectificadas stands in corrective invoices and summaries only."""
    invoice = case.invoice
    if not invoice or not invoice.rectified:
        return
    if not invoice.kind.is_corrective and invoice.kind is not InvoiceKind.F4:
        yield Breach(at("FacturasRectificadas"), kind=invoice.kind.value)


@rules.rule("1138", message="A correction by substitution states what it replaces.")
def substitutions_state_what_they_replace(case: Case) -> Iterator[Breach]:
    """ImporteRectificacion stands in a correction by substitution."""
    invoice = case.invoice
    is_whole = invoice is not None and invoice.rectification is RectificationKind.SUBSTITUTION
    if invoice and is_whole and invoice.rectified_amounts is None:
        yield Breach(at("ImporteRectificacion"))


@rules.rule("1139", message="What was replaced is stated, but nothing is substituted.")
def only_substitutions_state_what_they_replace(case: Case) -> Iterator[Breach]:
    """ImporteRectificacion stands in corrections by substitution and summary entries only."""
    invoice = case.invoice
    if not invoice or invoice.rectified_amounts is None or invoice.kind is InvoiceKind.F4:
        return
    substitutes = invoice.rectification is RectificationKind.SUBSTITUTION
    if not (invoice.kind.is_corrective and substitutes):
        yield Breach(at("ImporteRectificacion"))


@rules.rule("1204", message="Marked as macrodata, but the total is {total}.")
def macrodata_are_large(case: Case) -> Iterator[Breach]:
    """Macrodato is S only from 100,000,000 on."""
    invoice = case.invoice
    if invoice and invoice.is_macrodata and abs(invoice.total or 0) < value("macrodata"):
        yield Breach(at("Macrodato"), total=invoice.total)


@rules.rule("1208", message="A total of {total} is marked as macrodata (Macrodato S).")
def large_invoices_are_macrodata(case: Case) -> Iterator[Breach]:
    """Macrodato is S from 100,000,000 on."""
    invoice = case.invoice
    is_large = invoice is not None and abs(invoice.total or 0) >= value("macrodata")
    if invoice and is_large and not invoice.is_macrodata:
        yield Breach(at("Macrodato"), total=invoice.total)
