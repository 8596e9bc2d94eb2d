import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

LISTING = """\
:env:.cert='/etc/ssl/private-authority.crt'
global.cert='/etc/ssl/certs/ca-certificates.crt'
global.index-url='https://packages.example/index/'
install.extra-index-url='https://one.example/\\nhttps://two.example/'
freeze.timeout='10'
"""


def test_uv_is_told_what_pip_is_configured_with() -> None:
    assert bootstrap.translate_settings(LISTING) == {
        "SSL_CERT_FILE": "/etc/ssl/private-authority.crt",
        "UV_DEFAULT_INDEX": "https://packages.example/index/",
        "UV_INDEX": "https://one.example/ https://two.example/",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_a_machine_without_pip_settings_leaves_uv_alone() -> None:
    assert bootstrap.translate_settings("") == {}


def test_a_choice_made_for_uv_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")

    env = bootstrap.uv_environment()

    assert env["UV_DEFAULT_INDEX"] == "https://uv.example/"
    assert "VIRTUAL_ENV" not in env


def test_the_lines_of_one_requirement_are_found() -> None:
    expected = "uv==2 \\\n    --hash=sha256:22 \\\n    --hash=sha256:33\n"
    lock = f"a==1 \\\n    --hash=sha256:11\n{expected}z==3\n"
    assert bootstrap.locked_lines(lock, "uv") == expected


def test_a_lock_without_uv_is_refused() -> None:
    with pytest.raises(bootstrap.SetupError, match="does not name uv"):
        bootstrap.locked_lines("a==1\n", "uv")


def missing(*packages: str) -> list[bootstrap.SystemPart]:
    return [bootstrap.SystemPart(lambda: False, packages)]


def test_without_rights_the_message_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    with pytest.raises(bootstrap.SetupError, match=r"libpango-1\.0-0 fonts-dejavu-core"):
        bootstrap.install_system_parts(missing("libpango-1.0-0", "fonts-dejavu-core"))


def test_root_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap, "run", lambda command: commands.append(command))

    bootstrap.install_system_parts(missing("xmlsec1"))

    assert [command[5:] for command in commands] == [
        ["update"],
        ["install", "--no-install-recommends", "xmlsec1"],
    ]


def test_what_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "run", lambda command: pytest.fail(str(command)))
    bootstrap.install_system_parts([bootstrap.SystemPart(lambda: True, ("xmlsec1",))])


def test_an_unknown_task_prints_the_help(root: Path) -> None:
    command = [sys.executable, str(root / "tools/bootstrap.py"), "launch"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bootstrap.py demo" in done.stdout
