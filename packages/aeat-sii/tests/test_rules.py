from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii.testing import breaches, examples
from aeat_sii.testing.breaches import corrective, lines, not_taxed, of_day, simplified, vat
from aeat_sii.testing.examples import ISSUER, NOW, line
from aeat_sii.verifactu import chain, rules
from aeat_sii.verifactu.codes import Exemption, Qualification, Regime, TaxKind
from aeat_sii.verifactu.records import (
    Chaining,
    ChainLink,
    Header,
    OtherId,
    Person,
    RectifiedAmounts,
    RegistrationRecord,
    SpanishPerson,
)
from einvoice_core.findings import Severity

PREVIOUS = ChainLink(
    issuer_nif=ISSUER, number="2026/0000", issued_on=date(2026, 6, 30), fingerprint="A" * 64
)
FOREIGN = Person(name="X", other_id=OtherId(country="FR", kind="02", id="FR40303265045"))
PASSPORT = Person(name="X", other_id=OtherId(country="FR", kind="04", id="X1"))
SUBSTITUTED = RectifiedAmounts(taxable_base=Decimal(1), output_tax=Decimal(0))
EXPORT = not_taxed(regime="02", qualification=None, exemption="E2")
COLLECTION = not_taxed(regime="10", qualification="N1")
PUBLIC_WORKS = line(regime="14")
IPSI = line(tax="02", regime=None)

PASSES: dict[str, dict[str, object]] = {
    "plain": {},
    "linked": {"chaining": Chaining(previous=PREVIOUS)},
    "simplified at the limit": simplified(
        **lines(
            line(taxable_base=Decimal("2479.34"), output_tax=Decimal("520.66")),
            total=Decimal(3000),
            total_tax=Decimal("520.66"),
        )
    ),
    "above the limit by agreement": simplified(
        agreement="A1",
        **lines(
            line(taxable_base=Decimal(4000), output_tax=Decimal(840)),
            total=Decimal(4840),
            total_tax=Decimal(840),
        ),
    ),
    "corrective by difference": corrective(),
    "corrective by substitution": corrective(rectification="S", rectified_amounts=SUBSTITUTED),
    "export": lines(EXPORT, total=Decimal(100), total_tax=Decimal(0), recipients=(PASSPORT,)),
    "to the Union": lines(
        not_taxed(qualification=None, exemption="E5"),
        total=Decimal(100),
        total_tax=Decimal(0),
        recipients=(FOREIGN,),
    ),
    "to Greece": {"recipients": (vat("EL094259216", "GR"),)},
    "to Northern Ireland": {"recipients": (vat("XI123456789", "GB"),)},
    "to Britain in 2020": {"recipients": (vat("GB123456789"),), "operated_on": date(2020, 12, 31)},
    "reverse charge": lines(
        line(qualification="S2", rate_percent=Decimal(0), output_tax=Decimal(0)),
        total=Decimal(100),
        total_tax=Decimal(0),
    ),
    "equivalence surcharge": lines(
        line(surcharge_percent=Decimal("5.2"), equivalence_surcharge=Decimal("5.2"), regime="18"),
        total=Decimal("126.2"),
        total_tax=Decimal("26.2"),
    ),
    "public works": lines(PUBLIC_WORKS, operated_on=date(2026, 12, 1))
    | {"recipients": (Person(name="AYUNTAMIENTO DE PRUEBA", nif="P2800000H"),)},
    "collection for others": lines(COLLECTION, total=Decimal(100), total_tax=Decimal(0)),
    "of the Canary Islands": lines(
        line(tax="03", rate_percent=Decimal(7), output_tax=Decimal(7)),
        total=Decimal(107),
        total_tax=Decimal(7),
    ),
    "of Ceuta": lines(line(tax="02"), total=Decimal(121)),
    "group of entities": lines(
        line(regime="06", base_at_cost=Decimal(80), output_tax=Decimal("16.80")),
    ),
    "the last day of 5 %": lines(
        line(rate_percent=Decimal(5), output_tax=Decimal(5)),
        operated_on=date(2024, 9, 30),
        total=Decimal(105),
        total_tax=Decimal(5),
    ),
    "tax wrong by ten": lines(line(output_tax=Decimal("31.00")), total=Decimal(131))
    | {"total_tax": Decimal("31.00")},
    "large and marked": lines(
        line(taxable_base=Decimal(100_000_000), output_tax=Decimal(21_000_000)),
        total=Decimal(121_000_000),
        total_tax=Decimal(21_000_000),
        is_macrodata=True,
    ),
}


def made(changes: dict[str, object]) -> RegistrationRecord:
    """Make a record whose fingerprint is right unless the change says another."""
    record = examples.registration(**changes)
    if "fingerprint" in changes:
        return record
    return record.model_copy(update={"fingerprint": chain.fingerprint(record)})


def codes(record: RegistrationRecord, now: datetime = NOW) -> set[str]:
    report = rules.validate(record, now=now, issuer_nif=ISSUER)
    assert not report.undecided
    return {finding.rule for finding in report.findings}


@pytest.mark.parametrize("name", PASSES)
def test_a_right_record_has_no_findings(name: str) -> None:
    assert codes(made(PASSES[name])) == set()


@pytest.mark.parametrize("code", breaches.REGISTRATIONS)
def test_a_rule_fires(code: str) -> None:
    record = breaches.registration(code)

    report = rules.validate(record, now=NOW, issuer_nif=ISSUER)

    found = [finding for finding in report.findings if finding.rule == code]
    assert found, f"{code} did not fire; {[f.rule for f in report.findings]} did"
    severity = Severity.WARNING if code.startswith("2") else Severity.FATAL
    assert found[0].severity is severity
    assert found[0].path.startswith("/RegistroAlta")
    assert "{" not in found[0].message


def test_every_rule_has_a_failing_record() -> None:
    assert set(rules.registration.rules) == set(breaches.REGISTRATIONS)
    assert set(rules.cancellation.rules) == set(breaches.CANCELLATIONS)
    assert set(rules.header.rules) - {"4114"} == set(breaches.HEADERS)


@pytest.mark.parametrize("code", breaches.CANCELLATIONS)
def test_a_rule_on_cancellations_fires(code: str) -> None:
    record = breaches.cancellation(code)

    report = rules.validate(record, now=NOW, issuer_nif=ISSUER)

    found = [finding for finding in report.findings if finding.rule == code]
    assert found, f"{code} did not fire; {[f.rule for f in report.findings]} did"
    assert found[0].severity is (Severity.WARNING if code.startswith("2") else Severity.FATAL)
    assert found[0].path.startswith("/RegistroAnulacion")
    assert "{" not in found[0].message


@pytest.mark.parametrize("code", breaches.HEADERS)
def test_a_rule_on_headers_fires(code: str) -> None:
    on_request, header = breaches.header(code)

    report = rules.validate_header(header, now=NOW, on_request=on_request)

    assert [finding.rule for finding in report.findings] == [code]
    assert report.findings[0].path.startswith("/Cabecera")


def test_more_than_a_thousand_records_are_found() -> None:
    header = Header(issuer=SpanishPerson(name="X", nif=ISSUER))

    assert rules.validate_header(header, now=NOW, count=1_000).ok
    assert [f.rule for f in rules.validate_header(header, now=NOW, count=10_001).findings] == [
        "4114"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"recorded_by": "E", "recorder": Person(name="X", nif=ISSUER)},
        {"recorded_by": "T", "recorder": Person(name="X", nif="89890002E")},
        {"recorded_by": "D", "recorder": FOREIGN},
        {"without_earlier_record": True, "previous_rejection": True},
    ],
)
def test_a_right_cancellation_has_no_findings(changes: dict[str, Any]) -> None:
    record = chain.link(examples.cancellation(**changes), None)

    assert rules.validate(record, now=NOW).findings == ()


def test_the_codes_left_to_the_agency_are_not_judged_here() -> None:
    assert not set(rules.LEFT_TO_THE_AGENCY) & set(rules.registration.rules)


def test_a_missing_regime_of_ipsi_is_a_warning_until_2026_and_rejects_from_2027() -> None:
    record = made(lines(IPSI))

    assert codes(record, NOW.replace(year=2026, month=12, day=31)) == {"2009"}
    assert codes(record, NOW.replace(year=2027, month=1, day=1)) == {"1245"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 6, 30), {"1194"}),
        (date(2022, 7, 1), set()),
        (date(2024, 9, 30), set()),
        (date(2024, 10, 1), {"1194"}),
    ],
)
def test_the_rate_of_5_applies_from_july_2022_to_september_2024(
    day: date, expected: set[str]
) -> None:
    changes = of_day(day, rate_percent=Decimal(5), output_tax=Decimal(5))

    assert codes(made(changes | {"total": Decimal(105), "total_tax": Decimal(5)})) == expected


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False),
            st.sampled_from([Decimal(0), Decimal(4), Decimal(10), Decimal(21)]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_an_invoice_with_the_right_totals_has_no_findings(
    rows: list[tuple[Decimal, Decimal]],
) -> None:
    breakdown = tuple(
        line(
            rate_percent=rate,
            taxable_base=base,
            output_tax=(base * rate / 100).quantize(Decimal("0.01")),
        )
        for base, rate in rows
    )
    tax = sum((each.output_tax or Decimal(0) for each in breakdown), Decimal(0))
    total = tax + sum((each.taxable_base for each in breakdown), Decimal(0))

    assert codes(made(lines(*breakdown, total=total, total_tax=tax))) == set()


def test_the_enums_give_what_the_official_codes_give() -> None:
    record = made(
        lines(
            line(
                tax=TaxKind.IVA,
                regime=Regime.GENERAL,
                qualification=None,
                exemption=Exemption.E1,
                rate_percent=None,
                output_tax=None,
            ),
            total=Decimal(100),
            total_tax=Decimal(0),
        )
    )

    assert record.breakdown[0].qualification is not Qualification.S1
    assert codes(record) == set()
