"""Rules on the lines of the breakdown (desglose): tax, regime, treatment, rates."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from aeat_sii.verifactu.codes import (
    Exemption,
    InvoiceKind,
    Qualification,
    Regime,
    TaxKind,
)
from aeat_sii.verifactu.records import BreakdownLine
from aeat_sii.verifactu.rules._case import Case, at, dated, dated_decimals, rule_set
from einvoice_core.findings import Breach, RuleSet, Severity

__all__ = ["rules"]

rules: RuleSet[Case] = rule_set("verifactu-breakdown")

_IVA_IGIC = (TaxKind.IVA, TaxKind.IGIC)
_SIMPLIFIED = (InvoiceKind.F2, InvoiceKind.R5)
_NOT_SUBJECT = (Qualification.N1, Qualification.N2)
_TAX_FIELDS = {
    "rate_percent": "TipoImpositivo",
    "output_tax": "CuotaRepercutida",
    "surcharge_percent": "TipoRecargoEquivalencia",
    "equivalence_surcharge": "CuotaRecargoEquivalencia",
}


def _tax_fields(line: BreakdownLine) -> Iterator[str]:
    """Yield the official names of the fields of tax that are present."""
    for field, name in _TAX_FIELDS.items():
        if getattr(line, field) is not None:
            yield name


def _charged(case: Case) -> Iterator[tuple[str, BreakdownLine]]:
    """Yield the lines of IVA that are subject and not exempt, without reverse charge (S1)."""
    for path, line in case.lines(TaxKind.IVA):
        if line.qualification is Qualification.S1:
            yield path, line


@rules.rule("1195", message="The line says neither how the tax applies nor why it is exempt.")
def lines_have_a_treatment(case: Case) -> Iterator[Breach]:
    """Each line has CalificacionOperacion or OperacionExenta."""
    for path, line in case.lines():
        if line.qualification is None and line.exemption is None:
            yield Breach(at(path))


@rules.rule("1196", message="The line is {qualification} and exempt ({exemption}) at once.")
def lines_have_one_treatment(case: Case) -> Iterator[Breach]:
    """No line has both CalificacionOperacion and OperacionExenta."""
    for path, line in case.lines():
        if line.qualification is not None and line.exemption is not None:
            yield Breach(at(path), qualification=line.qualification, exemption=line.exemption)


@rules.rule("1124", message="{rate} % is not a rate of IVA: use one of {rates}.")
def rates_of_iva_are_in_the_list(case: Case) -> Iterator[Breach]:
    """TipoImpositivo of a line S1 of IVA is in the list."""
    rates = dated_decimals("rates", case.operation_day)
    for path, line in _charged(case):
        if rates and line.rate_percent is not None and line.rate_percent not in rates:
            listed = ", ".join(str(rate) for rate in sorted(rates))
            yield Breach(at(path, "TipoImpositivo"), rate=line.rate_percent, rates=listed)


@rules.family(
    {"1194": Decimal(5), "1235": Decimal(2), "1236": Decimal("7.5")},
    message="{rate} % did not apply on {day}: use the rate of that day.",
)
def rates_apply_on_the_day(case: Case, rate: Decimal) -> Iterator[Breach]:
    """A temporary rate is used only for operations of the months in which it applied.

    The list has the same text for 1235 and 1236; which is for 2 % and which for 7.5 % is not said.
    """
    if dated(f"rate_window.{rate}", case.operation_day) is None:
        for path, line in _charged(case):
            if line.rate_percent == rate:
                yield Breach(at(path, "TipoImpositivo"), rate=rate, day=case.operation_day)


@rules.rule("1257", message="A base at cost belongs to regime 06, to IPSI and to other taxes.")
def base_at_cost_has_its_regime(case: Case) -> Iterator[Breach]:
    """BaseImponibleACoste needs ClaveRegimen 06, or Impuesto 02 or 05."""
    for path, line in case.lines():
        if (
            line.base_at_cost is not None
            and line.regime is not Regime.GROUP_OF_ENTITIES
            and line.tax not in (TaxKind.IPSI, TaxKind.OTHER)
        ):
            yield Breach(at(path, "BaseImponibleACoste"))


@rules.rule("1127", message="{rate} % is not an equivalence surcharge: use one of {rates}.")
def surcharges_are_in_the_list(case: Case) -> Iterator[Breach]:
    """TipoRecargoEquivalencia of a line S1 of IVA is in the list."""
    rates = dated_decimals("surcharges", case.operation_day)
    for path, line in _charged(case):
        if rates and line.surcharge_percent is not None and line.surcharge_percent not in rates:
            listed = ", ".join(str(rate) for rate in sorted(rates))
            yield Breach(
                at(path, "TipoRecargoEquivalencia"), rate=line.surcharge_percent, rates=listed
            )


_SURCHARGES = {
    "1162": Decimal(21),
    "1163": Decimal(10),
    "1164": Decimal(4),
    "1165": Decimal(0),
    "1166": Decimal(2),
    "1167": Decimal(5),
    "1168": Decimal(5),
    "1169": Decimal("7.5"),
}


@rules.family(
    {code: (code, rate) for code, rate in _SURCHARGES.items()},
    message="A surcharge of {surcharge} % does not go with {rate} % on {day}: use {allowed}.",
)
def surcharges_go_with_their_rate(case: Case, row: tuple[str, Decimal]) -> Iterator[Breach]:
    """TipoRecargoEquivalencia is one of those of the line's rate on the day of the operation."""
    code, rate = row
    entry = dated(f"surcharge.{rate}", case.operation_day)
    if entry is None or entry.details["code"] != code:
        return
    allowed = [Decimal(number) for number in entry.value]
    for path, line in _charged(case):
        if (
            line.rate_percent == rate
            and line.surcharge_percent is not None
            and line.surcharge_percent not in allowed
        ):
            yield Breach(
                at(path, "TipoRecargoEquivalencia"),
                surcharge=line.surcharge_percent,
                rate=rate,
                day=case.operation_day,
                allowed=" or ".join(str(number) for number in allowed),
            )


@rules.rule("1284", message="The rate and the amount of the equivalence surcharge go together.")
def surcharges_have_rate_and_amount(case: Case) -> Iterator[Breach]:
    """TipoRecargoEquivalencia and CuotaRecargoEquivalencia are both present or both absent."""
    for path, line in case.lines():
        if (line.surcharge_percent is None) != (line.equivalence_surcharge is None):
            yield Breach(at(path, "TipoRecargoEquivalencia"))


@rules.rule("1281", message="Only a line S1 has an equivalence surcharge: leave it out.")
def surcharges_belong_to_s1(case: Case) -> Iterator[Breach]:
    """TipoRecargoEquivalencia and CuotaRecargoEquivalencia need CalificacionOperacion S1."""
    for path, line in case.lines():
        if line.qualification is not Qualification.S1 and (
            line.surcharge_percent is not None or line.equivalence_surcharge is not None
        ):
            yield Breach(at(path, "TipoRecargoEquivalencia"))


@rules.rule("1197", message="Reverse charge (S2) is not possible in an invoice of kind {kind}.")
def reverse_charge_needs_a_full_invoice(case: Case) -> Iterator[Breach]:
    """CalificacionOperacion S2 needs F1, F3 or R1 to R4."""
    for path, line in case.lines():
        if line.qualification is Qualification.S2 and case.record.kind in _SIMPLIFIED:
            yield Breach(at(path, "CalificacionOperacion"), kind=case.record.kind)


@rules.rule("1198", message="With reverse charge (S2) {field} is present and 0.")
def reverse_charge_has_no_tax(case: Case) -> Iterator[Breach]:
    """With CalificacionOperacion S2, TipoImpositivo and CuotaRepercutida are present and 0."""
    for path, line in case.lines():
        if line.qualification is Qualification.S2:
            for field in ("rate_percent", "output_tax"):
                if getattr(line, field) != 0:
                    name = _TAX_FIELDS[field]
                    yield Breach(at(path, name), field=name)


@rules.rule("1237", message="A line that is not subject ({qualification}) has no {field}.")
def lines_not_subject_have_no_tax(case: Case) -> Iterator[Breach]:
    """With N1 or N2 of IVA, rate, tax and surcharge are absent."""
    for path, line in case.lines(TaxKind.IVA):
        if line.qualification in _NOT_SUBJECT:
            for name in _tax_fields(line):
                yield Breach(at(path, name), qualification=line.qualification, field=name)


@rules.rule("1182", message="{exemption} is not a reason of exemption of this tax.")
def exemptions_are_in_the_list(case: Case) -> Iterator[Breach]:
    """OperacionExenta of IVA and of IGIC is in the list of that tax."""
    for path, line in case.lines(*_IVA_IGIC):
        entry = dated(f"exemptions.{line.tax or TaxKind.IVA}", case.today)
        if line.exemption is not None and entry and line.exemption not in entry.value:
            yield Breach(at(path, "OperacionExenta"), exemption=line.exemption)


@rules.rule("1199", message="Regime 01 has no exports: {exemption} belongs to another regime.")
def general_regime_has_no_exports(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 01, OperacionExenta is neither E2 nor E3."""
    for path, line in case.lines(*_IVA_IGIC):
        if line.regime is Regime.GENERAL and line.exemption in (Exemption.E2, Exemption.E3):
            yield Breach(at(path, "OperacionExenta"), exemption=line.exemption)


@rules.rule("1238", message="An exempt line has no {field}.")
def exempt_lines_have_no_tax(case: Case) -> Iterator[Breach]:
    """With OperacionExenta, rate, tax and surcharge are absent."""
    for path, line in case.lines():
        if line.exemption is not None:
            for name in _tax_fields(line):
                yield Breach(at(path, name), field=name)


@rules.rule("1289", message="With exemption E5 a recipient is identified by IDOtro, not by NIF.")
def intra_community_recipients_are_foreign(case: Case) -> Iterator[Breach]:
    """With OperacionExenta E5 of IVA, every recipient is identified by IDOtro."""
    if any(line.exemption is Exemption.E5 for _, line in case.lines(TaxKind.IVA)):
        for path, person in case.recipients():
            if person.nif is not None:
                yield Breach(at(path, "NIF"))


@rules.rule("1260", message="A line of another tax (05) has no regime: leave it out.")
def other_taxes_have_no_regime(case: Case) -> Iterator[Breach]:
    """ClaveRegimen is present only with Impuesto 01, 02 or 03."""
    for path, line in case.lines(TaxKind.OTHER):
        if line.regime is not None:
            yield Breach(at(path, "ClaveRegimen"))


@rules.rule("1245", message="The line has no regime: add one, such as 01.")
def lines_have_a_regime(case: Case) -> Iterator[Breach]:
    """ClaveRegimen is present with Impuesto 01 and 03; with 02 from 2027."""
    for path, line in case.lines(TaxKind.IVA, TaxKind.IPSI, TaxKind.IGIC):
        excused = line.tax is TaxKind.IPSI and dated("ipsi_regime_required", case.today) is None
        if line.regime is None and not excused:
            yield Breach(at(path, "ClaveRegimen"))


@rules.rule(
    "2009",
    severity=Severity.WARNING,
    message="The line of IPSI has no regime: add one, such as 01.",
)
def ipsi_lines_have_a_regime(case: Case) -> Iterator[Breach]:
    """ClaveRegimen is present with Impuesto 02; until 2026 its absence is a warning."""
    for path, line in case.lines(TaxKind.IPSI):
        if line.regime is None and dated("ipsi_regime_required", case.today) is None:
            yield Breach(at(path, "ClaveRegimen"))


@rules.rule("1246", message="Regime {regime} does not exist for this tax.")
def regimes_are_in_the_list(case: Case) -> Iterator[Breach]:
    """ClaveRegimen is in the list of its tax; for IPSI from 2027.

    Until then the document only warns about IPSI, and has no code for a value outside the list.
    """
    for path, line in case.lines(TaxKind.IVA, TaxKind.IPSI, TaxKind.IGIC):
        tax = line.tax or TaxKind.IVA
        entry = dated(f"regimes.{tax}", case.today)
        excused = tax is TaxKind.IPSI and dated("ipsi_regime_required", case.today) is None
        if line.regime is not None and entry and line.regime not in entry.value and not excused:
            yield Breach(at(path, "ClaveRegimen"), regime=line.regime)


@dataclass(frozen=True, slots=True)
class _Treatment:
    """How the lines of a regime may be treated; an exemption is possible where it says so."""

    regime: Regime
    qualifications: tuple[Qualification, ...]
    exempt: bool
    taxes: tuple[TaxKind, ...] = _IVA_IGIC


@rules.family(
    {
        "1286": _Treatment(Regime.EXPORT, (), exempt=True),
        "1200": _Treatment(Regime.USED_GOODS, (Qualification.S1,), exempt=True),
        "1201": _Treatment(Regime.INVESTMENT_GOLD, (Qualification.S2,), exempt=True),
        "1252": _Treatment(Regime.OTHER_TERRITORY, (Qualification.N2,), exempt=False),
        "1293": _Treatment(
            Regime.IGIC_SUBJECT_TO_IPSI, (Qualification.N2,), exempt=False, taxes=(TaxKind.IGIC,)
        ),
    },
    message="Regime {regime} does not go with {treatment}.",
)
def regimes_go_with_their_treatment(case: Case, row: _Treatment) -> Iterator[Breach]:
    """A regime allows only some values of CalificacionOperacion, or an exemption."""
    for path, line in case.lines(*row.taxes):
        if line.regime is not row.regime:
            continue
        if line.qualification is not None and line.qualification not in row.qualifications:
            yield Breach(
                at(path, "CalificacionOperacion"), regime=line.regime, treatment=line.qualification
            )
        elif line.exemption is not None and not row.exempt:
            yield Breach(at(path, "OperacionExenta"), regime=line.regime, treatment=line.exemption)


@rules.rule("1202", message="Regime 06 needs a base at cost and excludes F2, F3 and R5.")
def groups_of_entities_have_a_base_at_cost(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 06, BaseImponibleACoste is present and the kind is not F2, F3 or R5."""
    for path, line in case.lines(*_IVA_IGIC):
        if line.regime is Regime.GROUP_OF_ENTITIES and (
            line.base_at_cost is None
            or case.record.kind in (InvoiceKind.F2, InvoiceKind.F3, InvoiceKind.R5)
        ):
            yield Breach(at(path, "BaseImponibleACoste"))


@rules.rule("1203", message="Regime 07 does not go with {treatment}.")
def cash_accounting_has_its_treatment(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 07, neither S2, N1 and N2 nor E2 to E5."""
    for path, line in case.lines(*_IVA_IGIC):
        if line.regime is not Regime.CASH_ACCOUNTING:
            continue
        if line.qualification not in (None, Qualification.S1):
            yield Breach(at(path, "CalificacionOperacion"), treatment=line.qualification)
        if line.exemption in (Exemption.E2, Exemption.E3, Exemption.E4, Exemption.E5):
            yield Breach(at(path, "OperacionExenta"), treatment=line.exemption)


@rules.rule("1205", message="Regime 10 needs N1, an F1 and recipients with NIF.")
def collections_for_third_parties_are_not_subject(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 10: N1, F1, and every recipient with NIF."""
    with_nif = all(person.nif is not None for _, person in case.recipients())
    for path, line in case.lines(*_IVA_IGIC):
        if line.regime is Regime.COLLECTION_FOR_THIRD_PARTIES and (
            line.qualification is not Qualification.N1
            or case.record.kind is not InvoiceKind.F1
            or not with_nif
        ):
            yield Breach(at(path, "ClaveRegimen"))


@rules.rule("1206", message="Regime 11 has the rate of 21 %, not {rate}.")
def leases_have_the_general_rate(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 11 of IVA, TipoImpositivo is 21."""
    for path, line in case.lines(TaxKind.IVA):
        if line.regime is Regime.BUSINESS_PREMISES_LEASE and line.rate_percent != 21:
            yield Breach(at(path, "TipoImpositivo"), rate=line.rate_percent)


def _has_public_works(case: Case) -> bool:
    return any(line.regime is Regime.PENDING_PUBLIC_WORKS for _, line in case.lines(*_IVA_IGIC))


@rules.rule("1147", message="Regime 14 has an operation later than the issue of {issued}.")
def public_works_are_operated_later(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 14, FechaOperacion is present and after FechaExpedicionFactura."""
    issued, operated = case.record.invoice.issued_on, case.record.operated_on
    if _has_public_works(case) and (operated is None or operated <= issued):
        yield Breach(at("FechaOperacion"), issued=issued)


@rules.rule("1149", message="Regime 14 has recipients with a NIF of P, Q, S or V.")
def public_works_are_for_administrations(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 14, every recipient has a NIF that begins with P, Q, S or V."""
    if _has_public_works(case):
        for path, person in case.recipients():
            if not (person.nif or "").startswith(("P", "Q", "S", "V")):
                yield Breach(at(path, "NIF"))


@rules.rule("1148", message="Regime 14 is not possible in an invoice of kind {kind}.")
def public_works_have_a_full_invoice(case: Case) -> Iterator[Breach]:
    """With ClaveRegimen 14, the kind is F1 or R1 to R4."""
    excluded = (*_SIMPLIFIED, InvoiceKind.F3)
    if _has_public_works(case) and case.record.kind in excluded:
        yield Breach(at("TipoFactura"), kind=case.record.kind)
