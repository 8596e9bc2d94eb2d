import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture
def run_offline(tmp_path: Path) -> Callable[[Path], str]:
    """Run a program in an empty folder and home, without a network; return what it printed."""

    def run(program: Path) -> str:
        home = tmp_path / "home"
        home.mkdir()
        env = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
        env |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TMPDIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-W", "error", str(HERE / "offline.py"), str(program)],
            cwd=tmp_path,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run
