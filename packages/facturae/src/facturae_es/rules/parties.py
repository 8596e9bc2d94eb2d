"""Checks of who takes part."""

from __future__ import annotations

from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet
from facturae_es.codes import ResidenceType
from facturae_es.model import TaxIdentification
from facturae_es.reader import Examined
from tax_es.ids import nif

__all__ = ["parties"]

parties: RuleSet[Examined] = RuleSet(
    "Real Decreto 1065/2007, art. 19 and 22, and Orden EHA/451/2008: composition of the NIF",
    "rules",
)


def _identifications(examined: Examined) -> Iterator[tuple[str, TaxIdentification]]:
    document = examined.document
    if document is None:
        return
    yield "parties.seller.tax_identification", document.parties.seller.tax_identification
    yield "parties.buyer.tax_identification", document.parties.buyer.tax_identification
    header = document.file_header
    if header.third_party:
        yield "file_header.third_party.tax_identification", header.third_party.tax_identification
    if header.factoring:
        yield (
            "file_header.factoring.assignee.tax_identification",
            header.factoring.assignee.tax_identification,
        )


@parties.rule(
    "FACTURAE-030",
    message="The NIF {nif} is not one that Spain issues: {reason}.",
)
def residents_have_a_valid_nif(examined: Examined) -> Iterator[Breach]:
    """The number of a resident in Spain has the form and control character of a NIF."""
    for path, identification in _identifications(examined):
        if identification.residence_type is not ResidenceType.SPAIN:
            continue
        checked = nif.check(identification.nif)
        if not checked.valid:
            yield Breach(examined.at(f"{path}.nif"), nif=identification.nif, reason=checked.reason)
