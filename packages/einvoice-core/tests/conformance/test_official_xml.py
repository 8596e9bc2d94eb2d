"""The parser reads the official documents; what the binding keeps of them parses again as equal."""

from pathlib import Path
from typing import Annotated

import pytest
from lxml import etree

from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.testing import judges
from einvoice_core.xml.binding import read
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

FOLDERS = [
    "facturae/samples",
    "verifactu/samples",
    "sii/samples",
    "ticketbai/samples",
    "en16931/ubl/examples",
    "en16931/cii/examples",
    "en16931/test/testfiles",
    "peppol/billing/3.0.19/examples",
    "as4/messages/phase4/testfiles",
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_official_documents_are_parsed_and_kept(folder: str) -> None:
    files = [f for f in judges.official(folder).rglob("*") if f.suffix in (".xml", ".xsig")]
    assert files
    for file in files:
        keep(file)


def keep(file: Path) -> None:
    data = file.read_bytes()
    if not readable(data):
        with pytest.raises(XmlRefused):
            parse(data)
        return
    root = parse(data)
    name = etree.QName(root)

    class Whole(Record):
        xml_type = XmlType(name.localname, name.namespace or "")
        kept: Annotated[tuple[RawXml, ...], Xml("*")] = ()

    record = read(root, Whole).record
    assert record is not None
    for raw, child in zip(record.kept, root.iterchildren("*"), strict=True):
        again = parse(raw.encode())
        assert content(again) == content(child), file
        assert exclusive(again) == exclusive(child), file


def exclusive(element: etree._Element) -> bytes:
    return bytes(
        etree.tostring(element, method="c14n", exclusive=True, with_comments=True, with_tail=False)
    )


def content(element: etree._Element) -> list[tuple[object, ...]]:
    """Return all that an element and those inside it say, but for their prefixes."""
    return [
        (node.tag if isinstance(node.tag, str) else "", node.text, sorted(node.items()))
        for node in element.iter()
    ]


def readable(data: bytes) -> bool:
    try:
        etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return False
    return True
