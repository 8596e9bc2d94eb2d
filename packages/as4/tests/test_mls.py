"""Message level status: when it is due, what is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from as4_peppol.peppol import mls
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId
from as4_peppol.peppol.mls import Issue, MessageStatus, MlsError, Reason, Status
from as4_peppol.testing import INVOICE

REJECTED = MessageStatus(
    "MLS-1",
    datetime(2026, 11, 25, 9, tzinfo=UTC),
    ParticipantId.parse("0242:000002"),
    ParticipantId.parse("0242:000001"),
    Status.REJECTED,
    "an envelope",
    "a rule is broken",
    (Issue("NA", Reason.RULE, "BR-01"),),
)
MLR = DocumentTypeId.parse(
    "busdox-docid-qns::x::ApplicationResponse##urn:fdc:peppol.eu:poacc:trns:mlr:3::2.1"
)


@pytest.mark.parametrize(
    ("kind", "status", "mls_type", "due"),
    [
        (INVOICE, Status.REJECTED, None, True),
        (INVOICE, Status.ACCEPTED, None, False),
        (INVOICE, Status.FORWARDED, "FAILURE_ONLY", False),
        (INVOICE, Status.FORWARDED, "ALWAYS_SEND", True),
        (mls.DOCUMENT_TYPE, Status.REJECTED, "ALWAYS_SEND", False),
        (MLR, Status.REJECTED, "ALWAYS_SEND", False),
    ],
)
def test_when_a_status_is_due(
    kind: DocumentTypeId, status: Status, mls_type: str | None, due: bool
) -> None:
    assert mls.is_due(kind, status, mls_type) is due


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"issues": ()}, "SCH-MLS-23"),
        ({"text": ""}, "SCH-MLS-20"),
        ({"status": Status.ACCEPTED}, "SCH-MLS-25"),
        ({"sender": ParticipantId.parse("9920:ESB12345674")}, "SCH-MLS-09"),
        ({"issued_at": datetime(2026, 11, 25, 9)}, "SCH-MLS-06"),  # noqa: DTZ001 - without a zone
    ],
)
def test_what_breaks_a_rule_is_not_written(change: dict[str, object], rule: str) -> None:
    with pytest.raises(MlsError) as caught:
        mls.write(replace(REJECTED, **change))  # type: ignore[arg-type]
    assert rule in {f.rule for f in caught.value.findings}


def test_a_status_comes_back_as_it_was_written() -> None:
    assert mls.read(mls.write(REJECTED)) == REJECTED


@settings(derandomize=True, max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 1500))
def test_anything_else_is_a_finding(junk: bytes, at: int) -> None:
    whole = mls.write(REJECTED)
    at %= len(whole)
    assert mls.check(whole[:at])
    assert mls.check(junk)


def test_a_time_that_is_none_is_refused() -> None:
    broken = mls.write(REJECTED).replace(b"09:00:00", b"29:00:00")
    with pytest.raises(MlsError, match="AS4-MLS-001"):
        mls.read(broken)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (
            b'ReceiverParty><cbc:EndpointID schemeID="0242">000001</cbc:EndpointID>',
            b"ReceiverParty>",
            "12",
        ),
        (b' schemeID="0242">000001', b">000001", "15"),
        (b"DocumentReference>", b"Other>", "22"),
        (b"<cbc:Description>BR-01</cbc:Description>", b"", "28"),
    ],
)
def test_rules_that_no_sample_shows(before: bytes, after: bytes, rule: str) -> None:
    whole = mls.write(REJECTED)
    assert before in whole
    found = mls.check(whole.replace(before, after))
    assert f"SCH-MLS-{rule}" in {f.rule for f in found}
