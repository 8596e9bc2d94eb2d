"""zeep, with the official WSDLs of SII, reads our messages of every book and writes them alike."""

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.sandbox.sii.tables import grammar
from aeat_sii.sii import Book, build, prepare
from aeat_sii.sii.books import BOOKS, Service
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.sii_strategies import submissions_of
from einvoice_core.testing.judges import module, official
from einvoice_core.xml.parsing import parse

zeep = module("zeep")

WSDLS = {
    Service.ISSUED: "SuministroFactEmitidas",
    Service.RECEIVED: "SuministroFactRecibidas",
    Service.INVESTMENT_GOODS: "SuministroBienesInversion",
    Service.INTRA_COMMUNITY: "SuministroOpIntracomunitarias",
    Service.YEARLY: "SuministroOpTrascendTribu",
    Service.COLLECTIONS: "SuministroCobrosEmitidas",
    Service.PAYMENTS: "SuministroPagosRecibidas",
    Service.CONSIGNMENT: "SuministroVentaBienesConsigna",
    Service.PROPERTIES: "SuministroInmueblesAdicionales",
}
MESSAGES = [
    (book, cancels)
    for book, layout in BOOKS.items()
    for cancels in (False, True)
    if not cancels or layout.cancellation
]


@cache
def client_of(wsdl: str, transport: Any) -> Any:
    return zeep.Client(str(official(f"sii/aeat-v1.1/{wsdl}.wsdl")), transport=transport())


TEXTS = {
    element.name
    for type_name in grammar().types
    for element in grammar().elements(type_name)
    if not grammar().elements(element.type)
}


def fill(message: etree._Element) -> None:
    """Put something into texts of nothing or of blanks, which zeep takes for missing ones."""
    for element in message.iter("*"):
        if etree.QName(element).localname in TEXTS and not (element.text or "").strip():
            element.text = "X"


def plain(element: etree._Element) -> Any:
    """Return names, texts and children, without prefixes and the blanks between elements."""
    children = [plain(child) for child in element.iterchildren("*")]
    return element.tag, children or (element.text or "").strip()


@pytest.mark.parametrize(
    ("book", "cancels"), MESSAGES, ids=[f"{book}{'-cancelled' * c}" for book, c in MESSAGES]
)
@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_our_message_is_read_and_written_alike(
    zeep_transport: Any, book: Book, cancels: bool, data: st.DataObject
) -> None:
    submission = data.draw(submissions_of(book, cancels=cancels))
    client = client_of(WSDLS[BOOKS[book].service], zeep_transport)
    (ours,) = parse(build(submission)).iterfind("{*}Body/*")
    fill(ours)
    # A part with nothing in it is allowed by the schema, but zeep takes it for a missing one.
    assume(all(len(each) or (each.text or "").strip() for each in ours.iter("*")))
    element = client.get_element(ours.tag)

    value = element.parse(ours, client.wsdl.types, allow_none=True)
    parent = etree.Element("parent")
    element.render(parent, value)

    (theirs,) = parent
    assert plain(theirs) == plain(ours)


def test_a_message_that_is_not_of_the_schema_is_not_read_alike(zeep_transport: Any) -> None:
    """The comparison can fail: what the types do not have is lost on the way."""
    body = build(prepare([examples.issued()], examples.TITULAR))
    (ours,) = parse(body).iterfind("{*}Body/*")
    client = client_of(WSDLS[Service.ISSUED], zeep_transport)
    element = client.get_element(ours.tag)
    ours[0].append(etree.Element("{urn:other}Otro"))

    with pytest.raises(zeep.exceptions.XMLParseError):
        element.parse(ours, client.wsdl.types)
