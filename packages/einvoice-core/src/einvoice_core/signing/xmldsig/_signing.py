"""Writes a signature as text and puts it into the bytes of a document.

The document is parsed once to digest it; its own bytes are kept, and the signature is put between
them. What is signed inside the signature is digested in a small document of its own that repeats
the namespaces and ``xml:*`` attributes of its place, which is all that its canonical form needs.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast, runtime_checkable
from xml.sax.saxutils import quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm, SignatureAlgorithm
from einvoice_core.signing.errors import CannotSignError, MalformedSignature
from einvoice_core.signing.xmldsig._references import (
    ALLOWED,
    DSIG,
    ENVELOPED,
    Allowed,
    Dereferencer,
    Ids,
    Resolver,
    digest,
)
from einvoice_core.signing.xmldsig._templates import (
    Part,
    canonical_part,
    declarations_at,
    with_declaration,
)
from einvoice_core.xml.canonical import canonicalize
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from einvoice_core.xml.plain import Plain, as_it_stands

_XML = "{http://www.w3.org/XML/1998/namespace}"
_END_OF_ROOT = re.compile(rb"</[^\s<>/]+\s*>\s*\Z")
_BASE64_LINE = 76
_DEEPEST = 128
"""Levels that no document has whose writer vouches for it."""


@runtime_checkable
class Signer(Protocol):
    """Whoever can sign: a credential, or a device or a service that keeps its key.

    One that also has ``chain``, the authorities above its certificate from the issuer upwards, has
    them sent along.
    """

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets; an ECDSA value is r and s side by side."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a new signature shall cover.

    Args:
        uri: Empty for the document, ``#id`` for an element of it or of the signature itself;
            anything else is given to the resolver.
        transforms: Identifiers: :data:`ENVELOPED`, canonical forms.
        digest: How the octets are digested.
        type: What kind of thing it is.
        id: Of the reference.
    """

    uri: str = ""
    transforms: tuple[str, ...] = (ENVELOPED,)
    digest: DigestAlgorithm = DigestAlgorithm.SHA256
    type: str = ""
    id: str = ""


def sign(
    xml: bytes,
    signer: Signer,
    *,
    references: Sequence[Reference] = (Reference(),),
    hash_name: str = "sha256",
    canonical_form: C14n = C14n.INCLUSIVE,
    key_info: str | None = None,
    objects: str = "",
    parts: Mapping[str, Part] | None = None,
    complete: Callable[[etree._Element], str] | None = None,
    signature_id: str = "",
    path: str = "",
    resolve: Resolver | None = None,
    allowed: Allowed = ALLOWED,
    limits: Limits = LIMITS,
) -> bytes:
    """Put a signature into a document.

    Args:
        xml: The document; its bytes are kept, and the signature is put between them.
        signer: Key and certificate.
        references: What is signed.
        hash_name: ``sha256``, ``sha384`` or ``sha512``; the kind of the key says the rest.
        canonical_form: Of ``SignedInfo``.
        key_info: Text of ``ds:KeyInfo``; by default it holds the certificate.
        objects: Text of the ``ds:Object`` elements.
        parts: What of ``key_info`` and ``objects`` is signed, by identifier, where the caller wrote
            it in canonical form.
        complete: Gets ``ds:SignatureValue`` when it is known, and returns the text that takes the
            place of ``objects``; what is signed in it must not differ.
        signature_id: Identifier of the signature.
        path: Names of the elements from the root's child down to the one whose last child the
            signature becomes, in Clark notation and separated by spaces; empty for the root.
        resolve: Gives what references outside the document point at.
        allowed: The transforms of octets that references may name.
        limits: Of the document.

    Raises:
        XmlRefused: The document cannot be read.
        CannotSignError: It is signed already there, the place does not exist, or a reference
            points at nothing.
        UnsupportedKeyError: The key cannot be used.
    """
    algorithm = algorithm_for(signer.certificate, hash_name)
    key_info = key_info_text((signer.certificate,)) if key_info is None else key_info
    opening = f'<ds:Signature xmlns:ds="{DSIG}"{_attribute("Id", signature_id)}>'

    value_id = _attribute("Id", signature_id and f"{signature_id}-SignatureValue")
    before_value = f"<ds:SignatureValue{value_id}>"
    info_text = _signed_info(references, canonical_form, algorithm)
    in_short = parts if complete is None and canonical_form is C14n.INCLUSIVE else None

    def signed(written: tuple[str, bytes]) -> str:
        value = lines_of(signer.sign(written[1], algorithm))
        behind = f"</ds:SignatureValue>{key_info}{objects}</ds:Signature>"
        return f"{opening}{written[0]}{before_value}{value}{behind}"

    if in_short is not None and isinstance(xml, Plain) and not path and _is_small(xml, limits):
        written = _of_plain(xml, references, in_short, info_text)
        if written is not None:
            return _before_end(xml, xml.rfind(b"</"), signed(written))
    root = parse(xml, limits)
    parent = _place(root, path)
    if in_short is not None:
        written = _as_written(xml, root, parent, references, in_short, info_text)
        if written is not None:
            return _insert(xml, root, parent, signed(written))

    empty = info_text.format(*([""] * len(references)))
    behind = f"</ds:SignatureValue>{key_info}{objects}</ds:Signature>"
    draft = _in_context(parent, f"{opening}{empty}{before_value}{behind}")
    digests = _digests(xml, root, draft, references, resolve, allowed)
    info = draft[0]
    for element, text in zip(info.iter(f"{{{DSIG}}}DigestValue"), digests, strict=True):
        element.text = text
    value = lines_of(signer.sign(canonicalize(info, canonical_form), algorithm))
    if complete is not None:
        draft[1].text = value
        behind = f"</ds:SignatureValue>{key_info}{complete(draft[1])}</ds:Signature>"
    filled = info_text.format(*digests)
    return _insert(xml, root, parent, f"{opening}{filled}{before_value}{value}{behind}")


def chain_of(signer: Signer) -> tuple[x509.Certificate, ...]:
    """Return the authorities above a signer's certificate, as far as it knows them."""
    chain: tuple[x509.Certificate, ...] = getattr(signer, "chain", ())
    return chain


def algorithm_for(certificate: x509.Certificate, hash_name: str) -> SignatureAlgorithm:
    """Return the algorithm for the key of a certificate and a hash.

    Raises:
        CannotSignError: There is none.
    """
    key = certificate.public_key()
    kind = {True: "RSA", False: "ECDSA"}.get(isinstance(key, rsa.RSAPublicKey), "")
    name = f"{kind}_{hash_name.upper()}"
    known = isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    if not known or name not in SignatureAlgorithm.__members__:
        raise CannotSignError(f"there is no algorithm for this key with {hash_name}")
    return SignatureAlgorithm[name]


def lines_of(data: bytes) -> str:
    """Write Base64 in lines, as certificates and signature values are usually shown."""
    text = b64encode(data).decode("ascii")
    return "\n".join(text[i : i + _BASE64_LINE] for i in range(0, len(text), _BASE64_LINE))


def key_info_text(
    certificates: Sequence[x509.Certificate], *, info_id: str = "", key_value: bool = False
) -> str:
    """Write ``ds:KeyInfo`` with certificates, the signer's first."""
    data = "".join(_certificate_text(c) for c in certificates)
    value = _key_value(certificates[0]) if key_value else ""
    opening = f"<ds:KeyInfo{_attribute('Id', info_id)}>"
    return f"{opening}<ds:X509Data>{data}</ds:X509Data>{value}</ds:KeyInfo>"


@lru_cache(maxsize=64)
def _certificate_text(certificate: x509.Certificate) -> str:
    lines = lines_of(certificate.public_bytes(Encoding.DER))
    return f"<ds:X509Certificate>{lines}</ds:X509Certificate>"


def _key_value(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return ""
    numbers = key.public_numbers()
    modulus, exponent = (
        lines_of(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (numbers.n, numbers.e)
    )
    return (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>"
        f"<ds:Exponent>{exponent}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    )


def _attribute(name: str, value: str) -> str:
    return f" {name}={quoteattr(value)}" if value else ""


def _algorithm(name: str, identifier: str) -> str:
    """Write an element that names an algorithm; with its end tag, as canonical XML has it."""
    return f'<ds:{name} Algorithm="{identifier}"></ds:{name}>'


def _signed_info(references: Sequence[Reference], form: C14n, algorithm: SignatureAlgorithm) -> str:
    """Write ``ds:SignedInfo`` as a template with ``{}`` for each digest value."""
    parts = [
        f"<ds:SignedInfo>{_algorithm('CanonicalizationMethod', form)}"
        f"{_algorithm('SignatureMethod', algorithm)}"
    ]
    for reference in references:
        transforms = "".join(_algorithm("Transform", each) for each in reference.transforms)
        text = (
            f"<ds:Reference{_attribute('Id', reference.id)}{_attribute('Type', reference.type)}"
            f" URI={quoteattr(reference.uri)}>"
            + (f"<ds:Transforms>{transforms}</ds:Transforms>" if transforms else "")
            + _algorithm("DigestMethod", reference.digest)
        ).replace("{", "{{")
        parts.append(text.replace("}", "}}"))
        parts.append("<ds:DigestValue>{}</ds:DigestValue></ds:Reference>")
    return "".join([*parts, "</ds:SignedInfo>"])


def _place(root: etree._Element, path: str) -> etree._Element:
    parent = root
    for name in path.split():
        found = parent.findall(name)
        if len(found) != 1:
            raise CannotSignError(f"the document has {len(found)} places {name} to sign at")
        parent = found[0]
    if parent.find(f"{{{DSIG}}}Signature") is not None:
        raise CannotSignError("the document is signed already: a second signature would break it")
    return parent


def _in_context(parent: etree._Element, signature: str) -> etree._Element:
    """Parse a signature below empty elements that declare what its ancestors declare."""
    above = [*reversed(list(parent.iterancestors())), parent]
    opening = "".join(f"<context{_declarations(element)}>" for element in above)
    text = f"{opening}{signature}{'</context>' * len(above)}"
    found = parse(text.encode("utf-8")).find(f".//{{{DSIG}}}Signature")
    if found is None:
        raise CannotSignError("the signature cannot be placed there")
    return found


def _declarations(element: etree._Element) -> str:
    parts = []
    for prefix, uri in element.nsmap.items():
        # A prefix cannot be undeclared; the default namespace can.
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        parts.append(f" {name}={quoteattr(uri or '')}")
    for key, value in cast("list[tuple[str, str]]", element.items()):
        if key.startswith(_XML):
            parts.append(f" xml:{key.removeprefix(_XML)}={quoteattr(value)}")
    return "".join(parts)


def _digests(
    xml: bytes,
    root: etree._Element,
    draft: etree._Element,
    references: Sequence[Reference],
    resolve: Resolver | None,
    allowed: Allowed,
) -> list[str]:
    inside, outside = Ids(draft), Ids(root)

    def find(name: str) -> etree._Element | None:
        mine, theirs = inside.find(name), outside.find(name)
        if mine is not None and theirs is not None:
            raise MalformedSignature(f"the document has the identifier {name!r} already")
        return theirs if mine is None else mine

    # The draft does not stand in the document: there is nothing to take out of it yet.
    reader = Dereferencer(root, find, allowed, resolve, whole=as_it_stands(xml))
    digests = []
    written = draft[0].findall(f"{{{DSIG}}}Reference")
    for element, reference in zip(written, references, strict=True):
        try:
            resolved = reader.one(element)
        except MalformedSignature as error:
            raise CannotSignError(error.message) from error
        digests.append(b64encode(resolved.digest(reference.digest)).decode("ascii"))
    return digests


def _is_small(xml: bytes, limits: Limits) -> bool:
    """Tell whether no limit can be exceeded; all but that of the depth are counted in octets."""
    return len(xml) <= min(limits.document, limits.text, limits.markup) and limits.depth > _DEEPEST


def _of_plain(
    xml: Plain, references: Sequence[Reference], parts: Mapping[str, Part], info_text: str
) -> tuple[str, bytes] | None:
    """Do what :func:`_as_written` does for a document that has no attributes and no signature."""
    scope = with_declaration(xml.namespaces, "ds", DSIG)
    if scope is None:
        return None
    return _filled(lambda: xml.canonical, lambda _: None, references, parts, scope, info_text)


def _as_written(
    xml: bytes,
    root: etree._Element,
    parent: etree._Element,
    references: Sequence[Reference],
    parts: Mapping[str, Part],
    info_text: str,
) -> tuple[str, bytes] | None:
    """Return ``SignedInfo`` as text and as octets without reading the signature again.

    ``None`` where something is unusual; then the signature is read in its context.
    """
    scope = declarations_at(parent, "ds", DSIG)
    if scope is None:
        return None

    def whole() -> bytes:
        return as_it_stands(xml) or canonicalize(root.getroottree())

    return _filled(whole, Ids(root).find, references, parts, scope, info_text)


def _filled(
    whole: Callable[[], bytes],
    find: Callable[[str], object],
    references: Sequence[Reference],
    parts: Mapping[str, Part],
    scope: Mapping[str, str],
    info_text: str,
) -> tuple[str, bytes] | None:
    digests = []
    for reference in references:
        octets: bytes | None = None
        name = reference.uri.removeprefix("#")
        if reference.uri == "" and reference.transforms == (ENVELOPED,):
            octets = whole()
        elif name in parts and reference.transforms == (C14n.INCLUSIVE,):
            if find(name) is not None:
                raise CannotSignError(f"the document has the identifier {name!r} already")
            octets = canonical_part(parts[name], scope)
        if octets is None:
            return None
        digests.append(b64encode(digest(octets, reference.digest)).decode("ascii"))
    filled = info_text.format(*digests)
    octets = canonical_part(Part(filled), scope)
    return None if octets is None else (filled, octets)


def _insert(xml: bytes, root: etree._Element, parent: etree._Element, signature: str) -> bytes:
    """Put the signature before the end tag of its parent; ASCII, so that any encoding can hold it.

    Where the end tag of the root is the last thing in the document, the bytes around it stay as
    they are. Elsewhere the document is written again, which keeps its canonical form.
    """
    end = xml.rfind(b"</")
    if parent is root and end >= 0 and root.getnext() is None and _END_OF_ROOT.match(xml, end):
        return _before_end(xml, end, signature)
    data = signature.encode("ascii", "xmlcharrefreplace")
    mark = etree.ProcessingInstruction("einvoice-signature")
    parent.append(mark)
    written = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    before, _, after = written.rpartition(etree.tostring(mark))
    return before + data + after


def _before_end(xml: bytes, end: int, signature: str) -> bytes:
    view = memoryview(xml)
    return b"".join((view[:end], signature.encode("ascii", "xmlcharrefreplace"), view[end:]))
