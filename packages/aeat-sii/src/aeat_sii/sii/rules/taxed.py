"""Rules on rates, surcharges and the tax that follows from them, in issued and received lines."""

from collections.abc import Iterator
from decimal import Decimal

from aeat_sii.sii.codes import InvoiceKind, NotExempt, Regime
from aeat_sii.sii.records import IssuedLine, ReceivedLine, ReverseChargeLine, ServiceLine
from aeat_sii.sii.rules._case import MARGIN, Case, at, differ, rule_set, value
from einvoice_core.findings import Breach, Severity

__all__ = ["rules"]

rules = rule_set("sii-taxed")

_USED = frozenset({Regime.R03, Regime.R09})
_Line = IssuedLine | ServiceLine | ReceivedLine | ReverseChargeLine


def _lines(case: Case) -> Iterator[_Line]:
    yield from (line for _, line in case.taxed())
    yield from case.borne()


def _surcharge(line: _Line) -> Decimal | None:
    return None if isinstance(line, ServiceLine) else line.surcharge_percent


@rules.rule("1235", message="Under reverse charge (S2) the rate is 0, not {rate}.")
def reverse_charge_has_rate_0(case: Case) -> Iterator[Breach]:
    """TipoImpositivo is 0 with TipoNoExenta S2."""
    for subject in case.subjects():
        if subject.taxed and subject.taxed.kind is NotExempt.S2:
            for line in subject.taxed.lines:
                if line.rate_percent:
                    yield Breach(at("TipoDesglose", "TipoImpositivo"), rate=line.rate_percent)


@rules.rule("1237", message="Under reverse charge (S2) the tax is 0, not {tax}.")
def reverse_charge_has_no_tax(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida is 0 with TipoNoExenta S2."""
    for subject in case.subjects():
        if subject.taxed and subject.taxed.kind is NotExempt.S2:
            for line in subject.taxed.lines:
                if line.output_tax:
                    yield Breach(at("TipoDesglose", "CuotaRepercutida"), tax=line.output_tax)


@rules.rule("1166", message="{rate} % has never been a rate of IVA.")
def rates_exist(case: Case) -> Iterator[Breach]:
    """TipoImpositivo is one of the rates of the list."""
    for line in _lines(case):
        if (line.rate_percent or 0) not in value("rates"):
            yield Breach(at("TipoImpositivo"), rate=line.rate_percent)


@rules.rule("1177", message="{surcharge} % has never been a surcharge.")
def surcharges_exist(case: Case) -> Iterator[Breach]:
    """TipoRecargoEquivalencia is one of the surcharges of the list."""
    for line in _lines(case):
        surcharge = _surcharge(line)
        if surcharge is not None and surcharge not in value("surcharges"):
            yield Breach(at("TipoRecargoEquivalencia"), surcharge=surcharge)


@rules.family(
    {"1323": "21", "1324": "10", "1572": "4", "1573": "5", "1574": "0", "1582": "2", "1583": "7.5"},
    message="A surcharge of {surcharge} % does not go with {rate} %: use {allowed}.",
)
def surcharges_go_with_their_rate(case: Case, rate: str) -> Iterator[Breach]:
    """TipoRecargoEquivalencia is one of those of the rate of its line."""
    allowed = value(f"surcharges_of.{rate}")
    for line in _lines(case):
        surcharge = _surcharge(line)
        if surcharge is None or surcharge in allowed:
            continue
        if (line.rate_percent or Decimal(0)) == Decimal(rate):
            yield Breach(
                at("TipoRecargoEquivalencia"),
                surcharge=surcharge,
                rate=rate,
                allowed=" or ".join(map(str, allowed)),
            )


@rules.family({"1575": "5"}, message="{rate} % was a rate from {first} to {last}, not on {day}.")
def temporary_rates_have_their_days(case: Case, rate: str) -> Iterator[Breach]:
    """A temporary rate is used for operations of its days; corrections need not state theirs."""
    first, last = value(f"days_of.{rate}")
    if case.invoice is None or case.invoice.kind.is_corrective:
        return
    if first <= case.happened_on <= last:
        return
    for line in _lines(case):
        if line.rate_percent == Decimal(rate):
            yield Breach(
                at("TipoImpositivo"), rate=rate, first=first, last=last, day=case.happened_on
            )


@rules.rule("1242", message="A line at {rate} % states its tax.")
def taxed_lines_state_the_tax(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida stands where TipoImpositivo is not 0."""
    for way, line in case.taxed():
        if line.rate_percent and line.output_tax is None and way is not NotExempt.S2:
            yield Breach(at("TipoDesglose", "CuotaRepercutida"), rate=line.rate_percent)


@rules.rule("1255", message="A line that states {tax} of tax states its rate.")
def borne_tax_states_its_rate(case: Case) -> Iterator[Breach]:
    """TipoImpositivo stands beside CuotaSoportada."""
    for line in case.borne():
        if line.input_tax is not None and line.rate_percent is None:
            yield Breach(at("DesgloseFactura", "TipoImpositivo"), tax=line.input_tax)


@rules.family(
    {"1231": "sign", "1233": "amount"},
    message="{tax} does not follow from {rate} % of {base}.",
)
def output_tax_follows_from_the_rate(case: Case, what: str) -> Iterator[Breach]:
    """CuotaRepercutida has the sign of BaseImponible and follows from the rate."""
    if (MARGIN | {Regime.R06}) & set(case.regimes):
        return
    for way, line in case.taxed():
        rate, tax = line.rate_percent or Decimal(0), line.output_tax or Decimal(0)
        base = line.taxable_base
        wrong = tax * base < 0 if what == "sign" else differ(tax, base * rate / 100)
        if wrong and way is not NotExempt.S2:
            yield Breach(at("TipoDesglose", "CuotaRepercutida"), tax=tax, rate=rate, base=base)


@rules.family(
    {"1246": "sign", "1247": "amount"},
    message="{tax} does not follow from {rate} % of {base}.",
)
def input_tax_follows_from_the_rate(case: Case, what: str) -> Iterator[Breach]:
    """CuotaSoportada has the sign of BaseImponible and follows from the rate."""
    apart = {Regime.R03, Regime.R05, Regime.R06} & set(case.regimes)
    if apart or case.kind in (InvoiceKind.F5, InvoiceKind.LC):
        return
    for line in case.borne():
        rate, tax = line.rate_percent or Decimal(0), line.input_tax or Decimal(0)
        base = line.taxable_base
        if tax * base < 0 if what == "sign" else differ(tax, base * rate / 100):
            yield Breach(at("DesgloseFactura", "CuotaSoportada"), tax=tax, rate=rate, base=base)


@rules.rule(
    "2013",
    severity=Severity.WARNING,
    message="A surcharge of {stated} does not follow from {percent} % of {base}.",
)
def surcharges_follow_from_their_rate(case: Case) -> Iterator[Breach]:
    """CuotaRecargoEquivalencia follows from its rate and the base."""
    if (MARGIN | {Regime.R06}) & set(case.regimes):
        return
    for line in _lines(case):
        if isinstance(line, ServiceLine):
            continue
        percent = line.surcharge_percent or Decimal(0)
        stated = line.equivalence_surcharge or Decimal(0)
        if differ(stated, line.taxable_base * percent / 100):
            yield Breach(
                at("CuotaRecargoEquivalencia"),
                stated=stated,
                percent=percent,
                base=line.taxable_base,
            )


@rules.rule("1326", message="A surcharge is charged to somebody with a NIF.")
def surcharges_are_of_a_nif(case: Case) -> Iterator[Breach]:
    """With CuotaRecargoEquivalencia the other party has a NIF, but for F2 and F4."""
    if case.kind in (InvoiceKind.F2, InvoiceKind.F4) or (case.other_party and case.other_party.nif):
        return
    for way, line in case.taxed():
        charged = getattr(line, "equivalence_surcharge", None) is not None
        if charged and way is not NotExempt.S2:
            yield Breach(at("Contraparte"))


@rules.rule("1327", message="A lease (regimes 11 to 13) is taxed at {expected} %, not {rate} %.")
def leases_are_taxed_at_the_general_rate(case: Case) -> Iterator[Breach]:
    """With regimes 11, 12 and 13 alone, TipoImpositivo is 21."""
    if not case.issued or case.only_regime not in (Regime.R11, Regime.R12, Regime.R13):
        return
    for way, line in case.taxed():
        if way is NotExempt.S1 and line.rate_percent != value("lease_rate"):
            yield Breach(
                at("TipoDesglose", "TipoImpositivo"),
                expected=value("lease_rate"),
                rate=line.rate_percent,
            )


@rules.rule("1230", message="A part under S3 has two lines at least.")
def mixed_parts_have_two_lines(case: Case) -> Iterator[Breach]:
    """With S3 there are two DetalleIVA at least."""
    for subject in case.subjects():
        if subject.taxed and subject.taxed.kind is NotExempt.S3 and len(subject.taxed.lines) < 2:
            yield Breach(at("TipoDesglose", "DesgloseIVA"))


@rules.family(
    {"1556": "rate", "1557": "tax", "1558": "no rate", "1559": "no tax"},
    message="Regimes 03 and 09: rate and tax stand beside a base, and not without one.",
)
def margins_have_rate_and_tax(case: Case, what: str) -> Iterator[Breach]:
    """With 03 or 09 alone, an S1 line has rate and tax exactly where it has a base."""
    if case.regimes and set(case.regimes) <= _USED:
        yield from _beside_a_base(case, what)


@rules.family(
    {"1568": "rate", "1569": "tax", "1570": "no rate", "1571": "no tax"},
    message="Regime 05: rate and tax stand beside a base, and not without one.",
)
def travel_agencies_have_rate_and_tax(case: Case, what: str) -> Iterator[Breach]:
    """With 05 first, an S1 line has rate and tax exactly where it has a base."""
    if case.regimes[:1] == (Regime.R05,) and not _USED & set(case.regimes):
        yield from _beside_a_base(case, what)


def _beside_a_base(case: Case, what: str) -> Iterator[Breach]:
    for way, line in case.taxed():
        if way is not NotExempt.S1:
            continue
        stated = line.rate_percent if what.endswith("rate") else line.output_tax
        wrong = not stated if what.startswith("no") else bool(stated)
        if wrong and bool(line.taxable_base) == what.startswith("no"):
            yield Breach(at("TipoDesglose", "DetalleIVA"))


@rules.rule("1560", message="A line with no rate has no tax, but {tax} is stated.")
def mixed_margins_have_no_tax_without_a_rate(case: Case) -> Iterator[Breach]:
    """With 03 or 09 and another regime, an S1 line without a rate has no tax."""
    regimes = set(case.regimes)
    if not (regimes & _USED and regimes - _USED):
        return
    for way, line in case.taxed():
        if way is NotExempt.S1 and line.output_tax and not line.rate_percent:
            yield Breach(at("TipoDesglose", "CuotaRepercutida"), tax=line.output_tax)


@rules.rule("1554", message="A taxed line states its rate.")
def taxed_lines_state_their_rate(case: Case) -> Iterator[Breach]:
    """An S1 line states TipoImpositivo, but with regimes 03, 05, 06, 09 and 16."""
    if (MARGIN | {Regime.R06, Regime.R16}) & set(case.regimes):
        return
    for way, line in case.taxed():
        if way is NotExempt.S1 and line.rate_percent is None:
            yield Breach(at("TipoDesglose", "TipoImpositivo"))
