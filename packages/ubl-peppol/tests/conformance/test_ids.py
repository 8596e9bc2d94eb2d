"""Our rules are those of the official artefacts: the same ids, each with the same severity."""

import pytest
from lxml import etree

import ubl_peppol
from einvoice_core.testing.judges import official
from ubl_peppol.testing.artefacts import EN16931_CII, EN16931_UBL
from ubl_peppol.testing.differential import Artefact
from ubl_peppol.testing.examples import EDGES

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
ATTRIBUTE = "{http://www.w3.org/1999/XSL/Transform}attribute"
ARTEFACTS = (EN16931_UBL, EN16931_CII, *(artefact for artefact, _ in EDGES.values()))
TOTALS = {
    "EN16931-UBL-1.3.16": 979,
    "EN16931-CII-1.3.16": 806,
    "PEPPOL-UBL-3.0.21": 165,
    "PEPPOL-SB-2026.5": 62,
    "T111": 82,
    "T71": 59,
}


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)
def test_the_ids_and_their_severities_are_those_of_the_official_file(artefact: Artefact) -> None:
    flags: dict[str, str] = {}
    stylesheet = etree.parse(str(official(artefact.stylesheet)))
    for entry in stylesheet.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        stated = {a.get("name"): (a.text or "").strip() for a in entry.iter(ATTRIBUTE)}
        rule, flag = stated["id"], stated["flag"]
        assert flags.setdefault(rule, flag) == flag
    assert {rule.id: rule.severity.value for rule in artefact.rules.rules.values()} == flags
    total = ubl_peppol.census()[artefact.name].total
    assert len(flags) == total == TOTALS[artefact.name]
