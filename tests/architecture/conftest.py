"""What the tests of the repository's shape look at: its packages, modules and committed files."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import bootstrap  # noqa: E402 - lies in tools/, which must be on the path first


def import_names() -> list[str]:
    """Return the import name of every package that exists."""
    places = [
        *ROOT.glob("packages/*/src/*/__init__.py"),
        *ROOT.glob("reference-server/src/*/__init__.py"),
    ]
    return sorted(path.parent.name for path in places)


def module_names() -> list[str]:
    """Return the full name of every module of every package."""
    names: list[str] = []
    for name in import_names():
        package = importlib.import_module(name)
        names.append(name)
        names += [found.name for found in pkgutil.walk_packages(package.__path__, f"{name}.")]
    return names


def is_public(name: str) -> bool:
    """Tell whether a module is part of the public surface."""
    return not any(part.startswith("_") for part in name.split("."))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``package`` or ``module`` once for each."""
    if "package_name" in metafunc.fixturenames:
        metafunc.parametrize("package_name", import_names())
    if "module_name" in metafunc.fixturenames:
        metafunc.parametrize("module_name", module_names())


@pytest.fixture
def module(module_name: str) -> ModuleType:
    """The imported module."""
    return importlib.import_module(module_name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def members() -> list[Path]:
    """The folders of the packages."""
    return bootstrap.members()


@pytest.fixture(scope="session")
def committed() -> list[Path]:
    """The files of the repository, as git knows them (new ones included)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]
