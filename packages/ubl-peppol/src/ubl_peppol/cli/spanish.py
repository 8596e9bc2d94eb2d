"""The verbs of the Spanish public solution: ``migrate``, ``status`` and ``sandbox``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import FINDINGS, VALID, write_file
from einvoice_core.inputs import expand

if TYPE_CHECKING:
    from datetime import datetime

    from ubl_peppol.losses import Loss
    from ubl_peppol.model import Invoice

__all__ = ["copied", "migrate", "sandbox", "spfe", "status"]


def spfe() -> Any:  # noqa: ANN401 - found by its name: nothing else here needs the extra
    """Find the package of the extra ``spfe``."""
    try:
        return import_module("ubl_peppol.spfe")
    except ImportError as error:
        raise click.UsageError('install "ubl-peppol[spfe]" for this') from error


def copied(invoice: Invoice) -> tuple[bytes, tuple[Loss, ...]]:
    """Make the faithful copy of an invoice, with what it does not carry."""
    from ubl_peppol import ubl25

    copy = spfe().faithful_copy(invoice)
    return ubl25.write(copy.invoice), copy.losses


@click.command()
@click.argument("name", metavar="FILE")
def migrate(name: str) -> int:
    """List what an invoice of EN 16931:2017 lacks for the 2026 edition and the public solution.

    It ends with 1 when it lacks something.
    """
    from ubl_peppol.documents import read_any

    found = list(expand([name], stdin=sys.stdin.buffer))
    if len(found) != 1:
        raise click.UsageError(f"{name} holds {len(found)} documents: name one of them")
    lacks = spfe().migrate(read_any(found[0].read()))
    for lack in lacks:
        click.echo(f"{lack.target}: {lack.term}: {lack.what} ({lack.rule}, {lack.trust})")
    return FINDINGS if lacks else VALID


@click.command()
@click.argument("names", nargs=-1, metavar="FILES...")
@click.option("--copy", "is_copy", is_flag=True, help="What was registered is a faithful copy.")
@click.option(
    "--paid-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Say until when that payment is to be told.",
)
def status(names: tuple[str, ...], is_copy: bool, paid_on: datetime | None) -> int:
    """Follow the status messages of one invoice, in their order, and say what they make of it.

    It ends with 1 when a message does not follow from the state before it, or is about another
    invoice than the first one.
    """
    package = spfe()
    messages = package.messages
    if paid_on is not None:
        term = package.status_term("PAYMENT", paid_on.date())
        click.echo(f"PAYMENT until {term.last_day} ({term.article})")
    state = messages.Lifecycle().registered(is_copy=is_copy)
    code, about = VALID, None
    for source in expand(names, stdin=sys.stdin.buffer):
        message = messages.read(source.read())
        about = about or message.invoices[:1]
        if about[0] not in message.invoices if about else True:
            click.echo(f"{source.name}: {message.code} is about another invoice", err=True)
            code = FINDINGS
            continue
        try:
            state = state.told(message.code)
        except messages.IllegalTransition as error:
            click.echo(f"{source.name}: {error.message}", err=True)
            code = FINDINGS
    click.echo(f"registration: {state.registration}")
    click.echo(f"recipient: {state.recipient}")
    click.echo(f"issuer: {state.issuer}")
    return code


@click.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where root.pem and the certificates of the holders are written.",
)
@click.option(
    "--holder",
    "holders",
    multiple=True,
    default=("12345678Z",),
    show_default=True,
    metavar="NIF",
    help="Issue a certificate (NIF.p12, password 'sandbox'); may be repeated.",
)
def sandbox(port: int, folder: Path, holders: tuple[str, ...]) -> int:
    """Play the public solution on this machine until Ctrl-C; nothing is kept."""
    from einvoice_core.testing.service import wait_until_interrupted

    try:
        double = import_module("ubl_peppol.spfe.sandbox")
    except ImportError as error:
        raise click.UsageError('install "ubl-peppol[sandbox]" for this') from error
    with double.serve(port=port) as running:
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / "root.pem", running.authority.pem)
        for nif in holders:
            issued = running.authority.issue(nif, "TITULAR DE PRUEBA")
            write_file(folder / f"{nif}.p12", issued.to_pkcs12(b"sandbox"))
        click.echo(f"the public solution is played at {running.url}")
        wait_until_interrupted()
    return VALID
