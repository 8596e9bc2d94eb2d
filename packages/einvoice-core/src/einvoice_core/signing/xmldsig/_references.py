"""References: what they point at, the octets they stand for, and what of that is allowed."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, cast, runtime_checkable

from lxml import etree

from einvoice_core.signing.algorithms import C14n, DigestAlgorithm, SignatureAlgorithm
from einvoice_core.signing.errors import ForbiddenAlgorithm, MalformedSignature
from einvoice_core.xml.canonical import CanonicalError, canonicalize

DSIG = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = DSIG + "enveloped-signature"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_WSU_ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"

# Attributes that identify an element; the first group always does, the second one by custom.
_IDS = frozenset({"Id", "{http://www.w3.org/XML/1998/namespace}id", _WSU_ID})
_CUSTOMARY_IDS = frozenset({"ID", "id"})

_ID_ATTRIBUTES = etree.XPath(
    "descendant-or-self::*/@*[local-name()='Id' or local-name()='ID' or local-name()='id']"
)


@runtime_checkable
class Kept(Protocol):
    """Octets that somebody keeps elsewhere, in a file for example, and can digest."""

    def digest(self, algorithm: DigestAlgorithm) -> bytes:
        """Digest all of them."""


_INCLUSIVE = (C14n.INCLUSIVE, C14n.INCLUSIVE_11)
"""They differ in parts of documents only."""

Resolver = Callable[[str], "etree._Element | bytes | Kept | None"]
"""Gives the element or the octets behind a URI, or ``None`` when it does not know it."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a signature may ask of its verifier.

    Args:
        signatures: Algorithms of the signature value.
        digests: Algorithms of the references.
        canonical_forms: Of ``SignedInfo`` and of the references.
        octet_transforms: Further transforms, by identifier, from octets to octets.
        kept_transforms: Those that whoever keeps octets elsewhere has applied to them.
        rsa_bits: Shorter RSA keys are refused.
        ec_bits: Elliptic curves over smaller fields are refused.
        references: At most so many references.
        transforms: At most so many transforms in one reference.
        octets: All references together stand for at most so many octets; they are kept in memory.
    """

    signatures: frozenset[SignatureAlgorithm] = frozenset(
        set(SignatureAlgorithm) - {SignatureAlgorithm.RSA_SHA1}
    )
    digests: frozenset[DigestAlgorithm] = frozenset(set(DigestAlgorithm) - {DigestAlgorithm.SHA1})
    canonical_forms: frozenset[C14n] = frozenset(C14n)
    octet_transforms: Mapping[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    kept_transforms: frozenset[str] = frozenset()
    rsa_bits: int = 2048
    ec_bits: int = 256
    references: int = 64
    transforms: int = 4
    octets: int = 512 * 1024 * 1024

    def with_sha1(self) -> "Allowed":
        """Allow what signatures of the years before 2015 used: SHA-1 and RSA keys of 1024 bits."""
        return replace(
            self,
            signatures=self.signatures | {SignatureAlgorithm.RSA_SHA1},
            digests=self.digests | {DigestAlgorithm.SHA1},
            rsa_bits=min(self.rsa_bits, 1024),
        )


ALLOWED = Allowed()
"""The algorithms of today."""


@dataclass(frozen=True, slots=True)
class SignedReference:
    """What one reference of a verified signature stands for.

    Args:
        uri: As the signature writes it.
        type: As the signature writes it.
        id: Of the reference itself.
        element: The element it resolved to, the root for the whole document; ``None`` for octets.
        octets: Exactly what was digested; empty when it is kept elsewhere.
        covers_document: Whether it is the whole document but for the signature itself.
        kept: Digests what is kept elsewhere.
    """

    uri: str | None
    type: str
    id: str
    element: etree._Element | None
    octets: bytes = field(repr=False)
    covers_document: bool = False
    kept: Kept | None = field(default=None, repr=False)

    def digest(self, algorithm: DigestAlgorithm) -> bytes:
        """Digest what the reference stands for."""
        return digest(self.octets, algorithm) if self.kept is None else self.kept.digest(algorithm)


class Ids:
    """The identifiers of a document; each must point at one element."""

    def __init__(self, root: etree._Element) -> None:
        self._elements: dict[str, list[etree._Element]] = {}
        self._customary: dict[str, list[etree._Element]] = {}
        for value in cast("list[etree._ElementUnicodeResult]", _ID_ATTRIBUTES(root)):
            if value.attrname in _IDS:
                known = self._elements
            elif value.attrname in _CUSTOMARY_IDS:
                known = self._customary
            else:
                continue
            element = value.getparent()
            if value and element is not None:
                found = known.setdefault(str(value), [])
                # The attributes of one element come one after the other.
                if not found or found[-1] is not element:
                    found.append(element)

    @property
    def repeated(self) -> list[str]:
        """Identifiers that several elements have."""
        return [value for value, elements in self._elements.items() if len(elements) > 1]

    def find(self, value: str) -> etree._Element | None:
        """Return the one element with an identifier; ``None`` when there is none.

        Raises:
            MalformedSignature: Several elements have it.
        """
        found = [*self._elements.get(value, ())]
        found += [e for e in self._customary.get(value, ()) if e not in found]
        if len(found) > 1:
            raise MalformedSignature(f"{len(found)} elements have the identifier {value!r}")
        return found[0] if found else None


def digest(data: bytes, algorithm: DigestAlgorithm) -> bytes:
    """Digest octets."""
    return hashlib.new(algorithm.hash_name, data).digest()


def text_of(element: etree._Element) -> str:
    """Return the text of an element that holds nothing else.

    A comment splits a text for those who read it and not for those who canonicalise it: what is
    read would not be what was signed.

    Raises:
        MalformedSignature: It holds elements, comments or processing instructions.
    """
    if len(element):
        raise MalformedSignature(f"{etree.QName(element).localname} holds more than a text")
    return element.text or ""


def octets_of(element: etree._Element) -> bytes:
    """Decode the Base64 text of an element, with the white space of XML between its characters.

    Raises:
        MalformedSignature: It is not Base64 as an encoder writes it.
    """
    written = text_of(element)
    # Of what `split` takes for space XML allows only its own four, and ASCII nothing else.
    text = "".join(written.split())
    try:
        octets = b64decode(text if written.isascii() else "?", validate=True)
    except ValueError as error:
        raise MalformedSignature(f"{etree.QName(element).localname} is not Base64") from error
    if b64encode(octets).decode("ascii") != text:
        # The last character has bits to spare: two texts would stand for the same octets.
        raise MalformedSignature(f"{etree.QName(element).localname} is not canonical Base64")
    return octets


def only(parent: etree._Element, name: str, namespace: str = DSIG) -> etree._Element:
    """Return the one child with a name.

    Raises:
        MalformedSignature: There is none, or more than one.
    """
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        where = etree.QName(parent).localname
        raise MalformedSignature(f"{where} has {len(found)} elements {name}; it must have one")
    return found[0]


def algorithm_of(element: etree._Element) -> str:
    """Return the identifier of the algorithm that an element names."""
    return element.get("Algorithm", "")


def digest_algorithm(element: etree._Element) -> DigestAlgorithm:
    """Return the algorithm of ``ds:DigestMethod``.

    Raises:
        ForbiddenAlgorithm: It is not one of ours.
    """
    named = algorithm_of(element)
    try:
        return DigestAlgorithm(named)
    except ValueError:
        raise ForbiddenAlgorithm(f"the digest algorithm {named!r} is not known") from None


def canonical_form(element: etree._Element) -> tuple[C14n, tuple[str, ...]]:
    """Return the form and the prefix list of a transform or ``ds:CanonicalizationMethod``.

    Raises:
        ForbiddenAlgorithm: It is not a canonical form.
    """
    named = algorithm_of(element)
    try:
        method = C14n(named)
    except ValueError:
        raise ForbiddenAlgorithm(f"the algorithm {named!r} is not a canonical form") from None
    listed = element.find(f"{{{_EXCLUSIVE}}}InclusiveNamespaces")
    prefixes = () if listed is None else tuple(listed.get("PrefixList", "").split())
    return method, prefixes


@dataclass(slots=True)
class Dereferencer:
    """Turns references of one signature into octets."""

    root: etree._Element
    find: Callable[[str], etree._Element | None]
    allowed: Allowed
    resolve: Resolver | None = None
    signature: etree._Element | None = None
    whole: bytes | None = None
    """The inclusive form of the whole document, where that is known."""

    def all(self, signed_info: etree._Element) -> Iterator[SignedReference]:
        """Resolve every reference and compare its digest.

        Raises:
            MalformedSignature: One asks for what is not allowed, or its digest differs.
        """
        references = signed_info.findall(f"{{{DSIG}}}Reference")
        if not 1 <= len(references) <= self.allowed.references:
            raise MalformedSignature(f"the signature has {len(references)} references")
        room = self.allowed.octets
        for reference in references:
            method = digest_algorithm(only(reference, "DigestMethod"))
            if method not in self.allowed.digests:
                raise ForbiddenAlgorithm(f"digests with {method.name} are not allowed")
            signed = self.one(reference)
            room -= len(signed.octets)
            if room < 0:
                raise MalformedSignature(
                    f"the references stand for more than {self.allowed.octets} octets"
                )
            stated = octets_of(only(reference, "DigestValue"))
            if not hmac.compare_digest(stated, signed.digest(method)):
                where = "the document" if signed.uri == "" else repr(signed.uri)
                raise MalformedSignature(f"{where} is not what was signed: its digest differs")
            yield signed

    def one(self, reference: etree._Element) -> SignedReference:
        """Resolve one reference, without looking at its digest."""
        uri = reference.get("URI")
        source = self._source(uri)
        if not isinstance(source, etree._Element | bytes):
            return self._kept(reference, source)
        enveloped, form = False, None
        octets = source if isinstance(source, bytes) else None
        for transform in self._transforms(reference):
            named = algorithm_of(transform)
            if octets is None and named == ENVELOPED and not enveloped:
                enveloped = True
            elif octets is not None and named in self.allowed.octet_transforms:
                octets = self.allowed.octet_transforms[named](octets)
            elif octets is None and form is None and named in self.allowed.canonical_forms:
                form = canonical_form(transform)
                octets = self._canonical(source, uri, form, enveloped=enveloped)
            else:
                raise ForbiddenAlgorithm(f"the transform {named!r} is not allowed here")
        if octets is None:
            form = (C14n.INCLUSIVE, ())
            octets = self._canonical(source, uri, form, enveloped=enveloped)
        element = source if isinstance(source, etree._Element) else None
        return SignedReference(
            uri=uri,
            type=reference.get("Type", ""),
            id=reference.get("Id", ""),
            element=element,
            octets=octets,
            covers_document=element is self.root and element is not None,
        )

    def _kept(self, reference: etree._Element, source: Kept) -> SignedReference:
        for transform in self._transforms(reference):
            named = algorithm_of(transform)
            if named not in self.allowed.kept_transforms:
                raise ForbiddenAlgorithm(f"the transform {named!r} is not allowed here")
        return SignedReference(
            uri=reference.get("URI"),
            type=reference.get("Type", ""),
            id=reference.get("Id", ""),
            element=None,
            octets=b"",
            kept=source,
        )

    def _source(self, uri: str | None) -> "etree._Element | bytes | Kept":
        if uri == "":
            return self.root
        if uri is not None and uri.startswith("#"):
            found = self.find(uri[1:])
            if found is not None:
                return found
        given = self.resolve(uri) if self.resolve is not None and uri is not None else None
        if given is None:
            raise MalformedSignature(f"the reference {uri!r} points at nothing known here")
        return given

    def _transforms(self, reference: etree._Element) -> list[etree._Element]:
        found = reference.find(f"{{{DSIG}}}Transforms")
        transforms = [] if found is None else found.findall(f"{{{DSIG}}}Transform")
        if len(transforms) > self.allowed.transforms:
            raise MalformedSignature(f"a reference has {len(transforms)} transforms")
        return transforms

    def _canonical(
        self,
        source: "etree._Element | bytes",
        uri: str | None,
        form: tuple[C14n, tuple[str, ...]],
        *,
        enveloped: bool,
    ) -> bytes:
        assert not isinstance(source, bytes), "octets have no canonical form"  # noqa: S101 - for mypy
        method, prefixes = form
        # A reference to a document or by identifier leaves comments out (XML Signature, 4.4.3.3).
        method = method.without_comments
        if uri == "" and self.whole is not None and method in _INCLUSIVE and not prefixes:
            return self.whole
        node = source.getroottree() if uri == "" else source
        try:
            return canonicalize(
                node,
                method,
                inclusive_prefixes=prefixes,
                without=self.signature if enveloped else None,
            )
        except CanonicalError as error:
            raise MalformedSignature(error.message) from error
