"""Our receiver as uvicorn starts it in several processes; the environment says where things lie."""

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from as4_peppol import As4App, LocalIdentity, Receiver
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import SqliteStore
from einvoice_core.certificates import TrustStore, load_certificates, load_pkcs12


def make() -> As4App:
    folder = Path(os.environ["RECEIVER_FOLDER"])
    identity = LocalIdentity(load_pkcs12((folder / "receiver.p12").read_bytes(), "peer"))
    store = SqliteStore(folder / "box")
    trusted = TrustStore(tuple(load_certificates((folder / "authorities.pem").read_bytes())))

    def require(certificate: x509.Certificate) -> None:
        trusted.path_to_root(certificate, datetime.now(UTC))

    return As4App(Receiver(PEPPOL, [identity], store, trusted=require))
