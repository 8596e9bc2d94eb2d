"""The official vectors of the fingerprint and of the QR."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from aeat_sii.environments import PRODUCTION, TEST
from aeat_sii.testing import examples
from aeat_sii.verifactu import chain, qr
from aeat_sii.verifactu.codes import EventKind
from aeat_sii.verifactu.event_log import make_event
from aeat_sii.verifactu.events import link_event
from aeat_sii.verifactu.records import (
    CancelledInvoiceId,
    Chaining,
    ChainLink,
    InvoiceId,
    SpanishPerson,
)
from einvoice_core.lexical import AEAT_DATE, XML_DATETIME
from einvoice_core.testing.judges import official


def vectors(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(official(f"verifactu/vectors/{name}").read_text())
    return rows


def fields(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split("&"))


def previous(values: dict[str, str], nif: str) -> Chaining:
    if not values["Huella"]:
        return Chaining(is_first=True)
    day = AEAT_DATE.decode("01-01-2024")
    return Chaining(
        previous=ChainLink(issuer_nif=nif, number="1", issued_on=day, fingerprint=values["Huella"])
    )


def recorded_at(values: dict[str, str]) -> datetime:
    return XML_DATETIME.decode(values["FechaHoraHusoGenRegistro"])


def test_the_official_fingerprint_of_a_registration() -> None:
    (vector,) = [v for v in vectors("hash_vectors.json") if v["kind"] == "alta"]
    values = fields(vector["input"])
    record = examples.registration(
        invoice=InvoiceId(
            issuer_nif=values["IDEmisorFactura"],
            number=values["NumSerieFactura"],
            issued_on=AEAT_DATE.decode(values["FechaExpedicionFactura"]),
        ),
        kind=values["TipoFactura"],
        total_tax=Decimal(values["CuotaTotal"]),
        total=Decimal(values["ImporteTotal"]),
        chaining=previous(values, values["IDEmisorFactura"]),
        recorded_at=recorded_at(values),
    )

    assert vector["official"]
    assert chain.fingerprint_input(record) == vector["input"]
    assert chain.fingerprint(record) == vector["sha256"]
    assert chain.link(record, None).fingerprint == vector["sha256"]


def test_the_official_fingerprint_of_a_cancellation() -> None:
    (vector,) = [v for v in vectors("hash_vectors.json") if v["kind"] == "anulacion"]
    values = fields(vector["input"])
    nif = values["IDEmisorFacturaAnulada"]
    record = examples.cancellation(
        invoice=CancelledInvoiceId(
            issuer_nif=nif,
            number=values["NumSerieFacturaAnulada"],
            issued_on=AEAT_DATE.decode(values["FechaExpedicionFacturaAnulada"]),
        ),
        chaining=previous(values, nif),
        recorded_at=recorded_at(values),
    )

    assert vector["official"]
    assert chain.fingerprint_input(record) == vector["input"]
    assert chain.fingerprint(record) == vector["sha256"]
    assert chain.link(record, record.chaining.previous).fingerprint == vector["sha256"]


def test_the_fingerprint_of_an_event() -> None:
    """No official vector exists: this one was computed from the list of fields."""
    (vector,) = [v for v in vectors("hash_vectors.json") if v["kind"] == "evento"]
    moment = vector["input"].rpartition("=")[2]
    event = make_event(
        EventKind.STARTED,
        system=examples.system(version="1.0.03"),
        issuer=SpanishPerson(name="X", nif="89890002E"),
        recorded_at=datetime.fromisoformat(moment),
    )

    assert not vector["official"]
    assert link_event(event, None).event.fingerprint == vector["sha256"]


def test_the_vectors_are_what_they_say() -> None:
    for vector in vectors("hash_vectors.json"):
        assert hashlib.sha256(vector["input"].encode()).hexdigest().upper() == vector["sha256"]


def test_the_official_addresses_of_the_qr() -> None:
    rows = vectors("qr_vectors.json")
    for vector in rows:
        day, total = AEAT_DATE.decode(vector["fecha"]), Decimal(vector["importe"])
        address = qr.url(
            vector["nif"],
            vector["numserie"],
            day,
            total,
            environment={"test": TEST, "production": PRODUCTION}[vector["env"]],
            verifactu=vector["verifactu"],
        )

        assert address == vector["url"]
        assert qr.parse(vector["url"]) == qr.QrData(
            vector["nif"], vector["numserie"], day, total, vector["verifactu"]
        )
    assert len(rows) >= 2


@pytest.mark.parametrize("environment", [PRODUCTION, TEST])
def test_the_addresses_are_the_official_ones(environment: Any) -> None:
    rows = json.loads(official("verifactu/codes/endpoints.json").read_text())
    services, page = rows["ws"][environment.name], rows["qr"][environment.name]

    assert environment.verifactu("personal") == services["verifactu"]
    assert environment.verifactu("seal") == services["verifactu_seal"]
    assert environment.requested("personal") == services["requerimiento"]
    assert environment.requested("seal") == services["requerimiento_seal"]
    assert environment.qr(verifactu=True) == page["verifactu"]
    assert environment.qr(verifactu=False) == page["no_verifactu"]
