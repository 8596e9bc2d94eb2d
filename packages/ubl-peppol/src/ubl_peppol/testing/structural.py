"""Documents changed so that their structure may break, of any syntax; made at test time."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

__all__ = ["structural_mutants"]

_Mutation = Callable[[etree._Element, random.Random], None]
_VALUES = ["", "  ", "1e3", "NaN", "-0", "12,50", "12.5", " 12.50 ", "2026-02-30", "2026-01-01",
           " 2026-01-01 ", "2026-01-01Z", "true", "yes", "AAA=", "A===", "x", "10:00:00",
           "abc def", "20260101", "1" * 30, "+1", ".5"]  # fmt: skip
_ATTRIBUTES = ["schemeID", "currencyID", "unitCode", "listID", "languageID", "mimeCode", "foo",
               "listURI", "name", "format", "{http://www.w3.org/XML/1998/namespace}lang",
               "{http://www.w3.org/2001/XMLSchema-instance}nil"]  # fmt: skip
_CONTENTS = ["", "EUR", "es", "true", "x y", "http://a", "%", "123"]


def _inner(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iter(etree.Element) if element is not root]


def _deleted(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _doubled(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    element.addnext(copy.deepcopy(element))


def _swapped(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def _valued(root: etree._Element, rng: random.Random) -> None:
    rng.choice([e for e in _inner(root) if not len(e)]).text = rng.choice(_VALUES)


def _texted(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    element.text = (element.text or "") + rng.choice(_VALUES)


def _trailed(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    element.tail = (element.tail or "") + rng.choice(_VALUES + [""] * 20)


def _renamed(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_inner(root)).tag = rng.choice(_inner(root)).tag


def _moved_away(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    element.tag = "{urn:x}" + etree.QName(element).localname


def _attributed(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_inner(root)).set(rng.choice(_ATTRIBUTES), rng.choice(_CONTENTS))


def _stripped(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice([e for e in _inner(root) if e.attrib] or [root])
    for name in list(element.attrib)[:1]:
        del element.attrib[name]


def _commented(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_inner(root)).insert(0, etree.Comment("here"))


def _inserted(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root))
    other = copy.deepcopy(rng.choice(_inner(root)))
    if sum(1 for _ in other.iter()) < 30:
        element.insert(rng.randrange(len(element) + 1), other)


_MUTATIONS: tuple[_Mutation, ...] = (
    _deleted, _deleted, _deleted, _doubled, _doubled, _swapped, _valued, _valued, _valued, _texted,
    _trailed, _renamed, _moved_away, _attributed, _stripped, _stripped, _commented, _commented,
    _inserted,
)  # fmt: skip


def structural_mutants(
    documents: Mapping[str, bytes], count: int, seed: int
) -> Iterator[tuple[str, bytes]]:
    """Yield changed documents, one or two changes each; about half stay valid.

    Args:
        documents: Valid documents by name.
        count: How many to make.
        seed: The same seed makes the same documents.
    """
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    names = sorted(documents)
    for number in range(count):
        name = rng.choice(names)
        root = etree.fromstring(documents[name])
        for _ in range(rng.choice([1, 1, 1, 2])):
            rng.choice(_MUTATIONS)(root, rng)
        yield f"{number}:{name}", etree.tostring(root)
