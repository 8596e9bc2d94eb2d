"""Bank account numbers: the IBAN of any country in SEPA, and the national control of Spain.

Source:
    ISO 13616 and ISO 7064 (97, 10); for the Spanish account code (CCC), the control digits of the
    Consejo Superior Bancario: weights 1, 2, 4, 8, 5, 10, 9, 7, 3, 6, remainder of 11.
"""

from types import MappingProxyType

from tax_es.ids._check import IdCheck, prepare, wrong

__all__ = ["check", "from_account_code"]

_WEIGHTS = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
# Characters of an IBAN by country: those of SEPA, from the registry of ISO 13616.
_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "VA": 22,
}  # fmt: skip


def check(text: str) -> IdCheck:
    """Check an IBAN; for a Spanish one also the control digits of the account code.

    Args:
        text: The number as written, with or without separators.

    Returns:
        The verdict; ``parts`` of a Spanish account are ``bank``, ``branch``, ``control`` and
        ``account``.

    Raises:
        ArgumentError: The argument is not a text.
    """
    number, fault = prepare(text)
    if fault:
        return wrong(number, fault)
    country = number[:2]
    length = _LENGTHS.get(country)
    if length is None:
        return wrong(number, "an IBAN begins with the letters of a country in SEPA")
    if len(number) != length:
        return wrong(number, f"an IBAN of {country} has {length} characters, this {len(number)}")
    if not number[2:4].isdigit() or (country == "ES" and not number[4:].isdigit()):
        return wrong(number, f"after {country} come digits")
    expected = _control(country, number[4:])
    if number[2:4] != expected:
        return wrong(number, f"the control digits after {country} should be {expected}")
    if country != "ES":
        return IdCheck(True, number, country)
    bank, branch, control, account = number[4:8], number[8:12], number[12:14], number[14:]
    wanted = _national(bank + branch, account)
    parts = {"bank": bank, "branch": branch, "control": control, "account": account}
    if control != wanted:
        reason = f"the control digits of the account should be {wanted}, not {control}"
        return wrong(number, reason, country, **parts)
    return IdCheck(True, number, country, parts=MappingProxyType(parts))


def from_account_code(code: str) -> IdCheck:
    """Make the IBAN of a Spanish account code (CCC) of twenty digits, and check it.

    Raises:
        ArgumentError: The argument is not a text.
    """
    digits, fault = prepare(code)
    if fault or len(digits) != 20 or not digits.isdigit():
        return wrong(digits, fault or "an account code has twenty digits")
    return check("ES" + _control("ES", digits) + digits)


def _control(country: str, rest: str) -> str:
    value = int("".join(str(int(c, 36)) for c in rest + country + "00"))
    return f"{98 - value % 97:02d}"


def _national(entity: str, account: str) -> str:
    return "".join(map(_digit, ("00" + entity, account)))


def _digit(ten: str) -> str:
    rest = 11 - sum(w * int(c) for w, c in zip(_WEIGHTS, ten, strict=True)) % 11
    return str({10: 1, 11: 0}.get(rest, rest))
