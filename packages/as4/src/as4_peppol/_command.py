"""What several verbs of the command ``as4`` need: the network, the key, the report."""

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from einvoice_core.cli import FINDINGS, UNUSABLE, VALID

if TYPE_CHECKING:
    from as4_peppol.peppol.discovery import Discovery
    from as4_peppol.peppol.trust import PeppolTrust
    from as4_peppol.security.keys import LocalIdentity
    from as4_peppol.sender import Endpoint, Sender, SendResult
    from einvoice_core import http

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
_OF_SANDBOX = click.Path(exists=True, file_okay=False, path_type=Path)
_Verb = TypeVar("_Verb", bound=Callable[..., int])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The network that was chosen, and the key of whoever speaks.

    Args:
        network: ``production``, ``test`` or ``sandbox``.
        authorities: PEM file with the authorities, unless it is the sandbox.
        revocation: ``soft``, ``hard`` or ``none``.
        folder: What ``as4 sandbox --keys`` wrote.
        key: PKCS#12 file.
        variable: Environment variable with its password.
        dns: Addresses of name servers.
    """

    network: str
    authorities: Path | None
    revocation: str
    folder: Path | None
    key: Path | None = None
    variable: str = "AS4_KEY_PASSWORD"
    dns: tuple[str, ...] = ()

    @property
    def is_sandbox(self) -> bool:
        """Whether it is the sandbox of this machine."""
        return self.network == "sandbox"

    def file(self, name: str) -> Path:
        """Return a file of the sandbox."""
        if self.folder is None:
            raise click.UsageError("name the folder of the running sandbox with --sandbox")
        path = self.folder / name
        if not path.is_file():
            raise click.UsageError(f"{path} is missing: run as4 sandbox --keys {self.folder}")
        return path

    def place(self) -> dict[str, Any]:
        """Say where the sandbox is."""
        found: dict[str, Any] = json.loads(self.file("network.json").read_text("utf-8"))
        return found

    def trust(self) -> "PeppolTrust":
        """Trust the authorities of the network."""
        from as4_peppol.peppol.revocation import FetchedRevocation
        from as4_peppol.peppol.trust import Network, PeppolTrust
        from einvoice_core import http

        if self.is_sandbox:
            return PeppolTrust.of_own(self.file("authorities.pem").read_bytes())
        if self.authorities is None:
            raise click.UsageError("name the file of the network's authorities with --authorities")
        # Its client lives as long as the command.
        check = None if self.revocation == "none" else FetchedRevocation(http.client())
        return PeppolTrust.of_network(
            Network(self.network),
            self.authorities.read_bytes(),
            revocation=check,
            unknown_is_refused=self.revocation == "hard",
        )

    def identity(self) -> "LocalIdentity":
        """Open the key; in the sandbox by default that of corner 2."""
        if self.key is not None:
            return identity_of(self.key, self.variable)
        if not self.is_sandbox:
            raise click.UsageError("name the file of your key with --key")
        return identity_of(self.file("corner2.p12"), self.variable)

    def discovery(self, client: "http.Client") -> "Discovery":
        """Look participants up in the network."""
        from as4_peppol.peppol.discovery import Discovery
        from as4_peppol.peppol.dns import DnsResolver
        from as4_peppol.peppol.trust import Network, zone_of

        if self.is_sandbox:
            place = self.place()
            resolver = DnsResolver(["127.0.0.1"], int(place["dns_port"]))
            return Discovery(place["zone"], resolver, client, self.trust(), plain_http=True)
        return Discovery(
            zone_of(Network(self.network)), DnsResolver(self.dns), client, self.trust()
        )

    def endpoint(self, url: str | None, receiver: Path | None) -> "Endpoint | None":
        """Return the access point that was named; ``None`` when none was."""
        from as4_peppol.sender import Endpoint
        from einvoice_core.certificates import load_certificates

        if url is None and receiver is None:
            return None
        if url is None or receiver is None:
            raise click.UsageError("name both --url and --receiver, or none to look them up")
        certificates = load_certificates(receiver.read_bytes())
        if not certificates:
            raise click.UsageError(f"{receiver} holds no certificate")
        return Endpoint(url, certificates[0])

    def sender(self) -> "AbstractContextManager[Sender]":
        """Make a sender with the key."""
        from as4_peppol.profiles import PEPPOL
        from as4_peppol.sender import Sender

        return Sender(self.identity(), PEPPOL, trusted=self.trust().access_point)


def network(function: _Verb) -> _Verb:
    """Add ``network``, ``authorities``, ``folder`` and ``revocation``."""
    options = (
        click.option(
            "--network",
            type=click.Choice(["production", "test", "sandbox"]),
            default="test",
            show_default=True,
            help="Network whose authorities are trusted: of Peppol, or the sandbox.",
        ),
        click.option("--authorities", type=FILE, help="PEM file with the authorities of Peppol."),
        click.option(
            "--sandbox",
            "folder",
            type=_OF_SANDBOX,
            envvar="AS4_SANDBOX",
            help="Folder that as4 sandbox --keys wrote, for --network sandbox.",
        ),
        click.option(
            "--revocation",
            type=click.Choice(["soft", "hard", "none"]),
            default="soft",
            show_default=True,
            help="Ask whether certificates were revoked; when nobody tells, take them (soft) or"
            " refuse them (hard).",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def key(function: _Verb) -> _Verb:
    """Add ``key`` and ``password_variable``."""
    options = (
        click.option(
            "--key",
            type=FILE,
            help="PKCS#12 file of this access point; that of the sandbox's"
            " corner 2 with --network sandbox.",
        ),
        click.option(
            "--password-variable",
            default="AS4_KEY_PASSWORD",
            show_default=True,
            help="Environment variable with the password of the key.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def identity_of(path: Path, variable: str) -> "LocalIdentity":
    """Open a PKCS#12 file."""
    from as4_peppol.security.keys import LocalIdentity
    from einvoice_core.certificates import load_pkcs12

    return LocalIdentity(load_pkcs12(path.read_bytes(), os.environ.get(variable)))


def report(result: "SendResult", evidence: Path | None) -> int:
    """Say what became of a message, and keep its evidence."""
    from as4_peppol.evidence import Archive
    from as4_peppol.sender import Outcome

    if evidence is not None:
        click.echo(str(Archive(evidence).keep(result)))
    click.echo(f"{result.message_id}: {result.outcome}")
    for error in result.errors:
        click.echo(f"{error.code} {error.name}: {error.detail}")
    if result.outcome is Outcome.DELIVERED:
        return VALID
    return FINDINGS if result.outcome is Outcome.REFUSED else UNUSABLE
