"""Every check of the repository by name, the same on a laptop and in CI.

``nox -l`` lists them, ``nox`` runs the default ones, ``nox -s "tests(tax-es)"`` one of them. Each
can run alone. They share the locked environment ``.venv``; only ``installed`` and the runs on other
versions of Python make environments of their own.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nox
import nox.command

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tools"))

import bootstrap  # noqa: E402 - lies in tools/, which must be on the path first
from lock import project  # noqa: E402 - likewise

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "none"
nox.options.sessions = [
    "lint",
    "types",
    "architecture",
    "tests",
    "conformance",
    "journeys",
    "recipes",
    "docs",
]

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
FOLDERS = {folder.name: folder for folder in bootstrap.members()}
WHEELS = ROOT / ".nox" / "wheels"
JUDGED = ("conformance", "interop")
"""Folders of tests that need the official files or an independent peer."""
WITH_MAVEN = "interop_java"
"""Folder of tests whose peer is a library that Maven fetches."""
PEERS = "peers"
"""Folder of tests that talk with a program which has to be installed for them alone."""

packages = nox.parametrize("package", list(FOLDERS), ids=list(FOLDERS))


@functools.cache
def workspace() -> Path:
    """Make the locked environment current and return its Python."""
    bootstrap.ensure_environment()
    return bootstrap.SCRIPTS / "python"


@functools.cache
def uv() -> tuple[str, dict[str, str]]:
    """Return the locked uv and the environment it runs in."""
    return str(bootstrap.ensure_uv()), bootstrap.uv_environment()


def import_name(folder: Path) -> str:
    return next(path.parent.name for path in folder.glob("src/*/__init__.py"))


def workers() -> tuple[str, ...]:
    """Split a run over the cores; ``EINVOICE_WORKERS=0`` keeps it in one process."""
    wanted = os.environ.get("EINVOICE_WORKERS") or str(min(4, os.cpu_count() or 1))
    return () if wanted in {"0", "1"} else ("-n", wanted)


def pytest(session: nox.Session, *arguments: str, python: Path | None = None) -> None:
    """Run pytest; a folder whose every test is marked away is no failure."""
    # The profile repeats the same examples everywhere and knows no deadline.
    usual = ("-q", "-m", "not online and not long", "--hypothesis-profile=ci", *session.posargs)
    command = [str(python or workspace()), "-m", "pytest", *usual, *arguments]
    session.run(*command, external=True, success_codes=[0, 5])


def unit_tests(folder: Path) -> list[str]:
    """Return what pytest is told to run the tests that need nothing but the package."""
    tests = folder / "tests"
    apart = (*JUDGED, WITH_MAVEN, PEERS)
    return [str(tests), *(f"--ignore={tests / name}" for name in apart)]


def interpreters() -> dict[str, Path]:
    """Find the Pythons of this machine that start, by version."""
    found: dict[str, Path] = {}
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in PYTHONS:
        places = [shutil.which(f"python{version}"), *pyenv.glob(f"{version}.*/bin/python{version}")]
        for place in filter(None, places):
            probe = [str(place), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            answer = subprocess.run(probe, capture_output=True, text=True, check=False)
            if answer.stdout.strip() == version:
                found[version] = Path(place)
                break
    return found


def environment_for(version: str, interpreter: Path) -> Path:
    """Return the Python of an environment like ``.venv`` on another version of Python."""
    current = f"{sys.version_info.major}.{sys.version_info.minor}"
    workspace()
    if version == current:
        return workspace()
    folder = ROOT / ".nox" / f"locked-{version}"
    stamp, wanted = folder / "stamp", (bootstrap.ENVIRONMENT / "bootstrap-stamp").read_text()
    python = folder / "bin" / "python"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    program, env = uv()
    bootstrap.run([program, "venv", "-q", "--clear", "--python", interpreter, folder], env)
    into = ["-q", "--python", python]
    bootstrap.run([program, "pip", "sync", *into, "--require-hashes", bootstrap.LOCK], env)
    own = [part for member in FOLDERS.values() for part in ("--editable", member)]
    bootstrap.run(
        [program, "pip", "install", *into, "--no-deps", "--no-build-isolation", *own], env
    )
    stamp.write_text(wanted)
    return python


def run_all(session: nox.Session, *commands: list[str]) -> None:
    """Run every command, so that one run shows all there is to mend; fail when one failed."""
    failed: list[str] = []
    for command in commands:
        try:
            session.run(*command, external=True)
        except nox.command.CommandFailed:
            failed.append(" ".join(command[1:4]))
    if failed:
        session.error(f"failed: {'; '.join(failed)}")


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff (style, security, time zones, format) and the import contracts."""
    ruff = [str(workspace()), "-m", "ruff"]
    run_all(
        session,
        [*ruff, "check", "."],
        [*ruff, "format", "--check", "."],
        [str(bootstrap.SCRIPTS / "lint-imports"), "--no-logo"],
    )


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, on every package, the tools and the recipes."""
    mypy = [str(workspace()), "-m", "mypy"]
    ours = [part for folder in FOLDERS.values() for part in ("-p", import_name(folder))]
    programs = map(str, sorted(ROOT.glob("docs/recipes/*.py")))
    tools = map(str, sorted(ROOT.glob("tools/*.py")))
    run_all(session, [*mypy, *ours], [*mypy, *tools], [*mypy, *programs])


@nox.session
def architecture(session: nox.Session) -> None:
    """The shape of the repository: surfaces, error codes, money, changelogs, what is committed."""
    pytest(session, "tests/architecture", *workers())


@nox.session
@packages
def tests(session: nox.Session, package: str) -> None:
    """Unit tests, vectors and properties of one package, on each Python found."""
    found = interpreters()
    current = f"{sys.version_info.major}.{sys.version_info.minor}"
    found.setdefault(current, Path(sys.executable))
    for version in PYTHONS:
        if version not in found:
            session.warn(f"Python {version} is not on this machine: not run")
    for version, interpreter in found.items():
        session.log(f"Python {version}")
        python = environment_for(version, interpreter)
        pytest(session, *unit_tests(FOLDERS[package]), *workers(), python=python)


@functools.cache
def build_wheels() -> dict[str, Path]:
    """Build the wheel of every package once per run and return them by folder name."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    program, env = uv()
    built: dict[str, Path] = {}
    for name, folder in FOLDERS.items():
        options = ["-q", "--wheel", "--no-build-isolation", "--python", workspace()]
        bootstrap.run([program, "build", *options, "--out-dir", WHEELS, folder], env)
        stem = project(folder)["name"].replace("-", "_")
        built[name] = next(WHEELS.glob(f"{stem}-*.whl"))
    return built


@nox.session
@packages
def installed(session: nox.Session, package: str) -> None:
    """Wheel of one package, alone with what it declares, at its lowest and newest versions."""
    wheels = build_wheels()
    for resolution in ("lowest-direct", "highest"):
        python = install_alone(session, package, wheels, resolution)
        pytest(session, *unit_tests(FOLDERS[package]), python=python)


def install_alone(
    session: nox.Session, package: str, wheels: dict[str, Path], resolution: str
) -> Path:
    """Install a wheel with its declared dependencies and pytest; return the Python to use."""
    program, env = uv()
    groups = project(FOLDERS[package]).get("optional-dependencies", {})
    extras = ["--extra=testing"] if "testing" in groups else []
    folder = ROOT / ".nox" / f"installed-{package}-{resolution}"
    python = folder / "bin" / "python"
    session.log(f"{package}, resolution {resolution}")
    bootstrap.run([program, "venv", "-q", "--clear", "--python", sys.executable, folder], env)
    pinned = folder / "requirements.txt"
    source = FOLDERS[package] / "pyproject.toml"
    shape = ["--no-header", "--no-annotate", "--no-sources", "-q"]
    where = [f"--find-links={WHEELS}", f"--python={python}"]
    options = [*shape, *where, *extras, f"--resolution={resolution}"]
    with (folder / "compile.txt").open("w") as listing:
        subprocess.run(
            [program, "pip", "compile", *options, f"--output-file={pinned}", source],
            env=env,
            stdout=listing,
            check=True,
        )
    # The siblings come from here even if an index knows something of the same name.
    ours = {project(folder)["name"]: wheels[name] for name, folder in FOLDERS.items()}
    lines = pinned.read_text().splitlines()
    others = [line for line in lines if line.partition("==")[0] not in ours]
    siblings = [wheels[package], *(ours[name] for name in named(lines) if name in ours)]
    pinned.write_text("\n".join(others) + "\n")
    tools = ["pytest", "hypothesis"]
    into = ["-q", "--no-sources", *where]
    bootstrap.run([program, "pip", "install", *into, "-r", pinned, *siblings, *tools], env)
    session.run(program, "pip", "list", "-q", f"--python={python}", env=env, external=True)
    return python


def named(lines: list[str]) -> Iterator[str]:
    """Names of the pinned requirements."""
    return (line.partition("==")[0] for line in lines)


@nox.session
def conformance(session: nox.Session) -> None:
    """Official samples, rule census and independent peers (files of ``EINVOICE_OFFICIAL``)."""
    folders = [folder / "tests" / name for folder in FOLDERS.values() for name in JUDGED]
    existing = [str(folder) for folder in folders if folder.is_dir()]
    if not existing:
        session.skip("no package has conformance tests yet")
    pytest(session, *existing, *workers())


@nox.session
def interop_java(session: nox.Session) -> None:
    """Peers that Maven fetches, such as EU DSS; not part of the default run."""
    folders = [folder / "tests" / WITH_MAVEN for folder in FOLDERS.values()]
    pytest(session, *(str(folder) for folder in folders if folder.is_dir()))


@nox.session
def interop(session: nox.Session) -> None:
    """Other implementations of AS4, each in an environment of its own, on this machine."""
    env = {"EINVOICE_PEER_AS4": str(peer_python("as4==0.2.0"))}
    env |= {"EINVOICE_PEER_PEPPOL_PY": str(peer_python("peppol-py==1.2.5"))}
    home = peer_java(session, ROOT / "packages/as4/tests/peers/programs/phase4")
    env |= {"EINVOICE_PEER_PHASE4": str(home), "EINVOICE_PEERS": "required"}
    folders = [str(folder) for folder in sorted(ROOT.glob("packages/*/tests/peers"))]
    usual = ["-q", "-m", "not online and not long", "--hypothesis-profile=ci", *session.posargs]
    session.run(str(workspace()), "-m", "pytest", *usual, *folders, env=env, external=True)


def peer_python(requirement: str) -> Path:
    """Return the Python of an environment with one package of the public index."""
    folder = ROOT / ".nox" / f"peer-{requirement.partition('==')[0]}"
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != requirement:
        program, env = uv()
        bootstrap.run([program, "venv", "-q", "--clear", "--python", sys.executable, folder], env)
        bootstrap.run([program, "pip", "install", "-q", "--python", python, requirement], env)
        stamp.write_text(requirement)
    return python


def peer_java(session: nox.Session, source: Path) -> Path:
    """Copy the libraries that a folder's ``pom.xml`` names and compile its ``src`` beside them."""
    for program in ("javac", "mvn"):
        if shutil.which(program) is None:
            session.error(f"{program} is missing: install openjdk-17-jdk-headless and maven")
    home = ROOT / ".nox" / f"peer-{source.name}"
    libraries = f"-DoutputDirectory={home / 'lib'}"
    pom = ["-f", str(source / "pom.xml")]
    session.run("mvn", "-q", "-B", *pom, "dependency:copy-dependencies", libraries, external=True)
    files = [str(file) for file in sorted((source / "src").glob("*.java"))]
    places = ["-cp", str(home / "lib" / "*"), "-d", str(home / "classes")]
    session.run("javac", *places, *files, external=True)
    return home


@nox.session
def journeys(session: nox.Session) -> None:
    """Ways through several packages, from Facturae to the tax agency's double."""
    if not (ROOT / "tests/journeys").is_dir():
        session.skip("no journey is written yet")
    pytest(session, "tests/journeys", *workers())


@nox.session
def recipes(session: nox.Session) -> None:
    """Every recipe and every quick start of a README, run without a network."""
    pytest(session, "tests/recipes", *workers())


@nox.session
def docs(session: nox.Session) -> None:
    """Generated tables are current, and the site builds strictly."""
    python = str(workspace())
    session.run(python, "tools/tables.py", "--check", external=True)
    env = {"NO_MKDOCS_2_WARNING": "1"}
    session.run(python, "-m", "mkdocs", "build", "--strict", "--quiet", env=env, external=True)


@nox.session
@packages
def release(session: nox.Session, package: str) -> None:
    """Version, changelog and tag of one package agree; its built files hold what they should."""
    session.run(str(workspace()), "tools/release.py", str(FOLDERS[package]), external=True)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Speed beside the peers; prints figures and judges nothing."""
    env: dict[str, str] = {}
    if not session.posargs or any("tax" in word for word in session.posargs):
        try:
            env["EINVOICE_OPENFISCA_PYTHON"] = str(peer_python("openfisca-core==46.0.1"))
        except (OSError, bootstrap.SetupError) as error:
            session.warn(f"OpenFisca could not be installed, its figures are left out: {error}")
    session.run(str(workspace()), "benchmarks/run.py", *session.posargs, env=env, external=True)


@nox.session
def long(session: nox.Session) -> None:
    """The full counts of properties and stress tests (marked ``long``)."""
    folders = [str(folder / "tests") for folder in FOLDERS.values()]
    command = [str(workspace()), "-m", "pytest", "-q", "-m", "long", *folders, "tests/journeys"]
    session.run(*command, *session.posargs, external=True, success_codes=[0, 5])
