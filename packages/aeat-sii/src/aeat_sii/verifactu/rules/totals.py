"""Rules on the arithmetic of the lines and of the record."""

from collections.abc import Iterator
from decimal import Decimal

from aeat_sii.verifactu.codes import InvoiceKind, Qualification, RectificationKind
from aeat_sii.verifactu.records import BreakdownLine
from aeat_sii.verifactu.rules._case import Case, at, rule_set, value
from einvoice_core.findings import Breach, RuleSet, Severity
from einvoice_core.money import total

__all__ = ["rules"]

rules: RuleSet[Case] = rule_set("verifactu-totals")

_ZERO = Decimal(0)


def _tolerance() -> Decimal:
    return Decimal(value("tolerance"))


def _charged(case: Case, *, at_cost: bool) -> Iterator[tuple[str, BreakdownLine]]:
    """Yield the lines S1 with a base at cost, or those without."""
    for path, line in case.lines():
        if line.qualification is Qualification.S1 and (line.base_at_cost is not None) == at_cost:
            yield path, line


def _is_judged(case: Case) -> bool:
    """Whether the tax of the lines has to follow from their base.

    Rectifications by difference, insolvencies (R2) and bad debts (R3) are excepted.
    """
    return (
        case.record.rectification is not RectificationKind.DIFFERENCE
        and case.record.kind not in (InvoiceKind.R2, InvoiceKind.R3)
    )


@rules.rule("1207", message="Only a line S1 has tax: {tax} has to be 0 or absent.")
def only_s1_has_tax(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida other than 0 needs CalificacionOperacion S1."""
    for path, line in case.lines():
        if line.output_tax and line.qualification is not Qualification.S1:
            yield Breach(at(path, "CuotaRepercutida"), tax=line.output_tax)


@rules.rule("1208", message="A line S1 has rate and tax, even if they are 0.")
def s1_has_rate_and_tax(case: Case) -> Iterator[Breach]:
    """A line S1 without base at cost has TipoImpositivo and CuotaRepercutida."""
    for path, line in _charged(case, at_cost=False):
        if line.rate_percent is None or line.output_tax is None:
            yield Breach(at(path))


@rules.rule("1209", message="A line S1 with base at cost has rate and tax, even if they are 0.")
def s1_at_cost_has_rate_and_tax(case: Case) -> Iterator[Breach]:
    """A line S1 with base at cost has TipoImpositivo and CuotaRepercutida."""
    for path, line in _charged(case, at_cost=True):
        if line.rate_percent is None or line.output_tax is None:
            yield Breach(at(path))


def _opposite(one: Decimal, other: Decimal) -> bool:
    return (one > 0 > other) or (one < 0 < other)


@rules.rule("1143", message="The tax {tax} and the base {base} have opposite signs.")
def tax_has_the_sign_of_the_base(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida has the sign of BaseImponibleOimporteNoSujeto."""
    for path, line in _charged(case, at_cost=False):
        tax = line.output_tax or _ZERO
        if _is_judged(case) and _opposite(tax, line.taxable_base):
            yield Breach(at(path, "CuotaRepercutida"), tax=tax, base=line.taxable_base)


@rules.rule("1140", message="The tax {tax} and the base at cost {base} have opposite signs.")
def tax_has_the_sign_of_the_base_at_cost(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida has the sign of BaseImponibleACoste."""
    for path, line in _charged(case, at_cost=True):
        tax, base = line.output_tax or _ZERO, line.base_at_cost or _ZERO
        if _is_judged(case) and _opposite(tax, base):
            yield Breach(at(path, "CuotaRepercutida"), tax=tax, base=base)


def _wrong_tax(case: Case, path: str, line: BreakdownLine, base: Decimal) -> Iterator[Breach]:
    if line.rate_percent is None or line.output_tax is None or not _is_judged(case):
        return
    computed = base * line.rate_percent / 100
    if abs(line.output_tax - computed) > _tolerance():
        yield Breach(
            at(path, "CuotaRepercutida"),
            tax=line.output_tax,
            base=base,
            rate=line.rate_percent,
            computed=computed,
        )


@rules.rule("1142", message="The tax is {tax}, but {rate} % of {base} is {computed}.")
def tax_follows_from_the_base(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida is base * rate within 10.00."""
    for path, line in _charged(case, at_cost=False):
        yield from _wrong_tax(case, path, line, line.taxable_base)


@rules.rule(
    "1144", message="The tax is {tax}, but {rate} % of the base at cost {base} is {computed}."
)
def tax_follows_from_the_base_at_cost(case: Case) -> Iterator[Breach]:
    """CuotaRepercutida is base at cost * rate within 10.00."""
    for path, line in _charged(case, at_cost=True):
        yield from _wrong_tax(case, path, line, line.base_at_cost or _ZERO)


@rules.rule("1150", message="A simplified invoice of {amount} exceeds the limit of {limit}.")
def simplified_invoices_are_small(case: Case) -> Iterator[Breach]:
    """In an F2 the bases and taxes add up to 3,000 at most, with a tolerance of 10.

    Not for those with an agreement number, nor those that lack the recipient by art. 6.1.d.
    """
    record = case.record
    limit = Decimal(value("simplified_limit"))
    amount = total(
        part for _, line in case.lines() for part in (line.taxable_base, line.output_tax or _ZERO)
    )
    if (
        record.kind is InvoiceKind.F2
        and record.agreement is None
        and not record.lacks_recipient
        and amount > limit + _tolerance()
    ):
        yield Breach(at("Desglose"), amount=amount, limit=limit)


def _is_excepted(case: Case) -> bool:
    """Whether a line has a regime whose totals are not checked.

    The document does not say whether one such line frees the whole record; here it does, so that
    nothing is reported which the agency may accept.
    """
    excepted = value("totals_exempt_regimes")
    return any(line.regime in excepted for _, line in case.lines())


def _taxes(case: Case) -> Decimal:
    return total(
        part
        for _, line in case.lines()
        for part in (line.output_tax or _ZERO, line.equivalence_surcharge or _ZERO)
    )


@rules.rule(
    "2006",
    severity=Severity.WARNING,
    message="The total tax is {stated}, but the lines add up to {computed}.",
)
def total_tax_is_the_sum_of_the_lines(case: Case) -> Iterator[Breach]:
    """CuotaTotal is Σ CuotaRepercutida + CuotaRecargoEquivalencia, within 10.00."""
    computed = _taxes(case)
    if not _is_excepted(case) and abs(case.record.total_tax - computed) > _tolerance():
        yield Breach(at("CuotaTotal"), stated=case.record.total_tax, computed=computed)


@rules.rule(
    "2005",
    severity=Severity.WARNING,
    message="The total is {stated}, but bases, taxes and surcharges add up to {computed}.",
)
def total_is_the_sum_of_the_lines(case: Case) -> Iterator[Breach]:
    """ImporteTotal is Σ base + CuotaRepercutida + CuotaRecargoEquivalencia, within 10.00."""
    computed = total((_taxes(case), *(line.taxable_base for _, line in case.lines())))
    if not _is_excepted(case) and abs(case.record.total - computed) > _tolerance():
        yield Breach(at("ImporteTotal"), stated=case.record.total, computed=computed)
