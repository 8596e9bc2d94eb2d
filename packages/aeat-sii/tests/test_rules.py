from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW, line, system
from aeat_sii.verifactu import chain, rules
from aeat_sii.verifactu.codes import Exemption, Qualification, Regime, TaxKind
from aeat_sii.verifactu.records import (
    BreakdownLine,
    Chaining,
    ChainLink,
    InvoiceId,
    OtherId,
    Person,
    RectifiedAmounts,
    RegistrationRecord,
)
from einvoice_core.findings import Severity

PREVIOUS = ChainLink(
    issuer_nif=ISSUER, number="2026/0000", issued_on=date(2026, 6, 30), fingerprint="A" * 64
)
ANOTHER = InvoiceId(issuer_nif=ISSUER, number="2025/0001", issued_on=date(2025, 12, 1))
FOREIGN = Person(name="X", other_id=OtherId(country="FR", kind="02", id="FR40303265045"))
PASSPORT = Person(name="X", other_id=OtherId(country="FR", kind="04", id="X1"))


def person(kind: str, country: str | None = "ES") -> Person:
    return Person(name="X", other_id=OtherId(country=country, kind=kind, id="X1"))


def invoice(**changes: object) -> InvoiceId:
    return examples.registration().invoice.model_copy(update=changes)


def not_taxed(**changes: object) -> BreakdownLine:
    return line(**{"rate_percent": None, "output_tax": None} | changes)


def lines(*breakdown: BreakdownLine, **changes: object) -> dict[str, object]:
    return {"breakdown": breakdown, **changes}


def corrective(**changes: object) -> dict[str, object]:
    return {"kind": "R1", "rectification": "I", "rectified": (ANOTHER,), **changes}


def simplified(**changes: object) -> dict[str, object]:
    return {"kind": "F2", "recipients": (), **changes}


def of_day(day: date, **changes: object) -> dict[str, object]:
    return lines(line(**changes), operated_on=day)


def surcharge(rate: str, percent: str, day: date = date(2026, 7, 1)) -> dict[str, object]:
    tax = Decimal(rate)
    return of_day(
        day,
        rate_percent=tax,
        output_tax=tax,
        surcharge_percent=Decimal(percent),
        equivalence_surcharge=Decimal(percent),
    )


NOT_IN_CENSUS = OtherId(country="ES", kind="07", id="B12345674")
SUBSTITUTED = RectifiedAmounts(taxable_base=Decimal(1), output_tax=Decimal(0))
EXPORT = not_taxed(regime="02", qualification=None, exemption="E2")
COLLECTION = not_taxed(regime="10", qualification="N1")
PUBLIC_WORKS = line(regime="14")
IPSI = line(tax="02", regime=None)


def vat(id_: str, country: str | None = None) -> Person:
    return Person(name="X", other_id=OtherId(country=country, kind="02", id=id_))


BREAKS: dict[str, dict[str, object]] = {
    "1103": {"recipients": (vat("FR12345678901"),)},
    "1104": {"invoice": invoice(number=" ")},
    "1108": {"invoice": invoice(issuer_nif="89890002E")},
    "1111": {"recipients": (person("04", country=None),)},
    "1112": {"invoice": invoice(issued_on=date(2026, 7, 2))},
    "1114": {"kind": "R1"},
    "1115": {"rectification": "I"},
    "1116": {"substituted": (ANOTHER,)},
    "1117": {"rectified": (ANOTHER,)},
    "1118": corrective(rectification="S"),
    "1119": corrective(rectified_amounts=SUBSTITUTED),
    "1122": {"recipients": (vat("FR40303265045", "DE"),)},
    "1123": {"recipients": (Person(name="X", nif="89890002F"),)},
    "1124": lines(line(rate_percent=Decimal(20), output_tax=Decimal(20))),
    "1125": {"operated_on": date(2028, 1, 1)} | lines(PUBLIC_WORKS),
    "1126": {"recipients": (person("07", country="FR"),)},
    "1127": surcharge("21", "5.1"),
    "1130": {"invoice": invoice(number="A=1")},
    "1131": {"recipients": (Person(name="X", other_id=NOT_IN_CENSUS),)},
    "1134": {"operated_on": date(2006, 6, 30)},
    "1138": {"is_macrodata": True},
    "1139": {"total": Decimal(100_000_000)},
    "1140": lines(line(regime="06", base_at_cost=Decimal(-100), output_tax=Decimal(1))),
    "1142": lines(line(output_tax=Decimal("31.01"))),
    "1143": lines(line(output_tax=Decimal("-21.00"))),
    "1144": lines(line(regime="06", base_at_cost=Decimal(100), output_tax=Decimal("31.01"))),
    "1146": {"operated_on": date(2026, 7, 2)},
    "1147": lines(PUBLIC_WORKS),
    "1148": {"kind": "F3"} | lines(PUBLIC_WORKS),
    "1149": lines(PUBLIC_WORKS),
    "1150": simplified(**lines(line(taxable_base=Decimal("3010.01"), output_tax=Decimal(0)))),
    "1152": {"invoice": invoice(issued_on=date(2024, 10, 27))},
    "1153": {"previous_rejection": "X"},
    "1156": simplified(recipients=(FOREIGN,)),
    "1157": {"has_coupon": True},
    "1158": simplified(issued_by="D"),
    "1161": {"previous_rejection": "S", "is_correction": False},
    "1162": surcharge("21", "1.4"),
    "1163": surcharge("10", "5.2"),
    "1164": surcharge("4", "1.4"),
    "1165": surcharge("0", "0.5", date(2024, 9, 30)),
    "1166": surcharge("2", "0.5", date(2024, 12, 31)),
    "1167": surcharge("5", "0.62", date(2022, 12, 31)),
    "1168": surcharge("5", "0.5", date(2023, 1, 1)),
    "1169": surcharge("7.5", "1.4", date(2024, 12, 31)),
    "1173": {"operated_on": date(2026, 7, 2)},
    "1176": {"system": system(producer_nif="89890001A")},
    "1177": {"system": system(id="a1")},
    "1178": {"issued_by": "T", "third_party": Person(name="X")},
    "1180": {"chaining": Chaining()},
    "1182": lines(not_taxed(qualification=None, exemption="E7")),
    "1183": simplified(is_simplified_with_recipient=True),
    "1185": {"lacks_recipient": True},
    "1186": {"issued_by": "T"},
    "1187": {"third_party": Person(name="X", nif="89890002E")},
    "1188": {"issued_by": "T", "third_party": Person(name="X", nif=ISSUER)},
    "1189": {"recipients": ()},
    "1190": {"kind": "F2"},
    "1191": corrective(kind="R3", recipients=(PASSPORT,)),
    "1192": corrective(kind="R2", recipients=(PASSPORT,)),
    "1194": of_day(date(2024, 10, 1), rate_percent=Decimal(5), output_tax=Decimal(5)),
    "1195": lines(not_taxed(qualification=None)),
    "1196": lines(not_taxed(exemption="E1")),
    "1197": simplified(
        **lines(line(qualification="S2", rate_percent=Decimal(0), output_tax=Decimal(0)))
    ),
    "1198": lines(line(qualification="S2", rate_percent=None, output_tax=Decimal(0))),
    "1199": lines(not_taxed(qualification=None, exemption="E2")),
    "1200": lines(line(regime="03", qualification="S2")),
    "1201": lines(line(regime="04")),
    "1202": lines(line(regime="06")),
    "1203": lines(not_taxed(regime="07", qualification="N1")),
    "1205": lines(line(regime="10")),
    "1206": lines(line(regime="11", rate_percent=Decimal(10), output_tax=Decimal(10))),
    "1207": lines(line(qualification="N1")),
    "1208": lines(line(output_tax=None)),
    "1209": lines(line(regime="06", base_at_cost=Decimal(1), output_tax=None)),
    "1211": {"issued_by": "T", "third_party": person("07")},
    "1220": {"system": system(name=" ")},
    "1221": {"system": system(producer_nif=None, producer_other_id=person("07").other_id)},
    "1222": {"system": system(producer_nif=None, producer_other_id=vat("fr").other_id)},
    "1223": {"system": system(producer_nif=None)},
    "1232": {"issued_by": "T", "third_party": person("04")},
    "1234": {"recipients": (person("04"),)},
    "1235": of_day(date(2025, 1, 1), rate_percent=Decimal(2), output_tax=Decimal(2)),
    "1236": of_day(date(2024, 9, 30), rate_percent=Decimal("7.5"), output_tax=Decimal("7.5")),
    "1237": lines(line(qualification="N2")),
    "1238": lines(line(qualification=None, exemption="E1")),
    "1239": {"recipients": (Person(name="X"),)},
    "1245": lines(line(regime=None)),
    "1246": lines(line(regime="21")),
    "1252": lines(line(regime="08")),
    "1254": {"recipients": (vat("XI123456789"),), "operated_on": date(2020, 12, 31)},
    "1255": {"recipients": (vat("GB123456789"),), "operated_on": date(2021, 2, 1)},
    "1257": lines(line(base_at_cost=Decimal(100))),
    "1260": lines(line(tax="05")),
    "1281": lines(
        not_taxed(
            qualification="N1", surcharge_percent=Decimal(0), equivalence_surcharge=Decimal(0)
        )
    ),
    "1284": lines(line(surcharge_percent=Decimal("5.2"))),
    "1286": lines(line(regime="02")),
    "1289": lines(not_taxed(qualification=None, exemption="E5")),
    "1290": {"recipients": (person("07"),)},
    "1293": lines(line(tax="03", regime="20")),
    "2000": {"fingerprint": "B" * 64},
    "2002": {"chaining": Chaining(previous=PREVIOUS.model_copy(update={"fingerprint": "A"}))},
    "2003": {"chaining": Chaining(previous=PREVIOUS.model_copy(update={"fingerprint": "a" * 64}))},
    "2004": {"recorded_at": NOW + timedelta(hours=1)},
    "2005": {"total": Decimal("131.01")},
    "2006": {"total_tax": Decimal("31.01")},
    "2008": {"chaining": Chaining(previous=PREVIOUS), "fingerprint": PREVIOUS.fingerprint},
    "2009": lines(IPSI),
}

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


@pytest.mark.parametrize("code", BREAKS)
def test_a_rule_fires(code: str) -> None:
    record = made(BREAKS[code])

    report = rules.validate(record, now=NOW, issuer_nif=ISSUER)

    found = [finding for finding in report.findings if finding.rule == code]
    assert found, f"{code} did not fire; {[f.rule for f in report.findings]} did"
    severity = Severity.WARNING if code.startswith("2") else Severity.FATAL
    assert found[0].severity is severity
    assert found[0].path.startswith("/RegistroAlta")
    assert "{" not in found[0].message


def test_every_rule_has_a_failing_record() -> None:
    assert set(rules.registration.rules) == set(BREAKS)


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
