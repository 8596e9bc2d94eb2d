"""Envelopes of other programs, those that they take and those that they refuse."""

import pytest

from as4_peppol.peppol import sbdh
from einvoice_core.testing.judges import official

_GOOD = 10
_BAD = 21


def files(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((official("as4/sbdh") / folder).iterdir())]


def test_the_good_ones_are_read() -> None:
    found = files("good")
    assert len(found) == _GOOD
    for data in found:
        assert sbdh.read(data).content
    assert sbdh.read((official("as4/sbdh") / "phase4/base-sbdh.xml").read_bytes()).country_c1


def test_the_bad_ones_are_refused() -> None:
    names = sorted((official("as4/sbdh") / "bad").iterdir())
    assert len(names) == _BAD
    for path in names:
        with pytest.raises(sbdh.SbdhError):
            sbdh.read(path.read_bytes())
