"""Signatures under the policy of the format: make, verify and explain them."""

from facturae_es.signing.operations import examine_signature, sign, verify
from facturae_es.signing.policy import OLD_PROFILE, POLICY, POLICY_3_0, PROFILE, Role
from facturae_es.signing.rules import (
    LAYER,
    SignatureReading,
    check_signature,
    check_signer,
    signature,
)

__all__ = [
    "LAYER",
    "OLD_PROFILE",
    "POLICY",
    "POLICY_3_0",
    "PROFILE",
    "Role",
    "SignatureReading",
    "check_signature",
    "check_signer",
    "examine_signature",
    "sign",
    "signature",
    "verify",
]
