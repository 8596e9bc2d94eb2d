"""The group, and the verbs that belong to no single service: certificates and the sandbox."""

import json
from contextlib import ExitStack
from pathlib import Path

import click

from aeat_sii.cli.options import (
    connection_options,
    credential_from,
    credential_of,
    environment_of,
    passphrase_option,
    password_option,
    registry_of,
)
from aeat_sii.cli.sii import sii
from aeat_sii.cli.verifactu import verifactu
from einvoice_core.cli import FINDINGS, VALID, command_group, write_file

__all__ = ["census", "cert", "main", "registry", "registry_add", "registry_list", "sandbox"]


@command_group("aeat-sii", package="aeat-sii")
def main() -> None:
    """Services of the Spanish tax agency: VERI*FACTU, SII, certificates, and a local sandbox."""


main.add_command(verifactu)
main.add_command(sii)


@main.command()
@click.argument("nif")
@click.argument("name", default="")
@connection_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def census(
    nif: str,
    name: str,
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
    trust: Path | None,
    form: str,
) -> int:
    """Ask the agency whether NIF belongs to NAME; exit 1 unless it does and is in use."""
    from aeat_sii import census as service

    with service.Client(
        credential_from(
            certificate, certificates, holder, password_env, passphrase_env, environment
        ),
        environment=environment_of(environment),
        trust=trust.read_bytes() if trust else None,
    ) as client:
        found = client.check(nif, name)
    if form == "json":
        row = {
            "nif": found.nif,
            "name": found.name,
            "outcome": found.outcome.value,
            "said": found.said,
        }
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo(f"{found.nif} {found.name}: {found.outcome.value} ({found.said})")
    return VALID if found.is_active else FINDINGS


@main.group()
def registry() -> None:
    """Certificates of an installation: encrypted in a folder, found by NIF."""


@registry.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--folder", required=True, type=click.Path(file_okay=False, path_type=Path))
@passphrase_option
@click.option("--environment", "environments", multiple=True, help="test or production.")
@click.option("--acts-for", multiple=True, metavar="NIF", help="By a power of attorney.")
@password_option
def registry_add(
    file: Path,
    folder: Path,
    passphrase_env: str,
    environments: tuple[str, ...],
    acts_for: tuple[str, ...],
    password_env: str,
) -> int:
    """Keep the certificate of FILE with its key."""
    kept = registry_of(folder, passphrase_env).add(
        credential_of(file, password_env), environments=environments, acts_for=acts_for
    )
    click.echo(f"{kept.fingerprint} {kept.nif or ''} {kept.valid_until:%Y-%m-%d}")
    return VALID


@registry.command("list")
@click.option(
    "--folder", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@passphrase_option
@click.option("--warn-days", type=click.IntRange(0), default=30, show_default=True)
def registry_list(folder: Path, passphrase_env: str, warn_days: int) -> int:
    """List the certificates, the one that ends first in front; exit 1 when one ends soon."""
    from datetime import timedelta

    kept = registry_of(folder, passphrase_env)
    for each in kept.entries():
        click.echo(f"{each.fingerprint} {each.nif or ''} {each.valid_until:%Y-%m-%d}")
    return FINDINGS if kept.expiring(timedelta(days=warn_days)) else VALID


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@password_option
@click.option("--warn-days", type=click.IntRange(0), default=30, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def cert(file: Path, password_env: str, warn_days: int, form: str) -> int:
    """Say whose certificate FILE is and how long it is valid; exit 1 when that is over soon."""
    from aeat_sii.clock import now

    credential = credential_of(file, password_env)
    holder, certificate = credential.holder, credential.certificate
    left = (certificate.not_valid_after_utc - now()).days
    row = {
        "nif": holder.nif,
        "name": holder.name,
        "kind": holder.kind.value,
        "organization": holder.organization,
        "representative_nif": holder.representative_nif,
        "valid_from": certificate.not_valid_before_utc.isoformat(),
        "valid_until": certificate.not_valid_after_utc.isoformat(),
        "days_left": left,
    }
    if form == "json":
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        for name, value in row.items():
            click.echo(f"{name}: {'' if value is None else value}")
    return VALID if left >= warn_days else FINDINGS


def _paths() -> tuple[str, ...]:
    from aeat_sii import sandbox as agency

    services = (
        agency.VERIFACTU_PATH,
        agency.REQUESTED_PATH,
        agency.CENSUS_PATH,
        *sorted(agency.SII_PATHS),
    )
    return *services, *agency.QR_PATHS


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8443, show_default=True)
@click.option(
    "--wait", "wait_s", type=click.IntRange(0, 9999), help="Seconds that answers ask for."
)
@click.option("--seed", type=int, default=0, help="Of the faults and of the verification codes.")
@click.option(
    "--fault",
    "shares",
    multiple=True,
    metavar="NAME=PERCENT",
    help="Play a fault, such as lost_reply=10; may be repeated.",
)
@click.option(
    "--refuse",
    "refused_percent",
    type=click.IntRange(0, 100),
    default=0,
    help="Of a hundred good records, how many are rejected: rehearses partial acceptance.",
)
@click.option(
    "--certificates",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for root.pem and for the certificates of the holders.",
)
@click.option(
    "--holder",
    "holders",
    multiple=True,
    metavar="NIF",
    help="Issue a certificate (NIF.p12, password 'sandbox'); may be repeated.",
)
def sandbox(
    host: str,
    port: int,
    wait_s: int | None,
    seed: int,
    shares: tuple[str, ...],
    refused_percent: int,
    certificates: Path | None,
    holders: tuple[str, ...],
) -> int:
    """Play the agency on this machine over HTTPS until Ctrl-C; nothing is kept."""
    from aeat_sii import sandbox as agency
    from aeat_sii.clock import now
    from einvoice_core.testing.service import wait_until_interrupted

    wanted = {}
    for share in shares:
        name, _, percent = share.partition("=")
        if name not in {fault.value for fault in agency.Fault} or not percent.isdigit():
            known = ", ".join(sorted(fault.value for fault in agency.Fault))
            raise click.BadParameter(f"{share!r}: write NAME=PERCENT with one of {known}")
        wanted[agency.Fault(name)] = int(percent)
    service = agency.Service(now, seed=seed, refused_percent=refused_percent)
    if wait_s is not None:
        service.wait_s = wait_s
    plan = agency.seeded(seed, wanted) if wanted else agency.no_faults
    with ExitStack() as stack:
        running = stack.enter_context(
            agency.serve(service=service, faults=plan, host=host, port=port)
        )
        if certificates:
            certificates.mkdir(parents=True, exist_ok=True)
            write_file(certificates / "root.pem", running.authority.pem)
            for nif in holders:
                issued = running.authority.issue(nif, "TITULAR DE PRUEBA")
                write_file(certificates / f"{nif}.p12", issued.to_pkcs12(b"sandbox"))
        click.echo(running.url)
        for path in _paths():
            click.echo(f"  {running.url}{path}")
        wait_until_interrupted()
    return VALID
