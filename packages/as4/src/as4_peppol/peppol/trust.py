"""Whom Peppol trusts: certificates of one network, issued for one role, and not revoked.

The authorities are known here by name and fingerprint; their certificates are the caller's to give.
An authority of the other network, or for the other role, does not vouch for anybody.

Source: Peppol PKI, third generation; OpenPeppol policy for transport security 1.1.0.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from as4_peppol.errors import As4Error
from as4_peppol.profiles.peppol import common_name
from einvoice_core.certificates import load_certificates
from einvoice_core.certificates.errors import UntrustedError
from einvoice_core.certificates.revocation import RevocationCheck, RevocationStatus
from einvoice_core.certificates.trust import TrustStore

__all__ = ["Network", "NotTrustedError", "PeppolTrust", "Role", "zone_of"]

_SEAT = re.compile(r"P[A-Z]{2}[0-9]{6}")


class Network(StrEnum):
    """Which Peppol network."""

    PRODUCTION = "production"
    TEST = "test"


class Role(StrEnum):
    """What a certificate is for."""

    ACCESS_POINT = "access point"
    METADATA_PUBLISHER = "metadata publisher"


class NotTrustedError(As4Error):
    """A certificate does not speak for that role in that network."""

    code = "as4.not_trusted"


@cache
def _parameters() -> dict[str, Any]:
    text = files("as4_peppol").joinpath("params/authorities.toml").read_text("utf-8")
    return tomllib.loads(text)


def zone_of(network: Network) -> str:
    """Return where the DNS names of a network's participants end."""
    return str(_parameters()["zones"][network.value])


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PeppolTrust:
    """Decides about certificates of access points and metadata publishers.

    Args:
        authorities: The authority of each role.
        revocation: Tells whether a certificate was revoked; without it nobody asks.
        unknown_is_refused: Whether a certificate is refused when its state cannot be learnt; when
            not, an outage of the service that tells it does not stop the traffic.
        clock: The present, with a time zone.
    """

    authorities: "MappingProxyType[Role, x509.Certificate]"
    revocation: RevocationCheck | None = None
    unknown_is_refused: bool = False
    clock: Callable[[], datetime] = _now

    @classmethod
    def of_network(
        cls,
        network: Network,
        certificates: bytes,
        *,
        revocation: RevocationCheck | None = None,
        unknown_is_refused: bool = False,
        clock: Callable[[], datetime] = _now,
    ) -> "PeppolTrust":
        """Trust the authorities of a network.

        Args:
            network: Production or test; the other one is not trusted.
            certificates: PEM text with the authorities' certificates, as OpenPeppol publishes
                them; what is not an authority of the network is left out.
            revocation: As in the class.
            unknown_is_refused: As in the class.
            clock: As in the class.

        Raises:
            NotTrustedError: The certificate of an authority is missing.
        """
        wanted = {
            row["sha256"]: Role(row["role"])
            for row in _parameters()["authority"]
            if row["network"] == network.value and row["role"] != "root"
        }
        found: dict[Role, x509.Certificate] = {}
        for certificate in load_certificates(certificates):
            role = wanted.get(certificate.fingerprint(hashes.SHA256()).hex())
            if role is not None:
                found[role] = certificate
        for role in wanted.values():
            if role not in found:
                raise NotTrustedError(f"the {role} authority of the {network} network is missing")
        return cls(MappingProxyType(found), revocation, unknown_is_refused, clock)

    @classmethod
    def of_sandbox(
        cls,
        access_points: x509.Certificate,
        publishers: x509.Certificate,
        *,
        revocation: RevocationCheck | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> "PeppolTrust":
        """Trust authorities of your own, for a network that is not Peppol."""
        roles = {Role.ACCESS_POINT: access_points, Role.METADATA_PUBLISHER: publishers}
        return cls(MappingProxyType(roles), revocation, clock=clock)

    @classmethod
    def of_own(
        cls,
        certificates: bytes,
        *,
        revocation: RevocationCheck | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> "PeppolTrust":
        """Trust authorities of your own, told apart by their names as in Peppol.

        Args:
            certificates: PEM text with an authority of each role.
            revocation: As in the class.
            clock: As in the class.

        Raises:
            NotTrustedError: The authority of a role is missing.
        """
        found = {
            role: certificate
            for certificate in load_certificates(certificates)
            for role in Role
            if role.value in common_name(certificate).lower()
        }
        for role in Role:
            if role not in found:
                raise NotTrustedError(f"the {role} authority is missing")
        return cls(MappingProxyType(found), revocation, clock=clock)

    def access_point(self, certificate: x509.Certificate) -> None:
        """Refuse what is not the certificate of an access point; fits ``trusted`` everywhere."""
        self.require(certificate, Role.ACCESS_POINT)

    def metadata_publisher(self, certificate: x509.Certificate) -> None:
        """Refuse what is not the certificate of a metadata publisher."""
        self.require(certificate, Role.METADATA_PUBLISHER)

    def require(self, certificate: x509.Certificate, role: Role) -> None:
        """Refuse a certificate that does not speak for a role now.

        Raises:
            NotTrustedError: It was issued by somebody else, is not valid, is revoked, or names no
                seat.
        """
        issuer = self.authorities[role]
        now = self.clock()
        try:
            TrustStore((issuer,)).path_to_root(certificate, now)
        except UntrustedError as error:
            raise NotTrustedError(f"this is no {role} of the network: {error.message}") from error
        if certificate == issuer:
            raise NotTrustedError(f"the authority itself is no {role}")
        seat = common_name(certificate)
        if not _SEAT.fullmatch(seat):
            raise NotTrustedError(f"the common name {seat[:40]!r} is no seat such as PES000001")
        if self.revocation is None:
            return
        found = self.revocation(certificate, issuer, now)
        refused: Sequence[RevocationStatus] = [RevocationStatus.REVOKED]
        if self.unknown_is_refused:
            refused = [*refused, RevocationStatus.UNKNOWN]
        if found.status in refused:
            raise NotTrustedError(f"the certificate of {seat} is {found.status}: {found.reason}")
