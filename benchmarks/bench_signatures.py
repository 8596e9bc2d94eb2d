"""Time of a Facturae signature beside the raw RSA operation, signxml and xsdata.

Run it with ``python benchmarks/bench_signatures.py``. The peers get their key loaded, as we do;
where ``EINVOICE_OFFICIAL`` names the official schema, xsdata generates classes from it and writes
the same invoice. A figure is the best of several runs in this process.
"""

import dataclasses
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench_facturae import best, build, xsdata_classes
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

import facturae_es as facturae
from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.xml.parsing import parse

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


def signxml_pair(
    credential: Credential,
) -> tuple[Callable[[bytes], bytes], Callable[[bytes], object]] | None:
    """Return functions that sign and verify under the same policy with signxml, or ``None``."""
    try:
        import signxml
        from signxml.xades import (
            XAdESDataObjectFormat,
            XAdESSignaturePolicy,
            XAdESSigner,
            XAdESVerifier,
        )
    except ImportError:
        return None
    known = facturae.signing.POLICY
    policy = XAdESSignaturePolicy(
        Identifier=known.identifier,
        Description=known.description,
        DigestMethod=signxml.DigestAlgorithm.SHA256,
        DigestValue=list(known.digests.values())[1],
    )
    inclusive = signxml.CanonicalizationMethod.CANONICAL_XML_1_0
    signer = XAdESSigner(
        signature_policy=policy,
        claimed_roles=["emisor"],
        data_object_format=XAdESDataObjectFormat(MimeType="text/xml"),
        c14n_algorithm=inclusive,
    )
    certificates = [credential.certificate, *credential.chain]

    def sign(xml: bytes) -> bytes:
        signed = signer.sign(etree.fromstring(xml), key=credential.key, cert=certificates)
        return bytes(etree.tostring(signed))

    def verify(signed: bytes) -> object:
        return XAdESVerifier().verify(signed, x509_cert=credential.certificate, expect_references=3)

    return sign, verify


def rebuild(value: object) -> object:
    """Make the objects of a tree anew, which is the least that somebody does who builds one."""
    if isinstance(value, list):
        return [rebuild(each) for each in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = [field.name for field in dataclasses.fields(value) if field.init]
    return type(value)(**{name: rebuild(getattr(value, name)) for name in fields})


def show(name: str, ours: float, peer: float | None = None, who: str = "") -> None:
    """Print a line of the table."""
    ratio = "" if peer is None else f"{peer:9.2f} ms {peer / ours:6.1f} x  {who}"
    print(f"  {name:<34}{ours:9.2f} ms {ratio}")


def measure(count: int, credential: Credential, raw: float, classes: Any) -> None:  # noqa: ANN401 - a generated module
    """Print the table for an invoice with that many lines."""
    document = build(count)
    xml = facturae.write(document)

    def sign(data: bytes) -> bytes:
        return facturae.sign(data, credential, clock=lambda: NOW)

    signed = sign(xml)
    trust = TrustStore((credential.chain[-1],))
    peer = signxml_pair(credential)
    peer_sign = None if peer is None else best(lambda: peer[0](xml))
    peer_signed = None if peer is None else peer[0](xml)
    peer_both = None
    if classes is not None and peer_sign is not None:
        from xsdata.formats.dataclass.parsers import XmlParser
        from xsdata.formats.dataclass.serializers import XmlSerializer

        tree = XmlParser().from_bytes(xml, classes.Facturae)
        serializer = XmlSerializer()
        peer_both = best(lambda: serializer.render(rebuild(tree))) + peer_sign
    own_sign = best(lambda: sign(xml))
    whole = best(lambda: sign(facturae.write(build(count))))
    print(f"{count} lines, {len(xml) // 1024} kB")
    show("parse (the floor)", best(lambda: parse(xml)))
    show("sign", own_sign, peer_sign, "signxml")
    show("  beyond the raw RSA operation", own_sign - raw)
    show("build, write and sign", whole, peer_both, "xsdata + signxml")
    show("  beyond the raw RSA operation", whole - raw)
    peer_verify = None
    if peer is not None and peer_signed is not None:
        peer_verify = best(lambda: peer[1](peer_signed))
    own_verify = best(lambda: facturae.verify(signed, clock=lambda: NOW))
    show("verify", own_verify, peer_verify, "signxml")
    show("verify with trusted roots", best(lambda: facturae.verify(signed, trust=trust)))


def main() -> None:
    """Print the tables for 10 and for 1,000 lines."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    # signxml looks at the clock of the machine, so the certificate is one of today.
    authority = ThrowawayAuthority(clock=lambda: max(NOW, datetime.now(UTC)))
    credential = authority.issue(
        "12345678Z", "Inventada Pérez", key=key, valid_from=datetime(2026, 1, 1, tzinfo=UTC)
    )
    raw = best(lambda: key.sign(b"", padding.PKCS1v15(), hashes.SHA256()))
    print(f"raw RSA-2048 operation: {raw:.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        classes = xsdata_classes(folder)
        for count in (10, 1_000):
            measure(count, credential, raw, classes)


if __name__ == "__main__":
    main()
