"""How the sandbox looks at a record: names and values of its XML, and the dated limits."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from aeat_sii.sandbox.structure import SF, text_of
from einvoice_core.timeline import load_timelines

__all__ = ["amount", "day", "differs", "has", "instant_of", "limit", "lines_of", "operation_day"]

_LIMITS = load_timelines("aeat_sii.sandbox", "limits.toml")
_TOLERANCE = Decimal(tuple(_LIMITS["tolerance"])[-1].value)


def limit(name: str) -> Any:  # noqa: ANN401 - a value of a TOML file; its user knows its type
    """Return a value of ``limits.toml``."""
    return tuple(_LIMITS[name])[-1].value


def has(element: etree._Element, *steps: str) -> bool:
    """Tell whether an element has another, by the names on the way."""
    here: etree._Element | None = element
    for step in steps:
        here = None if here is None else next(here.iterchildren(f"{{{SF}}}{step}"), None)
    return here is not None


def amount(element: etree._Element, name: str) -> Decimal:
    """Return the number of a child; 0 without it."""
    return Decimal(text_of(element, name) or "0")


def differs(stated: Decimal, computed: Decimal) -> bool:
    """Tell whether two amounts differ by more than the agency tolerates."""
    return abs(stated - computed) > _TOLERANCE


def day(text: str) -> date:
    """Read a day whose form has been looked at."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def operation_day(record: etree._Element) -> date:
    """Return the day that decides rates: of the operation, else of issue."""
    text = text_of(record, "FechaOperacion")
    return day(text or text_of(record, "IDFactura", "FechaExpedicionFactura"))


def lines_of(record: etree._Element) -> list[etree._Element]:
    """Return the lines of the breakdown."""
    return record.findall(f"{{{SF}}}Desglose/{{{SF}}}DetalleDesglose")


def instant_of(text: str, now: datetime) -> datetime:
    """Read an instant whose form has been looked at; without zone it is of the service's clock."""
    try:
        instant = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return instant if instant.tzinfo else instant.replace(tzinfo=now.tzinfo)
