"""Documents made from the official examples by changing them, at test time; none is kept."""

import copy
import random
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from ubl_peppol.reading.table import outside_rows
from ubl_peppol.syntax import EXT

__all__ = ["random_mutants"]

_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"

_SPACES = {"cac": _CAC, "cbc": _CBC, "ext": f"{{{EXT}}}"}
_Mutation = Callable[[etree._Element, random.Random], None]

_CATEGORIES = (f"{_CAC}TaxCategory", f"{_CAC}ClassifiedTaxCategory")
_CODES = ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "30", "58", "49", "380", "384", "EUR",
          "ES", "NL", "VAT", "TAX", "XX", "130", "true", "false", "0", "1"]  # fmt: skip
_SCHEMES = ["0088", "0192", "0184", "0208", "0007", "0151", "0096", "0198", "0201", "0210", "9907",
            "0211", "0106", "0190", "9944", "0217", "9920", "SEPA", "EM"]  # fmt: skip


def _leaves(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iter(etree.Element) if element.find("*") is None]


def _amounts(root: etree._Element) -> list[etree._Element]:
    found = []
    for element in _leaves(root):
        try:
            Decimal((element.text or "").strip())
        except InvalidOperation:
            continue
        found.append(element)
    return found


def _by_a_cent(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_amounts(root))
    change = rng.choice([Decimal("0.01"), Decimal("-0.01"), Decimal("1"), Decimal("0.005")])
    element.text = str(Decimal((element.text or "0").strip()) + change)


def _rewritten(root: etree._Element, rng: random.Random) -> None:
    element = rng.choice(_amounts(root))
    text = (element.text or "").strip()
    element.text = rng.choice(
        [
            f" {text} ",
            f"+{text}",
            f"-{text}",
            "-0",
            "0",
            f"{text}0000",
            f"{text}.",
            "1e3",
            "NaN",
            f"{text}.00000000000000000001",
            "0.005",
            "-0.00",
        ]
    )


def _deleted(root: etree._Element, rng: random.Random) -> None:
    elements = [element for element in root.iter(etree.Element) if element is not root]
    element = rng.choice(elements)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _doubled(root: etree._Element, rng: random.Random) -> None:
    elements = [element for element in root.iter(etree.Element) if element is not root]
    element = rng.choice(elements)
    element.addnext(copy.deepcopy(element))


def _blanked(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_leaves(root)).text = rng.choice(["", "  ", "\n"])


def _recoded(root: etree._Element, rng: random.Random) -> None:
    names = ("Code", "ID", "Indicator", "Percent")
    element = rng.choice([leaf for leaf in _leaves(root) if str(leaf.tag).endswith(names)])
    element.text = rng.choice(_CODES)


def _category(root: etree._Element, rng: random.Random) -> None:
    places = [
        leaf
        for leaf in root.iter(f"{_CBC}ID")
        if (parent := leaf.getparent()) is not None and parent.tag in _CATEGORIES
    ]
    rng.choice(places).text = rng.choice(_CODES[:10])


def _attribute(root: etree._Element, rng: random.Random) -> None:
    elements = [element for element in root.iter(etree.Element) if element.attrib]
    element = rng.choice(elements)
    name = rng.choice(list(element.attrib))
    if rng.randrange(10) < 3:
        del element.attrib[name]
    else:
        element.set(name, rng.choice([*_SCHEMES, "EUR", "USD", "C62", ""]))


def _dated(root: etree._Element, rng: random.Random) -> None:
    places = [leaf for leaf in _leaves(root) if str(leaf.tag).endswith("Date")]
    texts = ["2017-13-01", "1999-01-01", "2099-12-31", "2017-01-01Z", "01/02/2017"]
    rng.choice(places).text = rng.choice(texts)


def _swapped(root: etree._Element, rng: random.Random) -> None:
    first, second = rng.sample(_leaves(root), 2)
    first.text, second.text = second.text, first.text


def _outside(root: etree._Element, rng: random.Random) -> None:
    """Add something that the norm does not use, or an attribute."""
    row = rng.choice(outside_rows())
    line = "CreditNoteLine" if str(root.tag).endswith("CreditNote") else "InvoiceLine"
    steps = row.path.removeprefix("//").split("/")
    element = root
    for step in steps:
        name = step.partition("[")[0]
        if name.startswith("@"):
            element.set(name[1:], rng.choice(_CODES))
            return
        prefix, _, local = name.partition(":")
        tag = f"{_SPACES[prefix]}{local}" if local else f"{_CAC}{line}"
        if name == "*":
            element = rng.choice(_leaves(root))
            continue
        found = list(element.iterchildren(tag))
        last = step is steps[-1]
        element = rng.choice(found) if found and not last else etree.SubElement(element, tag)
    element.text = rng.choice(_CODES)


_MUTATIONS: tuple[_Mutation, ...] = (
    _by_a_cent,
    _by_a_cent,
    _rewritten,
    _deleted,
    _deleted,
    _doubled,
    _blanked,
    _recoded,
    _category,
    _category,
    _attribute,
    _dated,
    _swapped,
    _outside,
)


def random_mutants(
    examples: dict[str, bytes], count: int, seed: int
) -> Iterator[tuple[str, etree._Element]]:
    """Yield changed examples, one to three changes each."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    names = sorted(examples)
    for number in range(count):
        name = rng.choice(names)
        root = etree.fromstring(examples[name])
        for _ in range(rng.choice([1, 1, 2, 3])):
            rng.choice(_MUTATIONS)(root, rng)
        yield f"{number}:{name}", root
