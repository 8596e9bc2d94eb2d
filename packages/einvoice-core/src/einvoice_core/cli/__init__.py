"""What every command of the suite shares, so that each writes its verbs only.

::

    @command_group("facturae", package="facturae-es")
    def main() -> None:
        \"\"\"Facturae: validate, sign, verify.\"\"\"

    @main.command()
    @checking
    def validate(check: Check) -> int:
        \"\"\"Judge documents.\"\"\"
        from facturae_es import validate

        return check.run(validate, tool("facturae", "facturae-es"))

A verb returns its exit code: :data:`VALID`, :data:`FINDINGS`, :data:`UNUSABLE` (also for wrong use
and for typed errors, whose text goes to standard error). Ctrl-C ends with 130, a closed pipe with
141, both without a trace. Import the libraries of a verb inside it: ``--version`` needs none.

The extra ``einvoice-core[cli]`` brings click.
"""

from einvoice_core.cli._checking import Check, checking, tool
from einvoice_core.cli._group import FINDINGS, UNUSABLE, VALID, Commands, command_group
from einvoice_core.cli._output import OutputError, opened, write_file
from einvoice_core.cli._progress import with_progress

__all__ = [
    "FINDINGS",
    "UNUSABLE",
    "VALID",
    "Check",
    "Commands",
    "OutputError",
    "checking",
    "command_group",
    "opened",
    "tool",
    "with_progress",
    "write_file",
]
