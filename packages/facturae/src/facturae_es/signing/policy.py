"""The signature policy of the format, version 3.1, as a profile.

A signature under this policy is XAdES-EPES inside the document, as the last child of the root. It
signs the whole document, its own properties and the certificate; the properties name the policy,
the signing certificate (in the form of XAdES 1.3.2) and the role of the signer.

Source:
    Política de firma electrónica y de certificados de la Administración General del Estado applied
    to Facturae, version 3.1; Orden PRE/2971/2007, annex.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.xades import CertificateForm, DataFormat, Profile, SignaturePolicy
from einvoice_core.signing.xmldsig import ALLOWED

__all__ = ["OLD_PROFILE", "POLICY", "POLICY_3_0", "PROFILE", "Role"]


class Role(StrEnum):
    """In which role somebody signs (``ClaimedRole``); the policy also knows them in English."""

    SUPPLIER = "emisor"
    CUSTOMER = "receptor"
    THIRD_PARTY = "tercero"


POLICY = SignaturePolicy(
    identifier=(
        "http://www.facturae.es/politica_de_firma_formato_facturae/"
        "politica_de_firma_formato_facturae_v3_1.pdf"
    ),
    description="Política de Firma FacturaE v3.1",
    # The digest of the document as it was published. The address now serves another file, so the
    # digest is a constant; every signer writes the SHA-1, and receivers compare with it.
    digests={
        DigestAlgorithm.SHA1: "Ohixl6upD6av8N7pEvDABhEL6hM=",
        DigestAlgorithm.SHA256: "a/vDoueJq9zxWGCFwdsXdlXtkFSEek4XVtmlQCEDaE8=",
        DigestAlgorithm.SHA512: (
            "Olsv4wCqkGsabqxbGDLEkgocYLmEJ2CdZ1XsZMrvJiuUD30ryJoGYL2/DXTF1qqxdNRjviwXr2MBh4UZt/mS8w=="
        ),
    },
)
"""The published policy, version 3.1."""

POLICY_3_0 = SignaturePolicy(
    identifier=(
        "http://www.facturae.es/politica de firma formato facturae/"
        "politica de firma formato facturae v3_0.pdf"
    ),
    digests={DigestAlgorithm.SHA1: "HQvPemjDslVpcNmaJPpbHzhdZ50="},
)
"""The policy of 2007, which signatures of Facturae 3.0 name; nothing is signed under it here."""

PROFILE = Profile(
    name="the signature policy of Facturae 3.1",
    policy=POLICY,
    hash_name="sha256",
    digest=DigestAlgorithm.SHA256,
    certificate_digest=DigestAlgorithm.SHA256,
    certificate_form=CertificateForm.V1,
    key_info_chain=True,
    sign_key_info=True,
    canonical_form=C14n.INCLUSIVE,
    roles=("emisor", "receptor", "tercero", "supplier", "customer", "third party"),
    default_role=Role.SUPPLIER.value,
    data_format=DataFormat(mime_type="text/xml"),
    # Three references are signed; who writes many makes the verifier work.
    allowed=replace(ALLOWED, references=16),
)
"""What a signature under that policy contains."""

OLD_PROFILE = replace(PROFILE, older_policies=(POLICY_3_0,), allowed=PROFILE.allowed.with_sha1())
"""The same for signatures made before 2015: SHA-1, keys of 1024 bits, policy 3.0."""
