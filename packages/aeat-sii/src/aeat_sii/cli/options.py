"""What several verbs take: certificates, environments, stores."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from aeat_sii.environments import PRODUCTION, TEST, Environment, local
from einvoice_core.certificates import Credential, load_pem, load_pkcs12

__all__ = [
    "chain_options",
    "connection_options",
    "credential_of",
    "environment_of",
    "opened_store",
    "password_option",
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


def connection_options(function: F) -> F:
    """Take what opens a connection to the agency."""
    for option in reversed(
        (
            click.option("--certificate", required=True, type=_FILE, help="PKCS#12 or PEM."),
            password_option,
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
