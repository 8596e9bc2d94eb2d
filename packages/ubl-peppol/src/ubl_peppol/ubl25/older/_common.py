"""The ledger of the way to the older edition, and what its parts share."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources

from einvoice_core.records import Record
from ubl_peppol import model as older
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import Loss, LossKind, record_in

__all__ = ["Ledger", "amount_of", "carried", "dropped", "fixed", "identifier", "needed"]


class Ledger(list[Loss]):
    """Entries in the order in which they were made."""

    def note(self, kind: LossKind, path: str, value: object, reason: str, term: str = "") -> None:
        """Add an entry; long values are shortened."""
        text = str(value)
        self.append(Loss(kind, path, text if len(text) <= 200 else text[:200] + "…", reason, term))


@cache
def _fields(section: str) -> frozenset[str]:
    file = resources.files("ubl_peppol").joinpath("ubl25/older/fields.toml")
    groups = tomllib.loads(file.read_text(encoding="utf-8"))[section]
    return frozenset(
        f"{group}.{name}" if group else name
        for group, names in groups.items()
        for name in names.split()
    )


def carried() -> frozenset[str]:
    """Return the fields that stand in the older invoice, as paths without positions."""
    return _fields("carried")


def fixed() -> frozenset[str]:
    """Return the fields that profile or syntax fix, or that follow from others."""
    return _fields("fixed")


def dropped(record: Record, path: str, plain: str) -> Iterator[Loss]:
    """Yield what has no place: every value of a field that is not carried."""
    for name, is_group in _steps(type(record), plain):
        value = getattr(record, name)
        if value is None or value == ():
            continue
        entries = value if isinstance(value, tuple) else (value,)
        for place, entry in enumerate(entries):
            at = f"{path}/{name}[{place}]" if isinstance(value, tuple) else f"{path}/{name}"
            if is_group:
                yield from dropped(entry, at, f"{plain}{name}.")
            else:
                text = str(entry)
                shown = text if len(text) <= 200 else text[:200] + "…"
                yield Loss(LossKind.DROPPED, at, shown, "EN 16931:2017 has no term for it")


@cache
def _steps(kind: type[Record], plain: str) -> tuple[tuple[str, bool], ...]:
    """Return the fields below which something has no place, and whether they are groups."""
    known = carried() | fixed()
    found = []
    for name, info in kind.model_fields.items():
        below = record_in(info.annotation)
        if below is not None:
            if _steps(below, f"{plain}{name}."):
                found.append((name, True))
        elif f"{plain}{name}" not in known:
            found.append((name, False))
    return tuple(found)


def needed(value: str | None, term: str) -> str:
    """Return a text that the older norm demands.

    Raises:
        ConversionError: It is missing.
    """
    if not value:
        raise ConversionError(f"{term} is missing, which EN 16931:2017 demands", term=term)
    return value


def amount_of(value: Decimal | None, term: str) -> Decimal:
    """Return an amount that the older norm demands.

    Raises:
        ConversionError: It is missing.
    """
    if value is None:
        raise ConversionError(f"{term} is missing, which EN 16931:2017 demands", term=term)
    return value


def identifier(value: str | None, scheme: str | None) -> older.Identifier | None:
    """Return an identifier with its scheme, or nothing where there is no value."""
    return older.Identifier(value=value, scheme_id=scheme) if value else None
