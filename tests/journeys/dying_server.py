"""A server that issues drafts and kills itself at a named point, as a power cut would.

Arguments: data folder, address of the sandbox, file with its roots, token, name of the point, how
often the point is passed before it strikes, and the drafts.
"""

import os
import signal
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from reference_server import checkpoints
from reference_server.app import create_app
from reference_server.settings import AgencyEnvironment, Settings


def main(folder: str, url: str, roots: str, token: str, point: str, passes: str, *ids: str) -> None:
    left = int(passes)

    def strike(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.install(strike)
    settings = Settings(
        data_dir=Path(folder),
        agency=AgencyEnvironment.SANDBOX,
        agency_url=url,
        agency_roots=Path(roots),
        deliver=False,
    )
    headers = {"authorization": f"Bearer {token}"}
    with TestClient(create_app(settings)) as client:
        for invoice_id in ids:
            client.post(f"/api/v1/invoices/{invoice_id}/issue", headers=headers)
            print(invoice_id, flush=True)  # noqa: T201 - acknowledged, so it must survive
            client.get(f"/api/v1/invoices/{invoice_id}/facturae", headers=headers)
            client.post("/api/v1/aeat/deliveries", headers=headers)


if __name__ == "__main__":
    main(*sys.argv[1:])
