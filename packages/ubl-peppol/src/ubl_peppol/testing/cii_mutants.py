"""CII documents made from others by changing them, at test time; none is kept."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from lxml import etree

from ubl_peppol.syntax_cii import RAM, UDT

__all__ = ["cii_mutants"]

_Mutation = Callable[[etree._Element, random.Random], None]

_CODES = ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "30", "58", "49", "380", "381", "EUR",
          "ES", "IT", "NL", "VAT", "vat", "XX", "130", "50", "916", "true", "false", "0", "1",
          "5", "29", "95", "FC"]  # fmt: skip
_ATTRIBUTES = ["schemeID", "schemeName", "schemeURI", "listID", "unitCode", "currencyID", "format",
               "mimeCode", "name", "listURI", "schemeAgencyID"]  # fmt: skip
_CONTENTS = ["0088", "VA", "FC", "EUR", "USD", "C62", "102", "203", "", "XX", "text/csv"]
_DAYS = ["20171301", "19990101", "20991231", "2017-01-01", "20170132", " 20170101 "]


def _inner(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iter(etree.Element) if element is not root]


def _leaves(root: etree._Element) -> list[etree._Element]:
    return [element for element in _inner(root) if element.find("*") is None]


def _amounts(root: etree._Element) -> list[etree._Element]:
    found = []
    for element in _leaves(root):
        try:
            Decimal((element.text or "").strip())
        except InvalidOperation:
            continue
        found.append(element)
    return found or [root]


def _by_a_cent(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_amounts(root))
    change = rng.choice(["0.01", "-0.01", "1", "-1", "0.005", "0.99", "1.01"])
    try:
        element.text = str(Decimal((element.text or "0").strip()) + Decimal(change))
    except InvalidOperation:
        return


def _rewritten(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_amounts(root))
    text = (element.text or "").strip()
    element.text = rng.choice(
        [f" {text} ", f"+{text}", f"-{text}", "-0", "0", f"{text}0000", f"{text}.", "1e3", "NaN",
         f"{text}.001" if "." not in text else f"{text}1"]
    )  # fmt: skip


def _deleted(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_inner(root) or [root])
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _doubled(root: etree._Element, rng: random.Random) -> None:
    if _inner(root):
        element = rng.choice(_inner(root))
        element.addnext(copy.deepcopy(element))


def _blanked(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_leaves(root) or [root]).text = rng.choice(["", "  ", "\n"])


def _recoded(root: etree._Element, rng: random.Random) -> None:
    names = ("Code", "ID", "Indicator", "Percent")
    places = [leaf for leaf in _leaves(root) if str(leaf.tag).endswith(names)]
    if places:
        rng.choice(places).text = rng.choice(_CODES)


def _category(root: etree._Element, rng: random.Random) -> None:
    places = list(root.iter(f"{{{RAM}}}CategoryCode"))
    code = rng.choice(_CODES[:10])
    if not places:
        return
    changed = places if rng.randrange(3) == 0 else [rng.choice(places)]
    for place in changed:
        place.text = code
        if rng.randrange(2) and (parent := place.getparent()) is not None:
            for rate in parent.iterchildren(f"{{{RAM}}}RateApplicablePercent"):
                rate.text = rng.choice(["0", "0.00", "21", rate.text or "", "-1"])


def _attributed(root: etree._Element, rng: random.Random) -> None:
    elements = [element for element in _inner(root) if element.attrib]
    if elements and rng.randrange(2):
        element = rng.choice(elements)
        name = str(rng.choice(list(element.attrib)))
        if rng.randrange(10) < 3:
            del element.attrib[name]
        else:
            element.set(name, rng.choice(_CONTENTS))
    elif _inner(root):
        rng.choice(_inner(root)).set(rng.choice(_ATTRIBUTES), rng.choice(_CONTENTS))


def _dated(root: etree._Element, rng: random.Random) -> None:
    places = list(root.iter(f"{{{UDT}}}DateTimeString"))
    if places:
        rng.choice(places).text = rng.choice(_DAYS)


def _swapped(root: etree._Element, rng: random.Random) -> None:
    leaves = _leaves(root)
    if len(leaves) > 1:
        first, second = rng.sample(leaves, 2)
        first.text, second.text = second.text, first.text


def _renamed(root: etree._Element, rng: random.Random) -> None:
    elements = _inner(root)
    if elements:
        rng.choice(elements).tag = rng.choice(elements).tag


def _planted(root: etree._Element, rng: random.Random) -> None:
    elements = _inner(root)
    if elements:
        other = copy.deepcopy(rng.choice(elements))
        if sum(1 for _ in other.iter()) < 20:
            rng.choice(elements).append(other)


_MUTATIONS: tuple[_Mutation, ...] = (
    _by_a_cent, _by_a_cent, _rewritten, _deleted, _deleted, _doubled, _blanked, _recoded, _recoded,
    _category, _category, _attributed, _attributed, _dated, _swapped, _renamed, _planted,
)  # fmt: skip


def cii_mutants(
    documents: Mapping[str, bytes], count: int, seed: int
) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield name, parent and root of changed documents, one to three changes each."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    names = sorted(documents)
    for number in range(count):
        name = rng.choice(names)
        root = etree.fromstring(documents[name])
        for _ in range(rng.choice([1, 1, 2, 3])):
            rng.choice(_MUTATIONS)(root, rng)
        yield f"{number}:{name}", name, root
