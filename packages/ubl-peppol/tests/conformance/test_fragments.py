"""Parts of documents alone: the official stylesheets judge them, and so do the rules here."""

from collections.abc import Callable

import pytest

from ubl_peppol.testing.artefacts import EN16931_UBL, PEPPOL_BILLING
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
