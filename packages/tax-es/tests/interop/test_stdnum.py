"""python-stdnum, an implementation by others, gives the same verdicts."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tax_es.ids import nif, vat

pytest.importorskip("stdnum", reason="python-stdnum is not installed")

from stdnum.es import nif as peer_nif
from stdnum.eu import vat as peer_vat

SHAPES = st.from_regex(r"\A[0-9A-Z][0-9]{7}[0-9A-Z]\Z")
BODIES = st.from_regex(r"\A(?:[0-9]{8}|[A-HJ-NP-SU-Z][0-9]{7})\Z")

# What each country's number looks like to both; where the peer knows more (provinces of Italy,
# keys with letters of France, the suffix of Sweden), the shape stays where both look.
SAME = {
    "AT": r"U[0-9]{8}",
    "BE": r"[01][1-9][0-9]{8}",
    "DE": r"[1-9][0-9]{8}",
    "DK": r"[1-9][0-9]{7}",
    "EE": r"[0-9]{9}",
    "EL": r"[0-9]{9}",
    "FI": r"[0-9]{8}",
    "FR": r"[0-9]{11}",
    "HR": r"[0-9]{11}",
    "HU": r"[0-9]{8}",
    "IT": r"[0-9]{6}[1-9]0[1-9][0-9]{2}",
    "LU": r"[0-9]{8}",
    "MT": r"[1-9][0-9]{7}",
    "NL": r"[0-9]{8}[1-9]B[0-9][1-9]",
    "PL": r"[0-9]{10}",
    "PT": r"[1-9][0-9]{8}",
    "RO": r"[1-9][0-9]{1,9}",
    "SE": r"[0-9]{10}01",
}


STEMS = {
    "AT": "U123456{:02d}",
    "BE": "01234567{:02d}",
    "DE": "1234567{:02d}",
    "DK": "123456{:02d}",
    "EE": "1234567{:02d}",
    "EL": "1234567{:02d}",
    "FI": "123456{:02d}",
    "FR": "40{:02d}3265045",
    "HR": "123456789{:02d}",
    "HU": "123456{:02d}",
    "IT": "123456701{:02d}",
    "LU": "123456{:02d}",
    "MT": "123456{:02d}",
    "NL": "1234567{:02d}B01",
    "PL": "12345678{:02d}",
    "PT": "1234567{:02d}",
    "RO": "123456{:02d}",
    "SE": "12345678{:02d}01",
}


def agrees_on_the_control(number: str) -> bool:
    """Tell whether the peer's freer choice between digit and letter does not matter.

    It accepts both for every entity; here the letter of the entity decides, as the agency does.
    """
    verdict = nif.check(number)
    return not verdict.is_entity or verdict.valid or not peer_nif.is_valid(number)


@settings(max_examples=500)
@given(SHAPES)
def test_the_same_verdict_on_anything_that_looks_like_a_nif(number: str) -> None:
    assume(agrees_on_the_control(number))
    assert nif.check(number).valid is peer_nif.is_valid(number)


@settings(max_examples=500)
@given(BODIES)
def test_the_peer_accepts_what_is_completed_here(body: str) -> None:
    assert peer_nif.validate(nif.complete(body)) == nif.complete(body)


@given(BODIES)
def test_where_the_peer_is_freer_the_other_form_of_the_control_is_expected(body: str) -> None:
    digits, letters = "0123456789", "JABCDEFGHI"
    number = nif.complete(body)
    if nif.check(number).is_entity:
        control = number[8]
        other = letters[int(control)] if control in digits else digits[letters.index(control)]
        assert peer_nif.is_valid(body + other)
        verdict = nif.check(body + other)
        assert verdict.valid or control in verdict.reason


@given(st.text(max_size=12))
def test_nothing_is_accepted_that_the_peer_refuses(text: str) -> None:
    if nif.check(text).valid:
        assert peer_nif.is_valid(nif.normalise(text))


@settings(max_examples=1_000)
@given(st.data(), st.sampled_from(sorted(SAME)))
def test_the_same_verdict_on_vat_numbers(data: st.DataObject, prefix: str) -> None:
    number = prefix + data.draw(st.from_regex(rf"\A(?:{SAME[prefix]})\Z"))
    assert vat.check(number).valid is peer_vat.is_valid(number)


@pytest.mark.parametrize("prefix", sorted(SAME))
def test_valid_and_invalid_numbers_of_each_country_occur(prefix: str) -> None:
    """Count through two digits of one number, so that agreement is not only about refusals."""
    numbers = [f"{prefix}{STEMS[prefix].format(n)}" for n in range(100)]
    verdicts = {number: vat.check(number).valid for number in numbers}
    assert verdicts == {number: peer_vat.is_valid(number) for number in numbers}
    assert set(verdicts.values()) == {True, False}


@settings(max_examples=1_000)
@given(st.data(), st.sampled_from(sorted(vat.countries())))
def test_nothing_that_the_peer_accepts_is_refused(data: st.DataObject, prefix: str) -> None:
    assume(prefix != "ES")
    number = prefix + data.draw(st.from_regex(r"\A[0-9A-Z]{0,2}[0-9]{5,10}[0-9A-Z]{0,3}\Z"))
    if peer_vat.is_valid(number) and peer_vat.validate(number) == number:
        assert vat.check(number).valid
