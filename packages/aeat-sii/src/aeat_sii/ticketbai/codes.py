"""The identifier of a TicketBAI file and the address of its QR.

Source: TicketBAI specifications 1.1, 4.3.2, 4.3.3 and annex 3.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from urllib.parse import quote

from einvoice_core.errors import BadParameterError

__all__ = ["check_digits", "identifier", "qr_url"]

_POLYNOMIAL = 0x07
_SIGNATURE_SIGNS = 13


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = ((value << 1) ^ _POLYNOMIAL if value & 0x80 else value << 1) & 0xFF
        table.append(value)
    return tuple(table)


def check_digits(text: str) -> str:
    """Return the three digits that end an identifier or the address of a QR (CRC-8)."""
    value, table = 0, _table()
    for byte in text.encode("utf-8"):
        value = table[value ^ byte]
    return f"{value:03d}"


def identifier(nif: str, issued_on: date, signature_value: str) -> str:
    """Return the identifier that stands on the invoice.

    Args:
        nif: Of the issuer, nine characters.
        issued_on: Day of issue.
        signature_value: ``SignatureValue`` of the signature, in base64.

    Returns:
        ``TBAI-NIF-DDMMYY-13 characters-3 digits``.

    Raises:
        BadParameterError: NIF or signature are too short.
    """
    value = "".join(signature_value.split())
    if len(nif) != 9 or len(value) < _SIGNATURE_SIGNS:
        raise BadParameterError("an identifier needs a NIF of nine characters and a signature")
    begun = f"TBAI-{nif}-{issued_on:%d%m%y}-{value[:_SIGNATURE_SIGNS]}-"
    return begun + check_digits(begun)


def qr_url(base: str, code: str, number: str, total: Decimal, *, series: str = "") -> str:
    """Return the address that the QR holds.

    Args:
        base: Address of the treasury's page, such as ``https://batuz.eus/QRTBAI/``.
        code: What :func:`identifier` returns.
        number: Number of the invoice, without its series.
        total: Total of the invoice (``ImporteTotalFactura``).
        series: Series of the invoice.
    """
    values = {"id": code, "s": series, "nf": number, "i": f"{total:.2f}"}
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
    begun = f"{base}?{asked}"
    return f"{begun}&cr={check_digits(begun)}"
