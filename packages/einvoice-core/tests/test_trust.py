from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from einvoice_core.certificates import TrustStore, UntrustedError
from einvoice_core.testing.authority import ThrowawayAuthority

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


def test_authorities_that_issue_each_other_are_not_tried_in_every_order() -> None:
    """Sixteen certificates of one name and key allow more than 10^8 chains of eight."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AC EN CÍRCULO")])

    def certificate() -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )

    first, *others = [certificate() for _ in range(16)]
    store = TrustStore((ThrowawayAuthority(keys="ec").root,))
    with pytest.raises(UntrustedError, match="too many chains"):
        store.path_to_root(first, NOW, others)
