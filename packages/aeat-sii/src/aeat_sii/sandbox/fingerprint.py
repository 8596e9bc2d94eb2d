"""Recomputes the fingerprint of a record from the text of the XML that came in.

The sandbox's own reading of the specification of the fingerprint (v0.1.2, 27/08/2024).
"""

import hashlib
from collections.abc import Iterator
from itertools import product

from lxml import etree

from aeat_sii.sandbox.structure import text_of

__all__ = ["fingerprints"]

_ALTA = (
    ("IDFactura", "IDEmisorFactura"),
    ("IDFactura", "NumSerieFactura"),
    ("IDFactura", "FechaExpedicionFactura"),
    ("TipoFactura",),
    ("CuotaTotal",),
    ("ImporteTotal",),
    ("Encadenamiento", "RegistroAnterior", "Huella"),
    ("FechaHoraHusoGenRegistro",),
)
_ANULACION = (
    ("IDFactura", "IDEmisorFacturaAnulada"),
    ("IDFactura", "NumSerieFacturaAnulada"),
    ("IDFactura", "FechaExpedicionFacturaAnulada"),
    ("Encadenamiento", "RegistroAnterior", "Huella"),
    ("FechaHoraHusoGenRegistro",),
)
_AMOUNTS = ("CuotaTotal", "ImporteTotal")


def fingerprints(record: etree._Element) -> Iterator[str]:
    """Yield the fingerprints that the agency takes for a record.

    The first is that of the text as it stands. The specification says that 123.1 and 123.10 are
    the same amount, so those of the other ways to write the amounts follow.
    """
    names = _ALTA if str(record.tag).endswith("}RegistroAlta") else _ANULACION
    options = []
    for path in names:
        text = text_of(record, *path)
        options.append(_ways(text) if path[-1] in _AMOUNTS else (text,))
    for texts in product(*options):
        joined = "&".join(f"{path[-1]}={text}" for path, text in zip(names, texts, strict=True))
        yield hashlib.sha256(joined.encode()).hexdigest().upper()


def _ways(amount: str) -> tuple[str, ...]:
    whole, point, decimals = amount.partition(".")
    padded = f"{whole}.{decimals:0<2}"
    short = f"{whole}{point}{decimals}".rstrip("0").rstrip(".") if point else whole
    one = f"{whole}.{decimals[:1] or '0'}" if decimals[1:] in ("", "0") else amount
    return tuple(dict.fromkeys((amount, padded, short or amount, one)))
