"""The quick writer of submissions gives the octets of the general one, or leaves them to it."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeat_sii.testing import examples, strategies
from aeat_sii.verifactu import build, link, prepare, writing
from aeat_sii.verifactu.chain import AnyRecord
from aeat_sii.verifactu.records import (
    Header,
    RequestedSubmission,
    SpanishPerson,
    Submission,
    VoluntarySubmission,
)
from einvoice_core.lexical import LexicalDateTime, LexicalDecimal
from einvoice_core.records import RawXml
from einvoice_core.xml.binding import write
from einvoice_core.xml.errors import WriteRefused

HEADERS = st.builds(
    Header,
    issuer=st.builds(SpanishPerson, name=strategies.texts(120, 1), nif=st.just(examples.ISSUER)),
    representative=st.none()
    | st.builds(SpanishPerson, name=strategies.texts(120, 1), nif=st.just("89890002E")),
    voluntary=st.none()
    | st.builds(
        VoluntarySubmission,
        ends_on=st.none() | st.dates(),
        had_incident=st.none() | st.booleans(),
    ),
    requested=st.none()
    | st.builds(
        RequestedSubmission,
        reference=strategies.texts(18, 1),
        is_last=st.none() | st.booleans(),
    ),
)


def general(submission: Submission) -> bytes:
    return write(submission, prefixes=writing.PREFIXES, declaration=False)


def quick(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Write without the help of the general writer."""

    def unwanted(*_: object, **__: object) -> bytes:
        raise AssertionError("the general writer was asked")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write", unwanted)
        return b"".join(writing.parts_of(submission))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(record=st.one_of(strategies.registrations(), strategies.cancellations()))
def test_both_writers_give_the_same_octets(record: AnyRecord) -> None:
    header = Header(issuer=SpanishPerson(name="A & B", nif=record.invoice.issuer_nif))
    submission = prepare([record, record], header)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert quick(submission, monkeypatch) == general(submission)


@given(header=HEADERS)
def test_both_writers_give_the_same_header(header: Header) -> None:
    submission = prepare([link(examples.registration(), None)], header)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert quick(submission, monkeypatch) == general(submission)


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "a & b < c > d \n\t «ñ» \U0001f600"},
        {"issuer_name": "]]>"},
        {"total": Decimal("1E+3")},
        {"total": Decimal("-0.00")},
        {"total": LexicalDecimal("+121.0")},
        {"recorded_at": LexicalDateTime.of(examples.NOW.astimezone(UTC), "2026-07-01T07:00:00Z")},
        {"recorded_at": examples.NOW.astimezone(timezone(-timedelta(hours=3, minutes=30)))},
        {"operated_on": date(2026, 1, 2), "is_macrodata": False},
    ],
)
def test_values_keep_the_way_they_were_written(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = prepare([link(examples.registration(**changes), None)])
    assert quick(submission, monkeypatch) == general(submission)


def test_the_same_text_stands_for_values_that_are_equal_but_not_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [
        link(examples.registration(f"{number}", total=total, recorded_at=instant), None)
        for number, (total, instant) in enumerate(
            (
                (Decimal("121"), examples.NOW),
                (Decimal("121.00"), examples.NOW.astimezone(UTC)),
                (LexicalDecimal("0121.0"), examples.NOW),
            )
        )
    ]
    text = quick(prepare(records), monkeypatch)
    for total in (b"121", b"121.00", b"0121.0"):
        assert b"<sum1:ImporteTotal>%s<" % total in text
    assert text == general(prepare(records))


def test_a_signature_is_left_to_the_general_writer() -> None:
    signature = RawXml('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>')
    record = link(examples.registration(), None).model_copy(update={"signature": signature})
    submission = prepare([record])
    assert b"".join(writing.parts_of(submission)) == general(submission)
    assert signature.encode() in build(submission)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "one\rtwo"),
        ("description", "\x01"),
        ("description", "\x7f"),
        ("description", "\ud800"),
        ("description", 5),
        ("description", None),
        ("total", None),
        ("total", "121.00"),
        ("recorded_at", None),
        ("recorded_at", "2026"),
        ("kind", None),
        ("kind", "F1"),
        ("system", None),
        ("system", examples.line()),
        ("breakdown", ()),
        ("breakdown", None),
        ("recipients", (examples.line(),)),
        ("is_macrodata", 1),
    ],
)
def test_what_nobody_validated_is_written_or_refused_as_the_general_writer_does(
    field: str, value: object
) -> None:
    record = link(examples.registration(), None).model_copy(update={field: value})
    submission = prepare([record])
    try:
        expected = general(submission)
    except WriteRefused as error:
        with pytest.raises(WriteRefused, match=re.escape(str(error))):
            writing.parts_of(submission)
    else:
        assert b"".join(writing.parts_of(submission)) == expected


def test_a_class_derived_from_ours_is_left_to_the_general_writer() -> None:
    class Derived(Submission):
        pass

    record = link(examples.registration(), None)
    derived = Derived(header=prepare([record]).header, records=prepare([record]).records)
    assert b"".join(writing.parts_of(derived)) == general(derived)


def test_instants_of_one_moment_in_the_repeated_hour_keep_their_offsets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    madrid = ZoneInfo("Europe/Madrid")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=madrid)
    second = first.replace(fold=1)
    records = [
        link(examples.registration(str(number), recorded_at=instant), None)
        for number, instant in enumerate((first, second))
    ]
    text = quick(prepare(records), monkeypatch)
    assert b"2026-10-25T02:30:00+02:00" in text
    assert b"2026-10-25T02:30:00+01:00" in text
