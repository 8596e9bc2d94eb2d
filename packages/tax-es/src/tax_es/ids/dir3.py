"""Codes of administrative units (DIR3), which electronic invoices to the administration carry.

The directory is not here: a code of the right shape may still not exist.

Source:
    Orden HAP/1074/2014 (BOE-A-2014-6665), art. 3; common directory of organic units and offices.
"""

import re

from tax_es.ids._check import IdCheck, prepare, wrong

__all__ = ["check"]

_SHAPE = re.compile(r"([A-Z]{1,2})[0-9]{7,8}")
_LEVELS = {
    "E": "state administration",
    "A": "autonomous community",
    "L": "local entity",
    "U": "university",
    "I": "other institution",
    "J": "administration of justice",
    "G": "office of the electronic register",
    "O": "office",
}


def check(text: str) -> IdCheck:
    """Check the shape of a DIR3 code and tell the level of its administration.

    Args:
        text: Nine characters, such as ``L01280796`` or ``EA0041741``.

    Returns:
        The verdict; ``kind`` is the level. There is no control character.

    Raises:
        ArgumentError: The argument is not a text.
    """
    number, fault = prepare(text)
    if fault:
        return wrong(number, fault)
    if len(number) != 9 or not _SHAPE.fullmatch(number):
        return wrong(number, "a DIR3 code has nine characters: one or two letters, then digits")
    level = _LEVELS.get(number[0])
    if level is None:
        return wrong(number, f"no administration has codes that begin with {number[0]}")
    return IdCheck(True, number, level, control_checked=False)
