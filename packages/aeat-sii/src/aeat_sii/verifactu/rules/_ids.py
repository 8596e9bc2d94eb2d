"""Why an identification is not what it should be."""

from aeat_sii.verifactu.records import OtherId
from tax_es.ids import nif, vat

__all__ = ["country_letters", "nif_fault", "vat_fault"]

_WRITING = "write it in capitals, without separators"


def nif_fault(text: str) -> str:
    """Say why a text is not a NIF as the schema wants it: nine characters, nothing between."""
    verdict = nif.check(text)
    if verdict.valid and verdict.normalised == text:
        return ""
    return verdict.reason or _WRITING


def vat_fault(text: str) -> str:
    """Say why a text is not a VAT number; British and Northern Irish ones have one structure."""
    if text.startswith("ES"):
        return "a Spanish person has a NIF: use it instead"
    number = f"XI{text[2:]}" if text.startswith("GB") else text
    verdict = vat.check(number)
    if verdict.valid and verdict.normalised == number:
        return ""
    return verdict.reason or _WRITING


def country_letters(other: OtherId) -> str:
    """Return the country that a VAT number says: Greece is GR as a country and EL in a number."""
    return "GR" if other.id.startswith("EL") else other.id[:2]
