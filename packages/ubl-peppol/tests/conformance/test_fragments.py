"""Parts of documents alone: the official stylesheets judge them, and so do the rules here."""

from collections.abc import Callable

import pytest

from einvoice_core.testing.judges import official
from ubl_peppol import cii
from ubl_peppol.syntax import CBC
from ubl_peppol.syntax_cii import CII_NAMESPACES
from ubl_peppol.testing import full_invoice
from ubl_peppol.testing.artefacts import EN16931_CII, EN16931_UBL, PEPPOL_BILLING
from ubl_peppol.testing.differential import Artefact, compare
from ubl_peppol.testing.evidence import record
from ubl_peppol.testing.fragments import fragments
from ubl_peppol.testing.official import Official

SEED = 20261
ARTEFACTS = (EN16931_UBL, PEPPOL_BILLING)


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)
def test_fragments_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Callable[[str], Official]
) -> None:
    documents = list(fragments(examples.values(), SEED))
    outcome = compare(artefact, "fragments", documents, stylesheet(artefact.stylesheet))
    print(outcome)
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == len(documents) > 500
    assert outcome.finished >= outcome.documents * 0.9
    assert len(outcome.fired) > 10


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)
def test_basic_elements_fire_what_the_official_artefact_fires(
    artefact: Artefact, examples: dict[str, bytes], stylesheet: Callable[[str], Official]
) -> None:
    documents = list(fragments(examples.values(), SEED, names=(f"{{{CBC}}}*",)))
    outcome = compare(artefact, "basic elements", documents, stylesheet(artefact.stylesheet))
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == len(documents) > 200
    assert outcome.finished >= outcome.documents * 0.9
    assert outcome.fired


def test_fragments_of_cii_fire_what_the_official_artefact_fires(
    stylesheet: Callable[[str], Official],
) -> None:
    paths = sorted(official("en16931/cii/examples").rglob("*.xml"))
    wholes = [cii.write(full_invoice()), *(path.read_bytes() for path in paths)]
    names = [f"{{{uri}}}*" for uri in CII_NAMESPACES.values()]
    documents = list(fragments(wholes, SEED, names=names))
    outcome = compare(EN16931_CII, "fragments", documents, stylesheet(EN16931_CII.stylesheet))
    record(outcome)
    assert outcome.different == {}
    assert outcome.documents == len(documents) > 500
    assert outcome.finished >= outcome.documents * 0.9
    assert len(outcome.fired) > 10
