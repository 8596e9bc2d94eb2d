"""Check digits and shapes of identifiers, as the Peppol rules state them.

Each function judges the text of an identifier whose white space is already collapsed.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["SHAPES", "greek_tin", "luhn"]

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_INTEGER = re.compile(r"[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*", re.ASCII)
_LETTERS = re.compile(r"[A-Za-z]*", re.ASCII)


def _digits(length: int) -> Callable[[str], bool]:
    pattern = re.compile(rf"[0-9]{{{length}}}", re.ASCII)
    return lambda text: pattern.fullmatch(text) is not None


def _gln(text: str) -> bool:
    """GS1: weights 3 and 1 from the right, complement to ten."""
    if not _DIGITS.fullmatch(text):
        return False
    weighted = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(text[-2::-1])
    )
    return (10 - weighted % 10) % 10 == int(text[-1])


def _norwegian(text: str) -> bool:
    """Organisation number: modulus 11 with weights 2 to 7 from the right."""
    if not _digits(9)(text) or int(text) == 0:
        return False
    weighted = sum(int(digit) * (place % 6 + 2) for place, digit in enumerate(text[-2::-1]))
    return (11 - weighted % 11) % 11 == int(text[-1])


def _danish_cvr(text: str) -> bool:
    return _danish_vat(text) or _digits(8)(text)


def _danish_vat(text: str) -> bool:
    return text.startswith("DK") and _digits(8)(text[2:])


def _belgian(text: str) -> bool:
    """Enterprise number: 97 less the remainder of the first eight digits."""
    return _digits(10)(text) and int(text[8:]) == 97 - int(text[:8]) % 97


def _italian_ipa(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9]{6}", text, re.ASCII) is not None


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None


def _italian_tax_code(text: str) -> bool:
    if len(text) == 11:
        return _is_integer(text)
    return (
        len(text) == 16
        and _LETTERS.fullmatch(text[:6] + text[8] + text[15]) is not None
        and all(_is_integer(text[a:b]) for a, b in ((6, 8), (9, 11), (14, 15)))
    )


def _italian_vat(text: str) -> bool:
    if text[:2] not in ("IT", "it"):
        return True
    number = text[2:]
    if len(number) != 11 or not _digits(11)(number):
        return False
    doubled = "0246813579"
    weighted = sum(
        int(doubled[int(digit)] if place % 2 else digit) for place, digit in enumerate(number)
    )
    return weighted % 10 == 0


def luhn(text: str) -> bool:
    """Whether ten digits end with their check digit (Luhn)."""
    if not _digits(10)(text):
        return False
    weighted = 0
    for place, digit in enumerate(reversed(text[:9])):
        value = int(digit) * (1 if place % 2 else 2)
        weighted += value // 10 + value % 10
    return (10 - weighted % 10) % 10 == int(text[9])


def greek_tin(text: str) -> bool:
    """Whether the first nine characters are a Greek tax number; what follows is not judged."""
    digits = text[:9]
    if not _digits(9)(digits):
        return False
    weighted = sum(int(digit) << place for place, digit in enumerate(digits[7::-1], 1))
    return weighted % 11 % 10 == int(digits[8])


def _australian(text: str) -> bool:
    """Business number: the first digit less one, weighted sum a multiple of 89."""
    if not _digits(11)(text):
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    digits = [int(digit) for digit in text]
    digits[0] -= 1
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 89 == 0


def _dutch_vat(text: str) -> bool:
    return re.fullmatch(r"NL[0-9]{9}B[0-9]{2}", text, re.ASCII) is not None


SHAPES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "0007": luhn,
        "0088": _gln,
        "0096": _digits(10),
        "0106": _digits(8),
        "0151": _australian,
        "0184": _danish_cvr,
        "0190": _digits(20),
        "0192": _norwegian,
        "0198": _danish_vat,
        "0201": _italian_ipa,
        "0208": _belgian,
        "0210": _italian_tax_code,
        "0211": _italian_vat,
        "0217": _digits(12),
        "9907": _italian_tax_code,
        "9944": _dutch_vat,
    }
)
"""Identifier scheme -> whether a text has its shape."""
