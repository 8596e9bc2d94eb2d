import ast
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "recipes"
PROGRAMS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_recipe_runs(program: Path, run_offline: Callable[[Path], str]) -> None:
    run_offline(program)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_recipe_asserts_what_it_shows(program: Path) -> None:
    tree = ast.parse(program.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert any(isinstance(node, ast.Assert) for node in ast.walk(tree))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_page_shows_the_recipe_itself(program: Path) -> None:
    page = program.with_suffix(".md").read_text("utf-8")
    assert f'--8<-- "{program.name}"' in page or f"/{program.name}" in page


def test_the_index_lists_every_recipe() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    assert [path.name for path in PROGRAMS if f"({path.stem}.md)" not in index] == []
