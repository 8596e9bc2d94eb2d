"""python-stdnum agrees about accounts, cadastral references, supply points and postal codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax_es.ids import cadastre, cups, iban, postal

pytest.importorskip("stdnum", reason="python-stdnum is not installed")

from stdnum.es import ccc as peer_ccc
from stdnum.es import cups as peer_cups
from stdnum.es import postal_code as peer_postal
from stdnum.es import referenciacatastral as peer_cadastre

digits = st.text("0123456789", min_size=20, max_size=20)


@given(digits, st.booleans())
def test_account_codes(code: str, repair: bool) -> None:
    if repair:
        code = code[:8] + peer_ccc.calc_check_digits(code[:8] + "00" + code[10:]) + code[10:]
    assert iban.from_account_code(code).valid is peer_ccc.is_valid(code)
    assert not repair or iban.from_account_code(code).normalised == peer_ccc.to_iban(code)


@given(st.from_regex(r"\A[0-9A-Z]{14}[0-9]{4}\Z"), st.from_regex(r"\A[A-Z]{2}\Z"), st.booleans())
def test_cadastral_references(body: str, given_control: str, repair: bool) -> None:
    control = peer_cadastre.calc_check_digits(body + "AA") if repair else given_control
    assert cadastre.check(body + control).valid is peer_cadastre.is_valid(body + control)
    assert not repair or cadastre.check(body + control).valid


@given(st.text("0123456789", min_size=16, max_size=16), st.from_regex(r"\A[A-Z]{2}\Z"))
def test_supply_points(body: str, letters: str) -> None:
    right = "ES" + body + peer_cups.calc_check_digits("ES" + body + "AA")
    assert cups.check(right).valid
    assert cups.check(f"ES{body}{letters}").valid is peer_cups.is_valid(f"ES{body}{letters}")


def test_every_postal_code() -> None:
    for code in range(0, 100_000, 97):
        text = f"{code:05d}"
        assert postal.check(text).valid is peer_postal.is_valid(text), text
