"""Hypothesis strategies for SII records of every book, of any shape that the schema allows.

They are made from the fields of the records: a type has one strategy, whichever record it is in.
"""

import types
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import strategies as st

from aeat_sii import _types as common
from aeat_sii.sii import _types as own
from aeat_sii.sii.books import BOOKS, IGIC_BOOKS, Book
from aeat_sii.sii.codes import (
    COUNTRIES,
    MEMBER_STATES,
    ContrastState,
    Exemption,
    IdKind,
    InvoiceKind,
    PropertySituation,
    Regime,
    Version,
)
from aeat_sii.sii.records import AnyRecord, Header, OtherId, Submission
from aeat_sii.testing.strategies import amounts, percents, texts
from einvoice_core.records import Record, Xml

__all__ = ["igic_submissions_of", "records_of", "submissions_of"]

_CANARY = {"24", "25", "18", "19", "20", "E7", "E8"}
_FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    own.SiiNif: st.from_regex(r"\A[A-Z][0-9]{7}[A-Z0-9]\Z|\A[0-9]{8}[A-Z]\Z"),
    own.MemberState: st.sampled_from(sorted(MEMBER_STATES)),
    own.Year: st.integers(2017, 2099).map(str),
    own.PeriodCode: st.sampled_from(["01", "12", "0A", "1T", "4T"]),
    own.PageNumber: st.integers(0, 10**9).map(str),
    own.ReportedContrast: st.sampled_from(sorted(ContrastState)[2:]),
    own.Days: st.integers(0, 999).map(str),
    common.Country: st.sampled_from(sorted(COUNTRIES)),
    common.Amount12: amounts,
    common.Percent: percents,
}


def _parts(annotation: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401 - annotations have no type
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        kind, more = _parts(inner)
        return kind, [*more, *metadata]
    return annotation, []


def _signs(metadata: Iterable[Any]) -> set[object]:
    """Return what tells simple types apart: their validators and their patterns."""
    found: set[object] = set()
    for mark in metadata:
        pattern = getattr(mark, "pattern", None)
        for inner in getattr(mark, "metadata", ()):
            pattern = pattern or getattr(inner, "pattern", None)
        sign = pattern or getattr(mark, "func", None)
        if sign is not None:
            found.add(sign)
    return found


def _known(metadata: tuple[Any, ...]) -> st.SearchStrategy[Any] | None:
    """Return the strategy of a simple type, found by the validator or pattern that it carries."""
    signs = _signs(metadata)
    for kind, strategy in _FIELDS.items():
        own_signs = _signs(_parts(kind)[1])
        if own_signs and own_signs <= signs:
            return strategy
    return None


def _value(annotation: Any, metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:  # noqa: ANN401 - as above
    kind, inner = _parts(annotation)
    metadata = (*inner, *metadata)
    if get_origin(kind) in (Union, types.UnionType):
        options = [arm for arm in get_args(kind) if arm is not type(None)]
        return st.one_of([_value(arm, metadata) for arm in options])
    known = _known(metadata)
    if known is not None:
        return known
    if get_origin(kind) is tuple:
        longest = min(3, _length(metadata, "max_length", 3))
        items = _value(get_args(kind)[0], ())
        return st.lists(items, min_size=_length(metadata, "min_length", 0), max_size=longest).map(
            tuple
        )
    if isinstance(kind, type) and issubclass(kind, Record):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([member for member in kind if _is_of_the_agency(member)])
    if kind is str:
        return texts(_length(metadata, "max_length", 40), _length(metadata, "min_length", 0))
    if kind is bool:
        return st.booleans()
    if kind is date:
        return st.dates(date(2017, 7, 1), date(2099, 12, 31))
    if kind is Decimal:
        return amounts
    raise TypeError(f"no strategy for {kind!r}")


def _length(metadata: tuple[Any, ...], name: str, default: int) -> int:
    flat = [inner for m in metadata for inner in (m, *getattr(m, "metadata", ()))]
    found = [getattr(m, name) for m in flat if getattr(m, name, None) is not None]
    return int(found[-1]) if found else default


def _is_of_the_agency(member: Enum) -> bool:
    if isinstance(member, Version):
        return member is Version.V1_1
    if isinstance(member, InvoiceKind | Regime | Exemption):
        return member.value not in _CANARY
    return member is not PropertySituation.CANARY_WITHOUT_REFERENCE


@st.composite
def _record(draw: st.DrawFn, kind: type[Record]) -> Record:
    fields: dict[str, Any] = {}
    choices: dict[str, list[str]] = {}
    for name, info in kind.model_fields.items():
        xml = next((m for m in info.metadata if isinstance(m, Xml)), None)
        if xml is not None and xml.choice:
            choices.setdefault(xml.choice, []).append(name)
        elif info.is_required() or draw(st.booleans()):
            fields[name] = draw(_value(info.annotation, tuple(info.metadata)))
    for names in choices.values():
        name = draw(st.sampled_from(names))
        info = kind.model_fields[name]
        fields[name] = draw(_value(info.annotation, tuple(info.metadata)))
    return kind(**fields)


def records_of(book: Book, *, cancels: bool = False) -> st.SearchStrategy[AnyRecord]:
    """Make records of a book, or cancellations of it."""
    kind = BOOKS[book].message(cancels=cancels)
    records: st.SearchStrategy[AnyRecord] = _value(
        get_args(kind.model_fields["records"].annotation)[0], ()
    )
    return records


def submissions_of(book: Book, *, cancels: bool = False) -> st.SearchStrategy[Submission]:
    """Make submissions to a book, of up to three records."""
    submissions: st.SearchStrategy[Submission] = _value(BOOKS[book].message(cancels=cancels), ())
    return submissions


def igic_submissions_of(book: Book) -> st.SearchStrategy[Submission]:
    """Make submissions to a book of the Canary Islands, of up to three invoices of IGIC."""
    submissions: st.SearchStrategy[Submission] = _value(IGIC_BOOKS[book].submission, ())
    return submissions.map(_moved)


def _moved(part: Any) -> Any:  # noqa: ANN401 - any part of a record
    """Keep to what the schemas of the Islands allow: other persons always name their country."""
    if isinstance(part, tuple):
        return tuple(_moved(each) for each in part)
    if isinstance(part, OtherId):
        return part.model_copy(update={"country": "FR", "kind": IdKind.PASSPORT})
    if not isinstance(part, Record):
        return part
    changed = {name: _moved(getattr(part, name)) for name in type(part).model_fields}
    if isinstance(part, Header):
        changed["version"] = Version.V1_0
    return part.model_copy(update=changed)
