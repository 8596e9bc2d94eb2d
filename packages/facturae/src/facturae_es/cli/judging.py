"""The verbs that judge: ``validate`` and ``verify``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import click

from einvoice_core.cli import Check, checking
from einvoice_core.findings import Report
from facturae_es.cli._shared import the_tool, trust_of

__all__ = ["Layer", "judge", "judge_signature", "validate", "verify"]


class Layer(StrEnum):
    """What is judged."""

    STRUCTURE = "structure"
    RULES = "rules"
    SIGNATURE = "signature"
    ALL = "all"


def judge(
    xml: bytes,
    *,
    layer: Layer = Layer.RULES,
    xsd: Path | None = None,
    trust: tuple[bytes, ...] = (),
    allow_sha1: bool = False,
) -> Report:
    """Judge a document by the layers asked for.

    Args:
        xml: The document.
        layer: ``rules`` includes the structure; ``all`` the signature too.
        xsd: Folder with the official schemas, for a second opinion on the structure.
        trust: Roots in PEM.
        allow_sha1: Accept signatures of before 2015.
    """
    from facturae_es.reader import examine
    from facturae_es.validation import validate as validate_document

    if layer is Layer.SIGNATURE:
        return judge_signature(xml, trust=trust, allow_sha1=allow_sha1)
    if layer is Layer.STRUCTURE and xsd is None:
        return examine(xml).report
    report = validate_document(xml, xsd=xsd)
    if layer is Layer.STRUCTURE:
        kept = tuple(f for f in report.findings if f.rule.startswith(("XML", "XSD", "FACTURAE-S")))
        return Report(kept, tuple(each for each in report.layers_run if each != "rules"))
    if layer is Layer.ALL:
        report += judge_signature(xml, trust=trust, allow_sha1=allow_sha1)
    return report


def judge_signature(
    xml: bytes,
    *,
    trust: tuple[bytes, ...] = (),
    allow_sha1: bool = False,
    at: datetime | None = None,
) -> Report:
    """Explain why FACe would refuse the signature of a document.

    Args:
        xml: The document.
        trust: Roots in PEM.
        allow_sha1: Accept signatures of before 2015.
        at: Instant at which the chain must be valid.
    """
    from facturae_es.signing import check_signature

    return check_signature(xml, at=at, trust=trust_of(trust), allow_sha1=allow_sha1)


def _trusting(function: Callable[..., int]) -> Callable[..., int]:
    function = click.option(
        "--trust",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="PEM file with trusted roots; may be given several times. Without one the chain of "
        "certificates is not checked, and the report says so.",
    )(function)
    return click.option(
        "--allow-sha1", is_flag=True, help="Accept what signatures of before 2015 used."
    )(function)


def _contents(files: tuple[Path, ...]) -> tuple[bytes, ...]:
    return tuple(file.read_bytes() for file in files)


@click.command()
@click.option(
    "--layer",
    type=click.Choice([layer.value for layer in Layer]),
    default=Layer.RULES.value,
    show_default=True,
    help="What to judge: the structure, also the rules, only the signature, or all three.",
)
@click.option(
    "--xsd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the official schemas: judge the structure by them as well.",
)
@_trusting
@checking
def validate(
    check: Check,
    layer: str,
    xsd: Path | None,
    trust: tuple[Path, ...],
    allow_sha1: bool,
) -> int:
    """Judge documents."""
    chosen: dict[str, Any] = {"layer": Layer(layer), "xsd": xsd, "trust": _contents(trust)}
    return check.run(partial(judge, allow_sha1=allow_sha1, **chosen), the_tool())


@click.command()
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
    help="Instant at which the chain must be valid, such as 2026-07-01T09:00:00+0200; by default "
    "the signing time.",
)
@_trusting
@checking
def verify(check: Check, at: datetime | None, trust: tuple[Path, ...], allow_sha1: bool) -> int:
    """Say whether signatures hold, and why FACe would refuse them."""
    roots = _contents(trust)
    return check.run(
        partial(judge_signature, at=at, trust=roots, allow_sha1=allow_sha1), the_tool()
    )
