"""What the agency holds, what a company hands over, and the declaration of the program."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aeat_sii.errors import DeclarationError

DECLARATION = """
name = "Facturador de prueba"
code = "EI"
version = "1.0"
components = ["Un servidor"]
only_verifactu = true
serves_several = true
producer_name = "PROGRAMAS DE PRUEBA SL"
producer_nif = "B28015865"
producer_address = "Calle Inventada 1, 28001 Madrid"
declared_on = 2026-07-01
declared_at = "Madrid"
"""


def issue(office: Any, count: int) -> list[dict[str, Any]]:
    office.open_series()
    client = office.add_client()
    return [office.issue(office.draft(client)["id"]) for _ in range(count)]


def asked(office: Any, **changes: Any) -> Any:
    today = date.today()  # noqa: DTZ011 - the day of issue
    return office.get("/aeat/held", params={"year": today.year, "month": today.month, **changes})


def test_the_agency_is_asked_what_it_holds(office: Any) -> None:
    issued = issue(office, 2)
    assert asked(office).json() == {"items": [], "next_after": None}
    office.post("/aeat/deliveries")

    held = asked(office).json()

    ours = [office.get(f"/aeat/invoices/{each['id']}").json() for each in issued]
    rows = [(each["number"], each["fingerprint"], each["state"]) for each in held["items"]]
    assert rows == [(each["number"], each["fingerprint"], "Correcto") for each in ours]
    one = asked(office, number="A/2").json()["items"]
    assert [each["number"] for each in one] == ["A/2"]
    place = {"after_number": "A/1", "after_issued_on": held["items"][0]["issued_on"]}
    assert [each["number"] for each in asked(office, **place).json()["items"]] == ["A/2"]
    refused = asked(office, after_number="A/1")
    assert (refused.status_code, refused.json()["code"]) == (422, "server.invalid")


def test_a_record_is_looked_at_without_the_agency(office: Any) -> None:
    (issued,) = issue(office, 1)
    state = office.get(f"/aeat/invoices/{issued['id']}").json()

    drawing = office.get(f"/aeat/invoices/{issued['id']}/qr", params={"size_mm": 30})
    record = office.get(f"/aeat/invoices/{issued['id']}/record").content
    (found,) = office.post("/aeat/fingerprints", content=record).json()
    (changed,) = office.post("/aeat/fingerprints", content=record.replace(b"A/1", b"A/2")).json()
    duplicate = office.get("/aeat/codes/3000").json()

    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.text.startswith("<svg ")
    assert (found["kind"], found["stated"]) == ("alta", found["computed"])
    assert found["stated"] == state["fingerprint"]
    assert changed["stated"] != changed["computed"]
    assert (duplicate["consequence"], duplicate["step"]) == ("rejects_record", "settle")
    assert office.get("/aeat/invoices/nobody/qr").status_code == 404
    assert office.get(f"/aeat/invoices/{issued['id']}/qr?size_mm=50").status_code == 422
    assert office.post("/aeat/fingerprints", content=b"no XML").status_code == 422
    assert office.get("/aeat/codes/x").status_code == 422


def test_the_census_is_asked_before_a_customer_is_billed(office: Any) -> None:
    known = office.get("/aeat/census/B12345674", params={"name": "Comercial de Ejemplo, S.A."})
    unknown = office.get("/aeat/census/B12345670", params={"name": "Comercial de Ejemplo, S.A."})

    assert known.json() == {
        "nif": "B12345674",
        "name": "Comercial de Ejemplo, S.A.",
        "outcome": "identified",
        "said": "IDENTIFICADO",
    }
    assert unknown.json()["outcome"] == "not_identified"
    assert office.get("/aeat/census/B1", params={"name": "X"}).status_code == 422


def test_the_chain_is_handed_over_octet_by_octet(office: Any) -> None:
    issued = issue(office, 2)

    answer = office.get("/aeat/chain/export")

    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        index = json.loads(archive.read("index.json"))
        files = [archive.read(row["file"]) for row in index]
    records = [office.get(f"/aeat/invoices/{each['id']}/record").content for each in issued]
    assert files == records


def test_the_declaration_is_shown_where_there_is_one(house: Any, office: Any) -> None:
    missing = office.get("/aeat/declaration")
    assert (missing.status_code, missing.json()["code"]) == (404, "server.not_found")
    file: Path = house.folder / "declaration.toml"
    file.write_text(DECLARATION, encoding="utf-8")

    page = house.start(declaration=file).get("/api/v1/aeat/declaration")

    assert page.status_code == 200
    assert "PROGRAMAS DE PRUEBA SL" in page.text
    file.write_text(DECLARATION.replace("producer_name", "producer"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="producer_name"):
        house.app(declaration=file)


def test_an_issued_invoice_is_booked_in_the_sii(office: Any) -> None:
    first, second = issue(office, 2)
    today = date.today()  # noqa: DTZ011 - the day of issue
    period = f"/aeat/sii/issued/{today.year}/{today.month:02}"
    assert office.get(period).json() == []

    booked = office.post(f"/aeat/sii/issued/{first['id']}").json()

    assert (booked["state"], booked["code"], booked["held"]) == ("Correcto", None, None)
    assert booked["csv"]
    again = office.post(f"/aeat/sii/issued/{first['id']}").json()
    assert (again["state"], again["held"]) == ("Incorrecto", "Correcta")
    changed = office.post(f"/aeat/sii/issued/{first['id']}?changes=true").json()
    assert changed["state"] == "Correcto"
    never = office.post(f"/aeat/sii/issued/{second['id']}?changes=true").json()
    assert never["state"] == "Incorrecto"
    held = office.get(period).json()
    assert [(each["number"], each["total"]) for each in held] == [("A/1", "242.00")]
    assert office.post("/aeat/sii/issued/nobody").status_code == 404
    assert office.get("/aeat/sii/issued/2026/13").status_code == 422


def test_what_is_kept_for_the_sii_is_sent_and_settled(office: Any) -> None:
    first, second = issue(office, 2)
    assert office.get("/aeat/sii/outbox").json() == []

    kept = office.post(f"/aeat/sii/outbox/{first['id']}").json()
    office.post(f"/aeat/sii/outbox/{second['id']}")
    assert (kept["position"], kept["book"], kept["state"]) == (1, "issued", "pending")
    step = office.post("/aeat/sii/outbox/deliveries").json()

    assert step == {"outcome": "answered", "wait_s": 0, "settled": 2, "reason": ""}
    entries = office.get("/aeat/sii/outbox").json()
    assert [(each["number"], each["state"]) for each in entries] == [
        ("A/1", "accepted"),
        ("A/2", "accepted"),
    ]
    assert entries[0]["csv"]
    assert office.get("/aeat/sii/outbox?after=1").json() == entries[1:]
    office.post(f"/aeat/sii/outbox/{first['id']}?changes=true")
    assert office.post("/aeat/sii/outbox/deliveries").json()["settled"] == 1
    assert office.post("/aeat/sii/outbox/deliveries").json()["outcome"] == "nothing_to_send"
    assert office.post("/aeat/sii/outbox/nobody").status_code == 404
