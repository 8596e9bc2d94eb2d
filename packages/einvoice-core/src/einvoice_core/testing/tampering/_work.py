"""A signed document laid out for being changed."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from cryptography import x509
from lxml import etree

from einvoice_core.certificates import Credential
from einvoice_core.signing.report import CheckName
from einvoice_core.xml.parsing import parse

__all__ = ["DSIG", "XADES", "Attacker", "Change", "Tampering", "Work", "tamper"]

DSIG = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"


@dataclass(frozen=True, slots=True)
class Attacker:
    """What somebody has who wants to pass off a document as another's.

    Args:
        credential: A credential of their own, from an authority that nobody trusts.
        twin: Another certificate of the victim's key, such as an older one.
        resign: Signs an unsigned document with their credential.
    """

    credential: Credential
    twin: x509.Certificate
    resign: Callable[[bytes, Credential], bytes]


@dataclass(frozen=True, slots=True)
class Tampering:
    """One changed document.

    Args:
        kind: What was done.
        document: The result.
        checks: At least one of these must fail; none when nothing that is signed was touched.
    """

    kind: str
    document: bytes
    checks: frozenset[CheckName]


class Work:
    """A fresh copy of a document with one enveloped XAdES signature.

    Args:
        data: The signed document.
        attacker: Who changes it.
        rng: What decides where.
    """

    def __init__(self, data: bytes, attacker: Attacker, rng: random.Random) -> None:
        self.data, self.attacker, self.rng = data, attacker, rng
        self.root = parse(data)
        self.signature = next(self.root.iter(f"{{{DSIG}}}Signature"))

    def ds(self, name: str) -> etree._Element:
        """The first element of the signature with a name of XML signatures."""
        return next(self.signature.iter(f"{{{DSIG}}}{name}"))

    def xades(self, name: str) -> etree._Element:
        """The first element of the signature with a name of XAdES."""
        return next(self.signature.iter(f"{{{XADES}}}{name}"))

    def elements(self) -> list[etree._Element]:
        """The elements of the document below its root and outside its signature."""
        hidden = set(self.signature.iter())
        return [e for e in self.root.iter("*") if e not in hidden and e is not self.root]

    def any(self) -> etree._Element:
        """An element of the document."""
        return self.rng.choice(self.elements())

    def leaf(self) -> etree._Element:
        """An element of the document that holds a text of two characters or more."""
        return self.rng.choice([e for e in self.elements() if not len(e) and len(e.text or "") > 1])

    def reference(self) -> etree._Element:
        """A reference of the signature."""
        return self.rng.choice(list(self.signature.iter(f"{{{DSIG}}}Reference")))

    def take_out(self, element: etree._Element) -> etree._Element:
        """Take an element out of its parent, with the text behind it."""
        cast("etree._Element", element.getparent()).remove(element)
        return element

    def written(self) -> bytes:
        """The document as it is now."""
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)


Change = Callable[[Work], "bytes | None"]
"""Changes the tree of a work, or returns the changed bytes."""


def tamper(
    signed: bytes,
    attacker: Attacker,
    kinds: Mapping[Change, frozenset[CheckName]],
    *,
    count: int,
    seed: int = 0,
) -> Iterator[Tampering]:
    """Change a document in many ways, each kind in turn.

    Args:
        signed: A document with one enveloped XAdES signature.
        attacker: Who changes it.
        kinds: What to do, such as :data:`HARMFUL`.
        count: How many changed documents.
        seed: Decides what is changed where.
    """
    changes = list(kinds.items())
    for number in range(count):
        change, checks = changes[number % len(changes)]
        # A repeatable choice, which is no secret.
        rng = random.Random(f"{seed}/{number}")  # noqa: S311
        work = Work(signed, attacker, rng)
        result = change(work)
        document = work.written() if result is None else result
        yield Tampering(change.__name__.replace("_", " ").strip(), document, checks)
