"""Rules on the identification, the dates and the kind of the invoice."""

import re
from collections.abc import Iterator
from decimal import Decimal

from aeat_sii.verifactu.codes import (
    InvoiceKind,
    PreviousRejection,
    RectificationKind,
    Regime,
    TaxKind,
)
from aeat_sii.verifactu.rules._case import Case, at, rule_set, value
from einvoice_core.findings import Breach, RuleSet

__all__ = ["rules"]

rules: RuleSet[Case] = rule_set("verifactu-invoice")

_WITH_RECIPIENT = (
    InvoiceKind.F1,
    InvoiceKind.F3,
    InvoiceKind.R1,
    InvoiceKind.R2,
    InvoiceKind.R3,
    InvoiceKind.R4,
)
_PENDING = (Regime.PENDING_PUBLIC_WORKS, Regime.PENDING_CONTINUOUS_SUPPLY)
_NUMBER = re.compile(r"[ !#-&(-;?-~]*")


def _is_pending(case: Case) -> bool:
    """Whether every line of IVA or IGIC is of a tax that accrues later (regimes 14 and 15)."""
    return all(line.regime in _PENDING for _, line in case.lines(TaxKind.IVA, TaxKind.IGIC))


@rules.rule("1108", message="The issuer of the invoice is not the one of the header, {header}.")
def issuer_is_that_of_the_header(case: Case) -> Iterator[Breach]:
    """The NIF of the issuer equals that of the header."""
    if case.record.invoice.issuer_nif != case.issuer_nif:
        yield Breach(at("IDFactura", "IDEmisorFactura"), header=case.issuer_nif)


@rules.rule("1112", message="The invoice is issued on {issued}, after today, {today}.")
def issue_is_not_in_the_future(case: Case) -> Iterator[Breach]:
    """The day of issue is not after today."""
    issued = case.record.invoice.issued_on
    if issued > case.today:
        yield Breach(at("IDFactura", "FechaExpedicionFactura"), issued=issued, today=case.today)


@rules.rule(
    "1152", message="The invoice is issued on {issued}; the service takes {first} or later."
)
def issue_is_not_before_the_order(case: Case) -> Iterator[Breach]:
    """The day of issue is not before 28 October 2024."""
    first = value("earliest_issue")
    if case.record.invoice.issued_on < first:
        yield Breach(
            at("IDFactura", "FechaExpedicionFactura"),
            issued=case.record.invoice.issued_on,
            first=first,
        )


@rules.rule(
    "1146",
    message="The invoice of {issued} is older than its operation of {operated}: only regimes 14 "
    "and 15 allow that.",
)
def issue_is_not_before_the_operation(case: Case) -> Iterator[Breach]:
    """The day of issue is not before that of the operation, save regimes 14 and 15."""
    issued, operated = case.record.invoice.issued_on, case.record.operated_on
    if operated and issued < operated and not _is_pending(case):
        yield Breach(at("IDFactura", "FechaExpedicionFactura"), issued=issued, operated=operated)


@rules.rule(
    "1130",
    message="The number {number!r} holds a character that is refused: use printable ASCII without "
    "quotes, apostrophe, <, = or >.",
)
def number_has_allowed_characters(case: Case) -> Iterator[Breach]:
    """The number holds printable ASCII characters only, and neither quotes nor < = >."""
    number = case.record.invoice.number
    if not _NUMBER.fullmatch(number):
        yield Breach(at("IDFactura", "NumSerieFactura"), number=number)


@rules.rule("1104", message="The invoice has no number but blanks.")
def number_is_not_blank(case: Case) -> Iterator[Breach]:
    """The number is not empty once the blanks around it are taken away, as the agency does."""
    if not case.record.invoice.number.strip():
        yield Breach(at("IDFactura", "NumSerieFactura"))


@rules.rule(
    "1153", message="A record that is not at the agency (X) has to be a correction: set it."
)
def unknown_record_is_a_correction(case: Case) -> Iterator[Breach]:
    """RechazoPrevio X needs Subsanacion S."""
    record = case.record
    if (
        record.previous_rejection is PreviousRejection.NOT_AT_THE_AGENCY
        and not record.is_correction
    ):
        yield Breach(at("RechazoPrevio"))


@rules.rule(
    "1161", message="Only a correction can have been rejected before (S): set both or none."
)
def rejected_record_is_a_correction(case: Case) -> Iterator[Breach]:
    """RechazoPrevio S needs Subsanacion S."""
    record = case.record
    if record.previous_rejection is PreviousRejection.YES and not record.is_correction:
        yield Breach(at("RechazoPrevio"))


@rules.rule("1115", message="An invoice of kind {kind} has no kind of rectification: leave it out.")
def only_corrective_invoices_rectify(case: Case) -> Iterator[Breach]:
    """TipoRectificativa is present only in R1 to R5."""
    if case.record.rectification and not case.record.kind.is_corrective:
        yield Breach(at("TipoRectificativa"), kind=case.record.kind)


@rules.rule("1114", message="A corrective invoice ({kind}) says how it rectifies: S or I.")
def corrective_invoices_say_how(case: Case) -> Iterator[Breach]:
    """TipoRectificativa is present in R1 to R5."""
    if case.record.kind.is_corrective and not case.record.rectification:
        yield Breach(at("TipoRectificativa"), kind=case.record.kind)


@rules.rule("1117", message="An invoice of kind {kind} rectifies no others: leave the list out.")
def only_corrective_invoices_name_rectified(case: Case) -> Iterator[Breach]:
    """FacturasRectificadas is present only in R1 to R5."""
    if case.record.rectified and not case.record.kind.is_corrective:
        yield Breach(at("FacturasRectificadas"), kind=case.record.kind)


@rules.rule("1116", message="An invoice of kind {kind} replaces no simplified ones: only F3 does.")
def only_f3_names_substituted(case: Case) -> Iterator[Breach]:
    """FacturasSustituidas is present only in F3."""
    if case.record.substituted and case.record.kind is not InvoiceKind.F3:
        yield Breach(at("FacturasSustituidas"), kind=case.record.kind)


@rules.rule(
    "1119", message="Only a substitution (S) states the amounts it replaces: leave them out."
)
def only_substitutions_state_replaced_amounts(case: Case) -> Iterator[Breach]:
    """ImporteRectificacion is present only when TipoRectificativa is S."""
    record = case.record
    if record.rectified_amounts and record.rectification is not RectificationKind.SUBSTITUTION:
        yield Breach(at("ImporteRectificacion"))


@rules.rule("1118", message="A rectification by substitution states the amounts it replaces.")
def substitutions_state_replaced_amounts(case: Case) -> Iterator[Breach]:
    """ImporteRectificacion is present when TipoRectificativa is S."""
    record = case.record
    if record.rectification is RectificationKind.SUBSTITUTION and not record.rectified_amounts:
        yield Breach(at("ImporteRectificacion"))


@rules.rule("1134", message="The operation of {operated} is more than {years} years old.")
def operation_is_not_too_old(case: Case) -> Iterator[Breach]:
    """The day of the operation is not before today minus 20 years."""
    operated, years = case.record.operated_on, value("oldest_operation_years")
    today = case.today
    if operated and (operated.year, operated.month, operated.day) < (
        today.year - years,
        today.month,
        today.day,
    ):
        yield Breach(at("FechaOperacion"), operated=operated, years=years)


@rules.rule("1125", message="The operation of {operated} is later than the year after this one.")
def operation_is_not_too_far_ahead(case: Case) -> Iterator[Breach]:
    """The day of the operation is not later than the year after today.

    The document does not say whether that is the same day or 31 December of the next year; only
    what breaks both readings is found.
    """
    operated = case.record.operated_on
    if operated and operated.year > case.today.year + 1:
        yield Breach(at("FechaOperacion"), operated=operated)


@rules.rule(
    "1173",
    message="The operation of {operated} is in the future: only regimes 14 and 15 allow that.",
)
def operation_is_not_in_the_future(case: Case) -> Iterator[Breach]:
    """The day of the operation is not after today, save regimes 14 and 15."""
    operated = case.record.operated_on
    if operated and operated > case.today and not _is_pending(case):
        yield Breach(at("FechaOperacion"), operated=operated)


@rules.rule("1183", message="An invoice of kind {kind} is not one of arts. 7.2 and 7.3.")
def simplified_with_recipient_has_a_kind_with_recipient(case: Case) -> Iterator[Breach]:
    """FacturaSimplificadaArt7273 S needs F1, F3 or R1 to R4."""
    if case.record.is_simplified_with_recipient and case.record.kind not in _WITH_RECIPIENT:
        yield Breach(at("FacturaSimplificadaArt7273"), kind=case.record.kind)


@rules.rule("1185", message="An invoice of kind {kind} names its recipient: only F2 and R5 do not.")
def lack_of_recipient_has_a_kind_without(case: Case) -> Iterator[Breach]:
    """FacturaSinIdentifDestinatarioArt61d S needs F2 or R5."""
    if case.record.lacks_recipient and case.record.kind in _WITH_RECIPIENT:
        yield Breach(at("FacturaSinIdentifDestinatarioArt61d"), kind=case.record.kind)


def _is_macro(total: Decimal) -> bool:
    return abs(total) >= Decimal(value("macrodata"))


@rules.rule("1139", message="A total of {total} has to be marked as macrodata.")
def large_totals_are_marked(case: Case) -> Iterator[Breach]:
    """Macrodato is S when the total reaches 100,000,000 either way."""
    if _is_macro(case.record.total) and not case.record.is_macrodata:
        yield Breach(at("Macrodato"), total=case.record.total)


@rules.rule("1138", message="A total of {total} is too small to be marked as macrodata.")
def only_large_totals_are_marked(case: Case) -> Iterator[Breach]:
    """Macrodato is S only when the total reaches 100,000,000 either way."""
    if case.record.is_macrodata and not _is_macro(case.record.total):
        yield Breach(at("Macrodato"), total=case.record.total)


@rules.rule("1157", message="An invoice of kind {kind} has no coupon: only R1 and R5 do.")
def only_some_corrections_have_a_coupon(case: Case) -> Iterator[Breach]:
    """Cupon S needs R1 or R5."""
    if case.record.has_coupon and case.record.kind not in (InvoiceKind.R1, InvoiceKind.R5):
        yield Breach(at("Cupon"), kind=case.record.kind)
