"""From an element to a record, with findings where the document is not what the class says."""

from collections.abc import Iterable
from typing import Any

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Severity
from einvoice_core.xml.binding._keeping import kept
from einvoice_core.xml.binding._places import Places, name_of
from einvoice_core.xml.binding._plan import XSI, Level, Plan, Slot, local_name
from einvoice_core.xml.binding._usual import construct, usual

__all__ = ["RULES", "Reader"]

RULES = {
    "XML-001": "The document begins with {found}, and {expected} is expected: check its kind and "
    "version.",
    "XML-002": "{element} is not known inside {parent}: {advice}.",
    "XML-003": "{parent} lacks {missing}: add it {place}.",
    "XML-004": "{element} may stand only once inside {parent}: remove or join the others.",
    "XML-005": "{element} stands after {previous}, and belongs before it: move it up.",
    "XML-006": "{element} has a wrong value: {reason}.",
    "XML-007": "{parent} must have {wanted} of {alternatives}, and has {found}.",
    "XML-008": "{element} has the text {text!r} between its elements: remove it.",
    "XML-009": "{element} has the unknown attribute {attribute}: remove it.",
    "XML-010": "{element} lacks the attribute {attribute}: add it.",
    "XML-011": "{element} is marked as nil, which this format does not know: leave it out.",
    "XML-012": "There are more than {limit} findings; the rest of the document was not judged.",
}
"""Message of each finding of the binding; the text shows the value and says what to change."""

_BLANK = " \t\r\n"
_TOLERATED = frozenset(
    f"{{{XSI}}}{name}" for name in ("schemaLocation", "noNamespaceSchemaLocation", "type")
)
_NIL = f"{{{XSI}}}nil"
_TRIES = 16
"""Elements that are tried the short way in vain before a document is read the long way only."""


class TooManyFindings(Exception):  # noqa: N818 - ends the reading, and never leaves `read`
    """The limit of findings is reached."""


class Reader:
    """Reads one document.

    Args:
        limit: Findings to keep.
    """

    def __init__(self, limit: int = MAX_FINDINGS) -> None:
        self.findings: list[Finding] = []
        self.places = Places()
        self._bad = 0
        self._tries = _TRIES
        self._limit = limit

    def report(self, rule: str, at: etree._Element, /, **values: object) -> None:
        """Add a finding."""
        if len(self.findings) >= self._limit:
            self._add("XML-012", at.getroottree().getroot(), limit=self._limit)
            raise TooManyFindings
        self._add(rule, at, **values)

    def _add(self, rule: str, at: etree._Element, /, **values: object) -> None:
        place = self.places.location(at)
        message = RULES[rule].format_map(values)
        self.findings.append(Finding(rule, Severity.FATAL, message, place.path, place.line))

    def is_named(self, element: etree._Element, tag: str) -> bool:
        """Tell whether the element is the one expected; report when it is not."""
        if element.tag == tag:
            return True
        self.report("XML-001", element, found=str(element.tag)[:200], expected=tag)
        return False

    def record(self, element: etree._Element, plan: Plan) -> Any:  # noqa: ANN401 - any field - of plan.record
        """Read an element as the record of a plan; ``None`` where its values do not allow it."""
        if self._tries:
            record = usual(plan)(element)
            if record is not None:
                return record
            self._tries -= 1
        got: dict[str, Any] = {}
        bad = self._bad
        given = element.items()
        if given or plan.required_attributes:
            self._attributes(element, given, plan, got)
        if plan.text is None:
            self._content(element, plan.content, got)
        else:
            got[plan.text.field] = self._decode(element, self._text(element), plan.text)
        if self._bad > bad:
            return None
        for name in plan.tuples:
            if name in got:
                got[name] = tuple(got[name])
        return construct(plan, plan.defaults | got)

    def _content(self, element: etree._Element, level: Level, got: dict[str, Any]) -> None:
        """Read the children of a record or wrapper."""
        slots = level.slots
        seen = 0
        rank = -1
        previous = element
        text = element.text
        if text and not (text.isspace() and text.isascii()):
            self._stray(element, text)
        for child in element:
            text = child.tail
            if text and not (text.isspace() and text.isascii()):
                self._stray(element, text)
            tag: Any = child.tag
            slot = slots.get(tag)
            if slot is None:
                if not isinstance(tag, str):
                    continue
                slot = level.wildcard
                if slot is None:
                    self._unknown(child, element, slots)
                    continue
            if slot.position > rank:
                rank = slot.position
                previous = child
            elif slot.position < rank:
                self.report("XML-005", child, element=name_of(child), previous=name_of(previous))
            if seen & slot.bit and not slot.many:
                self.report("XML-004", child, element=name_of(child), parent=name_of(element))
                continue
            # The usual leaf is read on the spot; `_value` copes with everything.
            decode = slot.decode
            if decode is not None and not len(child) and not child.items():
                try:
                    value = decode(child.text or "")
                except (ValueError, ArithmeticError) as error:
                    value = self._wrong(child, error)
            elif slot.inner is not None:
                value = self.record(child, slot.inner)
            elif slot.level is not None:
                self._wrapper(child, slot.level, got)
                seen |= slot.bit
                continue
            else:
                value = self._value(child, slot)
            if not slot.many:
                got[slot.field] = value
            elif slot.field in got:
                got[slot.field].append(value)
            else:
                got[slot.field] = [value]
            seen |= slot.bit
        if seen & level.mask != level.mask:
            self._missing(element, level, seen)
        elif not seen and level.wrapper and not level.nullable:
            self._lacks(element, level.ordered, "inside, or remove it")
        if level.choices:
            self._choices(element, level, seen)

    def _wrapper(self, element: etree._Element, level: Level, got: dict[str, Any]) -> None:
        self._only_tolerated(element, element.items())
        for name in level.nullable:
            got[name] = []
        self._content(element, level, got)

    def _value(self, element: etree._Element, slot: Slot) -> Any:  # noqa: ANN401 - any field - of the field
        if slot.kind == "record":
            return self.record(element, slot.plan)
        if slot.kind == "raw":
            return kept(element)
        self._only_tolerated(element, element.items())
        return self._decode(element, self._text(element), slot)

    def _decode(self, element: etree._Element, text: str, slot: Slot) -> Any:  # noqa: ANN401 - any field
        assert slot.decode is not None  # noqa: S101 - values have one
        try:
            return slot.decode(text)
        except (ValueError, ArithmeticError) as error:
            return self._wrong(element, error)

    def _wrong(self, element: etree._Element, reason: Exception) -> object:
        self._bad += 1
        self.report("XML-006", element, element=name_of(element), reason=str(reason)[:200])
        return None

    def _text(self, element: etree._Element) -> str:
        """Return the text of a value, which comments may interrupt and elements may not."""
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                self._unknown(child, element, {})
            parts.append(child.tail or "")
        return "".join(parts)

    def _missing(self, element: etree._Element, level: Level, seen: int) -> None:
        previous: Slot | None = None
        for slot in level.ordered:
            if slot.bit & level.mask & ~seen:
                place = f"after {local_name(previous.tag)}" if previous else "at the beginning"
                self._lacks(element, [s for s in level.ordered if s.bit == slot.bit], place)
                self._bad += 1
                seen |= slot.bit
            if seen & slot.bit:
                previous = slot

    def _lacks(self, element: etree._Element, slots: Iterable[Slot], place: str) -> None:
        missing = " or ".join(dict.fromkeys(local_name(slot.tag) for slot in slots))
        self.report("XML-003", element, parent=name_of(element), missing=missing, place=place)

    def _choices(self, element: etree._Element, level: Level, seen: int) -> None:
        for choice in level.choices.values():
            present = (seen & choice.mask).bit_count()
            if present == 1 or (choice.optional and not present):
                continue
            names = [local_name(slot.tag) for slot in choice.slots]
            found = [local_name(slot.tag) for slot in choice.slots if slot.bit & seen]
            self.report(
                "XML-007",
                element,
                parent=name_of(element),
                wanted="at most one" if choice.optional else "exactly one",
                alternatives=" | ".join(names),
                found=" and ".join(found) or "none",
            )

    def _unknown(
        self, child: etree._Element, parent: etree._Element, slots: dict[str, Slot]
    ) -> None:
        local = etree.QName(child).localname
        twin = next((tag for tag in slots if local_name(tag) == local), None)
        if twin is None:
            advice = "remove it"
        else:
            namespace = etree.QName(twin).namespace
            advice = (
                f"its namespace should be {namespace!r}" if namespace else "it has no namespace"
            )
        self.report("XML-002", child, element=name_of(child), parent=name_of(parent), advice=advice)

    def _stray(self, element: etree._Element, text: str) -> None:
        self.report("XML-008", element, element=name_of(element), text=text.strip(_BLANK)[:40])

    def _attributes(
        self,
        element: etree._Element,
        given: Iterable[tuple[Any, Any]],
        plan: Plan,
        got: dict[str, Any],
    ) -> None:
        others = []
        for name, text in given:
            slot = plan.attributes.get(name)
            if slot is None:
                others.append((name, text))
            else:
                got[slot.field] = self._decode(element, text, slot)
        if others:
            self._only_tolerated(element, others)
        if not plan.required_attributes <= got.keys():
            for slot in plan.attributes.values():
                if slot.field in plan.required_attributes and slot.field not in got:
                    self.report(
                        "XML-010",
                        element,
                        element=name_of(element),
                        attribute=local_name(slot.tag),
                    )
                    self._bad += 1

    def _only_tolerated(self, element: etree._Element, given: Iterable[tuple[Any, Any]]) -> None:
        """Report attributes the class does not have, but for those that speak of the schema."""
        for name, text in given:
            if name in _TOLERATED:
                continue
            if name != _NIL:
                self.report(
                    "XML-009", element, element=name_of(element), attribute=local_name(name)
                )
            elif text.strip(_BLANK) not in ("false", "0"):
                self.report("XML-011", element, element=name_of(element))
