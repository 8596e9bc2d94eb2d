"""Answers of OASIS SMP 2.0: those that were recorded, and ours before the schemas and xmlsec1."""

import subprocess
from pathlib import Path

import pytest
from lxml import etree

from as4_peppol.peppol import smp2
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.smp import MetadataRefusedError
from as4_peppol.security.keys import LocalIdentity
from as4_peppol.testing import INVOICE, RECIPIENT, Pair
from as4_peppol.testing.publisher import Publisher
from einvoice_core.signing import xmldsig
from einvoice_core.testing.judges import official, program

_SMP = "http://docs.oasis-open.org/bdxr/ns/SMP/2/"
_SMB = f"{{{_SMP}BasicComponents}}"


@pytest.fixture
def publisher(pair: Pair) -> Publisher:
    made = Publisher(pair.pki, pair.receiver.certificate, "https://smp.example.test")
    made.publish_2(RECIPIENT)
    made.group_2(RECIPIENT, INVOICE)
    return made


def schema() -> etree.XMLSchema:
    """The schemas of both documents, with the modules that they name without a place."""
    parts = (
        (
            "urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2",
            official("ubl/2.5-CS01/deps/CCTS_CCT_SchemaModule.xsd"),
        ),
        ("http://www.w3.org/2000/09/xmldsig#", official("as4/xsd/w3c/xmldsig-core-schema.xsd")),
        *(
            (f"{_SMP}{name}", official(f"as4/xsd/smp-bdxr-2.0/{name}-2.0.xsd"))
            for name in ("ServiceMetadata", "ServiceGroup")
        ),
    )
    lines = "".join(
        f'<xs:import namespace="{space}" schemaLocation="{path.as_uri()}"/>'
        for space, path in parts
    )
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{lines}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True)))


def test_our_answers_are_valid(publisher: Publisher) -> None:
    for address, answer in publisher.answers.items():
        root = etree.fromstring(answer().read())
        judge = schema()
        judge.validate(root)
        assert not list(judge.error_log), address  # type: ignore[call-overload]
    assert len(publisher.answers) == 2


def test_another_verifier_accepts_our_signature(publisher: Publisher, tmp_path: Path) -> None:
    (data,) = [
        answer().read()
        for known, answer in publisher.answers.items()
        if known.endswith(f"/services/{INVOICE}")
    ]
    path = tmp_path / "answer.xml"
    path.write_bytes(data)
    command = [program("xmlsec1"), "--verify", "--insecure", "--enabled-key-data", "x509,rsa"]
    done = subprocess.run([*command, str(path)], capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["servicemetadata2-unsigned.xml", "servicemetadata3-unsigned.xml"])
def test_recorded_metadata_are_read_once_they_are_signed(pair: Pair, name: str) -> None:
    data = (official("as4/smp/bdxr2") / name).read_bytes()
    root = etree.fromstring(data)
    participant, kind = (root.find(f"{_SMB}{part}") for part in ("ParticipantID", "ID"))
    assert participant is not None
    assert kind is not None
    who = ParticipantId(participant.get("schemeID", ""), participant.text or "")
    what = DocumentTypeId(kind.get("schemeID", ""), kind.text or "")
    with pytest.raises(MetadataRefusedError, match="0 signatures"):
        smp2.read_metadata(data, who, what, lambda certificate: None)
    signed = xmldsig.sign(data, LocalIdentity(pair.pki.metadata_publisher()))
    if ":" in who.scheme:
        # A participant of ebCore; Peppol knows none, and its identifiers have no such scheme.
        with pytest.raises(MetadataRefusedError):
            smp2.read_metadata(signed, who, what, lambda certificate: None)
        return
    found = smp2.read_metadata(signed, who, what, lambda certificate: None)
    names = [f"test:poc:0{number}" for number in (1, 2)]
    assert [p.id for p in found.processes] == [
        ProcessId.parse(f"cenbii-procid-ubl::{n}") for n in names
    ]
    assert found.processes[0].endpoints[0].address == "https://bpc-as4.bdxhub.com"
    # What stands in place of a certificate there is none.
    assert found.processes[0].endpoints[0].certificate is None
