"""Rules on a cancellation record (``RegistroAnulacion``)."""

from collections.abc import Iterator

from aeat_sii.verifactu.codes import IdKind, RecordedBy
from aeat_sii.verifactu.rules._case import CancellationCase, rule_set
from aeat_sii.verifactu.rules._ids import country_letters, nif_fault, vat_fault
from einvoice_core.findings import Breach, RuleSet

__all__ = ["rules"]

rules: RuleSet[CancellationCase] = rule_set("verifactu-cancellation")


@rules.rule("1108", message="The issuer of the invoice is not the one of the header, {header}.")
def issuer_is_that_of_the_header(case: CancellationCase) -> Iterator[Breach]:
    """The NIF of the issuer equals that of the header."""
    if case.record.invoice.issuer_nif != case.issuer_nif:
        yield Breach(case.at("IDFactura", "IDEmisorFacturaAnulada"), header=case.issuer_nif)


@rules.rule("1123", message="{nif} is not a NIF: {reason}.")
def issuer_nif_has_its_control_character(case: CancellationCase) -> Iterator[Breach]:
    """The NIF of the issuer is well formed."""
    text = case.record.invoice.issuer_nif
    reason = nif_fault(text)
    if reason:
        yield Breach(case.at("IDFactura", "IDEmisorFacturaAnulada"), nif=text, reason=reason)


@rules.rule("1104", message="The invoice has no number but blanks.")
def number_is_not_blank(case: CancellationCase) -> Iterator[Breach]:
    """The number is not empty once the blanks around it are taken away, as the agency does."""
    if not case.record.invoice.number.strip():
        yield Breach(case.at("IDFactura", "NumSerieFacturaAnulada"))


@rules.rule("1224", message="Who made the cancellation is named twice over or not at all: both go.")
def recorder_and_its_kind_go_together(case: CancellationCase) -> Iterator[Breach]:
    """GeneradoPor and Generador are both present or both absent."""
    if (case.record.recorded_by is None) != (case.record.recorder is None):
        yield Breach(case.at("GeneradoPor"))


@rules.rule("1228", message="The recorder has a NIF or another identification: exactly one.")
def recorder_has_one_identification(case: CancellationCase) -> Iterator[Breach]:
    """Generador holds exactly one of NIF and IDOtro."""
    recorder = case.record.recorder
    if recorder and (recorder.nif is None) == (recorder.other_id is None):
        yield Breach(case.at("Generador"))


@rules.rule("1258", message="{nif} is not a NIF: {reason}.")
def recorder_nif_has_its_control_character(case: CancellationCase) -> Iterator[Breach]:
    """The NIF of Generador is well formed."""
    recorder = case.record.recorder
    reason = nif_fault(recorder.nif) if recorder and recorder.nif else ""
    if recorder and reason:
        yield Breach(case.at("Generador", "NIF"), nif=recorder.nif, reason=reason)


@rules.rule("1259", message="The recorder is the issuer itself: then leave it out, or say E.")
def recorder_is_not_the_issuer(case: CancellationCase) -> Iterator[Breach]:
    """The NIF of Generador differs from the issuer's.

    The document does not except GeneradoPor E, the issuer, who can hardly have another NIF; here it
    is excepted, so that nothing is found which the agency may accept.
    """
    recorder = case.record.recorder
    is_issuer = case.record.recorded_by is RecordedBy.ISSUER
    if recorder and recorder.nif == case.issuer_nif and not is_issuer:
        yield Breach(case.at("Generador", "NIF"))


@rules.rule("1227", message="An issuer that records a cancellation (E) is named by its NIF.")
def recording_issuer_has_a_nif(case: CancellationCase) -> Iterator[Breach]:
    """With GeneradoPor E, Generador has a NIF."""
    recorder = case.record.recorder
    if case.record.recorded_by is RecordedBy.ISSUER and recorder and recorder.nif is None:
        yield Breach(case.at("Generador", "NIF"))


@rules.rule("1229", message="A third party cannot be identified as not in the census (07).")
def recording_third_party_is_in_the_census(case: CancellationCase) -> Iterator[Breach]:
    """With GeneradoPor T, IDType of Generador is not 07."""
    other = case.record.recorder.other_id if case.record.recorder else None
    by_third_party = case.record.recorded_by is RecordedBy.THIRD_PARTY
    if by_third_party and other and other.kind is IdKind.NOT_IN_CENSUS:
        yield Breach(case.at("Generador", "IDOtro", "IDType"))


@rules.rule("1230", message="In Spain a recipient has a passport (03) or 07, not kind {kind}.")
def spanish_recording_recipient_has_a_passport(case: CancellationCase) -> Iterator[Breach]:
    """With GeneradoPor D and CodigoPais ES, IDType of Generador is 03 or 07."""
    other = case.record.recorder.other_id if case.record.recorder else None
    if (
        case.record.recorded_by is RecordedBy.RECIPIENT
        and other
        and other.country == "ES"
        and other.kind not in (IdKind.PASSPORT, IdKind.NOT_IN_CENSUS)
    ):
        yield Breach(case.at("Generador", "IDOtro", "IDType"), kind=other.kind)


@rules.rule("1232", message="In Spain, identify by passport (03) or by NIF, not by kind {kind}.")
def spanish_others_have_a_passport(case: CancellationCase) -> Iterator[Breach]:
    """With CodigoPais ES, IDType of the producer, and of Generador with GeneradoPor T, is 03."""
    recorder = case.record.recorder
    by_third_party = case.record.recorded_by is RecordedBy.THIRD_PARTY
    others = (
        ("Generador", recorder.other_id if recorder and by_third_party else None),
        ("SistemaInformatico", case.record.system.producer_other_id),
    )
    for path, other in others:
        if other and other.country == "ES" and other.kind is not IdKind.PASSPORT:
            yield Breach(case.at(path, "IDOtro", "IDType"), kind=other.kind)


@rules.rule("1111", message="An identification of kind {kind} says its country.")
def other_ids_have_a_country(case: CancellationCase) -> Iterator[Breach]:
    """CodigoPais is present unless IDType is 02."""
    recorder = case.record.recorder
    others = (
        ("Generador", recorder.other_id if recorder else None),
        ("SistemaInformatico", case.record.system.producer_other_id),
    )
    for path, other in others:
        if other and other.kind is not IdKind.VAT_NUMBER and other.country is None:
            yield Breach(case.at(path, "IDOtro", "CodigoPais"), kind=other.kind)


@rules.rule("1103", message="{id!r} is not a VAT number of the Union: {reason}.")
def recorder_vat_number_has_its_structure(case: CancellationCase) -> Iterator[Breach]:
    """With IDType 02 the identification of Generador has the structure of a VAT number."""
    other = case.record.recorder.other_id if case.record.recorder else None
    reason = vat_fault(other.id) if other and other.kind is IdKind.VAT_NUMBER else ""
    if other and reason:
        yield Breach(case.at("Generador", "IDOtro", "ID"), id=other.id, reason=reason)


@rules.rule("1122", message="The VAT number {id!r} is not of the country {country}.")
def recorder_vat_number_is_of_its_country(case: CancellationCase) -> Iterator[Breach]:
    """With IDType 02, CodigoPais agrees with the first two letters of the identification."""
    other = case.record.recorder.other_id if case.record.recorder else None
    if other and other.kind is IdKind.VAT_NUMBER and other.country is not None:
        letters = country_letters(other)
        if letters not in (other.country, "XI"):
            yield Breach(
                case.at("Generador", "IDOtro", "CodigoPais"), id=other.id, country=other.country
            )
