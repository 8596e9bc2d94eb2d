"""A database server of its own for tests, on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from einvoice_core.testing.judges import missing

__all__ = ["postgresql"]

_PROGRAMS = Path("/usr/lib/postgresql")


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server and yield its connection string.

    It runs as the user ``postgres`` where this program is root, which the server refuses to be.
    Where it is not installed, the test skips, or fails with ``EINVOICE_JUDGES=required``.
    """
    found = sorted(_PROGRAMS.glob("*/bin"))
    if not found:
        missing("PostgreSQL is not installed: the Debian package is postgresql")
    binaries = found[-1]
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(folder, "postgres")

    def run(command: str) -> None:
        shell = ["su", "postgres", "-c", command] if is_root else ["sh", "-c", command]
        done = subprocess.run(shell, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)

    data = folder / "data"
    try:
        run(f"{binaries}/initdb -D {data} -U pg --auth=trust --no-sync --no-instructions")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        run(f"{binaries}/pg_ctl -D {data} -o '{options}' -w start -l {folder}/log")
        try:
            yield f"host=127.0.0.1 port={port} user=pg dbname=postgres"
        finally:
            run(f"{binaries}/pg_ctl -D {data} -m immediate -t 120 stop")
    finally:
        shutil.rmtree(folder)
