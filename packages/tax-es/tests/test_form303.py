"""Form 303: rows by design, corrections, deductions, compensation, refusals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import GERMAN, D, books, line, purchase, sale
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.errors import NotInForceError
from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.closing.by_number import close_stream
from tax_es.closing.form303 import Builder, Options, close
from tax_es.errors import FormError, TerritoryError, UnknownKindError
from tax_es.ledger import Issued, Ledger, read_lines

Q1 = Period(2025, "1T")


@pytest.mark.parametrize(
    ("period", "on", "percent", "box"),
    [
        ("2022-4T", "2022-12-31", "5", None),  # three rows, whose percentages nothing prints
        ("2023-1T", "2023-01-01", "5", "153"),
        ("2023-1T", "2023-01-01", "0", "150"),
        ("2024-2T", "2024-06-30", "5", "153"),
        ("2024-08", "2024-08-31", "2", None),
        ("2024-09", "2024-09-30", "5", "153"),
        ("2024-3T", "2024-09-30", "7.5", None),
        ("2024-4T", "2024-10-01", "7.5", "153"),
        ("2024-4T", "2024-10-01", "2", "165"),
        ("2024-4T", "2024-12-31", "5", None),
        ("2025-1T", "2025-01-01", "7.5", None),
        ("2025-1T", "2025-01-01", "2", None),
        ("2025-1T", "2025-01-01", "4", "01"),
        ("2026-1T", "2026-01-01", "10", "04"),
        ("2026-1T", "2026-01-01", "18", None),
        ("2022-1T", "2022-01-01", "21", "07"),
        ("2022-1T", "2022-01-01", "10", "04"),
        ("2022-1T", "2022-01-01", "0", None),
    ],
)
def test_a_design_takes_its_percentages_and_no_other(
    period: str, on: str, percent: str, box: str | None
) -> None:
    others = [sale(f"x{p}", "1", p, on=on) for p in ("4", "10", "21") if p != percent]
    ledger = books(*others, sale("1", "100", percent, on=on))
    if box is None:
        with pytest.raises(FormError, match="design"):
            close(ledger, Period.parse(period))
    else:
        assert close(ledger, Period.parse(period))[box] == 100


@pytest.mark.parametrize("year", [2021, 2027])
def test_a_year_without_a_design_is_refused(year: int) -> None:
    with pytest.raises(NotInForceError):
        close(Ledger(), Period(year, "1T"))


def test_percentages_of_the_surcharge_find_rows_in_any_order() -> None:
    sales = [
        sale(str(n), "100", "21", on="2024-09-01", surcharge=s)
        for n, s in enumerate(("0.5", "0.26", "1.4", "5.2", "1.75"))
    ]
    there, back = (
        close(books(*each), Period(2024, "3T")).boxes for each in (sales, reversed(sales))
    )
    assert there == back
    assert (there["169"], there["17"], there["170"]) == (D("0.26"), D("0.5"), D("0.26"))
    both = books(*(sale(s, "1", on="2023-02-01", surcharge=s) for s in ("0.5", "0.62")))
    with pytest.raises(FormError, match="no row for each"):
        close(both, Period(2023, "1T"))


def test_every_kind_of_supply_has_its_box() -> None:
    ledger = books(
        sale("1", "10", None, operation="reverse_charge"),
        sale("2", "20", None, operation="export"),
        sale("3", "40", None, operation="free_zone"),
        sale("4", "80", None, operation="intra_community_supply", party=GERMAN),
        sale("5", "160", None, operation="service_to_union_business", party=GERMAN),
        sale("6", "320", None, operation="not_located"),
        sale("7", "640", None, operation="one_stop_shop"),
        sale("8", "1280", None, operation="import_one_stop_shop"),
        sale("9", "2560", None, operation="exempt_inland"),
        sale("10", "5120", "21", cash_accounting=True),
    )
    boxes = close(ledger, Q1).boxes
    got = {box: boxes[box] for box in ("122", "60", "59", "120", "123", "124", "62", "63", "07")}
    assert got == {"122": 10, "60": 60, "59": 240, "120": 320, "123": 640, "124": 1280,
                   "62": 5120, "63": D("1075.20"), "07": 5120}  # fmt: skip
    assert boxes["27"] == boxes["09"] == D("1075.20")


def test_every_kind_of_purchase_has_its_boxes() -> None:
    ledger = books(
        purchase("1", "100"),
        purchase("2", "200", investment_good=True),
        purchase("3", "300", operation="import"),
        purchase("4", "400", operation="import", investment_good=True),
        purchase("5", "500", operation="intra_community_acquisition"),
        purchase("6", "600", operation="intra_community_acquisition", investment_good=True),
        purchase("7", "700", operation="reverse_charge"),
        purchase("8", "800", "12", operation="farming_compensation"),
        purchase("9", "900", None, operation="exempt"),
        purchase("10", "-50", modifies=True),
        purchase("11", "-60", modifies=True, operation="intra_community_acquisition"),
        purchase("12", "1000", deductible_percent=D(50)),
        purchase("13", "2000", deductible_percent=D(0)),
        purchase("14", "4000", cash_accounting=True),
    )
    boxes = close(ledger, Q1).boxes
    got = [boxes[str(n)] for n in (28, 30, 32, 34, 36, 38, 40, 10, 12, 14, 42, 74)]
    assert got == [100 + 700 + 500 + 4000, 200, 300, 400, 500, 600, -110, 1100, 700, -60, 96, 4000]
    assert boxes["29"] == D("21.00") + D("147.00") + D("105.00") + D("840.00")
    assert boxes["15"] == D("-12.60")
    assert boxes["41"] == D("-23.10")


def test_cash_accounting_informs_at_issue_and_accrues_at_payment() -> None:
    paid = date(2025, 5, 2)
    ledger = books(
        sale("1", "100", operation="cash_accounting", accrued_on=paid),
        purchase("2", "40", cash_accounting=True, booked_on=paid),
    )
    first, second = close(ledger, Q1), close(ledger, Period(2025, "2T"))
    boxes = ("62", "63", "74", "75", "07", "28")
    assert [first[box] for box in boxes] == [100, 21, 40, D("8.40"), 0, 0]
    assert [second[box] for box in boxes] == [0, 0, 0, 0, 100, 40]


def test_corrections_of_sales_go_to_their_boxes() -> None:
    found = close(books(sale("R1", "-100", surcharge="5.2", modifies=True)), Q1)
    assert [found[box] for box in ("14", "15", "25", "26")] == [-100, -21, -100, D("-5.20")]
    assert found["27"] == D("-26.20")
    assert found["72"] == D("26.20")


def test_the_general_prorrata_reduces_quotas_and_not_bases() -> None:
    ledger = books(purchase("1", "1000"), purchase("2", "10", use="right"))
    found = close(ledger, Q1, Options(prorrata=D(56)))
    assert (found["28"], found["29"]) == (1010, D("118.78"))
    assert "56 % of" in found.step("29").formula


def test_the_special_prorrata_looks_at_the_use() -> None:
    ledger = books(
        purchase("1", "1000", use="right"),
        purchase("2", "1000", use="no_right"),
        purchase("3", "1000", use="common"),
    )
    found = close(ledger, Q1, Options(prorrata=D(56), special_prorrata=True))
    assert (found["28"], found["29"]) == (2000, D("210.00") + D("117.60"))
    assert found.step("29").entries == ("3", "1")


def test_a_negative_result_is_compensated_or_asked_back() -> None:
    ledger = books(purchase("1", "1000"))
    kept = close(ledger, Q1, Options(to_compensate=D(50)))
    assert (kept["71"], kept["72"], kept["73"]) == (-210, 210, 0)
    assert (kept["78"], kept["87"]) == (0, 50)
    asked = close(ledger, Q1, Options(ask_refund=True))
    assert (asked["72"], asked["73"]) == (0, 210)


def test_compensation_never_exceeds_the_result() -> None:
    ledger = books(sale("1", "1000"))
    whole = close(ledger, Q1, Options(to_compensate=D(500)))
    assert (whole["78"], whole["87"], whole["71"]) == (210, 290, 0)
    part = close(ledger, Q1, Options(to_compensate=D(500), applied=D(100)))
    assert (part["78"], part["87"], part["71"]) == (100, 400, 110)
    for options in (
        Options(to_compensate=D(500), applied=D(211)),
        Options(to_compensate=D(100), applied=D(101)),
        Options(to_compensate=D(-1)),
    ):
        with pytest.raises(FormError):
            close(ledger, Q1, options)


def test_a_second_corrective_form_counts_what_was_paid_and_returned() -> None:
    original = close(books(sale("1", "1000")), Q1)
    first = close(books(sale("1", "500")), Q1, Options(rectifies=(original.boxes,)))
    assert [first[box] for box in ("69", "70", "71", "111", "72")] == [105, 210, -105, 105, 0]
    second = close(
        books(sale("1", "800")),
        Q1,
        Options(rectifies=(original.boxes, first.boxes), refunds_agreed=D(105)),
    )
    assert [second[box] for box in ("69", "70", "109", "71")] == [168, 210, 105, 63]


def test_before_september_2024_a_form_corrects_against_who_files_it() -> None:
    for period, on in ((Period(2022, "1T"), "2022-02-10"), (Period(2024, "2T"), "2024-05-02")):
        original = close(books(sale("1", "1000", on=on)), period)
        options = Options(rectifies=(original.boxes,))
        more = close(books(sale("1", "1500", on=on)), period, options)
        assert [more[box] for box in ("69", "70", "71")] == [315, 210, 105]
        with pytest.raises(FormError, match=r"LGT, art\. 122\.2"):
            close(books(sale("1", "900", on=on)), period, options)
        kept = close(books(purchase("1", "1000", on=on)), period)
        options = Options(rectifies=(kept.boxes,))
        assert close(books(purchase("1", "600", on=on)), period, options)["72"] == 126
        with pytest.raises(FormError, match="rectification"):
            close(books(purchase("1", "1100", on=on)), period, options)
    asked = close(books(purchase("1", "1000", on="2022-12-10")), Period(2022, "4T"),
                  Options(ask_refund=True))  # fmt: skip
    with pytest.raises(FormError, match="no box for a refund"):
        close(Ledger(), Period(2022, "4T"), Options(rectifies=(asked.boxes,)))


def test_boxes_that_a_design_lacks_are_refused() -> None:
    with pytest.raises(FormError, match="112"):
        close(Ledger(), Q1, Options(fuel_payment=D(10)))
    assert close(Ledger(), Period(2026, "1T"), Options(fuel_payment=D(10)))["71"] == -10
    with pytest.raises(FormError, match="108"):
        close(Ledger(), Period(2023, "1T"), Options(disagreement=D(10)))
    assert "111" not in close(Ledger(), Period(2023, "1T")).boxes


def test_the_simplified_regime_enters_in_its_boxes() -> None:
    quarter = close(Ledger(), Q1, Options(simplified={"47": D("462.71")}))
    assert (quarter["54"], quarter["58"], quarter["71"]) == (D("462.71"),) * 3
    year = Options(simplified={"48": D("4687.80"), "49": D("1388.13"), "51": D(525),
                               "55": D("514.50")})  # fmt: skip
    assert close(Ledger(), Period(2025, "4T"), year)["71"] == D("3310.17")
    with pytest.raises(FormError):
        close(Ledger(), Q1, Options(simplified={"999": D(1)}))


def test_the_volume_of_the_year() -> None:
    ledger = books(
        sale("1", "1000", on="2025-02-01"),
        sale("2", "500", on="2025-12-01", investment_good=True),
        sale("0", "9000", on="2024-12-01"),
        sale("3", "70", None, on="2025-12-01", operation="export"),
    )
    found = close(ledger, Period(2025, "4T"), Options(yearly_volume=True))
    assert [found[box] for box in ("80", "94", "99", "88")] == [1500, 70, 500, 1070]
    for options in (Options(yearly_volume=True), Options(final_prorrata=D(1))):
        with pytest.raises(FormError, match="last period"):
            close(ledger, Q1, options)


def test_the_share_of_the_state_is_rounded() -> None:
    found = close(books(sale("1", "100.05")), Q1, Options(state_percent=D("33.33")))
    assert found["66"] == D("7.00")


@pytest.mark.parametrize(
    "entry",
    [
        sale("1", "100", currency="USD"),
        sale("1", "100", None),
        sale("1", "100", "7", operation="igic"),
        purchase("1", "100", currency="USD"),
    ],
)
def test_entries_without_a_place_are_refused(entry: Issued) -> None:
    with pytest.raises(FormError) as refused:
        close(books(entry), Q1)
    assert refused.value.details["entry"] == "1"


def test_what_a_period_or_a_territory_refuses() -> None:
    for territory in ("navarra", "Bizkaia", "foral_alava"):
        with pytest.raises(TerritoryError):
            close(Ledger(territory=territory), Q1)
    with pytest.raises(FormError):
        close(Ledger(), Period(2025, "0A"))
    with pytest.raises(UnknownKindError):
        close(books(sale("1", "1", operation="gift")), Q1)
    for options in (Options(prorrata=D(101)), Options(state_percent=D(-1))):
        with pytest.raises(FormError):
            close(Ledger(), Q1, options)
    with pytest.raises(FormError, match="15 digits"):
        close(books(sale("1", "9" * 16)), Q1)


def test_entries_of_other_periods_are_passed_over_and_counted() -> None:
    builder = Builder(Q1)
    builder.add(sale("1", "100", on="2025-04-01"))
    builder.add(sale("2", "100", on="2025-04-01", accrued_on=date(2025, 3, 31)))
    builder.add(purchase("3", "100", on="2024-12-01", booked_on=date(2025, 1, 2)))
    assert builder.passed_over == 1
    found = builder.finish()
    assert (found["07"], found["28"]) == (100, 100)


def test_a_stated_tax_counts_rather_than_the_percentage() -> None:
    entry = sale("1", "100")
    stated = entry.model_copy(
        update={"lines": (line("100").model_copy(update={"tax": D("21.01")}),)}
    )
    assert close(books(stated), Q1)["09"] == D("21.01")


def test_the_trace_leads_to_entries_and_parameters() -> None:
    found = close(books(sale("A-1", "100"), sale("A-2", "50", "10"), purchase("7", "30")), Q1)
    assert found.step("09").entries == ("A-1",)
    assert found.step("27").inputs[5] == ("09", D("21.00"))
    assert found.step("27").parameters == ()
    assert found.step("09").parameters[0].name == "form_303.design"
    words = found.explain("27")
    assert words[-1].startswith("27: total cuota devengada = 152 + 167 + 03")
    assert any("régimen general 21 %, cuota" in each for each in words)
    assert found.explain("71", "en")[-1].endswith("By RIVA, art. 71.")
    with pytest.raises(UnknownKindError):
        found.step("999")


def test_the_same_books_give_the_same_hash() -> None:
    entries = [sale("1", "100"), sale("2", "50"), purchase("3", "10")]
    one, two = (close(books(*entries), Q1) for _ in range(2))
    assert one.digest == two.digest
    assert close(books(*entries[:2]), Q1).digest != one.digest
    assert replace(one, period=Period(2025, "2T")).digest != one.digest


amounts = st.decimals(-10_000, 10_000, places=2)


@given(st.lists(st.tuples(amounts, st.sampled_from(["0", "4", "10", "21"])), max_size=20))
def test_the_order_of_entries_does_not_matter(rows: list[tuple[Decimal, str]]) -> None:
    sales = [sale(str(n), str(base), percent) for n, (base, percent) in enumerate(rows)]
    there, back = (close(books(*each), Q1).boxes for each in (sales, sales[::-1]))
    assert there == back
    assert there["27"] == sum((entry.tax for entry in sales), Decimal(0))
    assert there["71"] == there["27"] - there["45"]
    assert there["72"] == max(Decimal(0), -there["71"])


@pytest.mark.long
def test_a_million_entries_in_little_memory() -> None:
    import resource

    lines = (
        f'{{"side": "issued", "id": "A-{n}", "issued_on": "2025-02-10",'
        f' "lines": [{{"taxable_base": "{n % 900 + 100}.10", "percent": "21"}}]}}'
        for n in range(1_000_000)
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    closed = close_stream(read_lines(lines), Q1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert closed["07"] == sum(D(n % 900 + 100) for n in range(1_000_000)) + D("100000.00")
    assert grown < 50_000  # kilobytes


def test_form303_offers_what_it_lists() -> None:
    assert set(form303.__all__) == {"Builder", "Options", "close"}
