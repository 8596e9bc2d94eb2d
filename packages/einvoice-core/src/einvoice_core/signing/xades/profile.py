"""A signature policy as data: what a signature must contain, in which form and where.

A profile has no values of its own: those of Facturae, VERI*FACTU or TicketBAI stand in the packages
that know them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.xmldsig import ALLOWED, Allowed

__all__ = ["CertificateForm", "DataFormat", "Profile", "SignaturePolicy"]


class CertificateForm(StrEnum):
    """How the signing certificate is named in the signed properties."""

    V1 = "SigningCertificate"
    """With issuer and serial number in clear (XAdES 1.3.2)."""
    V2 = "SigningCertificateV2"
    """With issuer and serial number as DER (ETSI EN 319 132-1)."""


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """A published policy (``SignaturePolicyIdentifier``).

    Args:
        identifier: Its URI or ``urn:oid:``.
        digests: Digest of the published document in Base64, by algorithm; the first one is written,
            any of them is accepted.
        description: Of the policy, as signers write it.
        uri: Where it is published (``SPURI``).
        other_identifiers: Further spellings that are accepted.
    """

    identifier: str
    digests: Mapping[DigestAlgorithm, str]
    description: str = ""
    uri: str = ""
    other_identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFormat:
    """What is signed (``DataObjectFormat``).

    Args:
        mime_type: Such as ``text/xml``.
        encoding: Such as ``UTF-8``.
        description: In words.
        identifier: ``urn:oid:`` of the format.
        qualifier: How the identifier is written, such as ``OIDAsURN``.
    """

    mime_type: str = "text/xml"
    encoding: str = ""
    description: str = ""
    identifier: str = ""
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How documents of one kind are signed, and what their signatures must say.

    Args:
        name: For messages.
        policy: The policy that signatures name (EPES); ``None`` for none (BES).
        older_policies: Policies that signatures may name too; none is written.
        hash_name: Of the signature value: ``sha256``, ``sha384`` or ``sha512``.
        digest: Of the references.
        certificate_digest: Of the signing certificate.
        certificate_form: Which element names the signing certificate.
        issuer_serial: Whether that element also holds issuer and serial number.
        certificate_chain: Whether that element also names the authorities above.
        key_info_chain: Whether ``KeyInfo`` carries the authorities above.
        key_value: Whether ``KeyInfo`` repeats an RSA key.
        sign_key_info: Whether ``KeyInfo`` is signed too.
        canonical_form: Of ``SignedInfo`` and of the signed properties.
        roles: Claimed roles that are allowed; empty for any or none.
        default_role: Role that is written when the signer names none; empty for none.
        data_format: What is signed; ``None`` to say nothing.
        path: Where the signature stands: the names from the root's child down to its parent, in
            Clark notation and separated by spaces; empty for the root.
        last_child: Whether nothing may follow the signature in its parent.
        allowed: What a signature may ask of its verifier.
    """

    name: str
    policy: SignaturePolicy | None = None
    older_policies: tuple[SignaturePolicy, ...] = ()
    hash_name: str = "sha256"
    digest: DigestAlgorithm = DigestAlgorithm.SHA256
    certificate_digest: DigestAlgorithm = DigestAlgorithm.SHA256
    certificate_form: CertificateForm = CertificateForm.V2
    issuer_serial: bool = True
    certificate_chain: bool = False
    key_info_chain: bool = False
    key_value: bool = False
    sign_key_info: bool = True
    canonical_form: C14n = C14n.INCLUSIVE
    roles: tuple[str, ...] = ()
    default_role: str = ""
    data_format: DataFormat | None = field(default_factory=DataFormat)
    path: str = ""
    last_child: bool = True
    allowed: Allowed = ALLOWED
