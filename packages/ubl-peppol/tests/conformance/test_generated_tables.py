"""The tables that tools write from the official files are what the tools write today."""

import subprocess
import sys
from pathlib import Path

import pytest

from einvoice_core.testing.judges import official

ROOT = Path(__file__).resolve().parents[4]
SOURCE = Path("packages/ubl-peppol/src/ubl_peppol")
WRITTEN = {
    "en16931_codelists.py": (
        "codelists/en16931.toml",
        "codelists/peppol.toml",
        "codelists/peppol-lists.toml",
    ),
    "en16931_outside.py": ("reading/ubl_outside.csv",),
    "structure_grammar.py": ("structure/ubl-2.1.txt", "structure/cii-d16b.txt"),
}


@pytest.mark.parametrize("tool", WRITTEN)
def test_a_table_is_what_its_tool_writes(tool: str, tmp_path: Path) -> None:
    for name in WRITTEN[tool]:
        (tmp_path / SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
    folder = official("en16931").parent.resolve()
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / tool), str(folder)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    for name in WRITTEN[tool]:
        written = (tmp_path / SOURCE / name).read_text(encoding="utf-8")
        assert written == (ROOT / SOURCE / name).read_text(encoding="utf-8"), name
