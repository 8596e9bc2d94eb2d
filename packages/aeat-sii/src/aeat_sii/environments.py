"""Where the services are: production, test, or a sandbox on this machine.

The addresses are dated data (``params/endpoints.toml``). The same service has one address for the
certificates of persons and representatives, and another for electronic seals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from aeat_sii.errors import UnknownServiceError
from einvoice_core.timeline import Dated, Timeline, load_timelines

__all__ = ["PRODUCTION", "TEST", "CertificateKind", "Environment", "local"]


class CertificateKind(StrEnum):
    """Kind of certificate, as far as it decides the address of a service."""

    PERSONAL = "personal"
    """Of a person, or of the representative of a company."""
    SEAL = "seal"
    """Electronic seal of a company."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One set of addresses of the services.

    Args:
        name: For logs and messages.
        addresses: Address by service and variant, such as ``"verifactu.personal"``.
    """

    name: str
    addresses: Mapping[str, Timeline[str]]

    def verifactu(
        self, kind: CertificateKind = CertificateKind.PERSONAL, on: date | None = None
    ) -> str:
        """Return the address that takes the records of VERI*FACTU systems.

        Args:
            kind: Kind of the certificate that opens the connection.
            on: Day of the submission; by default the newest address.
        """
        return self._address(f"verifactu.{kind}", on)

    def requested(
        self, kind: CertificateKind = CertificateKind.PERSONAL, on: date | None = None
    ) -> str:
        """Return the address that takes records the agency has asked for (requerimiento).

        Args:
            kind: Kind of the certificate that opens the connection.
            on: Day of the submission; by default the newest address.
        """
        return self._address(f"requested.{kind}", on)

    def qr(self, *, verifactu: bool = True, on: date | None = None) -> str:
        """Return the address that the tax QR points to.

        Args:
            verifactu: Whether the system sends its records.
            on: Day of the print; by default the newest address.
        """
        return self._address("qr.verifactu" if verifactu else "qr.not_verifactu", on)

    def census(
        self, kind: CertificateKind = CertificateKind.PERSONAL, on: date | None = None
    ) -> str:
        """Return the address that tells whether a NIF belongs to a name.

        Args:
            kind: Kind of the certificate that opens the connection.
            on: Day of the question; by default the newest address.

        Raises:
            UnknownServiceError: The agency has no such service for trials.
        """
        return self._address(f"census.{kind}", on)

    def _address(self, name: str, on: date | None) -> str:
        timeline = self.addresses.get(name)
        if timeline is None:
            raise UnknownServiceError(
                f"the agency has no service {name.partition('.')[0]} in the environment "
                f"{self.name}: use production, or a sandbox"
            )
        return (tuple(timeline)[-1] if on is None else timeline.on(on)).value


def _environment(name: str) -> Environment:
    addresses = {}
    for key, timeline in load_timelines("aeat_sii", "params/endpoints.toml").items():
        service, environment, variant = key.split(".")
        if environment == name:
            addresses[f"{service}.{variant}"] = timeline
    return Environment(name, addresses)


PRODUCTION = _environment("production")
"""The agency's services with tax effects."""

TEST = _environment("test")
"""The agency's services for trials, without tax effects; they need a real certificate too."""


def local(base_url: str) -> Environment:
    """Return the environment of a sandbox: the paths of the agency on another host.

    Args:
        base_url: Scheme, host and port, such as ``https://localhost:8443``.
    """
    base = base_url.rstrip("/")
    return Environment(
        "local",
        {
            name: Timeline(
                name,
                [
                    Dated(since=entry.since, value=base + urlsplit(entry.value).path, source=base)
                    for entry in timeline
                ],
            )
            for name, timeline in ({**PRODUCTION.addresses, **TEST.addresses}).items()
        },
    )
