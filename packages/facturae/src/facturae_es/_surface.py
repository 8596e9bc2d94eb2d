"""Where the names of the package are, so that each is imported when it is asked for."""

from importlib import import_module

__all__ = ["load"]

_MODULES = ("codes", "errors", "face", "model", "signing")
_HOMES = {
    "building": ("batch", "build", "invoice"),
    "fixing": ("fix_totals",),
    "parts": ("centre", "company", "correction", "person", "transfer"),
    "reader": ("Examined", "examine", "read"),
    "signing": ("check_signature", "check_signer", "examine_signature", "sign", "verify"),
    "totals": ("Adjustment", "Line", "Rounding", "Tax", "Withholding"),
    "validation": ("validate", "validate_record"),
    "versions": ("Version", "convert"),
    "writer": ("write",),
}


def load(name: str) -> object:
    """Import a name of the package.

    Raises:
        AttributeError: It has none of that name.
    """
    if name in _MODULES:
        return import_module(f"facturae_es.{name}")
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'facturae_es' has no attribute {name!r}")
    return getattr(import_module(f"facturae_es.{home}"), name)
