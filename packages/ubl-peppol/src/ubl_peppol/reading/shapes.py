"""What was read before: parts of documents by their shape.

Two parts of documents have the same *shape* when they have the same elements in the same order, the
same attributes with the same values, and the same codes, percentages and indicators. The path table
says the same of both, because its conditions ask for nothing else. So it is asked once, and what it
said is kept as a plan: which element opens which groups and holds which terms. The plan only fills
in the elements and texts of the next document.

A part is planned when its shape comes for the second time, so that shapes that come once cost no
more than a look. Anything unusual (a comment, an empty element, what a condition cannot decide) is
never planned: it is walked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import attrgetter, itemgetter, methodcaller
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from ubl_peppol.reading.group import GroupReading
from ubl_peppol.reading.kinds import Columns, Kind
from ubl_peppol.reading.values import AttachedFile, Value, string_of
from ubl_peppol.syntax import CAC, CBC

if TYPE_CHECKING:
    from ubl_peppol.reading.document import Reading

__all__ = ["Context", "Part", "Shape", "Shapes", "context_of", "part_of", "parts_of", "replay"]

_ID = f"{{{CBC}}}ID"
_CODED = frozenset(
    f"{{{CAC}}}{name}" for name in ("TaxCategory", "ClassifiedTaxCategory", "TaxScheme")
)
"""Groups whose identifier is a code."""
_ASKED = frozenset(
    f"{{{CBC}}}{name}" for name in ("ChargeIndicator", "Percent", "CustomizationID", "ProfileID")
)
_NOT_ASKED = f"{{{CBC}}}ItemClassificationCode"
"""A code that hardly two articles share."""
_OF_DOCUMENT = tuple(
    f"{{{CBC}}}{name}" for name in ("UBLVersionID", "DocumentCurrencyCode", "TaxCurrencyCode")
)
"""Children of the root whose text a condition asks for, wherever it stands itself."""
_LARGEST = 100_000
_MOST = 8_000_000
"""Bytes that the names and attributes of one part may take, and those of all that is kept."""
_OBJECT = 50
"""Bytes of an object, whatever its text."""

_TOGETHER = 10
"""Lines that are taken apart together; more would only take memory."""
_name = attrgetter("tag")
_below, _items = methodcaller("iter", "*"), methodcaller("items")

Context = tuple[tuple[str, str], ...]


class Part(NamedTuple):
    """Children of a root with everything that stands in them, in document order."""

    elements: list[etree._Element]
    names: tuple[str, ...]
    counts: tuple[int, ...]
    attributes: tuple[tuple[tuple[str, str], ...], ...]
    texts: list[str]


def part_of(children: Iterable[etree._Element]) -> Part:
    """Take children of a root apart; what is no element is only counted."""
    elements = list(chain.from_iterable(map(_below, children)))
    return Part(
        elements,
        tuple(map(_name, elements)),
        tuple(map(len, elements)),
        tuple(map(tuple, map(_items, elements))),
        [element.text or "" for element in elements],
    )


def parts_of(lines: Iterable[etree._Element]) -> Iterator[Part]:
    """Take lines with the same name apart, each on its own."""
    rest = iter(lines)
    while together := list(islice(rest, _TOGETHER)):
        whole = part_of(together)
        names, name = whole.names, whole.names[0]
        if names.count(name) != len(together):
            # A line stands in another: where they begin cannot be told by their name.
            yield from (part_of((line,)) for line in together)
            continue
        start = 0
        while start < len(names):
            try:
                end = names.index(name, start + 1)
            except ValueError:
                end = len(names)
            yield Part(*[column[start:end] for column in whole])  # type: ignore[arg-type]  # columns of one kind each
            start = end


def context_of(root: etree._Element) -> Context:
    """Return what conditions ask of the document around a part."""
    asked = [(str(child.tag), string_of(child)) for child in root.iterchildren(*_OF_DOCUMENT)]
    return ((str(root.tag), ""), *asked)


_Picking = Callable[[Sequence[Any]], Iterable[Any]]
_Named = tuple[tuple[str, ...], _Picking]
"""Names, and what picks the one that each of them means."""


class _Planned(NamedTuple):
    """A group of a plan: the place of its element, and which value is which term."""

    place: int
    terms: _Named
    repeated: tuple[tuple[str, tuple[int, ...]], ...]
    groups: tuple[tuple[str, tuple[int, ...]], ...]


class _Plan(NamedTuple):
    """What the path table says of a part; values are numbered in the order of its fields."""

    leaves: tuple[int, ...]
    others: tuple[int, ...]
    files: tuple[int, ...]
    attributes: tuple[tuple[int, str, str], ...]
    groups: tuple[_Planned, ...]
    registry: tuple[tuple[str, tuple[int, ...]], ...]
    of_document: _Planned
    repeated: frozenset[str]
    amounts: _Picking
    binary_objects: _Picking
    outside: tuple[tuple[str, int, str, str], ...]
    token: object
    """Stands for the shape where a plan would be compared."""


class Shape:
    """Parts with the same elements in the same order."""

    __slots__ = ("asked", "columns", "leaves", "plans")

    def __init__(self, part: Part, children: int) -> None:
        names, counts = part.names, part.counts
        # Else a comment or the like stands in it.
        ordinary = sum(counts) == len(counts) - children
        self.plans: dict[object, _Plan | bool] | None = {} if ordinary else None
        """Plans; for what came once, whether it can be planned."""
        self.leaves = tuple([place for place, count in enumerate(counts) if not count])
        parents = _parents(counts)
        self.asked = tuple(
            [place for place, name in enumerate(names) if _is_asked(name, names[parents[place]])]
        )
        if any(counts[place] for place in self.asked):
            self.plans = None  # the texts in it would be asked for as well
        plain = ordinary and children == 1 and Columns.fit(names)
        self.columns = Columns(names, parents, self.leaves) if plain else None
        """For a line in which all is as the norm has it."""


def _is_asked(name: str, parent: str) -> bool:
    """Whether the text of an element is part of the shape: conditions and rules ask for it."""
    if name == _ID:
        return parent in _CODED
    return name in _ASKED or (name.endswith("Code") and name != _NOT_ASKED)


def _parents(counts: Sequence[int]) -> list[int]:
    """Return the place of the parent of each element of a part, by how many each holds."""
    parents: list[int] = []
    open_: list[list[int]] = []
    for place, count in enumerate(counts):
        while open_ and not open_[-1][1]:
            open_.pop()
        parents.append(open_[-1][0] if open_ else -1)
        if open_:
            open_[-1][1] -= 1
        open_.append([place, count])
    return parents


class Shapes:
    """The shapes that a path table has met, with its plans for them."""

    def __init__(self) -> None:
        self._shapes: dict[object, Shape] = {}
        self._taken = 0

    def forget(self) -> None:
        """Forget every shape."""
        self._shapes.clear()
        self._taken = 0

    def of(self, part: Part, children: int) -> Shape:
        """Return the shape of a part that so many children of the root are."""
        structure = (part.names, part.counts)
        shape = self._shapes.get(structure)
        if shape is None:
            shape = Shape(part, children)
            if self._is_new(_size(part.names)):
                self._shapes[structure] = shape
        return shape

    def plan(
        self,
        reading: "Reading",
        part: Part,
        shape: Shape,
        children: Sequence[etree._Element],
        context: Context,
    ) -> _Plan | None:
        """Return the plan of a part, if it can have one and its like was there before."""
        plans, texts = shape.plans, part.texts
        if plans is None:
            return None
        for place in shape.leaves:
            text = texts[place]
            if not text or text.isspace():
                return None
        asked = tuple([texts[place] for place in shape.asked])
        key = (context, part.attributes, asked)
        plan = plans.get(key)
        if plan is None:
            if self._is_new(_size(key)):
                plans[key] = True
        elif plan is True:
            plan = plans[key] = _planned(reading, part, children) or False
        return plan if isinstance(plan, _Plan) else None

    def _is_new(self, size: int) -> bool:
        """Make room for what came for the first time, unless it is too large to be kept."""
        if size > _LARGEST:
            return False
        self._taken += size
        if self._taken > _MOST:
            self._shapes.clear()
            self._taken = size
        return True


def _size(part: object) -> int:
    """Estimate the bytes of texts, however they are nested."""
    if isinstance(part, tuple):
        return _OBJECT + sum(map(_size, part))
    return _OBJECT + len(part) if isinstance(part, str) else 0


def _picking(places: Iterable[int]) -> _Picking:
    """Return a function that picks what stands at the places."""
    wanted = tuple(places)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda sequence: [sequence[place] for place in wanted]


def _planned(reading: "Reading", part: Part, children: Sequence[etree._Element]) -> _Plan | None:
    """Walk a part on its own and keep what came of it; nothing where it is not plain."""
    walked = reading.apart(children)
    if walked.unreadable or walked.empty:
        return None
    places = {element: place for place, element in enumerate(part.elements)}
    document = walked.document
    found: dict[int, GroupReading] = {}
    for known in walked._groups.values():
        found.update((places[group.element], group) for group in known if group is not document)
    ordered = sorted(found.items())
    numbers = {id(group): number for number, (_, group) in enumerate(ordered)}
    held: dict[tuple[int, str], str] = {}
    for group in (document, *found.values()):
        for values in group._values.values():
            for each in values:
                text = each.text if each.attribute else ""
                held[places[each.element], each.attribute] = text
    own = [place for place, attribute in held if not attribute]
    files = [place for place in own if part.names[place].endswith("BinaryObject")]
    leaves = [place for place in own if not part.counts[place] and place not in files]
    others = [place for place in own if part.counts[place] and place not in files]
    attributes = [(place, name, text) for (place, name), text in held.items() if name]
    slots: dict[tuple[int, str], int] = {}
    for place, name in [
        *((place, "") for place in (*leaves, *others, *files)),
        *((place, name) for place, name, _ in attributes),
    ]:
        slots[place, name] = len(slots)

    def numbered(known: dict[str, list[GroupReading]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
        return tuple(
            (name, tuple(numbers[id(group)] for group in groups))
            for name, groups in known.items()
            if groups[0] is not document
        )

    def described(place: int, group: GroupReading) -> _Planned:
        terms = {
            term: tuple(slots[places[each.element], each.attribute] for each in values)
            for term, values in group._values.items()
        }
        single = {term: many[0] for term, many in terms.items() if len(many) == 1}
        return _Planned(
            place,
            (tuple(single), _picking(single.values())),
            tuple((term, many) for term, many in terms.items() if len(many) > 1),
            numbered(group._groups),
        )

    return _Plan(
        tuple(leaves),
        tuple(others),
        tuple(files),
        tuple(attributes),
        tuple(described(place, group) for place, group in ordered),
        numbered(walked._groups),
        described(-1, document),
        frozenset(walked.repeated),
        _picking(places[element] for element in walked.amounts),
        _picking(places[element] for element in walked.binary_objects),
        tuple(
            (rule, places[value.element], value.attribute, value.text)
            for rule, value in walked.outside.items()
        ),
        object(),
    )


def replay(reading: "Reading", plan: _Plan, part: Part, kind: Kind | None) -> None:
    """Read a part by its plan: what the walk would have done."""
    elements, texts = part.elements, part.texts
    values = [Value(texts[place], elements[place]) for place in plan.leaves]
    values += [Value(string_of(elements[place]), elements[place]) for place in plan.others]
    values += [AttachedFile(elements[place]) for place in plan.files]
    values += [Value(text, elements[place], name) for place, name, text in plan.attributes]
    alone = [[value] for value in values]
    groups = []
    for place, (names, picking), repeated, _ in plan.groups:
        # Nothing is added to these lists: the group ends with the part.
        group = GroupReading(elements[place], kind, dict(zip(names, picking(alone), strict=True)))
        for term, numbers in repeated:
            group._values[term] = [values[number] for number in numbers]
        groups.append(group)
    for group, planned in zip(groups, plan.groups, strict=True):
        if planned.groups:
            group._groups = {
                name: [groups[number] for number in numbers] for name, numbers in planned.groups
            }
    document, of_document = reading.document, plan.of_document
    reading.repeated |= plan.repeated
    known = document._values
    names, picking = of_document.terms
    for term, lone in zip(names, picking(alone), strict=True):
        if term in known:
            known[term] += lone
            reading.repeated.add(term)
        else:
            known[term] = lone.copy()
    for term, numbers in of_document.repeated:
        known.setdefault(term, []).extend([values[number] for number in numbers])
    for registry, added in (
        (document._groups, of_document.groups),
        (reading._groups, plan.registry),
    ):
        for name, numbers in added:
            found = [groups[number] for number in numbers]
            if name in registry:
                registry[name] += found
            else:
                registry[name] = found
    reading.amounts.extend(plan.amounts(elements))
    reading.binary_objects.extend(plan.binary_objects(elements))
    for rule, place, name, text in plan.outside:
        if rule not in reading.outside:
            reading.outside[rule] = Value(text, elements[place], name)
