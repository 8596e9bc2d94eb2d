"""A group of commands that ends in an orderly way, whatever happens."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import click

from einvoice_core.errors import EInvoiceError

__all__ = ["FINDINGS", "UNUSABLE", "VALID", "Commands", "command_group"]

VALID = 0
"""Everything was judged and is valid."""
FINDINGS = 1
"""Something is wrong in a document."""
UNUSABLE = 2
"""A document cannot be read, or the command was used wrongly."""

_INTERRUPTED = 130
_CLOSED_PIPE = 141


class _StoppedError(Exception):
    """Whoever started the command wants no more of it."""


class Commands(click.Group):
    """Commands whose return value is the exit code."""

    def main(  # type: ignore[override]  # click overloads it by a flag that is always set here
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401 - what click hands on to its contexts
    ) -> NoReturn:
        """Run the command line and leave the program."""
        extra["standalone_mode"] = False
        sys.exit(self._outcome(args, prog_name, extra))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Run the verb; what click would turn into its own exit code passes by it."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, KeyboardInterrupt) as stopped:
            raise _StoppedError(stopped) from stopped

    def _outcome(
        self, args: Sequence[str] | None, prog_name: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            code = super().main(args, prog_name, **extra)
        except click.ClickException as error:
            error.show()
            return UNUSABLE
        except click.Abort:
            return _INTERRUPTED
        except _StoppedError as stopped:
            if isinstance(stopped.__cause__, KeyboardInterrupt):
                return _INTERRUPTED
            _drop_output()
            return _CLOSED_PIPE
        except EInvoiceError as error:
            click.echo(f"{error.message} ({error.code})", err=True)
            return UNUSABLE
        return code if isinstance(code, int) else VALID


def command_group(name: str, *, package: str) -> Callable[[Callable[..., Any]], Commands]:
    """Make a function the group of a command, with ``--version`` and ``--help``.

    Args:
        name: Of the command.
        package: Distribution whose version is shown.
    """

    def decorate(function: Callable[..., Any]) -> Commands:
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
        versioned = click.version_option(
            None, "-V", "--version", package_name=package, prog_name=name
        )(function)
        return click.group(name, cls=Commands, context_settings=settings)(versioned)

    return decorate


def _drop_output() -> None:
    """Let what is still buffered go nowhere, or Python complains while it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        # Standard output is closed already, or no file at all.
        return
    finally:
        os.close(nowhere)
