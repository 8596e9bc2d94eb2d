"""The command ``as4``: look up, send, ping, serve, sandbox, inspect (extra ``[cli]``).

A key is a PKCS#12 file; its password stands in an environment variable, never on the command line.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from as4_peppol import _command
from einvoice_core.cli import FINDINGS, VALID, command_group

if TYPE_CHECKING:
    from as4_peppol.receiver import Verdict

__all__ = ["main"]

_PORT = click.IntRange(0, 65535)


@command_group("as4", package="as4-peppol")
def main() -> None:
    """AS4 messages of Peppol: look up, send, ping, serve, try out, inspect."""


@main.command()
@click.argument("participant")
@click.argument("document_type", required=False)
@click.argument("process", required=False)
@_command.network
@click.option("--dns", multiple=True, help="Address of a name server; by default the system's.")
def lookup(
    participant: str,
    document_type: str | None,
    process: str | None,
    network: str,
    authorities: Path | None,
    folder: Path | None,
    revocation: str,
    dns: tuple[str, ...],
) -> int:
    """Say which documents a participant takes, or which access point takes one."""
    from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
    from as4_peppol.peppol.locator import NotRegisteredError
    from as4_peppol.profiles.peppol import common_name
    from einvoice_core import http

    who = ParticipantId.parse(participant)
    chosen = _command.Chosen(network, authorities, revocation, folder, dns=dns)
    with http.client() as client:
        discovery = chosen.discovery(client)
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
@click.argument("document", type=_command.FILE)
@click.option("--url", help="Address of the receiving access point; looked up when left out.")
@click.option("--receiver", type=_command.FILE, help="Its certificate, PEM or DER.")
@click.option("--from", "sender", help="Participant that sends a document without envelope.")
@click.option("--to", "recipient", help="Participant that gets a document without envelope.")
@click.option("--country", default="ES", show_default=True, help="Country of the sender.")
@_command.network
@_command.key
@click.option("--dns", multiple=True, help="Address of a name server; by default the system's.")
@click.option("--evidence", type=_command.FOLDER, help="Folder for what was sent and answered.")
def send(
    document: Path,
    url: str | None,
    receiver: Path | None,
    sender: str | None,
    recipient: str | None,
    country: str,
    network: str,
    authorities: Path | None,
    folder: Path | None,
    revocation: str,
    key: Path | None,
    password_variable: str,
    dns: tuple[str, ...],
    evidence: Path | None,
) -> int:
    """Send a document in its envelope, or an UBL document with --from and --to.

    Where it goes is looked up, unless --url and --receiver say so.
    """
    from as4_peppol.peppol.identifiers import ParticipantId
    from as4_peppol.peppol.locator import NotRegisteredError
    from as4_peppol.peppol.sending import Dispatch, FixedEndpoint, PeppolSender, kind_of
    from einvoice_core import http

    chosen = _command.Chosen(network, authorities, revocation, folder, key, password_variable, dns)
    content = document.read_bytes()
    if (sender is None) != (recipient is None):
        raise click.UsageError("name both --from and --to, or none for a document in its envelope")
    if sender is not None and recipient is not None:
        ends = (ParticipantId.parse(sender), ParticipantId.parse(recipient))
        dispatch = Dispatch(*ends, *kind_of(content), country)
        content = dispatch.wrap(content, datetime.now(UTC))
    with chosen.sender() as out, http.client() as client:
        endpoint = chosen.endpoint(url, receiver)
        found = chosen.discovery(client) if endpoint is None else FixedEndpoint(endpoint)
        try:
            result = PeppolSender(out, found).forward(content)
        except NotRegisteredError as error:
            click.echo(error.message)
            return FINDINGS
    return _command.report(result, evidence)


@main.command()
@click.argument("url", required=False)
@click.option("--receiver", type=_command.FILE, help="Its certificate, PEM or DER.")
@click.option("--from", "sender", default="9920:ESA00000000", help="Participant that asks.")
@click.option("--to", "recipient", default="9920:ESA00000000", help="Participant that is asked.")
@_command.network
@_command.key
def ping(
    url: str | None,
    receiver: Path | None,
    sender: str,
    recipient: str,
    network: str,
    authorities: Path | None,
    folder: Path | None,
    revocation: str,
    key: Path | None,
    password_variable: str,
) -> int:
    """Ask an access point for a sign of life; nobody gets anything delivered.

    In the sandbox corner 3 is asked, unless URL and --receiver name another one.
    """
    from as4_peppol.peppol import messages
    from as4_peppol.peppol.identifiers import ParticipantId

    chosen = _command.Chosen(network, authorities, revocation, folder, key, password_variable)
    if url is None and chosen.is_sandbox:
        url, receiver = f"{chosen.place()['url']}/corner3", chosen.file("corner3.pem")
    endpoint = chosen.endpoint(url, receiver)
    if endpoint is None or endpoint.certificate is None:
        raise click.UsageError("name the URL of the access point, and its certificate")
    header = messages.ping(
        sender=chosen.identity().certificate,
        receiver=endpoint.certificate,
        original_sender=ParticipantId.parse(sender),
        final_recipient=ParticipantId.parse(recipient),
        now=datetime.now(UTC),
    )
    with chosen.sender() as out:
        return _command.report(out.send(header, [], endpoint), None)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8080, show_default=True)
@click.option(
    "--inbox", type=_command.FOLDER, required=True, help="Folder that keeps the messages."
)
@click.option("--dumps", type=_command.FOLDER, help="Folder for every request, as it came.")
@_command.network
@_command.key
def serve(
    host: str,
    port: int,
    inbox: Path,
    dumps: Path | None,
    network: str,
    authorities: Path | None,
    folder: Path | None,
    revocation: str,
    key: Path | None,
    password_variable: str,
) -> int:
    """Receive messages and keep them; put a server with TLS in front."""
    import uvicorn

    from as4_peppol.asgi import As4App
    from as4_peppol.dumps import into, nothing
    from as4_peppol.profiles import PEPPOL
    from as4_peppol.receiver import Receiver
    from as4_peppol.stores import SqliteStore

    chosen = _command.Chosen(network, authorities, revocation, folder, key, password_variable)
    receiver = Receiver(
        PEPPOL,
        [chosen.identity()],
        SqliteStore(inbox),
        trusted=chosen.trust().access_point,
        observer=_tell,
        dump=nothing if dumps is None else into(dumps),
    )
    uvicorn.run(As4App(receiver), host=host, port=port, log_level="warning")
    return VALID


@main.command()
@click.option("--port", type=_PORT, default=0, help="Of publisher and access points (TCP).")
@click.option("--dns-port", type=_PORT, default=0, help="Of the name server (UDP).")
@click.option(
    "--inbox", type=_command.FOLDER, help="Folder that keeps what the access points receive."
)
@click.option("--keys", type=_command.FOLDER, help="Folder for authorities, certificates and keys.")
@click.option(
    "--password-variable",
    default="AS4_KEY_PASSWORD",
    show_default=True,
    help="Environment variable with the password for the keys that are written.",
)
@click.option("--send", "document", type=_command.FILE, help="Send this document, and end.")
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
            return _command.report(running.send(document.read_bytes()), None)
        wait_until_interrupted()
    return VALID


@main.command()
@click.argument("message", type=_command.FILE)
@click.option("--key", type=_command.FILE, help="PKCS#12 file that decrypts it.")
@click.option("--password-variable", default="AS4_KEY_PASSWORD", show_default=True)
@click.option(
    "--known", type=_command.FILE, multiple=True, help="Certificate that may be meant, PEM."
)
@click.option("--out", type=_command.FOLDER, help="Folder for the payloads.")
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
    identities = [] if key is None else [_command.identity_of(key, password_variable)]
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
