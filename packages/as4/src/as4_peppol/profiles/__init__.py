"""The profiles that are spoken: Peppol AS4 2.0.3, eDelivery AS4 1.15, and that of ENTSOG."""

from as4_peppol.profiles.edelivery import EDELIVERY_1_15
from as4_peppol.profiles.entsog import ENTSOG
from as4_peppol.profiles.peppol import PEPPOL

__all__ = ["EDELIVERY_1_15", "ENTSOG", "PEPPOL"]
