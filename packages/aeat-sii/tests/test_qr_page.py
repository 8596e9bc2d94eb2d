"""The sandbox's page behind a tax QR, and the pytest plugin."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from aeat_sii.environments import TEST
from aeat_sii.sandbox import Service
from aeat_sii.sandbox.qr_page import check
from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW
from aeat_sii.verifactu import AnyRecord, Header, SpanishPerson, build, link, prepare, qr

GOOD = f"nif={ISSUER}&numserie=2026%2F0001&fecha=01-07-2026&importe=121.00"


@pytest.fixture
def service() -> Service:
    return Service(lambda: NOW)


def send(service: Service, record: AnyRecord) -> None:
    header = Header(issuer=SpanishPerson(name="X", nif=ISSUER))
    assert service.answer(build(prepare([record], header)), ISSUER)[0] == 200


def look(service: Service, query: str, verifactu: bool = True) -> dict[str, Any]:
    status, body, kind = check(f"{query}&formato=json", service.register, verifactu=verifactu)
    assert (status, kind) == (200, "application/json")
    answer: dict[str, Any] = json.loads(body)
    return answer


def result(service: Service, query: str, verifactu: bool = True) -> str:
    return str(look(service, query, verifactu)["respuesta"]["resultado"])


def test_the_qr_of_a_record_that_was_sent_is_found(service: Service) -> None:
    record = link(examples.registration(), None)
    send(service, record)

    assert result(service, urlsplit(qr.url_of(record, environment=TEST)).query) == "00"
    assert result(service, GOOD.replace("121.00", "121")) == "00"
    assert result(service, GOOD.replace("121.00", "122.00")) == "01"
    assert result(service, GOOD.replace("2F0001", "2F0002")) == "01"
    assert result(service, GOOD, verifactu=False) == "02"


def test_a_cancelled_invoice_is_not_found(service: Service) -> None:
    first = link(examples.registration(), None)
    send(service, first)
    send(service, link(examples.cancellation(), first))

    assert result(service, GOOD) == "01"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "1001.1002.1003.1004"),
        (GOOD.replace(ISSUER, "89890001A"), "2001"),
        (GOOD.replace("2026%2F0001", "1" * 61), "2002"),
        (GOOD.replace("2026%2F0001", "%C3%B1"), "2003"),
        (GOOD.replace("01-07-2026", "2026-07-01"), "2004"),
        (GOOD.replace("121.00", "1,00"), "2005"),
        (GOOD.replace("121.00", "1" * 13), "2006"),
    ],
)
def test_a_wrong_parameter_has_its_code(service: Service, query: str, code: str) -> None:
    assert look(service, query)["error"]["codigo"] == code


def test_people_get_a_page_in_their_language(service: Service) -> None:
    _, body, kind = check(f"{GOOD}&idioma=eu", service.register, verifactu=True)
    _, wrong, _ = check("nif=%3Cscript%3E", service.register, verifactu=True)

    assert kind.startswith("text/html")
    assert b'lang="eu"' in body
    assert b"<script>" not in wrong


def test_the_plugin_of_pytest_plays_the_agency(aeat_sandbox: Any) -> None:
    from aeat_sii.environments import local
    from aeat_sii.verifactu import Client

    credential = aeat_sandbox.authority.issue(ISSUER, "ANA PRUEBAS DEMO")
    trust = aeat_sandbox.authority.pem
    with Client(credential, environment=local(aeat_sandbox.url), trust=trust) as client:
        answer = client.submit([link(examples.registration(), None)])

    assert answer.lines[0].is_accepted
    assert len(aeat_sandbox.service.register.of(ISSUER)) == 1
