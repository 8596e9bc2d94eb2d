from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import facturae_es
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.testing import documents

any_document = st.sampled_from(Version).flatmap(documents)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_document)
def test_reading_what_was_written_is_the_identity(document: Facturae) -> None:
    xml = facturae_es.write(document)
    examined = facturae_es.examine(xml)
    assert examined.report.findings == ()
    assert examined.document == document
    assert facturae_es.write(facturae_es.read(xml)) == xml
