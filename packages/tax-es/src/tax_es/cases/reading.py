"""Reading the fields of a case: exact amounts, and no field that nothing reads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR
from decimal import Decimal
from typing import Any

from einvoice_core.money import parse_decimal
from tax_es.errors import CaseError

__all__ = ["Case", "amount"]

_COMMENTS = frozenset({
    "id", "source", "note", "notes", "what", "why", "topic", "expected", "activity", "description",
    "name",
})  # fmt: skip


def amount(value: object, name: str) -> Decimal:
    """Return an amount that is written as a text, or as a whole number.

    Raises:
        CaseError: It is a float, or no number.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        kind = type(value).__name__
        raise CaseError(f"{name} is a {kind}: write amounts as texts, like '12.50'", field=name)
    try:
        return parse_decimal(value) if isinstance(value, str) else Decimal(value)
    except ValueError as error:
        raise CaseError(f"{name}: {error}", field=name) from error


class Case:
    """The fields of a case, each read once; what is left unread is refused.

    Args:
        fields: The object.
        name: For messages.
    """

    def __init__(self, fields: Mapping[str, Any], name: str = "case") -> None:
        if not isinstance(fields, Mapping):
            raise CaseError(f"{name} is an object of JSON")
        if not all(isinstance(key, str) for key in fields):
            raise CaseError(f"{name} has a field whose name is no text")
        self._fields = fields
        self._name = str(fields.get("id", name))
        self._read: set[str] = set()

    def has(self, *names: str) -> bool:
        """Whether the case has one of some fields."""
        return any(self._fields.get(name) is not None for name in names)

    def raw(self, *names: str, default: Any = None) -> Any:  # noqa: ANN401 - JSON holds anything
        """Return the first of some fields that is there."""
        self._read |= set(names)
        for name in names:
            if self._fields.get(name) is not None:
                return self._fields[name]
        return default

    def amount(self, *names: str, default: Decimal | None = Decimal(0)) -> Decimal:
        """Return an amount; without a default the field must be there."""
        value = self.raw(*names)
        if value is None:
            if default is None:
                raise CaseError(f"{self._name} lacks {names[0]}", field=names[0])
            return default
        return amount(value, names[0])

    def optional(self, *names: str) -> Decimal | None:
        """Return an amount, or nothing where the field is missing."""
        value = self.raw(*names)
        return None if value is None else amount(value, names[0])

    def whole(self, *names: str, default: int | None = None, most: int | None = None) -> int:
        """Return a whole number; with ``most``, one from 0 to it."""
        value = self.raw(*names, default=default)
        if value is None:
            raise CaseError(f"{self._name} lacks {names[0]}", field=names[0])
        found = amount(value, names[0])
        if found != int(found):
            raise CaseError(f"{names[0]} is a whole number", field=names[0])
        if most is not None and not 0 <= found <= most:
            raise CaseError(f"{names[0]} is a number from 0 to {most}", field=names[0])
        return int(found)

    def year(self, *, default: int | None = None) -> int:
        """Return the year of the case, one that a calendar has."""
        found = self.whole("year", default=default)
        if not MINYEAR <= found <= MAXYEAR:
            raise CaseError(f"year is a number from {MINYEAR} to {MAXYEAR}", field="year")
        return found

    def text(self, *names: str, default: str | None = None) -> str:
        """Return a text."""
        value = self.raw(*names, default=default)
        if not isinstance(value, str):
            raise CaseError(f"{self._name}: {names[0]} is a text", field=names[0])
        return value

    def flag(self, *names: str) -> bool:
        """Return whether a field is true; a missing one is not."""
        value = self.raw(*names, default=False)
        if not isinstance(value, bool):
            raise CaseError(f"{self._name}: {names[0]} is true or false", field=names[0])
        return value

    def amounts(self, *names: str) -> dict[str, Decimal]:
        """Return an object of amounts."""
        value = self.raw(*names, default={})
        if not isinstance(value, Mapping):
            raise CaseError(f"{self._name}: {names[0]} is an object of amounts", field=names[0])
        return {str(key): amount(each, f"{names[0]}.{key}") for key, each in value.items()}

    def numbered(self, name: str) -> dict[int, Decimal]:
        """Return an object of amounts whose names are numbers, such as those of modules."""
        found: dict[int, Decimal] = {}
        for key, value in self.amounts(name).items():
            if not (key.isascii() and key.isdecimal() and len(key) <= 3):
                raise CaseError(f"{name}: {key[:40]!r} is no number of a module", field=name)
            found[int(key)] = value
        return found

    def listed(self, *names: str) -> list[Any]:
        """Return a list."""
        value = self.raw(*names, default=[])
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise CaseError(f"{self._name}: {names[0]} is a list", field=names[0])
        return list(value)

    def parts(self, *names: str) -> Iterator["Case"]:
        """Yield the objects of a list; an amount alone stands for its base."""
        for number, each in enumerate(self.listed(*names)):
            fields = each if isinstance(each, Mapping) else {"base": each}
            yield Case(fields, f"{names[0]}.{number}")

    def part(self, *names: str) -> "Case":
        """Return an object inside the case; an empty one where it is missing."""
        return Case(self.raw(*names, default={}), names[0])

    def done(self) -> None:
        """Refuse the case if a field was not read: it would change the answer unseen.

        Raises:
            CaseError: ``details["fields"]`` names the fields.
        """
        left = sorted(
            name
            for name in self._fields
            if name not in self._read | _COMMENTS and not name.startswith("expected")
        )
        if left:
            listed = ", ".join(left)
            raise CaseError(f"{self._name}: nothing reads {listed}", fields=tuple(left))
