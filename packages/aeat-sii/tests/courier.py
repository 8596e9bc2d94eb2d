"""Issues and delivers records until it is killed: ``courier.py DATABASE URL FOLDER POINT TIMES``.

POINT is a named point of the delivery, or ``random``: then TIMES is a number of processes, which
live one after the other, each for as long as chance says. ``drain`` delivers what is left.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aeat_sii.clock import now
from aeat_sii.environments import local
from aeat_sii.testing import examples
from aeat_sii.verifactu import Client
from aeat_sii.verifactu.delivery import Dispatcher, Outcome
from aeat_sii.verifactu.store import Key, append, create_tables, open_postgresql, open_sqlite
from einvoice_core.certificates import load_pkcs12

KEY = Key("courier")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deliver(
    database: str,
    url: str,
    folder: Path,
    point: str,
    occurrence: int,
    rounds: int,
    life_s: float = 0,
) -> None:
    """Put a record into the chain and deliver, as often as told; then until nothing is left."""
    left = occurrence

    def reached(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                die()

    is_sqlite = not database.startswith("host=")
    connection: Any = open_sqlite(database) if is_sqlite else open_postgresql(database)
    create_tables(connection)

    @contextmanager
    def transaction() -> Iterator[Any]:
        connection.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    credential = load_pkcs12((folder / "c.p12").read_bytes(), b"x")
    trust = (folder / "root.pem").read_bytes()
    with Client(credential, environment=local(url), trust=trust) as client:
        dispatcher = Dispatcher(transaction, KEY, client, reached=reached)
        if life_s:
            timer = threading.Timer(life_s, die)
            timer.daemon = True
            timer.start()
        for number in range(rounds):
            with transaction():
                record = examples.registration(f"{os.getpid()}/{number}")
                append(connection, KEY, record, clock=now)
            dispatcher.step()
        while (step := dispatcher.step()).outcome is not Outcome.NOTHING_TO_SEND:
            if step.outcome is Outcome.STOPPED:
                sys.exit(step.reason)


def processes(database: str, url: str, folder: Path, times: int) -> None:
    """Let processes die at random, one after the other; they are forked, for speed."""
    numbers = random.Random(times)  # noqa: S311 - when to kill, no secret
    for _ in range(times):
        life_s = numbers.randrange(1_000, 500_000) / 1_000_000
        child = os.fork()
        if child == 0:
            deliver(database, url, folder, "", 0, 1_000, life_s)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
            sys.exit("a process failed by itself")


if __name__ == "__main__":
    database, url, folder, point, times = sys.argv[1:]
    if point == "random":
        processes(database, url, Path(folder), int(times))
    else:
        deliver(database, url, Path(folder), point, int(times), 0 if point == "drain" else 5)
