"""eDelivery AS4 1.15, common profile.

Source: European Commission, eDelivery AS4 1.15: security 2.2.6, compression 2.2.4.
"""

from as4_peppol.profile import Profile
from as4_peppol.security.algorithms import OAEP_LEGACY, OAEP_SHA256

__all__ = ["EDELIVERY_1_15"]

EDELIVERY_1_15 = Profile(
    name="eDelivery AS4 1.15",
    key_transports=frozenset({OAEP_SHA256}) | OAEP_LEGACY,
)
"""Signed with RSA and SHA-256, encrypted with AES-128-GCM; older key transports may come in."""
