#!/usr/bin/env python3
"""Build the folder of official files that judges this suite, from public addresses.

    python tools/official.py                         everything, into ./official
    python tools/official.py --only en16931 ubl      some folders
    python tools/official.py --check                 compare what is there with the manifest
    python tools/official.py --record FOLDER         write the manifest from a folder's provenance

The files belong to their publishers and are not part of this repository; ``official.csv`` says
where each one is published, under which name it is read here, and its SHA-256. A file is placed
only when its hash is right, so an interrupted run is continued by repeating it. Facts that were
compiled from several sources have no address of their own and are not in the manifest; the tests
that need them say so when they skip.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "official.csv"
PUBLIC = "https://raw.githubusercontent.com/"
MAX_BYTES = 64 * 1024 * 1024
TIMEOUT_S = 30
ATTEMPTS = 3
CONNECTIONS = 4

Fetch = Callable[[str], bytes]

_XADES = ("xmldsig-core-schema.xsd", "XAdES01903v132-201601.xsd", "XAdES01903v141-201601.xsd")
_EXTENSIONS = ("Extension_FACEB2B_v1-1.xsd", "UtilitiesExtension.xsd", "CorreosExtension_v1.0.xsd")
_FACTURAE = {"3.0": "30", "3.1": "v31", "3.2": "v3_2", "3.2.1": "v3_2_1", "3.2.2": "v3_2_2"}

# Official schemas that are loaded together, by the name under which a test loads them.
COMPOSED: dict[str, tuple[str, ...]] = {
    f"facturae/drivers/facturae-{version}.xsd": (
        *(f"facturae/xsd-xades/{name}" for name in _XADES),
        *(f"facturae/xsd-extensions/{name}" for name in _EXTENSIONS),
        f"facturae/xsd/Facturae{suffix}.xsd",
    )
    for version, suffix in _FACTURAE.items()
}


class OfficialError(Exception):
    """A file could not be had; the message names it and says what to do."""


class UnreachableError(OfficialError):
    """The address does not answer at all: there is no use in asking for the next file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One official file: its name here, its hash, and the place where it is published.

    A ``source`` such as ``examples.zip!name.xml`` is a member of a published archive.
    """

    path: str
    sha256: str
    repository: str
    commit: str
    source: str

    def address(self, base: str) -> str:
        """Return where the file is published."""
        published = self.source.partition("!")[0]
        return f"{base}{self.repository}/{self.commit}/{urllib.parse.quote(published)}"

    def place(self, folder: Path) -> Path:
        """Return where the file goes; a name that leaves the folder is refused."""
        parts = PurePosixPath(self.path).parts
        if not parts or self.path.startswith("/") or ".." in parts:
            raise OfficialError(f"the manifest names {self.path!r}, which is outside the folder")
        return folder.joinpath(*parts)


def load(manifest: Path) -> list[Entry]:
    """Read the manifest."""
    with manifest.open(encoding="utf-8", newline="") as file:
        return [Entry(**row) for row in csv.DictReader(file)]


def record(folder: Path, manifest: Path) -> int:
    """Write the manifest from the ``PROVENANCE.json`` files of a folder; return its length."""
    entries: list[Entry] = []
    for provenance in sorted(folder.rglob("PROVENANCE.json")):
        for row in json.loads(provenance.read_text("utf-8")):
            if not row["commit"] or not row["path"]:
                continue
            path = provenance.parent / row["file"]
            repository = row["source_repo"].removeprefix("github:").removeprefix("github.com/")
            if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
                raise OfficialError(f"{path} is not the file that its provenance describes")
            name = path.relative_to(folder).as_posix()
            entries.append(Entry(name, row["sha256"], repository, row["commit"], row["path"]))
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [field.name for field in fields(Entry)]
        writer.writerow(names)
        writer.writerows([getattr(entry, name) for name in names] for entry in sorted_(entries))
    return len(entries)


def sorted_(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order of their names, which keeps differences readable."""
    return sorted(entries, key=lambda entry: entry.path)


def download(address: str) -> bytes:
    """Fetch one address over HTTPS (or from this machine), bounded in size and time."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise OfficialError(f"{address} is neither HTTPS nor on this machine")
    problem: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the scheme was checked above
                data: bytes = answer.read(MAX_BYTES + 1)
                announced = int(answer.headers.get("Content-Length") or len(data))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                raise OfficialError(f"{address} answers {error.code}") from error
            problem = error
        except urllib.error.URLError as error:
            raise UnreachableError(f"{parts.hostname} cannot be reached: {error.reason}") from error
        except (OSError, ValueError) as error:
            problem = error
        else:
            if len(data) > MAX_BYTES:
                raise OfficialError(f"{address} is larger than {MAX_BYTES} bytes")
            if len(data) == announced:
                return data
            problem = EOFError(f"{len(data)} of {announced} bytes arrived")
    raise OfficialError(f"{address}: {problem}")


def is_there(entry: Entry, folder: Path) -> bool:
    """Tell whether the file lies in the folder with the right content."""
    try:
        return hashlib.sha256(entry.place(folder).read_bytes()).hexdigest() == entry.sha256
    except FileNotFoundError:
        return False


def unpack(archive: bytes, member: str) -> bytes:
    """Return one member of an archive, bounded in size."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(member) as file:
            data = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise OfficialError(f"{member} cannot be taken out of its archive: {error}") from error
    if len(data) > MAX_BYTES:
        raise OfficialError(f"{member} is larger than {MAX_BYTES} bytes")
    return data


def place(entry: Entry, folder: Path, base: str, fetch: Fetch) -> None:
    """Fetch one file and put it where it belongs, whole and with the right hash or not at all."""
    data = fetch(entry.address(base))
    if member := entry.source.partition("!")[2]:
        data = unpack(data, member)
    digest = hashlib.sha256(data).hexdigest()
    if digest != entry.sha256:
        raise OfficialError(f"{entry.path} has the SHA-256 {digest} instead of {entry.sha256}")
    target = entry.place(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise


def build(
    entries: Sequence[Entry], folder: Path, base: str = PUBLIC, fetch: Fetch = download
) -> Iterator[str]:
    """Fetch what is missing; yield one line for each file that could not be had.

    Raises:
        UnreachableError: The first address does not answer; nothing else is tried.
    """
    missing = [entry for entry in entries if not is_there(entry, folder)]
    if not missing:
        return

    def attempt(entry: Entry) -> str:
        try:
            place(entry, folder, base, fetch)
        except OfficialError as error:
            return str(error)
        return ""

    # The first file tells whether there is a network at all.
    try:
        place(missing[0], folder, base, fetch)
    except UnreachableError:
        raise
    except OfficialError as error:
        yield str(error)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        yield from filter(None, pool.map(attempt, missing[1:]))


def compose(folder: Path) -> None:
    """Write the schemas of ours that load several official ones without a network."""
    for name, parts in COMPOSED.items():
        paths = [folder / part for part in parts]
        if not all(path.exists() for path in paths):
            continue
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        imports = [
            f'  <xs:import namespace="{namespace_of(path)}"'
            f' schemaLocation="{os.path.relpath(path, target.parent)}"/>\n'
            for path in paths
        ]
        schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        target.write_text(f"{schema}\n{''.join(imports)}</xs:schema>\n", "utf-8")


def namespace_of(schema: Path) -> str:
    """Return the namespace that a schema describes."""
    found = re.search(r'targetNamespace\s*=\s*"([^"]+)"', schema.read_text("utf-8-sig"))
    if found is None:
        raise OfficialError(f"{schema} names no namespace")
    return found.group(1)


def select(entries: Iterable[Entry], only: Sequence[str]) -> list[Entry]:
    """Return the entries of some folders, or all when none is named."""
    wanted = tuple(f"{name.strip('/')}/" for name in only)
    return [entry for entry in entries if not wanted or entry.path.startswith(wanted)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    into = os.environ.get("EINVOICE_OFFICIAL") or HERE.parent / "official"
    parser.add_argument("--into", type=Path, default=Path(into), help="folder to fill")
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--base", default=PUBLIC, help="address that serves owner/name/commit/path")
    parser.add_argument("--only", nargs="*", default=[], metavar="FOLDER")
    parser.add_argument("--check", action="store_true", help="fetch nothing, compare only")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="write the manifest")
    wish = parser.parse_args(arguments)
    try:
        if wish.record:
            print(f"{record(wish.record, wish.manifest)} files recorded in {wish.manifest.name}")
            return 0
        entries = select(load(wish.manifest), wish.only)
        if wish.check:
            problems = [f"{e.path} is missing or differs" for e in absent(entries, wish.into)]
        else:
            problems = list(build(entries, wish.into, wish.base))
            compose(wish.into)
    except OfficialError as error:
        print(f"official: {error}", file=sys.stderr)
        print(f"official: what is complete stays in {wish.into}; repeat later", file=sys.stderr)
        return 1
    for problem in problems:
        print(f"official: {problem}", file=sys.stderr)
    print(f"{len(entries) - len(problems)} of {len(entries)} files are in {wish.into}")
    return 1 if problems else 0


def absent(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Return the entries that the folder lacks or holds with another content."""
    return [entry for entry in entries if not is_there(entry, folder)]


if __name__ == "__main__":
    sys.exit(main())
