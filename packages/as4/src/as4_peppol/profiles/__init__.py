"""The profiles that are spoken: Peppol AS4 2.0.3 and eDelivery AS4 1.15."""

from as4_peppol.profiles.edelivery import EDELIVERY_1_15
from as4_peppol.profiles.peppol import PEPPOL

__all__ = ["EDELIVERY_1_15", "PEPPOL"]
