"""EU DSS verifies our signatures, and we verify its.

The library comes from Maven: the session ``interop_java`` of nox runs this folder. Without Maven,
or when it finds neither the library nor a way to fetch it, these tests skip and say so.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import facturae_es
from einvoice_core.certificates import Credential, TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.errors import SignatureRefused
from einvoice_core.signing.report import CheckName
from einvoice_core.testing import judges
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.tampering import HARMFUL, Attacker, tamper
from einvoice_core.testing.timestamper import OpensslTimestamper
from facturae_es.model import Facturae
from facturae_es.signing import POLICY, PROFILE

HERE = Path(__file__).parent
AUTHORITY = ThrowawayAuthority()
NOW = datetime.now(UTC).replace(microsecond=0)
SIGNERS = {
    kind: AUTHORITY.issue("12345678Z", "Inventada Pérez", key=new_key(kind))
    for kind in ("rsa", "ec")
}
Judge = Callable[..., list[dict[str, str]]]


@pytest.fixture(scope="session")
def dss(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run the program in ``java/`` with EU DSS on its class path."""
    folder = tmp_path_factory.mktemp("dss")
    listing = folder / "classpath"
    command = [judges.program("mvn"), "-B", "-q", "-f", str(HERE / "pom.xml")]
    command += ["dependency:build-classpath", f"-Dmdep.outputFile={listing}"]
    # What was fetched once is enough; only then is the network asked.
    for offline in (["-o"], []):
        if subprocess.run([*command, *offline], capture_output=True, check=False).returncode == 0:
            break
    else:
        reason = "Maven cannot fetch EU DSS"
        if os.environ.get("EINVOICE_JUDGES") == "required":
            pytest.fail(f"a required judge is missing: {reason}")
        pytest.skip(reason)
    classpath = f"{listing.read_text().strip()}{os.pathsep}{folder}"
    source = HERE / "java" / "DssJudge.java"
    compiler = [judges.program("javac"), "-cp", classpath, "-d", str(folder), str(source)]
    subprocess.run(compiler, check=True)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [judges.program("java"), "-cp", classpath, "DssJudge", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def verdicts(dss: Callable[..., str], tmp_path: Path) -> Judge:
    def ask(*documents: bytes, at: datetime = NOW) -> list[dict[str, str]]:
        root = tmp_path / "root.pem"
        root.write_bytes(AUTHORITY.pem)
        files = []
        for number, document in enumerate(documents):
            path = tmp_path / f"{number}.xml"
            path.write_bytes(document)
            files.append(str(path))
        output = dss("verify", str(root), str(int(at.timestamp() * 1000)), *files)
        lines = output.splitlines()
        assert len(lines) == len(documents)
        return [dict(re.findall(r"(\w+)=(\S+)", line)) for line in lines]

    return ask


@pytest.fixture(scope="module")
def xml(rich: Facturae) -> bytes:
    return facturae_es.write(rich, indent=True)


def sign(xml: bytes, credential: Credential) -> bytes:
    return facturae_es.sign(xml, credential, clock=lambda: NOW)


def test_dss_accepts_our_signatures(verdicts: Judge, xml: bytes) -> None:
    documents = [
        facturae_es.sign(xml, signer, hash_name=hash_name, clock=lambda: NOW)  # type: ignore[arg-type]  # a parameter
        for signer in SIGNERS.values()
        for hash_name in ("sha256", "sha384", "sha512")
    ]
    for facts in verdicts(*documents):
        assert facts == {
            "signatures": "1",
            "format": "XAdES-BASELINE-B",
            "intact": "true",
            "valid": "true",
            "bound": "true",
            "trusted": "true",
            "policy": POLICY.identifier,
            "roles": "1",
            "countersigns": "false",
        }


def test_dss_accepts_our_timestamps(verdicts: Judge, xml: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "tsa"
    folder.mkdir()
    tsa = OpensslTimestamper(folder, AUTHORITY.issue_timestamper())
    signed = facturae_es.sign(xml, SIGNERS["rsa"], timestamps=tsa)
    (facts,) = verdicts(signed, at=datetime.now(UTC) + timedelta(minutes=1))
    assert facts["format"] == "XAdES-BASELINE-T"
    assert (facts["valid"], facts["timestamp"]) == ("true", "true")


def test_dss_reads_our_countersignatures(verdicts: Judge, xml: bytes) -> None:
    from dataclasses import replace

    profile = replace(PROFILE, policy=None, roles=(), default_role="")
    signed = xades.countersign(sign(xml, SIGNERS["rsa"]), SIGNERS["ec"], profile, clock=lambda: NOW)
    (facts,) = verdicts(signed)
    assert facts["signatures"] == "2"
    assert (facts["intact"], facts["valid"], facts["countersigns"]) == ("true", "true", "true")


def test_dss_refuses_what_we_refuse(verdicts: Judge, xml: bytes) -> None:
    signer = SIGNERS["ec"]
    twin = AUTHORITY.issue("12345678Z", "Inventada Pérez", key=signer.key).certificate
    other = ThrowawayAuthority(keys="ec").issue("12345678Z", "Inventada Pérez")
    attacker = Attacker(other, twin, sign)
    changes = list(tamper(sign(xml, signer), attacker, HARMFUL, count=len(HARMFUL), seed=11))
    accepted = []
    for change, facts in zip(
        changes, verdicts(*(change.document for change in changes)), strict=True
    ):
        good = ("valid", "bound", "trusted")
        if facts.get("signatures") == "1" and all(facts.get(name) == "true" for name in good):
            accepted.append(change.kind)
    # DSS does not mind where a signature stands.
    assert set(accepted) <= {"signature moved"}


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("hash_name", ["SHA256", "SHA512"])
def test_we_accept_the_signatures_of_dss(
    dss: Callable[..., str], xml: bytes, tmp_path: Path, kind: str, hash_name: str
) -> None:
    signer = SIGNERS[kind]
    signed = dss_signs(dss, xml, tmp_path, signer, hash_name, "enveloped")
    verified = facturae_es.verify(signed, trust=TrustStore((AUTHORITY.root,)))
    assert verified.certificate == signer.certificate
    assert verified.roles == ("emisor",)
    assert verified.signed_at == NOW
    with pytest.raises(SignatureRefused):
        facturae_es.verify(signed.replace(b"2026", b"2025", 1))


def test_the_transform_that_dss_prefers_is_refused_by_name(
    dss: Callable[..., str], xml: bytes, tmp_path: Path
) -> None:
    """It takes every signature out of the document, and so leaves room for forgery."""
    signed = dss_signs(dss, xml, tmp_path, SIGNERS["rsa"], "SHA256", "usual")
    report = facturae_es.examine_signature(signed)
    assert [check.name for check in report.failed] == [CheckName.ALGORITHMS]
    assert "xmldsig-filter2" in report.failed[0].reason


def dss_signs(
    dss: Callable[..., str],
    xml: bytes,
    folder: Path,
    signer: Credential,
    hash_name: str,
    form: str,
) -> bytes:
    document, result, key = (folder / name for name in ("in.xml", "out.xml", "key.p12"))
    document.write_bytes(xml)
    key.write_bytes(signer.to_pkcs12(b"secret"))
    digest = next(iter(POLICY.digests.values()))
    asked = [str(key), "secret", POLICY.identifier, digest, "emisor"]
    asked += [str(int(NOW.timestamp() * 1000)), hash_name, form]
    dss("sign", str(document), str(result), *asked)
    return result.read_bytes()
