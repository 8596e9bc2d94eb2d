"""Invoices of IGIC are valid against the schemas of the Canary tax agency, and come back."""

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.errors import BatchError
from aeat_sii.sii import Authority, Book, build, prepare, read_submission, validate
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW
from aeat_sii.testing.sii_strategies import igic_submissions_of
from einvoice_core.testing.judges import official
from einvoice_core.xml.parsing import parse


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(official(f"sii/atc-igic/{name}"))))


def body_of(message: bytes) -> etree._Element:
    (body,) = parse(message).iterfind("{*}Body/*")
    return etree.fromstring(etree.tostring(body))


@pytest.mark.parametrize("book", [Book.ISSUED, Book.RECEIVED])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_submission_is_valid_and_is_read_back(book: Book, data: st.DataObject) -> None:
    submission = data.draw(igic_submissions_of(book))

    message = build(submission, Authority.CANARIAS)

    schema("SuministroLR.xsd").assertValid(body_of(message))
    assert read_submission(message) == submission


@pytest.mark.parametrize(
    ("record", "authority"),
    [
        (examples.issued(), Authority.CANARIAS),
        (examples.received(), Authority.CANARIAS),
        (examples.igic_issued(), Authority.AEAT),
        (examples.igic_issued(), Authority.BIZKAIA),
        (examples.igic_received(), Authority.AEAT),
    ],
)
def test_invoices_go_to_the_authority_of_their_tax(record: Any, authority: Authority) -> None:
    with pytest.raises(BatchError, match="IGIC"):
        prepare([record], examples.TITULAR, authority=authority)


def test_the_rules_of_the_agency_are_not_run_on_invoices_of_igic() -> None:
    report = validate(examples.igic_issued(), examples.TITULAR, now=NOW)

    assert report.findings == ()
    assert report.layers_run == ()
    assert set(report.layers_skipped) == {"sii"}
