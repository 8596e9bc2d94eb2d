"""The sandbox as an ASGI application: the shell of the core around what the agency decides.

The certificate of the caller comes through the TLS extension of ASGI, which
:func:`aeat_sii.sandbox.serve` fills in; behind a proxy, the proxy's adapter has to.
"""

from urllib.parse import urlsplit

from aeat_sii.environments import TEST
from aeat_sii.sandbox.service import MAX_REQUEST, Service, fault
from einvoice_core.testing import service as shell
from einvoice_core.testing.service import Answer, AsgiApp, Call, Plan, no_faults, text_answer

__all__ = ["VERIFACTU_PATH", "create_app"]

VERIFACTU_PATH = urlsplit(TEST.verifactu()).path
"""Path of the service, as at the agency."""


def create_app(service: Service, *, faults: Plan = no_faults, slow_s: int = 3) -> AsgiApp:
    """Make the application.

    Args:
        service: What answers.
        faults: What goes wrong, request by request.
        slow_s: Seconds that a slow answer takes.
    """

    def answer(call: Call) -> Answer:
        status, body = service.answer(call.body, call.holder.nif if call.holder else None)
        return Answer(status, body)

    return shell.create_app(
        answer,
        faults=faults,
        slow_s=slow_s,
        screen=_screen,
        failed=lambda call: Answer(500, fault("3501", "Fallo ensayado.", server=True)),
        too_large=Answer(413, fault("4103", "El mensaje es demasiado grande.")),
        max_request=MAX_REQUEST,
    )


def _screen(call: Call) -> Answer | None:
    if call.path != VERIFACTU_PATH:
        return text_answer(404, "Not found", "text/plain")
    if call.method != "POST":
        return Answer(405, fault("4135"))
    return None
