"""Where the names of the package are, so that each is imported when it is asked for."""

from importlib import import_module

__all__ = ["load"]

_MODULES = (
    "calendar",
    "exchange",
    "ids",
    "irpf",
    "iva",
    "obligations",
    "parameters",
    "payment_terms",
    "social_security",
)
_HOMES = {
    "Rate": "rates",
    "Result": "trace",
    "Step": "trace",
    "Tax": "rates",
    "TaxError": "errors",
    "Territory": "rates",
    "UnverifiedParameter": "errors",
    "output_tax": "iva",
}


def load(name: str) -> object:
    """Import a name of the package.

    Raises:
        AttributeError: It has none of that name.
    """
    if name in _MODULES:
        return import_module(f"tax_es.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'tax_es' has no attribute {name!r}")
    return getattr(import_module(f"tax_es.{_HOMES[name]}"), name)
