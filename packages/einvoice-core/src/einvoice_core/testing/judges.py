"""Where the judges are: the official files and the facts, which the repository does not contain.

``EINVOICE_OFFICIAL`` and ``EINVOICE_FACTS`` name two folders. A test whose judge is missing skips
and says so; with ``EINVOICE_JUDGES=required`` it fails instead.
"""

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["facts", "missing", "module", "official", "program"]


def official(path: str = "") -> Path:
    """Return a file or folder of the official material, such as ``facturae/samples``.

    The folder is the one ``EINVOICE_OFFICIAL`` names, else the nearest ``official`` at or above
    the current directory.
    """
    return _find("EINVOICE_OFFICIAL", "official", path)


def facts(path: str = "") -> Path:
    """Return a file or folder of the compiled facts, such as ``rules-census.json``.

    The folder is the one ``EINVOICE_FACTS`` names, else the nearest ``facts`` at or above the
    current directory.
    """
    return _find("EINVOICE_FACTS", "facts", path)


def program(name: str) -> str:
    """Return the path of a program that judges, such as ``xmlsec1``."""
    found = shutil.which(name)
    if found is None:
        missing(f"the program {name} is not installed")
    return found


def module(name: str) -> Any:  # noqa: ANN401 - what a module holds
    """Import a library that judges, such as ``zeep`` or ``PIL.Image``."""
    try:
        return import_module(name)
    except ImportError:
        return missing(f"the library {name} is not installed")


def _find(variable: str, default: str, path: str) -> Path:
    named = os.environ.get(variable)
    here = Path.cwd()
    folders = [Path(named)] if named else [folder / default for folder in (here, *here.parents)]
    for folder in folders:
        if (folder / path).exists():
            return folder / path
    where = named or f"./{default}"
    return missing(f"{path or default!r} is not in {where}: let {variable} name its folder")


def missing(reason: str) -> NoReturn:
    """Skip the test because a judge is missing, or fail it where judges are required."""
    # pytest is a guest here: users may import this module without it.
    import pytest

    if os.environ.get("EINVOICE_JUDGES") == "required":
        pytest.fail(f"a required judge is missing: {reason}")
    pytest.skip(reason, allow_module_level=True)
