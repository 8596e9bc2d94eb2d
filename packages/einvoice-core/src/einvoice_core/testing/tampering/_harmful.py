"""Changes that touch a signed octet, a reference, a certificate or the policy."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice_core.signing.report import CheckName
from einvoice_core.testing.tampering._work import DSIG, XADES, Change, Work
from einvoice_core.xml.canonical import canonicalize

__all__ = ["HARMFUL"]

_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


def _checks(*names: CheckName) -> frozenset[CheckName]:
    return frozenset(names)


def another_text(work: Work) -> None:
    leaf = work.leaf()
    leaf.text = f"{leaf.text}{work.rng.choice([' ', '0', 'x', '.', 'ñ', chr(10)])}"


def another_attribute(work: Work) -> None:
    work.any().set(work.rng.choice(["a", "lang", "total"]), "1")


def another_namespace(work: Work) -> bytes:
    opening = re.search(rb"<[A-Za-z][^\s>]*", work.data)
    end = opening.end() if opening else 0
    return work.data[:end] + b' xmlns:extra="urn:extra"' + work.data[end:]


def element_taken_out(work: Work) -> None:
    work.take_out(work.any())


def element_doubled(work: Work) -> None:
    element = work.any()
    element.addnext(deepcopy(element))


def element_moved(work: Work) -> None:
    element = work.any()
    below = set(element.iter())
    others = [e for e in work.elements() if e not in below and e is not element.getparent()]
    work.rng.choice(others).append(element)


def element_renamed(work: Work) -> None:
    work.any().tag = "Other"


def element_put_in(work: Work) -> None:
    work.any().addprevious(etree.Element("Other"))


def instruction_put_in(work: Work) -> None:
    work.any().append(etree.ProcessingInstruction("pi", "x"))


def element_behind_the_signature(work: Work) -> None:
    work.signature.addnext(etree.Element("Other"))


def reference_taken_out(work: Work) -> None:
    work.take_out(work.reference())


def reference_doubled(work: Work) -> None:
    reference = work.reference()
    reference.addnext(deepcopy(reference))


def reference_elsewhere(work: Work) -> None:
    uris = ["", "#nothing", "other.xml", "#xpointer(/)", f"#{work.ds('KeyInfo').get('Id')}"]
    reference = work.reference()
    reference.set("URI", work.rng.choice([u for u in uris if u != reference.get("URI")]))


def reference_without_uri(work: Work) -> None:
    work.reference().attrib.pop("URI")


def reference_with_another_type(work: Work) -> None:
    work.reference().set("Type", "urn:other")


def reference_with_another_digest(work: Work) -> None:
    value = next(work.reference().iter(f"{{{DSIG}}}DigestValue"))
    octets = bytearray(b64decode(value.text or ""))
    octets[work.rng.randrange(len(octets))] ^= 1 << work.rng.randrange(8)
    value.text = b64encode(octets).decode()


def transform_put_in(work: Work) -> None:
    transforms = next(work.reference().iter(f"{{{DSIG}}}Transforms"))
    named = [
        _INCLUSIVE,
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        f"{DSIG}base64",
    ]
    element = etree.SubElement(transforms, f"{{{DSIG}}}Transform")
    element.set("Algorithm", work.rng.choice(named))


def transform_taken_out(work: Work) -> None:
    work.take_out(work.ds("Transform"))


def amount_and_digest_made_anew(work: Work) -> None:
    leaf = work.leaf()
    leaf.text = f"{leaf.text}0"
    octets = canonicalize(work.root.getroottree(), without=work.signature)
    reference = work.ds("Reference")
    next(reference.iter(f"{{{DSIG}}}DigestMethod")).set("Algorithm", _SHA256)
    value = next(reference.iter(f"{{{DSIG}}}DigestValue"))
    value.text = b64encode(sha256(octets).digest()).decode()


def document_wrapped(work: Work) -> None:
    """The signed document is hidden in the signature, and another one shown in its place."""
    hidden = etree.SubElement(work.signature, f"{{{DSIG}}}Object")
    copy = etree.SubElement(hidden, work.root.tag)
    copy.set("Id", "original")
    copy.extend([deepcopy(child) for child in work.root if child is not work.signature])
    work.ds("Reference").set("URI", "#original")
    leaf = work.leaf()
    leaf.text = f"{leaf.text}9"


def root_wrapped(work: Work) -> bytes:
    """The signed document becomes a part of another one."""
    inner = work.data[work.data.index(b"<", work.data.find(b"?>") + 1) :]
    name = work.root.tag.rpartition("}")[2].encode()
    return b"<" + name + b">" + inner + b"</" + name + b">"


def properties_wrapped(work: Work) -> None:
    """The signed properties are hidden elsewhere, and others shown in their place."""
    properties = work.xades("SignedProperties")
    shown = deepcopy(properties)
    shown.set("Id", "shown")
    next(shown.iter(f"{{{XADES}}}ClaimedRole")).text = "receptor"
    properties.addprevious(shown)
    hidden = etree.SubElement(work.signature, f"{{{DSIG}}}Object")
    hidden.append(properties)


def properties_doubled(work: Work) -> None:
    properties = work.xades("SignedProperties")
    shown = deepcopy(properties)
    next(shown.iter(f"{{{XADES}}}ClaimedRole")).text = "receptor"
    properties.addprevious(shown)


def identifier_doubled(work: Work) -> None:
    signed = [work.xades("SignedProperties"), work.ds("KeyInfo")]
    name = work.rng.choice(["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
    work.any().set(name, work.rng.choice(signed).get("Id", ""))


def policy_with_another_name(work: Work) -> None:
    work.xades("Identifier").text = "http://example.org/politica.pdf"


def policy_with_another_digest(work: Work) -> None:
    value = next(work.xades("SigPolicyHash").iter(f"{{{DSIG}}}DigestValue"))
    value.text = b64encode(b"x" * 20).decode()


def policy_taken_out(work: Work) -> None:
    work.take_out(work.xades("SignaturePolicyIdentifier"))


def role_changed(work: Work) -> None:
    work.xades("ClaimedRole").text = work.rng.choice(["receptor", "tercero", "owner", ""])


def time_changed(work: Work) -> None:
    time = work.xades("SigningTime")
    time.text = (time.text or "").replace("T", work.rng.choice(["t", " ", "T0"]), 1)


def properties_taken_out(work: Work) -> None:
    work.take_out(work.ds("Object"))


def certificate_of_the_same_key(work: Work) -> None:
    octets = work.attacker.twin.public_bytes(Encoding.DER)
    work.ds("X509Certificate").text = b64encode(octets).decode()


def certificate_of_another(work: Work) -> None:
    octets = work.attacker.credential.certificate.public_bytes(Encoding.DER)
    work.ds("X509Certificate").text = b64encode(octets).decode()


def certificate_put_before(work: Work) -> None:
    octets = work.attacker.credential.certificate.public_bytes(Encoding.DER)
    element = etree.Element(f"{{{DSIG}}}X509Certificate")
    element.text = b64encode(octets).decode()
    work.ds("X509Certificate").addprevious(element)


def certificate_digest_changed(work: Work) -> None:
    digest = next(work.xades("CertDigest").iter(f"{{{DSIG}}}DigestValue"))
    octets = work.attacker.credential.certificate.public_bytes(Encoding.DER)
    digest.text = b64encode(sha256(octets).digest()).decode()


def certificate_taken_out(work: Work) -> None:
    work.take_out(work.ds("X509Data"))


def key_info_doubled(work: Work) -> None:
    key_info = work.ds("KeyInfo")
    key_info.addnext(deepcopy(key_info))


def algorithm_changed(work: Work) -> None:
    named = ["dsa-sha1", "hmac-sha1", "rsa-sha1", "rsa-sha512", "ecdsa-sha512", "none", ""]
    method = work.ds("SignatureMethod")
    prefix = work.rng.choice([DSIG, "http://www.w3.org/2001/04/xmldsig-more#"])
    method.set("Algorithm", prefix + work.rng.choice(named))


def canonical_form_changed(work: Work) -> None:
    named = ["http://www.w3.org/2001/10/xml-exc-c14n#", f"{_INCLUSIVE}#WithComments", "urn:none"]
    work.ds("CanonicalizationMethod").set("Algorithm", work.rng.choice(named))


def value_changed(work: Work) -> None:
    value = work.ds("SignatureValue")
    octets = bytearray(b64decode(value.text or ""))
    octets[work.rng.randrange(len(octets))] ^= 1 << work.rng.randrange(8)
    value.text = b64encode(octets).decode()


def value_of_another_length(work: Work) -> None:
    value = work.ds("SignatureValue")
    octets = b64decode(value.text or "")
    other = work.rng.choice([b"", octets[:-1], octets + b"\0", b"\0" + octets, bytes(len(octets))])
    value.text = b64encode(other).decode()


def value_in_another_form(work: Work) -> None:
    """An ECDSA value as the DER of other signature formats; an RSA value with its octets turned."""
    value = work.ds("SignatureValue")
    octets = b64decode(value.text or "")
    key = work.attacker.twin.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        half = len(octets) // 2
        r, s = (int.from_bytes(part, "big") for part in (octets[:half], octets[half:]))
        octets = encode_dss_signature(r, s)
    else:
        octets = octets[::-1]
    value.text = b64encode(octets).decode()


def value_that_is_no_base64(work: Work) -> None:
    value = work.ds("SignatureValue")
    text = (value.text or "").strip()
    value.text = work.rng.choice([f"{text[:-1]}?", text[1:], f"{text}==", f"\u00a0{text}"])


def signature_taken_out(work: Work) -> None:
    work.take_out(work.signature)


def signature_doubled(work: Work) -> None:
    work.signature.addnext(deepcopy(work.signature))


def signature_moved(work: Work) -> None:
    element = work.any()
    element.append(work.signature)


def signed_by_another(work: Work) -> bytes:
    work.take_out(work.signature)
    leaf = work.leaf()
    leaf.text = f"{leaf.text}0"
    return work.attacker.resign(work.written(), work.attacker.credential)


_INTEGRITY = _checks(CheckName.INTEGRITY)
_REFERENCES = _checks(CheckName.INTEGRITY, CheckName.COVERAGE)
_ALGORITHMS = _checks(CheckName.INTEGRITY, CheckName.ALGORITHMS)
_IDS = _checks(CheckName.DUPLICATE_IDS, CheckName.INTEGRITY)
_STRUCTURE = _checks(CheckName.STRUCTURE)
_BOUND = _checks(CheckName.CERTIFICATE_BOUND)

HARMFUL: Mapping[Change, frozenset[CheckName]] = MappingProxyType(
    {
        another_text: _INTEGRITY,
        another_attribute: _INTEGRITY,
        another_namespace: _INTEGRITY,
        element_taken_out: _INTEGRITY,
        element_doubled: _INTEGRITY,
        element_moved: _INTEGRITY,
        element_renamed: _INTEGRITY,
        element_put_in: _INTEGRITY,
        instruction_put_in: _INTEGRITY,
        element_behind_the_signature: _checks(CheckName.PLACEMENT),
        reference_taken_out: _REFERENCES,
        reference_doubled: _INTEGRITY,
        reference_elsewhere: _INTEGRITY,
        reference_without_uri: _INTEGRITY,
        reference_with_another_type: _INTEGRITY,
        reference_with_another_digest: _INTEGRITY,
        transform_put_in: _ALGORITHMS,
        transform_taken_out: _INTEGRITY,
        amount_and_digest_made_anew: _INTEGRITY,
        document_wrapped: _INTEGRITY,
        root_wrapped: _checks(CheckName.PLACEMENT, CheckName.INTEGRITY),
        properties_wrapped: _REFERENCES,
        properties_doubled: _STRUCTURE,
        identifier_doubled: _IDS,
        policy_with_another_name: _checks(CheckName.POLICY),
        policy_with_another_digest: _checks(CheckName.POLICY),
        policy_taken_out: _checks(CheckName.POLICY),
        role_changed: _INTEGRITY,
        time_changed: _checks(CheckName.SIGNING_TIME),
        properties_taken_out: _STRUCTURE,
        certificate_of_the_same_key: _BOUND,
        certificate_of_another: _BOUND,
        certificate_put_before: _INTEGRITY,
        certificate_digest_changed: _BOUND,
        certificate_taken_out: _BOUND,
        key_info_doubled: _STRUCTURE,
        algorithm_changed: _ALGORITHMS,
        canonical_form_changed: _ALGORITHMS,
        value_changed: _INTEGRITY,
        value_of_another_length: _INTEGRITY,
        value_in_another_form: _INTEGRITY,
        value_that_is_no_base64: _INTEGRITY,
        signature_taken_out: _STRUCTURE,
        signature_doubled: _STRUCTURE,
        signature_moved: _checks(CheckName.PLACEMENT),
        signed_by_another: _checks(CheckName.CHAIN),
    }
)
"""What must be refused, with the checks of which one must fail at least."""
