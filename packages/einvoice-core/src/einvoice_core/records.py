"""Frozen records, and the annotations that tie their fields to official names.

::

    class InvoiceId(Record):
        issuer_nif: Annotated[str, Xml("IDEmisorFactura")]
        issued_on: Annotated[date, Xml("FechaExpedicionFactura", AEAT_DATE)]

``Xml`` drives the reader, the writer and the reference pages; the order of the fields is the order
of the schema. ``Term`` names the business term of EN 16931.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from einvoice_core.lexical import Codec

__all__ = ["RawXml", "Record", "Term", "Xml", "XmlType", "made"]


@dataclass(frozen=True, slots=True)
class XmlType:
    """How a record is named when it is the root, and where its children live.

    Args:
        name: Local name of the element when the record is a whole document.
        namespace: Namespace of that element.
        child_namespace: Namespace of the child elements that name none; empty when unqualified.
    """

    name: str = ""
    namespace: str = ""
    child_namespace: str = ""


@dataclass(frozen=True, slots=True)
class Xml:
    """Official name of a field and how it is written.

    Args:
        name: Local name of the element or attribute.
        codec: Text form; by default that of the field's type.
        namespace: Where it differs from the record's ``child_namespace``.
        attribute: An attribute of the record's element.
        text: The text of the record's element itself.
        inside: Elements around it, from the outside in, that hold nothing else.
        choice: Name of a choice: of the fields that share it, exactly one is present; at most one
            when the name ends in ``?``.
    """

    name: str
    codec: Codec[Any] | None = None
    namespace: str | None = None
    attribute: bool = False
    text: bool = False
    inside: str | tuple[str, ...] = ()
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """Business term (BT) or group (BG) of EN 16931-1, such as ``Term("BT-106")``."""

    id: str


class RawXml(str):
    """An element that is kept as it was written: serialised, with the namespaces it needs."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Record(BaseModel):
    """Base of public data: frozen, without unknown fields; collections are tuples.

    Fields with decimals use :data:`einvoice_core.money.Amount`, which refuses floats.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    xml_type: ClassVar[XmlType | None] = None


R = TypeVar("R", bound=Record)
_new = object.__new__
_put_values, _put_given, _put_extra, _put_private = (
    BaseModel.__dict__[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


def made(kind: type[R], values: dict[str, Any]) -> R:
    """Make a record of values that are known to be right, at a fifth of ``model_construct``.

    Args:
        kind: A class without private attributes.
        values: Of every field, in the order of the fields; the record keeps this very ``dict``.
    """
    record = _new(kind)
    _put_values(record, values)
    # Nobody changes the set of a frozen record, and a copy of a record has its own.
    _put_given(record, _fields(kind))
    _put_extra(record, None)
    _put_private(record, None)
    return record


@cache
def _fields(kind: type[Record]) -> set[str]:
    return set(kind.model_fields)
