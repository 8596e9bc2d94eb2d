import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bootstrap
import lock

FOLDERS = bootstrap.members()
# Halves of one product: who declares the second gets the first, at the version it needs.
COMPANIONS = {"markupsafe": "jinja2", "pydantic_core": "pydantic", "starlette": "fastapi"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_names(lines: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in lines}


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_distributions() -> dict[str, set[str]]:
    """Distribution of each package of this workspace, by import name."""
    return {
        path.parent.name: {normal(lock.distribution(folder))}
        for folder in FOLDERS
        for path in folder.glob("src/*/__init__.py")
    }


@pytest.fixture(scope="module")
def distributions() -> dict[str, set[str]]:
    """Distributions that provide an import name."""
    found = importlib.metadata.packages_distributions()
    return {name: {normal(each) for each in names} for name, names in found.items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_package_declares_what_it_imports(
    folder: Path, distributions: dict[str, set[str]]
) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    declared = requirement_names([project["name"], *(line for group in groups for line in group)])
    companions = {name: {distribution} for name, distribution in COMPANIONS.items()}
    providers = distributions | own_distributions() | companions
    undeclared = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.glob("src/**/*.py")
        for name in {each.partition(".")[0] for each in imported(path)}
        if name not in sys.stdlib_module_names and not providers.get(name, set()) & declared
    }
    assert sorted(undeclared) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_needs_an_extra_of_ours_is_imported_by_nothing_else(folder: Path) -> None:
    """A user who installs no extra never meets a module that needs one."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    always = requirement_names(project.get("dependencies", [])) | {normal(project["name"])}
    optional = {name for name, ours in own_distributions().items() if not ours & always}
    source = folder / "src"
    modules = {
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): path
        for path in source.glob("**/*.py")
    }
    behind = {
        name
        for name, path in modules.items()
        if {i.partition(".")[0] for i in imported(path)} & optional
    }
    crossed = {
        f"{name} imports {other}"
        for name, path in modules.items()
        for other in behind & set(imported(path))
        if name not in behind
    }
    assert sorted(crossed) == []
