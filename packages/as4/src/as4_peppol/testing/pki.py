"""A public key infrastructure with the shape of Peppol's third generation.

A root, an authority for access points, one for metadata publishers, and their certificates. The
names are those of the real ones with a mark, the keys are shorter, and nobody trusts it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import new_key

__all__ = ["PeppolPki"]


def _name(common: str, *units: str, organization: str = "PRUEBAS AISBL") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    return x509.Name(parts)


class PeppolPki:
    """Authorities and certificates for tests.

    Args:
        mark: Stands in every name, so that two of them differ.
        clock: Says what time it is.
        revocation_url: Address whose ``/ocsp`` and ``/crl`` the certificates name.
    """

    def __init__(
        self,
        mark: str = "SANDBOX",
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        revocation_url: str = "",
    ) -> None:
        self._revocation_url = revocation_url
        self._now = clock().astimezone(UTC).replace(microsecond=0)
        self._issued: dict[int, x509.Certificate] = {}
        self._root_key, self._ap_key, self._smp_key = (_rsa() for _ in range(3))
        self.root = self._authority(f"PEPPOL Root {mark} CA - G3", self._root_key, None)
        self.ap_ca = self._authority(f"PEPPOL ACCESS POINT {mark} CA - G3", self._ap_key, self.root)
        self.smp_ca = self._authority(
            f"PEPPOL SERVICE METADATA PUBLISHER {mark} CA - G3", self._smp_key, self.root
        )

    @property
    def pem(self) -> bytes:
        """The three authorities as PEM text."""
        return b"".join(c.public_bytes(Encoding.PEM) for c in (self.root, self.ap_ca, self.smp_ca))

    def access_point(
        self,
        seat: str = "PES000001",
        *,
        key: rsa.RSAPrivateKey | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> Credential:
        """Issue the certificate of an access point; its common name is its seat."""
        return self._leaf(
            seat, "PEPPOL TEST AP", self.ap_ca, self._ap_key, key, valid_from, valid_until
        )

    def metadata_publisher(self, seat: str = "PES000009") -> Credential:
        """Issue the certificate of a service metadata publisher."""
        return self._leaf(seat, "PEPPOL TEST SMP", self.smp_ca, self._smp_key, None, None, None)

    def revocation_list(self, *revoked: x509.Certificate) -> bytes:
        """Sign the list of revoked access points, in DER form."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.ap_ca.subject)
            .last_update(self._now - timedelta(hours=1))
            .next_update(self._now + timedelta(days=7))
        )
        for certificate in revoked:
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(certificate.serial_number)
                .revocation_date(self._now - timedelta(hours=2))
                .build()
            )
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self._ap_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def revocation_answer(self, request: bytes, *revoked: x509.Certificate) -> bytes:
        """Answer an OCSP request about an access point, in DER form."""
        serial = ocsp.load_der_ocsp_request(request).serial_number
        asked = self._issued[serial]
        is_bad = serial in {certificate.serial_number for certificate in revoked}
        status = ocsp.OCSPCertStatus.REVOKED if is_bad else ocsp.OCSPCertStatus.GOOD
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=asked,
                issuer=self.ap_ca,
                algorithm=hashes.SHA256(),
                cert_status=status,
                this_update=self._now - timedelta(hours=1),
                next_update=self._now + timedelta(hours=12),
                revocation_time=self._now - timedelta(hours=2) if is_bad else None,
                revocation_reason=x509.ReasonFlags.unspecified if is_bad else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.ap_ca)
        )
        return builder.sign(self._ap_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _authority(
        self, name: str, key: rsa.RSAPrivateKey, above: x509.Certificate | None
    ) -> x509.Certificate:
        subject = _name(name, "FOR TEST ONLY")
        length = 1 if above is None else 0
        usage = _usage(key_cert_sign=True, crl_sign=True)
        return (
            self._builder(subject, key, above.subject if above else subject)
            .not_valid_before(self._now - timedelta(days=365))
            .not_valid_after(self._now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._root_key, hashes.SHA256())
        )

    def _leaf(
        self,
        seat: str,
        role: str,
        issuer: x509.Certificate,
        issuer_key: rsa.RSAPrivateKey,
        key: rsa.RSAPrivateKey | None,
        valid_from: datetime | None,
        valid_until: datetime | None,
    ) -> Credential:
        own = key or _rsa()
        usage = _usage(digital_signature=True, key_encipherment=True, data_encipherment=True)
        builder = (
            self._builder(_name(seat, role, organization="Punto de acceso"), own, issuer.subject)
            .not_valid_before(valid_from or self._now - timedelta(days=1))
            .not_valid_after(valid_until or self._now + timedelta(days=730))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True)
        )
        for extension in self._revocation_services():
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(issuer_key, hashes.SHA256())
        self._issued[certificate.serial_number] = certificate
        return Credential(certificate, own, (issuer, self.root))

    def _revocation_services(self) -> list[x509.ExtensionType]:
        if not self._revocation_url:
            return []
        responder, lists = (
            x509.UniformResourceIdentifier(f"{self._revocation_url}/{name}")
            for name in ("ocsp", "crl")
        )
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder)
        point = x509.DistributionPoint([lists], None, None, None)
        return [x509.AuthorityInformationAccess([access]), x509.CRLDistributionPoints([point])]

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name
    ) -> x509.CertificateBuilder:
        public = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )


def _rsa() -> rsa.RSAPrivateKey:
    key = new_key("rsa")
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - for the type checker
    return key


def _usage(**set_bits: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: set_bits.get(name, False) for name in names})
