"""The verbs that tell: ``explain`` and ``inspect``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import FINDINGS, UNUSABLE, VALID
from einvoice_core.errors import EInvoiceError
from einvoice_core.inputs import expand
from facturae_es.cli._shared import rules

if TYPE_CHECKING:
    from facturae_es.model import Facturae, Party
    from facturae_es.reader import Examined

__all__ = ["explain", "inspect"]

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)


@click.command()
@click.argument("things", nargs=-1, required=True, metavar="RULES|ELEMENTS|FILES...")
@_FORMAT
def explain(things: tuple[str, ...], form: str) -> int:
    """Explain rules such as FACTURAE-009, elements such as InvoiceTotal, or what ails a file."""
    entries: list[dict[str, object]] = []
    code = VALID
    for thing in things:
        found = list(_explained(thing))
        if not found:
            names = ", ".join(_near(thing))
            click.echo(f"{thing} is no rule, element or file; near it: {names or 'none'}", err=True)
            code = UNUSABLE
        entries += found
    if form == "json":
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(map(_as_text, entries)))
    return code


def _explained(thing: str) -> Iterator[dict[str, object]]:
    from facturae_es.spanish import names

    known = rules()
    if thing in known:
        rule = known[thing]
        yield {
            "rule": thing,
            "severity": rule.severity.value,
            "requirement": rule.requirement,
            "source": rule.source,
        }
    elif thing in names():
        yield {"element": thing, "spanish": names()[thing], "stands": _stands(thing)}
    elif thing == "-" or Path(thing).exists():
        yield from _explained_file(thing)


def _explained_file(thing: str) -> Iterator[dict[str, object]]:
    from facturae_es.cli.judging import Layer, judge

    for source in expand([thing], stdin=sys.stdin.buffer):
        try:
            xml = source.read()
            report = judge(xml, layer=Layer.ALL if b"SignatureValue" in xml else Layer.RULES)
        except EInvoiceError as error:
            yield {"file": source.name, "problem": error.code, "message": error.message}
            continue
        known = rules()
        seen: set[str] = set()
        for finding in report.findings:
            entry: dict[str, object] = {
                "file": source.name,
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "path": finding.path,
                "line": finding.line,
            }
            rule = known.get(finding.rule)
            if rule is not None and finding.rule not in seen:
                entry |= {"requirement": rule.requirement, "source": rule.source}
            seen.add(finding.rule)
            yield entry
        if not report.findings:
            yield {"file": source.name, "message": "nothing is wrong with it"}


def _stands(element: str) -> list[str]:
    """Return the records that have an element, with its version and form."""
    from einvoice_core.records import Record
    from facturae_es import model
    from facturae_es._plan import plan_of

    places = []
    for name in model.__all__:
        kind = getattr(model, name)
        if isinstance(kind, type) and issubclass(kind, Record):
            for plan in plan_of(kind):
                if element in plan.steps:
                    since = f", since {plan.since.value}" if plan.since.value != "3.2" else ""
                    places.append(f"{name}.{plan.name}{since}")
    return places


def _near(thing: str) -> list[str]:
    import difflib

    from facturae_es.spanish import names

    return difflib.get_close_matches(thing, [*rules(), *names()], 3)


def _as_text(entry: dict[str, object]) -> str:
    if "stands" in entry:
        lines = [f"{entry['element']}: {entry['spanish']}"]
        stands = entry["stands"]
        return "\n".join([*lines, *(f"  {place}" for place in stands)])  # type: ignore[attr-defined]  # a list
    first = " ".join(str(entry[key]) for key in ("file", "rule", "severity") if key in entry)
    rest = [
        f"  {entry[key]}"
        for key in ("problem", "message", "path", "requirement", "source")
        if entry.get(key)
    ]
    return "\n".join([first, *rest])


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILES...")
@_FORMAT
def inspect(names: tuple[str, ...], form: str) -> int:
    """Show what documents hold: version, parties, invoices, amounts, attachments, signature."""
    entries = []
    code = VALID
    for source in expand(names, stdin=sys.stdin.buffer):
        try:
            entry = _inspected(source.read())
        except EInvoiceError as error:
            code = UNUSABLE
            entry = {"problem": error.code, "message": error.message}
        else:
            if entry["invoices"] is None:
                code = max(code, FINDINGS)
        entries.append({"file": source.name, **entry})
    if form == "json":
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(entry, 0)) for entry in entries))
    return code


def _inspected(xml: bytes) -> dict[str, Any]:
    from facturae_es.reader import examine

    examined = examine(xml)
    whole: dict[str, Any] = {
        "version": examined.read_from or examined.version.value,
        "structure": "right" if examined.report.ok else f"{len(examined.report.findings)} findings",
        "signed": b"SignatureValue" in xml,
    }
    if examined.document is None:
        return {**whole, "invoices": None}
    return {**whole, **_contents(examined.document, examined)}


def _contents(document: Facturae, examined: Examined) -> dict[str, Any]:
    batch = document.file_header.batch
    return {
        "batch": batch.identifier,
        "seller": _party(document.parties.seller),
        "buyer": _party(document.parties.buyer),
        "total": f"{batch.total_executable.total} {batch.currency}",
        "losses": len(examined.losses),
        "invoices": [
            {
                "number": f"{invoice.header.series or ''}{invoice.header.number}",
                "class": invoice.header.invoice_class.value,
                "issued": invoice.issue_data.issued_on.isoformat(),
                "lines": len(invoice.lines),
                "total": str(invoice.totals.invoice_total),
                "to pay": str(invoice.totals.executable_amount),
                "attachments": [
                    f"{each.description or each.file_format.value}: {len(each.data)} characters"
                    for each in (
                        invoice.additional_data.attachments if invoice.additional_data else ()
                    )
                ],
            }
            for invoice in document.invoices
        ],
    }


def _party(party: Party) -> str:
    if party.legal_entity is not None:
        name = party.legal_entity.corporate_name
    elif party.individual is not None:
        person = party.individual
        name = " ".join(filter(None, (person.name, person.first_surname, person.second_surname)))
    else:
        name = ""
    units = [f"{c.role}={c.centre_code}" for c in party.administrative_centres if c.role]
    shown = f" ({', '.join(units)})" if units else ""
    return f"{party.tax_identification.nif} {name}{shown}"


def _lines(value: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, inner in value.items():
        if isinstance(inner, list):
            for item in inner:
                if isinstance(item, dict):
                    yield f"{indent}{key}:"
                    yield from _lines(item, depth + 1)
                else:
                    yield f"{indent}{key}: {item}"
        else:
            yield f"{indent}{key}: {inner}"
