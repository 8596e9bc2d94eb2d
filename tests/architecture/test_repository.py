import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

# Kinds of file that are usually somebody else's, or a key.
FOREIGN = re.compile(
    r"\.(xsd|wsdl|sch|xslt?|xsig|p12|pfx|jks|pem|key|crt|der|jar|whl|zip|pdf|docx?|xlsx?)$"
)
WORKPLACE = re.compile(r"(?<![\w.~-])/(?:work|root|farm|home)/\w")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|artifactory|/simple/", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|NotImplementedError)\b")
LONGEST_MODULE = 500
THIS_FILE = Path(__file__).name


def text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def hits(paths: list[Path], pattern: re.Pattern[str], root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()[:80]}"
        for path in paths
        if path.name != THIS_FILE
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.fixture(scope="module")
def lock(root: Path) -> list[str]:
    return text(root / "requirements.lock").splitlines()


def test_the_lock_pins_with_hashes_and_names_no_address(lock: list[str]) -> None:
    shape = re.compile(r"[a-z0-9._-]+==\S+( ; .+)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$")
    assert lock
    assert [line for line in lock if not shape.match(line)] == []


def test_the_lock_covers_what_the_packages_declare(lock: list[str], members: list[Path]) -> None:
    pinned = {line.partition("==")[0] for line in lock}
    projects = [tomllib.loads(text(path / "pyproject.toml"))["project"] for path in members]
    ours = {project["name"] for project in projects}
    declared = {
        re.split(r"[\[<>=!~; ]", requirement)[0].lower()
        for project in projects
        for extra in [{"": project.get("dependencies", [])}, project.get("optional-dependencies")]
        for group in (extra or {}).values()
        for requirement in group
    }
    assert sorted(declared - ours - pinned) == []


def test_no_file_is_of_a_kind_that_belongs_to_others(committed: list[Path], root: Path) -> None:
    assert [str(path.relative_to(root)) for path in committed if FOREIGN.search(path.name)] == []


def test_no_path_of_a_workplace(committed: list[Path], root: Path) -> None:
    assert hits(committed, WORKPLACE, root) == []


def test_no_address_of_a_package_registry(committed: list[Path], root: Path) -> None:
    assert hits(committed, REGISTRIES, root) == []


def test_nothing_is_left_unfinished(committed: list[Path], root: Path) -> None:
    programs = [path for path in committed if path.suffix in {".py", ".toml", ".sh"}]
    assert hits(programs, UNFINISHED, root) == []


def test_modules_stay_readable(committed: list[Path], root: Path) -> None:
    """A longer module is a limit, with its reason in docs/limits.md."""
    documented = text(root / "docs/limits.md")
    long = [
        f"{path.relative_to(root)}: {text(path).count(chr(10))} lines"
        for path in committed
        if path.suffix == ".py" and text(path).count("\n") > LONGEST_MODULE
        if str(path.relative_to(root)) not in documented
    ]
    assert long == []


def test_exceptions_from_the_rules_give_their_reason(committed: list[Path], root: Path) -> None:
    """A ``noqa`` or ``type: ignore`` names its rule; a comment there or above it says why."""
    bare = re.compile(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)")
    silent = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]+|type:\s*ignore\[[\w, -]+\])\s*$")
    programs = [path for path in committed if path.suffix == ".py"]
    product = [path for path in programs if "tests" not in path.parts]
    unexplained = [
        f"{path.relative_to(root)}:{number}"
        for path in product
        for number, (above, line) in enumerate(pairwise(["", *text(path).splitlines()]), 1)
        if silent.search(line) and not above.lstrip().startswith("#")
    ]
    assert hits(programs, bare, root) == []
    assert unexplained == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "pyproject.toml"])
def test_every_package_has(name: str, members: list[Path]) -> None:
    assert [folder.name for folder in members if not (folder / name).exists()] == []


def test_every_changelog_is_written_for_the_next_release(members: list[Path]) -> None:
    heading = re.compile(r"^## (Unreleased|\d+\.\d+\.\d+)", re.MULTILINE)
    changelogs = {folder.name: text(folder / "CHANGELOG.md") for folder in members}
    assert [name for name, log in changelogs.items() if not heading.search(log)] == []


def test_every_package_is_in_the_import_contracts(root: Path, members: list[Path]) -> None:
    settings = tomllib.loads(text(root / "pyproject.toml"))["tool"]["importlinter"]
    names = {path.parent.name for folder in members for path in folder.glob("src/*/__init__.py")}
    assert set(settings["root_packages"]) == names


def test_no_official_file_is_committed(root: Path) -> None:
    command = ["git", "ls-files", "official"]
    listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert listing.stdout == ""
