"""The sandbox as an ASGI application: the shell of the core around what the agency decides.

The certificate of the caller comes through the TLS extension of ASGI, which
:func:`aeat_sii.sandbox.serve` fills in; behind a proxy, the proxy's adapter has to.
"""

from urllib.parse import urlsplit

from aeat_sii.environments import PRODUCTION, TEST
from aeat_sii.sandbox import census, qr_page
from aeat_sii.sandbox.service import Service
from aeat_sii.sandbox.sii import PATHS as SII_PATHS
from aeat_sii.sandbox.sii import SiiService
from aeat_sii.sandbox.soap import MAX_REQUEST
from aeat_sii.sandbox.writing import fault
from einvoice_core.testing import service as shell
from einvoice_core.testing.service import Answer, AsgiApp, Call, Plan, no_faults, text_answer

__all__ = [
    "CENSUS_PATH",
    "QR_PATHS",
    "REQUESTED_PATH",
    "SII_PATHS",
    "VERIFACTU_PATH",
    "create_app",
]

VERIFACTU_PATH = urlsplit(TEST.verifactu()).path
"""Path of the service for VERI*FACTU systems, as at the agency."""

REQUESTED_PATH = urlsplit(TEST.requested()).path
"""Path of the service for records that the agency asks for, as at the agency."""

CENSUS_PATH = urlsplit(PRODUCTION.census()).path
"""Path of the service that tells whether a NIF belongs to a name, as at the agency."""

QR_PATHS = {
    urlsplit(TEST.qr(verifactu=True)).path: True,
    urlsplit(TEST.qr(verifactu=False)).path: False,
}
"""Paths of the pages that tax QRs point to; true for that of VERI*FACTU systems."""

_SERVICES = SII_PATHS | {VERIFACTU_PATH, REQUESTED_PATH, CENSUS_PATH}


def create_app(
    service: Service,
    sii: SiiService | None = None,
    *,
    faults: Plan = no_faults,
    slow_s: int = 3,
) -> AsgiApp:
    """Make the application.

    Args:
        service: What answers for VERI*FACTU.
        sii: What answers for SII; by default one with the clock, the knowledge and the seed of
            ``service``.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
    """
    books = sii or SiiService.beside(service)

    def answer(call: Call) -> Answer:
        holder = call.holder.nif if call.holder else None
        if call.path in SII_PATHS:
            return Answer(*books.answer(call.body, holder, call.path))
        if call.path == CENSUS_PATH:
            return Answer(*census.answer(call.body, service.known))
        on_request = call.path == REQUESTED_PATH
        status, body = service.answer(call.body, holder, on_request=on_request)
        return Answer(status, body)

    def screen(call: Call) -> Answer | None:
        if call.path in QR_PATHS:
            verifactu = QR_PATHS[call.path]
            return Answer(*qr_page.check(call.query, service.register, verifactu=verifactu))
        if call.path not in _SERVICES:
            return text_answer(404, "Not found", "text/plain")
        if call.method != "POST":
            return Answer(405, fault("4135"))
        return None

    return shell.create_app(
        answer,
        faults=faults,
        slow_s=slow_s,
        screen=screen,
        failed=lambda call: Answer(500, fault("3501", "Fallo ensayado.", server=True)),
        too_large=Answer(413, fault("4103", "El mensaje es demasiado grande.")),
        max_request=MAX_REQUEST,
    )
