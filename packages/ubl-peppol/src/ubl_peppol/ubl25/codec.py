"""Writing and reading records by their plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lxml import etree
from pydantic import ValidationError

from einvoice_core.findings import Finding, Severity
from einvoice_core.records import Record
from ubl_peppol.errors import InvoiceRefused
from ubl_peppol.losses import Loss, LossKind
from ubl_peppol.reading.values import location_of
from ubl_peppol.ubl._text import attribute, escape
from ubl_peppol.ubl25.plan import Branch, Slot

__all__ = ["MODEL_RULE", "Examined", "read_into", "written"]

MODEL_RULE = "UBL-PEPPOL-201"
"""The id of a finding of ours: a document that does not fit the model of the 2026 edition."""

_NO_TERM = "the model has no term for it"
R = TypeVar("R", bound=Record)
_Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examined(Generic[R]):
    """A document read into records."""

    value: R | None
    """``None`` when a finding stands in the way."""
    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]
    """What the document says and the model has no term for."""

    def require(self) -> R:
        """Return the record.

        Raises:
            InvoiceRefused: The document does not fit the model.
        """
        if self.value is None:
            first = self.findings[0].message if self.findings else ""
            raise InvoiceRefused(
                f"the document does not fit the model in {len(self.findings)} places; {first}",
                self.findings,
            )
        return self.value


def written(record: Record, plan: Mapping[str, Branch], currency: str = "") -> str:
    """Return the elements of a record as text, in the order of the grammar."""
    values = record.__dict__
    present = {name for name, value in values.items() if value is not None and value != ()}
    return "".join(
        [
            _write(branch, values, currency)
            for branch in plan.values()
            if not branch.fields.isdisjoint(present)
        ]
    )


def _write(branch: Branch, values: Mapping[str, Any], currency: str) -> str:
    if branch.repeat is not None:
        name, slot = branch.repeat.name, branch.repeat
        return "".join(
            [_once(branch, {**values, name: each}, currency, slot) for each in values[name]]
        )
    return _once(branch, values, currency, None)


def _once(branch: Branch, values: Mapping[str, Any], currency: str, of: Slot | None) -> str:
    if branch.group is not None:
        slot, plan = branch.group
        value = values[slot.name]
        if value is None:
            return ""
        name = branch.shown
        return "".join(
            f"<{name}>{written(each, plan, currency)}</{name}>"
            for each in (value if slot.many else (value,))
        )
    if branch.text is None and branch.children:
        content = "".join(
            [_once(child, values, currency, of) for child in branch.children.values()]
        )
        return f"<{branch.shown}>{content}</{branch.shown}>" if content else ""
    value = values[branch.text.name] if branch.text is not None else None
    if value is None and not any(values[slot.name] is not None for _, slot in branch.attributes):
        return ""
    text = "" if value is None else _text(branch.text, value)
    marks = "".join(
        attribute(name, _text(slot, values[slot.name]))
        for name, slot in branch.attributes
        if values[slot.name] is not None
    )
    if branch.wants_currency:
        marks += attribute("currencyID", currency)
    return f"<{branch.shown}{marks}>{escape(text)}</{branch.shown}>"


def _text(slot: Slot | None, value: Any) -> str:  # noqa: ANN401 - any simple value
    if value.__class__ is str or slot is None or slot.codec is None:
        return str(value)
    return slot.codec.encode(value)


class _Reader:
    """One document on its way into records."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.losses: list[Loss] = []

    def values(self, element: etree._Element, plan: Mapping[str, Branch]) -> _Values:
        """Return the values of a record, each one where its plan has it."""
        found: _Values = {}
        self._into(found, element, plan)
        return found

    def _into(self, found: _Values, element: etree._Element, plan: Mapping[str, Branch]) -> None:
        seen: set[str] = set()
        for child in element:
            tag = child.tag
            if tag.__class__ is not str:
                continue
            branch = plan.get(tag)
            if branch is None:
                self.lost(child, _NO_TERM)
                continue
            repeats = branch.repeat is not None or (
                branch.group is not None and branch.group[0].many
            )
            if tag in seen and not repeats:
                self.lost(child, "the model has it once")
                continue
            seen.add(tag)
            if branch.group is not None:
                slot, inner = branch.group
                values = self.values(child, inner)
                if slot.many:
                    found.setdefault(slot.name, []).append(values)
                else:
                    found[slot.name] = values
            elif branch.repeat is not None:
                one: _Values = {}
                self._element(one, child, branch)
                if branch.repeat.name in one:
                    found.setdefault(branch.repeat.name, []).append(one.pop(branch.repeat.name))
                found.update(one)
            else:
                self._element(found, child, branch)

    def _element(self, found: _Values, element: etree._Element, branch: Branch) -> None:
        if branch.children:
            self._into(found, element, branch.children)
            return
        if branch.text is not None:
            value = self._decoded(branch.text, element.text or "", element)
            if value is not None:
                found[branch.text.name] = value
        known = dict(branch.attributes)
        for name, text in _attributes(element):
            slot = known.get(name)
            if slot is not None:
                found[slot.name] = self._decoded(slot, text, element)
            elif name != "currencyID":
                place = location_of(element, name)
                self.losses.append(
                    Loss(LossKind.DROPPED, place.path, text[:200], _NO_TERM, line=place.line)
                )

    def _decoded(self, slot: Slot, text: str, element: etree._Element) -> Any:  # noqa: ANN401 - the value of any field
        if slot.codec is None:
            return text
        try:
            return slot.codec.decode(text)
        except ValueError as error:
            self.wrong(element, f"{text[:60]!r} is no value of {slot.name}: {error}")
            return None

    def wrong(self, element: etree._Element, message: str) -> None:
        """Note what does not fit the model."""
        place = location_of(element)
        self.findings.append(Finding(MODEL_RULE, Severity.FATAL, message, place.path, place.line))

    def lost(self, element: etree._Element, reason: str) -> None:
        """Note every value below an element as lost."""
        for leaf in element.iter(etree.Element):
            values = [("", leaf.text)] if not len(leaf) and leaf.text else []
            values += [(name, text) for name, text in _attributes(leaf) if name != "currencyID"]
            for name, text in values:
                place = location_of(leaf, name)
                self.losses.append(
                    Loss(LossKind.DROPPED, place.path, text[:200], reason, line=place.line)
                )


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(text)) for name, text in element.items()]


def read_into(record: type[R], root: etree._Element, plan: Mapping[str, Branch]) -> Examined[R]:
    """Read a document by the plan of its record."""
    reader = _Reader()
    values = reader.values(root, plan)
    result: R | None = None
    if not reader.findings:
        try:
            result = record.model_validate(values)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                where = ".".join(str(step) for step in fault["loc"])
                reader.wrong(root, f"{where or 'the document'}: {fault['msg']}")
    return Examined(result, tuple(reader.findings), tuple(reader.losses))
