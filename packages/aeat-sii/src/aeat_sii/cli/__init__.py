"""The command ``aeat-sii``: records, chains and the services of the tax agency on the command line.

It needs the extra ``aeat-sii[cli]``; ``sandbox`` needs ``aeat-sii[sandbox]`` too.
"""

from aeat_sii.cli.commands import main

__all__ = ["main"]
