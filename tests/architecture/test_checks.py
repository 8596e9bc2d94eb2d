import re
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = {
    "lint",
    "types",
    "architecture",
    "tests",
    "installed",
    "conformance",
    "interop",
    "interop_java",
    "journeys",
    "recipes",
    "docs",
    "release",
    "benchmarks",
    "long",
}


@pytest.fixture(scope="module")
def sessions(root: Path) -> dict[str, str]:
    """Name and description of every session, as ``nox -l`` prints them."""
    command = [sys.executable, "-m", "nox", "--list"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return dict(re.findall(r"^[*-] (\S+)(?: -> (.+))?$", done.stdout, re.MULTILINE))


def test_every_check_has_a_name_and_says_what_it_does(sessions: dict[str, str]) -> None:
    assert {name.partition("(")[0] for name in sessions} == NAMES
    assert all(sessions.values())


def test_checks_of_packages_exist_for_each_package(
    sessions: dict[str, str], members: list[Path]
) -> None:
    for name in ("tests", "installed", "release"):
        assert {f"{name}({folder.name})" for folder in members} <= set(sessions)
