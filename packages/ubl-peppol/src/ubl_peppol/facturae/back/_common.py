"""What the parts of the way back share."""

from ubl_peppol.facturae.ledger import Ledger

__all__ = ["fitting"]


def fitting(text: str, limit: int, term: str, ledger: Ledger) -> str:
    """Return as much of a text as the schema of Facturae has room for; note the rest."""
    if len(text) <= limit:
        return text
    ledger.dropped(term, text[limit:], f"Facturae has room for {limit} characters")
    return text[:limit]
