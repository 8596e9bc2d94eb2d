"""Forms 111, 115, 123, 180, 190, 347, 349 and 390."""

from datetime import date
from decimal import Decimal

import pytest
from books import CUSTOMER, FRENCH, GERMAN, SUPPLIER, D, books, payment, purchase, sale

from einvoice_core.errors import NotInForceError
from tax_es import closing
from tax_es.calendar import Period
from tax_es.closing import form303, form390, parties
from tax_es.closing.by_number import close_form
from tax_es.errors import ArgumentError, FormError, TerritoryError
from tax_es.ledger import Ledger, Party

Q1 = Period(2025, "1T")
OTHER = Party(tax_id="X1234567L", name="Otra")
LANDLORD = Party(tax_id="B12345674", name="Casero")


def test_form_111_counts_persons_and_adds_payments() -> None:
    ledger = books(
        payment("1", "1000", "150"),
        payment("2", "1000", "150", on="2025-03-01"),
        payment("3", "2000", "400", party=OTHER),
        payment("4", "100", "20", in_kind=True),
        payment("5", "50", "9.50", kind="prize"),
        payment("6", "70", "13.30", kind="forestry"),
        payment("7", "90", "21.60", kind="image"),
        payment("8", "9999", "999", on="2025-04-01"),
        payment("9", "600", "114", kind="rent"),
        purchase("10", "500", withheld=D(75), kind="activity"),
    )
    found = closing.close_111(ledger, Q1, filed=D(10))
    assert [found[f"{n:02d}"] for n in range(1, 13)] == [
        2, 4000, 700, 1, 100, 20, 1, 500, 75, 0, 0, 0,
    ]  # fmt: skip
    assert (found["28"], found["30"]) == (D("839.40"), D("829.40"))
    assert found.step("03").entries == ("1", "2", "3")
    with pytest.raises(FormError, match="kind"):
        closing.close_111(books(purchase("1", "500", withheld=D(75))), Q1)


def test_form_115_and_its_year() -> None:
    ledger = books(
        purchase("1", "600", withheld=D(114), kind="rent", party=LANDLORD, property_reference="R1"),
        payment("2", "400", "76", kind="rent", party=LANDLORD, property_reference="R2"),
        payment("3", "400", "76", kind="rent", on="2025-06-01", party=LANDLORD,
                property_reference="R2"),
    )  # fmt: skip
    found = closing.close_115(ledger, Q1)
    assert [found[f"0{n}"] for n in range(1, 6)] == [1, 1000, 190, 0, 190]
    year = closing.close_180(ledger, 2025)
    assert (year["perceptions"], year["amount"], year["withheld"]) == (2, 1400, 266)
    assert [record["place"] for record in year.records] == ["R1", "R2"]
    assert year.records[1]["amount"] == "800"


@pytest.mark.parametrize(
    ("period", "boxes"),
    [
        (Period(2025, "1T"), {"01": 1, "02": 2, "03": 3, "04": 100, "05": 300, "06": 400, "07": 19,
                              "08": 57, "09": 76, "12": 80, "14": 79}),
        (Period(2023, "1T"), {"01": 3, "02": 400, "03": 76, "06": 80, "08": 79}),
    ],
)  # fmt: skip
def test_form_123_by_design(period: Period, boxes: dict[str, int]) -> None:
    day = str(date(period.year, 2, 1))
    ledger = books(
        payment("1", "100", "19", kind="dividend", on=day),
        payment("2", "200", "38", kind="capital", on=day, party=OTHER),
        payment("3", "100", "19", kind="capital", on=day, party=LANDLORD),
    )
    found = closing.close_123(ledger, period, filed=D(1), regularisation=D(4))
    assert {box: found[box] for box in boxes} == boxes


def test_form_190_has_a_record_for_each_key() -> None:
    ledger = books(
        payment("1", "1000", "150"),
        payment("2", "100", "20", in_kind=True, on="2025-12-31"),
        payment("3", "500", "35", kind="activity", subkey="03"),
        payment("4", "300", "57", kind="prize", party=OTHER),
    )
    found = closing.close_190(ledger, 2025)
    assert (found["perceptions"], found["amount"], found["withheld"]) == (3, 1900, 262)
    first = found.records[0]
    assert (first["tax_id"], first["key"], first["subkey"]) == ("12345678Z", "A", "")
    assert (first["amount"], first["amount_in_kind"]) == ("1000", "100")
    assert [record["key"] for record in found.records] == ["A", "G", "K"]
    quarters = [closing.close_111(ledger, Period(2025, f"{n}T")) for n in range(1, 5)]
    assert sum((each["28"] for each in quarters), Decimal(0)) == found["withheld"]
    with pytest.raises(FormError, match="NIF"):
        closing.close_190(books(payment("1", "1", "0", party=Party(tax_id="12345678A"))), 2025)


def test_form_347_lists_who_passed_the_limit() -> None:
    ledger = books(
        sale("1", "1000"),
        sale("2", "1483.52", on="2025-07-01", surcharge="5.2"),  # 3,082.28 in all
        sale("3", "4000", party=SUPPLIER, withheld=D(600)),
        sale("4", "9000", None, operation="export", party=GERMAN),
        purchase("5", "2483.52"),  # 3,005.06 with its tax: not above
        purchase("6", "8000", None, operation="intra_community_acquisition", party=GERMAN),
        purchase("7", "5000", operation="reverse_charge", party=OTHER),
        sale("8", "100", received_in_cash=D("6000.01")),
    )
    found = closing.close_347(ledger, 2025)
    by_key = {(r["tax_id"], r["key"]): r for r in found.records}
    assert set(by_key) == {("B12345674", "B"), ("X1234567L", "A")}
    customer = by_key["B12345674", "B"]
    assert (customer["quarter_1"], customer["quarter_3"]) == ("1331.00", "1872.20")
    assert customer["cash"] == "6000.01"
    assert by_key["X1234567L", "A"]["amount"] == "5000"
    assert by_key["X1234567L", "A"]["reverse_charge"] == "True"
    assert (found["persons"], found["amount"]) == (2, D("8203.20"))
    more = books(*ledger.received, purchase("9", "0.01", None, operation="exempt"))
    assert ("A58818501", "A") in {(r["tax_id"], r["key"]) for r in
                                  closing.close_347(more, 2025).records}  # fmt: skip
    with pytest.raises(FormError, match="NIF"):
        closing.close_347(books(sale("1", "1", party=Party())), 2025)


def test_form_349_and_its_corrections() -> None:
    ledger = books(
        sale("1", "100", None, operation="intra_community_supply", party=GERMAN),
        sale("2", "-10", None, operation="intra_community_supply", party=GERMAN),
        sale("3", "50", None, operation="service_to_union_business", party=GERMAN),
        purchase("4", "70", operation="intra_community_acquisition", party=FRENCH),
        purchase("5", "30", operation="intra_community_acquisition", party=FRENCH, services=True),
        sale("6", "-20", None, operation="intra_community_supply", party=GERMAN, modifies=True,
             corrects="2024-4T", declared_before=D(500)),
    )  # fmt: skip
    found = closing.close_349(ledger, Q1)
    assert [(r["tax_id"], r["key"], r["amount"]) for r in found.records[:4]] == [
        ("DE136695976", "E", "90"), ("DE136695976", "S", "50"),
        ("FR61954506077", "A", "70"), ("FR61954506077", "I", "30"),
    ]  # fmt: skip
    assert found.records[4]["corrected"] == "480"
    assert (found["persons"], found["amount"], found["corrections"]) == (4, 240, 1)
    assert found["corrected_amount"] == 480
    for wrong in (
        sale("1", "1", None, operation="intra_community_supply", party=CUSTOMER),
        sale("1", "1", None, operation="intra_community_supply", party=Party(tax_id="DE1")),
        sale("1", "1", None, operation="intra_community_supply", party=GERMAN, corrects="2024-4T"),
        sale("1", "1", None, operation="intra_community_supply", party=GERMAN, currency="USD"),
    ):
        with pytest.raises(FormError):
            closing.close_349(books(wrong), Q1)
    assert parties.is_monthly_349(Q1, (D(0), D("50000.01")))
    assert not parties.is_monthly_349(Q1, (D(50000),))


def year_of_books() -> Ledger:
    entries = []
    for n, on in enumerate(("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01"), 1):
        entries += [
            sale(f"s{n}", str(1000 * n), on=on),
            sale(f"r{n}", "100", "10", on=on, surcharge="1.4"),
            sale(f"m{n}", "-10", on=on, modifies=True),
            sale(f"e{n}", "50", None, on=on, operation="export"),
            purchase(f"p{n}", "1500", on=on),
            purchase(f"i{n}", "300", on=on, operation="import"),
            purchase(f"a{n}", "200", on=on, operation="intra_community_acquisition"),
            purchase(f"v{n}", "80", on=on, operation="intra_community_acquisition", services=True),
            purchase(f"g{n}", "90", on=on, operation="reverse_charge"),
            purchase(f"b{n}", "4000", "4", on=on, investment_good=True),
            purchase(f"c{n}", "-20", on=on, modifies=True),
            purchase(f"f{n}", "10", "12", on=on, operation="farming_compensation"),
        ]
    return books(*entries)


def quarters(ledger: Ledger, before: Decimal = Decimal(100)) -> list[closing.Close]:
    forms: list[closing.Close] = []
    for n in range(1, 5):
        options = form303.Options(to_compensate=before)
        forms.append(form303.close(ledger, Period(2025, f"{n}T"), options))
        before = forms[-1]["87"] + forms[-1]["72"]
    return forms


def test_the_year_is_the_sum_of_its_periods() -> None:
    ledger = year_of_books()
    forms = quarters(ledger)
    year = form390.close(ledger, 2025, forms)
    assert form390.difference(year, forms) == 0
    assert year["47"] == sum(form["27"] for form in forms)
    assert year["64"] == sum(form["45"] for form in forms)
    assert (year["05"], year["06"]) == (10000, 2100)
    assert (year["03"], year["600"], year["104"]) == (400, D("5.60"), 200)
    assert (year["25"], year["551"], year["27"]) == (800, 320, 360)
    assert (year["196"], year["197"]) == (16000, 640)
    assert year["108"] == 10000 + 400 - 40 + 200
    assert year["95"] == sum(max(Decimal(0), form["71"]) for form in forms)
    assert year["97"] == forms[3]["72"]
    assert year["85"] == min(Decimal(100), sum(form["78"] for form in forms))
    assert year.step("06").entries == ("s1", "s2", "s3", "s4")
    assert year["86"] == year["84"] + year["659"] - year["85"]


def test_what_form_390_refuses() -> None:
    for year in (2020, 2026):
        with pytest.raises(NotInForceError):
            form390.close(Ledger(), year)
    with pytest.raises(FormError, match="no row"):
        form390.close(books(sale("1", "1", "5", on="2021-02-01")), 2021)
    with pytest.raises(FormError, match="no row"):
        form390.close(books(sale("1", "1", None)), 2025)
    with pytest.raises(FormError, match="not one of the year"):
        form390.close(Ledger(), 2024, [form303.close(Ledger(), Q1)])
    with pytest.raises(FormError):
        form390.close(Ledger(), 2025, (), form390.Options(simplified={"1": D(1)}))
    with pytest.raises(FormError):
        form390.close(books(sale("1", "1", currency="USD")), 2025)


def test_the_prorrata_and_the_regimes_of_the_year() -> None:
    ledger = books(
        sale("1", "100", operation="cash_accounting"),
        sale("2", "100", operation="margin_used_goods"),
        sale("3", "100", operation="travel_agency"),
        purchase("4", "1000"),
        purchase("5", "1000", use="right"),
        purchase("6", "1000", use="no_right"),
        purchase("7", "1000", deductible_percent=D(50)),
    )
    options = form390.Options(prorrata=D(40), special_prorrata=True)
    found = form390.close(ledger, 2025, (), options)
    assert (found["647"], found["11"], found["13"]) == (100, 100, 100)
    assert (found["605"], found["606"]) == (2500, D("84.00") + 210 + 42)


def test_form_390_by_its_number_with_the_forms_of_its_year() -> None:
    ledger = books(
        purchase("1", "1000", on="2025-01-10"), sale("2", "400", on="2025-03-10"),
        purchase("3", "500", on="2025-12-10"),
    )  # fmt: skip
    year = Period(2025, "0A")
    plain = close_form("390", ledger, year)
    # 126 left in the first quarter, 105 more in the last one.
    assert [plain[box] for box in ("85", "95", "97", "98", "662")] == [0, 0, 105, 0, 126]
    before = close_form("390", ledger, year, ("to_compensate=50", "ask_refund=true"))
    assert [before[box] for box in ("85", "97", "98", "662")] == [0, 0, 105, 126]
    monthly = close_form("390", ledger, year, ("monthly=true", "ask_refund=true"))
    assert [monthly[box] for box in ("95", "96", "97", "98")] == [84, 210, 0, 105]
    half = close_form("390", ledger, year, ("prorrata=50", "customs=10"))
    assert [half[box] for box in ("64", "659", "95")] == [D("157.50"), 10, 0]
    used = close_form("390", books(sale("1", "1000", on="2025-02-01")), year, ("to_compensate=50",))
    assert [used[box] for box in ("85", "95", "86")] == [50, 160, 160]
    for wrong in ("applied=5", "monthly=perhaps", "prorrata=x"):
        with pytest.raises(ArgumentError):
            close_form("390", ledger, year, (wrong,))


@pytest.mark.parametrize(
    "close",
    [
        closing.close_111, closing.close_115, closing.close_123, closing.close_349,
    ],
)  # fmt: skip
def test_foral_territories_are_refused(close: object) -> None:
    with pytest.raises(TerritoryError):
        close(Ledger(territory="navarra"), Q1)  # type: ignore[operator]
    for yearly in (closing.close_180, closing.close_190, closing.close_347, form390.close):
        with pytest.raises(TerritoryError):
            yearly(Ledger(territory="gipuzkoa"), 2025)


def test_an_empty_ledger_gives_empty_forms() -> None:
    for close in (closing.close_111, closing.close_115, closing.close_123, closing.close_349):
        assert not any(close(Ledger(), Q1).boxes.values())
    for yearly in (closing.close_180, closing.close_190, closing.close_347):
        assert yearly(Ledger(), 2025).records == ()
    with pytest.raises(FormError):
        closing.close_349(Ledger(), Period(2025, "0A"))
