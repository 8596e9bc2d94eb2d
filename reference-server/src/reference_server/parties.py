"""Parties as the server keeps them: the record of the Facturae package, as JSON."""

from typing import Any

from facturae_es.model import Party
from reference_server.errors import InvalidError
from tax_es.ids import nif

__all__ = ["party_from_json", "party_to_json", "require_valid_nif"]


def party_to_json(party: Party) -> dict[str, Any]:
    """Turn a party into what a JSON column holds."""
    return party.model_dump(mode="json")


def party_from_json(value: Any) -> Party:  # noqa: ANN401 - JSON
    """Make a party of what a JSON column holds."""
    return Party.model_validate(value)


def require_valid_nif(text: str) -> str:
    """Return a NIF in its usual form.

    Raises:
        InvalidError: It is not a NIF; the text says what is wrong with it.
    """
    checked = nif.check(text)
    if not checked.valid:
        raise InvalidError(f"NIF {text[:20]!r}: {checked.reason}", nif=text[:20])
    return checked.normalised
