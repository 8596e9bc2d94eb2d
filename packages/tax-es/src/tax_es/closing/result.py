"""A closed form: boxes, the entries behind each, the trace, and a hash of it all."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from tax_es import parameters
from tax_es.calendar import Period
from tax_es.errors import FormError, UnknownKindError
from tax_es.graph import Graph
from tax_es.trace import Step, Trace, frozen, plain

__all__ = ["Close", "Sums", "as_record", "finish", "held"]


@dataclass(frozen=True, slots=True)
class Close:
    """A form for a period.

    Attributes:
        model: Number of the form.
        period: The period.
        boxes: Every box by its number, in euros; percentages and counts where the form has them.
        trace: A step for each box, in the order of the computation.
        records: Records of the yearly forms and of form 349, field by field.
        design: Version of the record design.
    """

    model: str
    period: Period
    boxes: Mapping[str, Decimal]
    trace: Trace = field(repr=False, default=())
    records: tuple[Mapping[str, str], ...] = field(repr=False, default=())
    design: str = ""

    def __getitem__(self, box: str) -> Decimal:
        return self.boxes[box]

    def step(self, box: str) -> Step:
        """Return the step that led to a box.

        Raises:
            UnknownKindError: The form has no such box.
        """
        for step in reversed(self.trace):
            if step.key == box:
                return step
        raise UnknownKindError(f"form {self.model} has no box {box!r}", known=tuple(self.boxes))

    def explain(self, box: str, language: str = "es") -> tuple[str, ...]:
        """Return the sentences that lead to a box, that of the box last.

        Args:
            box: Number of the box.
            language: ``es`` or ``en``.

        Raises:
            UnknownKindError: The form has no such box.
        """
        steps = {step.key: step for step in self.trace}
        wanted, waiting = {self.step(box).key}, [box]
        while waiting:
            for key, _ in steps[waiting.pop()].inputs:
                if key in steps and key not in wanted:
                    wanted.add(key)
                    waiting.append(key)
        chosen = (step for step in self.trace if step.key in wanted)
        return tuple(s.sentence_es if language == "es" else s.sentence_en for s in chosen)

    @property
    def marks(self) -> tuple[str, ...]:
        """Why some parameters are not confirmed; empty when all are."""
        found = {each.mark: None for step in self.trace for each in step.parameters if each.mark}
        return tuple(found)

    @property
    def digest(self) -> str:
        """SHA-256 of the form, its entries, and the version of the parameters."""
        whole = [
            self.model,
            str(self.period),
            {box: plain(value) for box, value in self.boxes.items()},
            {step.key: list(step.entries) for step in self.trace if step.entries},
            [dict(record) for record in self.records],
            parameters.version(),
        ]
        text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class Sums:
    """Boxes that add up entries.

    Args:
        keep_entries: Whether the entries behind each box are remembered.
    """

    def __init__(self, *, keep_entries: bool = True) -> None:
        self._amounts: dict[str, Decimal] = {}
        self._entries: dict[str, list[str]] = {}
        self._keep = keep_entries

    def add(self, box: str, amount: Decimal, entry: str) -> None:
        """Add an amount of an entry to a box."""
        amounts = self._amounts
        amounts[box] = amounts[box] + amount if box in amounts else amount
        if self._keep:
            entries = self._entries.setdefault(box, [])
            if not entries or entries[-1] != entry:
                entries.append(entry)

    def amount(self, box: str) -> Decimal:
        """Return what a box adds up to."""
        return self._amounts.get(box, Decimal(0))

    def entries(self, box: str) -> tuple[str, ...]:
        """Return the entries behind a box."""
        return tuple(self._entries.get(box, ()))

    @property
    def boxes(self) -> tuple[str, ...]:
        """The boxes that something was added to."""
        return tuple(self._amounts)


def finish(
    model: str,
    period: Period,
    given: Mapping[str, Decimal],
    steps: Iterable[Step],
    graph: Graph,
    design: str = "",
) -> Close:
    """Run the formulas of a form over the boxes that are given.

    Raises:
        FormError: A box would be negative or too large where nothing can be filed.
    """
    result = graph.run(given)
    boxes = frozen({key: value for key, value in result.values.items() if key.isalnum()})
    if any(not value.is_finite() or abs(value) >= Decimal(10) ** 15 for value in boxes.values()):
        raise FormError(f"form {model} cannot hold those amounts: 15 digits at most")
    return Close(model, period, boxes, (*steps, *result.trace), design=design)


def held(
    model: str, person: str, amounts: Mapping[str, Decimal], *, digits: int, signed: bool
) -> Mapping[str, Decimal]:
    """Return amounts of a record of a yearly form, or of form 349, if its fields hold them.

    Args:
        model: Number of the form.
        person: Whom the record is about, for the message.
        amounts: By their names, in euros.
        digits: Before the point.
        signed: Whether the fields have a place for the sign.

    Raises:
        FormError: An amount is negative in a field without sign, or too large.
    """
    for name, amount in amounts.items():
        if amount < 0 and not signed:
            raise FormError(
                f"form {model} has no sign for {name} of {person}, which adds up to {amount}",
                person=person,
                field=name,
            )
        if abs(amount) >= Decimal(10) ** digits:
            raise FormError(
                f"form {model} holds {digits} digits of {name}: {person} has more",
                person=person,
                field=name,
            )
    return amounts


def as_record(**fields: object) -> Mapping[str, str]:
    """Return a record with its values as texts."""
    return MappingProxyType(
        {
            key: plain(value) if isinstance(value, Decimal) else str(value)
            for key, value in fields.items()
        }
    )
