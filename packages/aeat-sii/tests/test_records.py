from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from aeat_sii.testing import examples, strategies
from aeat_sii.verifactu.records import (
    SF,
    CancellationRecord,
    OtherId,
    Person,
    RegistrationRecord,
)
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.errors import DocumentRefused
from einvoice_core.xml.parsing import parse

MADRID = timezone(timedelta(hours=2))


def test_a_record_is_written_with_the_official_names_in_their_order() -> None:
    root = parse(write(examples.registration(), prefixes={"sum1": SF}))

    names = [child.tag.rpartition("}")[2] for child in root]

    assert root.tag == f"{{{SF}}}RegistroAlta"
    assert names == [
        "IDVersion",
        "IDFactura",
        "NombreRazonEmisor",
        "TipoFactura",
        "DescripcionOperacion",
        "Destinatarios",
        "Desglose",
        "CuotaTotal",
        "ImporteTotal",
        "Encadenamiento",
        "SistemaInformatico",
        "FechaHoraHusoGenRegistro",
        "TipoHuella",
        "Huella",
    ]


def test_amounts_dates_and_instants_have_the_forms_of_the_agency() -> None:
    record = examples.registration(total=Decimal("1E+2"), operated_on=date(2026, 6, 30))

    text = write(record).decode()

    assert ">100<" in text
    assert ">30-06-2026<" in text
    assert ">2026-07-01T09:00:00+02:00<" in text


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.registrations())
def test_reading_what_was_written_gives_the_same_registration(record: RegistrationRecord) -> None:
    assert read(parse(write(record)), RegistrationRecord).require() == record


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.cancellations())
def test_reading_what_was_written_gives_the_same_cancellation(record: CancellationRecord) -> None:
    assert read(parse(write(record)), CancellationRecord).require() == record


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total", 121.0),
        ("total", "12,50"),
        ("total", "NaN"),
        ("total", "1e400"),
        ("total", Decimal("121.001")),
        ("total", Decimal(1_000_000_000_000)),
        ("description", "x" * 501),
        ("description", "bell \x07"),
        ("description", "half \ud800 pair"),
        ("issuer_name", "x" * 121),
        ("external_reference", "x" * 61),
        ("kind", "F9"),
        ("previous_rejection", "Q"),
        ("breakdown", ()),
        ("breakdown", (examples.line(),) * 13),
        ("recorded_at", datetime(2026, 7, 1)),  # noqa: DTZ001 - the naive instant is the point
        ("recorded_at", datetime(2026, 7, 1, 9, 0, 0, 1, tzinfo=MADRID)),
        ("recorded_at", datetime(2026, 7, 1, tzinfo=timezone(timedelta(seconds=30)))),
        ("operated_on", "2026-02-30"),
        ("no_such_field", "x"),
    ],
)
def test_a_record_refuses_what_the_agency_cannot_take(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        examples.registration(**{field: value})


@pytest.mark.parametrize("nif", ["", "8989000", "89890001KX"])
def test_a_nif_has_nine_characters(nif: str) -> None:
    with pytest.raises(ValidationError):
        Person(name="X", nif=nif)


@pytest.mark.parametrize("country", ["", "es", "ZZ", "ESP"])
def test_a_country_is_one_of_the_list(country: str) -> None:
    with pytest.raises(ValidationError):
        OtherId(country=country, kind="04", id="X1")


def test_rates_and_bases_refuse_floats() -> None:
    with pytest.raises(ValidationError):
        examples.line(rate_percent=21.0)
    with pytest.raises(ValidationError):
        examples.line(taxable_base=100.0)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        examples.registration().total = Decimal(1)  # type: ignore[misc]  # it is frozen


def test_a_wrong_record_is_refused_with_its_findings() -> None:
    text = (
        write(examples.registration())
        .decode()
        .replace(">F1<", ">F9<")
        .replace("CuotaTotal", "Cuota")
    )

    with pytest.raises(DocumentRefused) as caught:
        read(parse(text.encode()), RegistrationRecord).require()

    assert any("TipoFactura" in finding.path for finding in caught.value.findings)
