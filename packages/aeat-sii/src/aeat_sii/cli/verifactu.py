"""The verbs of VERI*FACTU."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from aeat_sii.cli.options import (
    chain_options,
    connection_options,
    credential_from,
    environment_of,
    opened_store,
)
from aeat_sii.clock import now
from aeat_sii.errors import DraftError
from einvoice_core.cli import FINDINGS, UNUSABLE, VALID, Check, checking, tool, write_file

__all__ = [
    "audit",
    "build",
    "declaration",
    "hash_files",
    "judge",
    "qr",
    "query",
    "send",
    "validate",
    "verifactu",
]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def verifactu() -> None:
    """Records of VERI*FACTU: make, chain, judge, send, query, audit."""


@contextmanager
def _transaction(connection: Any) -> Iterator[Any]:  # noqa: ANN401 - of either driver
    connection.execute("BEGIN IMMEDIATE" if "sqlite" in type(connection).__module__ else "BEGIN")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@verifactu.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@chain_options
@click.option("--output", "-o", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--keep-time", is_flag=True, help="Keep the instant of the draft.")
def build(
    files: tuple[Path, ...], store: str, tenant: str, chain: str, output: Path, keep_time: bool
) -> int:
    """Make records of drafts (JSON with the fields of the record) and put them into a chain.

    A draft with fatal findings is not taken; those before it are. Its file in the folder of the
    output has the name of the draft.
    """
    from aeat_sii.verifactu import validate as judged
    from aeat_sii.verifactu.chain import link
    from aeat_sii.verifactu.records import SF
    from aeat_sii.verifactu.store import Key, append
    from einvoice_core.xml.binding import write

    output.mkdir(parents=True, exist_ok=True)
    with opened_store(store) as connection:
        for file in files:
            draft = _draft(file)
            report = judged(link(draft, None), now=now())
            for finding in report.findings:
                click.echo(f"{file}: {finding.rule} {finding.path}: {finding.message}", err=True)
            if report.fatal:
                return FINDINGS
            with _transaction(connection):
                made = append(
                    connection, Key(tenant, chain), draft, clock=None if keep_time else now
                )
            write_file(output / f"{file.stem}.xml", write(made, prefixes={"sum1": SF}))
            click.echo(f"{made.invoice.number} {made.fingerprint}")
    return VALID


def _draft(file: Path) -> Any:  # noqa: ANN401 - a registration or a cancellation
    from aeat_sii.verifactu.records import CancellationRecord, RegistrationRecord

    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        kind = RegistrationRecord if "breakdown" in fields else CancellationRecord
        return kind.model_validate_json(json.dumps(fields))
    except (ValueError, TypeError, ValidationError) as error:
        raise DraftError(f"{file} is no draft of a record: {str(error)[:800]}") from error


@verifactu.command("hash")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def hash_files(files: tuple[Path, ...], form: str) -> int:
    """Recompute the fingerprint of every record and event in XML FILES; exit 1 if one differs."""
    from aeat_sii.verifactu.hashing import fingerprints_in

    rows = [
        {"file": str(file), "kind": each.kind, "stated": each.stated, "computed": each.computed}
        for file in files
        for each in fingerprints_in(file.read_bytes())
    ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            verdict = "ok" if row["stated"] == row["computed"] else "differs"
            click.echo(f"{row['file']}: {row['kind']} {verdict} {row['computed']}")
    if not rows:
        click.echo("no record and no event in these files", err=True)
        return UNUSABLE
    return VALID if all(row["stated"] == row["computed"] for row in rows) else FINDINGS


def judge(xml: bytes) -> Any:  # noqa: ANN401 - a Report; the name is needed by other processes
    """Judge a record, or every record of a submission."""
    from lxml import etree

    from aeat_sii.verifactu import validate as judged
    from aeat_sii.verifactu.records import SF
    from aeat_sii.verifactu.store import record_in
    from einvoice_core.findings import Report
    from einvoice_core.xml.errors import DocumentRefused
    from einvoice_core.xml.parsing import parse

    report = Report()
    names = (f"{{{SF}}}RegistroAlta", f"{{{SF}}}RegistroAnulacion")
    elements = list(parse(xml).iter(*names))
    if not elements:
        raise DraftError("the file holds no record of VERI*FACTU")
    for element in elements:
        try:
            record = record_in(etree.tostring(element, with_tail=False))
        except DocumentRefused as error:
            report += Report(error.findings, ("structure",))
            continue
        report += judged(record, now=now())
    return report


@verifactu.command()
@checking
def validate(check: Check) -> int:
    """Judge the records in XML files with the agency's rules."""
    return check.run(judge, tool("aeat-sii", "aeat-sii"), suffixes=(".xml",))


@verifactu.command()
@click.argument("source")
@click.option("--output", "-o", type=_OUTPUT, help="File .svg or .png; without it, the address.")
@click.option("--size-mm", type=click.IntRange(30, 40), default=35, show_default=True)
@click.option("--test", is_flag=True, help="The address of the agency's test page.")
@click.option("--not-verifactu", is_flag=True, help="For a system that does not send its records.")
def qr(source: str, output: Path | None, size_mm: int, test: bool, not_verifactu: bool) -> int:
    """Draw the tax QR of a record (SOURCE is its XML), or read the address of a printed one."""
    from aeat_sii.environments import PRODUCTION, TEST
    from aeat_sii.verifactu import qr as codes
    from aeat_sii.verifactu.records import RegistrationRecord
    from aeat_sii.verifactu.store import record_in

    if source.startswith("https://"):
        data = codes.parse(source)
        click.echo(f"nif: {data.issuer_nif}\nnumserie: {data.number}")
        click.echo(f"fecha: {data.issued_on:%d-%m-%Y}\nimporte: {data.total}")
        click.echo(f"verifactu: {'S' if data.verifactu else 'N'}")
        return VALID
    if not Path(source).is_file():
        raise click.BadParameter(f"{source} is neither a file nor an address")
    record = record_in(Path(source).read_bytes())
    if not isinstance(record, RegistrationRecord):
        raise DraftError("a cancellation has no QR")
    environment = TEST if test else PRODUCTION
    address = codes.url_of(record, environment=environment, verifactu=not not_verifactu)
    if output is None:
        click.echo(address)
    elif output.suffix == ".png":
        write_file(output, codes.png(address, size_mm=size_mm))
    elif output.suffix == ".svg":
        write_file(output, codes.svg(address, size_mm=size_mm).encode("utf-8"))
    else:
        raise click.BadParameter(f"{output}: write a .svg or a .png")
    return VALID


@verifactu.command()
@chain_options
@connection_options
@click.option("--once", is_flag=True, help="Send once instead of until nothing is left.")
def send(
    store: str,
    tenant: str,
    chain: str,
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
    trust: Path | None,
    once: bool,
) -> int:
    """Send what is waiting in a chain, in its order and at the pace that the agency asks for."""
    import time

    from aeat_sii.verifactu import Client
    from aeat_sii.verifactu.delivery import Dispatcher, Outcome
    from aeat_sii.verifactu.store import Key
    from aeat_sii.verifactu.store.deliveries import DeliveryState, deliveries

    key = Key(tenant, chain)
    with (
        opened_store(store) as connection,
        Client(
            credential_from(
                certificate, certificates, holder, password_env, passphrase_env, environment
            ),
            environment=environment_of(environment),
            trust=trust.read_bytes() if trust else None,
        ) as client,
    ):
        dispatcher = Dispatcher(lambda: _transaction(connection), key, client)
        while True:
            step = dispatcher.step()
            click.echo(f"{step.outcome.value} {step.settled} {step.reason}".rstrip())
            if step.outcome in (Outcome.NOTHING_TO_SEND, Outcome.STOPPED) or once:
                break
            if step.outcome is not Outcome.ANSWERED:
                time.sleep(step.wait_s)
        known = deliveries(connection, key)
    for each in known:
        if each.state in (DeliveryState.REJECTED, DeliveryState.WITH_ERRORS):
            click.echo(f"{each.record.number}: {each.state.value} {each.code} {each.text or ''}")
    if step.outcome is Outcome.STOPPED:
        return UNUSABLE
    return FINDINGS if any(each.state is DeliveryState.REJECTED for each in known) else VALID


@verifactu.command()
@click.option("--nif", required=True, help="Of the issuer.")
@click.option("--name", required=True, help="Of the issuer.")
@click.option("--year", type=click.IntRange(2024, 2100), required=True)
@click.option("--month", type=click.IntRange(1, 12), required=True)
@click.option("--number", help="Of one invoice.")
@connection_options
def query(
    nif: str,
    name: str,
    year: int,
    month: int,
    number: str | None,
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
    trust: Path | None,
) -> int:
    """Ask the agency what it holds of a month; a list in JSON."""
    from aeat_sii.verifactu import Client
    from aeat_sii.verifactu.querying import Filter, Period, Query, QueryHeader
    from aeat_sii.verifactu.records import SpanishPerson

    asked = Query(
        header=QueryHeader(issuer=SpanishPerson(name=name, nif=nif)),
        filter=Filter(period=Period.of(date(year, month, 1)), number=number),
    )
    with Client(
        credential_from(
            certificate, certificates, holder, password_env, passphrase_env, environment
        ),
        environment=environment_of(environment),
        trust=trust.read_bytes() if trust else None,
    ) as client:
        found = client.query_all(asked)
    rows = [
        {
            "number": each.invoice.number,
            "issued_on": each.invoice.issued_on.isoformat(),
            "state": each.state.state.value,
            "code": each.state.code,
            "fingerprint": each.data.fingerprint,
        }
        for each in found
    ]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    return VALID


@verifactu.command()
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--store", help="File of SQLite, or host=... of PostgreSQL.")
@click.option("--tenant", help="Whose chain.")
@click.option("--chain", default="main", show_default=True)
def audit(files: tuple[Path, ...], store: str | None, tenant: str | None, chain: str) -> int:
    """Find where a chain breaks, in a store or in XML FILES in its order, and propose a repair."""
    from aeat_sii.verifactu.audit import audit as audited
    from aeat_sii.verifactu.store import Key, walk

    if store and tenant:
        with opened_store(store) as connection:
            found = audited(
                (each.position, each.xml) for each in walk(connection, Key(tenant, chain))
            )
    elif files:
        found = audited((n, file.read_bytes()) for n, file in enumerate(files, start=1))
    else:
        raise click.UsageError("name a store and a tenant, or files")
    click.echo(f"{found.length} records, {len(found.breaks)} breaks")
    for each in found.breaks:
        click.echo(f"record {each.position}: {each.kind.value} {each.stated} {each.expected}")
    for step in found.plan:
        click.echo(f"- {step.action}: {step.text}")
    return VALID if found.intact else FINDINGS


@verifactu.command()
@click.argument("config", type=_FILE)
@click.option("--output", "-o", type=_OUTPUT, help="File .html or .txt; without it, text.")
def declaration(config: Path, output: Path | None) -> int:
    """Write the producer's declaration (declaración responsable) from a configuration in TOML."""
    from aeat_sii.verifactu import declaration as declarations

    made = declarations.load(config.read_bytes())
    if output is None:
        click.echo(declarations.text(made), nl=False)
    else:
        is_page = output.suffix in (".html", ".htm")
        text = declarations.html(made) if is_page else declarations.text(made)
        write_file(output, text.encode("utf-8"))
    return VALID
