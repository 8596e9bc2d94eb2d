"""The verbs that judge: ``validate`` and ``verify``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice_core.cli import Check, checking
from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Report
from facturae_es.cli._shared import the_tool, trust_of

if TYPE_CHECKING:
    from einvoice_core.certificates.revocation import Evidence

__all__ = ["Layer", "Trusted", "judge", "judge_signature", "validate", "verify"]


class Layer(StrEnum):
    """What is judged."""

    STRUCTURE = "structure"
    RULES = "rules"
    SIGNATURE = "signature"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a signature is judged by; octets of files, because they go to other processes.

    Args:
        roots: Trusted roots in PEM; without them the chain is not checked.
        timestamp_roots: Roots of timestamp authorities in PEM; by default ``roots``.
        crls: Revocation lists in PEM or DER.
        responses: OCSP responses in DER.
        allow_sha1: Accept signatures of before 2015.
    """

    roots: tuple[bytes, ...] = ()
    timestamp_roots: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    allow_sha1: bool = False


_NOTHING = Trusted()


def judge(
    xml: bytes,
    *,
    layer: Layer = Layer.RULES,
    xsd: Path | None = None,
    trusted: Trusted = _NOTHING,
) -> Report:
    """Judge a document by the layers asked for.

    Args:
        xml: The document.
        layer: ``rules`` includes the structure; ``all`` the signature too.
        xsd: Folder with the official schemas, for a second opinion on the structure.
        trusted: What the signature is judged by.
    """
    from facturae_es.reader import examine
    from facturae_es.validation import validate as validate_document

    if layer is Layer.SIGNATURE:
        return judge_signature(xml, trusted)
    if layer is Layer.STRUCTURE and xsd is None:
        return examine(xml).report
    report = validate_document(xml, xsd=xsd)
    if layer is Layer.STRUCTURE:
        kept = tuple(f for f in report.findings if f.rule.startswith(("XML", "XSD", "FACTURAE-S")))
        return Report(kept, tuple(each for each in report.layers_run if each != "rules"))
    if layer is Layer.ALL:
        report += judge_signature(xml, trusted)
    return report


def judge_signature(
    xml: bytes, trusted: Trusted = _NOTHING, *, at: datetime | None = None
) -> Report:
    """Explain why FACe would refuse the signature of a document.

    Args:
        xml: The document.
        trusted: What it is judged by.
        at: Instant at which the chain must be valid.
    """
    from facturae_es.signing import check_signature

    return check_signature(
        xml,
        at=at,
        trust=trust_of(trusted.roots),
        timestamp_trust=trust_of(trusted.timestamp_roots),
        revocation=_evidence(trusted.crls, trusted.responses),
        allow_sha1=trusted.allow_sha1,
    )


@lru_cache(maxsize=4)
def _evidence(crls: tuple[bytes, ...], responses: tuple[bytes, ...]) -> Evidence | None:
    """Read lists and responses once per process; ``None`` when there are none."""
    from einvoice_core.certificates.revocation import Evidence, load_crls, load_ocsp

    if not crls and not responses:
        return None
    lists = tuple(each for data in crls for each in load_crls(data))
    return Evidence(lists, tuple(map(load_ocsp, responses)))


_FILES: dict[str, tuple[str, Callable[[tuple[bytes, ...]], object], str]] = {
    "roots": (
        "--trust",
        trust_of,
        "PEM file with trusted roots. Without one the chain of certificates is not checked, and "
        "the report says so.",
    ),
    "timestamp_roots": (
        "--timestamp-trust",
        trust_of,
        "PEM file with roots of timestamp authorities; by default those of --trust.",
    ),
    "crls": (
        "--crl",
        lambda files: _evidence(files, ()),
        "Revocation list in PEM or DER. Without list or response revocation is not checked, and "
        "the report says so.",
    ),
    "responses": ("--ocsp", lambda files: _evidence((), files), "OCSP response in DER."),
}
"""Options whose files a signature is judged by: name, what reads the files, help."""


def _trusting(function: Callable[..., int]) -> Callable[..., int]:
    """Give a verb those options; it gets what they say as ``trusted``."""

    @wraps(function)
    def command(
        check: Check,
        *,
        allow_sha1: bool,
        **options: Any,  # noqa: ANN401 - the options of the verb
    ) -> int:
        files = {name: _contents(name, options.pop(name)) for name in _FILES}
        return function(check, trusted=Trusted(**files, allow_sha1=allow_sha1), **options)

    for name, (option, _, text) in reversed(_FILES.items()):
        command = click.option(
            option,
            name,
            multiple=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=f"{text} May be given several times.",
        )(command)
    return click.option(
        "--allow-sha1", is_flag=True, help="Accept what signatures of before 2015 used."
    )(command)


def _contents(name: str, files: tuple[Path, ...]) -> tuple[bytes, ...]:
    """Read files, and see that they are what they should be before any document is judged."""
    option, load, _ = _FILES[name]
    contents = tuple(file.read_bytes() for file in files)
    for file, data in zip(files, contents, strict=True):
        try:
            load((data,))
        except EInvoiceError as error:
            raise click.BadParameter(f"{file.name}: {error}", param_hint=option) from error
    return contents


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
@checking
@_trusting
def validate(check: Check, layer: str, xsd: Path | None, trusted: Trusted) -> int:
    """Judge documents."""
    return check.run(partial(judge, layer=Layer(layer), xsd=xsd, trusted=trusted), the_tool())


@click.command()
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
    help="Instant at which the chain must be valid, such as 2026-07-01T09:00:00+0200; by default "
    "that of a trusted timestamp, or else the signing time.",
)
@checking
@_trusting
def verify(check: Check, at: datetime | None, trusted: Trusted) -> int:
    """Say whether signatures hold, and why FACe would refuse them."""
    return check.run(partial(judge_signature, trusted=trusted, at=at), the_tool())
