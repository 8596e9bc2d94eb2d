"""Census of the published test assertions: each has tests, or a reason why it has none.

``python -m pytest -s`` on this file prints the count.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from einvoice_core.testing.judges import facts

TESTS = Path(__file__).parent.parent
CENSUS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("assertions.toml").read_text(encoding="utf-8")
)
TESTED: dict[str, list[str]] = CENSUS["tested"]
WITHOUT = {kind: CENSUS.get(kind, []) for kind in ("not_applicable", "untested")}


def ids_of(kind: str) -> list[str]:
    return [each for group in WITHOUT[kind] for each in group["ids"]]


def published() -> set[str]:
    text = facts("as4-test-assertions.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| ((?:AS4|SMP)_\w+) \|", text, re.MULTILINE))


def names_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def test_each_assertion_is_in_the_census_once() -> None:
    stated = [*TESTED, *ids_of("not_applicable"), *ids_of("untested")]
    assert len(stated) == len(set(stated))
    assert set(stated) == published()
    assert all(group["reason"] for kind in WITHOUT for group in WITHOUT[kind])


def test_each_test_of_the_census_exists() -> None:
    known = {
        f"{file.relative_to(TESTS).as_posix()}::{name}"
        for file in TESTS.rglob("test_*.py")
        for name in names_in(file)
    }
    missing = {name for names in TESTED.values() for name in names} - known
    assert not missing, sorted(missing)
    assert all(TESTED.values())


def test_no_fewer_than_before_are_tested() -> None:
    counts = {kind: len(ids_of(kind)) for kind in WITHOUT}
    print(f"assertions: {len(TESTED)} tested, {counts}")
    assert len(TESTED) >= CENSUS["least"]
    # What a profile demands of a message handler has a test, without exception.
    demanded = re.compile(r"AS4_(CP|4CT|SBDH|DR)_")
    assert not [each for kind in WITHOUT for each in ids_of(kind) if demanded.match(each)]
