"""Signatures with qualifying properties: who signed, when, under which policy and in which role.

:func:`sign` follows a :class:`Profile`; :func:`verify` returns what was signed or raises
:class:`~einvoice_core.signing.errors.SignatureRefused`; :func:`examine` returns the report of all
checks, :func:`examine_all` one for each of several signatures; :func:`countersign` confirms one.
Levels BES, EPES and T: of the unsigned properties timestamps and countersignatures are examined,
the others are kept.

Source: ETSI TS 101 903 v1.4.1 (namespace 1.3.2) and ETSI EN 319 132-1.
"""

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.xades._examining import Verified, examine, examine_all, verify
from einvoice_core.signing.xades._writing import XADES, countersign, sign
from einvoice_core.signing.xades.profile import (
    CertificateForm,
    DataFormat,
    Profile,
    SignaturePolicy,
)

__all__ = [
    "XADES",
    "C14n",
    "CertificateForm",
    "DataFormat",
    "DigestAlgorithm",
    "Profile",
    "SignaturePolicy",
    "Verified",
    "countersign",
    "examine",
    "examine_all",
    "sign",
    "verify",
]
