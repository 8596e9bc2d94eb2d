"""The verbs that make documents: ``sign``, ``convert`` and ``fix-totals``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from einvoice_core.findings import Finding, Severity
from facturae_es.cli._shared import PASSWORD, Made, Target, credential_of, making
from facturae_es.facets import Version

if TYPE_CHECKING:
    from einvoice_core.signing.timestamp import TimestampClient

__all__ = ["convert", "fix_totals", "sign"]


@click.command()
@click.option(
    "--credential",
    "-c",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Key and certificate: PKCS#12 (.p12, .pfx) or PEM.",
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"File with the password in its first line; otherwise {PASSWORD}, or a question.",
)
@click.option(
    "--role",
    type=click.Choice(["emisor", "receptor", "tercero"]),
    default="emisor",
    show_default=True,
    help="In which role the signer signs.",
)
@click.option(
    "--hash",
    "hash_name",
    type=click.Choice(["sha256", "sha384", "sha512"]),
    default="sha256",
    show_default=True,
    help="Hash of signature and references.",
)
@click.option(
    "--timestamp",
    metavar="URL",
    help="Address of an authority (RFC 3161) that proves when each signature was made: XAdES-T.",
)
@click.option(
    "--allow-findings",
    is_flag=True,
    help="Sign a document even when structure or rules are broken.",
)
@making(suffix=".xsig")
def sign(
    target: Target,
    credential: Path,
    password_file: Path | None,
    role: str,
    hash_name: str,
    timestamp: str | None,
    *,
    allow_findings: bool,
) -> int:
    """Sign documents under the policy of the format; what is wrong is found before, not by FACe."""
    from facturae_es import validate
    from facturae_es.signing import check_signer
    from facturae_es.signing import sign as sign_document

    stamping = nullcontext() if timestamp is None else _authority(timestamp)
    signer = credential_of(credential, password_file)
    of_signer = check_signer(signer).findings

    with stamping as timestamps:

        def work(xml: bytes) -> Made:
            report = validate(xml)
            if not report.ok and not allow_findings:
                return Made(None, "signing", report.findings)
            warnings = (replace(each, severity=Severity.WARNING) for each in report.findings)
            signed = sign_document(
                xml,
                signer,
                role=role,
                hash_name=hash_name,  # type: ignore[arg-type]  # one of the choices
                timestamps=timestamps,
            )
            return Made(signed, "signing", (*of_signer, *warnings))

        return target.run(work)


def _authority(url: str) -> AbstractContextManager[TimestampClient]:
    """Say who makes timestamps; connections end with the context.

    Raises:
        click.UsageError: The address is none, or what speaks HTTP is not installed.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and url.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise click.BadParameter(
            "say an address that begins with http:// or https://", param_hint="--timestamp"
        )
    try:
        from einvoice_core import http
    except ImportError as error:
        raise click.UsageError('install "facturae-es[face]" for timestamps') from error
    from einvoice_core.signing.timestamp.service import TimestampService

    @contextmanager
    def connected() -> Iterator[TimestampClient]:
        with http.client() as client:
            yield TimestampService(url, client)

    return connected()


@click.command()
@click.option(
    "--to",
    "version",
    type=click.Choice([version.value for version in Version]),
    default=Version.V3_2_2.value,
    show_default=True,
    help="Version to write.",
)
@click.option(
    "--allow-losses",
    is_flag=True,
    help="Write the document even when the version cannot carry all of it.",
)
@making()
def convert(target: Target, version: str, allow_losses: bool) -> int:
    """Convert documents of any version to 3.2, 3.2.1 or 3.2.2; losses are findings."""
    return target.run(partial(_converted, version=Version(version), allow_losses=allow_losses))


def _converted(xml: bytes, version: Version, *, allow_losses: bool) -> Made:
    from facturae_es import convert as convert_document
    from facturae_es import write
    from facturae_es.reader import examine, read

    document = read(xml)
    examined = examine(xml)
    conversion = convert_document(document, version)
    losses = (*examined.losses, *conversion.losses)
    severity = Severity.WARNING if allow_losses else Severity.FATAL
    findings = tuple(
        Finding(
            "FACTURAE-LOSS",
            severity,
            f"{loss.element} {loss.value!r} "
            + (f"became {loss.became!r}" if loss.became else f"has no place in {version.value}"),
            examined.at(loss.path).path,
            examined.at(loss.path).line,
        )
        for loss in losses
    )
    if losses and not allow_losses:
        return Made(None, "losses", findings)
    return Made(write(conversion.document, version, check=False), "losses", findings)


@click.command("fix-totals")
@making()
def fix_totals(target: Target) -> int:
    """Compute wrong amounts anew and show what changes; with -o or --output-dir also write."""
    return target.run(partial(_mended, writes=bool(target.output or target.folder)), dry=True)


def _mended(xml: bytes, *, writes: bool) -> Made:
    from facturae_es import fix_totals as mend
    from facturae_es import write
    from facturae_es.reader import examine, read
    from facturae_es.spanish import with_name

    document = read(xml)
    examined = examine(xml)
    fixed = mend(document)
    # What was mended in the file that is written is no fault of it any more.
    severity = Severity.WARNING if writes else Severity.FATAL
    findings = tuple(
        with_name(
            Finding(
                "FACTURAE-FIXED",
                severity,
                "the signature is gone: sign again"
                if change.computed is None
                else f"{'nothing' if change.stated is None else change.stated} → {change.computed}",
                examined.at(change.path).path,
                examined.at(change.path).line,
            )
        )
        for change in fixed.changes
    )
    return Made(write(fixed.document, check=False) if writes else None, "totals", findings)
