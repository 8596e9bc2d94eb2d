"""The verbs of the SII."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aeat_sii.cli.options import connection_options, credential_from
from einvoice_core.cli import FINDINGS, VALID

if TYPE_CHECKING:
    from aeat_sii.sii.authorities import Place
    from aeat_sii.sii.held import HeldRecord
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


_BOOKS = (
    *("issued", "received", "investment_goods", "intra_community", "cash", "insurance"),
    *("travel_agencies", "consignment", "aggregates", "customers", "customers_count"),
    *("suppliers", "suppliers_count", "collections", "payments", "properties"),
)


@sii.command()
@click.option("--nif", required=True, help="Of the titular of the books.")
@click.option("--name", required=True, help="Of the titular of the books.")
@click.option("--book", type=click.Choice(_BOOKS), default="issued", show_default=True)
@click.option("--year", type=click.IntRange(2017, 2100), help="Of a period.")
@click.option("--period", help="01 to 12, 1T to 4T, 0A.")
@click.option("--number", help="Of the invoice, for collections, payments and properties.")
@click.option("--issued-on", type=click.DateTime(["%Y-%m-%d"]), help="Day of that invoice.")
@click.option("--issuer-nif", help="Of a received invoice.")
@click.option("--issuer-name", help="Of a received invoice.")
@connection_options
@_authority
@_marked
def query(
    nif: str,
    name: str,
    book: str,
    year: int | None,
    period: str | None,
    number: str | None,
    issued_on: datetime | None,
    issuer_nif: str | None,
    issuer_name: str | None,
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
    """Ask what the authority holds of a period or of an invoice; a list in JSON."""
    from aeat_sii.sii import Client
    from aeat_sii.sii.asking import Asked, query_of_invoice, query_of_period
    from aeat_sii.sii.held import AggregatesAnswer
    from aeat_sii.sii.records import Period, SpanishPerson

    what, titular = Asked(book), SpanishPerson(name=name, nif=nif)
    if what.is_of_an_invoice:
        if number is None or issued_on is None:
            raise click.UsageError(f"--book {book} needs --number and --issued-on")
        issuer = SpanishPerson(name=issuer_name, nif=issuer_nif) if issuer_nif else None
        asked = query_of_invoice(what, titular, number, issued_on.date(), issuer=issuer)
    else:
        if year is None or period is None:
            raise click.UsageError(f"--book {book} needs --year and --period")
        asked = query_of_period(what, titular, Period(year=str(year), code=period))
    with Client(
        credential_from(
            certificate, certificates, holder or nif, password_env, passphrase_env, environment
        ),
        place=_place(environment, authority, accept_marked=accept_marked),
        trust=trust.read_bytes() if trust else None,
    ) as client:
        if what is Asked.AGGREGATES:
            answer = client.query(asked)
            found = isinstance(answer, AggregatesAnswer) and answer.aggregates
            rows: list[dict[str, object]] = [{"values": found.values}] if found else []
        else:
            rows = [_row(each) for each in client.query_all(asked)]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    return VALID


def _row(held: "HeldRecord") -> dict[str, object]:
    """Return what is shown of a record: what there is of what every book may have."""
    state, invoice, party = held.state, held.invoice, held.customer or held.supplier
    row = {
        "number": invoice.number if invoice else None,
        "issued_on": invoice.issued_on.isoformat() if invoice else None,
        "stock": held.stock.id if held.stock else None,
        "party": party.nif if party else None,
        "count": int(held.count) if held.count else None,
        "state": state.state.value if state and state.state else None,
        "contrast": state.contrast.name.lower() if state and state.contrast else None,
        "code": state.code if state else None,
        "csv": held.presentation.csv if held.presentation else None,
        "total": held.values.get("ImporteTotal"),
        "values": held.values,
    }
    always = ("number", "issued_on", "state", "contrast", "code", "total")
    return {name: value for name, value in row.items() if value or name in always}
