"""Parts of documents that stand alone, whole and damaged."""

import copy
import random
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from ubl_peppol.syntax import CAC

__all__ = ["fragments"]

_TEXTS = ("", " ", "XX", "1.234", "-5")
_CODES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B")


def fragments(
    documents: Iterable[bytes], seed: int, names: Sequence[str] = (f"{{{CAC}}}*",)
) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each element inside documents, and of three changes of it.

    Args:
        documents: Whole ones.
        seed: Of the changes.
        names: Which elements: by default the aggregates of UBL.

    Of those with the same name and children only the first is taken. One change takes an element
    away, one replaces a text, and one replaces the VAT category.
    """
    rng = random.Random(seed)  # noqa: S311 - a test wants the same ones again
    seen: set[tuple[str, ...]] = set()
    for data in documents:
        for element in etree.fromstring(data).iterdescendants(*names):
            shape = (str(element.tag), *(str(child.tag) for child in element))
            if shape in seen:
                continue
            seen.add(shape)
            name = f"{etree.QName(element).localname} {len(seen)}"
            for change in (_as_it_is, _without_one, _with_another_text, _of_another_category):
                changed = copy.deepcopy(element)
                change(changed, rng)
                text = etree.tostring(changed, encoding="unicode", with_tail=False)
                yield f"{name} {change.__name__}", text


def _as_it_is(root: etree._Element, rng: random.Random) -> None:
    pass


def _without_one(root: etree._Element, rng: random.Random) -> None:
    inside = list(root.iterdescendants("*"))
    if inside:
        chosen = rng.choice(inside)
        parent = chosen.getparent()
        if parent is not None:
            parent.remove(chosen)


def _with_another_text(root: etree._Element, rng: random.Random) -> None:
    leaves = [element for element in root.iterdescendants("*") if not len(element)]
    rng.choice(leaves or [root]).text = rng.choice(_TEXTS)


def _of_another_category(root: etree._Element, rng: random.Random) -> None:
    for category in root.iter(f"{{{CAC}}}ClassifiedTaxCategory", f"{{{CAC}}}TaxCategory"):
        code = category.find("{*}ID")
        if code is not None:
            code.text = rng.choice(_CODES)
