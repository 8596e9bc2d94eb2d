"""The semantic data types of EN 16931-1, section 6.5, and the base of its groups."""

from typing import Self, TypeAlias

from pydantic import model_validator

from einvoice_core.money import Amount
from einvoice_core.records import Record

__all__ = [
    "Amount",
    "Attachment",
    "Code",
    "DocumentReference",
    "Group",
    "Identifier",
    "Percentage",
    "Quantity",
    "Text",
    "UnitPrice",
]

Text: TypeAlias = str
Code: TypeAlias = str
DocumentReference: TypeAlias = str
Percentage = Amount
"""21 means 21 %."""
Quantity = Amount
UnitPrice = Amount
"""An amount with as many decimals as the parties agreed."""


class Group(Record):
    """A business group (BG): when it is there, something is in it."""

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if all(value is None or value == () for value in self.__dict__.values()):
            raise ValueError(f"{type(self).__name__} is empty: leave the group out")
        return self


class Identifier(Record):
    """An identifier with the scheme that gives it (its -1 term) and the version of that scheme."""

    value: str
    scheme_id: str | None = None
    scheme_version: str | None = None


class Attachment(Record):
    """A file inside the document (BT-125), with its MIME code and its name."""

    content: bytes
    mime_code: str
    filename: str
