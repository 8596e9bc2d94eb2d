"""The agency's rules on SII records, as findings with its codes.

The document of validations is not at hand: the conditions are those that the texts of the list of
codes state, and each rule here is one whose text leaves no doubt. Codes that are not here are left
to the authority (``docs/limits.md``). A finding of severity ``fatal`` is one for which the agency
rejects the record; with ``warning`` it accepts it with errors.

Source: AEAT, validations of the SII v1.1, rev. 17 (22/12/2025), list of codes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aeat_sii.clock import in_spain
from aeat_sii.sii.books import home_of
from aeat_sii.sii.codes import (
    Communication,
    InvoiceKind,
    NotExempt,
    PaymentMeans,
    PropertySituation,
    RectificationKind,
    Regime,
    StockOperation,
)
from aeat_sii.sii.records import (
    AnyRecord,
    CashReceipt,
    CollectionsOfInvoice,
    ConsignmentOperation,
    InsuranceRecord,
    IssuedInvoice,
    IssuedRecord,
    Part,
    PaymentsOfInvoice,
    ReceivedInvoice,
    ReceivedRecord,
    Subject,
    SubjectServices,
    Titular,
    TravelAgencyRecord,
)
from einvoice_core.findings import Breach, Location, Report, RuleSet, Severity
from einvoice_core.timeline import load_timelines
from tax_es.ids import nif

__all__ = ["Case", "rules", "validate"]

_VALUES = load_timelines("aeat_sii", "params/sii_rules.toml")

rules: "RuleSet[Case]" = RuleSet(
    "AEAT, validations of the SII v1.1, rev. 17 (22/12/2025), list of codes", "sii"
)


def _value(name: str) -> Any:  # noqa: ANN401 - a value of a TOML file; its user knows its type
    return tuple(_VALUES[name])[-1].value


@dataclass(frozen=True, slots=True)
class Case:
    """A record with what decides about it besides its own fields.

    Args:
        record: What will be sent.
        titular: Whose books they are.
        communication: What the submission does.
        now: Instant of the submission.
    """

    record: AnyRecord
    titular: Titular
    communication: Communication
    now: datetime

    @property
    def today(self) -> date:
        """Day of the submission, in the time of Spain."""
        return in_spain(self.now).date()

    @property
    def invoice(self) -> IssuedInvoice | ReceivedInvoice | None:
        """Content of an invoice, where the record is one."""
        return self.issued or self.received

    @property
    def issued(self) -> IssuedInvoice | None:
        """Content of an issued invoice, where the record is one."""
        record = self.record
        return record.content if isinstance(record, IssuedRecord) else None

    @property
    def received(self) -> ReceivedInvoice | None:
        """Content of a received invoice, where the record is one."""
        record = self.record
        return record.content if isinstance(record, ReceivedRecord) else None

    def subjects(self) -> Iterator[Subject | SubjectServices]:
        """Yield the parts of an issued invoice that are subject to the tax."""
        if self.issued is None:
            return
        whole, apart = self.issued.breakdown.whole, self.issued.breakdown.by_operation
        treatments = [whole] if apart is None else [apart.goods, apart.services]
        for treatment in treatments:
            if treatment is not None and treatment.subject is not None:
                yield treatment.subject


def _at(*steps: str) -> Location:
    return Location("/".join(("", *steps)))


def validate(
    record: AnyRecord,
    titular: Titular,
    *,
    now: datetime,
    communication: Communication = Communication.REGISTER,
) -> Report:
    """Judge a record before it is sent.

    Args:
        record: Of any book, or a cancellation.
        titular: Whose books they are.
        now: Instant of the submission, with its time zone; days are those of Spain.
        communication: What the submission will do.

    Returns:
        The findings, each with the agency's code as its rule.
    """
    home_of(record)
    return rules.validate(Case(record, titular, communication, now))


def _people(part: Part, path: str = "") -> Iterator[tuple[str, Part]]:
    """Yield every part of a record with its path."""
    yield path, part
    for name in type(part).model_fields:
        found = getattr(part, name)
        for each in found if isinstance(found, tuple) else (found,):
            if isinstance(each, Part):
                yield from _people(each, f"{path}/{name}")


@rules.rule("1153", message="{nif} is not a NIF: {reason}.")
def every_nif_is_well_formed(case: Case) -> Iterator[Breach]:
    """Each NIF of the record has its control character."""
    for path, part in _people(case.record):
        text = getattr(part, "nif", None) or getattr(part, "issuer_nif", None)
        verdict = nif.check(text) if text else None
        if verdict is not None and not verdict.valid:
            yield Breach(Location(path), nif=text, reason=verdict.reason)


@rules.rule("1124", message="An identification of kind {kind} names its country.")
def other_identifications_name_their_country(case: Case) -> Iterator[Breach]:
    """CodigoPais is stated unless the identification is a VAT number."""
    for path, part in _people(case.record):
        kind = getattr(part, "kind", None)
        if path.endswith("other_id") and kind != "02" and getattr(part, "country", None) is None:
            yield Breach(Location(path), kind=kind)


@rules.rule("1112", message="The invoice is of {nif}, the book of {titular}.")
def issued_invoices_are_of_the_titular(case: Case) -> Iterator[Breach]:
    """The NIF of an issued invoice is that of the titular of the book."""
    record, titular = case.record, case.titular.nif
    if isinstance(record, IssuedRecord) and record.invoice.issuer_nif != titular:
        yield Breach(_at("IDFactura", "NIF"), nif=record.invoice.issuer_nif, titular=titular)


@rules.rule("1125", message="The invoice is issued on {day}, after today ({today}).")
def invoices_are_not_issued_in_the_future(case: Case) -> Iterator[Breach]:
    """FechaExpedicionFacturaEmisor is not after the present day."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        day = record.invoice.issued_on
        if day > case.today:
            yield Breach(_at("IDFactura"), day=day, today=case.today)


@rules.rule("1176", message="Entered on {entered}, before it was issued ({issued}).")
def received_invoices_are_entered_after_their_issue(case: Case) -> Iterator[Breach]:
    """FechaRegContable is not before FechaExpedicionFacturaEmisor."""
    record = case.record
    if isinstance(record, ReceivedRecord):
        issued, entered = record.invoice.issued_on, record.content.entered_on
        if entered < issued:
            yield Breach(_at("FechaRegContable"), entered=entered, issued=issued)


@rules.rule("1127", message="A summary entry (F4) names its last invoice.")
def summaries_name_their_last_invoice(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin stands in a summary entry."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        is_summary = record.content.kind is InvoiceKind.F4
        if is_summary and record.invoice.last_number is None:
            yield Breach(_at("IDFactura"))


@rules.rule("1128", message="Only a summary entry (F4) names a last invoice; this is {kind}.")
def only_summaries_name_a_last_invoice(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin stands in nothing but a summary entry."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        kind = record.content.kind
        if kind is not InvoiceKind.F4 and record.invoice.last_number is not None:
            yield Breach(_at("IDFactura"), kind=kind.value)


@rules.rule("1165", message="First and last number of the summary entry are equal.")
def summaries_are_of_several_invoices(case: Case) -> Iterator[Breach]:
    """NumSerieFacturaEmisorResumenFin differs from NumSerieFacturaEmisor."""
    record = case.record
    if isinstance(record, IssuedRecord | ReceivedRecord):
        invoice = record.invoice
        if invoice.last_number == invoice.number:
            yield Breach(_at("IDFactura"))


@rules.rule("1134", message="A corrective invoice ({kind}) says how it corrects.")
def corrective_invoices_say_how(case: Case) -> Iterator[Breach]:
    """TipoRectificativa stands in a corrective invoice."""
    invoice = case.invoice
    if invoice and invoice.kind.is_corrective and invoice.rectification is None:
        yield Breach(_at("TipoRectificativa"), kind=invoice.kind.value)


@rules.rule("1135", message="An invoice of kind {kind} corrects nothing.")
def other_invoices_correct_nothing(case: Case) -> Iterator[Breach]:
    """TipoRectificativa stands in nothing but a corrective invoice."""
    invoice = case.invoice
    if invoice and not invoice.kind.is_corrective and invoice.rectification is not None:
        yield Breach(_at("TipoRectificativa"), kind=invoice.kind.value)


@rules.rule("1136", message="Only F3 groups simplified invoices; this is {kind}.")
def only_f3_groups_invoices(case: Case) -> Iterator[Breach]:
    """FacturasAgrupadas stands in F3 only."""
    invoice = case.invoice
    if invoice and invoice.grouped and invoice.kind is not InvoiceKind.F3:
        yield Breach(_at("FacturasAgrupadas"), kind=invoice.kind.value)


@rules.rule("1137", message="An invoice of kind {kind} names corrected invoices.")
def only_corrective_invoices_name_others(case: Case) -> Iterator[Breach]:
    """FacturasRectificadas stands in corrective invoices and summaries only."""
    invoice = case.invoice
    if not invoice or not invoice.rectified:
        return
    if not invoice.kind.is_corrective and invoice.kind is not InvoiceKind.F4:
        yield Breach(_at("FacturasRectificadas"), kind=invoice.kind.value)


@rules.rule("1138", message="A correction by substitution states what it replaces.")
def substitutions_state_what_they_replace(case: Case) -> Iterator[Breach]:
    """ImporteRectificacion stands in a correction by substitution."""
    invoice = case.invoice
    is_whole = invoice is not None and invoice.rectification is RectificationKind.SUBSTITUTION
    if invoice and is_whole and invoice.rectified_amounts is None:
        yield Breach(_at("ImporteRectificacion"))


@rules.rule("1148", message="The breakdown by operation has neither services nor goods.")
def breakdown_by_operation_holds_something(case: Case) -> Iterator[Breach]:
    """DesgloseTipoOperacion holds PrestacionServicios or Entrega."""
    apart = case.issued.breakdown.by_operation if case.issued else None
    if apart and apart.services is None and apart.goods is None:
        yield Breach(_at("TipoDesglose", "DesgloseTipoOperacion"))


@rules.rule("1140", message="The part that is subject is neither exempt nor taxed.")
def subject_parts_are_exempt_or_taxed(case: Case) -> Iterator[Breach]:
    """Sujeta holds Exenta or NoExenta."""
    for subject in case.subjects():
        if not subject.exempt and subject.taxed is None:
            yield Breach(_at("TipoDesglose", "Sujeta"))


@rules.rule("1157", message="The breakdown has no line.")
def received_breakdown_holds_something(case: Case) -> Iterator[Breach]:
    """DesgloseFactura holds InversionSujetoPasivo or DesgloseIVA."""
    invoice = case.received
    if invoice and not invoice.breakdown.lines and not invoice.breakdown.reverse_charge:
        yield Breach(_at("DesgloseFactura"))


_WITHOUT_PARTY = (InvoiceKind.F2, InvoiceKind.F4, InvoiceKind.R5)


@rules.rule("1158", message="An invoice of kind {kind} names its recipient.")
def invoices_name_their_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte stands unless the kind is F2, F4 or R5 (or AJ, which rule 1551 excludes)."""
    invoice = case.issued
    if invoice is None or invoice.other_party is not None:
        return
    if invoice.kind not in (*_WITHOUT_PARTY, InvoiceKind.AJ):
        yield Breach(_at("Contraparte"), kind=invoice.kind.value)


@rules.rule("1332", message="An invoice of kind {kind} names no recipient.")
def simplified_invoices_name_no_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte does not stand in F2, F4 or R5."""
    invoice = case.issued
    if invoice and invoice.other_party is not None and invoice.kind in _WITHOUT_PARTY:
        yield Breach(_at("Contraparte"), kind=invoice.kind.value)


@rules.rule("1235", message="Under reverse charge (S2) the rate is 0, not {rate}.")
def reverse_charge_has_rate_0(case: Case) -> Iterator[Breach]:
    """TipoImpositivo is 0 with TipoNoExenta S2."""
    for subject in case.subjects():
        if subject.taxed and subject.taxed.kind is NotExempt.S2:
            for line in subject.taxed.lines:
                if line.rate_percent:
                    yield Breach(_at("TipoDesglose", "TipoImpositivo"), rate=line.rate_percent)


@rules.rule("1237", message="Under reverse charge (S2) the tax is 0, not {tax}.")
def reverse_charge_has_no_tax(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida is 0 with TipoNoExenta S2."""
    for subject in case.subjects():
        if subject.taxed and subject.taxed.kind is NotExempt.S2:
            for line in subject.taxed.lines:
                if line.output_tax:
                    yield Breach(_at("TipoDesglose", "CuotaRepercutida"), tax=line.output_tax)


@rules.rule("1204", message="Marked as macrodata, but the total is {total}.")
def macrodata_are_large(case: Case) -> Iterator[Breach]:
    """Macrodato is S only from 100,000,000 on."""
    invoice = case.invoice
    if invoice and invoice.is_macrodata and abs(invoice.total or 0) < _value("macrodata"):
        yield Breach(_at("Macrodato"), total=invoice.total)


@rules.rule("1208", message="A total of {total} is marked as macrodata (Macrodato S).")
def large_invoices_are_macrodata(case: Case) -> Iterator[Breach]:
    """Macrodato is S from 100,000,000 on."""
    invoice = case.invoice
    is_large = invoice is not None and abs(invoice.total or 0) >= _value("macrodata")
    if invoice and is_large and not invoice.is_macrodata:
        yield Breach(_at("Macrodato"), total=invoice.total)


@rules.rule("1592", message="Fuel from a depot is told from {since} on; the operation is of {day}.")
def fuel_is_told_from_its_day_on(case: Case) -> Iterator[Breach]:
    """HidrocarburosExtraidosDeposito does not stand before 01/02/2026."""
    record = case.record
    if isinstance(record, IssuedRecord) and record.content.is_fuel_from_depot is not None:
        day = record.content.operated_on or record.invoice.issued_on
        if day < _value("fuel_from_depot"):
            yield Breach(
                _at("HidrocarburosExtraidosDeposito"), since=_value("fuel_from_depot"), day=day
            )


@rules.rule("1212", message="With regime 13 nothing is deductible, but {tax} is stated.")
def regime_13_deducts_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 with regime 13."""
    invoice = case.received
    if invoice and Regime.R13 in invoice.regimes and invoice.deductible_tax != 0:
        yield Breach(_at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.rule("1279", message="A simplified invoice (F2) deducts nothing, but {tax} is stated.")
def received_f2_deducts_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 in F2."""
    invoice = case.received
    if invoice and invoice.kind is InvoiceKind.F2 and invoice.deductible_tax != 0:
        yield Breach(_at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.rule("1348", message="A year of deduction needs its period.")
def deduction_year_has_its_period(case: Case) -> Iterator[Breach]:
    """PeriodoDeduccion stands beside EjercicioDeduccion."""
    invoice = case.received
    if invoice and invoice.deduction_year and not invoice.deduction_period:
        yield Breach(_at("PeriodoDeduccion"))


@rules.rule("1349", message="A period of deduction needs its year.")
def deduction_period_has_its_year(case: Case) -> Iterator[Breach]:
    """EjercicioDeduccion stands beside PeriodoDeduccion."""
    invoice = case.received
    if invoice and invoice.deduction_period and not invoice.deduction_year:
        yield Breach(_at("EjercicioDeduccion"))


@rules.rule("1152", message="What was not collected (03) names no account.")
def unpaid_names_no_account(case: Case) -> Iterator[Breach]:
    """Cuenta_O_Medio does not stand with Medio 03."""
    record = case.record
    if isinstance(record, CollectionsOfInvoice | PaymentsOfInvoice):
        for payment in record.payments:
            if payment.means is PaymentMeans.UNPAID_AT_THE_LIMIT and payment.account is not None:
                yield Breach(_at("Cuenta_O_Medio"))


@rules.rule("1155", message="A building in situation {situation} has a cadastral reference.")
def buildings_have_their_reference(case: Case) -> Iterator[Breach]:
    """ReferenciaCatastral stands unless SituacionInmueble is 3 or 4."""
    without = (PropertySituation.WITHOUT_REFERENCE, PropertySituation.ABROAD)
    for each in (*getattr(case.record, "properties", ()), *getattr(case.issued, "properties", ())):
        if each.cadastral_reference is None and each.situation not in without:
            yield Breach(_at("DetalleInmueble"), situation=each.situation.value)


_FIRST = (StockOperation.O01, StockOperation.O09)


@rules.rule("1506", message="Operation {operation} names the other party.")
def first_dispatches_name_the_other_party(case: Case) -> Iterator[Breach]:
    """Contraparte stands with TipoOperacion 01 and 09."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation in _FIRST and record.other_party is None:
        yield Breach(_at("Contraparte"), operation=record.operation.value)


@rules.rule("1507", message="Operation {operation} does not name the other party.")
def later_operations_name_no_other_party(case: Case) -> Iterator[Breach]:
    """Contraparte stands with TipoOperacion 01 and 09 only."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation not in _FIRST and record.other_party is not None:
        yield Breach(_at("Contraparte"), operation=record.operation.value)


@rules.rule("1512", message="Operation 01 names the depot.")
def dispatches_name_the_depot(case: Case) -> Iterator[Breach]:
    """Deposito stands with TipoOperacion 01."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation is StockOperation.O01 and record.depot is None:
        yield Breach(_at("Deposito"))


@rules.rule("1520", message="Operation {operation} names the first dispatch.")
def later_operations_name_the_first_dispatch(case: Case) -> Iterator[Breach]:
    """IdRegistroExpInicial stands unless TipoOperacion is 01 or 09."""
    record = case.record
    if not isinstance(record, ConsignmentOperation):
        return
    if record.operation not in _FIRST and record.content.first_dispatch is None:
        yield Breach(_at("IdRegistroExpInicial"), operation=record.operation.value)


@rules.rule("2007", severity=Severity.WARNING, message="Cash of {total} does not exceed {limit}.")
def cash_exceeds_its_limit(case: Case) -> Iterator[Breach]:
    """ImporteTotal of cash exceeds 6,000."""
    record = case.record
    if not isinstance(record, CashReceipt) or isinstance(record, TravelAgencyRecord):
        return
    if record.total <= _value("cash_limit"):
        yield Breach(_at("ImporteTotal"), total=record.total, limit=_value("cash_limit"))


@rules.rule(
    "2010", severity=Severity.WARNING, message="Operations of {total} do not reach {limit}."
)
def insurance_reaches_its_limit(case: Case) -> Iterator[Breach]:
    """ImporteTotal of insurance reaches 3,005.06, positive or negative."""
    record = case.record
    if isinstance(record, InsuranceRecord) and abs(record.total) < Decimal(_value("yearly_limit")):
        yield Breach(_at("ImporteTotal"), total=record.total, limit=_value("yearly_limit"))
