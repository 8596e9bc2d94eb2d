"""xmlsec1 digests parts of documents as we do, in every canonical form."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from einvoice_core.signing import xmldsig
from einvoice_core.signing.xmldsig import C14n, Reference
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.documents import documents
from einvoice_core.xml.parsing import parse

AUTHORITY = ThrowawayAuthority(keys="ec")
CREDENTIAL = AUTHORITY.issue("99999972C")


@pytest.mark.parametrize("form", C14n)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=documents(max_depth=3))
def test_parts_of_documents(form: C14n, xmlsec1: Callable[..., str], text: str) -> None:
    # libxml2 drops an empty base that Canonical XML 1.1 keeps (section 2.4: nothing to join).
    text = text.replace(' n="', ' Id="n').replace(' xml:base=""', "")
    elements = list(parse(text.encode()).iter("*"))
    if len(elements) == 1:
        return
    references = [
        Reference(f"#{element.get('Id')}", (xmldsig.ENVELOPED, form)) for element in elements[:60]
    ]
    signed = xmldsig.sign(text.encode(), CREDENTIAL, references=references, canonical_form=form)

    names = {etree.QName(element) for element in elements}
    ids = [
        f"{name.namespace}:{name.localname}" if name.namespace else name.localname for name in names
    ]
    assert xmlsec1(signed, AUTHORITY, *ids) == ""
    assert xmldsig.verify(signed).report.ok
