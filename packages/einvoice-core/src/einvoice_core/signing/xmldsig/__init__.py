"""XML signatures without qualifying properties: sign, and verify what was signed.

References are resolved by a function of the caller, so that the parts of a message that are not
XML can be signed too. Transforms are an allow-list: enveloped, and the canonical forms.

Source: W3C XML Signature Syntax and Processing 1.1; RFC 6931 for the algorithms.
"""

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm, SignatureAlgorithm
from einvoice_core.signing.xmldsig._references import (
    ALLOWED,
    DSIG,
    ENVELOPED,
    Allowed,
    Kept,
    Resolver,
    SignedReference,
)
from einvoice_core.signing.xmldsig._signing import Reference, Signer, sign
from einvoice_core.signing.xmldsig._verifying import Verified, signatures_of, verify

__all__ = [
    "ALLOWED",
    "DSIG",
    "ENVELOPED",
    "Allowed",
    "C14n",
    "DigestAlgorithm",
    "Kept",
    "Reference",
    "Resolver",
    "SignatureAlgorithm",
    "SignedReference",
    "Signer",
    "Verified",
    "sign",
    "signatures_of",
    "verify",
]
