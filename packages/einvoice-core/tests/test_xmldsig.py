import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from einvoice_core.certificates import UnsupportedKeyError
from einvoice_core.signing import xmldsig
from einvoice_core.signing.errors import CannotSignError, ForbiddenAlgorithm, SignatureRefused
from einvoice_core.signing.report import CheckName, Outcome
from einvoice_core.signing.xmldsig import (
    ALLOWED,
    DSIG,
    ENVELOPED,
    C14n,
    DigestAlgorithm,
    Reference,
    SignatureAlgorithm,
)
from einvoice_core.signing.xmldsig._verifying import _require_good_rsa
from einvoice_core.testing.authority import ThrowawayAuthority, new_key
from einvoice_core.testing.documents import documents
from einvoice_core.xml.canonical import CanonicalError, canonicalize
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

AUTHORITY = ThrowawayAuthority(keys="ec")
EC = AUTHORITY.issue("99999972C")
RSA = AUTHORITY.issue("99999972C", key=new_key("rsa"))
DOCUMENT = b'<a xmlns="urn:a" xml:lang="es"><b Id="b">uno</b><c>dos</c></a>'


def refused(document: bytes, check: CheckName, **options: object) -> str:
    """The reason for which a check failed."""
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(document, **options)  # type: ignore[arg-type]
    reasons = {failed.name: failed.reason for failed in caught.value.report.failed}
    assert check in reasons, reasons
    return reasons[check]


@pytest.mark.parametrize("credential", [EC, RSA], ids=["ec", "rsa"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_what_is_signed_verifies(credential: object, hash_name: str) -> None:
    assert isinstance(credential, xmldsig.Signer)
    signed = xmldsig.sign(DOCUMENT, credential, hash_name=hash_name)
    verified = xmldsig.verify(signed)
    assert verified.certificate == credential.certificate
    assert verified.algorithm.hash_name == hash_name
    assert verified.elements == (verified.root,)
    assert verified.references[0].octets == canonicalize(parse(DOCUMENT).getroottree())
    assert verified.references[0].covers_document


@given(documents(), st.sampled_from(C14n))
def test_every_document_can_be_signed(text: str, form: C14n) -> None:
    references = [Reference("", (ENVELOPED, form))]
    signed = xmldsig.sign(text.encode(), EC, references=references, canonical_form=form)
    reference = xmldsig.verify(signed).references[0]
    assert reference.covers_document
    original = parse(text.encode()).getroottree()
    assert reference.octets == canonicalize(original, form.without_comments)


@given(st.data())
def test_a_signature_dies_with_any_changed_character(data: st.DataObject) -> None:
    end = SIGNED.index(b"<ds:KeyInfo>")
    at = data.draw(st.integers(0, end - 1))
    new = data.draw(st.sampled_from(b"abcXYZ019 <>&\"'/="))
    changed = SIGNED[:at] + bytes([new]) + SIGNED[at + 1 :]
    try:
        root = parse(changed)
        if canonicalize(root.getroottree()) == canonicalize(parse(SIGNED).getroottree()):
            return
    except (XmlRefused, CanonicalError):
        # What has no canonical form, such as a document with a relative namespace, is not verified.
        with pytest.raises((XmlRefused, SignatureRefused)):
            xmldsig.verify(changed)
        return
    found = root.find(f".//{{{DSIG}}}SignatureValue")
    if found is not None and "".join((found.text or "").split()) == SIGNATURE_VALUE:
        reason = CheckName.INTEGRITY, CheckName.ALGORITHMS, CheckName.STRUCTURE
        with pytest.raises(SignatureRefused) as caught:
            xmldsig.verify(changed)
        assert caught.value.report.failed[0].name in reason
    else:
        with pytest.raises(SignatureRefused):
            xmldsig.verify(changed)


SIGNED = xmldsig.sign(DOCUMENT, EC)
SIGNATURE_VALUE = "".join((parse(SIGNED).findtext(f".//{{{DSIG}}}SignatureValue") or "").split())


def test_the_bytes_of_the_document_are_kept() -> None:
    text = b'<?xml version=\'1.0\' encoding="ISO-8859-1"?>\r\n<a  b="\xf1"\t><![CDATA[<]]></a>\r\n'
    signed = xmldsig.sign(text, EC)
    assert signed.startswith(text[: text.index(b"</a>")])
    assert signed.endswith(b"</a>\r\n")
    assert xmldsig.verify(signed).report.ok


@pytest.mark.parametrize(
    "text",
    [
        b"<a/>",
        b"<a></a><!-- </a> -->",
        b"<a></a><?pi </a>?>",
        b"<!-- <a> --><a>x</a>",
        b"\xef\xbb\xbf<a>x</a>\n",
        '<?xml version="1.0" encoding="UTF-16"?><a>ñ</a>'.encode("utf-16"),
        b"<ds:a xmlns:ds='urn:other'>x</ds:a>",
    ],
)
def test_documents_of_unusual_form(text: bytes) -> None:
    verified = xmldsig.verify(xmldsig.sign(text, EC))
    assert verified.references[0].octets == canonicalize(parse(text).getroottree())


def test_a_part_by_its_identifier() -> None:
    signed = xmldsig.sign(DOCUMENT, EC, references=[Reference("#b", (C14n.EXCLUSIVE,))])
    verified = xmldsig.verify(signed)
    assert [element.get("Id") for element in verified.elements] == ["b"]
    assert not verified.references[0].covers_document
    assert xmldsig.verify(signed.replace(b"dos", b"tres")).report.ok
    assert "digest" in refused(signed.replace(b"uno", b"tres"), CheckName.INTEGRITY)


def test_what_is_not_in_the_document_comes_from_the_caller() -> None:
    attachments = {"cid:1": b"\x00octets", "cid:2": parse(b"<x/>")}
    references = [Reference("cid:1", ()), Reference("cid:2", (C14n.EXCLUSIVE,))]
    signed = xmldsig.sign(DOCUMENT, EC, references=references, resolve=attachments.get)
    verified = xmldsig.verify(signed, resolve=attachments.get)
    assert [reference.octets for reference in verified.references] == [b"\x00octets", b"<x></x>"]
    assert "nothing known" in refused(signed, CheckName.INTEGRITY)
    other = {**attachments, "cid:1": b"\x00other"}
    assert "digest" in refused(signed, CheckName.INTEGRITY, resolve=other.get)


def test_a_transform_of_octets_is_the_callers() -> None:
    upper = replace(ALLOWED, octet_transforms={"urn:upper": bytes.upper})
    references, resolve = [Reference("cid:1", ("urn:upper",))], {"cid:1": b"octets"}.get
    signed = xmldsig.sign(DOCUMENT, EC, references=references, resolve=resolve, allowed=upper)
    verified = xmldsig.verify(signed, resolve=resolve, allowed=upper)
    assert verified.references[0].octets == b"OCTETS"
    assert "'urn:upper' is not allowed" in refused(signed, CheckName.ALGORITHMS, resolve=resolve)


class InAFile:
    """Octets of which only digests come back."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def digest(self, algorithm: DigestAlgorithm) -> bytes:
        return hashlib.new(algorithm.hash_name, self.data).digest()


def test_what_is_kept_elsewhere_is_digested_there() -> None:
    kept = replace(ALLOWED, kept_transforms=frozenset({"urn:as-it-is"}))
    references = [Reference("cid:1", ("urn:as-it-is",))]
    large, changed = {"cid:1": InAFile(b"large")}.get, {"cid:1": InAFile(b"other")}.get
    signed = xmldsig.sign(DOCUMENT, EC, references=references, resolve=large, allowed=kept)
    (reference,) = xmldsig.verify(signed, resolve=large, allowed=kept).references
    assert (reference.octets, reference.element) == (b"", None)
    assert isinstance(reference.kept, InAFile)
    assert "digest" in refused(signed, CheckName.INTEGRITY, resolve=changed, allowed=kept)
    assert "'urn:as-it-is' is not allowed" in refused(signed, CheckName.ALGORITHMS, resolve=large)


def test_an_identifier_of_the_document_is_not_taken_again() -> None:
    references = [Reference("#S1-SignatureValue")]
    document = DOCUMENT.replace(b'Id="b"', b'Id="S1-SignatureValue"')
    with pytest.raises(CannotSignError, match="already"):
        xmldsig.sign(document, EC, references=references, signature_id="S1")


def test_an_element_elsewhere_can_hold_the_signature() -> None:
    signed = xmldsig.sign(DOCUMENT, EC, path="{urn:a}b")
    verified = xmldsig.verify(signed)
    assert verified.signature.getparent().get("Id") == "b"  # type: ignore[union-attr]


def test_a_place_that_does_not_exist() -> None:
    with pytest.raises(CannotSignError, match="0 places"):
        xmldsig.sign(DOCUMENT, EC, path="{urn:a}z")


def test_a_signed_document_is_not_signed_again() -> None:
    with pytest.raises(CannotSignError, match="signed already"):
        xmldsig.sign(SIGNED, EC)


def test_a_reference_to_nothing() -> None:
    with pytest.raises(CannotSignError, match="'#z'"):
        xmldsig.sign(DOCUMENT, EC, references=[Reference("#z")])


def test_a_hash_that_does_not_exist() -> None:
    with pytest.raises(CannotSignError, match="md5"):
        xmldsig.sign(DOCUMENT, EC, hash_name="md5")


def test_sha1_is_not_made() -> None:
    with pytest.raises(UnsupportedKeyError, match="SHA-1"):
        xmldsig.sign(DOCUMENT, RSA, hash_name="sha1")


def test_sha1_is_verified_only_when_the_caller_allows_it() -> None:
    references = [Reference(digest=DigestAlgorithm.SHA1)]
    signed = xmldsig.sign(DOCUMENT, EC, references=references)
    assert "SHA1" in refused(signed, CheckName.ALGORITHMS)
    assert xmldsig.verify(signed, allowed=ALLOWED.with_sha1()).report.ok


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SignatureAlgorithm.ECDSA_SHA256.value, SignatureAlgorithm.RSA_SHA1.value),
        (SignatureAlgorithm.ECDSA_SHA256.value, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (SignatureAlgorithm.ECDSA_SHA256.value, ""),
        (C14n.INCLUSIVE.value, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ],
)
def test_algorithms_are_an_allow_list(old: str, new: str) -> None:
    changed = SIGNED.replace(old.encode(), new.encode())
    assert refused(changed, CheckName.ALGORITHMS)


@pytest.mark.parametrize(
    "transform",
    [
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "",
    ],
)
def test_transforms_are_an_allow_list(transform: str) -> None:
    signed = xmldsig.sign(DOCUMENT, EC, references=[Reference("#b", (C14n.EXCLUSIVE,))])
    assert _resigned(signed, lambda text: text.replace(C14n.EXCLUSIVE.value, transform)) == (
        f"the transform {transform!r} is not allowed here"
    )


def test_no_more_references_than_allowed() -> None:
    references = [Reference("#b", ()) for _ in range(65)]
    signed = xmldsig.sign(DOCUMENT, EC, references=references)
    assert "65 references" in refused(signed, CheckName.INTEGRITY)


def test_no_more_transforms_than_allowed() -> None:
    one = f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform>'
    assert "5 transforms" in _resigned(SIGNED, lambda text: text.replace(one, one * 5))
    assert "not allowed here" in _resigned(SIGNED, lambda text: text.replace(one, one * 2))


def test_octets_are_not_parsed_again() -> None:
    one = f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform>'
    form = f'<ds:Transform Algorithm="{C14n.INCLUSIVE.value}"></ds:Transform>'
    assert "not allowed here" in _resigned(SIGNED, lambda text: text.replace(one, form + one))


def _resigned(signed: bytes, change: Callable[[str], str]) -> str:
    """Change ``SignedInfo``, sign it again, and return why the result is refused."""
    root = parse(change(signed.decode()).encode())
    signature = root.find(f".//{{{DSIG}}}Signature")
    assert signature is not None
    value = EC.sign(canonicalize(signature[0]), SignatureAlgorithm.ECDSA_SHA256)
    signature[1].text = b64encode(value).decode()
    with pytest.raises(SignatureRefused) as caught:
        xmldsig.verify(etree.tostring(root))
    (failed,) = caught.value.report.failed
    assert failed.name in {CheckName.ALGORITHMS, CheckName.INTEGRITY}
    return failed.reason


def test_two_elements_with_one_identifier() -> None:
    signed = xmldsig.sign(DOCUMENT, EC, references=[Reference("#b", (C14n.EXCLUSIVE,))])
    changed = signed.replace(b"<c>", b'<c Id="b">')
    assert "'b'" in refused(changed, CheckName.DUPLICATE_IDS)
    customary = signed.replace(b"<c>", b'<c ID="b">')
    assert "'b'" in refused(customary, CheckName.INTEGRITY)


def test_a_signed_part_that_moved_is_still_the_one_returned() -> None:
    """Wrapping: the signed part is hidden elsewhere, another one stands in its place."""
    signed = xmldsig.sign(DOCUMENT, EC, references=[Reference("#b", (C14n.EXCLUSIVE,))])
    original = b'<b Id="b">uno</b>'
    wrapped = signed.replace(original, b"<b>mil</b>").replace(
        b"</ds:Signature>",
        b"<ds:Object>"
        + original.replace(b"<b ", b'<b xmlns="urn:a" ')
        + b"</ds:Object></ds:Signature>",
    )
    verified = xmldsig.verify(wrapped)
    assert [element.text for element in verified.elements] == ["uno"]
    assert verified.elements[0].getparent() is not verified.root


def test_the_certificate_of_another_with_the_same_name() -> None:
    other = ThrowawayAuthority(keys="ec").issue("99999972C")
    assert refused(SIGNED, CheckName.INTEGRITY, certificate=other.certificate)
    assert xmldsig.verify(SIGNED, certificate=EC.certificate).certificate == EC.certificate


def test_a_signature_without_certificate_needs_one_from_the_caller() -> None:
    signed = xmldsig.sign(DOCUMENT, EC, key_info="")
    assert "carries no certificate" in refused(signed, CheckName.INTEGRITY)
    assert xmldsig.verify(signed, certificate=EC.certificate).report.ok


def test_keys_that_are_too_short_are_refused() -> None:
    short = new_key("rsa", 1024)
    credential = AUTHORITY.issue("99999972C", key=short)
    with pytest.raises(UnsupportedKeyError, match="1024"):
        xmldsig.sign(DOCUMENT, credential)


def test_what_was_not_looked_at_is_listed_as_not_run() -> None:
    report = xmldsig.verify(SIGNED).report
    assert report.outcome(CheckName.CHAIN) is Outcome.NOT_RUN
    assert report.outcome(CheckName.INTEGRITY) is Outcome.PASSED
    assert {check.name for check in report.checks} == set(CheckName)


@pytest.mark.parametrize(
    ("document", "check"),
    [
        (DOCUMENT, CheckName.STRUCTURE),
        (b"<a>" + SIGNED + SIGNED + b"</a>", CheckName.STRUCTURE),
        (SIGNED.replace(b"ds:SignedInfo", b"ds:Other"), CheckName.STRUCTURE),
        (SIGNED.replace(b"ds:SignatureValue", b"ds:Other"), CheckName.STRUCTURE),
        (SIGNED.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo/><ds:KeyInfo>"), CheckName.STRUCTURE),
        (SIGNED.replace(b"ds:DigestValue", b"ds:Other"), CheckName.INTEGRITY),
        (SIGNED.replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA"), CheckName.INTEGRITY),
        (SIGNED.replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>?"), CheckName.INTEGRITY),
        (SIGNED.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"), CheckName.INTEGRITY),
        (
            SIGNED.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>\xc3\xb1"),
            CheckName.INTEGRITY,
        ),
    ],
)
def test_bad_signatures(document: bytes, check: CheckName) -> None:
    assert refused(document, check)


@pytest.mark.parametrize("data", [b"", b"no", b"<!DOCTYPE a><a/>", b"<a>", b'<a b="&c;"/>'])
def test_what_is_not_xml(data: bytes) -> None:
    with pytest.raises(XmlRefused):
        xmldsig.verify(data)
    with pytest.raises(XmlRefused):
        xmldsig.sign(data, EC)


def test_the_references_together_stand_for_a_bounded_number_of_octets() -> None:
    document = b'<a><b Id="b">' + b"x" * 1000 + b"</b></a>"
    references = [Reference("#b", (C14n.EXCLUSIVE,)) for _ in range(4)]
    signed = xmldsig.sign(document, EC, references=references)
    assert xmldsig.verify(signed, allowed=replace(ALLOWED, octets=5_000)).report.ok
    few = replace(ALLOWED, octets=3_000)
    assert "more than 3000 octets" in refused(signed, CheckName.INTEGRITY, allowed=few)


def test_small_curves_are_refused() -> None:
    small = AUTHORITY.issue("99999972C", key=ec.generate_private_key(ec.SECP224R1()))
    signed = xmldsig.sign(DOCUMENT, small)
    assert "secp224r1" in refused(signed, CheckName.ALGORITHMS)


def test_an_exponent_of_one_signs_nothing() -> None:
    """With it every value is its own signature; some versions of the library load such a key."""
    honest = rsa.RSAPublicNumbers(3, 2**2047 + 2**1000 + 1).public_key()
    _require_good_rsa(honest, 2048)
    with pytest.raises((ForbiddenAlgorithm, ValueError), match=r"exponent 1|e must be"):
        _require_good_rsa(_with_exponent(honest, 1), 2048)


def _with_exponent(key: rsa.RSAPublicKey, exponent: int) -> rsa.RSAPublicKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert der.endswith(b"\x02\x01\x03")
    loaded = load_der_public_key(der[:-1] + bytes([exponent]))
    assert isinstance(loaded, rsa.RSAPublicKey)
    return loaded


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000"])
def test_only_the_space_of_xml_may_stand_in_base64(space: str) -> None:
    text = SIGNED.decode()
    assert xmldsig.verify(text.replace("<ds:SignatureValue>", "<ds:SignatureValue>\t ").encode())
    changed = text.replace("<ds:SignatureValue>", f"<ds:SignatureValue>{space}")
    assert "not Base64" in refused(changed.encode(), CheckName.INTEGRITY)


def test_base64_with_bits_to_spare_is_refused() -> None:
    """Two texts for the same octets: here the last character before the padding."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = SIGNATURE_VALUE.rstrip("=")[-1]
    other = alphabet[alphabet.index(last) | 1]
    at = SIGNED.rindex(last.encode(), 0, SIGNED.index(b"==</ds:SignatureValue>"))
    changed = SIGNED[:at] + other.encode() + SIGNED[at + 1 :]
    assert "canonical Base64" in refused(changed, CheckName.INTEGRITY)
