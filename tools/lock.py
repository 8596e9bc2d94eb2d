#!/usr/bin/env python3
"""Resolve the whole repository into ``requirements.lock``.

    python tools/lock.py              keep the pinned versions where the requirements allow it
    python tools/lock.py --upgrade    take the newest versions

One resolution covers every package with all its extras and the tools of development, for every
supported Python and platform. The file names versions and hashes and no address: where the files
come from is a matter of the machine that installs them.
"""

import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import bootstrap

ROOT = bootstrap.ROOT


def project(folder: Path) -> dict[str, Any]:
    """Return the ``[project]`` table of a package."""
    with (folder / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
    return table


def distribution(folder: Path) -> str:
    """Return the name under which a folder of the workspace is published."""
    return str(project(folder)["name"])


def command(folders: list[Path], output: Path, *, upgrade: bool) -> list[str]:
    """Return the resolver's command for these folders."""
    # Hashes of our own packages would change with every commit: they are installed from here.
    own = [f"--no-emit-package={distribution(folder)}" for folder in folders]
    sources = [str((folder / "pyproject.toml").relative_to(ROOT)) for folder in folders]
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header"]
    shape = ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    return [
        *(str(bootstrap.ensure_uv()), "pip", "compile", *options, *shape, "--all-extras", *own),
        *(["--upgrade"] if upgrade else []),
        *("--group=pyproject.toml:dev", *sources, f"--output-file={output.relative_to(ROOT)}"),
    ]


def main() -> int:
    """Write the lock and refuse one that names an address."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--upgrade", action="store_true")
    wish = parser.parse_args()
    folders = bootstrap.members()
    done = subprocess.run(
        command(folders, bootstrap.LOCK, upgrade=wish.upgrade),
        cwd=ROOT,
        env=os.environ | bootstrap.uv_environment(),
        check=False,
    )
    if done.returncode:
        return done.returncode
    if address := re.search(r"\w+://|^-|@ ", bootstrap.LOCK.read_text("utf-8"), re.MULTILINE):
        print(f"{bootstrap.LOCK.name} names an address: {address.group()!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
