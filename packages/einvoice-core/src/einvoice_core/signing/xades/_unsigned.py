"""Finds what others added to a signature later: its unsigned properties."""

from lxml import etree

from einvoice_core.signing.algorithms import C14n
from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.signing.timestamp import TimestampUnreadable, Token, read_token
from einvoice_core.signing.xmldsig._references import DSIG, canonical_form, octets_of, only
from einvoice_core.signing.xmldsig._verifying import the_signature
from einvoice_core.xml.canonical import CanonicalError, canonicalize

_XADES = "http://uri.etsi.org/01903/v1.3.2#"
_MAX_COUNTERSIGNATURES = 8
_MAX_TIMESTAMPS = 8


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


def timestamps(signature: etree._Element) -> list[tuple[Token, bytes]]:
    """Read the timestamps on a signature, each with the octets that it is about.

    Raises:
        MalformedSignature: One cannot be read, is about something else, or there are too many.
    """
    found: list[tuple[Token, bytes]] = []
    for holder in unsigned_properties(signature, "SignatureTimeStamp"):
        octets = stamped_octets(signature, holder)
        tokens = holder.findall(f"{{{_XADES}}}EncapsulatedTimeStamp")
        if not tokens:
            raise MalformedSignature("SignatureTimeStamp holds no timestamp")
        for token in tokens:
            if len(found) == _MAX_TIMESTAMPS:
                raise MalformedSignature(f"there are more than {_MAX_TIMESTAMPS} timestamps")
            try:
                found.append((read_token(octets_of(token)), octets))
            except TimestampUnreadable as error:
                raise MalformedSignature(error.message) from error
    return found


def stamped_octets(signature: etree._Element, holder: etree._Element) -> bytes:
    """Return what a ``SignatureTimeStamp`` is about: the signature value in canonical form.

    Raises:
        MalformedSignature: It says that it is about something else, or there is no such form.
    """
    for name in (f"{{{_XADES}}}Include", f"{{{_XADES}}}ReferenceInfo"):
        if holder.find(name) is not None:
            raise MalformedSignature("the timestamp is not about the signature value alone")
    method, prefixes = C14n.INCLUSIVE, tuple[str, ...]()
    if holder.find(f"{{{DSIG}}}CanonicalizationMethod") is not None:
        method, prefixes = canonical_form(only(holder, "CanonicalizationMethod"))
    try:
        value = only(signature, "SignatureValue")
        return canonicalize(value, method, inclusive_prefixes=prefixes)
    except CanonicalError as error:
        raise MalformedSignature(error.message) from error


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


def place_for_countersignature(root: etree._Element, value_id: str) -> tuple[str, str]:
    """Put an empty ``CounterSignature`` into the signature of a document.

    Args:
        root: Of the document, which is changed.
        value_id: Identifier for the signature value, where it has none.

    Returns:
        The path to it, as profiles write it, and the identifier of the signature value.

    Raises:
        MalformedSignature: There is no signature with qualifying properties, or several.
    """
    signature = the_signature(root)
    value = only(signature, "SignatureValue")
    value.set("Id", value.get("Id") or value_id)
    holders = signature.findall(f"{{{DSIG}}}Object/{{{_XADES}}}QualifyingProperties")
    if len(holders) != 1:
        raise MalformedSignature(f"the signature has {len(holders)} QualifyingProperties")
    inner = holders[0]
    for name in ("UnsignedProperties", "UnsignedSignatureProperties"):
        found = inner.find(f"{{{_XADES}}}{name}")
        inner = etree.SubElement(inner, f"{{{_XADES}}}{name}") if found is None else found
    etree.SubElement(inner, f"{{{_XADES}}}CounterSignature")
    above = [*signature.iterancestors()][-2::-1]
    steps = [element.tag for element in above]
    steps += [
        f"{{{DSIG}}}Signature",
        f"{{{DSIG}}}Object[{{{_XADES}}}QualifyingProperties]",
        *(
            f"{{{_XADES}}}{name}"
            for name in (
                "QualifyingProperties",
                "UnsignedProperties",
                "UnsignedSignatureProperties",
                "CounterSignature[last()]",
            )
        ),
    ]
    return " ".join(steps), str(value.get("Id"))
