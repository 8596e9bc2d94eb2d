#!/usr/bin/env python3
"""Set the workspace up from nothing but Python and pip, then run one command in it.

    python3 tools/bootstrap.py demo    set up, then run ``einvoice demo``
    python3 tools/bootstrap.py test    set up, then run the default checks of ``noxfile.py``
    python3 tools/bootstrap.py setup   only set up

Further arguments go to the command: ``python3 tools/bootstrap.py test -s lint``.

Debian's pip refuses to install into the system and its Python may come without ``venv``, so pip
only places ``uv`` in a folder of this repository, and uv makes the environment. Everything that is
installed is pinned and hashed in ``requirements.lock``; where it is fetched from is what pip is
configured with on this machine. A second run finds everything in place and takes no time.
"""

import ast
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """The workspace cannot be set up; the message says what to do."""


@dataclass(frozen=True)
class SystemPart:
    """Something no wheel brings: how to see that it is there, and its Debian packages."""

    present: Callable[[], bool]
    packages: tuple[str, ...]


def _has_library(*names: str) -> Callable[[], bool]:
    def present() -> bool:
        for name in names:
            try:
                ctypes.CDLL(name)
            except OSError:
                return False
        return True

    return present


def _has_program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_font() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


# Pango lays the PDF of an invoice out; without libharfbuzz-subset a page takes 4 times longer.
FOR_DEMO = (
    SystemPart(
        _has_library("libpango-1.0.so.0", "libpangoft2-1.0.so.0"),
        ("libpango-1.0-0", "libpangoft2-1.0-0"),
    ),
    SystemPart(_has_library("libharfbuzz-subset.so.0"), ("libharfbuzz-subset0",)),
    SystemPart(_has_font, ("fonts-dejavu-core",)),
)
# The independent judges of signatures and canonical XML.
FOR_TESTS = (
    *FOR_DEMO,
    SystemPart(_has_program("xmlsec1"), ("xmlsec1",)),
    SystemPart(_has_program("xmllint"), ("libxml2-utils",)),
    SystemPart(_has_program("openssl"), ("openssl",)),
    SystemPart(_has_program("softhsm2-util"), ("softhsm2",)),
    SystemPart(_has_program("strace"), ("strace",)),
    SystemPart(_has_program("git"), ("git",)),
)


def say(text: str) -> None:
    """Print one line at once, so that it stands before the output of what it announces."""
    print(f"bootstrap: {text}", flush=True)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
    """Run a command without a terminal to ask at; raise when it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise SetupError(f"'{' '.join(str(part) for part in command)}' failed ({done.returncode})")


def install_system_parts(parts: Sequence[SystemPart]) -> None:
    """Install with apt what is missing, or raise with the names of the packages."""
    if not sys.platform.startswith("linux"):
        return
    packages = [name for part in parts if not part.present() for name in part.packages]
    if not packages:
        return
    by_hand = f"install these Debian packages (or their like) and repeat: {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise SetupError(by_hand)
    if os.geteuid() == 0:
        prefix: list[str] = []
    elif shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        raise SetupError(by_hand)
    say(f"installing {' '.join(packages)} with apt")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    try:
        run([*apt, "update"])
        run([*apt, "install", "--no-install-recommends", *packages])
    except SetupError as error:
        raise SetupError(f"{error}; {by_hand}") from error


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _pip(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pip", *arguments]


# What pip calls a setting, and the variables in which uv and its TLS library look for it.
_SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "no-index": ("UV_NO_INDEX",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTPS_PROXY", "HTTP_PROXY"),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
}


def translate_settings(listing: str) -> dict[str, str]:
    """Translate what ``pip config list`` prints into variables that uv understands."""
    found: dict[str, tuple[int, str]] = {}
    weights = {"global": 0, "install": 1, ":env:": 2}
    for line in listing.splitlines():
        name, _, literal = line.partition("=")
        section, _, key = name.rpartition(".")
        if key not in _SETTINGS or section not in weights:
            continue
        weight = weights[section]
        value = " ".join(str(ast.literal_eval(literal)).split())
        for variable in _SETTINGS[key]:
            if variable not in found or found[variable][0] <= weight:
                found[variable] = (weight, value)
    settings = {variable: value for variable, (_, value) in found.items()}
    if "UV_INDEX" in settings:
        # Pip looks at every index for the best version; with hashes that is safe for uv, too.
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return settings


def uv_environment() -> dict[str, str]:
    """Return this process' environment with uv set up as pip is on this machine."""
    listing = subprocess.run(_pip("config", "list"), capture_output=True, text=True, check=False)
    defaults = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_LINK_MODE": "hardlink"}
    if not _same_file_system():
        defaults["UV_LINK_MODE"] = "copy"
    settings = defaults | translate_settings(listing.stdout) | os.environ
    # An environment that happens to be active is not the one we install into.
    settings.pop("VIRTUAL_ENV", None)
    return settings


def _same_file_system() -> bool:
    """Tell whether uv can link from its cache (in the home folder) instead of copying."""
    home = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home())
    existing = next((folder for folder in (home, *home.parents) if folder.exists()), ROOT)
    return existing.stat().st_dev == ROOT.stat().st_dev


def locked_lines(lock: str, name: str) -> str:
    """Return the lines of one requirement, with its hashes."""
    taken: list[str] = []
    for line in lock.splitlines():
        if line.startswith(f"{name}=="):
            taken = [line]
        elif taken and line.startswith(" "):
            taken.append(line)
        elif taken:
            break
    if not taken:
        raise SetupError(f"{LOCK.name} does not name {name}")
    return "\n".join(taken) + "\n"


def ensure_uv() -> Path:
    """Return the path of the locked ``uv``, placed in ``.bootstrap`` by pip if it is not there."""
    lines = locked_lines(LOCK.read_text("utf-8"), "uv")
    digest = hashlib.sha256(lines.encode()).hexdigest()[:12]
    folder = ROOT / ".bootstrap" / f"uv-{digest}"
    program = folder / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if program.exists():
        return program
    if not _succeeds(_pip("--version")):
        raise SetupError("this Python has no pip; install python3-pip and repeat")
    say("placing uv in .bootstrap")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    wanted = partial / "requirements.txt"
    wanted.write_text(lines, "utf-8")
    options = ("--quiet", "--no-deps", "--require-hashes", "--target", str(partial))
    quiet = {"PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run(_pip("install", *options, "-r", str(wanted)), quiet | os.environ)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return program


def members() -> list[Path]:
    """Return the folders of the packages in this workspace."""
    folders = [*(ROOT / "packages").glob("*"), ROOT / "reference-server"]
    return sorted(folder for folder in folders if (folder / "pyproject.toml").exists())


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for path in (LOCK, *(folder / "pyproject.toml" for folder in members())):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def ensure_environment() -> None:
    """Make ``.venv`` hold what the lock says and the packages of this workspace."""
    stamp = ENVIRONMENT / "bootstrap-stamp"
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text("utf-8") == fingerprint:
        return
    uv = ensure_uv()
    env = uv_environment()
    python = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
    if not _succeeds([str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        say("making the environment .venv")
        base = getattr(sys, "_base_executable", None) or sys.executable
        run([uv, "venv", "--quiet", "--clear", "--python", base, ENVIRONMENT], env)
    stamp.unlink(missing_ok=True)
    say("installing what requirements.lock names")
    into: list[str | Path] = ["--quiet", "--python", python]
    run([uv, "pip", "sync", *into, "--require-hashes", LOCK], env)
    editable = [part for folder in members() for part in ("--editable", folder)]
    run([uv, "pip", "install", *into, "--no-deps", "--no-build-isolation", *editable], env)
    stamp.write_text(fingerprint, "utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run one of ``setup``, ``demo`` and ``test``."""
    task, *rest = arguments or ("",)
    commands: dict[str, tuple[Sequence[SystemPart], list[str]]] = {
        "setup": ((), []),
        "demo": (FOR_DEMO, [str(SCRIPTS / "einvoice"), "demo"]),
        "test": (FOR_TESTS, [str(SCRIPTS / "nox"), "--non-interactive"]),
    }
    if task not in commands:
        print(__doc__)
        return 2
    parts, command = commands[task]
    started = time.monotonic()
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise SetupError(f"Python 3.11 or newer is needed; this one is {sys.version}")
        install_system_parts(parts)
        ensure_environment()
    except SetupError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    say(f"ready after {time.monotonic() - started:.1f} s")
    if not command:
        return 0
    folder = ROOT if task == "test" else Path.cwd()
    return subprocess.run([*command, *rest], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
