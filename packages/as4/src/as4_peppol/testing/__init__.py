"""What tests of AS4 need: an infrastructure shaped like Peppol's, and two access points of it."""

from as4_peppol.testing.pair import BILLING, INVOICE, NOW, RECIPIENT, SENDER, Pair
from as4_peppol.testing.pki import PeppolPki

__all__ = ["BILLING", "INVOICE", "NOW", "RECIPIENT", "SENDER", "Pair", "PeppolPki"]
