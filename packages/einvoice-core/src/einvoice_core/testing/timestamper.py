"""A real timestamp authority on this machine: ``openssl ts``, with a throwaway certificate."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from einvoice_core.certificates import Credential
from einvoice_core.signing.algorithms import DigestAlgorithm
from einvoice_core.signing.timestamp import Token, read_response, request
from einvoice_core.testing.judges import program

__all__ = ["POLICY", "OpensslTimestamper"]

POLICY = "1.3.6.1.4.1.99999.1"
"""The policy of its timestamps; nobody else's."""

_CONFIGURATION = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/certificate.pem
certs = {folder}/chain.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = {policy}
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {binding}
"""
_TIMEOUT_S = 60


class OpensslTimestamper:
    """Answers requests by starting openssl; it is a :class:`TimestampClient` too.

    Args:
        folder: Where its files lie; the key is in the clear, so take a temporary one.
        credential: From :meth:`ThrowawayAuthority.issue_timestamper`.
        binding: Digest that names its certificate: ``sha1`` gives the older attribute.
    """

    def __init__(self, folder: Path, credential: Credential, binding: str = "sha256") -> None:
        self._program = program("openssl")
        self._folder = folder
        password = b"throwaway"
        (folder / "key.pem").write_bytes(credential.to_pem(password))
        self._password = password.decode()
        pem = Encoding.PEM
        (folder / "certificate.pem").write_bytes(credential.certificate.public_bytes(pem))
        chain = b"".join(above.public_bytes(pem) for above in credential.chain)
        (folder / "chain.pem").write_bytes(chain)
        (folder / "serial").write_text("01")
        text = _CONFIGURATION.format(folder=folder, policy=POLICY, binding=binding)
        (folder / "tsa.cnf").write_text(text)

    def answer(self, query: bytes) -> bytes:
        """Answer a request with a response, as the authority over HTTP would."""
        (self._folder / "query").write_bytes(query)
        options = ["-config", self._folder / "tsa.cnf", "-passin", f"pass:{self._password}"]
        files = ["-queryfile", self._folder / "query", "-out", self._folder / "reply"]
        self.run("-reply", *options, *files)
        return (self._folder / "reply").read_bytes()

    def stamp(self, data: bytes, digest: DigestAlgorithm = DigestAlgorithm.SHA256) -> Token:
        """Have octets timestamped."""
        query = request(
            data, digest=digest, nonce=int.from_bytes(data[:8].ljust(8, b"\x01"), "big")
        )
        return read_response(self.answer(query), query)

    def run(self, *arguments: object) -> str:
        """Run ``openssl ts`` and return what it says; it raises when openssl fails."""
        command = [self._program, "ts", *map(str, arguments)]
        done = subprocess.run(  # noqa: S603 - a program found on the path, files of our own
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout + done.stderr
