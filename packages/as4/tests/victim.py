"""Receives messages until it is killed: ``victim.py TASKS``, a file of JSON.

Each task is a process of its own, forked for speed: a store, messages, the named point at which it
kills itself, and how often it passes there before. What it answered is a line of its standard
output, written after the receipt exists and before anything else happens.
"""

import base64
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from as4_peppol import LocalIdentity, Receiver, anyone
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import SqliteStore
from as4_peppol.stores.postgresql import PostgresqlStore
from as4_peppol.stores.sql import SqlStore
from as4_peppol.testing import NOW
from einvoice_core.certificates import load_pkcs12


def work(task: dict[str, Any]) -> None:
    left = task["passes"]

    def reach(name: str) -> None:
        nonlocal left
        if name == task["point"]:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    folder = Path(task["folder"])
    store: SqlStore
    if task["address"]:
        store = PostgresqlStore(task["address"], folder, checkpoint=reach)
    else:
        store = SqliteStore(folder, checkpoint=reach)
    identity = LocalIdentity(load_pkcs12(Path(task["key"]).read_bytes(), "x"))
    receiver = Receiver(PEPPOL, [identity], store, trusted=anyone, clock=lambda: NOW)
    for message in task["messages"]:
        reply = receiver.receive(message["type"], [Path(message["body"]).read_bytes()])
        reach("answered")
        said = {"error": reply.verdict.error, "body": base64.b64encode(reply.body).decode()}
        said["message"] = reply.verdict.message_id
        os.write(1, json.dumps({"task": task["name"], **said}).encode() + b"\n")


def main() -> None:
    for task in json.loads(Path(sys.argv[1]).read_text()):
        child = os.fork()
        if child == 0:
            work(task)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        said = json.dumps({"task": task["name"], "status": os.waitstatus_to_exitcode(status)})
        os.write(1, said.encode() + b"\n")


main()
