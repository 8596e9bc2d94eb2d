"""Changes that touch nothing signed: a verifier may accept them, and must return the same."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from einvoice_core.signing.report import CheckName
from einvoice_core.testing.tampering._work import DSIG, XADES, Change, Work

__all__ = ["HARMLESS"]

_ORDERS = {
    "secp256r1": int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16),
}


def declaration_taken_out(work: Work) -> bytes:
    return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", work.data)


def another_encoding(work: Work) -> bytes:
    text = etree.tostring(work.root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


def byte_order_mark_put_before(work: Work) -> bytes:
    return b"\xef\xbb\xbf" + work.data


def comment_outside_the_root(work: Work) -> bytes:
    return work.data + b"\n<!-- after -->"


def comment_in_a_text(work: Work) -> None:
    """Whoever reads a text up to the comment reads less than was signed."""
    leaf = work.leaf()
    text = leaf.text or ""
    at = work.rng.randrange(1, len(text))
    comment = etree.Comment("c")
    comment.tail = text[at:]
    leaf.text = text[:at]
    leaf.append(comment)


def space_around_the_root(work: Work) -> bytes:
    return work.data + b" \n\t\n"


def space_inside_tags(work: Work) -> bytes:
    return work.data.replace(b"</ds:Signature>", b"</ds:Signature \n>")


def quotes_of_attributes(work: Work) -> bytes:
    return re.sub(rb'Algorithm="([^"]*)"', rb"Algorithm='\1'", work.data)


def order_of_attributes(work: Work) -> bytes:
    return re.sub(rb'(Type="[^"]*") (URI="[^"]*")', rb"\2  \1", work.data)


def empty_elements_in_the_other_form(work: Work) -> bytes:
    short, long = rb"<(\w+:Transform) ([^>]*)/>", rb"<(\w+:Transform) ([^>]*)></\1>"
    if re.search(short, work.data):
        return re.sub(short, rb"<\1 \2></\1>", work.data)
    return re.sub(long, rb"<\1 \2/>", work.data)


def lines_with_carriage_returns(work: Work) -> bytes:
    return work.data.replace(b"\n", b"\r\n")


def character_as_reference(work: Work) -> bytes:
    leaf = work.leaf()
    text = (leaf.text or "")[0]
    leaf.text = f"\ue000{(leaf.text or '')[1:]}"
    return work.written().replace("\ue000".encode(), f"&#{ord(text)};".encode())


def text_as_character_data(work: Work) -> None:
    leaf = work.leaf()
    leaf.text = etree.CDATA(leaf.text or "")


def space_in_the_value(work: Work) -> None:
    value = work.ds("SignatureValue")
    text = value.text or ""
    at = work.rng.randrange(len(text))
    value.text = f"{text[:at]}\n \t{text[at:]}"


def identifier_of_the_value(work: Work) -> None:
    work.ds("SignatureValue").set("Id", "another")


def identifier_of_the_object(work: Work) -> None:
    work.ds("Object").set("Id", "another")


def identifier_of_the_signature(work: Work) -> None:
    work.signature.set("Id", "another")
    work.xades("QualifyingProperties").set("Target", "#another")


def unsigned_properties_put_in(work: Work) -> None:
    added = etree.SubElement(work.xades("QualifyingProperties"), f"{{{XADES}}}UnsignedProperties")
    inner = etree.SubElement(added, f"{{{XADES}}}UnsignedSignatureProperties")
    etree.SubElement(inner, f"{{{XADES}}}CertificateValues")


def empty_object_put_in(work: Work) -> None:
    etree.SubElement(work.signature, f"{{{DSIG}}}Object")


def other_value_of_the_same_signature(work: Work) -> None:
    """With (r, s) also (r, n - s) is an ECDSA signature of the same octets with the same key."""
    value = work.ds("SignatureValue")
    octets = b64decode(value.text or "")
    key = work.attacker.twin.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        half = len(octets) // 2
        s = _ORDERS[key.curve.name] - int.from_bytes(octets[half:], "big")
        octets = octets[:half] + s.to_bytes(half, "big")
    value.text = b64encode(octets).decode()


_NONE: frozenset[CheckName] = frozenset()

HARMLESS: Mapping[Change, frozenset[CheckName]] = MappingProxyType(
    dict.fromkeys(
        (
            declaration_taken_out,
            another_encoding,
            byte_order_mark_put_before,
            comment_outside_the_root,
            comment_in_a_text,
            space_around_the_root,
            space_inside_tags,
            quotes_of_attributes,
            order_of_attributes,
            empty_elements_in_the_other_form,
            lines_with_carriage_returns,
            character_as_reference,
            text_as_character_data,
            space_in_the_value,
            identifier_of_the_value,
            identifier_of_the_object,
            identifier_of_the_signature,
            unsigned_properties_put_in,
            empty_object_put_in,
            other_value_of_the_same_signature,
        ),
        _NONE,
    )
)
"""What may pass: no check must fail."""
