"""xmlsec1, signxml and the JDK say of each document what we say of its integrity."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree

import facturae_es
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.testing import judges
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.tampering import HARMFUL, HARMLESS, Attacker, tamper
from facturae_es.model import Facturae

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
OURS = ThrowawayAuthority(keys="ec", clock=lambda: NOW)
THEIRS = ThrowawayAuthority("AC DE OTROS", keys="ec", clock=lambda: NOW)
SIGNERS = {
    kind: OURS.issue("12345678Z", "Inventada Pérez", key=new_key(kind)) for kind in ("rsa", "ec")
}

Judge = Callable[[Sequence[bytes]], list[bool]]
"""Says of each document whether its signature holds."""


def our_verdict(document: bytes, *, allow_sha1: bool = False) -> bool:
    """What XML signatures alone say: policy, role, place and trust are other questions."""
    report = facturae_es.examine_signature(document, allow_sha1=allow_sha1, clock=lambda: NOW)
    asked = (CheckName.STRUCTURE, CheckName.DUPLICATE_IDS, CheckName.ALGORITHMS)
    broken = any(report.outcome(name) is Outcome.FAILED for name in asked)
    return report.outcome(CheckName.INTEGRITY) is Outcome.PASSED and not broken


def files_of(documents: Sequence[bytes], folder: Path) -> list[str]:
    names = []
    for number, document in enumerate(documents):
        path = folder / f"{number}.xml"
        path.write_bytes(document)
        names.append(str(path))
    return names


@pytest.fixture(scope="session")
def java_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    source = Path(__file__).parent / "java" / "JdkJudge.java"
    subprocess.run([judges.program("javac"), "-d", str(folder), str(source)], check=True)
    return folder


@pytest.fixture(params=["xmlsec1", "signxml", "jdk"])
def judge(
    request: pytest.FixtureRequest, tmp_path: Path, java_classes: Path
) -> tuple[str, Callable[..., list[bool]]]:
    def xmlsec1(documents: Sequence[bytes], *, old: bool = False) -> list[bool]:
        key = ["--insecure"] if old else []
        for number, authority in enumerate(() if old else (OURS, THEIRS)):
            root = tmp_path / f"root-{number}.pem"
            root.write_bytes(authority.pem)
            key += ["--trusted-pem", str(root)]
        ids = [f"{XADES}:SignedProperties", f"{DS}:KeyInfo"]
        ids += ["http://uri.etsi.org/01903/v1.2.2#:SignedProperties"] if old else []
        command = [judges.program("xmlsec1"), "--verify", "--enabled-key-data", "x509", *key]
        command += ["--verification-time", "2026-07-01 09:00:00"]
        command += [part for name in ids for part in ("--id-attr:Id", name)]
        return [
            subprocess.run([*command, name], capture_output=True, check=False).returncode == 0
            for name in files_of(documents, tmp_path)
        ]

    def signxml(documents: Sequence[bytes], *, old: bool = False) -> list[bool]:
        return [_signxml_holds(document, old=old) for document in documents]

    def jdk(documents: Sequence[bytes], *, old: bool = False) -> list[bool]:
        command = [judges.program("java"), "-cp", str(java_classes), "JdkJudge"]
        command += (["--old"] if old else []) + files_of(documents, tmp_path)
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        verdicts = run.stdout.splitlines()
        assert len(verdicts) == len(documents)
        return [verdict == "holds" for verdict in verdicts]

    return request.param, {"xmlsec1": xmlsec1, "signxml": signxml, "jdk": jdk}[request.param]


def _signxml_holds(document: bytes, *, old: bool) -> bool:
    signxml = pytest.importorskip("signxml")
    try:
        found = etree.fromstring(document).findtext(f".//{{{DS}}}X509Certificate") or ""
        certificate = x509.load_der_x509_certificate(b64decode(found))
        options: dict[str, object] = {"expect_references": 3}
        if old:
            options["signature_methods"] = frozenset(signxml.SignatureMethod)
            options["digest_algorithms"] = frozenset(signxml.DigestAlgorithm)
            # The certificates have expired since, which is another question.
            options["verification_time"] = certificate.not_valid_before_utc + timedelta(days=1)
        config = signxml.SignatureConfiguration(**options)
        signxml.XMLVerifier().verify(document, x509_cert=certificate, expect_config=config)
    except (ValueError, TypeError, signxml.exceptions.SignXMLException, etree.LxmlError):
        return False
    return True


SAMPLES = {
    "face-factura-prueba-v1-2-0-sha256.xsig": True,
    "fawno-factura-prueba-v1-2-0.xsig": True,
    "phive-3.0-factura2_ejemplo30.xml": True,
    "phive-3.1-factura_ejemplo_31.xml": True,
    "gobl-credit-note.xml": False,
    "gobl-invoice-face.xml": False,
    "gobl-invoice-vat-irpf.xml": False,
    "gobl-invoice-vat.xml": False,
}


def test_the_official_samples(judge: tuple[str, Callable[..., list[bool]]]) -> None:
    name, ask = judge
    folder = judges.official("facturae/samples")
    documents = [(folder / sample).read_bytes() for sample in SAMPLES]
    expected = list(SAMPLES.values())
    assert [our_verdict(document, allow_sha1=True) for document in documents] == expected
    assert ask(documents, old=True) == expected, name


@pytest.fixture(scope="module")
def tampered(rich: Facturae) -> list[tuple[str, bytes]]:
    """Documents of every kind and key, with what was done to them."""
    made: list[tuple[str, bytes]] = []
    xml = facturae_es.write(rich, indent=True)
    for kind, signer in SIGNERS.items():
        for hash_name in ("sha256", "sha384", "sha512"):
            signed = facturae_es.sign(xml, signer, hash_name=hash_name, clock=lambda: NOW)
            made.append((f"nothing ({kind} {hash_name})", signed))
        other = THEIRS.issue("12345678Z", "Inventada Pérez")
        twin = OURS.issue("12345678Z", "Inventada Pérez", key=signer.key).certificate
        attacker = Attacker(other, twin, lambda x, c: facturae_es.sign(x, c, clock=lambda: NOW))
        for changes in (HARMFUL, HARMLESS):
            made += [
                (change.kind, change.document)
                for change in tamper(signed, attacker, changes, count=len(changes), seed=7)
            ]
    return made


# Where we refuse what a judge accepts, and why.
STRICTER = {
    "properties doubled": "the JDK knows nothing of XAdES and takes the second properties",
    "value that is no base64": "the JDK skips characters that are not Base64",
}


def test_tampered_documents(
    judge: tuple[str, Callable[..., list[bool]]], tampered: list[tuple[str, bytes]]
) -> None:
    name, ask = judge
    ours = [our_verdict(document) for _, document in tampered]
    theirs = ask([document for _, document in tampered])
    differ: dict[str, Counter[str]] = {}
    for (kind, _), mine, other in zip(tampered, ours, theirs, strict=True):
        if mine != other and not (kind in STRICTER and name == "jdk" and not mine):
            differ.setdefault(kind, Counter())[f"ours {mine}, {name} {other}"] += 1
    print(f"{len(ours)} verdicts, {sum(ours)} hold for us, {sum(theirs)} for {name}")
    assert {kind: dict(counts) for kind, counts in differ.items()} == {}
