"""The verbs that talk to FACe: ``facturae face submit|status|cancel|states|units|sandbox``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import VALID
from facturae_es.cli._shared import PASSWORD, credential_of

if TYPE_CHECKING:
    from facturae_es.face import Client, Environment, Rest

__all__ = ["face"]


@click.group()
def face() -> None:
    """Send invoices to FACe (REST), follow them, cancel them; rehearse in a sandbox."""
    try:
        import facturae_es.face  # noqa: F401 - whether it can be had
    except ImportError as error:
        raise click.UsageError('install "facturae-es[face]" for this') from error


def _connected(verb: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the options of a connection; it gets the operations and a client."""

    @click.option(
        "--credential",
        "-c",
        required=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Key and certificate that are registered with FACe: PKCS#12 or PEM.",
    )
    @click.option(
        "--password-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"File with the password in its first line; otherwise {PASSWORD}, or a question.",
    )
    @click.option(
        "--environment",
        default="staging",
        show_default=True,
        help="staging, production, or the address of a sandbox.",
    )
    @click.option(
        "--trust",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="PEM file with the authority of a sandbox.",
    )
    @wraps(verb)
    def command(
        credential: Path,
        password_file: Path | None,
        environment: str,
        trust: Path | None,
        **options: object,
    ) -> int:
        from facturae_es.face import Client, Rest

        api = Rest(_environment(environment))
        signer = credential_of(credential, password_file)
        with Client(api, signer, trust=trust) as client:
            return verb(api, client, **options)

    return command


def _environment(name: str) -> Environment:
    from facturae_es.face import local, production, staging

    if name in ("staging", "production"):
        return staging() if name == "staging" else production()
    if name.startswith(("http://", "https://")):
        return local(name.rstrip("/"))
    raise click.BadParameter("say staging, production, or an address", param_hint="--environment")


@face.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--email", required=True, help="Where FACe writes to.")
@click.option("--again", is_flag=True, help="Find out what became of a submission without answer.")
@_connected
def submit(api: Rest, client: Client, files: tuple[Path, ...], email: str, *, again: bool) -> int:
    """Send signed invoices; what FACe says of each is printed as JSON, one on each line."""
    from facturae_es.face import Submission

    for file in files:
        operation = api.submit(Submission(file.name, file.read_bytes(), email))
        _print(client.resend(operation) if again else client.call(operation))
    return VALID


@face.command()
@click.argument("codes", nargs=-1, required=True)
@_connected
def status(api: Rest, client: Client, codes: tuple[str, ...]) -> int:
    """Ask for invoices by their registry codes."""
    for code in codes:
        _print(client.call(api.invoice(code)))
    return VALID


@face.command()
@click.argument("code")
@click.option("--reason", required=True, help="Why; the administration decides.")
@_connected
def cancel(api: Rest, client: Client, code: str, reason: str) -> int:
    """Request the cancellation of an invoice."""
    _print(client.call(api.cancel(code, reason)))
    return VALID


@face.command()
@_connected
def states(api: Rest, client: Client) -> int:
    """List the states that an invoice may have."""
    _print(client.call(api.states()))
    return VALID


@face.command()
@click.option("--text", default="", help="To look for in names.")
@click.option("--page", default=1, show_default=True, type=click.IntRange(1))
@_connected
def units(api: Rest, client: Client, text: str, page: int) -> int:
    """List the units that take invoices."""
    for relation in client.call(api.relations(text=text, page=page)).items:
        _print(relation)
    return VALID


@face.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--step", type=click.IntRange(1), help="Seconds after which invoices move on.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the throwaway authority and a certificate to try with are written.",
)
def sandbox(port: int, step: int | None, folder: Path) -> int:
    """Play FACe and FACeB2B on this machine until Ctrl-C; nothing leaves it."""
    from datetime import UTC

    from einvoice_core.certificates import TrustStore
    from einvoice_core.cli import write_file
    from einvoice_core.testing.authority import ThrowawayAuthority, write_pkcs12
    from einvoice_core.testing.service import wait_until_interrupted
    from facturae_es.face.sandbox import Service, serve

    def now() -> datetime:
        return datetime.now(UTC)

    authority = ThrowawayAuthority()
    trust = TrustStore((authority.root,), (authority.intermediate,))
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / "authority.pem", authority.pem)
    credential = authority.issue("12345678Z", organization_nif="B12345674")
    write_file(folder / "credential.p12", write_pkcs12(credential, "sandbox"))
    with serve(service=Service(now, trust, step_s=step), authority=authority, port=port) as double:
        click.echo(f"FACe is played at {double.url}; the password of credential.p12 is sandbox")
        wait_until_interrupted()
    return VALID


def _print(record: Any) -> None:  # noqa: ANN401 - any of the records, all of them dataclasses
    click.echo(json.dumps(asdict(record), default=str, ensure_ascii=False))
