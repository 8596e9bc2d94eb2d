"""Issues records until it is killed: ``victim.py DATABASE POINT OCCURRENCE ISSUERS COUNT``.

Each acknowledged record is a line of standard output, written before anything else happens. POINT
is a named point of a write, or ``random``: then OCCURRENCE is a number of processes, which live one
after the other, each for as long as chance says.
"""

import os
import random
import signal
import sys
import threading

from aeat_sii.testing import examples
from aeat_sii.verifactu.store import ChainStore, Key, open_postgresql, open_sqlite


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(
    database: str, point: str, occurrence: int, issuers: int, count: int, life_s: float = 0
) -> None:
    left = occurrence

    def reached(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                die()

    connection = (
        open_postgresql(database) if database.startswith("host=") else open_sqlite(database)
    )
    store = ChainStore(connection, reached=reached)
    if life_s:
        timer = threading.Timer(life_s, die)
        timer.daemon = True
        timer.start()

    def issue(issuer: int) -> None:
        run = os.getpid()
        for number in range(count):
            key = Key(f"tenant-{issuer % 3}")
            record = store.append(key, examples.registration(f"{run}/{issuer}/{number}"))
            line = f"{key.tenant} {record.fingerprint}\n"
            os.write(1, line.encode())

    threads = [threading.Thread(target=issue, args=(issuer,)) for issuer in range(issuers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()


def processes(database: str, times: int, issuers: int, count: int) -> None:
    """Let processes die at random, one after the other; they are forked, for speed."""
    numbers = random.Random(times)  # noqa: S311 - when to kill, no secret
    for _ in range(times):
        life_s = numbers.randrange(1_000, 300_000) / 1_000_000
        child = os.fork()
        if child == 0:
            main(database, "", 0, issuers, count, life_s)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
            sys.exit("a process failed by itself")


if __name__ == "__main__":
    if sys.argv[2] == "random":
        processes(sys.argv[1], *map(int, sys.argv[3:6]))
    else:
        main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
