"""Rules that hold for registrations and cancellations alike: the system, the chain, the clock."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

from aeat_sii.clock import in_spain
from aeat_sii.verifactu.chain import fingerprint
from aeat_sii.verifactu.codes import IdKind
from aeat_sii.verifactu.rules._case import Judged, rule_set, value
from aeat_sii.verifactu.rules._ids import nif_fault, vat_fault
from einvoice_core.findings import Breach, RuleSet, Severity

__all__ = ["rules", "rules_for"]

C = TypeVar("C", bound=Judged)

rules: RuleSet[Judged] = rule_set("verifactu-shared")
_HEXADECIMAL = re.compile(r"[0-9A-F]*")


def rules_for(case_type: type[C]) -> RuleSet[C]:
    """Return these rules for one kind of record."""
    typed: RuleSet[C] = rule_set(rules.name)
    for rule in rules.rules.values():
        typed.rule(rule.id, message=rule.message, severity=rule.severity)(rule.check)
    return typed


@rules.rule("1223", message="The producer of the system has a NIF or another identification.")
def producer_has_one_identification(case: Judged) -> Iterator[Breach]:
    """SistemaInformatico holds exactly one of NIF and IDOtro."""
    system = case.record.system
    if (system.producer_nif is None) == (system.producer_other_id is None):
        yield Breach(case.at("SistemaInformatico"))


@rules.rule("1221", message="The producer cannot be identified as not in the census (07).")
def producer_is_in_the_census(case: Judged) -> Iterator[Breach]:
    """IDType of the producer is not 07."""
    other = case.record.system.producer_other_id
    if other and other.kind is IdKind.NOT_IN_CENSUS:
        yield Breach(case.at("SistemaInformatico", "IDOtro", "IDType"))


@rules.rule("1176", message="{nif} is not a NIF: {reason}.")
def producer_nif_has_its_control_character(case: Judged) -> Iterator[Breach]:
    """The NIF of the producer of the system is well formed."""
    text = case.record.system.producer_nif
    reason = nif_fault(text) if text else ""
    if reason:
        yield Breach(case.at("SistemaInformatico", "NIF"), nif=text, reason=reason)


@rules.rule("1222", message="{id!r} is not a VAT number of the Union: {reason}.")
def producer_vat_number_has_its_structure(case: Judged) -> Iterator[Breach]:
    """With IDType 02 the producer's identification has the structure of a VAT number."""
    other = case.record.system.producer_other_id
    reason = vat_fault(other.id) if other and other.kind is IdKind.VAT_NUMBER else ""
    if other and reason:
        yield Breach(case.at("SistemaInformatico", "IDOtro", "ID"), id=other.id, reason=reason)


@rules.rule("1177", message="{id!r} does not identify a system: two capitals A-Z or digits.")
def system_id_has_two_positions(case: Judged) -> Iterator[Breach]:
    """IdSistemaInformatico has two positions, each A to Z or 0 to 9."""
    if not re.fullmatch(r"[A-Z0-9]{2}", case.record.system.id):
        yield Breach(
            case.at("SistemaInformatico", "IdSistemaInformatico"), id=case.record.system.id
        )


@rules.rule("1220", message="The invoicing system has no name.")
def system_has_a_name(case: Judged) -> Iterator[Breach]:
    """NombreSistemaInformatico is not empty."""
    if not case.record.system.name.strip():
        yield Breach(case.at("SistemaInformatico", "NombreSistemaInformatico"))


@rules.rule("1180", message="The place in the chain is either the first one or after a record.")
def place_in_the_chain_is_one_of_two(case: Judged) -> Iterator[Breach]:
    """Encadenamiento holds exactly one of PrimerRegistro and RegistroAnterior."""
    chaining = case.record.chaining
    if bool(chaining.is_first) == bool(chaining.previous):
        yield Breach(case.at("Encadenamiento"))


@rules.rule(
    "2002",
    severity=Severity.WARNING,
    message="The fingerprint of the previous record has {length} characters instead of 64.",
)
def previous_fingerprint_has_64_characters(case: Judged) -> Iterator[Breach]:
    """The fingerprint of the previous record has 64 characters."""
    previous = case.record.chaining.previous
    if previous and len(previous.fingerprint) != 64:
        yield Breach(
            case.at("Encadenamiento", "RegistroAnterior", "Huella"),
            length=len(previous.fingerprint),
        )


@rules.rule(
    "2003",
    severity=Severity.WARNING,
    message="The fingerprint of the previous record is not hexadecimal in upper case.",
)
def previous_fingerprint_is_hexadecimal(case: Judged) -> Iterator[Breach]:
    """The fingerprint of the previous record holds 0 to 9 and A to F only."""
    previous = case.record.chaining.previous
    if previous and not _HEXADECIMAL.fullmatch(previous.fingerprint):
        yield Breach(case.at("Encadenamiento", "RegistroAnterior", "Huella"))


@rules.rule(
    "2008",
    severity=Severity.WARNING,
    message="The fingerprint of the previous record is that of this one.",
)
def previous_fingerprint_is_another(case: Judged) -> Iterator[Breach]:
    """The fingerprint of the previous record differs from the record's own."""
    previous = case.record.chaining.previous
    if previous and previous.fingerprint == case.record.fingerprint:
        yield Breach(case.at("Encadenamiento", "RegistroAnterior", "Huella"))


@rules.rule(
    "2004",
    severity=Severity.WARNING,
    message="The record is made at {recorded}, after the present, {now}: set the clock.",
)
def record_is_not_made_in_the_future(case: Judged) -> Iterator[Breach]:
    """The record is not made after the agency's clock, with some margin."""
    margin = timedelta(seconds=value("clock_margin_s"))
    if case.record.recorded_at > in_spain(case.now) + margin:
        yield Breach(
            case.at("FechaHoraHusoGenRegistro"), recorded=case.record.recorded_at, now=case.now
        )


@rules.rule(
    "2000",
    severity=Severity.WARNING,
    message="The fingerprint is {stated!r}, but its fields give {computed}: link the record again.",
)
def fingerprint_is_that_of_the_fields(case: Judged) -> Iterator[Breach]:
    """Huella equals the fingerprint of the record's fields."""
    computed = fingerprint(case.record)
    if case.record.fingerprint != computed:
        yield Breach(case.at("Huella"), stated=case.record.fingerprint, computed=computed)


@rules.rule("1292", message="The fingerprint holds other characters than letters and digits.")
def fingerprint_is_alphanumeric(case: Judged) -> Iterator[Breach]:
    """Huella holds letters and digits only."""
    stated = case.record.fingerprint.strip()
    if not (stated.isascii() and stated.isalnum()):
        yield Breach(case.at("Huella"))
