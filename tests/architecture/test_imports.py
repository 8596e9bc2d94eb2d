import ast
import importlib.metadata
import re
import sys
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


def brought(lines: list[str]) -> set[str]:
    """Return what requirements name, with what the extras of our own packages name in turn."""
    ours = {normal(lock.distribution(folder)): lock.project(folder) for folder in FOLDERS}
    found: set[str] = set()
    waiting = list(lines)
    seen: set[str] = set()
    while waiting:
        line = waiting.pop()
        if line in seen:
            continue
        seen.add(line)
        (name,) = requirement_names([line])
        found.add(name)
        if name in ours:
            extras = re.search(r"\[([^\]]*)\]", line)
            wanted = extras.group(1).split(",") if extras else []
            groups = ours[name].get("optional-dependencies", {})
            waiting += ours[name].get("dependencies", [])
            waiting += [each for extra in wanted if extra for each in groups[extra.strip()]]
    return found


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
    project = lock.project(folder)
    extras = project.get("optional-dependencies", {})
    declared = brought([f"{project['name']}[{','.join(extras)}]"])
    companions = {name: {distribution} for name, distribution in COMPANIONS.items()}
    providers = distributions | own_distributions() | companions
    undeclared = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.glob("src/**/*.py")
        for name in {each.partition(".")[0] for each in imported(path)}
        if name not in sys.stdlib_module_names and not providers.get(name, set()) & declared
        # Whoever uses the helpers for tests runs them with these two.
        if not (name in {"hypothesis", "pytest"} and "testing" in path.as_posix())
    }
    assert sorted(undeclared) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_needs_an_extra_of_ours_is_imported_by_nothing_else(folder: Path) -> None:
    """A user who installs no extra never meets a module that needs one."""
    project = lock.project(folder)
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
    # A folder is behind the extra with what it contains.
    behind |= {name for name in modules if any(each.startswith(f"{name}.") for each in behind)}
    behind -= {name for name in modules if "." not in name}
    crossed = {
        f"{name} imports {other}"
        for name, path in modules.items()
        for other in behind & set(imported(path))
        if name not in behind
    }
    assert sorted(crossed) == []
