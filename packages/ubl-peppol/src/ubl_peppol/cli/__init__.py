"""The command ``ubl-peppol``: judge, convert, explain, compare, mend and print invoices.

Every verb that judges takes files, folders, patterns, zip archives and ``-`` for standard input. It
ends with 0 when all is right, 1 when there are findings and 2 when a document cannot be read.
"""

from einvoice_core.cli import command_group
from ubl_peppol.cli.judging import validate
from ubl_peppol.cli.making import convert, fix
from ubl_peppol.cli.rendering import render
from ubl_peppol.cli.spanish import migrate, status
from ubl_peppol.cli.telling import diff, explain, inspect

__all__ = ["main"]


@command_group("ubl-peppol", package="ubl-peppol")
def main() -> None:
    """Invoices of EN 16931 and Peppol: validate, convert, explain, diff, fix, inspect, render."""


for _verb in (validate, convert, explain, diff, fix, inspect, render, migrate, status):
    main.add_command(_verb)
