"""The action and the hook: what they say they run is run here."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import ubl_peppol
from ubl_peppol.testing import small_invoice

PACKAGE = Path(__file__).parents[1]
GOOD = ubl_peppol.ubl.write(small_invoice())
WRONG = GOOD.replace(b">ES<", b">XX<")
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
}

pytestmark = pytest.mark.skipif(
    not (PACKAGE / "action.yml").exists()
    or not Path(sys.executable).with_name("ubl-peppol").exists(),
    reason="the repository and the installed command are needed",
)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Return a folder with a valid and a wrong document."""
    (tmp_path / "good one.xml").write_bytes(GOOD)
    (tmp_path / "wrong.xml").write_bytes(WRONG)
    return tmp_path


def action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action as a runner does."""
    definition = yaml.safe_load((PACKAGE / "action.yml").read_text(encoding="utf-8"))
    values = {name: entry.get("default", "") for name, entry in definition["inputs"].items()}
    values |= inputs
    step = definition["runs"]["steps"][-1]
    variables = {
        name: values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, text in step["env"].items()
    }
    assert "${{" not in step["run"], "an input in a script could be a command"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_judges_what_it_is_given(documents: Path) -> None:
    assert action(documents, files=".").returncode == 1
    done = action(documents, files="wrong.xml", format="sarif", output="report.sarif")
    assert done.returncode == 1
    assert "BR-CL-14" in (documents / "report.sarif").read_text()
    (documents / "wrong.xml").unlink()
    done = action(documents, files=".", profile="peppol-bis-3")
    assert done.returncode == 0, done.stderr


def test_the_action_runs_no_command_that_an_input_holds(documents: Path) -> None:
    done = action(documents, files="$(touch stolen) ;touch stolen", profile="`touch stolen`")
    assert done.returncode == 2
    assert not (documents / "stolen").exists()


def test_the_hook_judges_what_it_is_given(documents: Path) -> None:
    hooks = yaml.safe_load((PACKAGE.parents[1] / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["ubl-peppol"]
    entry = shlex.split(hooks[0]["entry"])
    for name, code in (("good one.xml", 0), ("wrong.xml", 1)):
        done = subprocess.run(
            [*entry, name],
            cwd=documents,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
