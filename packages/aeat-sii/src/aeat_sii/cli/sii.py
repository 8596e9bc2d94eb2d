"""The verbs of the SII."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aeat_sii.cli.options import connection_options, credential_from
from einvoice_core.cli import FINDINGS, VALID

if TYPE_CHECKING:
    from aeat_sii.sii.authorities import Place
    from aeat_sii.sii.records import Submission

__all__ = ["query", "send", "sii", "validate"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_authority = click.option(
    "--authority",
    type=click.Choice(("aeat", "araba", "bizkaia", "gipuzkoa", "navarra", "canarias")),
    default="aeat",
    show_default=True,
)
_marked = click.option(
    "--accept-marked", is_flag=True, help="Use an address that stands in no official file."
)


@click.group()
def sii() -> None:
    """Books of the SII: judge and send records, and ask what the authority holds."""


def _place(environment: str, authority: str, *, accept_marked: bool) -> "Place":
    from aeat_sii.sii.authorities import Authority, Place, Stage, local

    if environment in ("test", "production"):
        return Place(Authority(authority), Stage(environment), accept_marked=accept_marked)
    if not environment.startswith("https://"):
        raise click.BadParameter(
            f"{environment!r} is neither test, production nor an https address"
        )
    return local(environment, Authority(authority))


def _message(file: Path) -> "Submission":
    from aeat_sii.sii.messages import read_submission

    return read_submission(file.read_bytes())


@sii.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
def validate(files: tuple[Path, ...]) -> int:
    """Judge the records of XML FILES with those of the agency's rules that a client can know."""
    from aeat_sii.clock import now
    from aeat_sii.sii import rules
    from aeat_sii.sii.codes import Communication
    from aeat_sii.sii.records import Header

    fatal = False
    for file in files:
        message = _message(file)
        header = message.stated_header
        does = header.communication if isinstance(header, Header) else Communication.REGISTER
        for number, record in enumerate(message.stated_records, start=1):
            report = rules.validate(record, header.titular, now=now(), communication=does)
            fatal = fatal or bool(report.fatal)
            for each in report.findings:
                click.echo(f"{file}: record {number}: {each.rule} {each.path}: {each.message}")
    return FINDINGS if fatal else VALID


@sii.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@connection_options
@_authority
@_marked
def send(
    files: tuple[Path, ...],
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
    trust: Path | None,
    authority: str,
    accept_marked: bool,
) -> int:
    """Send the submissions of XML FILES; a line in JSON for each record, exit 1 if one fails."""
    from aeat_sii.sii import Client
    from aeat_sii.sii.codes import Communication
    from aeat_sii.sii.keys import key_of_line
    from aeat_sii.sii.records import Header

    rejected = False
    with Client(
        credential_from(
            certificate, certificates, holder, password_env, passphrase_env, environment
        ),
        place=_place(environment, authority, accept_marked=accept_marked),
        trust=trust.read_bytes() if trust else None,
    ) as client:
        for file in files:
            message = _message(file)
            header = message.stated_header
            does = header.communication if isinstance(header, Header) else Communication.REGISTER
            answer = client.submit(message.stated_records, header.titular, communication=does)
            for line in answer.lines:
                rejected = rejected or not line.is_accepted
                row = {
                    "file": str(file),
                    "record": " ".join(key_of_line(line)),
                    "state": line.state.value,
                    "code": line.code,
                    "text": line.text,
                    "held": line.duplicate.state.value if line.duplicate else None,
                    "csv": answer.csv,
                }
                click.echo(json.dumps(row, ensure_ascii=False))
    return FINDINGS if rejected else VALID


@sii.command()
@click.option("--nif", required=True, help="Of the titular of the books.")
@click.option("--name", required=True, help="Of the titular of the books.")
@click.option("--book", type=click.Choice(["issued", "received"]), default="issued")
@click.option("--year", type=click.IntRange(2017, 2100), required=True)
@click.option("--period", required=True, help="01 to 12, 1T to 4T.")
@connection_options
@_authority
@_marked
def query(
    nif: str,
    name: str,
    book: str,
    year: int,
    period: str,
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
    trust: Path | None,
    authority: str,
    accept_marked: bool,
) -> int:
    """Ask what the authority holds of a period, with the contrast; a list in JSON."""
    from aeat_sii.sii import Client
    from aeat_sii.sii import filters as f
    from aeat_sii.sii import queries as q
    from aeat_sii.sii.records import Period, SpanishPerson

    header = f.QueryHeader(titular=SpanishPerson(name=name, nif=nif))
    when = Period(year=str(year), code=period)
    asked: q.Query = q.QueryIssued(header=header, filter=f.IssuedFilter(period=when))
    if book == "received":
        asked = q.QueryReceived(header=header, filter=f.ReceivedFilter(period=when))
    with Client(
        credential_from(
            certificate, certificates, holder or nif, password_env, passphrase_env, environment
        ),
        place=_place(environment, authority, accept_marked=accept_marked),
        trust=trust.read_bytes() if trust else None,
    ) as client:
        found = client.query_all(asked)
    rows = []
    for each in found:
        state, invoice = each.state, each.invoice
        rows.append(
            {
                "number": invoice.number if invoice else None,
                "issued_on": invoice.issued_on.isoformat() if invoice else None,
                "state": state.state.value if state and state.state else None,
                "contrast": state.contrast.name.lower() if state and state.contrast else None,
                "code": state.code if state else None,
                "total": each.values.get("ImporteTotal"),
            }
        )
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    return VALID
