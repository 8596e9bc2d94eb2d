"""Rules on received invoices."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from aeat_sii.sii.codes import InvoiceKind, Regime
from aeat_sii.sii.records import OtherId, ReceivedRecord
from aeat_sii.sii.rules._case import Case, at, differ, rule_set, sum_of, value
from einvoice_core.findings import Breach, Severity

__all__ = ["rules"]

rules = rule_set("sii-received")

_CUSTOMS = (InvoiceKind.F5, InvoiceKind.LC)
_WHOLE = (InvoiceKind.F1, InvoiceKind.R1, InvoiceKind.R2, InvoiceKind.R3, InvoiceKind.R4)
_SMALL = (InvoiceKind.F2, InvoiceKind.R5)


@rules.rule("1176", message="Entered on {entered}, before it was issued ({issued}).")
def received_invoices_are_entered_after_their_issue(case: Case) -> Iterator[Breach]:
    """FechaRegContable is not before FechaExpedicionFacturaEmisor."""
    record = case.record
    if isinstance(record, ReceivedRecord):
        issued, entered = record.invoice.issued_on, record.content.entered_on
        if entered < issued:
            yield Breach(at("FechaRegContable"), entered=entered, issued=issued)


@rules.rule("1157", message="The breakdown has no line.")
def received_breakdown_holds_something(case: Case) -> Iterator[Breach]:
    """DesgloseFactura holds InversionSujetoPasivo or DesgloseIVA."""
    invoice = case.received
    if invoice and not invoice.breakdown.lines and not invoice.breakdown.reverse_charge:
        yield Breach(at("DesgloseFactura"))


@rules.family(
    {"1118": "country", "1119": "kind", "1120": "id"},
    message="The issuer is {issuer} by its {what}, the other party {other}.",
)
def issuer_is_the_other_party(case: Case, what: str) -> Iterator[Breach]:
    """IDEmisorFactura and Contraparte have the same country, kind and identification."""
    pair = _pair(case)
    if pair and getattr(pair[0], what) != getattr(pair[1], what):
        names = (str(getattr(each, what) or "-") for each in pair)
        yield Breach(
            at("Contraparte", "IDOtro"),
            **dict(zip(("issuer", "other"), names, strict=True)),
            what=what,
        )


def _pair(case: Case) -> tuple[OtherId, OtherId] | None:
    record = case.record
    if not isinstance(record, ReceivedRecord) or record.content.kind in _CUSTOMS:
        return None
    issuer, other = record.invoice.issuer.other_id, record.content.other_party.other_id
    return (issuer, other) if issuer and other else None


@rules.rule("1121", message="The issuer has the NIF {issuer}, the other party {other}.")
def issuer_has_the_nif_of_the_other_party(case: Case) -> Iterator[Breach]:
    """The NIF of IDEmisorFactura is that of Contraparte."""
    record = case.record
    if not isinstance(record, ReceivedRecord) or record.content.kind in _CUSTOMS:
        return
    issuer, other = record.invoice.issuer.nif, record.content.other_party.nif
    if issuer and other and issuer != other:
        yield Breach(at("Contraparte", "NIF"), issuer=issuer, other=other)


@rules.rule("1144", message="Issuer and other party are identified in different ways.")
def issuer_is_identified_like_the_other_party(case: Case) -> Iterator[Breach]:
    """IDEmisorFactura and Contraparte both have a NIF, or both have IDOtro."""
    record = case.record
    if not isinstance(record, ReceivedRecord) or record.content.kind in _CUSTOMS:
        return
    if bool(record.invoice.issuer.nif) != bool(record.content.other_party.nif):
        yield Breach(at("Contraparte"))


@rules.rule("1248", message="An import ({kind}) is issued by the titular, not by {nif}.")
def imports_are_of_the_titular(case: Case) -> Iterator[Breach]:
    """In F5 and LC the issuer is the titular of the book."""
    record = case.record
    if isinstance(record, ReceivedRecord) and record.content.kind in _CUSTOMS:
        nif = record.invoice.issuer.nif
        if nif != case.titular.nif:
            yield Breach(at("IDFactura"), kind=record.content.kind.value, nif=nif or "-")


@rules.family({"1275": True, "1280": False}, message="Base at cost goes with regime 06, only.")
def groups_state_the_base_at_cost(case: Case, missing: bool) -> Iterator[Breach]:
    """BaseImponibleACoste stands with regime 06, and with no other."""
    if not case.received:
        return
    stands, group = case.received.base_at_cost is not None, Regime.R06 in case.regimes
    if (group and not stands) if missing else (stands and not group):
        yield Breach(at("BaseImponibleACoste"))


@rules.family(
    {
        "1285": Regime.R07,
        "1286": Regime.R08,
        "1287": Regime.R09,
        "1288": InvoiceKind.LC,
        "1289": InvoiceKind.F5,
    },
    message="{what} has no reverse charge.",
)
def reverse_charge_has_its_regimes(case: Case, what: StrEnum) -> Iterator[Breach]:
    """InversionSujetoPasivo does not stand with regimes 07, 08 and 09, nor in LC and F5."""
    invoice = case.received
    if invoice and invoice.breakdown.reverse_charge and what in (invoice.regime, invoice.kind):
        yield Breach(at("DesgloseFactura", "InversionSujetoPasivo"), what=what.value)


@rules.rule("1335", message="An import ({kind}) has regime 01, 04, 05 or 08, and no other.")
def imports_have_their_regimes(case: Case) -> Iterator[Breach]:
    """F5 and LC have one regime, of 01, 04, 05 and 08."""
    allowed = (Regime.R01, Regime.R04, Regime.R05, Regime.R08)
    if case.received and case.received.kind in _CUSTOMS and case.only_regime not in allowed:
        yield Breach(at("ClaveRegimenEspecialOTrascendencia"), kind=case.received.kind.value)


@rules.family(
    {"1336": Regime.R09, "1338": Regime.R06},
    message="Regime {regime} is for F1 and R1 to R4, not for {kind}.",
)
def regimes_are_of_whole_invoices(case: Case, regime: Regime) -> Iterator[Breach]:
    """With 09 first, or with 06, the kind is F1, R1, R2, R3 or R4."""
    invoice = case.received
    if not invoice or invoice.kind in _WHOLE:
        return
    named = case.regimes if regime is Regime.R06 else case.regimes[:1]
    if regime in named:
        yield Breach(at("TipoFactura"), regime=regime.value, kind=invoice.kind.value)


@rules.rule("1343", message="A farmer (regime 02) has a NIF.")
def farmers_have_a_nif(case: Case) -> Iterator[Breach]:
    """Contraparte has no IDOtro with regime 02."""
    invoice = case.received
    if invoice and invoice.regime is Regime.R02 and invoice.other_party.other_id:
        yield Breach(at("Contraparte", "IDOtro"))


@rules.rule("1179", message="A line of a farmer (regime 02) states base, percentage and amount.")
def compensations_are_stated(case: Case) -> Iterator[Breach]:
    """With regime 02, each line states percentage and amount of the compensation."""
    invoice = case.received
    if not invoice or invoice.regime is not Regime.R02:
        return
    for line in invoice.breakdown.lines:
        if line.compensation_percent is None or line.compensation is None:
            yield Breach(at("DesgloseFactura", "DesgloseIVA"))


@rules.family(
    {"1244": "amount", "1245": "sign"},
    message="{stated} does not follow from {percent} % of {base}.",
)
def compensations_follow_from_their_percentage(case: Case, what: str) -> Iterator[Breach]:
    """ImporteCompensacionREAGYP has the sign of the base and follows from the percentage."""
    for line in case.received.breakdown.lines if case.received else ():
        stated = line.compensation or Decimal(0)
        percent, base = line.compensation_percent or Decimal(0), line.taxable_base
        if stated * base < 0 if what == "sign" else differ(stated, base * percent / 100):
            yield Breach(
                at("DesgloseFactura", "ImporteCompensacionREAGYP"),
                stated=stated,
                percent=percent,
                base=base,
            )


@rules.family(
    {"2008": "compensation_percent", "2009": "compensation"},
    severity=Severity.WARNING,
    message="A compensation is of farmers (regime 02).",
)
def compensations_are_of_farmers(case: Case, field: str) -> Iterator[Breach]:
    """PorcentCompensacionREAGYP and ImporteCompensacionREAGYP stand with regime 02 only."""
    if not case.received or Regime.R02 in case.regimes:
        return
    for line in case.received.breakdown.lines:
        if getattr(line, field) is not None:
            yield Breach(at("DesgloseFactura", "DesgloseIVA"))


@rules.family(
    {"1357": Regime.R02, "1358": Regime.R08},
    message="Regime {regime} has no investment goods.",
)
def regimes_have_no_investment_goods(case: Case, regime: Regime) -> Iterator[Breach]:
    """BienInversion is not S with 02 first, or with 08."""
    named = case.regimes if regime is Regime.R08 else case.regimes[:1]
    if regime in named and any(line.is_investment_good for line in case.borne()):
        yield Breach(at("DesgloseFactura", "BienInversion"), regime=regime.value)


@rules.rule("1340", message="Regime 08 alone states the base of each line, and nothing else.")
def regime_08_states_the_base(case: Case) -> Iterator[Breach]:
    """With 08 alone, DesgloseIVA holds BaseImponible only."""
    if not case.received or case.only_regime is not Regime.R08:
        return
    for line in case.received.breakdown.lines:
        if line.model_fields_set - {"taxable_base"} and any(
            getattr(line, name) is not None for name in line.model_fields_set - {"taxable_base"}
        ):
            yield Breach(at("DesgloseFactura", "DesgloseIVA"))


@rules.rule("1212", message="With regime 13 nothing is deductible, but {tax} is stated.")
def regime_13_deducts_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 with regime 13."""
    invoice = case.received
    if invoice and Regime.R13 in invoice.regimes and invoice.deductible_tax != 0:
        yield Breach(at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.rule("1279", message="A simplified invoice (F2) deducts nothing, but {tax} is stated.")
def received_f2_deducts_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 in F2."""
    invoice = case.received
    if invoice and invoice.kind is InvoiceKind.F2 and invoice.deductible_tax != 0:
        yield Breach(at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.rule("1337", message="Regime 08 alone deducts nothing, but {tax} is stated.")
def regime_08_deducts_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 with 08 alone."""
    invoice = case.received
    if invoice and case.only_regime is Regime.R08 and invoice.deductible_tax:
        yield Breach(at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.rule("1344", message="Who pays a surcharge deducts nothing, but {tax} is stated.")
def surcharges_deduct_nothing(case: Case) -> Iterator[Breach]:
    """CuotaDeducible is 0 beside CuotaRecargoEquivalencia."""
    invoice = case.received
    if invoice and invoice.deductible_tax and any(x.equivalence_surcharge for x in case.borne()):
        yield Breach(at("CuotaDeducible"), tax=invoice.deductible_tax)


@rules.family(
    {"1213": False, "1214": True},
    message="{tax} is deducted, but {most} has been paid.",
)
def deductions_have_been_paid(case: Case, farmers: bool) -> Iterator[Breach]:
    """CuotaDeducible is the tax, or the compensation, that is positive, and one euro more."""
    invoice = case.received
    if not invoice or (invoice.regime is Regime.R02) is not farmers:
        return
    if farmers:
        most = max(sum_of(line.compensation for line in invoice.breakdown.lines), Decimal(0))
    else:
        most = sum_of(x.input_tax for x in case.borne() if x.input_tax and x.input_tax > 0)
    if invoice.deductible_tax > most + 1:
        yield Breach(at("CuotaDeducible"), tax=invoice.deductible_tax, most=most)


@rules.rule("1348", message="A year of deduction needs its period.")
def deduction_year_has_its_period(case: Case) -> Iterator[Breach]:
    """PeriodoDeduccion stands beside EjercicioDeduccion."""
    invoice = case.received
    if invoice and invoice.deduction_year and not invoice.deduction_period:
        yield Breach(at("PeriodoDeduccion"))


@rules.rule("1349", message="A period of deduction needs its year.")
def deduction_period_has_its_year(case: Case) -> Iterator[Breach]:
    """EjercicioDeduccion stands beside PeriodoDeduccion."""
    invoice = case.received
    if invoice and invoice.deduction_period and not invoice.deduction_year:
        yield Breach(at("EjercicioDeduccion"))


@rules.family(
    {"1350": "later", "1354": "quarter", "1355": "month", "1356": "after"},
    message="A later deduction is marked (S), in a period of the same kind, after the own one.",
)
def later_deductions_come_later(case: Case, what: str) -> Iterator[Breach]:
    """EjercicioDeduccion and PeriodoDeduccion are marked, of the same kind, and later."""
    invoice, own = case.received, case.period
    if not invoice or not own or not invoice.deduction_year or not invoice.deduction_period:
        return
    year, code = invoice.deduction_year, invoice.deduction_period
    quarterly, alike = own.code.endswith("T"), own.code.endswith("T") == code.endswith("T")
    same_year = year == own.year
    wrong = {
        "later": not invoice.is_deducted_later,
        "quarter": same_year and quarterly and not alike,
        "month": same_year and not quarterly and not alike,
        "after": year < own.year or (same_year and alike and code <= own.code),
    }
    if wrong[what]:
        yield Breach(at("PeriodoDeduccion"))


@rules.family(
    {"1339": True, "1341": False},
    message="A simplified invoice of {total} exceeds {limit}.",
)
def simplified_invoices_are_small(case: Case, stated: bool) -> Iterator[Breach]:
    """F2 and R5 are of 3,000 at most: ImporteTotal, or else the sum of the lines."""
    invoice = case.received
    if not invoice or invoice.kind not in _SMALL or (invoice.total is not None) is not stated:
        return
    lines = list(case.borne())
    added = sum_of(x.taxable_base for x in lines) + sum_of(x.input_tax for x in lines)
    total = added if invoice.total is None else invoice.total
    if total > value("simplified_most"):
        yield Breach(at("ImporteTotal"), total=total, limit=value("simplified_most"))


@rules.rule("1342", message="A summary entry of {total} exceeds {limit}.")
def summaries_are_small(case: Case) -> Iterator[Breach]:
    """The bases of an F4 add up to 6,000 at most."""
    if case.received and case.kind is InvoiceKind.F4:
        total = sum_of(line.taxable_base for line in case.borne())
        if total > value("summary_most"):
            yield Breach(at("DesgloseFactura"), total=total, limit=value("summary_most"))


@rules.rule(
    "2024",
    severity=Severity.WARNING,
    message="The total is {total}, but the lines add up to {computed}.",
)
def total_is_the_sum_of_the_lines(case: Case) -> Iterator[Breach]:
    """ImporteTotal is the sum of the lines; the tax of a reverse charge is not of the invoice."""
    invoice = case.received
    apart = {Regime.R03, Regime.R05, Regime.R06, Regime.R09} & set(case.regimes)
    if not invoice or invoice.total is None or apart or invoice.kind in _CUSTOMS:
        return
    breakdown = invoice.breakdown
    computed = (
        sum_of(line.taxable_base for line in case.borne())
        + sum_of(line.input_tax for line in breakdown.lines)
        + sum_of(line.equivalence_surcharge for line in case.borne())
        + sum_of(line.compensation for line in breakdown.lines)
    )
    if differ(invoice.total, computed):
        yield Breach(at("ImporteTotal"), total=invoice.total, computed=computed)
