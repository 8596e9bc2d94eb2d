"""Provinces, and the postal codes that begin with their number.

Source:
    INE, codes of provinces; ISO 3166-2:ES; Real Decreto 1829/1999 (BOE-A-1999-24919) on the postal
    service.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from tax_es.errors import UnknownKindError
from tax_es.ids._check import IdCheck, prepare, wrong

__all__ = ["Province", "check", "province", "provinces"]


@dataclass(frozen=True, slots=True)
class Province:
    """A province, or one of the two cities.

    Attributes:
        code: Two digits of the INE.
        name: Official name.
        community: Code of the autonomous community in ISO 3166-2.
        tax_territory: ``common``, ``canarias_igic``, ``ceuta_ipsi``, ``melilla_ipsi`` or
            ``foral_`` and the province.
    """

    code: str
    name: str
    community: str
    tax_territory: str

    @property
    def is_foral(self) -> bool:
        """Whether the province has its own tax rules, which are not recorded here."""
        return self.tax_territory.startswith("foral_")


@cache
def provinces() -> Mapping[str, Province]:
    """Return the provinces by their code."""
    text = resources.files("tax_es").joinpath("params/provinces.toml").read_text(encoding="utf-8")
    return {
        code: Province(code, row["name"], row["community"], row["territory"])
        for code, row in tomllib.loads(text)["provinces"].items()
    }


def province(code: str) -> Province:
    """Return the province of a code of the INE, or of a postal code.

    Raises:
        UnknownKindError: No province has that code.
    """
    found = provinces().get(str(code)[:2])
    if found is None or len(str(code)) not in (2, 5):
        raise UnknownKindError(f"no province has the code {code!r}: use 01 to 52", code=code)
    return found


def check(text: str) -> IdCheck:
    """Check a Spanish postal code.

    Args:
        text: Five digits, the first two of which are the province.

    Returns:
        The verdict; ``kind`` is the tax territory, ``parts`` has the province and the community.

    Raises:
        ArgumentError: The argument is not a text.
    """
    number, fault = prepare(text)
    if fault:
        return wrong(number, fault)
    if len(number) != 5 or not number.isdigit():
        return wrong(number, "a postal code has five digits")
    found = provinces().get(number[:2])
    if found is None:
        return wrong(number, f"no province has the number {number[:2]}")
    parts = {"province": found.name, "community": found.community}
    return IdCheck(True, number, found.tax_territory, parts=parts, control_checked=False)
