"""Audits a chain: finds where it breaks, and proposes what to do without touching what is there.

A record is never changed: the law asks for the trace of what happened. A repair is a new record, an
event, or a copy that is fetched from elsewhere.

Source: RD 1007/2023, arts. 8 and 9; Orden HAC/1177/2024, arts. 6 to 9; list of anomalies of
EventosSIF.xsd.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from lxml import etree

from aeat_sii.verifactu.codes import AnomalyKind
from aeat_sii.verifactu.hashing import input_of, previous_of, text_at
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["Audit", "Break", "BreakKind", "RepairStep", "audit"]


class BreakKind(StrEnum):
    """How a chain is broken at a record."""

    UNREADABLE = "unreadable"
    """It cannot be read as a record."""
    FINGERPRINT = "fingerprint"
    """Its fingerprint is not that of its texts: it was changed, or hashed otherwise than sent."""
    NOT_FIRST = "not_first"
    """It says that it is the first one, and others stand before it."""
    FIRST_NAMES_ANOTHER = "first_names_another"
    """It is the first one here and names one before it: the beginning is missing."""
    PREVIOUS = "previous"
    """It names another record than the one before it: one is missing, or the chain forks."""
    FORK = "fork"
    """It names a record that another one already follows."""
    GAP = "gap"
    """Its position is not the one after the record before it."""
    TIME = "time"
    """It was made before the record before it."""


_ANOMALIES = {
    BreakKind.UNREADABLE: AnomalyKind.OTHER_INTEGRITY,
    BreakKind.FINGERPRINT: AnomalyKind.FINGERPRINT,
    BreakKind.NOT_FIRST: AnomalyKind.OTHER_CHAIN_RECORD,
    BreakKind.FIRST_NAMES_ANOTHER: AnomalyKind.MISSING_PREVIOUS,
    BreakKind.PREVIOUS: AnomalyKind.WRONG_PREVIOUS_FINGERPRINT,
    BreakKind.FORK: AnomalyKind.OTHER_CHAIN_RECORD,
    BreakKind.GAP: AnomalyKind.MISSING_PREVIOUS,
    BreakKind.TIME: AnomalyKind.BEFORE_PREVIOUS,
}


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain is broken.

    Args:
        position: Of the record, from 1 on.
        kind: How.
        stated: What the record says.
        expected: What it would say if the chain were whole.
    """

    position: int
    kind: BreakKind
    stated: str = ""
    expected: str = ""

    @property
    def anomaly(self) -> AnomalyKind:
        """The kind under which a system that is not VERI*FACTU records it as an event."""
        return _ANOMALIES[self.kind]


@dataclass(frozen=True, slots=True)
class RepairStep:
    """One thing to do.

    Args:
        action: ``restore``, ``record_anomaly``, ``correct``, ``query`` or ``continue``.
        position: Of the record that it is about; 0 for the whole chain.
        text: For people.
    """

    action: str
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Args:
        length: Records that were looked at.
        breaks: In the order of the chain.
    """

    length: int
    breaks: tuple[Break, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks

    @property
    def first_break(self) -> Break | None:
        """The first place where the chain is broken."""
        return self.breaks[0] if self.breaks else None

    @property
    def plan(self) -> tuple[RepairStep, ...]:
        """What to do, in this order; nothing for an intact chain."""
        if not self.breaks:
            return ()
        steps: list[RepairStep] = []
        for found in self.breaks:
            steps += _steps(found)
        last = self.length
        steps.append(
            RepairStep(
                "continue",
                last,
                f"Link the next record to record {last}, the last one that is there, and never to "
                "one before it: what is broken stays as it is.",
            )
        )
        return tuple(steps)


def audit(records: Iterable[tuple[int, str | bytes]]) -> Audit:
    """Judge a chain of records, or of events, by its texts.

    Args:
        records: Position and XML of each, in the order of the chain.
    """
    breaks: list[Break] = []
    length, position, previous, made_at = 0, 0, "", None
    seen: set[str] = set()
    for length, (stated_position, xml) in enumerate(records, start=1):
        if stated_position != position + 1:
            breaks.append(
                Break(stated_position, BreakKind.GAP, str(stated_position), str(position + 1))
            )
        position = stated_position
        element = _element(xml)
        if element is None:
            breaks.append(Break(position, BreakKind.UNREADABLE))
            continue
        found, stated, made_at = _look(element, position, previous, seen, made_at, length == 1)
        breaks += found
        seen.add(previous)
        previous = stated
    return Audit(length, tuple(breaks))


def _look(
    element: etree._Element,
    position: int,
    previous: str,
    seen: set[str],
    earlier: datetime | None,
    is_first: bool,
) -> tuple[list[Break], str, datetime | None]:
    breaks = []
    is_event = etree.QName(element).localname == "Evento"
    stated = text_at(element, "HuellaEvento" if is_event else "Huella")
    computed = sha256(input_of(element).encode("utf-8")).hexdigest().upper()
    if stated != computed:
        breaks.append(Break(position, BreakKind.FINGERPRINT, stated, computed))
    named = previous_of(element)
    if named != previous:
        breaks.append(Break(position, _kind_of(named, previous, seen, is_first), named, previous))
    moment = text_at(element, f"FechaHoraHusoGen{'Evento' if is_event else 'Registro'}")
    made_at = _instant(moment)
    if made_at and earlier and made_at < earlier:
        breaks.append(Break(position, BreakKind.TIME, moment, earlier.isoformat()))
    return breaks, stated, made_at or earlier


def _kind_of(named: str, previous: str, seen: set[str], is_first: bool) -> BreakKind:
    if not named:
        return BreakKind.NOT_FIRST
    if is_first:
        return BreakKind.FIRST_NAMES_ANOTHER
    return BreakKind.FORK if named in seen - {""} else BreakKind.PREVIOUS


def _steps(found: Break) -> Iterator[RepairStep]:
    position = found.position
    match found.kind:
        case BreakKind.UNREADABLE | BreakKind.FINGERPRINT:
            yield RepairStep(
                "restore",
                position,
                f"Compare record {position} with a backup, or with what the agency answered: where "
                "only the stored text was changed, keep the original beside it.",
            )
            yield RepairStep(
                "correct",
                position,
                f"If record {position} went out like this, the agency holds it with error 2000: "
                "make a correction (subsanación) at the end of the chain.",
            )
        case BreakKind.GAP | BreakKind.PREVIOUS | BreakKind.FIRST_NAMES_ANOTHER:
            yield RepairStep(
                "query",
                position,
                f"Look for the record that record {position} names, {found.stated[:16]}…, in "
                "backups and with a query at the agency.",
            )
        case BreakKind.FORK | BreakKind.NOT_FIRST:
            yield RepairStep(
                "correct",
                position,
                f"Record {position} does not follow the record before it: find the program that "
                "wrote beside this chain, and let one issuer at a time append.",
            )
        case BreakKind.TIME:
            yield RepairStep(
                "restore", position, "Set the clock of the machine and keep it synchronised."
            )
    yield RepairStep(
        "record_anomaly",
        position,
        f"A system that is not VERI*FACTU records an event of type 04 (06 for events) with anomaly "
        f"{found.anomaly.value}.",
    )


def _element(xml: str | bytes) -> etree._Element | None:
    try:
        root = parse(xml.encode("utf-8") if isinstance(xml, str) else xml)
    except XmlRefused:
        return None
    names = ("RegistroAlta", "RegistroAnulacion", "Evento")
    return next((each for each in root.iter("*") if etree.QName(each).localname in names), None)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
