"""The command ``einvoice``: ``demo`` shows the whole way, ``serve`` runs the server."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

__all__ = ["main"]


@click.group()
@click.version_option(package_name="einvoice-es-server")
def main() -> None:
    """Spanish e-invoicing: Facturae, EN 16931, VERI*FACTU."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Run the server; settings come from EINVOICE_ variables."""
    import uvicorn

    from reference_server.app import create_app

    uvicorn.run(create_app(), host=host, port=port, access_log=False)


@main.command()
@click.option(
    "--input",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Facturae 3.2, 3.2.1 or 3.2.2 document to reissue.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("einvoice-demo"),
    show_default=True,
    help="Folder for the files written.",
)
@click.option(
    "--date",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of issue; by default today.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the steps as JSON.")
def demo(source: Path | None, out: Path, on: datetime | None, *, as_json: bool) -> None:
    """Issue, sign, validate, register, submit and print an invoice; nothing is left running."""
    from reference_server.demo import run
    from reference_server.demo.report import as_json as in_json
    from reference_server.demo.report import as_table

    day: date | None = on.date() if on else None
    outcome = run(source, out, day)
    click.echo(in_json(outcome) if as_json else as_table(outcome))
    sys.exit(0 if outcome.ok else 1)
