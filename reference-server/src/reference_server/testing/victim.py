"""A process that issues, signs and submits until it is killed at a named point.

Run as ``python -m reference_server.testing.victim EMAIL PASSWORD POINT OCCURRENCE``, with the
settings in ``EINVOICE_`` variables; it ends with 0 when the point was never reached.
"""

import os
import signal
import sys

from starlette.testclient import TestClient

from reference_server import checkpoints
from reference_server.app import create_app
from reference_server.errors import ServerError

__all__ = ["main"]


def main(email: str, password: str, point: str, occurrence: int) -> None:
    """Issue every draft, make its documents and deliver, but die at a point.

    Args:
        email: User whose drafts these are.
        password: Of that user.
        point: One of :data:`reference_server.checkpoints.NAMES`.
        occurrence: How often the point is reached before the end; 1 dies the first time.
    """
    if point not in checkpoints.NAMES:
        raise ServerError(f"there is no point {point!r}")
    left = occurrence

    def hook(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.install(hook)
    with TestClient(create_app()) as http:
        login = {"email": email, "password": password}
        token = http.post("/api/v1/auth/login", json=login).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        for invoice in http.get("/api/v1/invoices", headers=headers).json()["items"]:
            http.post(f"/api/v1/invoices/{invoice['id']}/issue", headers=headers)
            http.get(f"/api/v1/invoices/{invoice['id']}/facturae", headers=headers)
        http.post("/api/v1/aeat/deliveries/retry", headers=headers)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
