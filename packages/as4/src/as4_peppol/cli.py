"""The command ``as4``: look up, send, ping, serve, sandbox, inspect (extra ``[cli]``).

A key is a PKCS#12 file; its password stands in an environment variable, never on the command line.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import FINDINGS, UNUSABLE, VALID, command_group

if TYPE_CHECKING:
    from as4_peppol.peppol.trust import PeppolTrust
    from as4_peppol.receiver import Verdict
    from as4_peppol.security.keys import LocalIdentity
    from as4_peppol.sender import Endpoint, SendResult

__all__ = ["main"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_PORT = click.IntRange(0, 65535)
_Verb = Callable[..., int]


def _network(function: _Verb) -> _Verb:
    options = (
        click.option(
            "--network",
            type=click.Choice(["production", "test"]),
            default="test",
            show_default=True,
            help="Peppol network whose authorities are trusted.",
        ),
        click.option(
            "--authorities",
            type=_FILE,
            required=True,
            help="PEM file with the authorities of the network.",
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


def _key(function: _Verb) -> _Verb:
    options = (
        click.option("--key", type=_FILE, required=True, help="PKCS#12 file of this access point."),
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


@command_group("as4", package="as4-peppol")
def main() -> None:
    """AS4 messages of Peppol: look up, send, ping, serve, try out, inspect."""


@main.command()
@click.argument("participant")
@click.argument("document_type", required=False)
@click.argument("process", required=False)
@_network
@click.option("--dns", multiple=True, help="Address of a name server; by default the system's.")
def lookup(
    participant: str,
    document_type: str | None,
    process: str | None,
    network: str,
    authorities: Path,
    revocation: str,
    dns: tuple[str, ...],
) -> int:
    """Say which documents a participant takes, or which access point takes one."""
    from as4_peppol.peppol.discovery import Discovery
    from as4_peppol.peppol.dns import DnsResolver
    from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
    from as4_peppol.peppol.locator import NotRegisteredError
    from as4_peppol.peppol.trust import Network, zone_of
    from as4_peppol.profiles.peppol import common_name
    from einvoice_core import http

    who = ParticipantId.parse(participant)
    with http.client() as client:
        discovery = Discovery(
            zone_of(Network(network)),
            DnsResolver(dns),
            client,
            _trust(network, authorities, revocation),
        )
        try:
            if document_type is None or process is None:
                for kind in discovery.group(who).document_types:
                    click.echo(str(kind))
                return VALID
            endpoint = discovery.find(
                who, DocumentTypeId.parse(document_type), ProcessId.parse(process)
            )
        except NotRegisteredError as error:
            click.echo(error.message)
            return FINDINGS
    seat = common_name(endpoint.certificate) if endpoint.certificate else ""
    click.echo(f"{endpoint.url} {seat}")
    return VALID


@main.command()
@click.argument("document", type=_FILE)
@click.option("--url", required=True, help="Address of the receiving access point.")
@click.option("--receiver", type=_FILE, required=True, help="Its certificate, PEM or DER.")
@_network
@_key
@click.option("--evidence", type=_FOLDER, help="Folder for what was sent and answered.")
def send(
    document: Path,
    url: str,
    receiver: Path,
    network: str,
    authorities: Path,
    revocation: str,
    key: Path,
    password_variable: str,
    evidence: Path | None,
) -> int:
    """Send a document that stands in its envelope (StandardBusinessDocument)."""
    from as4_peppol.packing import Payload
    from as4_peppol.peppol import sbdh
    from as4_peppol.peppol.messages import user_message

    content = document.read_bytes()
    envelope = sbdh.read(content)
    identity = _identity(key, password_variable)
    endpoint = _endpoint(url, receiver)
    header = user_message(
        sender=identity.certificate,
        receiver=_certificate(endpoint),
        original_sender=envelope.sender,
        final_recipient=envelope.receiver,
        document_type=envelope.document_type,
        process=envelope.process,
        now=datetime.now(UTC),
    )
    trust = _trust(network, authorities, revocation)
    return _report(_exchange(identity, trust, header, [Payload(content)], endpoint), evidence)


@main.command()
@click.argument("url")
@click.option("--receiver", type=_FILE, required=True, help="Its certificate, PEM or DER.")
@click.option("--from", "sender", default="9920:ESA00000000", help="Participant that asks.")
@click.option("--to", "recipient", default="9920:ESA00000000", help="Participant that is asked.")
@_network
@_key
def ping(
    url: str,
    receiver: Path,
    sender: str,
    recipient: str,
    network: str,
    authorities: Path,
    revocation: str,
    key: Path,
    password_variable: str,
) -> int:
    """Ask an access point for a sign of life; nobody gets anything delivered."""
    from as4_peppol.peppol import messages
    from as4_peppol.peppol.identifiers import ParticipantId

    identity = _identity(key, password_variable)
    endpoint = _endpoint(url, receiver)
    header = messages.ping(
        sender=identity.certificate,
        receiver=_certificate(endpoint),
        original_sender=ParticipantId.parse(sender),
        final_recipient=ParticipantId.parse(recipient),
        now=datetime.now(UTC),
    )
    trust = _trust(network, authorities, revocation)
    return _report(_exchange(identity, trust, header, [], endpoint), None)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8080, show_default=True)
@click.option("--inbox", type=_FOLDER, required=True, help="Folder that keeps the messages.")
@_network
@_key
def serve(
    host: str,
    port: int,
    inbox: Path,
    network: str,
    authorities: Path,
    revocation: str,
    key: Path,
    password_variable: str,
) -> int:
    """Receive messages and keep them; put a server with TLS in front."""
    import uvicorn

    from as4_peppol.asgi import As4App
    from as4_peppol.profiles import PEPPOL
    from as4_peppol.receiver import Receiver
    from as4_peppol.stores import SqliteStore

    receiver = Receiver(
        PEPPOL,
        [_identity(key, password_variable)],
        SqliteStore(inbox),
        trusted=_trust(network, authorities, revocation).access_point,
        observer=_tell,
    )
    uvicorn.run(As4App(receiver), host=host, port=port, log_level="warning")
    return VALID


@main.command()
@click.option("--port", type=_PORT, default=0, help="Of publisher and access points (TCP).")
@click.option("--dns-port", type=_PORT, default=0, help="Of the name server (UDP).")
@click.option("--inbox", type=_FOLDER, help="Folder that keeps what the access points receive.")
@click.option("--keys", type=_FOLDER, help="Folder for authorities, certificates and keys.")
@click.option(
    "--password-variable",
    default="AS4_KEY_PASSWORD",
    show_default=True,
    help="Environment variable with the password for the keys that are written.",
)
@click.option("--send", "document", type=_FILE, help="Send this document, and end.")
def sandbox(
    port: int,
    dns_port: int,
    inbox: Path | None,
    keys: Path | None,
    password_variable: str,
    document: Path | None,
) -> int:
    """Run a Peppol on this machine: DNS, publisher, two access points (extra [testing]).

    It ends with Ctrl-C. With --send, the document goes from corner 2 to corner 3 as the sandbox's
    type of document, found through its DNS and publisher, and the sandbox ends.
    """
    from as4_peppol.testing.sandbox import sandbox as run
    from einvoice_core.testing.service import wait_until_interrupted

    password = os.environ.get(password_variable, "")
    if keys is not None and not password:
        raise click.UsageError(f"choose a password for the keys in {password_variable}")
    with run(inbox, port=port, dns_port=dns_port, observer=_tell) as running:
        if keys is not None:
            running.write_keys(keys, password)
        for name, value in running.summary().items():
            click.echo(f"{name}: {value}")
        if document is not None:
            return _report(running.send(document.read_bytes()), None)
        wait_until_interrupted()
    return VALID


@main.command()
@click.argument("message", type=_FILE)
@click.option("--key", type=_FILE, help="PKCS#12 file that decrypts it.")
@click.option("--password-variable", default="AS4_KEY_PASSWORD", show_default=True)
@click.option("--known", type=_FILE, multiple=True, help="Certificate that may be meant, PEM.")
@click.option("--out", type=_FOLDER, help="Folder for the payloads.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def inspect(
    message: Path,
    key: Path | None,
    password_variable: str,
    known: tuple[Path, ...],
    out: Path | None,
    form: str,
) -> int:
    """Explain a captured message: what it says, who signed, and what Peppol would refuse.

    Every signer is taken for trusted: this looks into a message, it does not accept one.
    """
    from as4_peppol.inspecting import explain
    from einvoice_core.certificates import load_certificates

    certificates = [c for file in known for c in load_certificates(file.read_bytes())]
    identities = [] if key is None else [_identity(key, password_variable)]
    found = explain(message.read_bytes(), identities, certificates)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(found.payloads):
            (out / f"payload-{number + 1}").write_bytes(content)
    if form == "json":
        click.echo(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
    else:
        for name, value in found.as_json().items():
            for each in value if isinstance(value, list) else [value]:
                click.echo(f"{name}: {each}")
    return VALID if found.error is None else FINDINGS


def _tell(verdict: "Verdict") -> None:
    """Say what came in, and what was answered."""
    click.echo(
        f"{verdict.received_at:%H:%M:%S} {verdict.message_id} {verdict.error or 'receipt'}"
        f" {verdict.detail}".rstrip()
    )


def _identity(key: Path, variable: str) -> "LocalIdentity":
    from as4_peppol.security.keys import LocalIdentity
    from einvoice_core.certificates import load_pkcs12

    return LocalIdentity(load_pkcs12(key.read_bytes(), os.environ.get(variable)))


def _trust(network: str, authorities: Path, revocation: str) -> "PeppolTrust":
    from as4_peppol.peppol.revocation import FetchedRevocation
    from as4_peppol.peppol.trust import Network, PeppolTrust
    from einvoice_core import http

    # Its client lives as long as the command.
    check = None if revocation == "none" else FetchedRevocation(http.client())
    return PeppolTrust.of_network(
        Network(network),
        authorities.read_bytes(),
        revocation=check,
        unknown_is_refused=revocation == "hard",
    )


def _endpoint(url: str, receiver: Path) -> "Endpoint":
    from as4_peppol.sender import Endpoint
    from einvoice_core.certificates import load_certificates

    certificates = load_certificates(receiver.read_bytes())
    if not certificates:
        raise click.UsageError(f"{receiver} holds no certificate")
    return Endpoint(url, certificates[0])


def _certificate(endpoint: "Endpoint") -> Any:  # noqa: ANN401 - the type needs cryptography
    return endpoint.certificate


def _exchange(
    identity: "LocalIdentity",
    trust: "PeppolTrust",
    header: Any,  # noqa: ANN401 - a UserMessage; importing it here slows every verb
    payloads: list[Any],
    endpoint: "Endpoint",
) -> "SendResult":
    from as4_peppol.profiles import PEPPOL
    from as4_peppol.sender import Sender

    with Sender(identity, PEPPOL, trusted=trust.access_point) as sender:
        return sender.send(header, payloads, endpoint)


def _report(result: "SendResult", evidence: Path | None) -> int:
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
