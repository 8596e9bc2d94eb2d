"""The verbs that make documents: ``convert`` and ``fix``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import click

from einvoice_core.cli import FINDINGS, UNUSABLE, VALID, write_file
from einvoice_core.errors import EInvoiceError
from einvoice_core.inputs import Source, expand
from ubl_peppol.cli.judging import AUTO

if TYPE_CHECKING:
    from ubl_peppol.losses import Loss
    from ubl_peppol.model import Invoice

__all__ = ["convert", "fix"]

_output = click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the new document instead of standard output.",
)


def _single(name: str) -> Source:
    found = list(expand([name], stdin=sys.stdin.buffer))
    if len(found) != 1:
        raise click.UsageError(f"{name} holds {len(found)} documents: name one of them")
    return found[0]


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

    data = _single(name).read()
    losses: Iterable[Loss]
    if _is_facturae(data):
        conversion = _facturae().convert_document(data, profile=profile, position=position)
        invoice, losses = conversion.invoice, conversion.losses
    else:
        invoice, losses = _norm(data, profile)
    if syntax == "spfe":
        from ubl_peppol.cli.spanish import copied

        made, further = copied(invoice)
        losses = (*losses, *further)
    elif syntax == "facturae":
        made, further = _facturae().facturae_of(invoice, series=series)
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


def _norm(data: bytes, profile: str) -> tuple[Invoice, tuple[Loss, ...]]:
    """Read UBL 2.1 or CII, or an invoice of the edition of 2026, as one of that of 2017."""
    from einvoice_core.xml.parsing import parse
    from ubl_peppol import ubl25
    from ubl_peppol.documents import examine_any

    if not ubl25.is_2026(parse(data)):
        examined = examine_any(data)
        return examined.require(), examined.losses
    older = ubl25.to_2017(ubl25.read(data), profile=profile)
    return older.invoice, older.losses


class _Converted(Protocol):
    @property
    def invoice(self) -> Invoice:
        """The invoice."""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What did not pass unchanged."""


class _Facturae(Protocol):
    def convert_document(
        self, data: bytes, *, profile: str, position: int | None
    ) -> _Converted: ...

    def facturae_of(
        self, invoice: Invoice, *, series: str | None
    ) -> tuple[bytes, tuple[Loss, ...]]: ...


def _facturae() -> _Facturae:
    """Find the conversions of the extra ``facturae``, by their name: nothing here needs them."""
    try:
        return cast(_Facturae, import_module("ubl_peppol.facturae"))
    except ImportError as error:
        raise click.UsageError('install "ubl-peppol[facturae]" for this') from error


def _is_facturae(data: bytes) -> bool:
    from lxml import etree

    from einvoice_core.xml.parsing import parse

    return etree.QName(parse(data)).localname == "Facturae"


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
