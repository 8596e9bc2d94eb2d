"""Every rule of the SII finds the record that breaks it, and the examples break none."""

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aeat_sii.cli import main
from aeat_sii.sandbox import SiiService
from aeat_sii.sii import build, prepare, read_submission, rules, validate
from aeat_sii.sii.codes import (
    Communication,
    DeclarantKind,
    IdKind,
    InsuranceOperation,
    InvoiceKind,
    NotExempt,
    PaymentMeans,
    PropertySituation,
    RectificationKind,
    Regime,
    StockOperation,
)
from aeat_sii.sii.records import (
    AnyRecord,
    ByOperation,
    CashReceipt,
    ConsignmentOperation,
    Header,
    InsuranceRecord,
    IssuedBreakdown,
    NotExemptPart,
    OtherId,
    Payment,
    Period,
    Person,
    Property,
    ReceivedBreakdown,
    RelatedInvoice,
    Stock,
    StockId,
    Subject,
    Treatment,
)
from aeat_sii.testing import sii_attempts
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW
from einvoice_core.xml.errors import DocumentRefused

ISSUED, RECEIVED = examples.issued, examples.received
RELATED = (RelatedInvoice(number="1", issued_on=examples.DAY),)
PARTY = Person(name="X", nif="89890002E")


def at(record: Any, **changes: Any) -> Any:
    """Change what identifies an invoice."""
    return record.model_copy(update={"invoice": record.invoice.model_copy(update=changes)})


def subject(treatment: Subject) -> IssuedBreakdown:
    return IssuedBreakdown(whole=Treatment(subject=treatment))


def taxed(kind: NotExempt) -> IssuedBreakdown:
    whole = ISSUED().content.breakdown.whole
    assert whole is not None
    assert whole.subject is not None
    assert whole.subject.taxed is not None
    return subject(Subject(taxed=NotExemptPart(kind=kind, lines=whole.subject.taxed.lines)))


def stock(operation: str, **changes: Any) -> ConsignmentOperation:
    return ConsignmentOperation(
        declarant=DeclarantKind.SELLER,
        stock=StockId(year="2026", period="03", id="1"),
        operation=StockOperation(operation),
        content=Stock(),
        **changes,
    )


def paid(**changes: Any) -> AnyRecord:
    payment = Payment(paid_on=examples.DAY, amount=Decimal(1), **changes)
    return examples.collections().model_copy(update={"payments": (payment,)})


YEAR = Period(year="2026", code="0A")
FOREIGN = Person(name="X", other_id=OtherId(kind=IdKind.PASSPORT, id="1"))
MACRO = Decimal(100_000_000)
BREACHES: list[tuple[str, AnyRecord]] = [
    ("1153", at(ISSUED(), issuer_nif="89890001X")),
    ("1124", ISSUED(other_party=FOREIGN)),
    ("1112", at(ISSUED(), issuer_nif="89890002E")),
    ("1125", at(ISSUED(), issued_on=NOW.date() + timedelta(days=1))),
    ("1176", RECEIVED(entered_on=date(2026, 3, 1))),
    ("1127", ISSUED(kind=InvoiceKind.F4, other_party=None)),
    ("1128", at(ISSUED(), last_number="9")),
    ("1165", at(ISSUED(kind=InvoiceKind.F4, other_party=None), last_number="2026/0001")),
    ("1134", ISSUED(kind=InvoiceKind.R1)),
    ("1135", ISSUED(rectification=RectificationKind.DIFFERENCE)),
    ("1136", ISSUED(grouped=RELATED)),
    ("1137", ISSUED(rectified=RELATED)),
    ("1138", ISSUED(kind=InvoiceKind.R1, rectification=RectificationKind.SUBSTITUTION)),
    ("1148", ISSUED(breakdown=IssuedBreakdown(by_operation=ByOperation()))),
    ("1140", ISSUED(breakdown=subject(Subject()))),
    ("1157", RECEIVED(breakdown=ReceivedBreakdown())),
    ("1158", ISSUED(other_party=None)),
    ("1332", ISSUED(kind=InvoiceKind.F2)),
    ("1235", ISSUED(breakdown=taxed(NotExempt.S2))),
    ("1237", ISSUED(breakdown=taxed(NotExempt.S2))),
    ("1204", ISSUED(is_macrodata=True)),
    ("1208", ISSUED(total=MACRO)),
    ("1592", at(ISSUED(is_fuel_from_depot=True), issued_on=date(2026, 1, 31))),
    ("1212", RECEIVED(regime=Regime.R13)),
    ("1279", RECEIVED(kind=InvoiceKind.F2)),
    ("1348", RECEIVED(deduction_year="2026")),
    ("1349", RECEIVED(deduction_period="04")),
    ("1152", paid(means=PaymentMeans.UNPAID_AT_THE_LIMIT, account="ES1")),
    ("1155", ISSUED(properties=(Property(situation=PropertySituation.SPAIN),))),
    ("1506", stock("01")),
    ("1507", stock("03", other_party=PARTY)),
    ("1512", stock("01", other_party=PARTY)),
    ("1520", stock("03")),
    ("2007", CashReceipt(period=YEAR, other_party=PARTY, total=Decimal(6000))),
    (
        "2010",
        InsuranceRecord(
            period=YEAR,
            other_party=PARTY,
            operation=InsuranceOperation.PREMIUM,
            total=Decimal("-3005.05"),
        ),
    ),
]


@pytest.mark.parametrize(("code", "record"), BREACHES, ids=[code for code, _ in BREACHES])
def test_the_rule_finds_the_record_that_breaks_it(code: str, record: AnyRecord) -> None:
    found = {each.rule for each in validate(record, examples.TITULAR, now=NOW).findings}

    assert code in found


def judged(body: bytes) -> list[set[str]]:
    """Return the codes of the rules that the records of a message break."""
    message = read_submission(body)
    header = message.stated_header
    does = header.communication if isinstance(header, Header) else Communication.REGISTER
    return [
        {
            each.rule
            for each in validate(
                record, header.titular, now=sii_attempts.NOW, communication=does
            ).findings
        }
        for record in message.stated_records
    ]


OF_THE_SANDBOX = [
    (each.code, each.messages[-1][0])
    for each in sii_attempts.attempts()
    if each.code in rules.rules.rules and not each.book.startswith("query")
]


@pytest.mark.parametrize(("code", "body"), OF_THE_SANDBOX, ids=[code for code, _ in OF_THE_SANDBOX])
def test_what_the_sandbox_refuses_is_found_before(code: str, body: bytes) -> None:
    (found,) = judged(body)

    assert code in found


def test_what_the_sandbox_takes_breaks_no_rule() -> None:
    for attempt in sii_attempts.attempts():
        for body, _, _ in attempt.messages[:-1]:
            assert judged(body) == [set()]


@pytest.mark.parametrize(
    ("book", "fewest"), [("issued", 700), ("received", 400), ("consignment", 60)]
)
def test_the_rules_and_the_sandbox_agree_on_records_with_two_faults(book: str, fewest: int) -> None:
    """Two readings of one list: what either refuses, the other knows too."""
    rows = [each.changes for each in sii_attempts.attempts() if each.book == book]
    rows = [row for row in rows if all(key[0].isupper() for key in row)]
    pairs = list(combinations(rows, 2))
    compared = 0
    for one, other in random.Random(1).sample(pairs, min(len(pairs), 1500)):  # noqa: S311 - cases
        try:
            body, path, holder = sii_attempts.message(book, {**one, **other})
            (found,) = judged(body)
        except (KeyError, TypeError, AttributeError, ValueError, DocumentRefused):
            continue  # The two changes exclude each other, or the records do not take them.
        answer = SiiService(lambda: sii_attempts.NOW).answer(body, holder, path)[1].decode()
        codes = set(re.findall(r"CodigoErrorRegistro>([0-9]+)<", answer))
        fatal = {code for code in found if code[0] != "2"}

        assert codes & set(rules.rules.rules) <= found, (one, other, found)
        assert not fatal or "Incorrecto" in answer or "faultcode" in answer, (one, other, fatal)
        compared += 1
    assert compared >= fewest


def test_large_invoices_that_say_so_are_right() -> None:
    found = validate(ISSUED(total=MACRO, is_macrodata=True), examples.TITULAR, now=NOW)

    assert not {"1204", "1208"} & {each.rule for each in found.findings}


def test_every_rule_has_a_record_that_breaks_it() -> None:
    broken = {code for code, _ in BREACHES} | {code for code, _ in OF_THE_SANDBOX}

    assert broken == set(rules.rules.rules)


@pytest.mark.parametrize(
    "record",
    [
        ISSUED(),
        RECEIVED(),
        examples.cancelled(),
        examples.collections(),
        at(ISSUED(is_fuel_from_depot=True), issued_on=date(2026, 2, 1)),
        CashReceipt(period=YEAR, other_party=PARTY, total=Decimal("6000.01")),
    ],
)
def test_a_right_record_has_no_finding(record: AnyRecord) -> None:
    assert validate(record, examples.TITULAR, now=NOW).findings == ()


def test_the_command_judges_the_records_of_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(build(prepare([ISSUED()], examples.TITULAR)))
    bad.write_bytes(build(prepare([ISSUED(other_party=None)], examples.TITULAR)))

    passed = CliRunner().invoke(main, ["sii", "validate", str(good)])
    failed = CliRunner().invoke(main, ["sii", "validate", str(bad)])

    assert (passed.exit_code, passed.output) == (0, "")
    assert failed.exit_code == 1
    assert "1158" in failed.output
