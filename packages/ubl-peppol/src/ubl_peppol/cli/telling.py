"""The verbs that tell: ``explain``, ``diff`` and ``inspect``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from einvoice_core.cli import FINDINGS, VALID
from einvoice_core.inputs import expand

if TYPE_CHECKING:
    from ubl_peppol.model import Invoice

__all__ = ["diff", "explain", "inspect"]

_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


def _read(name: str) -> bytes:
    found = list(expand([name], stdin=sys.stdin.buffer))
    if len(found) != 1:
        raise click.UsageError(f"{name} holds {len(found)} documents: name one of them")
    return found[0].read()


@click.command()
@click.argument("rules", nargs=-1, required=True, metavar="RULE...")
@click.option("--profile", "-p", default="", help="Whose rule, where several have that id.")
@_json
def explain(rules: tuple[str, ...], profile: str, as_json: bool) -> int:
    """Say what a rule asks for, such as BR-CO-10."""
    from dataclasses import asdict

    from ubl_peppol.explaining import explain as explain_rule

    found = [explain_rule(rule, profile) for rule in rules]
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1))
        return VALID
    for entry in found:
        click.echo(f"{entry.rule} ({entry.severity.value})")
        click.echo(f"  {entry.requirement}")
        click.echo(f"  finding:  {entry.message}")
        if entry.terms:
            click.echo(f"  terms:    {', '.join(entry.terms)}")
        click.echo(f"  profiles: {', '.join(entry.profiles)}")
        click.echo(f"  source:   {entry.source}")
        if entry.silent:
            click.echo(f"  never fires: {entry.silent}")
    return VALID


@click.command()
@click.argument("first", metavar="FILE")
@click.argument("second", metavar="FILE")
@_json
def diff(first: str, second: str, as_json: bool) -> int:
    """Compare two invoices term by term; it ends with 1 when they differ."""
    from ubl_peppol.documents import read_any

    left, right = (dict(_terms(read_any(_read(name)))) for name in (first, second))
    changes = {
        path: (left.get(path), right.get(path))
        for path in [*left, *(path for path in right if path not in left)]
        if left.get(path) != right.get(path)
    }
    if as_json:
        listing = [{"path": path, "first": a, "second": b} for path, (a, b) in changes.items()]
        click.echo(json.dumps(listing, ensure_ascii=False, indent=1))
    else:
        for path, (before, after) in changes.items():
            if before is not None:
                click.echo(f"- {path}: {before}")
            if after is not None:
                click.echo(f"+ {path}: {after}")
    return FINDINGS if changes else VALID


def _terms(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield from _flat("", invoice.model_dump(mode="json", exclude_none=True))


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _flat(f"{path}[{number}]", inner)
    else:
        yield path, str(value)


@click.command()
@click.argument("name", metavar="FILE")
@_json
def inspect(name: str, as_json: bool) -> int:
    """Show what a document is: kind, parties, amounts, and the profile that it names."""
    from lxml import etree

    from einvoice_core.xml.parsing import parse
    from ubl_peppol.profiles import detect
    from ubl_peppol.syntax import APPLICATION_RESPONSE

    data = _read(name)
    root = parse(data)
    profile, note = detect(root)
    facts: dict[str, str] = {
        "kind": etree.QName(root).localname,
        "profile": f"{profile.name} ({profile.title})",
        "release": ", ".join(
            f"{entry.name}" + (f", mandatory from {entry.mandatory}" if entry.mandatory else "")
            for entry in profile.releases
        ),
    }
    if note:
        facts["note"] = note
    if root.tag != f"{{{APPLICATION_RESPONSE}}}ApplicationResponse":
        facts.update(_invoice_facts(root))
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        width = max(len(key) for key in facts)
        for key, value in facts.items():
            click.echo(f"{key:<{width}}  {value}")
    return VALID


_FACTS = (
    ("number", "", "BT-1"),
    ("issued", "", "BT-2"),
    ("due", "", "BT-9"),
    ("type", "", "BT-3"),
    ("currency", "", "BT-5"),
    ("seller", "BG-4", "BT-27"),
    ("buyer", "BG-7", "BT-44"),
    ("without VAT", "BG-22", "BT-109"),
    ("VAT", "", "BT-110"),
    ("with VAT", "BG-22", "BT-112"),
    ("amount due", "BG-22", "BT-115"),
)


def _invoice_facts(root: object) -> dict[str, str]:
    from typing import cast

    from lxml import etree

    from ubl_peppol.reading import read

    reading = read(cast("etree._Element", root))
    facts = {}
    for name, group_id, term in _FACTS:
        groups = reading.groups(group_id) if group_id else [reading.document]
        texts = [value.collapsed for group in groups for value in group.values(term)]
        if texts:
            facts[name] = ", ".join(texts)
    facts["lines"] = str(len(reading.document.groups("BG-25")))
    facts["attachments"] = str(len(reading.values("attached-file")))
    return facts
