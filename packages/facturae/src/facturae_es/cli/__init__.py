"""The command ``facturae``: validate, sign, verify, convert, mend, explain and look into documents.

Every verb takes files, folders, patterns, archives and ``-`` for standard input. It ends with 0
when all is right, 1 when there are findings and 2 when a document cannot be read.
"""

from __future__ import annotations

from einvoice_core.cli import command_group
from facturae_es.cli.facing import face
from facturae_es.cli.judging import validate, verify
from facturae_es.cli.making import convert, fix_totals, sign
from facturae_es.cli.telling import explain, inspect

__all__ = ["main"]


@command_group("facturae", package="facturae-es")
def main() -> None:
    """Facturae 3.2, 3.2.1 and 3.2.2: validate, sign, verify, convert, mend, explain, inspect."""


for _verb in (validate, sign, verify, convert, fix_totals, explain, inspect, face):
    main.add_command(_verb)
