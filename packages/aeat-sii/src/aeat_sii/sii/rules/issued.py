"""Rules on issued invoices, outside their breakdown."""

from collections.abc import Iterator

from aeat_sii.sii.codes import (
    Communication,
    Exemption,
    IdKind,
    InvoiceKind,
    NotExempt,
    Regime,
)
from aeat_sii.sii.records import IssuedRecord
from aeat_sii.sii.rules._case import MARGIN, Case, at, rule_set, value
from einvoice_core.findings import Breach, Severity

__all__ = ["NAMED_KINDS", "rules"]

rules = rule_set("sii-issued")

_WITHOUT_PARTY = (InvoiceKind.F2, InvoiceKind.F4, InvoiceKind.R5)
NAMED_KINDS = (
    InvoiceKind.F1,
    InvoiceKind.F3,
    InvoiceKind.R1,
    InvoiceKind.R2,
    InvoiceKind.R3,
    InvoiceKind.R4,
)
"""Kinds of invoice that name their recipient."""
_PUBLIC = tuple("PQSV")


@rules.rule("1112", message="The invoice is of {nif}, the book of {titular}.")
def issued_invoices_are_of_the_titular(case: Case) -> Iterator[Breach]:
    """The NIF of an issued invoice is that of the titular of the book."""
    record, titular = case.record, case.titular.nif
    if isinstance(record, IssuedRecord) and record.invoice.issuer_nif != titular:
        yield Breach(at("IDFactura", "NIF"), nif=record.invoice.issuer_nif, titular=titular)


@rules.rule("1158", message="An invoice of kind {kind} names its recipient.")
def invoices_name_their_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte stands unless the kind is F2, F4 or R5 (or AJ, which rule 1551 excludes)."""
    invoice = case.issued
    if invoice is None or invoice.other_party is not None:
        return
    if invoice.kind not in (*_WITHOUT_PARTY, InvoiceKind.AJ):
        yield Breach(at("Contraparte"), kind=invoice.kind.value)


@rules.rule("1332", message="An invoice of kind {kind} names no recipient.")
def simplified_invoices_name_no_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte does not stand in F2, F4 or R5."""
    invoice = case.issued
    if invoice and invoice.other_party is not None and invoice.kind in _WITHOUT_PARTY:
        yield Breach(at("Contraparte"), kind=invoice.kind.value)


@rules.rule("1592", message="Fuel from a depot is told from {since} on; the operation is of {day}.")
def fuel_is_told_from_its_day_on(case: Case) -> Iterator[Breach]:
    """HidrocarburosExtraidosDeposito does not stand before 01/02/2026."""
    record = case.record
    if isinstance(record, IssuedRecord) and record.content.is_fuel_from_depot is not None:
        day = record.content.operated_on or record.invoice.issued_on
        if day < value("fuel_from_depot"):
            yield Breach(
                at("HidrocarburosExtraidosDeposito"), since=value("fuel_from_depot"), day=day
            )


@rules.rule("1551", message="An adjustment (AJ) names no recipient.")
def adjustments_name_no_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte does not stand in AJ."""
    if case.issued and case.kind is InvoiceKind.AJ and case.other_party:
        yield Breach(at("Contraparte"))


@rules.rule("1160", message="An invoice of kind {kind} has no coupon.")
def coupons_are_corrected(case: Case) -> Iterator[Breach]:
    """Cupon is S in R1, R5 and F4 only."""
    allowed = (InvoiceKind.R1, InvoiceKind.R5, InvoiceKind.F4)
    if case.issued and case.issued.has_coupon and case.issued.kind not in allowed:
        yield Breach(at("Cupon"), kind=case.issued.kind.value)


@rules.rule("1170", message="The transfer of a building names its recipient.")
def transfers_name_their_recipient(case: Case) -> Iterator[Breach]:
    """Contraparte stands beside ImporteTransmisionInmueblesSujetoAIVA."""
    invoice = case.issued
    if invoice and invoice.property_transfer_amount is not None and not invoice.other_party:
        yield Breach(at("Contraparte"))


@rules.rule("1207", message="What others issue is not of the gas market nor of a provision.")
def issued_by_others_is_not_of_the_gas_market(case: Case) -> Iterator[Breach]:
    """EmitidaPorTercerosODestinatario and the mark of the gas market are not both S."""
    if case.issued and case.issued.issued_by_other and case.issued.gas_market:
        yield Breach(at("EmitidaPorTercerosODestinatario"))


@rules.rule("1254", message="Regimes 03, 05 and 09 state the total of the invoice.")
def margins_state_the_total(case: Case) -> Iterator[Breach]:
    """ImporteTotal stands with regimes 03, 05 and 09."""
    if case.issued and MARGIN & set(case.regimes) and case.issued.total is None:
        yield Breach(at("ImporteTotal"))


@rules.family({"1272": True, "1281": False}, message="Base at cost goes with regime 06, only.")
def groups_state_the_base_at_cost(case: Case, missing: bool) -> Iterator[Breach]:
    """BaseImponibleACoste stands with regime 06, and with no other."""
    if not case.issued:
        return
    stands, group = case.issued.base_at_cost is not None, Regime.R06 in case.regimes
    if (group and not stands) if missing else (stands and not group):
        yield Breach(at("BaseImponibleACoste"))


@rules.rule("1276", message="Regime 06 does not go with kind {kind}.")
def groups_issue_whole_invoices(case: Case) -> Iterator[Breach]:
    """With regime 06, the kind is not F2, F3, F4 or R5."""
    without = (*_WITHOUT_PARTY, InvoiceKind.F3)
    if case.issued and Regime.R06 in case.regimes and case.issued.kind in without:
        yield Breach(at("TipoFactura"), kind=case.issued.kind.value)


@rules.rule("1314", message="A VAT number says its country: state none beside it ({country}).")
def vat_numbers_have_no_country(case: Case) -> Iterator[Breach]:
    """CodigoPais does not stand with IDType 02 in the other party."""
    other = case.other_party.other_id if case.issued and case.other_party else None
    if other and other.kind is IdKind.VAT_NUMBER and other.country:
        yield Breach(at("Contraparte", "IDOtro", "CodigoPais"), country=other.country)


@rules.rule("1315", message="A recipient with a VAT number does not go with kind {kind}.")
def vat_numbers_go_with_whole_invoices(case: Case) -> Iterator[Breach]:
    """With IDType 02, the kind is F1, F3, R1, R2, R3 or R4."""
    other = case.other_party.other_id if case.issued and case.other_party else None
    if other and other.kind is IdKind.VAT_NUMBER and case.kind not in NAMED_KINDS:
        yield Breach(at("TipoFactura"), kind=case.kind.value if case.kind else "")


@rules.rule("1321", message="The recipient of an {kind} has a NIF, not a kind {id_kind}.")
def bad_debtors_have_a_nif(case: Case) -> Iterator[Breach]:
    """In R2 and R3 the other party has a NIF, or IDType 07; in R2 also a VAT number."""
    other = case.other_party.other_id if case.issued and case.other_party else None
    if other is None or case.kind not in (InvoiceKind.R2, InvoiceKind.R3):
        return
    allowed = {IdKind.NOT_IN_CENSUS}
    if case.kind is InvoiceKind.R2:
        allowed.add(IdKind.VAT_NUMBER)
    if other.kind not in allowed:
        yield Breach(at("Contraparte", "IDOtro"), kind=case.kind.value, id_kind=other.kind.value)


@rules.family(
    {"1312": "kind", "1313": "party"},
    message="Regime 10 is for F1 to a recipient with a NIF.",
)
def regime_10_is_for_invoices_to_a_nif(case: Case, what: str) -> Iterator[Breach]:
    """With regime 10 the kind is F1 and the other party has a NIF."""
    if not case.issued or case.only_regime is not Regime.R10:
        return
    if what == "kind" and case.kind is not InvoiceKind.F1:
        yield Breach(at("TipoFactura"))
    if what == "party" and not (case.other_party and case.other_party.nif):
        yield Breach(at("Contraparte"))


@rules.family(
    {"1307": "day", "1309": "kind", "1310": "party"},
    message="Regime 14: works still to be accepted, F1 or R1 to R4, for a public body.",
)
def regime_14_is_for_public_works(case: Case, what: str) -> Iterator[Breach]:
    """Regime 14 alone has a later FechaOperacion, a kind F1 or R1-R4 and a public body."""
    if not case.issued or case.only_regime is not Regime.R14:
        return
    if what == "day" and case.happened_on <= case.issued_on:
        yield Breach(at("FechaOperacion"))
    if what == "kind" and (case.kind is InvoiceKind.F3 or case.kind not in NAMED_KINDS):
        yield Breach(at("TipoFactura"))
    other = case.other_party
    if what == "party" and not (other and (other.nif or "").startswith(_PUBLIC)):
        yield Breach(at("Contraparte"))


@rules.family(
    {"1362": "FechaExpedicionFacturaEmisor", "1363": "FechaOperacion"},
    message="Regime 17 begins on {since}; this is of {day}.",
)
def regime_17_has_its_days(case: Case, name: str) -> Iterator[Breach]:
    """With regime 17, days are of July 2021 and later."""
    if not case.issued or Regime.R17 not in case.regimes:
        return
    day = case.issued_on if name.startswith("FechaExp") else case.issued.operated_on
    if day and day < value("one_stop_shop"):
        yield Breach(at(name), since=value("one_stop_shop"), day=day)


@rules.family(
    {"1548": "issued", "1549": "operated", "1550": "regime", "1552": "breakdown"},
    message="An adjustment (AJ): since {since}, no day of operation, regime 03 or 05, as a whole.",
)
def adjustments_are_of_margins(case: Case, what: str) -> Iterator[Breach]:
    """AJ is of July 2023 or later, without FechaOperacion, with 03 or 05, not by operation."""
    invoice = case.issued
    if not invoice or invoice.kind is not InvoiceKind.AJ:
        return
    wrong = {
        "issued": case.issued_on < value("adjustments"),
        "operated": invoice.operated_on is not None,
        "regime": case.only_regime not in (Regime.R03, Regime.R05),
        "breakdown": invoice.breakdown.whole is None,
    }
    if wrong[what]:
        yield Breach(at("TipoFactura"), since=value("adjustments"))


@rules.family(
    {"1189": "refund", "1294": "operated", "1295": "issued"},
    message="A4: exports of regime 02, issued up to {until}, with the later day of the refund.",
)
def travellers_modify_exports(case: Case, what: str) -> Iterator[Breach]:
    """A4 is for regime 02 with E2, issued up to 31/12/2018, with a later FechaOperacion."""
    if not case.issued or case.communication is not Communication.MODIFY_TRAVELLERS:
        return
    exports = any(line.cause is Exemption.E2 for line in case.exempt())
    wrong = {
        "refund": Regime.R02 not in case.regimes or not exports,
        "operated": case.happened_on <= case.issued_on,
        "issued": case.issued_on > value("travellers_until"),
    }
    if wrong[what]:
        yield Breach(at("TipoComunicacion"), until=value("travellers_until"))


_REFUNDS = (Communication.REFUND_TRAVELLERS, Communication.MODIFY_REFUND)


@rules.rule("1296", message="Refunds to travellers are of goods, not of services.")
def travellers_bought_goods(case: Case) -> Iterator[Breach]:
    """PrestacionServicios does not stand with A4, A5 or A6."""
    apart = case.issued.breakdown.by_operation if case.issued else None
    travels = case.communication in (*_REFUNDS, Communication.MODIFY_TRAVELLERS)
    if travels and apart and apart.services is not None:
        yield Breach(at("TipoDesglose", "DesgloseTipoOperacion", "PrestacionServicios"))


@rules.family(
    {
        "1262": "tax",
        "1263": "base",
        "1264": "other",
        "1265": "kind",
        "1277": "rate",
    },
    message="A refund to a traveller: F1, regime 02, S1, base and tax negative, at {rates}.",
)
def refunds_are_negative(case: Case, what: str) -> Iterator[Breach]:
    """A5 and A6 are of F1, regime 02, S1 only, negative, at the rates of goods."""
    if not case.issued or case.communication not in _REFUNDS:
        return
    rates = value("travellers_rates")
    lines = [line for _, line in case.taxed()]
    first = case.regimes[0]
    wrong = {
        "tax": any((line.output_tax or 0) >= 0 for line in lines),
        "base": any(line.taxable_base >= 0 for line in lines),
        "other": any(case.exempt()) or any(case.not_subject()),
        "kind": case.kind is not InvoiceKind.F1
        or first is not Regime.R02
        or bool(case.ways() - {NotExempt.S1}),
        "rate": any(line.rate_percent not in rates for line in lines),
    }
    if wrong[what]:
        yield Breach(at("TipoDesglose"), rates=", ".join(map(str, rates)))


@rules.rule(
    "2000", severity=Severity.WARNING, message="A lease of premises (12, 13) names the buildings."
)
def leases_name_the_buildings(case: Case) -> Iterator[Breach]:
    """DatosInmueble stands with regimes 12 and 13."""
    if case.issued and {Regime.R12, Regime.R13} & set(case.regimes) and not case.issued.properties:
        yield Breach(at("DatosInmueble"))


@rules.rule(
    "2002", severity=Severity.WARNING, message="Buildings are named with regimes 12 and 13 only."
)
def only_leases_name_buildings(case: Case) -> Iterator[Breach]:
    """DatosInmueble stands with no other regime."""
    leases = {Regime.R12, Regime.R13} & set(case.regimes)
    if case.issued and case.issued.properties and not leases:
        yield Breach(at("DatosInmueble"))


@rules.rule(
    "2022", severity=Severity.WARNING, message="An invoice of kind {kind} is no art. 7.2 or 7.3."
)
def simplified_with_recipient_are_whole(case: Case) -> Iterator[Breach]:
    """FacturaSimplificadaArticulos7.2_7.3 is S in F1, F3 and R1 to R4 only."""
    invoice = case.issued
    if invoice and invoice.is_simplified_with_recipient and invoice.kind not in NAMED_KINDS:
        yield Breach(at("FacturaSimplificadaArticulos7.2_7.3"), kind=invoice.kind.value)


@rules.rule(
    "2023", severity=Severity.WARNING, message="An invoice of kind {kind} has a recipient (6.1.d)."
)
def only_simplified_lack_a_recipient(case: Case) -> Iterator[Breach]:
    """FacturaSinIdentifDestinatarioAritculo6.1.d is S in F2, F4 and R5 only."""
    invoice = case.issued
    if invoice and invoice.lacks_recipient and invoice.kind not in _WITHOUT_PARTY:
        yield Breach(at("FacturaSinIdentifDestinatarioAritculo6.1.d"), kind=invoice.kind.value)
