"""Supply point code of electricity and gas (CUPS).

Source:
    Real Decreto 1955/2000 (BOE-A-2000-24019) and the resolutions of the operating procedure that
    fix its twenty or twenty-two characters.
"""

import re
from types import MappingProxyType

from tax_es.ids._check import IdCheck, prepare, wrong

__all__ = ["check"]

_SHAPE = re.compile(r"ES(\d{4})(\d{12})([A-Z]{2})(?:(\d)([FPRCXYZ]))?")
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_POINTS = {"F": "border", "P": "measuring", "R": "redundant", "C": "consumption"}


def check(text: str) -> IdCheck:
    """Check a supply point code.

    Args:
        text: The code as written, with or without its two last characters.

    Returns:
        The verdict; ``parts`` are ``distributor``, ``supply``, ``control`` and, where given,
        ``number`` and ``point``.

    Raises:
        ArgumentError: The argument is not a text.
    """
    number, fault = prepare(text)
    if fault:
        return wrong(number, fault)
    found = _SHAPE.fullmatch(number)
    if not found:
        return wrong(number, "a CUPS is ES, sixteen digits, two letters, and at most 2 more")
    distributor, supply, control, count, point = found.groups()
    high, low = divmod(int(distributor + supply) % 529, 23)
    expected = _LETTERS[high] + _LETTERS[low]
    if control != expected:
        return wrong(number, f"the control letters should be {expected}, not {control}")
    parts = {"distributor": distributor, "supply": supply, "control": control}
    if point:
        parts |= {"number": count, "point": _POINTS.get(point, "other")}
    return IdCheck(True, number, "supply point", parts=MappingProxyType(parts))
