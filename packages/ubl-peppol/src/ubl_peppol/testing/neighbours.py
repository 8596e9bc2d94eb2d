"""The neighbours of a document: what one change makes of it.

A rule is understood at its edge. The neighbours of a document differ from it in one place; those on
which a rule fires and those on which it is silent at the same place are the two sides of the edge.
"""

import copy
import random
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

__all__ = ["Neighbour", "neighbours", "sides", "wanderers"]

_ANYWHERE = ("", " ", "\n", "0", "-0", "1e3", "NaN", "1.005", "x", "2026-02-30", "true", "VAT")


class _EveryName:
    def __contains__(self, name: object) -> bool:
        return True


_EVERY_NAME = _EveryName()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A document with one change."""

    place: str
    """What was changed: document, element, attribute."""
    change: str
    xml: str

    @property
    def name(self) -> str:
        """A name that no other neighbour has."""
        return f"{self.place} {self.change}"


def _text_of(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode", with_tail=False)


def neighbours(
    origin: str,
    root: etree._Element,
    values: Mapping[str, Sequence[str]],
    children: Sequence[str] = (),
    attributes: Sequence[str] = (),
    *,
    most: int = 2,
    only: Container[str] = _EVERY_NAME,
) -> Iterator[Neighbour]:
    """Yield the document itself, then every document that one change makes of it.

    An element is left out, repeated, emptied, gets a child or an attribute that it may not
    have; a text and an attribute take each value that is listed for their names.

    Args:
        origin: Name of the document.
        root: The document.
        values: Local name, ``Parent/Name`` or ``@attribute`` → texts to try.
        children: Names of elements to put into each element that has children.
        attributes: Names of attributes to give to each element.
        most: How many times an element may stand in a row.
        only: Local names of the elements that change.
    """
    yield Neighbour(origin, "itself", _text_of(root))
    tree = root.getroottree()
    for element in root.iter(etree.Element):
        if etree.QName(element).localname not in only:
            continue
        path = tree.getelementpath(element)
        place = f"{origin}:{tree.getpath(element)}"
        parent = element.getparent()
        if parent is not None:
            yield Neighbour(place, "left out", _without(root, path))
            for times in range(2, most + 1):
                yield Neighbour(place, f"{times} times", _repeated(root, path, times - 1))
            for name in children[:2]:
                yield Neighbour(place, f"becomes {name}", _renamed(root, path, name))
        for name in attributes:
            yield Neighbour(place, f"has {name}", _attributed(root, path, name, "x"))
        if len(element):
            for name in children:
                yield Neighbour(place, f"holds {name}", _holding(root, path, name))
        else:
            local = etree.QName(element).localname
            above = etree.QName(parent).localname if parent is not None else ""
            texts = dict.fromkeys([*values.get(local, ()), *values.get(f"{above}/{local}", ())])
            for text in ("", " ", "y", *texts):
                yield Neighbour(place, f"says {text!r}", _saying(root, path, text))
        for attribute in map(str, element.attrib):
            at = f"{place}/@{attribute}"
            yield Neighbour(at, "left out", _attributed(root, path, attribute, None))
            for text in values.get(f"@{attribute}", ()):
                xml = _attributed(root, path, attribute, text)
                yield Neighbour(at, f"says {text!r}", xml)


def _copied(root: etree._Element, path: str) -> tuple[etree._Element, etree._Element]:
    copied = copy.deepcopy(root)
    found = copied.getroottree().find(path)
    return copied, copied if found is None else found


def _without(root: etree._Element, path: str) -> str:
    copied, element = _copied(root, path)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    return _text_of(copied)


def _repeated(root: etree._Element, path: str, times: int) -> str:
    copied, element = _copied(root, path)
    for _ in range(times):
        element.addnext(copy.deepcopy(element))
    return _text_of(copied)


def _renamed(root: etree._Element, path: str, name: str) -> str:
    copied, element = _copied(root, path)
    element.tag = name
    return _text_of(copied)


def _holding(root: etree._Element, path: str, name: str) -> str:
    copied, element = _copied(root, path)
    etree.SubElement(element, name).text = "x"
    return _text_of(copied)


def _saying(root: etree._Element, path: str, text: str) -> str:
    copied, element = _copied(root, path)
    element.text = text
    return _text_of(copied)


def _attributed(root: etree._Element, path: str, name: str, text: str | None) -> str:
    copied, element = _copied(root, path)
    if text is None:
        del element.attrib[name]
    else:
        element.set(name, text)
    return _text_of(copied)


def sides(
    made: Mapping[str, Neighbour], fired: Mapping[str, frozenset[str]]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Sort documents by rule: those on which it fires, and its near misses beside them.

    Args:
        made: Documents by name.
        fired: Name of each that was judged, and the ids that fire on it.
    """
    firing: dict[str, set[str]] = defaultdict(set)
    silent: dict[str, set[str]] = defaultdict(set)
    at_place = defaultdict(set)
    for name in fired:
        at_place[made[name].place].add(name)
    for name, ids in fired.items():
        for rule in ids:
            firing[rule].add(name)
            place = made[name].place
            near = at_place[place] | at_place[place.partition(":")[0]]
            silent[rule] |= {other for other in near if rule not in fired[other]}
    return firing, silent


def wanderers(
    documents: Mapping[str, str], count: int, seed: int, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield documents that are one to five random changes away from one of these, with a name."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    pool = sorted({text for texts in values.values() for text in texts} | set(_ANYWHERE))
    names = sorted(documents)
    for number in range(count):
        name = rng.choice(names)
        root = etree.fromstring(documents[name].encode())
        for _ in range(rng.choice([1, 2, 3, 5])):
            _wander(root, rng, values, pool)
        yield f"{number}:{name}", _text_of(root)


def _wander(
    root: etree._Element, rng: random.Random, values: Mapping[str, Sequence[str]], pool: list[str]
) -> None:
    elements = list(root.iter(etree.Element))[1:]
    if not any(not len(element) for element in elements):
        return
    element = rng.choice(elements)
    leaves = [leaf for leaf in elements if not len(leaf)]
    parent = element.getparent()
    step = rng.randrange(10)
    if step == 0 and parent is not None:
        parent.remove(element)
    elif step == 1:
        element.addnext(copy.deepcopy(element))
    elif step == 2:
        # Moves a part of the document to where it does not belong.
        other = rng.choice(elements)
        if other is not element and element not in other.iterancestors():
            element.append(copy.deepcopy(other))
    elif step <= 4 and element.attrib:
        name = str(rng.choice(list(element.attrib)))
        element.set(name, rng.choice([*values.get(f"@{name}", ()), *pool[:3]]))
    elif step == 5:
        rng.choice(leaves).text = rng.choice(leaves).text
    else:
        leaf = rng.choice(leaves)
        known = values.get(etree.QName(leaf).localname, ())
        leaf.text = rng.choice([*known] * 3 + [rng.choice(pool)])
