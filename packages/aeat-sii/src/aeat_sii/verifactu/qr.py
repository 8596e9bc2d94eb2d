"""The tax QR of an invoice: its address, its drawing, its legends, and reading an address back.

Source: tax agency, specification of the QR code, v0.5.0 (10/12/2025); Orden HAC/1177/2024, arts.
20 and 21; ISO/IEC 18004:2015, level M.
"""

import math
import re
import struct
import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import segno

from aeat_sii.environments import PRODUCTION, TEST, Environment
from aeat_sii.errors import QrError
from aeat_sii.verifactu.records import RegistrationRecord
from einvoice_core.lexical import AEAT_DATE
from einvoice_core.money import parse_decimal
from einvoice_core.timeline import load_timelines

__all__ = [
    "LEGEND_ABOVE",
    "LEGEND_BELOW",
    "LEGEND_BELOW_LONG",
    "QrData",
    "modules_by_segno",
    "parse",
    "png",
    "svg",
    "url",
    "url_of",
]

_PARAMETERS = load_timelines("aeat_sii", "params/qr.toml")
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,60}")
_NIF = re.compile(r"[A-Z0-9]{9}")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
_MAX_ADDRESS = 1_000
_DARK = bytes(1 if value < 128 else 0 for value in range(256))


def _fixed(name: str) -> str:
    return str(tuple(_PARAMETERS[name])[-1].value)


LEGEND_ABOVE = _fixed("legend_above")
"""Text above the QR of every invoice."""
LEGEND_BELOW = _fixed("legend_below")
"""Text below the QR of an invoice whose record is sent to the agency."""
LEGEND_BELOW_LONG = _fixed("legend_below_long")
"""The same in full; either of the two may be used."""


@dataclass(frozen=True, slots=True)
class QrData:
    """What a tax QR says: the parameters of its address.

    Args:
        issuer_nif: NIF of the issuer (``nif``).
        number: Series and number of the invoice (``numserie``).
        issued_on: Day of issue (``fecha``).
        total: Total of the invoice in euros (``importe``).
        verifactu: Whether the record is sent to the agency.
    """

    issuer_nif: str
    number: str
    issued_on: date
    total: Decimal
    verifactu: bool = True


def url(
    issuer_nif: str,
    number: str,
    issued_on: date,
    total: Decimal,
    *,
    environment: Environment = PRODUCTION,
    verifactu: bool = True,
) -> str:
    """Build the address that the QR of an invoice holds.

    Args:
        issuer_nif: NIF of the issuer.
        number: Series and number, as in the record.
        issued_on: Day of issue.
        total: Total of the invoice (importe total), in euros, as in the record.
        environment: Where the invoice can be checked.
        verifactu: Whether the system sends its records.

    Returns:
        The parameters in the official order, percent-encoded as UTF-8.

    Raises:
        QrError: A value has a form that the agency's page refuses; ``details["agency_code"]``.

    Source:
        Specification of the QR code v0.5.0.
    """
    nif, serial = issuer_nif.strip(), number.strip()
    amount = format(total, "f")
    _check(nif, serial, amount)
    parameters = (
        ("nif", nif),
        ("numserie", serial),
        ("fecha", AEAT_DATE.encode(issued_on)),
        ("importe", amount),
    )
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)
    return f"{environment.qr(verifactu=verifactu)}?{query}"


def url_of(
    record: RegistrationRecord,
    *,
    environment: Environment = PRODUCTION,
    verifactu: bool = True,
) -> str:
    """Build the address for the invoice of a record; see :func:`url`."""
    return url(
        record.invoice.issuer_nif,
        record.invoice.number,
        record.invoice.issued_on,
        record.total,
        environment=environment,
        verifactu=verifactu,
    )


def parse(address: str, *, environment: Environment | None = None) -> QrData:
    """Read the address of a printed QR, without asking the agency.

    Args:
        address: Text that a QR reader gives.
        environment: Where the address must point; by default production or test.

    Returns:
        What the QR says; only the agency knows whether it holds that invoice.

    Raises:
        QrError: The address does not point to the agency, or a parameter is missing, repeated,
            unknown or malformed; ``details["agency_code"]`` where the agency has a code for it.
    """
    if len(address) > _MAX_ADDRESS or not address.isascii():
        raise QrError("the text is not the address of a tax QR: too long or not ASCII")
    base, _, query = address.partition("?")
    verifactu = _service(base, environment)
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=8
        )
    except ValueError as error:
        raise QrError("the parameters of the address cannot be read") from error
    values = dict(pairs)
    if len(values) != len(pairs):
        raise QrError("a parameter of the address is repeated")
    for code, name in (
        ("1001", "nif"),
        ("1002", "numserie"),
        ("1003", "fecha"),
        ("1004", "importe"),
    ):
        if not values.get(name):
            raise QrError(f"the address lacks the parameter {name}", agency_code=code)
    unknown = values.keys() - {"nif", "numserie", "fecha", "importe", "idioma"}
    if unknown:
        raise QrError(
            f"the address has a parameter that no tax QR holds: {sorted(unknown)[0][:40]}"
        )
    _check(values["nif"], values["numserie"], values["importe"])
    try:
        issued_on = AEAT_DATE.decode(values["fecha"])
    except ValueError as error:
        raise QrError(str(error), agency_code="2004") from error
    return QrData(
        issuer_nif=values["nif"],
        number=values["numserie"],
        issued_on=issued_on,
        total=parse_decimal(values["importe"]),
        verifactu=verifactu,
    )


def _service(base: str, environment: Environment | None) -> bool:
    for candidate in (environment,) if environment else (PRODUCTION, TEST):
        for verifactu in (True, False):
            if base == candidate.qr(verifactu=verifactu):
                return verifactu
    raise QrError(f"{urlsplit(base).hostname or base[:40]!r} is not the tax agency's page")


def _check(nif: str, number: str, amount: str) -> None:
    if not _NIF.fullmatch(nif):
        raise QrError("a NIF has nine capital letters and digits", agency_code="2001")
    if len(number) > 60:
        raise QrError("the invoice number has more than 60 characters", agency_code="2002")
    if not _PRINTABLE.fullmatch(number):
        raise QrError(
            f"the invoice number {number!r} may hold only printable ASCII characters",
            agency_code="2003",
        )
    if not _AMOUNT.fullmatch(amount):
        too_long = bool(re.fullmatch(r"-?[0-9]{13,}(\.[0-9]{1,2})?", amount, re.ASCII))
        raise QrError(
            f"the amount {amount[:40]} does not fit: at most 12 digits and 2 decimals",
            agency_code="2006" if too_long else "2005",
        )


def svg(address: str, *, size_mm: int = 35, quiet_zone_mm: int = 6) -> str:
    """Draw a QR as an SVG in millimetres, for a document of any kind.

    Args:
        address: From :func:`url`.
        size_mm: Side of the square with the modules, 30 to 40.
        quiet_zone_mm: White margin around it, at least 2.

    Returns:
        An ``svg`` element, without XML declaration; the margin is part of the drawing.

    Raises:
        QrError: A length is outside what the order allows.
    """
    rows, module_mm, border = _draw(address, size_mm, quiet_zone_mm)
    modules = len(rows) + 2 * border
    places = range(0, len(rows), 8)
    side = f"{modules * module_mm:.4f}mm"
    path = "".join(
        f"M{border} {border + y}.5" + "".join([_STROKES[row[x : x + 8]] for x in places])
        for y, row in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"'
        f' viewBox="0 0 {modules} {modules}"><path fill="#fff" d="M0 0h{modules}v{modules}h-'
        f'{modules}z"/><path stroke="#000" d="{path}"/></svg>'
    )


def png(address: str, *, size_mm: int = 35, quiet_zone_mm: int = 6, dpi: int = 300) -> bytes:
    """Draw a QR as a PNG whose resolution gives it the right size on paper.

    Args:
        address: From :func:`url`.
        size_mm: Side of the square with the modules, 30 to 40; met to half a pixel per module.
        quiet_zone_mm: White margin around it, at least 2.
        dpi: Dots per inch of the printer.

    Returns:
        The bytes of the image.

    Raises:
        QrError: A length is outside what the order allows, or the resolution is too low.
    """
    rows, module_mm, border = _draw(address, size_mm, quiet_zone_mm)
    pixels = round(module_mm * dpi / 25.4)
    if not 1 <= pixels <= 200:
        raise QrError(f"{dpi} dots per inch draw no readable QR of {size_mm} mm")
    # The resolution stored is the one that makes whole pixels measure `size_mm`.
    return _png(rows, pixels, border, round(pixels / module_mm * 1_000))


def _draw(address: str, size_mm: int, quiet_zone_mm: int) -> tuple[list[bytes], float, int]:
    """Return the rows of modules (1 is dark), the side of a module and the margin in modules."""
    smallest, largest = int(_fixed("size_min")), int(_fixed("size_max"))
    if not smallest <= size_mm <= largest:
        raise QrError(f"{size_mm} mm: the QR measures {smallest} to {largest} mm")
    if quiet_zone_mm < int(_fixed("quiet_zone_min")):
        raise QrError(
            f"{quiet_zone_mm} mm: the margin measures {_fixed('quiet_zone_min')} mm or more"
        )
    rows = _modules(address)
    module_mm = size_mm / len(rows)
    # ISO/IEC 18004 asks for four modules of margin whatever their size.
    return rows, module_mm, max(4, math.ceil(quiet_zone_mm / module_mm))


def _modules(address: str) -> list[bytes]:
    """Encode with level M: by zxing-cpp where it is installed, which is faster, else by segno."""
    try:
        import zxingcpp
    except ImportError:
        return modules_by_segno(address)
    try:
        code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as error:
        raise QrError("the address is too long for a QR") from error
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    pixels = memoryview(image).tobytes()
    side = math.isqrt(len(pixels))
    flat = pixels.translate(_DARK)
    return [flat[start : start + side] for start in range(0, len(flat), side)]


def modules_by_segno(address: str) -> list[bytes]:
    """Encode with segno.

    Args:
        address: From :func:`url`.

    Returns:
        The rows of modules; 1 is dark.

    Raises:
        QrError: The address is too long.
    """
    try:
        code = segno.make_qr(address, error="m", boost_error=False)
    except ValueError as error:
        raise QrError("the address is too long for a QR") from error
    return [bytes(row) for row in code.matrix]


class _Strokes(dict[bytes, str]):
    """Up to eight modules -> the commands of a path that draw them; there are some 500 of these."""

    def __missing__(self, modules: bytes) -> str:
        runs = ((dark, len(list(run))) for dark, run in groupby(modules))
        path = self[modules] = "".join(f"h{n}" if dark else f"m{n} 0" for dark, n in runs)
        return path


_STROKES = _Strokes()


def _png(rows: list[bytes], pixels: int, border: int, dots_per_metre: int) -> bytes:
    """Write an image with one bit for each pixel."""
    side = (len(rows) + 2 * border) * pixels
    white = b"\x00" + b"\xff" * ((side + 7) // 8)
    scanlines = [white * (border * pixels)]
    dark, light = b"0" * pixels, b"1" * pixels
    margin, filled = light * border, b"1" * (-side % 8)
    for row in rows:
        bits = row.replace(b"\x01", dark).replace(b"\x00", light)
        line = int(margin + bits + margin + filled, 2).to_bytes(len(white) - 1, "big")
        scanlines.append((b"\x00" + line) * pixels)
    scanlines.append(white * (border * pixels))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", dots_per_metre, dots_per_metre, 1)),
        (b"IDAT", zlib.compress(b"".join(scanlines), 2)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
