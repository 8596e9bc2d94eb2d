"""Rules on the breakdown of issued invoices: which parts it has, with which regime and kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from aeat_sii.sii.codes import Communication, Exemption, IdKind, InvoiceKind, NotExempt, Regime
from aeat_sii.sii.rules._case import MARGIN, Case, at, differ, rule_set, sum_of, value
from aeat_sii.sii.rules.issued import NAMED_KINDS
from einvoice_core.findings import Breach, Severity

__all__ = ["rules"]

rules = rule_set("sii-breakdown")

_REFUNDS = (Communication.REFUND_TRAVELLERS, Communication.MODIFY_REFUND)
_S1, _S2, _S3 = NotExempt.S1, NotExempt.S2, NotExempt.S3


@rules.rule("1148", message="The breakdown by operation has neither services nor goods.")
def breakdown_by_operation_holds_something(case: Case) -> Iterator[Breach]:
    """DesgloseTipoOperacion holds PrestacionServicios or Entrega."""
    apart = case.issued.breakdown.by_operation if case.issued else None
    if apart and apart.services is None and apart.goods is None:
        yield Breach(at("TipoDesglose", "DesgloseTipoOperacion"))


@rules.rule("1140", message="The part that is subject is neither exempt nor taxed.")
def subject_parts_are_exempt_or_taxed(case: Case) -> Iterator[Breach]:
    """Sujeta holds Exenta or NoExenta."""
    for subject in case.subjects():
        if not subject.exempt and subject.taxed is None:
            yield Breach(at("TipoDesglose", "Sujeta"))


@rules.rule("1141", message="The breakdown has neither a part that is subject nor one that is not.")
def treatments_hold_something(case: Case) -> Iterator[Breach]:
    """DesgloseFactura, PrestacionServicios and Entrega hold Sujeta or NoSujeta."""
    for treatment in case.treatments():
        if treatment.subject is None and treatment.not_subject is None:
            yield Breach(at("TipoDesglose"))


@rules.rule("1115", message="The part that is not subject states one of its two amounts.")
def not_subject_parts_state_an_amount(case: Case) -> Iterator[Breach]:
    """NoSujeta holds one of its two amounts."""
    for part in case.not_subject():
        if part.by_law is None and part.by_place is None:
            yield Breach(at("TipoDesglose", "NoSujeta"))


@rules.rule("1171", message="Regime 08 states what is not subject by its place.")
def regime_08_is_elsewhere(case: Case) -> Iterator[Breach]:
    """ImporteTAIReglasLocalizacion stands with regime 08."""
    if not case.issued or Regime.R08 not in case.regimes:
        return
    if not any(part.by_place is not None for part in case.not_subject()):
        yield Breach(at("TipoDesglose", "NoSujeta"))


@rules.family(
    {"1298": (Regime.R08, "by_law"), "1311": (Regime.R10, "by_place")},
    message="Regime {regime} alone does not state this amount that is not subject.",
)
def regimes_state_their_amount(case: Case, row: tuple[Regime, str]) -> Iterator[Breach]:
    """NoSujeta holds only the place of supply with 08, and only arts. 7 and 14 with 10."""
    regime, field = row
    if case.issued and case.only_regime is regime:
        for part in case.not_subject():
            if getattr(part, field) is not None:
                yield Breach(at("TipoDesglose", "NoSujeta"), regime=regime.value)


@dataclass(frozen=True, slots=True)
class _Treatment:
    """What an invoice of a regime, or of a kind, does not have.

    Args:
        regime: The only key of regime; ``None`` for any.
        kind: The kind of invoice; ``None`` for any.
        ways: Kinds of taxed parts that it does not have.
        causes: Causes of exemption that it does not have.
        outside: Whether it has no part that is not subject.
    """

    regime: Regime | None = None
    kind: InvoiceKind | None = None
    ways: tuple[NotExempt, ...] = ()
    causes: tuple[Exemption, ...] = ()
    outside: bool = False


_ABROAD = (Exemption.E2, Exemption.E3, Exemption.E4, Exemption.E5)


@rules.family(
    {
        "1290": _Treatment(Regime.R03, outside=True),
        "1291": _Treatment(Regime.R03, ways=(_S2, _S3)),
        "1292": _Treatment(Regime.R04, outside=True),
        "1293": _Treatment(Regime.R04, ways=(_S1, _S3)),
        "1301": _Treatment(Regime.R01, causes=(Exemption.E2, Exemption.E3)),
        "1304": _Treatment(Regime.R07, outside=True),
        "1305": _Treatment(Regime.R07, ways=(_S2, _S3)),
        "1306": _Treatment(Regime.R07, causes=_ABROAD),
        "1553": _Treatment(kind=InvoiceKind.AJ, ways=(_S2, _S3)),
        "1577": _Treatment(kind=InvoiceKind.AJ, causes=tuple(Exemption)),
        "1578": _Treatment(kind=InvoiceKind.AJ, outside=True),
    },
    message="{what} does not go with {part}.",
)
def treatments_go_with_regime_and_kind(case: Case, row: _Treatment) -> Iterator[Breach]:
    """The only regime, or the kind AJ, excludes some parts of the breakdown."""
    if not case.issued:
        return
    if row.regime not in (None, case.only_regime) or row.kind not in (None, case.kind):
        return
    what = f"regime {row.regime.value}" if row.regime else f"kind {case.issued.kind.value}"
    if row.outside and any(case.not_subject()):
        yield Breach(at("TipoDesglose", "NoSujeta"), what=what, part="what is not subject")
    for way in sorted(case.ways() & set(row.ways)):
        yield Breach(at("TipoDesglose", "TipoNoExenta"), what=what, part=way.value)
    unnamed = row.causes == tuple(Exemption)
    for line in case.exempt():
        if line.cause in row.causes or unnamed:
            part = line.cause.value if line.cause else "what is exempt"
            yield Breach(at("TipoDesglose", "CausaExencion"), what=what, part=part)


@rules.rule("1302", message="Services are not exempt as deliveries to other states (E5).")
def services_are_not_delivered(case: Case) -> Iterator[Breach]:
    """CausaExencion is not E5 in PrestacionServicios."""
    apart = case.issued.breakdown.by_operation if case.issued else None
    subject = apart.services.subject if apart and apart.services else None
    for line in subject.exempt if subject else ():
        if line.cause is Exemption.E5:
            yield Breach(at("TipoDesglose", "PrestacionServicios", "CausaExencion"))


@rules.family(
    {"1252": True, "1253": False}, message="Exports (regime 02) are exempt, and nothing else."
)
def exports_are_exempt(case: Case, alone: bool) -> Iterator[Breach]:
    """Regime 02 has an exempt part, and alone no other; refunds to travellers are apart."""
    if not case.issued or case.communication in _REFUNDS:
        return
    others = bool(case.ways()) or any(case.not_subject())
    if alone and case.only_regime is Regime.R02 and others:
        yield Breach(at("TipoDesglose"))
    if not alone and Regime.R02 in case.regimes and not any(case.exempt()):
        yield Breach(at("TipoDesglose"))


@rules.rule("1322", message="An {kind} is broken down as a whole.")
def bad_debts_are_broken_down_as_a_whole(case: Case) -> Iterator[Breach]:
    """R2 and R3 have DesgloseFactura; R2 with a VAT number may have the other."""
    if not case.issued or case.issued.kind not in (InvoiceKind.R2, InvoiceKind.R3):
        return
    other = case.other_party.other_id if case.other_party else None
    vat = other is not None and other.kind is IdKind.VAT_NUMBER
    allowed = case.kind is InvoiceKind.R2 and vat
    if case.issued.breakdown.by_operation is not None and not allowed:
        yield Breach(at("TipoDesglose"), kind=case.issued.kind.value)


@rules.family(
    {"1316": _S2, "1347": _S3}, message="Reverse charge ({way}) does not go with kind {kind}."
)
def reverse_charge_names_the_recipient(case: Case, way: NotExempt) -> Iterator[Breach]:
    """With S2 and S3, the kind is F1, F3, R1, R2, R3 or R4."""
    if case.issued and way in case.ways() and case.issued.kind not in NAMED_KINDS:
        yield Breach(at("TipoFactura"), way=way.value, kind=case.issued.kind.value)


@rules.rule("1328", message="Reverse charge goes with regimes 01, 04, 05, 06, 07 and 12.")
def reverse_charge_has_its_regimes(case: Case) -> Iterator[Breach]:
    """With S2 and S3, one of the regimes is 01, 04, 05, 06, 07 or 12."""
    allowed = {Regime.R01, Regime.R04, Regime.R05, Regime.R06, Regime.R07, Regime.R12}
    if case.ways() & {_S2, _S3} and not allowed & set(case.regimes):
        yield Breach(at("TipoDesglose", "TipoNoExenta"))


@rules.rule("1360", message="Regime 17 is taxed as S1.")
def regime_17_is_taxed(case: Case) -> Iterator[Breach]:
    """With regime 17, TipoNoExenta is S1."""
    if Regime.R17 in case.regimes and case.ways() - {_S1}:
        yield Breach(at("TipoDesglose", "TipoNoExenta"))


@rules.rule("1329", message="A simplified invoice (F2) of {total} exceeds {limit}.")
def simplified_invoices_are_small(case: Case) -> Iterator[Breach]:
    """The parts of an F2 add up to 3,000 at most."""
    if case.issued and case.kind is InvoiceKind.F2 and _worth(case) > value("simplified_most"):
        yield Breach(at("TipoDesglose"), total=_worth(case), limit=value("simplified_most"))


def _worth(case: Case) -> Decimal:
    """Add up the parts of an issued invoice."""
    taxed = [line for _, line in case.taxed()]
    surcharges = (getattr(line, "equivalence_surcharge", None) for line in taxed)
    return (
        sum_of(line.taxable_base for line in taxed)
        + sum_of(line.output_tax for line in taxed)
        + sum_of(surcharges)
        + sum_of(line.taxable_base for line in case.exempt())
        + sum_of(part.by_law for part in case.not_subject())
        + sum_of(part.by_place for part in case.not_subject())
    )


@rules.rule(
    "2025",
    severity=Severity.WARNING,
    message="The total is {total}, but the parts add up to {computed}.",
)
def total_is_the_sum_of_the_parts(case: Case) -> Iterator[Breach]:
    """ImporteTotal is the sum of the parts, but for regimes of a margin and groups."""
    invoice = case.issued
    if not invoice or invoice.total is None or (MARGIN | {Regime.R06}) & set(case.regimes):
        return
    if differ(invoice.total, _worth(case)):
        yield Breach(at("ImporteTotal"), total=invoice.total, computed=_worth(case))
