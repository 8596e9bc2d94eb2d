"""VIES: three outcomes, evidence, and a service that misbehaves."""

from datetime import UTC, datetime

import pytest

from einvoice_core.testing.transport import Exchange, Scripted, cut_off, down, reply, slow
from tax_es.errors import IdentifierError
from tax_es.ids import vies
from tax_es.ids.vies import Outcome
from tax_es.ids.vies_double import Vies

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NUMBER = "DE136695976"
MINE = "ESB12345674"


def client(transport: object, asked_by: str = "") -> vies.Client:
    return vies.Client(asked_by, transport=transport, clock=lambda: NOW)  # type: ignore[arg-type]


def test_a_number_that_was_issued() -> None:
    double = Vies({NUMBER: "Beispiel GmbH"})
    with client(double, MINE) as asking:
        answer = asking.ask("DE 136.695.976")
    assert (answer.outcome, answer.name, answer.number) == (Outcome.VALID, "Beispiel GmbH", NUMBER)
    assert answer.consultation == "WAPIAAAA00000001"
    assert answer.address == ""
    assert answer.asked_at == NOW
    assert vies.read(answer.evidence, NUMBER, NOW) == answer


def test_a_number_that_was_not() -> None:
    with client(Vies({})) as asking:
        answer = asking.ask(NUMBER)
    assert (answer.outcome, answer.consultation) == (Outcome.INVALID, "")


def test_a_member_state_that_is_down_says_nothing_about_the_number() -> None:
    with client(Vies({NUMBER: "x"}, down={"DE"})) as asking:
        answer = asking.ask(NUMBER)
    assert (answer.outcome, answer.reason) == (Outcome.UNAVAILABLE, "MS_UNAVAILABLE")


@pytest.mark.parametrize(
    "exchange",
    [
        down(),
        slow(),
        cut_off(b'{"valid": true}', 5),
        reply(b"<html>", 200),
        reply(b"[]"),
        reply(b'{"valid": "yes"}'),
        reply(b'{"valid": true}', 503),
        reply(b'{"errorWrappers": [{"error": "GLOBAL_MAX_CONCURRENT_REQ"}]}'),
        reply(b'{"errorWrappers": [{}]}'),
        reply(b'{"userError": "TIMEOUT", "valid": false}'),
        reply(b"\xff\xfe"),
    ],
)
def test_a_service_that_misbehaves_is_unavailable(exchange: Exchange) -> None:
    with client(Scripted([exchange])) as asking:
        answer = asking.ask(NUMBER)
    assert answer.outcome is Outcome.UNAVAILABLE
    assert answer.reason


def test_input_that_the_service_refuses_is_invalid() -> None:
    body = b'{"errorWrappers": [{"error": "INVALID_INPUT"}]}'
    with client(Scripted([reply(body, 400)])) as asking:
        assert asking.ask(NUMBER).outcome is Outcome.INVALID


@pytest.mark.parametrize("number", ["DE123", "XX1", ""])
def test_what_cannot_be_a_number_is_not_asked(number: str) -> None:
    with client(Scripted()) as asking, pytest.raises(IdentifierError):
        asking.ask(number)
