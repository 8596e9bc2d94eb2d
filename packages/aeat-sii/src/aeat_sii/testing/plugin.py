"""Plugin of pytest: the fixture ``aeat_sandbox`` plays the agency for one test.

Installed with the package; nothing is started until a test asks for it::

    def test_my_program(aeat_sandbox):
        credential = aeat_sandbox.authority.issue("89890001K", "ANA PRUEBAS DEMO")
        my_program.send(aeat_sandbox.url, credential)
        assert len(aeat_sandbox.service.register.of("89890001K")) == 1  # VERI*FACTU
        assert len(aeat_sandbox.sii.register.of("89890001K", "issued")) == 1  # SII
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aeat_sii.sandbox.server import RunningSandbox

__all__ = ["aeat_sandbox"]


@pytest.fixture
def aeat_sandbox() -> "Iterator[RunningSandbox]":
    """Play the agency over HTTPS on this machine, with the clock of the machine."""
    from aeat_sii import sandbox

    with sandbox.serve() as running:
        yield running
