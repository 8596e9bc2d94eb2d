import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.testing.vectors import Case, load_cases
from tax_es.errors import ArgumentError
from tax_es.ids import nif, vat


@pytest.mark.parametrize("case", load_cases("vectors/vat.json"), ids=lambda case: case.name)
def test_vat(case: Case) -> None:
    verdict = vat.check(case.input)
    assert [verdict.country, verdict.control_checked, verdict.reason] == case.expected
    assert verdict.valid is (verdict.reason == "")


def test_every_member_state_and_northern_ireland_are_known() -> None:
    assert len(vat.countries()) == 28
    assert vat.countries()["EL"] == "Greece"


@given(st.from_regex(r"\A(?:[0-9]{8}|[A-HJ-NP-SU-Z][0-9]{7})\Z"))
def test_a_spanish_number_is_es_and_a_nif(body: str) -> None:
    number = nif.complete(body)
    verdict = vat.check(f"ES{number}")
    assert verdict.valid
    assert verdict.normalised == f"ES{number}"


@given(st.sampled_from(sorted(vat.countries())), st.text())
def test_any_text_gets_a_verdict(prefix: str, text: str) -> None:
    for written in (text, prefix + text):
        verdict = vat.check(written)
        assert verdict.valid is not bool(verdict.reason)


@given(st.data(), st.sampled_from(["BE", "DE", "DK", "FI", "HR", "HU", "IT", "MT", "PL", "EE"]))
def test_a_changed_digit_is_found_where_the_control_is_checked(
    data: st.DataObject, prefix: str
) -> None:
    length = {"BE": 10, "HR": 11, "IT": 11, "PL": 10, "DE": 9, "EE": 9}.get(prefix, 8)
    shape = r"\A[01][0-9]{9}\Z" if prefix == "BE" else rf"\A[0-9]{{{length}}}\Z"
    digits = data.draw(st.from_regex(shape))
    if vat.check(prefix + digits).valid:
        place = data.draw(st.integers(1, length - 1))
        other = str((int(digits[place]) + data.draw(st.integers(1, 9))) % 10)
        assert not vat.check(prefix + digits[:place] + other + digits[place + 1 :]).valid


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ArgumentError):
        vat.check(None)  # type: ignore[arg-type]  # that is the point


def test_a_long_text_is_refused_without_repeating_it() -> None:
    assert len(vat.check("IT" + "9" * 1_000_000).normalised) < 100
