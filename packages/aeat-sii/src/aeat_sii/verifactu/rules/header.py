"""Rules on the header of a submission (``Cabecera``); what they find refuses all of it."""

from collections.abc import Iterator

from aeat_sii.verifactu.rules._case import HeaderCase, rule_set, value
from aeat_sii.verifactu.rules._ids import nif_fault
from einvoice_core.findings import Breach, Location, RuleSet
from tax_es.ids import nif

__all__ = ["rules"]

rules: RuleSet[HeaderCase] = rule_set("verifactu-header")


def _at(*steps: str) -> Location:
    return Location("/".join(("/Cabecera", *steps)))


@rules.rule("4116", message="{nif} is not a NIF: {reason}.")
def issuer_nif_has_its_control_character(case: HeaderCase) -> Iterator[Breach]:
    """The NIF of ObligadoEmision is well formed."""
    reason = nif_fault(case.header.issuer.nif)
    if reason:
        yield Breach(_at("ObligadoEmision", "NIF"), nif=case.header.issuer.nif, reason=reason)


@rules.rule("4117", message="{nif} is not a NIF: {reason}.")
def representative_nif_has_its_control_character(case: HeaderCase) -> Iterator[Breach]:
    """The NIF of Representante is well formed."""
    representative = case.header.representative
    reason = nif_fault(representative.nif) if representative else ""
    if representative and reason:
        yield Breach(_at("Representante", "NIF"), nif=representative.nif, reason=reason)


@rules.rule("1282", message="A natural person has a name beside its NIF: add it.")
def natural_persons_have_a_name(case: HeaderCase) -> Iterator[Breach]:
    """NombreRazon is not empty when the NIF of ObligadoEmision is of a natural person."""
    verdict = nif.check(case.header.issuer.nif)
    if verdict.valid and not verdict.is_entity and not case.header.issuer.name.strip():
        yield Breach(_at("ObligadoEmision", "NombreRazon"))


@rules.rule("4120", message="The last day as VERI*FACTU is a 31 December of {years}, not {stated}.")
def last_day_is_the_end_of_a_year(case: HeaderCase) -> Iterator[Breach]:
    """FechaFinVeriFactu is 31 December of this year or of the one before.

    The document asks for 31 December from 2027 on; the code does not name that start, so every day
    is judged in the same way.
    """
    voluntary = case.header.voluntary
    ends_on = voluntary.ends_on if voluntary else None
    years = (case.today.year - 1, case.today.year)
    if ends_on and ((ends_on.month, ends_on.day) != (12, 31) or ends_on.year not in years):
        yield Breach(
            _at("RemisionVoluntaria", "FechaFinVeriFactu"),
            stated=ends_on,
            years=f"{years[0]} or {years[1]}",
        )


@rules.rule("4126", message="A voluntary submission answers no request: leave the reference out.")
def voluntary_submissions_have_no_reference(case: HeaderCase) -> Iterator[Breach]:
    """RefRequerimiento is absent at the service of VERI*FACTU systems."""
    if not case.on_request and case.header.requested:
        yield Breach(_at("RemisionRequerimiento", "RefRequerimiento"))


@rules.rule("4125", message="A submission on request names the request: add its reference.")
def requested_submissions_have_a_reference(case: HeaderCase) -> Iterator[Breach]:
    """RefRequerimiento is present at the service for requests."""
    requested = case.header.requested
    if case.on_request and not (requested and requested.reference.strip()):
        yield Breach(_at("RemisionRequerimiento", "RefRequerimiento"))


@rules.rule("4133", message="The reference {reference!r} is not made of letters and digits.")
def references_are_alphanumeric(case: HeaderCase) -> Iterator[Breach]:
    """RefRequerimiento holds letters and digits only."""
    requested = case.header.requested
    reference = requested.reference.strip() if requested else ""
    if reference and not (reference.isascii() and reference.isalnum()):
        yield Breach(_at("RemisionRequerimiento", "RefRequerimiento"), reference=reference)


@rules.rule("4129", message="A submission on request says whether it is the last one: S or N.")
def requested_submissions_say_whether_they_are_last(case: HeaderCase) -> Iterator[Breach]:
    """FinRequerimiento is present at the service for requests; only the list of codes says so."""
    requested = case.header.requested
    if case.on_request and requested and requested.is_last is None:
        yield Breach(_at("RemisionRequerimiento", "FinRequerimiento"))


@rules.rule("4127", message="A submission on request has no marks of VERI*FACTU: leave them out.")
def requested_submissions_are_not_voluntary(case: HeaderCase) -> Iterator[Breach]:
    """RemisionVoluntaria is absent at the service for requests."""
    if case.on_request and case.header.voluntary:
        yield Breach(_at("RemisionVoluntaria"))


@rules.rule("4114", message="{count} records: a submission carries up to {most}.")
def submissions_are_not_too_large(case: HeaderCase) -> Iterator[Breach]:
    """A submission carries up to 1,000 records."""
    most = value("records_of_a_submission")
    if case.count > most:
        yield Breach(Location("/RegFactuSistemaFacturacion"), count=case.count, most=most)
