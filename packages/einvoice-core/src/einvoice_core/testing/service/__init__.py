"""The shell of a service double: an HTTP service played on this machine, with its accidents.

A double is a function from a :class:`Call` to an :class:`Answer`; what an authority decides is all
it holds. The shell adds what every authority's double needs: requests read within a limit, faults
by script or by seed, the certificate of the caller, state for each caller, a clock that is moved by
hand, and a server over HTTPS for as long as a ``with`` lasts.

::

    app = create_app(answer, faults=seeded(7, {Fault.LOST_REPLY: 10}))
    with serve(app) as running:
        ...  # running.url, running.authority

The extra ``einvoice-core[sandbox]`` brings what :func:`serve` needs.
"""

from einvoice_core.testing.service.app import (
    ABORT,
    Answer,
    Answering,
    AsgiApp,
    Call,
    Receive,
    Scope,
    Send,
    create_app,
    text_answer,
)
from einvoice_core.testing.service.clock import VirtualClock
from einvoice_core.testing.service.faults import Fault, Plan, no_faults, scripted, seeded
from einvoice_core.testing.service.server import (
    ClientCertificates,
    DoubleError,
    Running,
    serve,
    wait_until_interrupted,
)
from einvoice_core.testing.service.state import PerCaller

__all__ = [
    "ABORT",
    "Answer",
    "Answering",
    "AsgiApp",
    "Call",
    "ClientCertificates",
    "DoubleError",
    "Fault",
    "PerCaller",
    "Plan",
    "Receive",
    "Running",
    "Scope",
    "Send",
    "VirtualClock",
    "create_app",
    "no_faults",
    "scripted",
    "seeded",
    "serve",
    "text_answer",
    "wait_until_interrupted",
]
