"""Why a figure is what it is: inputs, formula, parameters, article, a sentence in two languages."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from tax_es import parameters
from tax_es.errors import UnknownKindError
from tax_es.parameters import Parameter

__all__ = ["Result", "Step", "Trace", "Used", "frozen", "plain", "used"]


@dataclass(frozen=True, slots=True)
class Used:
    """A parameter that took part in a figure.

    Attributes:
        name: File and key, such as ``iva.general``.
        since: First day of the value.
        until: Last day of the value, where recorded.
        source: Norm, its reference in the gazette, and article.
        mark: Why the value is not confirmed, where a caller allowed it; empty otherwise.
        doubts: What of the source's references was not checked in the gazette.
    """

    name: str
    since: date
    until: date | None
    source: str
    mark: str = ""
    doubts: tuple[str, ...] = ()


def used(entry: Parameter[Any]) -> Used:
    """Return a parameter as a trace keeps it."""
    return Used(entry.name, entry.since, entry.until, entry.source, entry.mark, entry.doubts)


@dataclass(frozen=True, slots=True)
class Step:
    """One figure.

    Attributes:
        key: Box of a form, or name of the figure.
        value: In euros, or a percentage where the name says so.
        formula: What was computed, with the keys of the inputs.
        inputs: The figures that the formula reads.
        article: The article that says so.
        es: What the figure is, in Spanish.
        en: What the figure is, in English.
        parameters: Values of the law that took part.
        entries: Entries of the ledger behind the figure.
    """

    key: str
    value: Decimal
    formula: str = ""
    inputs: tuple[tuple[str, Decimal], ...] = ()
    article: str = ""
    es: str = ""
    en: str = ""
    parameters: tuple[Used, ...] = ()
    entries: tuple[str, ...] = ()

    @property
    def sentence_es(self) -> str:
        """The figure in a Spanish sentence."""
        return self._sentence(self.es, ",", "Según", "apuntes")

    @property
    def sentence_en(self) -> str:
        """The figure in an English sentence."""
        return self._sentence(self.en, ".", "By", "entries")

    def _sentence(self, what: str, point: str, by: str, entries: str) -> str:
        parts = [f"{self.key}: {what}" if what else self.key]
        if self.formula:
            parts.append(f" = {self.formula}")
        given = ", ".join(f"{k} = {plain(v)}" for k, v in self.inputs).replace(".", point)
        if given:
            parts.append(f" ({given})")
        parts.append(f" = {plain(self.value).replace('.', point)}.")
        if self.entries:
            parts.append(f" {len(self.entries)} {entries}.")
        if self.article:
            parts.append(f" {by} {self.article}.")
        marks = sorted({each.mark for each in self.parameters if each.mark})
        parts += [f" [!] {mark}." for mark in marks]
        doubts = sorted({doubt for each in self.parameters for doubt in each.doubts})
        parts += [f" [?] {doubt}." for doubt in doubts]
        return "".join(parts)


Trace = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Figures by name, and the steps that led to them.

    Attributes:
        values: Every figure.
        trace: The steps, in the order of the computation.
    """

    values: Mapping[str, Decimal]
    trace: Trace = field(repr=False, default=())

    def __getitem__(self, key: str) -> Decimal:
        return self.values[key]

    def step(self, key: str) -> Step:
        """Return the last step that led to a figure.

        Raises:
            UnknownKindError: No step has that key.
        """
        for step in reversed(self.trace):
            if step.key == key:
                return step
        raise UnknownKindError(f"no figure is called {key!r}", known=tuple(self.values))

    @property
    def marks(self) -> tuple[str, ...]:
        """Why some parameters are not confirmed; empty when all are."""
        found = {each.mark: None for step in self.trace for each in step.parameters if each.mark}
        return tuple(found)

    @property
    def digest(self) -> str:
        """SHA-256 of the figures and of the version of the parameters."""
        figures = {key: plain(value) for key, value in self.values.items()}
        text = json.dumps([figures, parameters.version()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Decimal) -> str:
    """Write a number without exponent and without a negative zero."""
    text = f"{value:f}"
    return text[1:] if not value and text.startswith("-") else text


def frozen(values: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Return a read-only copy."""
    return MappingProxyType(dict(values))
