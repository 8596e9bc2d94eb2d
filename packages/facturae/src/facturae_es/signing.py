"""The signature policy of the format, version 3.1, and the three things to do with a signature.

A signature under this policy is XAdES-EPES inside the document, as the last child of the root. It
signs the whole document, its own properties and the certificate; the properties name the policy,
the signing certificate (in the form of XAdES 1.3.2) and the role of the signer.

Source:
    Política de firma electrónica y de certificados de la Administración General del Estado applied
    to Facturae, version 3.1; Orden PRE/2971/2007, annex.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import uuid4

from einvoice_core.certificates import TrustStore
from einvoice_core.signing import xades
from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.report import SignatureReport
from einvoice_core.signing.xades import (
    CertificateForm,
    DataFormat,
    Profile,
    SignaturePolicy,
    Verified,
)
from einvoice_core.signing.xmldsig import Signer

__all__ = ["POLICY", "PROFILE", "Role", "examine_signature", "sign", "verify"]


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
)
"""What a signature under that policy contains."""

_DIGESTS = {
    "sha256": DigestAlgorithm.SHA256,
    "sha384": DigestAlgorithm.SHA384,
    "sha512": DigestAlgorithm.SHA512,
}


def sign(
    xml: bytes,
    credential: Signer,
    *,
    role: str = Role.SUPPLIER,
    hash_name: Literal["sha256", "sha384", "sha512"] = "sha256",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: str(uuid4()),
) -> bytes:
    """Sign a document under the policy of the format.

    Args:
        xml: The document, as :func:`facturae_es.write` makes it.
        credential: Key and certificate of the signer.
        role: ``emisor``, ``receptor`` or ``tercero``.
        hash_name: Hash of the signature, of its references and of the certificate.
        clock: Says the signing time, with a time zone.
        ids: Gives one text that makes the identifiers of this signature unique.

    Returns:
        The same document with the signature as the last child of its root.

    Raises:
        XmlRefused: The document cannot be read.
        CannotSignError: It is signed already, or the role is not one of the policy's.
        NotValidAtError: The certificate is not valid at the signing time.
    """
    digest = _DIGESTS[hash_name]
    profile = replace(PROFILE, hash_name=hash_name, digest=digest, certificate_digest=digest)
    return xades.sign(xml, credential, profile, clock=clock, ids=ids, role=str(role))


def verify(
    xml: bytes,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    allow_sha1: bool = False,
) -> Verified:
    """Verify the signature of a document and return what was signed.

    Args:
        xml: The document.
        at: The instant at which the chain must be valid; by default the signing time.
        trust: Trusted roots; without them the chain is reported as not checked.
        allow_sha1: Accept the algorithms of signatures made before 2015.

    Raises:
        XmlRefused: The bytes cannot be read.
        SignatureRefused: A check failed; the error carries the report.
    """
    return xades.verify(xml, _profile(allow_sha1=allow_sha1), at=at, trust=trust)


def examine_signature(
    xml: bytes,
    *,
    at: datetime | None = None,
    trust: TrustStore | None = None,
    allow_sha1: bool = False,
) -> SignatureReport:
    """Run the checks of :func:`verify` and return the report, whatever it says.

    Args:
        xml: The document.
        at: The instant at which the chain must be valid; by default the signing time.
        trust: Trusted roots; without them the chain is reported as not checked.
        allow_sha1: Accept the algorithms of signatures made before 2015.

    Raises:
        XmlRefused: The bytes cannot be read.
    """
    return xades.examine(xml, _profile(allow_sha1=allow_sha1), at=at, trust=trust)


def _profile(*, allow_sha1: bool) -> Profile:
    return replace(PROFILE, allowed=PROFILE.allowed.with_sha1()) if allow_sha1 else PROFILE
