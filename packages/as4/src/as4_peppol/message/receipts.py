"""What a receipt proves: the digests of everything that was signed.

Source: OASIS AS4 profile 1.0, section 5.1.8 (non-repudiation of receipt); ebBP signals 2.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from as4_peppol._names import DS, EBBP
from as4_peppol._text import octets_of
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["SignedDigest", "digests_of", "information", "read_information", "references_of"]


@dataclass(frozen=True, slots=True, order=True)
class SignedDigest:
    """What a reference of a signature says.

    Args:
        uri: What it points at.
        algorithm: Of the digest.
        value: The digest.
    """

    uri: str
    algorithm: str
    value: bytes


def references_of(signature: etree._Element) -> list[etree._Element]:
    """Return the references of a signature, in their order."""
    return signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")


def digests_of(references: Sequence[etree._Element]) -> tuple[SignedDigest, ...]:
    """Read references; ``ValueError`` when a digest is not Base64."""
    return tuple(
        SignedDigest(
            reference.get("URI", ""),
            getattr(reference.find(f"{{{DS}}}DigestMethod"), "attrib", {}).get("Algorithm", ""),
            octets_of(reference.findtext(f"{{{DS}}}DigestValue")),
        )
        for reference in references
    )


def information(references: Sequence[etree._Element]) -> str:
    """Write ``ebbp:NonRepudiationInformation`` with a copy of each reference."""
    parts = "".join(
        "<ebbp:MessagePartNRInformation>"
        + etree.tostring(reference, encoding="unicode", with_tail=False)
        + "</ebbp:MessagePartNRInformation>"
        for reference in references
    )
    return (
        f'<ebbp:NonRepudiationInformation xmlns:ebbp="{EBBP}">{parts}'
        "</ebbp:NonRepudiationInformation>"
    )


def read_information(content: Sequence[str]) -> tuple[SignedDigest, ...] | None:
    """Read the content of a receipt; ``None`` when it proves nothing of that kind."""
    for text in content:
        try:
            root = parse(text.encode("utf-8"))
        except XmlRefused:
            continue
        if root.tag == f"{{{EBBP}}}NonRepudiationInformation":
            path = f"{{{EBBP}}}MessagePartNRInformation/{{{DS}}}Reference"
            try:
                return digests_of(root.findall(path))
            except ValueError:
                return None
    return None
