"""What several verbs take: certificates, environments, stores."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from aeat_sii.environments import PRODUCTION, TEST, Environment, local
from einvoice_core.certificates import Credential, load_pem, load_pkcs12
from einvoice_core.certificates.registry import CertificateRegistry, FolderStore, derive_key

__all__ = [
    "chain_options",
    "connection_options",
    "credential_from",
    "credential_of",
    "environment_of",
    "opened_store",
    "passphrase_option",
    "password_option",
    "registry_of",
]

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def password_option(function: F) -> F:
    """Take the name of the variable that holds a password; passwords are no arguments."""
    return click.option(
        "--password-env",
        default="AEAT_CERTIFICATE_PASSWORD",
        show_default=True,
        help="Variable of the environment with the password of the certificate.",
    )(function)


def passphrase_option(function: F) -> F:
    """Take the name of the variable that holds the passphrase of a registry, in every verb."""
    return click.option(
        "--passphrase-env",
        default="AEAT_REGISTRY_PASSPHRASE",
        show_default=True,
        help="Variable of the environment with the passphrase of the registry.",
    )(function)


def connection_options(function: F) -> F:
    """Take what opens a connection to the agency."""
    for option in reversed(
        (
            click.option("--certificate", type=_FILE, help="PKCS#12 or PEM."),
            click.option(
                "--certificates",
                type=click.Path(exists=True, file_okay=False, path_type=Path),
                help="Registry of certificates instead (aeat-sii registry).",
            ),
            click.option("--holder", help="NIF whose certificate the registry chooses."),
            password_option,
            passphrase_option,
            click.option(
                "--environment",
                default="test",
                show_default=True,
                help="test, production, or the address of a sandbox.",
            ),
            click.option("--trust", type=_FILE, help="Authorities to trust instead (PEM)."),
        )
    ):
        function = option(function)
    return function


def chain_options(function: F) -> F:
    """Take which chain of which store."""
    for option in reversed(
        (
            click.option(
                "--store", required=True, help="File of SQLite, or host=... of PostgreSQL."
            ),
            click.option("--tenant", required=True, help="Whose chain."),
            click.option("--chain", default="main", show_default=True),
        )
    ):
        function = option(function)
    return function


def credential_of(path: Path, password_env: str) -> Credential:
    """Load a certificate with its key; raises the errors of the core."""
    data, password = path.read_bytes(), os.environ.get(password_env)
    if data.lstrip().startswith(b"-----BEGIN"):
        return load_pem(data, password)
    return load_pkcs12(data, password)


def registry_of(folder: Path, passphrase_env: str) -> CertificateRegistry:
    """Open a registry of certificates with the passphrase of a variable."""
    store = FolderStore(folder)
    return CertificateRegistry(store, derive_key(os.environ.get(passphrase_env, ""), store))


def credential_from(
    certificate: Path | None,
    certificates: Path | None,
    holder: str | None,
    password_env: str,
    passphrase_env: str,
    environment: str,
) -> Credential:
    """Load the certificate that was named, or let the registry choose the one of a NIF."""
    if certificate is not None and certificates is None:
        return credential_of(certificate, password_env)
    if certificate is None and certificates is not None and holder:
        where = environment if environment in ("test", "production") else ""
        return registry_of(certificates, passphrase_env).choose(holder, where)
    raise click.UsageError("name --certificate, or --certificates with --holder")


def environment_of(name: str) -> Environment:
    """Return the environment of a name or address."""
    if name in ("test", "production"):
        return TEST if name == "test" else PRODUCTION
    if not name.startswith("https://"):
        raise click.BadParameter(f"{name!r} is neither test, production nor an https address")
    return local(name)


@contextmanager
def opened_store(store: str) -> Iterator[Any]:
    """Open the database of a store, with its tables."""
    from aeat_sii.verifactu.store import create_tables, open_postgresql, open_sqlite

    connection: Any = open_postgresql(store) if "host=" in store else open_sqlite(store)
    with closing(connection):
        create_tables(connection)
        yield connection
