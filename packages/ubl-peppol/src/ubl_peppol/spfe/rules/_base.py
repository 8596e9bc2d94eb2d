"""What the checks look at, and the table of their facts."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, wraps
from importlib import resources

from lxml import etree

from einvoice_core.findings import Breach, Location, RuleSet, Severity, Undecided
from einvoice_core.money import AmountError, parse_decimal, total
from ubl_peppol.reading.values import location_of
from ubl_peppol.spfe.readings import DEFAULT, Readings
from ubl_peppol.ubl25.edition import Trust
from ubl_peppol.ubl25.plan import tag_of

__all__ = [
    "Breaches",
    "Document",
    "Node",
    "RuleFact",
    "check",
    "facts",
    "invoice_rules",
    "message_rules",
    "summed",
]

Breaches = Iterator[Breach]
_SOURCE = "Orden HAC/1028/2026 (BOE-A-2026-20587)"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ZERO = Decimal(0)


@cache
def _tags(path: str) -> tuple[str, ...]:
    return tuple(tag_of(step) for step in path.split("/"))


class Node:
    """An element; paths have the prefixes ``cac`` and ``cbc``.

    Every check asks for the same elements: children and texts are looked up once.
    """

    __slots__ = ("_children", "_ones", "_text", "element")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._children: dict[str, list[Node]] | None = None
        self._ones: dict[str, Node | None] = {}
        self._text: str | None = None

    @property
    def location(self) -> Location:
        """Where it stands."""
        return location_of(self.element)

    def _below(self) -> dict[str, list["Node"]]:
        children = self._children
        if children is None:
            children = self._children = {}
            for child in self.element.iterchildren(etree.Element):
                children.setdefault(str(child.tag), []).append(Node(child))
        return children

    def all(self, path: str) -> list["Node"]:
        """Return every element of a path."""
        nodes = [self]
        for tag in _tags(path):
            nodes = [child for node in nodes for child in node._below().get(tag, ())]
        return nodes

    def one(self, path: str) -> "Node | None":
        """Return the first element of a path."""
        ones = self._ones
        if path in ones:
            return ones[path]
        found = ones[path] = self._first(_tags(path), 0)
        return found

    def _first(self, tags: tuple[str, ...], step: int) -> "Node | None":
        if step == len(tags):
            return self
        for child in self._below().get(tags[step], ()):
            found = child._first(tags, step + 1)
            if found is not None:
                return found
        return None

    def at(self, path: str) -> "Node":
        """Return the first element of a path, or this one, to say where."""
        return self.one(path) or self

    def text(self, path: str = "") -> str:
        """Return the text of the first element of a path; empty when there is none."""
        node = self.one(path) if path else self
        if node is None:
            return ""
        if node._text is None:
            node._text = (node.element.text or "").strip()
        return node._text

    def attribute(self, path: str, name: str) -> str:
        """Return an attribute of the first element of a path; empty when there is none."""
        found = self.one(path)
        return "" if found is None else found.element.get(name, "")

    def number(self, path: str = "") -> Decimal | None:
        """Return a number; ``None`` when the element is not there.

        Raises:
            Undecided: It is not a number.
        """
        found = self if not path else self.one(path)
        if found is None:
            return None
        try:
            return parse_decimal(found.text())
        except (AmountError, ValueError) as error:
            raise Undecided(found, f"{found.text()[:60]!r} is not a number: {error}") from None

    def day(self, path: str) -> date | None:
        """Return a day; ``None`` when the element is not there.

        Raises:
            Undecided: It is not a day.
        """
        found = self.one(path)
        if found is None:
            return None
        text = found.text()
        try:
            if _DATE.match(text):
                return date.fromisoformat(text[:10])
        except ValueError:
            pass
        raise Undecided(found, f"{text[:60]!r} is not a day: write YYYY-MM-DD")


class Document(Node):
    """A document with the readings by which it is judged."""

    __slots__ = ("readings", "well_formed")

    def __init__(
        self, element: etree._Element, readings: Readings = DEFAULT, *, well_formed: bool = True
    ) -> None:
        super().__init__(element)
        self.readings = readings
        self.well_formed = well_formed
        """Whether it follows the grammar of UBL 2.5."""

    @property
    def type_code(self) -> str:
        """The type of the invoice (BT-3)."""
        return self.text("cbc:InvoiceTypeCode")

    @property
    def is_corrective(self) -> bool:
        """Whether the type says that it corrects another invoice."""
        return self.type_code in ("384", "471")

    def supporting(self, function: str) -> list[Node]:
        """Return the supporting documents (BG-24) with a function."""
        found = self.all("cac:AdditionalDocumentReference")
        return [each for each in found if each.text("cbc:ID") == function]

    def rows(self) -> list[Node]:
        """Return the rows of the VAT breakdown (BG-23) in the currency of the invoice."""
        return self.all("cac:TaxTotal/cac:TaxSubtotal")

    def collected(self, *functions: str) -> list[Node]:
        """Return the charges for third parties (BG-34) with one of some codes."""
        found = self.all("cac:CollectionInvoiceLine")
        return [each for each in found if each.text("cbc:ID") in functions]


def summed(nodes: Iterable[Node], path: str) -> Decimal:
    """Add up a number of several elements; one that is missing counts as nothing."""
    return total(found for each in nodes if (found := each.number(path)) is not None)


@dataclass(frozen=True, slots=True)
class RuleFact:
    """What is known of a check: who asks for it, and how far that can be trusted."""

    id: str
    scope: str
    severity: str
    trust: Trust
    decided_from: str
    terms: tuple[str, ...]
    law: str
    requirement: str


@cache
def facts() -> Mapping[str, RuleFact]:
    """Return what is known of every check, also of those that a document alone cannot decide."""
    file = resources.files("ubl_peppol").joinpath("spfe/rules.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {
        row["id"]: RuleFact(
            row["id"],
            row["scope"],
            row["severity"],
            Trust(row["trust"]),
            row["decided_from"],
            tuple(row["terms"].split()),
            row["law"],
            row["requirement"],
        )
        for row in rows
    }


invoice_rules: RuleSet[Document] = RuleSet(_SOURCE, name="es-spfe")
message_rules: RuleSet[Document] = RuleSet(_SOURCE, name="es-spfe-messages")

_Check = Callable[[Document], Iterable[Breach]]


def check(rule_id: str, message: str) -> Callable[[_Check], _Check]:
    """Register a check by its id; severity, terms and article come from the table.

    Args:
        rule_id: Id of the table.
        message: What is wrong and what to change.
    """
    fact = facts()[rule_id]
    rules = message_rules if fact.scope == "message" else invoice_rules
    register = rules.rule(
        rule_id,
        message=message,
        terms=fact.terms,
        severity=Severity.FATAL if fact.severity == "fatal" else Severity.WARNING,
        source=f"{fact.law} ({fact.trust})",
    )

    def registered(function: _Check) -> _Check:
        @wraps(function)
        def guarded(doc: Document) -> Breaches:
            try:
                yield from function(doc)
            except (AmountError, ArithmeticError):
                raise Undecided(doc, "an amount has too many digits to be added up") from None

        return register(guarded)

    return registered
