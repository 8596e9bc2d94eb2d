"""The set that the rules of Peppol join, and what several of them ask of a document."""

from einvoice_core.findings import Undecided
from ubl_peppol.reading import Reading
from ubl_peppol.rules._common import PEPPOL_RELEASE
from ubl_peppol.rules._engine import Rules
from ubl_peppol.rules._nodes import all_hold

__all__ = ["BILLING", "common", "country", "process", "within_germany"]

common = Rules(PEPPOL_RELEASE, "peppol")

_PROCESSES = {
    "urn:peppol:france:billing:regulated": "01",
    "urn:peppol:france:billing:non-regulated": "01",
    "urn:peppol:bis:billing_with_response": "02",
}


BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


def process(invoice: Reading, own: str = BILLING) -> str:
    """Return the number of the process that BT-23 names, or nothing; ``own`` is process 01."""
    named = invoice.document.text("BT-23")
    return "01" if named == own else _PROCESSES.get(named, "")


def within_germany(invoice: Reading) -> bool:
    """Tell whether seller and buyer are both in Germany."""
    return all_hold(
        lambda: country(invoice, "BG-5", "BT-40") == "DE",
        lambda: country(invoice, "BG-8", "BT-55") == "DE",
    )


def country(invoice: Reading, group_id: str, term: str) -> str:
    """Return the country code of an address, in capitals."""
    found = [
        value for address in invoice.document.groups(group_id) for value in address.values(term)
    ]
    if len(found) > 1:
        raise Undecided(found[1], "a party has two countries here: keep one")
    return found[0].collapsed.upper() if found else ""
