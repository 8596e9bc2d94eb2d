from __future__ import annotations

import re
from pathlib import Path


def test_the_quick_start_runs() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert program is not None
    exec(compile(program[1], "README.md", "exec"), {})  # noqa: S102 - our own page
