"""Cadastral reference (referencia catastral) of a property: twenty characters.

Source:
    Real Decreto Legislativo 1/2004 (BOE-A-2004-4163), art. 6.3; the control characters are those
    that the Dirección General del Catastro assigns.
"""

import re
from types import MappingProxyType

from tax_es.ids._check import IdCheck, prepare, wrong
from tax_es.ids._text import compact

__all__ = ["check"]

_ALPHABET = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ0123456789"
_CONTROLS = "MQWERTYUIOPASDFGHJKLBZX"
_WEIGHTS = (13, 15, 12, 5, 4, 17, 9, 21, 3, 7, 1)
_PLAIN = str.maketrans("ñÑ", "NN")
_RUSTIC = re.compile(r"\d{5}[A-Z]\d{8}")


def check(text: str) -> IdCheck:
    """Check a cadastral reference.

    Args:
        text: The reference as written; Ñ occurs in old ones.

    Returns:
        The verdict. ``kind`` is ``urban`` or ``rustic``; the ``parts`` are ``parcel`` (the first
        fourteen characters), ``unit`` (four digits) and ``control``; of fourteen characters alone
        the control cannot be checked.

    Raises:
        ArgumentError: The argument is not a text.
    """
    # The alphabet of the control has an Ñ, which the check of strange characters refuses.
    number, fault = prepare(compact(text).translate(_PLAIN))
    if fault:
        return wrong(number, fault)
    given = "".join(c for c in text.upper() if c.isalnum())
    if len(given) not in (14, 20):
        return wrong(given, f"a cadastral reference has 20 characters, this has {len(given)}")
    kind = "rustic" if _RUSTIC.fullmatch(given[:14]) else "urban"
    if len(given) == 14:
        parts = MappingProxyType({"parcel": given})
        return IdCheck(True, given, kind, parts=parts, control_checked=False)
    if not given[14:18].isdigit():
        return wrong(given, "characters 15 to 18 are the digits of the unit", kind)
    expected = _control(given[:7] + given[14:18]) + _control(given[7:18])
    if given[18:] != expected:
        return wrong(given, f"the control characters should be {expected}, not {given[18:]}", kind)
    found = {"parcel": given[:14], "unit": given[14:18], "control": given[18:]}
    return IdCheck(True, given, kind, parts=MappingProxyType(found))


def _control(eleven: str) -> str:
    total = sum(w * _value(c) for w, c in zip(_WEIGHTS, eleven, strict=True))
    return _CONTROLS[total % 23]


def _value(character: str) -> int:
    return int(character) if character.isdigit() else _ALPHABET.index(character) + 1
