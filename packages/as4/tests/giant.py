"""One side of a very large message: ``giant.py serve|send FOLDER KEY OTHER_PEM URL MEBIBYTES``.

Prints what the process grew by, in KiB: its largest size after the message less that before it.
"""

import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from as4_peppol import As4App, Endpoint, LocalIdentity, Payload, Receiver, Retries, Sender, anyone
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import SqliteStore
from as4_peppol.testing import Pair
from einvoice_core import http
from einvoice_core.certificates import load_certificates, load_pkcs12

MB = 1024 * 1024


def peak() -> int:
    # Of this program alone: the figure of getrusage begins with that of whoever started it.
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1])


def serve(folder: Path, identity: LocalIdentity) -> None:
    store = SqliteStore(folder / "box")
    receiver = Receiver(PEPPOL, [identity], store, trusted=anyone, folder=folder)
    config = uvicorn.Config(As4App(receiver), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    idle = peak()
    sys.stdin.readline()
    (message,) = store.pending()
    for chunk in store.chunks(message.message_id, 0):
        del chunk
    print(message.payloads[0].size, peak() - idle, flush=True)
    server.should_exit = True
    thread.join(10)
    store.close()


def send(folder: Path, identity: LocalIdentity, other: Path, url: str, mebibytes: int) -> None:
    (certificate,) = load_certificates(other.read_bytes())
    # Half of each piece repeats, so that compression has work and gain.
    piece = os.urandom(MB // 2) + bytes(MB // 2)

    def chunks() -> Iterator[bytes]:
        for _ in range(mebibytes):
            yield piece

    pair = Pair.new()
    there = LocalIdentity(pair.pki.access_point("PES000002"))
    message = Pair(pair.pki, identity, there).message()
    with http.client(timeout=http.Timeout(600.0)) as client:
        sender = Sender(identity, PEPPOL, trusted=anyone, client=client, retries=Retries(1))
        idle = peak()
        payload = Payload(chunks(), "application/octet-stream")
        result = sender.send(message, [payload], Endpoint(url, certificate))
    result.require_delivered()
    print(peak() - idle, flush=True)
    del folder


def main() -> None:
    verb, folder, key, other, url, mebibytes = sys.argv[1:]
    identity = LocalIdentity(load_pkcs12(Path(key).read_bytes(), "x"))
    if verb == "serve":
        serve(Path(folder), identity)
    else:
        send(Path(folder), identity, Path(other), url, int(mebibytes))


main()
