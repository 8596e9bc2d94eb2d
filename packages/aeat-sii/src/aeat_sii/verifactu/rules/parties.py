"""Rules on the third party, the recipients and their identification."""

from collections.abc import Iterator

from aeat_sii.verifactu.codes import IdKind, InvoiceKind, IssuedBy
from aeat_sii.verifactu.records import OtherId
from aeat_sii.verifactu.rules._case import Case, at, dated, rule_set
from aeat_sii.verifactu.rules._ids import country_letters, nif_fault, vat_fault
from einvoice_core.findings import Breach, RuleSet
from tax_es.ids import nif

__all__ = ["rules"]

rules: RuleSet[Case] = rule_set("verifactu-parties")

_WITHOUT_RECIPIENT = (InvoiceKind.F2, InvoiceKind.R5)


@rules.rule("1186", message="An invoice issued by a third party names it.")
def third_party_is_named(case: Case) -> Iterator[Breach]:
    """Tercero is present when EmitidaPorTerceroODestinatario is T."""
    if case.record.issued_by is IssuedBy.THIRD_PARTY and not case.record.third_party:
        yield Breach(at("Tercero"))


@rules.rule("1158", message="An invoice issued by its recipient names the recipient.")
def issuing_recipient_is_named(case: Case) -> Iterator[Breach]:
    """Destinatarios is present when EmitidaPorTerceroODestinatario is D."""
    if case.record.issued_by is IssuedBy.RECIPIENT and not case.record.recipients:
        yield Breach(at("Destinatarios"))


@rules.rule("1187", message="A third party is named, but the invoice is not issued by one.")
def third_party_has_issued(case: Case) -> Iterator[Breach]:
    """Tercero is present only when EmitidaPorTerceroODestinatario is T."""
    if case.record.third_party and case.record.issued_by is not IssuedBy.THIRD_PARTY:
        yield Breach(at("Tercero"))


@rules.rule("1188", message="The third party is the issuer itself.")
def third_party_is_not_the_issuer(case: Case) -> Iterator[Breach]:
    """The NIF of the third party differs from the issuer's."""
    third_party = case.record.third_party
    if third_party and third_party.nif == case.record.invoice.issuer_nif:
        yield Breach(at("Tercero", "NIF"))


@rules.rule("1178", message="The third party has a NIF or another identification: exactly one.")
def third_party_has_one_identification(case: Case) -> Iterator[Breach]:
    """Tercero holds exactly one of NIF and IDOtro."""
    third_party = case.record.third_party
    if third_party and (third_party.nif is None) == (third_party.other_id is None):
        yield Breach(at("Tercero"))


@rules.rule("1239", message="A recipient has a NIF or another identification: exactly one.")
def recipients_have_one_identification(case: Case) -> Iterator[Breach]:
    """Each IDDestinatario holds exactly one of NIF and IDOtro."""
    for path, person in case.recipients():
        if (person.nif is None) == (person.other_id is None):
            yield Breach(at(path))


@rules.rule("1111", message="An identification of kind {kind} says its country.")
def other_ids_have_a_country(case: Case) -> Iterator[Breach]:
    """CodigoPais is present unless IDType is 02."""
    for path, person in case.people():
        other = person.other_id
        if other and other.kind is not IdKind.VAT_NUMBER and other.country is None:
            yield Breach(at(path, "IDOtro", "CodigoPais"), kind=other.kind)
    producer = case.record.system.producer_other_id
    if producer and producer.kind is not IdKind.VAT_NUMBER and producer.country is None:
        yield Breach(at("SistemaInformatico", "IDOtro", "CodigoPais"), kind=producer.kind)


@rules.rule("1232", message="In Spain, identify by passport (03) or by NIF, not by kind {kind}.")
def spanish_third_party_has_a_passport(case: Case) -> Iterator[Breach]:
    """With CodigoPais ES, the third party and the producer have IDType 03."""
    third_party = case.record.third_party
    others = (
        ("Tercero", third_party.other_id if third_party else None),
        ("SistemaInformatico", case.record.system.producer_other_id),
    )
    for path, other in others:
        if other and other.country == "ES" and other.kind is not IdKind.PASSPORT:
            yield Breach(at(path, "IDOtro", "IDType"), kind=other.kind)


@rules.rule("1211", message="A third party cannot be identified as not in the census (07).")
def third_party_is_in_the_census(case: Case) -> Iterator[Breach]:
    """IDType of the third party is not 07."""
    third_party = case.record.third_party
    if third_party and third_party.other_id and third_party.other_id.kind is IdKind.NOT_IN_CENSUS:
        yield Breach(at("Tercero", "IDOtro", "IDType"))


@rules.rule("1189", message="An invoice of kind {kind} names at least one recipient.")
def recipient_is_named(case: Case) -> Iterator[Breach]:
    """F1, F3 and R1 to R4 have a recipient."""
    if case.record.kind not in _WITHOUT_RECIPIENT and not case.record.recipients:
        yield Breach(at("Destinatarios"), kind=case.record.kind)


@rules.rule("1190", message="An invoice of kind {kind} names no recipient.")
def recipient_is_not_named(case: Case) -> Iterator[Breach]:
    """F2 and R5 have no recipient."""
    if case.record.kind in _WITHOUT_RECIPIENT and case.record.recipients:
        yield Breach(at("Destinatarios"), kind=case.record.kind)


@rules.rule("1126", message="Who is not in the census (07) is of Spain: country ES, not {country}.")
def not_in_census_is_spanish(case: Case) -> Iterator[Breach]:
    """IDType 07 of a recipient needs CodigoPais ES."""
    for path, person in case.recipients():
        other = person.other_id
        if other and other.kind is IdKind.NOT_IN_CENSUS and other.country not in (None, "ES"):
            yield Breach(at(path, "IDOtro", "CodigoPais"), country=other.country)


@rules.rule("1234", message="In Spain a recipient has a NIF, a passport (03) or 07, not {kind}.")
def spanish_recipient_has_a_passport(case: Case) -> Iterator[Breach]:
    """With CodigoPais ES, IDType of a recipient is 03 or 07."""
    for path, person in case.recipients():
        other = person.other_id
        if (
            other
            and other.country == "ES"
            and other.kind not in (IdKind.PASSPORT, IdKind.NOT_IN_CENSUS)
        ):
            yield Breach(at(path, "IDOtro", "IDType"), kind=other.kind)


@rules.rule("1156", message="An invoice of kind {kind} has no recipient with a VAT number (02).")
def vat_numbers_need_a_full_invoice(case: Case) -> Iterator[Breach]:
    """IDType 02 of a recipient needs F1, F3 or R1 to R4."""
    if case.record.kind not in _WITHOUT_RECIPIENT:
        return
    for path, person in case.recipients():
        if person.other_id and person.other_id.kind is IdKind.VAT_NUMBER:
            yield Breach(at(path, "IDOtro", "IDType"), kind=case.record.kind)


@rules.rule("1191", message="In an R3 a recipient has a NIF or is not in the census (07).")
def r3_recipients_are_spanish(case: Case) -> Iterator[Breach]:
    """Recipients of an R3 have a NIF or IDType 07."""
    if case.record.kind is not InvoiceKind.R3:
        return
    for path, person in case.recipients():
        if person.other_id and person.other_id.kind is not IdKind.NOT_IN_CENSUS:
            yield Breach(at(path, "IDOtro", "IDType"))


@rules.rule("1192", message="In an R2 a recipient has a NIF, a VAT number (02) or 07.")
def r2_recipients_are_european(case: Case) -> Iterator[Breach]:
    """Recipients of an R2 have a NIF, IDType 02 or IDType 07."""
    allowed = (IdKind.NOT_IN_CENSUS, IdKind.VAT_NUMBER)
    if case.record.kind is not InvoiceKind.R2:
        return
    for path, person in case.recipients():
        if person.other_id and person.other_id.kind not in allowed:
            yield Breach(at(path, "IDOtro", "IDType"))


@rules.rule("1123", message="{nif} is not a NIF: {reason}.")
def nifs_have_their_control_character(case: Case) -> Iterator[Breach]:
    """The NIF of the issuer, of the third party and of each recipient is well formed."""
    stated = [("IDFactura/IDEmisorFactura", case.record.invoice.issuer_nif)]
    stated += [(f"{path}/NIF", person.nif) for path, person in case.people() if person.nif]
    for path, text in stated:
        reason = nif_fault(text)
        if reason:
            yield Breach(at(path), nif=text, reason=reason)


@rules.rule("1290", message="{id} is not a NIF, as kind 07 needs: {reason}.")
def not_in_census_has_a_nif(case: Case) -> Iterator[Breach]:
    """With IDType 07 the identification of a recipient is a well-formed NIF."""
    for path, person in case.recipients():
        other = person.other_id
        if other and other.kind is IdKind.NOT_IN_CENSUS:
            reason = nif_fault(other.id)
            if reason:
                yield Breach(at(path, "IDOtro", "ID"), id=other.id, reason=reason)


@rules.rule("1131", message="{id} is the NIF of an entity; kind 07 is for natural persons.")
def not_in_census_is_a_natural_person(case: Case) -> Iterator[Breach]:
    """With IDType 07 the identification of a recipient is the NIF of a natural person."""
    for path, person in case.recipients():
        other = person.other_id
        if other and other.kind is IdKind.NOT_IN_CENSUS and nif.check(other.id).is_entity:
            yield Breach(at(path, "IDOtro", "ID"), id=other.id)


def _vat_numbers(case: Case) -> Iterator[tuple[str, OtherId]]:
    """Yield the path and the VAT number of the third party and of each recipient that has one."""
    for path, person in case.people():
        if person.other_id and person.other_id.kind is IdKind.VAT_NUMBER:
            yield f"{path}/IDOtro", person.other_id


@rules.rule("1103", message="{id!r} is not a VAT number of the Union: {reason}.")
def vat_numbers_have_their_structure(case: Case) -> Iterator[Breach]:
    """With IDType 02 the identification has the structure of a Member State's VAT number."""
    for path, other in _vat_numbers(case):
        reason = vat_fault(other.id)
        if reason:
            yield Breach(at(path, "ID"), id=other.id, reason=reason)


@rules.rule("1122", message="The VAT number {id!r} is not of the country {country}.")
def vat_numbers_are_of_their_country(case: Case) -> Iterator[Breach]:
    """With IDType 02, CodigoPais agrees with the first two letters of the identification.

    Which country goes with Northern Ireland (XI) the document does not say.
    """
    for path, other in _vat_numbers(case):
        letters = country_letters(other)
        if other.country is not None and letters not in (other.country, "XI"):
            yield Breach(at(path, "CodigoPais"), id=other.id, country=other.country)


@rules.family(
    {"1254": "XI", "1255": "GB"},
    message="A VAT number with {letters} is not taken for operations of {day}.",
)
def british_numbers_have_the_letters_of_the_day(case: Case, letters: str) -> Iterator[Breach]:
    """GB until January 2021, XI from then on: both only during that month."""
    if dated(f"vat_prefix.{letters}", case.operation_day) is None:
        for path, other in _vat_numbers(case):
            if other.id.startswith(letters):
                yield Breach(at(path, "ID"), letters=letters, day=case.operation_day)
