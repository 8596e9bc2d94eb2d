"""Two access points, made once."""

import pytest

from as4_peppol.testing import Pair


@pytest.fixture(scope="session")
def pair() -> Pair:
    return Pair.new()
