"""Run a program with every connection beyond this machine refused.

``python offline.py program.py``: the program sees a machine without a network. What it starts in
other processes is not watched; a recipe has no need to start any.
"""

import ipaddress
import runpy
import socket
import sys

_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo


def _is_here(host: object) -> bool:
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse(address: object) -> None:
    raise OSError(f"{address}: this program runs without a network")


def connect(self: socket.socket, address: object) -> None:
    """Connect to this machine only."""
    if isinstance(address, tuple) and not _is_here(address[0]):
        _refuse(address)
    _connect(self, address)  # type: ignore[arg-type]  # handed on as it came


def getaddrinfo(host: object, *arguments: object, **options: object) -> object:
    """Resolve names of this machine only."""
    if not _is_here(host.decode() if isinstance(host, bytes) else host):
        _refuse(host)
    return _getaddrinfo(host, *arguments, **options)  # type: ignore[arg-type]  # as it came


if __name__ == "__main__":
    socket.socket.connect = connect  # type: ignore[method-assign]  # this is what the file is for
    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]  # likewise
    program = sys.argv[1]
    sys.argv = [program]
    runpy.run_path(program, run_name="__main__")
