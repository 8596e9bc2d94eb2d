"""Try your own program against the sandbox: here, one that knows only HTTPS and XML."""

import http.client
import re
import ssl
import urllib.request
from pathlib import Path

from aeat_sii import sandbox
from aeat_sii.environments import local
from aeat_sii.testing import examples
from aeat_sii.verifactu import build, link, prepare

PASSWORD = "sandbox"  # noqa: S105 - of a certificate that is trusted nowhere else


def your_program(url: str, message: bytes, certificate: Path, root: Path) -> str:
    """Send a message as a program in any language would; return the state of the submission."""
    context = ssl.create_default_context(cafile=str(root))
    context.load_cert_chain(str(certificate), password=PASSWORD)
    request = urllib.request.Request(url, message, {"Content-Type": "text/xml"})  # noqa: S310 - https
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    reply: http.client.HTTPResponse
    with opener.open(request, timeout=30) as reply:
        found = re.search(r"EstadoEnvio>(\w+)<", reply.read().decode())
    return found[1] if found else ""


def main() -> None:
    message = build(prepare([link(examples.registration("2026/0001"), None)]))
    with sandbox.serve() as agency:
        root, certificate = Path("root.pem"), Path("ana.pem")
        root.write_bytes(agency.authority.pem)
        issued = agency.authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
        certificate.write_bytes(issued.to_pem(PASSWORD.encode()))

        url = local(agency.url).verifactu()
        states = [your_program(url, message, certificate, root) for _ in range(2)]
        held = agency.service.register.of(examples.ISSUER)

    # The second time it is a duplicate: the whole submission is incorrect, and nothing is lost.
    print(states)
    assert states == ["Correcto", "Incorrecto"]
    assert [stored.key.number for stored in held] == ["2026/0001"]


if __name__ == "__main__":
    main()
