"""Fixtures of the tests with a conversation: a credential, and records that can be sent."""

from datetime import datetime, timedelta, timezone

import pytest

from aeat_sii.testing import examples
from aeat_sii.verifactu import RegistrationRecord, link
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority

NOW = datetime(2026, 7, 1, 9, 0, 30, tzinfo=timezone(timedelta(hours=2)))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec", clock=lambda: NOW)


@pytest.fixture(scope="session")
def credential(authority: ThrowawayAuthority) -> Credential:
    return authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")


@pytest.fixture
def records() -> tuple[RegistrationRecord, ...]:
    first = link(examples.registration("2026/0001"), None)
    return first, link(examples.registration("2026/0002"), first)
