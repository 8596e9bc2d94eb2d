"""Finds what others added to a signature later: its unsigned properties."""

from lxml import etree

from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.signing.xmldsig._references import DSIG

_XADES = "http://uri.etsi.org/01903/v1.3.2#"
_MAX_COUNTERSIGNATURES = 8


def unsigned_properties(signature: etree._Element, name: str) -> list[etree._Element]:
    """Find the unsigned properties of a signature that have a name."""
    steps = (
        f"{{{_XADES}}}QualifyingProperties",
        f"{{{_XADES}}}UnsignedProperties",
        f"{{{_XADES}}}UnsignedSignatureProperties",
        f"{{{_XADES}}}{name}",
    )
    return signature.findall("/".join((f"{{{DSIG}}}Object", *steps)))


def countersignatures(signature: etree._Element) -> list[etree._Element]:
    """Find the signatures that stand in a signature as countersignatures."""
    return [
        child
        for holder in unsigned_properties(signature, "CounterSignature")
        for child in holder.findall(f"{{{DSIG}}}Signature")
    ]


def require_few_inside(signature: etree._Element) -> None:
    """Require that the work of examining a signature with all that stand in it is bounded.

    Raises:
        MalformedSignature: There are more than eight signatures inside.
    """
    count = sum(1 for _ in signature.iter(f"{{{DSIG}}}Signature")) - 1
    if count > _MAX_COUNTERSIGNATURES:
        raise MalformedSignature(
            f"the signature holds {count} signatures; at most {_MAX_COUNTERSIGNATURES} are examined"
        )
