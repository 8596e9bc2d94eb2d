"""The official schemas, as in the conformance tests, and the connection of the client zeep."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from aeat_sii.sandbox.server import RunningSandbox
from einvoice_core.certificates import Credential
from einvoice_core.testing.judges import module, official


class _Offline(etree.Resolver):
    def resolve(self, url: str, public_id: str, context: object) -> object:
        if "xmldsig-core-schema" in url:
            path = official("verifactu/schema/xmldsig-core-schema-nodtd.xsd")
            return self.resolve_filename(str(path), context)
        if url.startswith(("http:", "https:")):
            raise OSError(f"{url} is not read: the judges work offline")
        return None


@pytest.fixture(scope="session")
def schema() -> Callable[[str], etree.XMLSchema]:
    def load(name: str) -> etree.XMLSchema:
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(_Offline())
        return etree.XMLSchema(etree.parse(str(official(f"verifactu/schema/{name}")), parser))

    return load


@pytest.fixture(scope="session")
def zeep_transport() -> Any:
    """The transport of zeep that reads schemas from the judges' folder and nowhere else."""
    transports = module("zeep.transports")

    class Offline(transports.Transport):  # type: ignore[misc, name-defined]
        def load(self, url: str) -> bytes:
            if "xmldsig-core-schema" in url:
                # The one with a DOCTYPE is refused.
                path = official("verifactu/schema/xmldsig-core-schema-nodtd.xsd")
                return path.read_bytes()
            if url.startswith(("http:", "https:")):
                raise OSError(f"{url} is not read: the judges work offline")
            return Path(url).read_bytes()

    return Offline


@pytest.fixture(scope="session")
def zeep_session(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Open sessions of requests with a certificate that a sandbox has issued."""
    requests = module("requests")

    def make(agency: RunningSandbox, credential: Credential) -> Any:
        folder = tmp_path_factory.mktemp("certificates")
        (folder / "root.pem").write_bytes(agency.authority.pem)
        _, _, certificates = credential.to_pem(b"x").partition(b"-----BEGIN CERTIFICATE")
        (folder / "certificates.pem").write_bytes(b"-----BEGIN CERTIFICATE" + certificates)
        (folder / "key.pem").write_bytes(_open(credential))
        session = requests.Session()
        session.trust_env = False
        session.verify = str(folder / "root.pem")
        session.cert = (str(folder / "certificates.pem"), str(folder / "key.pem"))
        return session

    return make


def _open(credential: Credential) -> bytes:
    """Write the key unprotected: requests takes no password."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
