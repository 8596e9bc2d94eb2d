"""Issues records until it is killed: ``victim.py DATABASE POINT OCCURRENCE ISSUERS COUNT``.

Each acknowledged record is a line of standard output, written before anything else happens. POINT
is a named point of a write, or ``random``: then OCCURRENCE is a number of microseconds.
"""

import os
import signal
import sys
import threading
import time

from aeat_sii.testing import examples
from aeat_sii.verifactu.store import ChainStore, Key, open_postgresql, open_sqlite


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, point: str, occurrence: int, issuers: int, count: int) -> None:
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
    if point == "random":
        timer = threading.Thread(target=lambda: (time.sleep(occurrence / 1_000_000), die()))
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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
