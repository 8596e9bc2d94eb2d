"""A certification authority that lives as long as a test.

Its certificates have the shape of the Spanish ones: a natural person, the representative of a
company, a company seal, a device; and there is one for timestamps. It tells what it revoked by list
and by OCSP. Nobody trusts it, and its keys are made when it is made.
"""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from einvoice_core.certificates import Credential, HolderKind

__all__ = ["KeyKind", "PrivateKey", "ThrowawayAuthority", "new_key", "write_pkcs12"]

KeyKind = Literal["rsa", "ec"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

# The attributes in which FNMT repeats name and NIF of a person in the alternative name.
_GIVEN_NAME = ObjectIdentifier("1.3.6.1.4.1.5734.1.1")
_SURNAME = ObjectIdentifier("1.3.6.1.4.1.5734.1.2")
_NIF = ObjectIdentifier("1.3.6.1.4.1.5734.1.4")


def new_key(kind: KeyKind = "rsa", bits: int = 2048) -> PrivateKey:
    """Make a private key; RSA takes some 100 ms, an elliptic curve next to nothing."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def write_pkcs12(credential: Credential, password: str | bytes) -> bytes:
    """Write a credential as the bytes of a ``.p12`` file."""
    return credential.to_pkcs12(password.encode() if isinstance(password, str) else password)


class ThrowawayAuthority:
    """A root, an authority below it, and the certificates it issues.

    Args:
        name: Common name of the root.
        keys: Kind of the keys that it makes.
        clock: Says what time it is; certificates are valid from the day before.
    """

    def __init__(
        self,
        name: str = "AC RAIZ DE PRUEBAS",
        *,
        keys: KeyKind = "rsa",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self._now = clock().astimezone(UTC).replace(microsecond=0)
        self._root_key = new_key(keys)
        self._key = new_key(keys)
        self.root = self._authority(_name(("CN", name)), self._root_key, None, path_length=1)
        self.intermediate = self._authority(
            _name(("CN", f"{name} - Usuarios"), ("OU", "Pruebas")),
            self._key,
            self.root,
            path_length=0,
        )

    @property
    def pem(self) -> bytes:
        """The root's certificate as PEM text, for a trust store."""
        return self.root.public_bytes(Encoding.PEM)

    def issue(
        self,
        nif: str | None = None,
        name: str = "PRUEBAS EIDAS CERTIFICADO",
        *,
        organization_nif: str | None = None,
        organization: str = "EMPRESA DE PRUEBAS SL",
        kind: HolderKind | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        key: PrivateKey | None = None,
    ) -> Credential:
        """Issue a certificate with its key.

        Args:
            nif: NIF of the person.
            name: Name of the person, given name first; or of the device.
            organization_nif: NIF of the company, for a representative or a seal.
            organization: Name of the company.
            kind: What stands behind the certificate; by default as the two NIF suggest.
            valid_from: By default one day before the authority's own time.
            valid_until: By default two years after it.
            key: A key to use again; by default a new one.
        """
        kind = kind or _kind(nif, organization_nif)
        subject = _subject(kind, nif or "", name, organization_nif or "", organization)
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (_key_usage(signs_documents=kind is not HolderKind.DEVICE), True),
            (
                x509.ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
                ),
                False,
            ),
        ]
        if kind is HolderKind.NATURAL_PERSON and nif:
            extensions.append((_personal_alternative(nif, name), False))
        return self._leaf(subject, extensions, key or new_key(self._keys), valid_from, valid_until)

    def issue_server(self, *names: str, key: PrivateKey | None = None) -> Credential:
        """Issue a server's certificate for host names and IP addresses."""
        hosts = names or ("localhost", "127.0.0.1", "::1")
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (_key_usage(signs_documents=False), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (x509.SubjectAlternativeName([_host(host) for host in hosts]), False),
        ]
        subject = _name(("CN", hosts[0]), ("O", "Servidor de pruebas"))
        return self._leaf(subject, extensions, key or new_key(self._keys), None, None)

    def issue_timestamper(
        self, name: str = "TSA DE PRUEBAS", *, purposes: Sequence[ObjectIdentifier] | None = None
    ) -> Credential:
        """Issue the certificate of a timestamp authority.

        Args:
            name: Common name.
            purposes: Extended key usages; by default timestamps alone.
        """
        usage = x509.ExtendedKeyUsage(purposes or [ExtendedKeyUsageOID.TIME_STAMPING])
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (_key_usage(signs_documents=True, enciphers=False), True),
            (usage, True),
        ]
        return self._leaf(_name(("CN", name)), extensions, new_key(self._keys), None, None)

    def issue_crl(
        self,
        *revoked: x509.Certificate,
        at: datetime | None = None,
        lasts: timedelta = timedelta(days=7),
        revoked_at: datetime | None = None,
        extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    ) -> x509.CertificateRevocationList:
        """Issue the revocation list of the authority below the root.

        Args:
            revoked: Certificates in it.
            at: When it is issued; by default the authority's own time.
            lasts: How long it is up to date.
            revoked_at: When they were revoked; by default an hour before the list.
            extensions: Further ones, each with whether it is critical.
        """
        issued = (at or self._now).astimezone(UTC).replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.intermediate.subject)
            .last_update(issued)
            .next_update(issued + lasts)
            .add_extension(_issued_with(self._key), critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        for certificate in revoked:
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(certificate.serial_number)
                .revocation_date(revoked_at or issued - timedelta(hours=1))
                .add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
            )
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256())

    def issue_ocsp(
        self,
        certificate: x509.Certificate,
        *,
        revoked_at: datetime | None = None,
        at: datetime | None = None,
        lasts: timedelta = timedelta(days=1),
    ) -> ocsp.OCSPResponse:
        """Answer about a certificate as the authority below the root.

        Args:
            certificate: The one in question.
            revoked_at: When it was revoked; by default it is good.
            at: When the answer is made; by default the authority's own time.
            lasts: How long it is up to date.
        """
        made = (at or self._now).astimezone(UTC).replace(microsecond=0)
        good = revoked_at is None
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=self.intermediate,
                algorithm=hashes.SHA256(),
                cert_status=ocsp.OCSPCertStatus.GOOD if good else ocsp.OCSPCertStatus.REVOKED,
                this_update=made,
                next_update=made + lasts,
                revocation_time=revoked_at,
                revocation_reason=None if good else x509.ReasonFlags.superseded,
            )
            .responder_id(ocsp.OCSPResponderEncoding.NAME, self.intermediate)
        )
        return builder.sign(self._key, hashes.SHA256())

    def _leaf(
        self,
        subject: x509.Name,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
        key: PrivateKey,
        valid_from: datetime | None,
        valid_until: datetime | None,
    ) -> Credential:
        builder = (
            self._builder(subject, key, self.intermediate.subject)
            .not_valid_before(valid_from or self._now - timedelta(days=1))
            .not_valid_after(valid_until or self._now + timedelta(days=730))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_issued_with(self._key), critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Credential(certificate, key, (self.intermediate, self.root))

    def _authority(
        self, subject: x509.Name, key: PrivateKey, above: x509.Certificate | None, path_length: int
    ) -> x509.Certificate:
        issuer = above.subject if above else subject
        usage = _key_usage(signs_documents=False, authority=True)
        return (
            self._builder(subject, key, issuer)
            .not_valid_before(self._now - timedelta(days=3650))
            .not_valid_after(self._now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(_issued_with(self._root_key), critical=False)
            .sign(self._root_key, hashes.SHA256())
        )

    def _builder(
        self, subject: x509.Name, key: PrivateKey, issuer: x509.Name
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )


def _kind(nif: str | None, organization_nif: str | None) -> HolderKind:
    if nif and organization_nif:
        return HolderKind.REPRESENTATIVE
    if organization_nif:
        return HolderKind.SEAL
    return HolderKind.NATURAL_PERSON if nif else HolderKind.DEVICE


def _subject(
    kind: HolderKind, nif: str, name: str, organization_nif: str, organization: str
) -> x509.Name:
    given_name, _, surname = name.partition(" ")
    person = (("serialNumber", f"IDCES-{nif}"), ("SN", surname or given_name), ("GN", given_name))
    company = (("O", organization), ("organizationIdentifier", f"VATES-{organization_nif}"))
    match kind:
        case HolderKind.NATURAL_PERSON:
            return _name(("CN", f"{name} - {nif}"), *person)
        case HolderKind.REPRESENTATIVE:
            represented = f"{nif} {name} (R: {organization_nif})"
            return _name(("CN", represented), *person, *company)
        case HolderKind.SEAL:
            return _name(("CN", organization), ("serialNumber", organization_nif), *company)
        case HolderKind.DEVICE:
            return _name(("CN", name), ("OU", "Dispositivo"))


_ATTRIBUTES = {
    "CN": NameOID.COMMON_NAME,
    "SN": NameOID.SURNAME,
    "GN": NameOID.GIVEN_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
}


def _name(*parts: tuple[str, str]) -> x509.Name:
    """Build a name from its most specific part; the country is the last, so the first in DER."""
    attributes = [x509.NameAttribute(_ATTRIBUTES[key], value) for key, value in parts]
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"), *reversed(attributes)])


def _personal_alternative(nif: str, name: str) -> x509.SubjectAlternativeName:
    given_name, _, surname = name.partition(" ")
    parts = ((_GIVEN_NAME, given_name), (_SURNAME, surname or given_name), (_NIF, nif))
    directory = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    return x509.SubjectAlternativeName([x509.DirectoryName(directory)])


def _key_usage(
    *, signs_documents: bool, authority: bool = False, enciphers: bool = True
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=signs_documents,
        key_encipherment=enciphers and not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _issued_with(key: PrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
