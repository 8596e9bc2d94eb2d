"""Plugin of pytest: the fixture ``as4_sandbox`` is a Peppol of its own for one test.

Installed with the package; nothing is started until a test asks for it::

    def test_my_program(as4_sandbox):
        my_program.receive_from(as4_sandbox.send(invoice))
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from as4_peppol.testing.sandbox import Sandbox

__all__ = ["as4_sandbox"]


@pytest.fixture
def as4_sandbox() -> "Iterator[Sandbox]":
    """Run authorities, DNS, metadata publisher and two access points on this machine."""
    from as4_peppol.testing.sandbox import sandbox

    with sandbox() as running:
        yield running
