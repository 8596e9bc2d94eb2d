"""The verb ``render``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from einvoice_core.cli import UNUSABLE, VALID, write_file
from einvoice_core.errors import EInvoiceError
from einvoice_core.inputs import Source, expand
from ubl_peppol.cli.reading import read_invoice

__all__ = ["render"]


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILES...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["pdf", "html"]),
    default="pdf",
    show_default=True,
    help="A PDF carries the invoice as data (PDF/A-3).",
)
@click.option(
    "--language",
    "-l",
    type=click.Choice(["es", "ca", "eu", "gl", "en"]),
    default="es",
    show_default=True,
    help="Of the labels, numbers and dates.",
)
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with an own invoice.html.j2 and invoice.css.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="File, or folder when there are several; by default beside each document.",
)
def render(
    names: tuple[str, ...], form: str, language: str, templates: Path | None, output: Path | None
) -> int:
    """Make the page of invoices in any format, as PDF/A-3 with the invoice in it or as HTML.

    Without --templates a PDF is set by the fast renderer. It ends with 2 when a document cannot be
    read or its page cannot be made; the others are made.
    """
    pages = _pages()
    sources = list(expand(names, stdin=sys.stdin.buffer))
    if output is not None and len(sources) > 1:
        output.mkdir(parents=True, exist_ok=True)
    code = VALID
    for source in sources:
        try:
            data = source.read()
            made = _page(pages, data, form, language, templates)
            _put(made, source, form, output)
        except (EInvoiceError, OSError) as error:
            click.echo(f"{source.name}: {error}", err=True)
            code = UNUSABLE
    return code


def _page(pages: Any, data: bytes, form: str, language: str, templates: Path | None) -> bytes:  # noqa: ANN401 - the extra, found by its name
    invoice, _ = read_invoice(data)
    chosen = pages.Language(language)
    view = pages.view_of(invoice, language=chosen)
    if form == "html":
        return bytes(pages.html(view, language=chosen, templates=templates).encode())
    embedded = pages.Embedded(data=data)
    if templates is None:
        return bytes(pages.fast_pdf(view, language=chosen, embedded=embedded))
    return bytes(pages.pdf(view, language=chosen, templates=templates, embedded=embedded))


def _put(made: bytes, source: Source, form: str, output: Path | None) -> None:
    stem = Path(source.member or source.name).stem
    if output is not None:
        write_file(output / f"{stem}.{form}" if output.is_dir() else output, made)
    elif source.path is not None and source.member is None:
        write_file(source.path.with_suffix(f".{form}"), made)
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()


def _pages() -> Any:  # noqa: ANN401 - the extra, found by its name
    try:
        import_module("typst")
        return import_module("ubl_peppol.render")
    except ImportError as error:
        raise click.UsageError('install "ubl-peppol[render]" for this') from error
