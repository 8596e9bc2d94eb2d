"""The code lists of the response profiles; two of them are lists of invoices as well."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from ubl_peppol.codelists import code_list

__all__ = ["response_codes"]

_SHARED = MappingProxyType({"address-scheme": "PEPPOL-EN16931-CL008", "party-scheme": "BR-CL-11"})


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    text = resources.files("ubl_peppol").joinpath("rules/responses/codes.toml").read_text("utf-8")
    own = {name: frozenset(_spread(codes)) for name, codes in tomllib.loads(text).items()}
    return MappingProxyType({**own, **{k: code_list(v).codes for k, v in _SHARED.items()}})


def _spread(codes: str) -> list[str]:
    found: list[str] = []
    for code in codes.split():
        first, _, last = code.partition("-")
        found += [str(n) for n in range(int(first), int(last) + 1)] if last else [code]
    return found


def response_codes(name: str) -> frozenset[str]:
    """Return a code list by its name."""
    return _lists()[name]
