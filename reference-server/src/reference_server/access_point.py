"""The access point of this server: its key, whom it trusts, what came in, what proves the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from as4_peppol import As4App, LocalIdentity, Receiver
from as4_peppol.evidence import Archive
from as4_peppol.message.records import UserMessage
from as4_peppol.peppol.discovery import Discovery
from as4_peppol.peppol.dns import DnsResolver
from as4_peppol.peppol.revocation import FetchedRevocation
from as4_peppol.peppol.trust import Network, PeppolTrust, zone_of
from as4_peppol.profiles import PEPPOL
from as4_peppol.profiles.peppol import FINAL_RECIPIENT
from as4_peppol.stores import SqliteStore
from einvoice_core import http
from einvoice_core.certificates import load_pkcs12
from reference_server import credentials
from reference_server.database import Database
from reference_server.errors import ConfigurationError
from reference_server.settings import As4Network, Settings

__all__ = ["SPANISH", "Gateway", "open_gateway"]

SPANISH = "9920:ES"
"""With its NIF behind it, the participant that a company is."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The access point of this server.

    Args:
        identity: Its certificate and key.
        trust: Whom it takes for access points.
        store: What came in.
        archive: What proves what went out.
        client: HTTP client.
        discovery: Looks participants up; ``None`` where the settings name no zone.
    """

    identity: LocalIdentity
    trust: PeppolTrust
    store: SqliteStore
    archive: Archive
    client: http.Client
    discovery: Discovery | None

    def app(self, db: Database, clock: Callable[[], datetime]) -> As4App:
        """Make the endpoint for other access points; it serves companies with a certificate."""

        def serves(message: UserMessage) -> bool:
            with db.read() as tx:
                nifs = credentials.nifs(tx)
            wanted = (message.value_of(FINAL_RECIPIENT) or "").lower()
            return wanted in {f"{SPANISH}{nif}".lower() for nif in nifs}

        receiver = Receiver(
            PEPPOL,
            [self.identity],
            self.store,
            trusted=self.trust.access_point,
            serves=serves,
            clock=clock,
        )
        return As4App(receiver)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
        self.store.close()


def open_gateway(settings: Settings, clock: Callable[[], datetime]) -> Gateway | None:
    """Open the access point of the settings; ``None`` when they name none.

    Raises:
        ConfigurationError: The authorities of its network are missing.
    """
    if settings.as4_key is None:
        return None
    if settings.as4_authorities is None:
        raise ConfigurationError("EINVOICE_AS4_AUTHORITIES is missing: whom to trust?")
    identity = LocalIdentity(
        load_pkcs12(settings.as4_key.read_bytes(), settings.as4_key_password.get_secret_value())
    )
    client = http.client()
    pem = settings.as4_authorities.read_bytes()
    if settings.as4_network is As4Network.SANDBOX:
        trust = PeppolTrust.of_own(pem, clock=clock)
    else:
        network = Network(settings.as4_network.value)
        check = FetchedRevocation(client)
        trust = PeppolTrust.of_network(network, pem, revocation=check, clock=clock)
    folder = settings.data_dir / "as4"
    return Gateway(
        identity,
        trust,
        SqliteStore(folder / "inbox"),
        Archive(folder / "evidence"),
        client,
        _discovery(settings, client, trust, clock),
    )


def _discovery(
    settings: Settings, client: http.Client, trust: PeppolTrust, clock: Callable[[], datetime]
) -> Discovery | None:
    is_sandbox = settings.as4_network is As4Network.SANDBOX
    if is_sandbox and not settings.as4_zone:
        return None
    zone = settings.as4_zone if is_sandbox else zone_of(Network(settings.as4_network.value))
    host, _, port = settings.as4_dns.rpartition(":")
    resolver = DnsResolver([host], int(port)) if host else DnsResolver()
    return Discovery(zone, resolver, client, trust, plain_http=is_sandbox, clock=clock)
