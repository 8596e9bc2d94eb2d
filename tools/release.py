#!/usr/bin/env python3
"""Check that one package is fit to be released.

    python tools/release.py packages/tax-es

The version of ``pyproject.toml`` has its section in ``CHANGELOG.md`` (before the first tag of that
version, ``Unreleased`` may stand for it), the tag ``<distribution>/v<version>`` is either absent or
on this commit, and the built wheel and source archive hold what a user needs and nothing else.
"""

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bootstrap
from lock import distribution, project

FOREIGN = re.compile(r"(^|/)(tests?|official|__pycache__)/|\.(xsd|wsdl|sch|xslt?|p12|pem|key)$")


def git(*arguments: str) -> str:
    """Return what git prints, or nothing when it fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=bootstrap.ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def check_version(folder: Path, facts: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with version, changelog and tag."""
    version = facts["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        yield f"{version} is not a semantic version"
    changelog = (folder / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    tag = f"{facts['name']}/v{version}"
    tagged = git("rev-list", "-n", "1", f"refs/tags/{tag}")
    if tagged and tagged != git("rev-parse", "HEAD"):
        yield f"{tag} is on another commit: raise the version"
    if version not in sections and (tagged or "Unreleased" not in sections):
        yield f"CHANGELOG.md has no section {version}"
    kinds = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    known = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    for kind in sorted(kinds - known):
        yield f"CHANGELOG.md has a section {kind!r}; use one of {', '.join(sorted(known))}"


def check_siblings(facts: dict[str, Any]) -> Iterator[str]:
    """Yield the packages of this workspace that are required without a range."""
    ours = {distribution(folder) for folder in bootstrap.members()}
    groups = [facts.get("dependencies", []), *facts.get("optional-dependencies", {}).values()]
    for requirement in (line for group in groups for line in group):
        name = re.split(r"[\[<>=!~; ]", requirement)[0]
        if name in ours - {facts["name"]} and not ("<" in requirement and ">=" in requirement):
            yield f"{requirement!r} needs a range, such as '>=0.1,<0.2'"


def build(folder: Path, target: Path) -> tuple[Path, Path]:
    """Build the wheel and the source archive."""
    options = ("--quiet", "--no-build-isolation", "--python", sys.executable)
    command: tuple[str | Path, ...] = (
        bootstrap.ensure_uv(),
        "build",
        *options,
        "--out-dir",
        target,
        folder,
    )
    bootstrap.run(command, bootstrap.uv_environment())
    return next(target.glob("*.whl")), next(target.glob("*.tar.gz"))


def check_files(folder: Path, facts: dict[str, Any], target: Path) -> Iterator[str]:
    """Yield what is wrong with the built files."""
    wheel, archive = build(folder, target)
    import_name = next(folder.glob("src/*/__init__.py")).parent.name
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        metadata = opened.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
    for name in names:
        if FOREIGN.search(name):
            yield f"the wheel holds {name}"
        if not name.startswith(
            (f"{import_name}/", f"{import_name}-", f"{wheel.name.split('-')[0]}-")
        ):
            yield f"the wheel holds {name}, outside the package"
    if f"{import_name}/py.typed" not in names:
        yield "the wheel lacks py.typed"
    sources = {path.relative_to(folder / "src").as_posix() for path in folder.glob("src/**/*.py")}
    for name in sorted(sources - set(names)):
        yield f"the wheel lacks {name}"
    for line in (
        f"Version: {facts['version']}",
        "License-Expression: Apache-2.0",
        "Requires-Python",
    ):
        if line not in metadata:
            yield f"the metadata of the wheel lacks '{line}'"
    with tarfile.open(archive) as opened_archive:
        packed = {name.partition("/")[2] for name in opened_archive.getnames()}
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        if name not in packed:
            yield f"the source archive lacks {name}"


def main() -> int:
    """Check one package."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    facts = project(folder)
    with tempfile.TemporaryDirectory() as target:
        problems = [
            *check_version(folder, facts),
            *check_siblings(facts),
            *check_files(folder, facts, Path(target)),
        ]
    for problem in problems:
        print(f"{facts['name']} {facts['version']}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{facts['name']} {facts['version']} is fit to be released")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
