"""Fills an outbox and empties it until it is killed.

``sii_victim.py DATABASE FOLDER URL POINT COUNT``: FOLDER has the certificate and the root of the
sandbox at URL. Each entry that is committed is a line of standard output. POINT is a named point
of the way, with the occurrence at which to die, as ``before-send:1``; or ``random:N`` for N
processes, one after the other, that die at points that chance chooses.
"""

import os
import random
import signal
import sys
from pathlib import Path

from aeat_sii import sii
from aeat_sii.sii import outbox
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW
from aeat_sii.verifactu.store import open_postgresql, open_sqlite
from einvoice_core.certificates import load_pkcs12

BOX = outbox.Box("tenant-0")


def main(database: str, folder: Path, url: str, point: str, count: int) -> None:
    name, _, occurrence = point.partition(":")
    left = int(occurrence)

    def reached(here: str) -> None:
        nonlocal left
        if here == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    connected = open_postgresql if database.startswith("host=") else open_sqlite
    transaction = outbox.transactions(connected(database))
    with transaction() as connection:
        outbox.create_tables(connection)
    credential = load_pkcs12((folder / "a.p12").read_bytes(), b"secret")
    client = sii.Client(credential, place=sii.local(url), trust=(folder / "root.pem").read_bytes())
    dispatcher = outbox.Dispatcher(
        transaction, BOX, client, batch=3, clock=lambda: NOW, reached=reached
    )
    for number in range(count):
        invoice = f"{os.getpid()}/{number}"
        with transaction() as connection:
            position = outbox.put(connection, BOX, examples.issued(invoice), examples.TITULAR)
            if number % 2:
                outbox.put(connection, BOX, examples.cancelled(invoice), examples.TITULAR)
            reached("before-commit")
        os.write(1, f"{position} {invoice}\n".encode())
        reached("committed")
        if number % 4 == 3:
            dispatcher.step()
    while dispatcher.step().outcome is outbox.Outcome.ANSWERED:
        pass


POINTS = ("before-commit", "committed", "before-send", "after-send", "after-settle")


def processes(database: str, folder: Path, url: str, times: int, count: int) -> None:
    """Let processes die at random points; they are forked, for speed."""
    numbers = random.Random(times)  # noqa: S311 - where to kill, no secret
    for _ in range(times):
        point = f"{numbers.choice(POINTS)}:{numbers.randrange(1, count + 1)}"
        child = os.fork()
        if child == 0:
            main(database, folder, url, point, count)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
            sys.exit("a process failed by itself")


if __name__ == "__main__":
    base, home, address, where = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    if where.startswith("random:"):
        processes(base, home, address, int(where.partition(":")[2]), int(sys.argv[5]))
    else:
        main(base, home, address, where, int(sys.argv[5]))
