"""The authorities that keep SII books, and where their services are.

The tax agency, the three Basque authorities and Navarre take the same messages; the Canary Islands
take theirs, for IGIC. The addresses are dated data (``params/sii_endpoints.toml``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from aeat_sii.environments import CertificateKind
from aeat_sii.errors import UnknownServiceError
from aeat_sii.sii.books import Service
from aeat_sii.sii.codes import Version
from einvoice_core.timeline import Dated, Timeline, load_timelines

__all__ = ["PRODUCTION", "TEST", "Authority", "Place", "Stage", "local"]

_TABLE = load_timelines("aeat_sii", "params/sii_endpoints.toml")


class Authority(StrEnum):
    """Who keeps the books."""

    AEAT = "aeat"
    """State tax agency (Agencia Estatal de Administración Tributaria)."""
    ARABA = "araba"
    BIZKAIA = "bizkaia"
    GIPUZKOA = "gipuzkoa"
    NAVARRA = "navarra"
    CANARIAS = "canarias"
    """Canary tax agency, for IGIC."""

    @property
    def version(self) -> Version:
        """Version of its messages."""
        return Version.V1_0 if self is Authority.CANARIAS else Version.V1_1


class Stage(StrEnum):
    """Which of the two services of an authority."""

    PRODUCTION = "production"
    TEST = "test"
    """For trials, without tax effects; a real certificate is needed all the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """The services of an authority, in production, for trials, or played on another host.

    Args:
        authority: Whose.
        stage: Production or test.
        base_url: Scheme, host and port that take the place of the authority's; for a sandbox.
        accept_marked: Whether an address may be used that stands in no official file at hand.
    """

    authority: Authority = Authority.AEAT
    stage: Stage = Stage.TEST
    base_url: str = ""
    accept_marked: bool = False
    addresses: Mapping[str, Timeline[str]] = field(
        default_factory=lambda: MappingProxyType(dict(_TABLE)), repr=False
    )

    def address(
        self,
        service: Service,
        kind: CertificateKind = CertificateKind.PERSONAL,
        on: date | None = None,
    ) -> str:
        """Return the address of a service.

        Args:
            service: Which one.
            kind: Kind of the certificate that opens the connection.
            on: Day of the submission; by default the newest address.

        Raises:
            UnknownServiceError: No address is known, or only one with a mark.
        """
        entry = self._entry(kind, on)
        path = _on(self.addresses[f"path.{service.value}"], on).value
        known = entry.details.get("services")
        if known is not None and service.value not in known:
            raise UnknownServiceError(
                f"no address of the service {service.value} of {self.authority.value} "
                f"({self.stage.value}) is known: its source names {', '.join(known)}",
                authority=self.authority.value,
                service=service.value,
            )
        mark = entry.details.get("mark")
        if mark and not self.accept_marked:
            raise UnknownServiceError(
                f"the address of {self.authority.value} ({self.stage.value}) is not sure ({mark}): "
                "check it and use accept_marked",
                authority=self.authority.value,
                service=service.value,
            )
        url = entry.value.format(path=path, name=path.rpartition("/")[2])
        if not self.base_url:
            return url
        return self.base_url.rstrip("/") + urlsplit(url).path

    def _entry(self, kind: CertificateKind, on: date | None) -> Dated[str]:
        name = f"{self.authority.value}.{self.stage.value}"
        timeline = self.addresses.get(f"{name}.{kind.value}") or self.addresses[f"{name}.any"]
        return _on(timeline, on)


def _on(timeline: Timeline[str], day: date | None) -> Dated[str]:
    return tuple(timeline)[-1] if day is None else timeline.on(day)


PRODUCTION = Place(Authority.AEAT, Stage.PRODUCTION)
"""The tax agency's services with tax effects."""

TEST = Place(Authority.AEAT, Stage.TEST)
"""The tax agency's services for trials."""


def local(base_url: str, authority: Authority = Authority.AEAT) -> Place:
    """Return the place of a sandbox: the paths of an authority on another host.

    Args:
        base_url: Scheme, host and port, such as ``https://localhost:8443``.
        authority: Whose paths.
    """
    return Place(authority, Stage.TEST, base_url, accept_marked=True)
