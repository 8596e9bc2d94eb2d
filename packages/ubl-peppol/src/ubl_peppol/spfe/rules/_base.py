"""What the checks look at, and the table of their facts."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from importlib import resources

from lxml import etree

from einvoice_core.findings import Breach, RuleSet, Severity, Undecided
from einvoice_core.money import AmountError
from ubl_peppol.spfe.readings import DEFAULT, Readings
from ubl_peppol.ubl25.edition import Trust
from ubl_peppol.ubl25.nodes import Node, summed

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
