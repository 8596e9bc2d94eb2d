import contextlib
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeat_sii.environments import PRODUCTION, TEST, Environment, local
from aeat_sii.errors import QrError
from aeat_sii.testing import examples, strategies
from aeat_sii.verifactu import qr

DAY = date(2026, 7, 1)
ADDRESS = qr.url("89890001K", "2026/0001", DAY, Decimal("121.00"))


def test_the_address_of_a_record_holds_its_four_values() -> None:
    address = qr.url_of(examples.registration())

    assert address == (
        "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR"
        "?nif=89890001K&numserie=2026%2F0001&fecha=01-07-2026&importe=121.00"
    )


@pytest.mark.parametrize("environment", [PRODUCTION, TEST])
@pytest.mark.parametrize("verifactu", [True, False])
@given(
    number=strategies.numbers,
    day=st.dates(),
    total=strategies.amounts,
)
def test_an_address_is_read_back(
    environment: Environment, verifactu: bool, number: str, day: date, total: Decimal
) -> None:
    address = qr.url("89890001K", number, day, total, environment=environment, verifactu=verifactu)

    assert qr.parse(address) == qr.QrData("89890001K", number, day, total, verifactu)
    assert qr.parse(address, environment=environment).number == number


def test_the_language_of_the_page_may_be_chosen() -> None:
    assert qr.parse(ADDRESS + "&idioma=eu") == qr.parse(ADDRESS)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer_nif": "8989000"}, "2001"),
        ({"issuer_nif": "89890001k"}, "2001"),
        ({"number": "x" * 61}, "2002"),
        ({"number": "ñ"}, "2003"),
        ({"number": "a\nb"}, "2003"),
        ({"number": ""}, "2003"),
        ({"total": Decimal("1.234")}, "2005"),
        ({"total": Decimal("NaN")}, "2005"),
        ({"total": Decimal(10) ** 12}, "2006"),
    ],
)
def test_a_value_that_the_page_refuses_is_refused(changes: dict[str, object], code: str) -> None:
    values: dict[str, object] = {
        "issuer_nif": "89890001K",
        "number": "1",
        "issued_on": DAY,
        "total": Decimal(1),
    }

    with pytest.raises(QrError) as caught:
        qr.url(**values | changes)  # type: ignore[arg-type]  # wrong values on purpose

    assert caught.value.details["agency_code"] == code


@pytest.mark.parametrize(
    "address",
    [
        "",
        "not an address",
        "https://example.com/wlpl/TIKE-CONT/ValidarQR?nif=89890001K",
        ADDRESS.replace("https://", "http://"),
        ADDRESS.replace("www2.", "www2.evil."),
        ADDRESS.replace("ValidarQR", "ValidarQr"),
        ADDRESS.partition("?")[0],
        ADDRESS.replace("&importe=121.00", ""),
        ADDRESS.replace("importe=121.00", "importe="),
        ADDRESS + "&importe=121.00",
        ADDRESS + "&formato=json",
        ADDRESS.replace("121.00", "12,50"),
        ADDRESS.replace("121.00", "1e3"),
        ADDRESS.replace("01-07-2026", "30-02-2026"),
        ADDRESS.replace("01-07-2026", "2026-07-01"),
        ADDRESS.replace("2026%2F0001", "%FF"),
        ADDRESS + "&x=" + "1" * 2000,
        ADDRESS + "ñ",
    ],
)
def test_what_is_not_a_tax_qr_is_refused(address: str) -> None:
    with pytest.raises(QrError):
        qr.parse(address)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for address in (text, ADDRESS + text, ADDRESS.partition("?")[0] + "?" + text):
        with contextlib.suppress(QrError):
            assert isinstance(qr.parse(address), qr.QrData)


def test_a_sandbox_has_an_address_of_its_own() -> None:
    address = qr.url("89890001K", "1", DAY, Decimal(1), environment=local("https://localhost:1/"))

    assert address.startswith("https://localhost:1/wlpl/TIKE-CONT/ValidarQR?nif=")
    with pytest.raises(QrError):
        qr.parse(address)


def test_the_drawing_measures_what_was_asked() -> None:
    root = ElementTree.fromstring(qr.svg(ADDRESS, size_mm=40, quiet_zone_mm=2))  # noqa: S314 - ours

    width = Decimal(root.attrib["width"].removesuffix("mm"))

    assert root.attrib["width"] == root.attrib["height"]
    assert Decimal(44) <= width <= Decimal(48)


@pytest.mark.parametrize(
    "lengths",
    [{"size_mm": 29}, {"size_mm": 41}, {"quiet_zone_mm": 1}, {"dpi": 10}, {"dpi": 100_000}],
)
def test_a_drawing_outside_the_order_is_refused(lengths: dict[str, int]) -> None:
    with pytest.raises(QrError):
        qr.png(ADDRESS, **lengths)


def test_what_does_not_fit_in_a_qr_is_refused() -> None:
    with pytest.raises(QrError):
        qr.svg("x" * 5000)


def test_the_legends_are_those_of_the_order() -> None:
    assert qr.LEGEND_ABOVE == "QR tributario:"
    assert qr.LEGEND_BELOW == "VERI*FACTU"
    assert qr.LEGEND_BELOW_LONG.startswith("Factura verificable")
