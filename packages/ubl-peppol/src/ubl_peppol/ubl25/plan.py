"""Records tied to the paths of UBL, and the plan by which they are written and read.

A field says where its value stands, below the element of its record::

    class Price(Group):
        net: Annotated[UnitPrice, Term("BT-146"), At("cbc:PriceAmount")]

The order of the elements is that of the grammar of UBL 2.5, so that a record need not know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Union, get_args, get_origin

from einvoice_core.errors import BadParameterError
from einvoice_core.lexical import Codec, codec_for
from einvoice_core.records import Record
from ubl_peppol.structure import Grammar
from ubl_peppol.structure.grammar import Leaf, Node

__all__ = ["At", "Branch", "Slot", "plan_of", "tag_of"]


@dataclass(frozen=True, slots=True)
class At:
    """Where a field stands in UBL 2.5, seen from the element of its record.

    Args:
        path: Names with the prefixes ``cac`` and ``cbc``; ``@name`` at the end is an attribute. A
            field that repeats, repeats the first step.
    """

    path: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a record, as the plan needs it."""

    name: str
    many: bool
    record: type[Record] | None
    codec: Codec[Any] | None


@dataclass
class Branch:
    """An element of the plan."""

    shown: str
    tag: str
    place: int
    kind: Node | Leaf
    text: Slot | None = None
    attributes: list[tuple[str, Slot]] = field(default_factory=list)
    group: "tuple[Slot, Mapping[str, Branch]] | None" = None
    repeat: Slot | None = None
    children: "dict[str, Branch]" = field(default_factory=dict)

    @cached_property
    def wants_currency(self) -> bool:
        """Whether the element has a currency that no field holds."""
        return (
            isinstance(self.kind, Leaf)
            and "currencyID" in self.kind.required
            and all(name != "currencyID" for name, _ in self.attributes)
        )

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the fields that stand in the element or below it."""
        slots = [slot for _, slot in self.attributes]
        slots += [slot for slot in (self.text, self.repeat) if slot is not None]
        if self.group is not None:
            slots.append(self.group[0])
        return frozenset(slot.name for slot in slots).union(
            *(child.fields for child in self.children.values())
        )


@cache
def plan_of(record: type[Record], grammar: Grammar, node_name: str) -> Mapping[str, Branch]:
    """Return the plan of a record below an element, its branches in the order of the grammar.

    Args:
        record: The record; every field of it has an :class:`At`.
        grammar: The grammar.
        node_name: Tag of the element.
    """
    root = grammar.roots.get(node_name) or grammar.known[node_name]
    return _plan(record, grammar, root)


def _plan(record: type[Record], grammar: Grammar, root: Node | Leaf) -> Mapping[str, Branch]:
    branches: dict[str, Branch] = {}
    for name, info in record.model_fields.items():
        place = next((entry for entry in info.metadata if isinstance(entry, At)), None)
        if place is None:
            raise BadParameterError(f"{record.__name__}.{name} has no place in UBL")
        _place(branches, grammar, root, place.path, _slot(name, info.annotation))
    return _sorted(branches)


def _place(
    branches: dict[str, Branch], grammar: Grammar, node: Node | Leaf, path: str, slot: Slot
) -> None:
    steps = path.split("/")
    attribute = steps.pop()[1:] if steps[-1].startswith("@") else ""
    branch: Branch | None = None
    for number, step in enumerate(steps):
        tag = tag_of(step)
        if not isinstance(node, Node) or tag not in node.children:
            raise BadParameterError(f"UBL 2.5 has no {step} in {node.name}")
        particle = node.children[tag]
        branch = branches.setdefault(tag, Branch(step, tag, particle.place, particle.kind))
        if number == 0 and slot.many and slot.record is None:
            branch.repeat = slot
        branches, node = branch.children, particle.kind
    if branch is None:
        raise BadParameterError(f"the place {path!r} names no element")
    if attribute:
        branch.attributes.append((attribute, slot))
    elif slot.record is not None:
        branch.group = (slot, _plan(slot.record, grammar, node))
    else:
        branch.text = slot


def _sorted(branches: dict[str, Branch]) -> dict[str, Branch]:
    for branch in branches.values():
        branch.children = _sorted(branch.children)
    return dict(sorted(branches.items(), key=lambda pair: pair[1].place))


def _slot(name: str, annotation: Any) -> Slot:  # noqa: ANN401 - the annotation of any field
    many = False
    inner = _present(annotation)
    if get_origin(inner) is tuple:
        many, inner = True, _present(get_args(inner)[0])
    while hasattr(inner, "__metadata__"):
        inner = get_args(inner)[0]
    if isinstance(inner, type) and issubclass(inner, Record):
        return Slot(name, many, inner, None)
    return Slot(name, many, None, codec_for(inner))


def _present(annotation: Any) -> Any:  # noqa: ANN401 - as above
    if get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def tag_of(shown: str) -> str:
    """Return the tag of a name with the prefix ``cac`` or ``cbc``."""
    prefix, _, local = shown.partition(":")
    return f"{{{_CAC if prefix == 'cac' else _CBC}}}{local}"
