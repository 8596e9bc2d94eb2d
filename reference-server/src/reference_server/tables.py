"""Every table of the server, so that migrations and tests see all of them."""

import importlib

__all__ = ["load_tables"]

_MODULES = (
    "reference_server.events",
    "reference_server.chain",
    "reference_server.credentials",
    "reference_server.kept",
    "reference_server.services.as4.tables",
    "reference_server.services.auth.tables",
    "reference_server.services.clients.tables",
    "reference_server.services.face.tables",
    "reference_server.services.invoices.tables",
)


def load_tables() -> None:
    """Import the modules that define tables."""
    for module in _MODULES:
        importlib.import_module(module)
