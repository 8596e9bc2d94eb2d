"""The sandbox of FACe judges with the official schema when it is given one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from einvoice_core.certificates import TrustStore
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.judges import official
from einvoice_core.xml.schema import SchemaSet
from facturae_es import sign
from facturae_es.face.sandbox.documents import Judge

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
VERSIONS = ("3.2", "3.2.1", "3.2.2")


@pytest.fixture(scope="module")
def judge() -> Judge:
    authority = ThrowawayAuthority(clock=lambda: NOW)
    schemas = {v: SchemaSet.load(official(f"facturae/drivers/facturae-{v}.xsd")) for v in VERSIONS}
    return Judge(TrustStore((authority.root,), (authority.intermediate,)), schemas)


SAMPLES = {
    "3.2": "nfacturae-sample_32.xml",
    "3.2.1": "omeuid-3.2.1-valid.xml",
    "3.2.2": "omeuid-3.2.2-valid.xml",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sample_that_is_signed_is_taken(version: str) -> None:
    authority = ThrowawayAuthority(clock=lambda: NOW)
    schema = SchemaSet.load(official(f"facturae/drivers/facturae-{version}.xsd"))
    trust = TrustStore((authority.root,), (authority.intermediate,))
    xml = official(f"facturae/samples/{SAMPLES[version]}").read_bytes()
    signed = sign(xml, authority.issue("12345678Z"), clock=lambda: NOW)

    document, reasons = Judge(trust, {version: schema}).judge(signed, NOW)

    assert reasons == []
    assert document is not None
    assert document.signer[0] == "12345678Z"


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<InvoiceClass>OO<", b"<InvoiceClass>XX<"),
        lambda xml: xml.replace(b"<IssueDate>", b"<IssueDate>31-").replace(
            b"<Modality>", b"<Modality>"
        ),
        lambda xml: xml.replace(b"<SchemaVersion>", b"<Extra/><SchemaVersion>"),
    ],
)
def test_what_only_the_schema_knows_is_refused(judge: Judge, change: Change) -> None:
    xml = official("facturae/samples/omeuid-3.2.2-valid.xml").read_bytes()
    changed = change(xml)
    assert changed != xml

    document, reasons = judge.judge(changed, NOW)

    assert document is None
    assert "esquema (línea" in reasons[0]


def test_the_sample_with_a_wrong_schema_is_refused(judge: Judge) -> None:
    xml = official("facturae/samples/omeuid-3.2.2-esquema-invalido.xml").read_bytes()
    assert judge.judge(xml, NOW)[0] is None
