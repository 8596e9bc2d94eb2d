"""The verbs that make documents: ``convert`` and ``fix``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from einvoice_core.cli import FINDINGS, UNUSABLE, VALID, write_file
from einvoice_core.errors import EInvoiceError
from einvoice_core.inputs import Source, expand
from ubl_peppol.cli.judging import AUTO
from ubl_peppol.cli.reading import facturae, read_invoice, single

if TYPE_CHECKING:
    pass

__all__ = ["convert", "fix"]

_output = click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the new document instead of standard output.",
)


def _put(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file(output, data)


@click.command()
@click.argument("name", metavar="FILE")
@_output
@click.option(
    "--profile", "-p", default="peppol-bis-3", show_default=True, help="What it will claim to be."
)
@click.option("--position", type=click.IntRange(0), help="Which invoice of a batch, from 0.")
@click.option(
    "--to",
    "syntax",
    type=click.Choice(["ubl", "cii", "spfe", "facturae"]),
    default="ubl",
    show_default=True,
    help="The syntax of the new document; spfe is the faithful copy for the public solution.",
)
@click.option("--series", help="With --to facturae: the series with which the number begins.")
@click.option("--strict", is_flag=True, help="Write nothing when anything would be lost.")
def convert(
    name: str,
    output: Path | None,
    profile: str,
    position: int | None,
    syntax: str,
    series: str | None,
    strict: bool,
) -> int:
    """Make UBL, CII or Facturae of an invoice in any of them; list what changed on the way.

    An invoice of the public solution (UBL 2.5) is taken as one of the edition of 2017.

    It ends with 1 when something of the source has no place in the new document; with --strict,
    also when something moved, was derived or assumed, and then nothing is written.
    """
    from ubl_peppol import cii, ubl
    from ubl_peppol.losses import LossKind

    invoice, losses = read_invoice(single(name).read(), profile, position)
    if syntax == "spfe":
        from ubl_peppol.cli.spanish import copied

        made, further = copied(invoice)
        losses = (*losses, *further)
    elif syntax == "facturae":
        made, further = facturae().facturae_of(invoice, series=series)
        losses = (*losses, *further)
    else:
        made = cii.write(invoice) if syntax == "cii" else ubl.write(invoice)
    ledger = tuple(losses)
    if not (strict and ledger):
        _put(made, output)
    for loss in ledger:
        click.echo(f"{loss.kind}: {loss.path}: {loss.value!r}: {loss.reason}", err=True)
    refused = bool(ledger) if strict else any(loss.kind is LossKind.DROPPED for loss in ledger)
    return FINDINGS if refused else VALID


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILES...")
@click.option(
    "--safe",
    is_flag=True,
    required=True,
    help="Make the changes that are certain: never an amount that is the issuer's to state.",
)
@click.option("--profile", "-p", default=AUTO, show_default=True, help="What they are judged as.")
@_output
@click.option("--in-place", is_flag=True, help="Write each document back where it came from.")
@click.option("--patch", is_flag=True, help="Write the changes as an XML patch (RFC 5261) instead.")
def fix(
    names: tuple[str, ...],
    safe: bool,
    profile: str,
    output: Path | None,
    in_place: bool,
    patch: bool,
) -> int:
    """Mend what is certain, judge again, and write the document.

    It ends with 1 when findings are left.
    """
    from ubl_peppol.fixes import fix as mend

    del safe
    sources = list(expand(names, stdin=sys.stdin.buffer))
    if len(sources) != 1 and (not in_place or patch):
        raise click.UsageError("several documents can be mended --in-place only")
    if in_place and (output is not None or any(not _is_file(source) for source in sources)):
        raise click.UsageError("--in-place is for files, without --output")
    code = VALID
    for source in sources:
        try:
            result = mend(source.read(), profile)
        except EInvoiceError as error:
            click.echo(f"{source.name}: {error.message} ({error.code})", err=True)
            code = UNUSABLE
            continue
        for operation in result.patch.operations:
            click.echo(f"{source.name}: {operation}", err=True)
        for finding in result.after.findings:
            click.echo(f"{source.name}: left: {finding.rule}: {finding.message}", err=True)
        if not result.after.ok and code == VALID:
            code = FINDINGS
        if in_place and source.path is not None:
            if result.patch.operations:
                write_file(source.path, result.xml)
        else:
            _put(result.patch.to_xml() if patch else result.xml, output)
    return code


def _is_file(source: Source) -> bool:
    return source.path is not None and source.member is None
