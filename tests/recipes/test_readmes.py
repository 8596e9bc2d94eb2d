"""The Python of a README runs as it stands; what a reader copies is what was tested."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT, *sorted(ROOT.glob("packages/*")), ROOT / "reference-server"]
READMES = [folder / "README.md" for folder in FOLDERS if (folder / "README.md").exists()]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def program_of(readme: Path) -> str:
    """Join the blocks of a page, each at its own line so that errors point into the page."""
    text = readme.read_text("utf-8")
    lines: list[str] = []
    for block in BLOCK.finditer(text):
        start = text.count("\n", 0, block.start(1))
        lines += [""] * (start - len(lines))
        lines += block.group(1).splitlines()
    return "\n".join(lines) + "\n"


WITH_PYTHON = [readme for readme in READMES if BLOCK.search(readme.read_text("utf-8"))]


@pytest.mark.parametrize("readme", WITH_PYTHON, ids=lambda path: path.parent.name)
def test_the_python_of_a_readme_runs(
    readme: Path, tmp_path: Path, run_offline: Callable[[Path], str]
) -> None:
    program = tmp_path / f"{readme.parent.name.replace('-', '_')}_readme.py"
    program.write_text(program_of(readme), "utf-8")
    run_offline(program)
